//! The demo site as one test serves it: its vendors at the test's own port, and every page telling what went wrong in it.

use std::fs;
use std::path::Path;

/// The vendors' port in the built site.
const VENDORS: &str = "127.0.0.1:8788";

/// Collects whatever is thrown, rejected or printed as an error in a page, and apart from it what the page's policy refused and
/// what moved. The nonce is that of the strict pages.
pub const TRAP: &str = r#"<script nonce="fixture">
window.trouble = [];
addEventListener("error", (event) => trouble.push(`error: ${event.message}`));
addEventListener("unhandledrejection", (event) => trouble.push(`rejection: ${event.reason}`));
for (const name of ["error", "warn"]) {
  const was = console[name];
  console[name] = (...words) => { trouble.push(`console.${name}: ${words.join(" ")}`); was.apply(console, words); };
}
window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
window.shifts = [];
try {
  const box = ({ x, y, width, height }) => [x, y, width, height].join(" ");
  const moved = ({ node, previousRect: from, currentRect: to }) => `${node?.id || node?.className || node?.nodeName}: ${box(from)} to ${box(to)}`;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push(`${entry.value} ${entry.sources.map(moved)}`)))
    .observe({ type: "layout-shift", buffered: true });
} catch {}
</script>"#;

/// Copies the built site and the fixtures to `to`.
pub fn prepare(to: &Path, vendor_port: u16) {
    let root = consentry_e2e::workerd::root();
    copy(&root.join("target/site"), to, vendor_port);
    copy(&root.join("tests/e2e/fixtures"), to, vendor_port);
}

/// Copies the scenarios into a site that is prepared.
pub fn add_scenarios(to: &Path, vendor_port: u16) {
    copy(&consentry_e2e::workerd::root().join("tests/fixtures"), to, vendor_port);
}

/// A page with the trap first in its head.
pub fn trapped(page: &str) -> String {
    page.replacen("<head>", &format!("<head>{TRAP}"), 1)
}

fn copy(from: &Path, to: &Path, vendor_port: u16) {
    fs::create_dir_all(to).expect("a folder for the site");
    let entries = fs::read_dir(from).unwrap_or_else(|error| {
        panic!("no {} ({error}): run `cargo xtask build` first", from.display());
    });
    for entry in entries {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target, vendor_port);
            continue;
        }
        let bytes = fs::read(entry.path()).expect("a readable file");
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.replace(VENDORS, &format!("127.0.0.1:{vendor_port}"));
                let page = entry.path().extension().is_some_and(|ending| ending == "html");
                if page { trapped(&text).into_bytes() } else { text.into_bytes() }
            }
            Err(error) => error.into_bytes(),
        };
        fs::write(target, bytes).expect("room for the site");
    }
}
