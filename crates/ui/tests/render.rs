//! What the rendered HTML must be, whoever wrote the policy: complete, equal, in the right direction, and harmless.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

mod fixture;

use consentry_api::Notice;
use consentry_api::changes::Changes;
use consentry_api::notice::ServiceNotice;
use consentry_core::{Grants, Model};
use consentry_ui::{
    CentreView, Evidence, LastStep, PageView, ShellView, SignalState, Standing, read_switches, render_centre,
    render_declaration, render_declaration_page, render_preferences_page, render_shell,
};
use fixture::notice;

fn shell(notice: &Notice) -> String {
    render_shell(&ShellView {
        texts: &notice.texts,
        language: &notice.language,
        dir: &notice.dir,
        model: Model::OptIn,
        opt_out_entry: false,
        advertising_only: false,
        choice_url: "/_c/demo/choice",
        privacy_url: &notice.controller.privacy_url,
    })
}

fn page<'a>(notice: &'a Notice, change: impl FnOnce(&mut PageView<'a>)) -> String {
    let mut view = PageView {
        notice,
        choice_url: "/_c/demo/choice",
        granted: Grants::REQUIRED,
        denied_services: &[],
        signal: SignalState::None,
        advertising_only: false,
        do_not_sell: false,
        standing: None,
        changed: None,
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

/// A choice that was made and recorded.
fn standing() -> Standing {
    Standing {
        time: "2026-11-21T10:00:00.000Z".into(),
        record: "019ab0c7-2b3b-7fff".into(),
        recorded: true,
        agreed: true,
        evidence: None,
    }
}

/// The start tag of a place of the centre.
fn slot<'a>(html: &'a str, name: &str) -> &'a str {
    tag(html, &format!("data-cy=\"{name}\""))
}

fn centre(notice: &Notice) -> String {
    render_centre(&CentreView {
        notice,
        changed: None,
        choice_url: "/_c/demo/choice",
        advertising_only: false,
    })
}

/// The names of all elements, in order.
fn elements(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split([' ', '>']).next()).collect()
}

#[test]
fn shell_hides_what_not_every_page_shows_and_works_without_script() {
    let html = shell(&notice("en"));
    for (part, hidden) in [("layer", true), ("status", true), ("link", false)] {
        let tag = tag(&html, &format!("data-consentry-part=\"{part}\""));
        assert_eq!(tag.contains("hidden"), hidden, "{part}");
    }
    assert!(html.starts_with("<aside id=\"consentry\" lang=\"en\" dir=\"ltr\""));
    assert!(
        tag(&html, "<form").contains("method=\"post\"") && tag(&html, "<form").contains("/_c/demo/choice")
    );
    assert!(tag(&html, "data-consentry-part=\"link\"").contains("href=\"/_c/demo/preferences?lang=en\""));
    // With a name, a section is a region (HTML-AAM): it need not say so.
    assert!(tag(&html, "<section").contains("aria-label=\"We use"));
    assert!(tag(&html, "part=\"status\"").contains("role=\"status\""));
}

