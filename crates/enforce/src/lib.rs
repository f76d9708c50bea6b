//! What services are and how to recognise them: the vendor catalogue.
//!
//! In scope: which services there are, who answers for them, where they load from, what they store, finding the one
//! behind an address or a name in storage, and the table by which automatic mode does so in a page. Rewriting pages, cookies and Content Security Policies comes to live here too.
//! Out of scope: what a site decides about a service (its policy may override or add) and what a visitor chose.
//!
//! The catalogue is data: `services/*.toml`, compiled into static tables. Nothing is parsed or allocated when a program
//! starts, and a mistake in the data stops the build at its line.

#![forbid(unsafe_code)]

pub mod automatic;
pub mod catalogue;
pub mod pattern;
