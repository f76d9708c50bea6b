//! What the banner keeps between pages: records not yet acknowledged, and the last receipt. All of it can be lost without
//! harm to a decision, which is in the choice cookie.

use std::cell::RefCell;

use gloo_storage::{LocalStorage, Storage};

/// `localStorage`, or memory where it is blocked, as it ordinarily is in some browsers' private windows.
pub struct Store {
    prefix: String,
    memory: RefCell<Vec<(String, String)>>,
    lasting: bool,
}

impl Store {
    /// The store of a site.
    pub fn new(site: &str) -> Self {
        // `LocalStorage` takes for granted that there is one.
        let lasting = web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))));
        Self { prefix: ["consentry.", site, "."].concat(), memory: RefCell::default(), lasting }
    }

    /// The value under this key, empty when there is none.
    pub fn get(&self, key: &str) -> String {
        let key = [&self.prefix, key].concat();
        let kept =
            self.memory.borrow().iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone());
        let stored = || LocalStorage::raw().get_item(&key).ok().flatten();
        kept.or_else(|| if self.lasting { stored() } else { None }).unwrap_or_default()
    }

    /// Keeps a value; an empty one is removed. What storage refuses (it is full) stays in memory for this page.
    pub fn set(&self, key: &str, value: &str) {
        let key = [&self.prefix, key].concat();
        self.memory.borrow_mut().retain(|(known, _)| *known != key);
        let raw = || LocalStorage::raw();
        let done = self.lasting
            && if value.is_empty() {
                raw().remove_item(&key).is_ok()
            } else {
                raw().set_item(&key, value).is_ok()
            };
        if !done && !value.is_empty() {
            self.memory.borrow_mut().push((key, value.into()));
        }
    }
}
