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

use std::rc::Rc;

use consentry_service::live::Cache;
use consentry_service::{Body, Service};
use worker::{Context, Env, Request, Response, Result, event};

thread_local! {
    // Policies survive from one request of this isolate to the next. Only plain data: no promise may cross requests.
    static CACHE: Rc<Cache> = Rc::default();
}

/// Every HTTP request.
#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> Result<Response> {
    let config = config::read(&env);
    let sites = sites::ObjectSites::new(&env)?;
    let service = Service::new(sites, config, artefacts::ARTEFACTS, CACHE.with(Rc::clone));
    let route = service.route(&request.path());
    let plain = request::read(&mut request, &env, route.largest_body()).await?;
    let answer = service.handle(&plain).await;
    match answer.body {
        Body::Assets => assets::serve(&request, &env).await,
        _ => response::write(answer, &request),
    }
}
