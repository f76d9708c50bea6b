//! Automatic mode: which addresses belong to which service of a policy, or else to a category, as a small table.
//!
//! The table is what a browser gets; [`Matcher`] reads it, and is the truth for whoever reads it elsewhere.
//!
//! ```
//! use consentry_enforce::automatic::{Matcher, OwnService, Owner, table};
//!
//! let table = table(&[OwnService { id: "hotjar", hosts: &["*.hotjar.com"] }]);
//! let matcher = Matcher::new(&table, "shop.example");
//! assert_eq!(matcher.owner_of_url("//static.hotjar.com/c/hotjar-1.js"), Some(Owner::Service("hotjar")));
//! assert_eq!(matcher.owner_of_url("https://script.crazyegg.com/x.js"), Some(Owner::Category("functional")));
//! assert_eq!(matcher.owner_of_url("/own.js"), None);
//! ```

mod matcher;
mod pattern;
mod prune;
mod rows;

pub use matcher::Matcher;
pub use rows::table;

use std::collections::BTreeMap;

/// A service of a policy, as far as addresses go.
#[derive(Debug, Clone, Copy)]
pub struct OwnService<'a> {
    /// Its identifier. One the catalogue knows (aliases included) brings the catalogue's addresses along.
    pub id: &'a str,
    /// Where it loads from: `host` or `*.host`, each with an optional port and path prefix.
    pub hosts: &'a [&'a str],
}

/// Whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner<'a> {
    /// A service of the policy, by its identifier.
    Service(&'a str),
    /// A service that only the catalogue knows, by its category. `required` needs no permission.
    Category(&'a str),
}

/// Patterns by owner. A pattern is a host, with a leading dot standing for any subdomain (not the host itself), with an
/// optional `:port`, then an optional prefix of path and query in which `*` stands for anything.
///
/// Each text has a line for every end that hosts have: the end, then the patterns without it, with spaces between. So
/// `.com cdn.a/x .b:8080` is `cdn.a.com/x` and `.b.com:8080`. Hosts of one label are in a line whose end is empty.
///
/// The most specific pattern wins: first the longer host (a whole host before subdomains, one with a port before one
/// without), then the path with more letters that are not `*`. An address that none describes is nobody's, and so is one of
/// the page's own host. Patterns that
/// would change no answer are left out; `required` has only what is an exception to another pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AutoTable {
    /// By identifier of the policy's services.
    pub services: BTreeMap<String, String>,
    /// By identifier of the category.
    pub categories: BTreeMap<String, String>,
}
