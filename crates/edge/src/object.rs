//! The Durable Object of a site: one at a time, and appends in groups.
//!
//! Requests that arrive while one is being answered wait here together and are stored by one statement: the runtime then
//! syncs its log once for all of them. Batching must be here and not in the Worker, whose requests may not share a promise.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::UnixMillis;
use consentry_service::site::{Batch, SiteObject as Object};
use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;
use worker::{Delay, DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::config;
use crate::database::ObjectDatabase;

/// So many waiting appends are stored at once without waiting for the turn's end.
const FLUSH_AT: usize = 64;
/// Beyond it the object says so instead of letting the queue grow.
const MOST_WAITING: usize = 4_096;

/// The object of a site.
#[durable_object]
pub struct SiteObject {
    inner: Rc<Inner>,
}

struct Inner {
    object: RefCell<Object<ObjectDatabase>>,
    waiting: RefCell<Vec<(Batch, oneshot::Sender<SiteReply>)>>,
}

impl DurableObject for SiteObject {
    fn new(state: State, env: Env) -> Self {
        let object = Object::new(ObjectDatabase(state.storage().sql()), config::limits(&env));
        Self { inner: Rc::new(Inner { object: RefCell::new(object), waiting: RefCell::default() }) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let call: SiteCall = serde_json::from_str(&request.text().await?)?;
        let reply = match call {
            SiteCall::Append { records, client } => self.inner.append(Batch { records, client }).await,
            call => self.inner.object.borrow_mut().call(call, now()),
        };
        Response::ok(serde_json::to_string(&reply)?)
    }
}

impl Inner {
    async fn append(self: &Rc<Self>, batch: Batch) -> SiteReply {
        let (answer, answered) = oneshot::channel();
        let waiting = {
            let mut waiting = self.waiting.borrow_mut();
            if waiting.len() >= MOST_WAITING {
                return SiteReply::Busy(1);
            }
            waiting.push((batch, answer));
            waiting.len()
        };
        if waiting >= FLUSH_AT {
            self.flush();
        } else if waiting == 1 {
            // The first of a group: everything else that is ready in this turn joins it. A task of the object's own, so
            // that it runs even if this request goes away.
            let inner = Rc::clone(self);
            spawn_local(async move {
                Delay::from(Duration::ZERO).await;
                inner.flush();
            });
        }
        answered.await.unwrap_or_else(|_| SiteReply::Failed("the object started over while storing".into()))
    }

    /// Stores everything that waits, with one statement, and answers everybody. Nothing is awaited here.
    fn flush(&self) {
        let (batches, answers): (Vec<_>, Vec<_>) = self.waiting.take().into_iter().unzip();
        if batches.is_empty() {
            return;
        }
        let replies = self.object.borrow_mut().append_all(batches, now());
        for (answer, reply) in answers.into_iter().zip(replies) {
            // Whoever no longer waits sends again under the same identifier.
            let _ = answer.send(reply);
        }
    }
}

fn now() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as u64)
}
