//! The Worker: translates the runtime's events to the service and back.
//!
//! In scope: bindings, requests, responses, the Durable Object's group commit. Out of scope: every decision; those are in
//! `consentry-service` and below, where they are tested without a runtime.
//!
//! Invariant: nothing here panics on what a client sends. A trap costs every waiting request of the isolate.

mod artefacts;
mod assets;
pub mod bindings;
mod config;
mod database;
mod object;
mod request;
mod response;
mod sites;
mod turns;

use std::rc::Rc;

use consentry_service::Service;
use consentry_service::live::Cache;
use consentry_service::router::Route;
use worker::worker_sys::web_sys;
use worker::{Context, Env, Result, event};

use request::Incoming;

thread_local! {
    // Policies survive from one request of this isolate to the next. Only plain data: no promise may cross requests.
    static CACHE: Rc<Cache> = Rc::default();
}

/// Every HTTP request. The runtime's own types, not those of the `worker` crate, which read more than is needed here.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, _context: Context) -> Result<web_sys::Response> {
    let incoming = Incoming::new(request)?;
    let sites = sites::ObjectSites::new(&env)?;
    let service = Service::new(sites, config::read(&env), artefacts::ARTEFACTS, CACHE.with(Rc::clone));
    let route = service.route(incoming.path());
    if route == Route::Assets {
        return Ok(assets::serve(incoming.raw(), &env).await?.into());
    }
    let answer = service.handle(&incoming.read(route.largest_body()).await?).await;
    response::write(answer, &incoming)
}
