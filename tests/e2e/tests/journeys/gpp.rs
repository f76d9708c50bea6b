//! The Global Privacy Platform as advertising systems in the United States meet it: a stub on the page, and frames of other origins
//! that look for whom to ask.

use serde_json::{Value, json};

use crate::support::browser::{FORM, LINK, REJECT};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, site};

journeys! {
    listeners_of_a_stub_hear_of_each_decision_and_the_section_says_it on chromium firefox;
    frame_without_a_stub_on_the_page_finds_whom_to_ask_and_is_told on chromium firefox;
    browser_that_objects_is_in_the_section_even_when_overridden on chromium firefox;
    place_where_no_section_applies_says_so_to_frames_too on chromium;
}

// docs/gpp.md has the four of them.
const DENIED: &str = "DBABLA~CVQVAAAAAACA.QA";
const GRANTED: &str = "DBABLA~CVQqAAAAAACA.QA";
const DENIED_SIGNAL: &str = "DBABLA~CVQVAAAAAACA.YA";
const GRANTED_SIGNAL: &str = "DBABLA~CVQqAAAAAACA.YA";

/// What vendors put above everything: it answers as well as it can, and keeps the rest for whoever comes.
const STUB: &str = r#"<script>
(() => {
  const state = () => ({ gppVersion: "1.1", cmpStatus: "stub", cmpDisplayStatus: "hidden", signalStatus: "not ready",
    supportedAPIs: [], cmpId: 0, sectionList: [], applicableSections: [], gppString: "", parsedSections: {} });
  const stub = (...call) => {
    const [command, callback, parameter] = call;
    if (!command) return stub.queue;
    if (command == "ping") callback(state(), true);
    else if (command == "addEventListener") {
      const id = ++stub.lastId;
      stub.events.push({ id, callback, parameter });
      callback({ eventName: "listenerRegistered", listenerId: id, data: true, pingData: state() }, true);
    } else if (/^(has|get)/.test(command)) callback(null, false);
    else stub.queue.push(call);
  };
  window.__gpp = Object.assign(stub, { queue: [], events: [], lastId: 0 });
  window.__gpp_msghandler = ({ data, source }) => {
    const call = data && data.__gppCall;
    if (!call) return;
    const reply = (returnValue, success) =>
      source.postMessage({ __gppReturn: { returnValue, success, callId: call.callId } }, "*");
    window.__gpp(call.command, reply, call.parameter);
  };
  addEventListener("message", window.__gpp_msghandler);
  window.heard = [];
  __gpp("addEventListener", ({ eventName, data, pingData }) => heard.push([`${eventName} ${data}`, pingData.gppString]));
})();
</script>"#;

/// A vendor's page: it looks up its parents for somebody to ask, listens, and passes on what it is asked to ask.
const VENDOR: &str = r#"<!doctype html><html lang="en"><title>Vendor</title><script>
const waiting = {};
let found, last = 0;
const ask = (command, parameter, callback) => {
  waiting[++last] = callback;
  found.postMessage({ __gppCall: { command, parameter, version: "1.1", callId: last } }, "*");
};
const look = () => {
  for (let at = window; ; at = at.parent) {
    try { if (at.frames.__gppLocator) found = at; } catch {}
    if (found || at == top) break;
  }
  if (!found) return setTimeout(look, 20);
  ask("addEventListener", undefined, ({ eventName, data, pingData }) =>
    top.postMessage({ toFrame: [`${eventName} ${data}`, pingData.gppString] }, "*"));
};
addEventListener("message", ({ data }) => {
  if (data.__gppReturn) waiting[data.__gppReturn.callId](data.__gppReturn.returnValue, data.__gppReturn.success);
  if (data.wanted && found) ask(...data.wanted, (value, success) => top.postMessage({ answer: [value, success], of: data.of }, "*"));
});
look();
</script></html>"#;

/// Collects what the vendor's frame tells.
const COLLECT: &str = r#"<script>
window.toFrame = [];
addEventListener("message", ({ data }) => data.toFrame && toFrame.push(data.toFrame));
</script>"#;

