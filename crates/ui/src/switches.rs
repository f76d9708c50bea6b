//! The switches of the preference form: how a choice sets them, and what their settings mean when the form comes back.

use consentry_core::Grants;
use consentry_core::choice::ServiceSet;

/// What is on: categories, less the services refused one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Switches {
    /// Granted categories, bit 0 = required.
    pub grants: Grants,
    /// Services refused inside granted categories.
    pub denied: ServiceSet,
}

impl Switches {
    /// Whether the switch of this service stands at on.
    pub fn service_on(&self, category: usize, index: usize) -> bool {
        self.grants.has(category) && !self.denied.has(index)
    }
}

/// What a form says when it comes back: `category` and `service` tell which switches are on, by position in the policy;
/// `places` has the category of each service.
///
/// A category is granted when its own switch is on or one of its services' is. In a granted category, the services that
/// are off are refused, unless all of them are: whoever turns on a category and touches nothing else means all of it.
pub fn read_switches(
    categories: usize,
    places: &[usize],
    category: &dyn Fn(usize) -> bool,
    service: &dyn Fn(usize) -> bool,
) -> Switches {
    let mut switches = Switches { grants: Grants::REQUIRED, denied: ServiceSet::default() };
    // Position 0 is required: it cannot be switched off, so nothing about it is read.
    for position in 1..categories {
        let inside =
            || places.iter().enumerate().filter(|(_, place)| **place == position).map(|(index, _)| index);
        let any_service = inside().any(service);
        if !any_service && !category(position) {
            continue;
        }
        switches.grants = switches.grants.with(position);
        if any_service {
            inside().filter(|index| !service(*index)).for_each(|index| switches.denied.insert(index));
        }
    }
    switches
}