#[test]
fn shell_refusal_looks_like_agreement() {
    let html = shell(&notice("en"));
    let reject = tag(&html, "data-consentry=\"reject\"").replace("reject", "X").replace("accept", "X");
    let accept = tag(&html, "data-consentry=\"accept\"").replace("reject", "X").replace("accept", "X");
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
    hostile.own.iter_mut().for_each(|cookie| cookie.name = attack.into());
    let everything = |notice: &Notice, text: &'static str| {
        let evidence = Evidence { proof: text.into(), json: text.into() };
        shell(notice)
            + &page(notice, |view| {
                view.standing = Some(Standing {
                    record: text.into(),
                    time: text.into(),
                    evidence: Some(evidence),
                    ..standing()
                });
                view.signal = SignalState::Heard(text.into());
                view.nonce = text;
            })
            + &centre(notice)
            + &render_declaration_page(notice)
    };
    let html = everything(&hostile, attack);
    for forbidden in ["<script", "<img", "javascript:alert(4)", "JavaScript:", "data:text/html", "vbscript:"]
    {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(!html.contains("href=\"javascript:"));
    let plain = everything(&notice("en"), "x");
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
        view.signal = SignalState::Heard("Global Privacy Control".into());
        view.standing = Some(standing());
        view.last_step = LastStep::Saved;
    });
    let checked = |value: &str| tag(&html, &format!("value=\"{value}\"")).contains("checked");
    assert!(checked("functional") && checked("mixpanel"));
    assert!(!checked("video") && !checked("advertising") && !checked("ads"));
    assert!(html.contains("019ab0c7-2b3b-7fff") && !slot(&html, "choice").contains("hidden"));
    assert!(!slot(&html, "recorded").contains("hidden") && slot(&html, "unrecorded").contains("hidden"));
    assert!(!tag(&html, "cy-panel cy-saved").contains("hidden"));
    assert!(slot(&page(&notice, |_| ()), "choice").contains("hidden"), "nothing was chosen");
}

#[test]
fn page_shows_times_for_people_and_keeps_them_for_machines() {
    let html = page(&notice("de"), |view| view.standing = Some(standing()));
    assert!(slot(&html, "time").contains("datetime=\"2026-11-21T10:00:00.000Z\""));
    assert!(html.contains(">2026-11-21 10:00 UTC<") && !html.contains(">2026-11-21T"));
    assert!(
        slot(&html, "time").contains("dir=\"ltr\""),
        "date, time and zone stay in this order in Arabic too"
    );
}

#[test]
fn page_signal_panel_says_the_one_sentence_that_is_true() {
    let mut notice = notice("en");
    let shown = |notice: &Notice, signal: SignalState, advertising_only| {
        let html = page(notice, |view| {
            view.signal = signal;
            view.advertising_only = advertising_only;
        });
        let visible = ["signal-none", "signal-heard", "signal-overridden"]
            .map(|name| !slot(&html, name).contains("hidden"));
        (html, visible)
    };
    let named = || "Global Privacy Control, Do Not Track".to_owned();
    assert_eq!(shown(&notice, SignalState::None, false).1, [true, false, false]);
    assert_eq!(shown(&notice, SignalState::Unknown, false).1, [false; 3]);
    let (html, visible) = shown(&notice, SignalState::Heard(named()), false);
    assert_eq!(visible, [false, true, false]);
    assert!(
        html.contains(">Global Privacy Control, Do Not Track</span>")
            && html.contains("everything that is not")
    );
    assert!(html.contains("takes the place of the signal"), "how to override");
    assert_eq!(shown(&notice, SignalState::Overridden(named()), false).1, [false, false, true]);
    assert!(shown(&notice, SignalState::Heard(named()), true).0.contains("advertising is off unless"));
    notice.texts.signal_heard = "no place for a name".into();
    assert!(shown(&notice, SignalState::Heard(named()), false).0.contains("no place for a name"));
}

#[test]
fn page_withdraws_and_speaks_of_selling_only_where_there_is_reason_to() {
    let notice = notice("en");
    let agreed = page(&notice, |view| view.standing = Some(standing()));
    let button = tag(&agreed, "value=\"withdraw\"");
    assert!(button.contains("form=\"consentry-own\"") && !slot(&agreed, "withdraw").contains("hidden"));
    let refused = page(&notice, |view| view.standing = Some(Standing { agreed: false, ..standing() }));
    assert!(
        slot(&refused, "withdraw").contains("hidden")
            && slot(&page(&notice, |_| ()), "withdraw").contains("hidden")
    );
    assert!(slot(&agreed, "sell").contains("hidden"));
    let opt_out = page(&notice, |view| view.do_not_sell = true);
    assert!(!slot(&opt_out, "sell").contains("hidden") && opt_out.contains(&notice.texts.do_not_sell_body));
}

