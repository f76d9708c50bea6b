//! A page with many elements of which every tenth is somebody else's: what the gate has to look through.

/// The page's elements, and how many of them wait.
pub const ELEMENTS: usize = 2_000;
const WAITING: usize = ELEMENTS / 10;

/// The page whose marked elements nobody lets run.
pub const INERT: &str = "/crowd-inert.html";
/// The same page with our tag.
pub const GATED: &str = "/crowd-gated.html";
/// The same elements unmarked, as the page was before anybody asked: the browser's own work for them.
pub const UNMARKED: &str = "/crowd-unmarked.html";
/// A page of the same origin with nothing on it.
pub const NOTHING: &str = "/crowd-nothing.html";

/// What the waiting elements load: as little as there can be, so that what is measured is who lets them.
const FILES: [(&str, &str); 4] = [
    ("/crowd.js", "window.crowd = 1;"),
    ("/crowd.css", "i { color: inherit }"),
    ("/crowd.svg", r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#),
    ("/crowd.html", "<!doctype html><title>Nothing</title>"),
];

/// The pages and files, each with its address. `tag` is ours.
pub fn files(tag: &str) -> Vec<(&'static str, String)> {
    let mut all = vec![
        (INERT, page("", true)),
        (GATED, page(tag, true)),
        (UNMARKED, page("", false)),
        (NOTHING, "<!doctype html><title>Nothing</title>".into()),
    ];
    all.extend(FILES.iter().map(|(address, text)| (*address, (*text).to_owned())));
    all
}

fn page(tag: &str, marked: bool) -> String {
    let mut text = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Crowd</title>{tag}<h1>Crowd</h1>"
    );
    for at in 0..WAITING {
        text.push_str(&waiting(at, marked));
        for word in 1..ELEMENTS / WAITING {
            text.push_str(&format!("<i>{at}.{word}</i> "));
        }
    }
    text
}

/// Four in ten are scripts, half of them inline; one is a frame, three are pictures, two are links.
fn waiting(at: usize, marked: bool) -> String {
    let category = if at.is_multiple_of(2) { "functional" } else { "advertising" };
    let (mark, data, inert) = if marked {
        (format!(" data-category=\"{category}\""), "data-", " type=\"text/plain\"")
    } else {
        (String::new(), "", "")
    };
    match at % 10 {
        0 | 5 => format!("<script{inert}{mark} {data}src=\"/crowd.js?{at}\"></script>"),
        1 | 6 => format!("<script{inert}{mark}>window.crowd = {at};</script>"),
        2 => format!("<iframe{mark} width=\"50\" height=\"50\" {data}src=\"/crowd.html?{at}\"></iframe>"),
        3 | 7 | 8 => format!("<img{mark} alt=\"\" width=\"1\" height=\"1\" {data}src=\"/crowd.svg?{at}\">"),
        _ => format!("<link{mark} rel=\"stylesheet\" {data}href=\"/crowd.css?{at}\">"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_has_as_many_elements_as_it_says_and_all_kinds_wait() {
        let text = page("", true);
        let count = |what: &str| text.matches(what).count();
        assert_eq!(count("data-category=\""), WAITING);
        assert_eq!(count("<i>") + WAITING, ELEMENTS);
        for kind in ["<script", "<iframe", "<img", "<link"] {
            assert!(count(kind) >= WAITING / 10, "{kind}");
        }
    }

    #[test]
    fn unmarked_page_has_the_same_elements_and_nothing_of_ours() {
        let (marked, plain) = (page("", true), page("", false));
        assert!(!plain.contains("data-") && !plain.contains("text/plain"));
        for kind in ["<script", "<iframe", "<img", "<link", "<i>"] {
            assert_eq!(marked.matches(kind).count(), plain.matches(kind).count(), "{kind}");
        }
    }

    #[test]
    fn whatever_waits_is_there_to_be_loaded() {
        let text = page("", true);
        for address in text.split("src=\"").chain(text.split("href=\"")).skip(1) {
            let Some((path, _)) = address.split_once('?') else { continue };
            if path.starts_with('/') {
                assert!(FILES.iter().any(|(known, _)| *known == path), "{path}");
            }
        }
    }
}
