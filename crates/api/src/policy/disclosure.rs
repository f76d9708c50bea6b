//! Checks of what only receipts say: who is behind the data, what is learnt, where and how long it is kept.

use consentry_core::Jurisdiction;

use super::check::{Problems, check_contact};
use super::file::{Address, PolicyFile};
use crate::receipts::DATA;

/// Reports every field of this kind that cannot be meant.
pub(super) fn check_disclosure(file: &PolicyFile, problems: &mut Problems) {
    let controller = &file.controller;
    let email = &controller.email;
    if !email.is_empty() && (!email.contains('@') || email.contains(char::is_whitespace)) {
        problems.add("controller.email", format!("\"{email}\" is no mail address"), "privacy@example.com");
    }
    if !controller.phone.is_empty() && !is_phone(&controller.phone) {
        problems.add(
            "controller.phone",
            format!("\"{}\" is no telephone number", controller.phone),
            "the international form: \"+44 20 7946 0018\"",
        );
    }
    check_address("controller", controller.address.as_ref(), problems);
    for (at, category) in file.categories.iter().enumerate() {
        check_data(&format!("categories[{at}]"), &category.data, problems);
    }
    for (at, service) in file.services.iter().enumerate() {
        let path = format!("services[{at}]");
        check_data(&path, &service.data, problems);
        check_address(&path, service.address.as_ref(), problems);
        if !service.contact.is_empty() {
            check_contact(format!("{path}.contact"), &service.contact, problems);
        }
        for (nth, place) in service.stored_in.iter().enumerate() {
            if !is_place(place) {
                problems.add(
                    format!("{path}.stored_in[{nth}]"),
                    format!("\"{place}\" is no place"),
                    "a country (IE), a region (US-CA), or EU",
                );
            }
        }
    }
}

fn check_data(path: &str, words: &[String], problems: &mut Problems) {
    for (nth, word) in words.iter().enumerate() {
        if !DATA.iter().any(|data| data.word == word) {
            let known: Vec<&str> = DATA.iter().map(|data| data.word).collect();
            problems.add(
                format!("{path}.data[{nth}]"),
                format!("\"{word}\" is no kind of data known here"),
                format!("one of {}", known.join(", ")),
            );
        }
    }
}

fn check_address(path: &str, address: Option<&Address>, problems: &mut Problems) {
    let Some(address) = address else { return };
    if !is_place(&address.country) || address.country.len() != 2 {
        problems.add(
            format!("{path}.address.country"),
            format!("\"{}\" is no country", address.country),
            "two letters of ISO 3166-1, such as \"DE\"",
        );
    }
}

/// `unknown` is a place where a visitor may be, and none where anything could be kept.
fn is_place(text: &str) -> bool {
    Jurisdiction::parse(text).is_some_and(|place| place != Jurisdiction::UNKNOWN)
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (5..=15).contains(&digits)
        && text.starts_with('+')
        && text.chars().skip(1).all(|letter| letter.is_ascii_digit() || " -.()/".contains(letter))
}