#[test]
fn page_receipt_can_be_saved_without_a_script() {
    let notice = notice("en");
    let evidence = Evidence { proof: "c2sp.org/tlog-proof@v1\n".into(), json: "{\"a\":1}".into() };
    let html =
        page(&notice, |view| view.standing = Some(Standing { evidence: Some(evidence), ..standing() }));
    let proof = slot(&html, "proof-file");
    assert!(
        proof.contains("href=\"data:text/plain;charset=utf-8,c2sp.org%2Ftlog-proof%40v1%0A\""),
        "{proof}"
    );
    assert!(proof.contains("download=\"019ab0c7-2b3b-7fff.tlog-proof\""));
    let json = slot(&html, "record-file");
    assert!(
        json.contains("%7B%22a%22%3A1%7D") && json.contains(".json\"") && !json.contains("hidden"),
        "{json}"
    );
    assert!(slot(&html, "copy").contains("hidden"), "nothing would hear it");
    assert!(slot(&html, "proof-none").contains("hidden"));
    let without = page(&notice, |view| view.standing = Some(standing()));
    assert!(!slot(&without, "proof-none").contains("hidden") && slot(&without, "proof").contains("hidden"));
    assert!(slot(&without, "record-file").contains("hidden"));
}

#[test]
fn service_shows_who_what_for_what_is_stored_and_where_to_opt_out() {
    let notice = notice("en");
    let html = page(&notice, |_| ());
    let service = html.split("<summary>Vimeo").nth(1).unwrap().split("</details>").next().unwrap();
    let texts = &notice.texts;
    for said in [
        "Vimeo, Inc.",
        "Plays our videos.",
        "Show videos · Measure the audience",
        "<code dir=\"ltr\">vuid</code>",
        &texts.item_name,
        &texts.item_kind,
        &texts.item_kept,
        &texts.kind_cookie,
        "Persistent (days: 730)",
        &texts.session,
        "https://video.example/privacy",
        "https://video.example/opt-out",
    ] {
        assert!(service.contains(said), "{said} in {service}");
    }
    let pixel = html.split("<code dir=\"ltr\">px.gif").nth(1).unwrap();
    let row = pixel.split("</tr>").next().unwrap();
    assert!(
        row.contains(&texts.kind_pixel) && row.contains("<td>\u{2013}</td>"),
        "a pixel is kept for no time: {row}"
    );
    let worker = html.split("<code dir=\"ltr\">/vendor-worker.js").nth(1).unwrap();
    let row = worker.split("</tr>").next().unwrap();
    assert!(row.contains(&texts.kind_service_worker), "{row}");
    assert!(
        html.contains("<code dir=\"ltr\">__Host-consentry</code>"),
        "what remembers the choice is listed too"
    );
}

#[test]
fn search_is_offered_for_long_lists_only_and_hidden_where_no_script_hears_it() {
    let mut notice = notice("en");
    assert!(!page(&notice, |_| ()).contains("type=\"search\""));
    let one = notice.categories[2].services[0].clone();
    let more = |index: u32| ServiceNotice { id: format!("ads{index}"), index, ..one.clone() };
    notice.categories[2].services.extend((4..13).map(more));
    assert_eq!(notice.categories.iter().map(|category| category.services.len()).sum::<usize>(), 13);
    let html = page(&notice, |_| ());
    assert!(slot(&html, "finder").contains("hidden") && slot(&html, "search-none").contains("hidden"));
    // The Enter key presses the first button of the form that a field belongs to.
    let (form, field) = (tag(&html, "id=\"consentry-search\""), slot(&html, "search"));
    assert!(field.contains("form=\"consentry-search\""));
    assert!(html.split_once(form).unwrap().1.starts_with("</form>"), "no button is in it");
}

