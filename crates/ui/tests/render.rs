//! What the rendered HTML must be, whoever wrote the policy: complete, equal, in the right direction, and harmless.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod fixture;

use consentry_api::Notice;
use consentry_core::Grants;
use consentry_ui::{
    LastStep, PageView, SavedView, ShellView, read_switches, render_preferences_page, render_shell,
};
use fixture::notice;

fn shell(notice: &Notice) -> String {
    render_shell(&ShellView {
        texts: &notice.texts,
        language: &notice.language,
        dir: &notice.dir,
        choice_url: "/_c/demo/choice",
        privacy_url: &notice.controller.privacy_url,
    })
}

fn page(notice: &Notice, change: impl FnOnce(&mut PageView)) -> String {
    let mut view = PageView {
        notice,
        choice_url: "/_c/demo/choice",
        granted: Grants::REQUIRED,
        denied_services: &[],
        signal: None,
        saved: None,
        last_step: LastStep::None,
        return_to: None,
        nonce: "n0nce",
        theme_css: "",
    };
    change(&mut view);
    render_preferences_page(&view)
}

/// The start tag that contains this text.
fn tag<'a>(html: &'a str, containing: &str) -> &'a str {
    let at = html.find(containing).unwrap_or_else(|| panic!("no {containing} in {html}"));
    let start = html[..=at].rfind('<').unwrap();
    &html[start..=start + html[start..].find('>').unwrap()]
}

/// The names of all elements, in order.
fn elements(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split([' ', '>']).next()).collect()
}

#[test]
fn shell_has_every_part_hidden_and_working_without_script() {
    let html = shell(&notice("en"));
    for part in ["layer", "status", "link"] {
        assert!(tag(&html, &format!("data-consentry-part=\"{part}\"")).contains("hidden"), "{part}");
    }
    assert!(html.starts_with("<aside id=\"consentry\" lang=\"en\" dir=\"ltr\""));
    assert!(
        tag(&html, "<form").contains("method=\"post\"") && tag(&html, "<form").contains("/_c/demo/choice")
    );
    assert!(tag(&html, "data-consentry-part=\"link\"").contains("href=\"/_c/demo/preferences\""));
    assert!(
        tag(&html, "<section").contains("role=\"region\"")
            && tag(&html, "<section").contains("aria-label=\"We use")
    );
    assert!(tag(&html, "part=\"status\"").contains("role=\"status\""));
}

#[test]
fn shell_refusal_looks_like_agreement() {
    let html = shell(&notice("en"));
    let reject = tag(&html, "data-consentry-action=\"reject\"").replace("reject", "X").replace("accept", "X");
    let accept = tag(&html, "data-consentry-action=\"accept\"").replace("reject", "X").replace("accept", "X");
    assert_eq!(reject, accept);
    assert!(html.find("Reject all") < html.find("Accept all"));
}

#[test]
fn shell_in_arabic_runs_from_right_to_left() {
    let html = shell(&notice("ar"));
    assert!(html.starts_with("<aside id=\"consentry\" lang=\"ar\" dir=\"rtl\""));
}

#[test]
fn hostile_policy_texts_stay_texts() {
    let mut hostile = notice("en");
    let attack = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>";
    hostile.texts.title = attack.into();
    hostile.texts.body = attack.into();
    hostile.texts.loading = attack.into();
    hostile.controller.name = attack.into();
    hostile.controller.contact = "javascript:alert(3)".into();
    hostile.controller.privacy_url = "javascript:alert(4)".into();
    for category in &mut hostile.categories {
        category.name = attack.into();
        category.id = attack.into();
        for service in &mut category.services {
            service.name = attack.into();
            service.id = attack.into();
            service.privacy_url = "JavaScript:alert(5)".into();
            service.opt_out_url = "data:text/html,<script>alert(6)</script>".into();
            service.cookies.iter_mut().for_each(|cookie| cookie.name = attack.into());
        }
    }
    hostile.links.iter_mut().for_each(|link| link.url = "vbscript:x".into());
    let evil = Some(SavedView { record_id: attack, time: attack, recorded: true });
    let html = shell(&hostile)
        + &page(&hostile, |view| {
            view.saved = evil;
            view.signal = Some(attack);
            view.nonce = attack;
        });
    for forbidden in ["<script", "<img", "javascript:alert(4)", "JavaScript:", "data:text", "vbscript:"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(!html.contains("href=\"javascript:"));
    let harmless = notice("en");
    let plain = shell(&harmless)
        + &page(&harmless, |view| {
            view.saved = Some(SavedView { record_id: "1", time: "2", recorded: true });
            view.signal = Some("x");
        });
    assert_eq!(elements(&html), elements(&plain), "not one element more or less");
}

#[test]
fn page_without_script_is_a_whole_form() {
    let html = page(&notice("de"), |view| view.return_to = Some("/kit.html?a=1"));
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"de\">"));
    assert!(tag(&html, "<style").contains("nonce=\"n0nce\""));
    assert!(tag(&html, "name=\"return\"").contains("/kit.html?a=1"));
    assert!(tag(&html, "name=\"policy\"").contains("value=\"7\""));
    for action in ["reject_all", "save", "accept_all"] {
        assert!(tag(&html, &format!("value=\"{action}\"")).contains("class=\"cy-button\""), "{action}");
    }
    for url in ["youronlinechoices.com", "optout.networkadvertising.org", "optout.aboutads.info"] {
        assert!(html.contains(url), "{url}");
    }
    let body = html.split_once("</style>").unwrap().1;
    assert!(
        !html.contains("<script") && !body.contains(" style=") && !body.contains(" on"),
        "nothing a strict policy refuses"
    );
}