fn start(engine: Engine, place: &str, stub: &str, setup: Setup) -> (Edge, Browser) {
    let edge = Edge::start_in(place);
    edge.publish_changed(|policy| policy + "\n[integrations.gpp]\nsections = [\"usnat\"]\n");
    // Of another origin than the page, with the one that asks inside of it.
    let frame = format!("http://127.0.0.1:{}/outer.html", edge.port());
    let page = format!(
        r#"<!doctype html><html lang="en"><head><title>News</title>{stub}{COLLECT}<script async src="/_c/demo.js"></script></head>
        <body><main><h1>News</h1><iframe id="vendor" title="Vendor" src="{frame}"></iframe></main></body></html>"#
    );
    let outer = r#"<!doctype html><html lang="en"><title>Outer</title><iframe title="Inner" src="/inner.html"></iframe></html>"#;
    for (name, text) in
        [("gpp.html", site::trapped(&page).as_str()), ("outer.html", outer), ("inner.html", VENDOR)]
    {
        std::fs::write(edge.pages().join(name), text).expect("room for a page");
    }
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url("/gpp.html"));
    browser.wait_until(
        "the frame listens",
        "return toFrame.some(([event]) => event == 'listenerRegistered true')",
    );
    browser.wait_until(
        "the answer is ready",
        "let ready; __gpp('ping', (ping) => (ready = ping.signalStatus == 'ready')); return ready",
    );
    (edge, browser)
}

/// What the frame is answered, asked through its parents.
fn asked(browser: &Browser, command: &str, parameter: &Value) -> Value {
    browser.run_async(&format!(
        "return new Promise((done) => {{
           const of = `${{Math.random()}}`;
           addEventListener('message', ({{ data }}) => data.of == of && done(data.answer));
           document.querySelector('#vendor').contentWindow.frames[0].postMessage({{ wanted: ['{command}', {parameter}], of }}, '*');
         }})"
    ))
}

/// The string, and the fields that a decision is about, as the frame has them.
fn said(browser: &Browser) -> (Value, Value) {
    let ping = asked(browser, "ping", &Value::Null);
    let section = asked(browser, "getSection", &json!("usnat"));
    assert_eq!(section[1], true, "{section}");
    let (core, gpc) = (&section[0][0], &section[0][1]);
    for (field, value) in [("SaleOptOut", &core["SaleOptOut"]), ("Gpc", &gpc["Gpc"])] {
        let one = asked(browser, "getField", &json!(format!("usnat.{field}")));
        assert_eq!(one, json!([value, true]));
    }
    let fields = json!([
        core["SaleOptOut"],
        core["SharingOptOut"],
        core["TargetedAdvertisingOptOut"],
        core["SaleOptOutNotice"],
        gpc["Gpc"]
    ]);
    (ping[0]["gppString"].clone(), fields)
}

fn decide(browser: &Browser, action: &str) {
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value={action}]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
}

/// In the first layer, which is shown here though everything runs until it is refused.
fn refuse(browser: &Browser) {
    browser.click(REJECT);
    browser.wait_until_recorded();
}

/// What the page's or the frame's listener has heard, what is displayed apart; and forgets it.
fn heard(browser: &Browser, list: &str) -> Value {
    browser.wait_until(
        "the answer is ready again",
        &format!(
            "const all = {list}.filter(([event]) => event.startsWith('signal')); return all.at(-1)?.[0] == 'signalStatus ready'"
        ),
    );
    browser.run(&format!("return {list}.splice(0).filter(([event]) => !event.startsWith('cmpDisplay'))"))
}

/// A decision: until it is said, nobody is to go by what was said before. That begins where the preferences are opened.
fn turn(from: &str, to: &str) -> Value {
    json!([["signalStatus not ready", from], ["sectionChange usnat", to], ["signalStatus ready", to]])
}

fn assert_no_tcf(browser: &Browser) {
    let there = "return [typeof __tcfapi, '__tcfapi' in window, '__tcfapiLocator' in window.frames]";
    assert_eq!(browser.run(there), json!(["undefined", false, false]));
}

