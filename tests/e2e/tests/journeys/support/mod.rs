//! What the journeys share: a real Worker with its site and vendors, real browsers, and something to stand between them.

pub mod autoconsent;
pub mod axe;
pub mod browser;
pub mod driver;
pub mod edge;
pub mod fit;
pub mod keyboard;
pub mod pixels;
pub mod prominence;
pub mod relay;
pub mod site;

pub use browser::Browser;
pub use driver::{Engine, Setup};
pub use edge::Edge;
pub use relay::Relay;

use std::time::{Duration, Instant};

/// Asks again and again until there is an answer.
pub fn wait_for<T>(what: &str, patience: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < patience, "after {patience:?} still not: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Time enough for what must not happen to happen.
pub fn settle() {
    std::thread::sleep(Duration::from_millis(800));
}

/// One test for each engine named: `journeys! { name on chromium firefox; }` runs `fn name(engine: Engine)`.
macro_rules! journeys {
    ($($name:ident on $($engine:ident)+;)+) => {
        $(
            mod $name {
                $(
                    #[test]
                    fn $engine() {
                        super::$name(crate::support::Engine::of(stringify!($engine)));
                    }
                )+
            }
        )+
    };
}
pub(crate) use journeys;
