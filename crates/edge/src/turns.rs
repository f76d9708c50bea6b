//! The short way for records that browsers send: a request in turns, without a promise of ours.
//!
//! A future here costs the runtime more than everything a record needs: promises, microtasks, closures that cross the border
//! both ways. So the shim reads the request, calls [`begin`], carries the object's answer back to [`resume`], and every crossing
//! is a call with plain values. The service is the same as everywhere; only who waits is different.
//!
//! Invariant: a request waits for one call of a site's object at a time, which is why nobody needs to be woken.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use consentry_api::object::{SiteCall, SiteReply, serialize_records};
use consentry_core::SiteId;
use consentry_service::sites::{Sites, Unreachable};
use consentry_service::{Body, Edge, Response, Service};
use futures_util::future::poll_fn;
use futures_util::task::noop_waker_ref;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use crate::request::{Head, jurisdiction, new_edge};
use crate::sites::object_name;
use crate::{CACHE, artefacts, config};

/// Where a request and the shim meet: the call on its way out, and what came of it.
#[derive(Clone, Default)]
struct Desk(Rc<RefCell<OnDesk>>);

#[derive(Default)]
struct OnDesk {
    call: Option<Call>,
    answer: Option<Result<Vec<u8>, String>>,
}

/// A call of a site's object.
struct Call {
    method: &'static str,
    object: String,
    bytes: Vec<u8>,
}

impl Sites for Desk {
    async fn call_part(&self, site: &SiteId, shard: u8, call: &SiteCall) -> Result<SiteReply, Unreachable> {
        let unreadable = |error: serde_json::Error| Unreachable(error.to_string());
        let (method, bytes) = match call {
            SiteCall::Append(records) => ("append", serialize_records(records)),
            _ => ("call", serde_json::to_vec(call).map_err(unreadable)?),
        };
        let object = object_name(site, shard).into_owned();
        self.0.borrow_mut().call = Some(Call { method, object, bytes });
        let answer = poll_fn(|_| match self.0.borrow_mut().answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        });
        serde_json::from_slice(&answer.await.map_err(Unreachable)?).map_err(unreadable)
    }
}

/// A request that waits for an object.
struct Waiting {
    future: Pin<Box<dyn Future<Output = Response>>>,
    desk: Desk,
}

thread_local! {
    static WAITING: RefCell<HashMap<u32, Waiting>> = RefCell::default();
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// Takes a request with its whole body. The answer is what the shim does next, as bytes: a line of text and what follows it.
///
/// - `call NUMBER METHOD OBJECT`, and the call;
/// - `done STATUS HEADERS`, with the headers in JSON, and the body;
/// - nothing, when the request is not ours and goes the long way.
#[wasm_bindgen]
pub fn begin(
    env: Env,
    url: String,
    headers: &str,
    body: Vec<u8>,
    country: Option<String>,
    region: Option<String>,
) -> Vec<u8> {
    let Ok(headers) = serde_json::from_str(headers) else { return Vec::new() };
    let head = Head { url, headers };
    let desk = Desk::default();
    let service = Service::new(desk.clone(), config::read(&env), artefacts::ARTEFACTS, CACHE.with(Rc::clone));
    let route = service.route(head.path());
    if !route.takes_turns() {
        return Vec::new();
    }
    let edge = Edge { jurisdiction: jurisdiction(country.as_deref(), region.as_deref()), ..new_edge(&head) };
    let body = Some(body).filter(|body| body.len() <= route.largest_body());
    let request = head.into_request(consentry_service::Method::Post, body, edge);
    let future = Box::pin(async move { service.handle(&request).await });
    let number = NEXT.replace(NEXT.get().wrapping_add(1));
    go_on(number, Waiting { future, desk })
}

/// Hands a request what its object answered, or, as text, why it did not.
#[wasm_bindgen]
pub fn resume(number: u32, answer: Vec<u8>, answered: bool) -> Vec<u8> {
    let Some(waiting) = WAITING.with(|all| all.borrow_mut().remove(&number)) else { return Vec::new() };
    let failure = |answer: Vec<u8>| String::from_utf8_lossy(&answer).into_owned();
    waiting.desk.0.borrow_mut().answer = Some(if answered { Ok(answer) } else { Err(failure(answer)) });
    go_on(number, waiting)
}

fn go_on(number: u32, mut waiting: Waiting) -> Vec<u8> {
    if let Poll::Ready(response) = waiting.future.as_mut().poll(&mut Context::from_waker(noop_waker_ref())) {
        return done(response);
    }
    let call = waiting.desk.0.borrow_mut().call.take();
    // Nothing in this service waits for anything else; a request that did would wait for ever.
    let Some(Call { method, object, bytes }) = call else { return step("done 500 []", &[]) };
    WAITING.with(|all| all.borrow_mut().insert(number, waiting));
    step(&format!("call {number} {method} {object}"), &bytes)
}

fn done(response: Response) -> Vec<u8> {
    let body = match response.body {
        Body::Bytes(bytes) => bytes,
        Body::Brotli(_) | Body::Static(_) | Body::Stream(_) | Body::Assets => Vec::new(),
    };
    let headers = serde_json::to_string(&response.headers).unwrap_or_else(|_| "[]".into());
    step(&format!("done {} {headers}", response.status), &body)
}

/// JSON has no line ends of its own, so the first one ends the line.
fn step(line: &str, rest: &[u8]) -> Vec<u8> {
    [line.as_bytes(), b"\n", rest].concat()
}