#[test]
fn centre_for_the_banner_has_nothing_of_anybodys_own_and_its_style_with_it() {
    let notice = notice("ar");
    let html = centre(&notice);
    assert!(html.contains(".cy-switch") && html.contains("<html lang=\"ar\">"));
    let body = html.split_once("<body>").unwrap().1;
    assert!(!body.contains("<h1") && !body.contains("<h2"), "the dialog has the heading");
    for name in [
        "signal-none",
        "signal-heard",
        "signal-overridden",
        "choice",
        "receipt",
        "withdraw",
        "erasure",
        "sell",
    ] {
        assert!(slot(body, name).contains("hidden"), "{name}");
    }
    let on =
        body.split("<input").filter(|input| input.split('>').next().unwrap().contains("checked")).count();
    assert_eq!(on, 1, "only required is on");
    assert!(!body.contains("<script") && !body.contains(" style=") && !body.contains(" on"));
    let texts = &notice.texts;
    for text in
        [&texts.withdraw, &texts.erased, &texts.receipt_copied, &texts.signal_none, &texts.not_recorded]
    {
        assert!(body.contains(text.as_str()), "{text}");
    }
}

#[test]
fn declaration_lists_every_cookie_of_every_service_in_its_category() {
    let notice = notice("de");
    let html = render_declaration(&notice);
    let root = tag(&html, "consentry-declaration");
    assert!(html.starts_with(root) && root.contains("lang=\"de\"") && root.contains("dir=\"ltr\""), "{root}");
    let texts = &notice.texts;
    assert!(html.contains(&texts.declaration_title) && html.contains("Version 7"), "{html}");
    let mut at = 0;
    for category in &notice.categories {
        let heading = format!("<h3>{}</h3>", category.name);
        at += html[at..].find(&heading).unwrap_or_else(|| panic!("{heading} in order"));
        for service in &category.services {
            let rest = &html[at..];
            assert!(rest.contains(&service.name) && rest.contains(&service.controller), "{}", service.name);
            for cookie in &service.cookies {
                assert!(
                    rest.contains(&format!("<code dir=\"ltr\">{}</code>", cookie.name)),
                    "{}",
                    cookie.name
                );
            }
        }
    }
    assert!(html.contains("rowspan=\"2\"") && html.contains("<code dir=\"ltr\">__Host-consentry</code>"));
    assert!(!html.contains("<script") && !html.contains("style"), "it takes the site's own look");
    let page = render_declaration_page(&notice);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"de\"") && page.contains(&html));
    assert!(page.contains(&format!("<style>{}</style>", consentry_ui::DECLARATION_CSS)), "as its hash says");
}

#[test]
fn page_offers_to_erase_apart_from_the_form_that_enter_sends() {
    let notice = notice("en");
    let html = page(&notice, |view| {
        view.standing = Some(standing());
        view.return_to = Some("/kit.html");
    });
    let form = tag(&html, "id=\"consentry-own\"");
    assert!(form.contains("method=\"post\"") && form.contains("action=\"/_c/demo/choice\""), "{form}");
    let after = html.split_once(form).unwrap().1;
    assert!(tag(after, "name=\"return\"").contains("value=\"/kit.html\""));
    let button = tag(&html, "value=\"erase\"");
    assert!(button.contains("form=\"consentry-own\"") && button.contains("name=\"action\""), "{button}");
    // The first button of a form is pressed by the Enter key in any of its fields.
    let first = html.split("<button").skip(1).find(|rest| {
        !rest.split('>').next().unwrap().contains(" form=") && !rest.starts_with(" type=\"button\"")
    });
    assert!(first.unwrap().contains("value=\"reject_all\""));
    let texts = &notice.texts;
    for text in [&texts.erase, &texts.erase_explained, &texts.erase_confirm] {
        assert!(html.contains(text.as_str()), "{text}");
    }
    let hidden = |html: &str| slot(html, "erasure").contains("hidden");
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
    // required: session; functional: mixpanel, video; advertising: ads.
    let (all, places) = (["required", "functional", "advertising"], [0, 1, 1, 2]);
    let ids = ["session", "mixpanel", "video", "ads"];
    let read = |categories: &[&str], services: &[&str]| {
        let on = |at: usize| categories.contains(&all[at]);
        let switches = read_switches(3, &places, &on, &|at| services.contains(&ids[at]));
        (switches.grants.0, switches.denied.indexes().collect::<Vec<_>>())
    };
    assert_eq!(read(&[], &[]), (0b001, vec![]));
    assert_eq!(read(&["functional"], &[]), (0b011, vec![]), "a category alone means all of it");
    assert_eq!(read(&["functional"], &["video"]), (0b011, vec![1]));
    assert_eq!(read(&[], &["ads"]), (0b101, vec![]), "a service alone turns its category on");
    assert_eq!(read(&["unknown", "required"], &["session", "nobody"]), (0b001, vec![]));
}