fn listeners_of_a_stub_hear_of_each_decision_and_the_section_says_it(engine: Engine) {
    let (edge, browser) = start(engine, "US-CA", STUB, Setup::default());
    let start = heard(&browser, "heard");
    assert_eq!(start[0], json!(["listenerRegistered true", ""]), "of the stub");
    let rest = json!([["cmpStatus loaded", GRANTED], ["signalStatus ready", GRANTED]]);
    assert_eq!(start.as_array().map(|all| json!(all[1..])), Some(rest), "{start}");
    assert_eq!(said(&browser), (json!(GRANTED), json!([2, 2, 2, 1, false])), "until refused");
    let ping = asked(&browser, "ping", &Value::Null);
    assert_eq!((&ping[0]["cmpStatus"], &ping[0]["applicableSections"]), (&json!("loaded"), &json!([7])));
    browser.run("toFrame.length = 0");

    refuse(&browser);
    assert_eq!(heard(&browser, "heard"), turn(GRANTED, DENIED));
    assert_eq!(heard(&browser, "toFrame"), turn(GRANTED, DENIED));
    assert_eq!(said(&browser), (json!(DENIED), json!([1, 1, 1, 1, false])));

    decide(&browser, "accept_all");
    assert_eq!(heard(&browser, "heard"), turn(DENIED, GRANTED));
    assert_eq!(heard(&browser, "toFrame"), turn(DENIED, GRANTED));
    assert_eq!(said(&browser), (json!(GRANTED), json!([2, 2, 2, 1, false])));
    assert_no_tcf(&browser);
    browser.assert_no_trouble();
    edge.wait_for_records(2);
}

fn frame_without_a_stub_on_the_page_finds_whom_to_ask_and_is_told(engine: Engine) {
    let (_edge, browser) = start(engine, "US-CA", "", Setup::default());
    let locators = "return document.querySelectorAll('iframe[name=__gppLocator]').length";
    assert_eq!(browser.run(locators), 1);
    assert_eq!(said(&browser), (json!(GRANTED), json!([2, 2, 2, 1, false])));
    browser.run("toFrame.length = 0");
    refuse(&browser);
    assert_eq!(heard(&browser, "toFrame"), turn(GRANTED, DENIED));
    // The next page says so from its beginning.
    browser.reload();
    browser.wait_until("the frame listens again", "return toFrame.length > 0");
    assert_eq!(said(&browser), (json!(DENIED), json!([1, 1, 1, 1, false])));
    assert_eq!(asked(&browser, "hasSection", &json!("usca")), json!([false, true]));
    assert_eq!(asked(&browser, "getSection", &json!("tcfeuv2")), json!([null, false]));
    assert_no_tcf(&browser);
    browser.assert_no_trouble();
}

fn browser_that_objects_is_in_the_section_even_when_overridden(engine: Engine) {
    let (_edge, browser) = start(engine, "US-CA", STUB, Setup { gpc: true, ..Setup::default() });
    browser.wait_until_recorded();
    assert_eq!(said(&browser), (json!(DENIED_SIGNAL), json!([1, 1, 1, 1, true])));
    browser.run("heard.length = 0");
    decide(&browser, "accept_all");
    assert_eq!(heard(&browser, "heard"), turn(DENIED_SIGNAL, GRANTED_SIGNAL));
    assert_eq!(said(&browser), (json!(GRANTED_SIGNAL), json!([2, 2, 2, 1, true])));
    assert_no_tcf(&browser);
    browser.assert_no_trouble();
}

fn place_where_no_section_applies_says_so_to_frames_too(engine: Engine) {
    let (edge, browser) = start(engine, "DE", STUB, Setup::default());
    let ping = asked(&browser, "ping", &Value::Null);
    assert_eq!((&ping[0]["gppString"], &ping[0]["applicableSections"]), (&json!("DBAA"), &json!([-1])));
    assert_eq!(asked(&browser, "getSection", &json!("usnat")), json!([null, false]));
    browser.run("heard.length = 0; consentry.set({ advertising: true })");
    settle();
    let heard = browser.run("return heard.filter(([event]) => !event.startsWith('cmpDisplay'))");
    assert_eq!(heard, json!([]), "nothing that it says has changed");
    assert_no_tcf(&browser);
    edge.only_record();
}
