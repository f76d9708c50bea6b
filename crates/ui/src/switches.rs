//! The switches of the preference form: how a choice sets them, and what their settings mean when the form comes back.

use consentry_api::Notice;
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
    pub fn service_on(&self, category: usize, index: u32) -> bool {
        self.grants.has(category) && !self.denied.has(index as usize)
    }
}

/// What a submitted form says, given the identifiers that were switched on. Identifiers the notice lacks are ignored.
///
/// A category is granted when its own switch is on or one of its services' is. In a granted category, the services that
/// are off are refused, unless all of them are: whoever turns on a category and touches nothing else means all of it.
pub fn read_switches<S: AsRef<str>>(notice: &Notice, categories: &[S], services: &[S]) -> Switches {
    let on = |list: &[S], id: &str| list.iter().any(|item| item.as_ref() == id);
    let mut switches = Switches { grants: Grants::REQUIRED, denied: ServiceSet::default() };
    for (position, category) in notice.categories.iter().enumerate().filter(|(_, category)| !category.locked)
    {
        let any_service = category.services.iter().any(|service| on(services, &service.id));
        if !any_service && !on(categories, &category.id) {
            continue;
        }
        switches.grants = switches.grants.with(position);
        if any_service {
            let off = category.services.iter().filter(|service| !on(services, &service.id));
            off.for_each(|service| switches.denied.insert(service.index as usize));
        }
    }
    switches
}