#[test]
fn style_sheets_outweigh_a_site_whose_body_has_an_id() {
    let all = [
        consentry_ui::FIRST_LAYER_CSS,
        consentry_ui::BAR_CSS,
        consentry_ui::CARD_CSS,
        consentry_ui::MIDDLE_CSS,
        consentry_ui::CENTRE_CSS,
    ];
    for css in all {
        assert!(css.contains("#consentry#consentry"), "{css}");
        assert!(!css.replace("#consentry#consentry", "").contains("#consentry"), "{css}");
    }
}

#[test]
fn shell_speaks_by_model_law_and_reach_of_the_signal() {
    let notice = notice("en");
    let texts = &notice.texts;
    let shell = |model, opt_out_entry, advertising_only| {
        render_shell(&ShellView {
            texts,
            language: "en",
            dir: "ltr",
            model,
            opt_out_entry,
            advertising_only,
            choice_url: "/_c/demo/choice",
            privacy_url: "",
        })
    };
    let asking = shell(Model::OptIn, false, false);
    assert!(asking.contains(&texts.body) && !asking.contains(&texts.body_opt_out));
    assert!(asking.contains(&texts.link) && !asking.contains(&texts.privacy_choices));
    assert!(asking.contains(&texts.honoured_body) && !asking.contains(&texts.honoured_body_advertising));
    for model in [Model::OptOut, Model::Notice] {
        let telling = shell(model, true, true);
        assert!(telling.contains(&texts.body_opt_out) && !telling.contains(&texts.body));
        assert!(telling.contains(&texts.privacy_choices) && !telling.contains(&texts.link));
        assert!(
            telling.contains(&texts.honoured_body_advertising) && !telling.contains(&texts.honoured_body)
        );
    }
    assert!(
        asking.contains(&format!("<strong>{} </strong>", texts.ask_again)),
        "the style sheet shows it when it is true"
    );
    assert!(asking.contains("/_c/demo/preferences?lang=en"), "the page speaks the language of the layer");
}

#[test]
fn page_tells_what_changed_and_nothing_when_nothing_did() {
    let notice = notice("en");
    let changes = Changes {
        added: vec!["Chat".into(), "<Maps>".into()],
        removed: vec!["Pixel".into()],
        rules: true,
        ..Changes::default()
    };
    let html = page(&notice, |view| view.changed = Some(&changes));
    let panel = html.split("cy-changed").nth(1).and_then(|rest| rest.split("</div>").next()).unwrap();
    assert!(panel.contains("New: Chat, &lt;Maps&gt;") && panel.contains("No longer used: Pixel"), "{panel}");
    assert!(panel.contains(&notice.texts.changed_title) && panel.contains(&notice.texts.changed_rules));
    assert!(!panel.contains("Now in another category"), "only what there is");
    assert!(html.find("cy-changed") < html.find("role=\"switch\""), "before the question");
    let none = Changes::default();
    for nothing in [None, Some(&none)] {
        assert!(!page(&notice, |view| view.changed = nothing).contains("cy-changed"));
    }
}