#[test]
fn page_required_is_on_and_locked_with_its_reason() {
    let notice = notice("en");
    let html = page(&notice, |_| ());
    let required = tag(&html, "value=\"required\"");
    assert!(
        required.contains("checked") && required.contains("disabled") && required.contains("role=\"switch\"")
    );
    assert!(html.contains(&notice.texts.required_reason) && html.contains(&notice.texts.functional_warning));
    let functional = tag(&html, "value=\"functional\"");
    assert!(!functional.contains("checked") && !functional.contains("disabled"));
    assert!(!html.contains("value=\"session\""), "no switch for a service that cannot be refused");
}

#[test]
fn page_shows_switches_signal_and_standing_as_they_are() {
    let notice = notice("en");
    let html = page(&notice, |view| {
        view.granted = Grants(0b011);
        view.denied_services = &[2];
        view.signal = Some("Global Privacy Control");
        view.saved =
            Some(SavedView { record_id: "019ab0c7-2b3b-7fff", time: "2026-11-21T10:00:00Z", recorded: true });
        view.last_step = LastStep::Saved;
    });
    let checked = |value: &str| tag(&html, &format!("value=\"{value}\"")).contains("checked");
    assert!(checked("functional") && checked("mixpanel"));
    assert!(!checked("video") && !checked("advertising") && !checked("ads"));
    assert!(html.contains("(Global Privacy Control)") && !tag(&html, "cy-panel cy-heard").contains("hidden"));
    assert!(html.contains("019ab0c7-2b3b-7fff") && html.contains("2026-11-21T10:00:00Z"));
    assert!(html.contains(&notice.texts.recorded) && !tag(&html, "cy-panel cy-saved").contains("hidden"));
}

#[test]
fn page_offers_to_erase_apart_from_the_form_that_enter_sends() {
    let notice = notice("en");
    let saved = SavedView { record_id: "1", time: "2", recorded: true };
    let html = page(&notice, |view| {
        view.saved = Some(saved);
        view.return_to = Some("/kit.html");
    });
    let form = tag(&html, "id=\"consentry-erase\"");
    assert!(form.contains("method=\"post\"") && form.contains("action=\"/_c/demo/choice\""), "{form}");
    let after = html.split_once(form).unwrap().1;
    assert!(tag(after, "name=\"return\"").contains("value=\"/kit.html\""));
    let button = tag(&html, "value=\"erase\"");
    assert!(button.contains("form=\"consentry-erase\"") && button.contains("name=\"action\""), "{button}");
    // The first button of a form is pressed by the Enter key in any of its fields.
    let first =
        html.split("<button").skip(1).find(|rest| !rest.split('>').next().unwrap().contains(" form="));
    assert!(first.unwrap().contains("value=\"reject_all\""));
    let texts = &notice.texts;
    for text in [&texts.erase, &texts.erase_explained, &texts.erase_confirm] {
        assert!(html.contains(text.as_str()), "{text}");
    }
    let hidden = |html: &str| {
        html.split(&texts.erase).next().unwrap().rsplit("<details").next().unwrap().contains("hidden")
    };
    assert!(!hidden(&html) && hidden(&page(&notice, |_| ())), "hidden where nothing was chosen");
}

#[test]
fn page_announces_what_the_last_step_came_to() {
    let notice = notice("en");
    let texts = &notice.texts;
    for (last_step, text) in [
        (LastStep::Saved, &texts.saved),
        (LastStep::Changed, &texts.changed),
        (LastStep::Erased, &texts.erased),
        (LastStep::NotErased, &texts.erase_failed),
    ] {
        let html = page(&notice, |view| view.last_step = last_step);
        assert!(
            !tag(&html, "cy-panel cy-saved").contains("hidden") && html.contains(text.as_str()),
            "{last_step:?}"
        );
    }
    assert!(tag(&page(&notice, |_| ()), "cy-panel cy-saved").contains("hidden"));
}

#[test]
fn switches_read_back_mean_what_was_turned() {
    let notice = notice("en");
    let read = |categories: &[&str], services: &[&str]| {
        let switches = read_switches(&notice, categories, services);
        (switches.grants.0, switches.denied.indexes().collect::<Vec<_>>())
    };
    assert_eq!(read(&[], &[]), (0b001, vec![]));
    assert_eq!(read(&["functional"], &[]), (0b011, vec![]), "a category alone means all of it");
    assert_eq!(read(&["functional"], &["video"]), (0b011, vec![1]));
    assert_eq!(read(&[], &["ads"]), (0b101, vec![]), "a service alone turns its category on");
    assert_eq!(read(&["unknown", "required"], &["session", "nobody"]), (0b001, vec![]));
}

#[test]
fn style_sheet_surfaces_are_the_ones_themes_are_checked_against() {
    for (r, g, b) in consentry_api::policy::SURFACES.map(|[r, g, b]| (r, g, b)) {
        let (long, short) = (
            format!("--cy-surface: #{r:02x}{g:02x}{b:02x}"),
            format!("--cy-surface:#{:x}{:x}{:x}", r % 16, g % 16, b % 16),
        );
        let minified = long.replace(": ", ":");
        let css = consentry_ui::FIRST_LAYER_CSS;
        assert!([long, minified, short].iter().any(|text| css.contains(text.as_str())), "{r} {g} {b}");
    }
}
