//! Deleting the visitor's records: the edge takes them out of the log, then this browser forgets the choice.

use consentry_api::light::visitor_request;
use consentry_core::choice::{Flags, HOST_PREFIX, NAME, SHARED_PREFIX};
use js_sys::Reflect;
use web_sys::BroadcastChannel;

use crate::app::App;
use crate::fetch::fetch;
use crate::send;

/// Has them deleted. False when it did not work, or when a record may be on its way to the log still: it would be there
/// afterwards, and nobody could name it any more.
pub async fn erase(app: &'static App) -> bool {
    let Some(choice) = app.choice() else { return true };
    let refused = send::is_refused(app, &choice);
    if app.sending.get() || choice.flags.has(Flags::UNRECORDED) && !refused {
        send::record(app);
        return false;
    }
    let record = if refused { choice.previous } else { Some(choice.record) };
    if let Some(record) = record {
        let url = [&app.base, "/v1/sites/", &app.payload.site, "/visitor/erasure"].concat();
        let answer = fetch(&url, Some(&visitor_request(&choice.subject, &record))).await;
        match answer {
            Some((200, _)) => {}
            // It was there once: erased already, and the answer was lost.
            Some((404, problem)) if problem.contains("visitor-unknown") => {}
            _ => return false,
        }
    }
    forget(app);
    true
}

/// Removes the cookie by the name and the attributes it was set with, and has every tab look at what is left: this one too.
fn forget(app: &'static App) {
    let domain = &app.payload.domain;
    let secure = app.document.url().is_ok_and(|url| url.starts_with("https:"));
    let prefix = match (secure, domain.is_empty()) {
        (false, _) => "",
        (true, true) => HOST_PREFIX,
        (true, false) => SHARED_PREFIX,
    };
    let secure = if secure { ";secure" } else { "" };
    let domain = if domain.is_empty() { "" } else { &[";domain=", domain].concat() };
    let cookie = [prefix, NAME, "=;path=/;max-age=0;samesite=lax", secure, domain].concat();
    // Where cookies are blocked there is none to remove.
    let _ = Reflect::set(&app.document, &"cookie".into(), &cookie.into());
    send::record(app);
    if let Ok(channel) = BroadcastChannel::new("consentry") {
        let _ = channel.post_message(&0.into());
    }
}
