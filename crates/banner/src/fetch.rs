//! Requests to the edge, and waiting.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, EventTarget, RequestInit, Response, XmlHttpRequest, XmlHttpRequestResponseType, window,
};

/// Status and text of an answer; `None` when there was none (offline, blocked, stopped edge).
pub async fn fetch(url: &str, body: Option<&str>) -> Option<(u16, String)> {
    request(url, body).await.ok()
}

async fn request(url: &str, body: Option<&str>) -> Result<(u16, String), JsValue> {
    let init = RequestInit::new();
    if let Some(body) = body {
        // A string goes as text/plain: no preflight that could delay or break it.
        init.set_method("POST");
        init.set_body(&body.into());
        // On its way even if the page goes away meanwhile. Older browsers do not know it and lose nothing.
        let _ = Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    }
    let window = window().ok_or(JsValue::NULL)?;
    let response: Response =
        JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?.unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// A page as the browser parses it, nothing of it running. Not text that is parsed afterwards: a page under Trusted Types would
/// refuse that, and the one policy that it allows is the gate's.
pub async fn fetch_document(url: &str) -> Option<Document> {
    let request = XmlHttpRequest::new().ok()?;
    request.open_with_async("GET", url, true).ok()?;
    request.set_response_type(XmlHttpRequestResponseType::Document);
    let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send().ok()?;
    JsFuture::from(ended).await.ok()?;
    if request.status() != Ok(200) {
        return None;
    }
    request.response_xml().ok().flatten()
}

/// Waits for the answer to a click to be seen. Nothing is painted in a tab that nobody looks at.
pub async fn painted() {
    let Some(window) = window().filter(|window| window.document().is_some_and(|page| !page.hidden())) else {
        return;
    };
    let frame = Promise::new(&mut |resolve, _| {
        let _ = window.request_animation_frame(&resolve);
    });
    let _ = JsFuture::from(frame).await;
    // A frame's callbacks come before its paint.
    sleep(0).await;
}

/// Waits.
pub async fn sleep(milliseconds: i32) {
    let timer = Promise::new(&mut |resolve, _| {
        if let Some(window) = window() {
            // Without a timer it waits for ever; the next page tries again.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    });
    let _ = JsFuture::from(timer).await;
}

/// Until a key or a pointer is pressed anywhere in the page.
pub async fn next_action(page: &EventTarget) {
    const ACTIONS: [&str; 2] = ["keydown", "pointerdown"];
    let mut heard = None;
    let action = Promise::new(&mut |resolve, _| {
        for name in ACTIONS {
            let _ = page.add_event_listener_with_callback(name, &resolve);
        }
        heard = Some(resolve);
    });
    let _ = JsFuture::from(action).await;
    for name in ACTIONS {
        if let Some(listener) = &heard {
            let _ = page.remove_event_listener_with_callback(name, listener);
        }
    }
}
