//! The Durable Object of a site, or of one part of its log: one at a time, and appends in groups.
//!
//! Requests that arrive while one is being answered wait here together and are stored by one statement: the runtime then
//! syncs its log once for all of them. Batching must be here and not in the Worker, whose requests may not share a promise.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::UnixMillis;
use consentry_service::site::{Batch, SiteObject as Object, serialize_reply};
use futures_channel::oneshot;
use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use worker::worker_sys::DurableObjectState;
use worker::{Delay, Env, State, Storage};

use crate::config;
use crate::database::{ObjectDatabase, SyncStorage};

/// So many waiting records are stored at once without waiting for the turn's end.
const FLUSH_AT: usize = 64;
/// Beyond so many waiting records the object says so instead of letting the queue grow.
const MOST_WAITING: usize = 4_096;

/// The object of a site. The runtime's own class around it is in the shim; it reaches this one by [`SiteObject::call`].
#[wasm_bindgen]
pub struct SiteObject {
    inner: Rc<Inner>,
}

struct Inner {
    object: RefCell<Object<ObjectDatabase>>,
    waiting: RefCell<Waiting>,
    storage: Storage,
    /// A group is on its way to the disk.
    syncing: Cell<bool>,
}

#[derive(Default)]
struct Waiting {
    batches: Vec<(Batch, oneshot::Sender<SiteReply>)>,
    records: usize,
}

#[wasm_bindgen]
impl SiteObject {
    /// The object over its storage, which is not touched yet.
    #[wasm_bindgen(constructor)]
    pub fn new(state: DurableObjectState, env: Env) -> SiteObject {
        let storage = State::from(state).storage();
        let database = ObjectDatabase {
            sql: storage.sql(),
            storage: storage.as_raw().unchecked_ref::<SyncStorage>().clone(),
        };
        let object = Object::new(database, config::limits(&env), config::log_keys(&env));
        let (object, waiting) = (RefCell::new(object), RefCell::default());
        Self { inner: Rc::new(Inner { object, waiting, storage, syncing: Cell::new(false) }) }
    }

    /// Answers a [`SiteCall`] in JSON with a [`SiteReply`] in JSON. By remote procedure call, not `fetch`: requests and
    /// responses cost the runtime more than everything that is done here.
    pub fn call(&self, text: String) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            let call: SiteCall = serde_json::from_str(&text).map_err(failed)?;
            Ok(match call {
                SiteCall::Append { records, sender } => {
                    serialize_reply(&inner.append(Batch { records, sender }).await)
                }
                call => inner.object.borrow_mut().call(call, now()),
            }
            .into())
        })
    }
}

impl Inner {
    async fn append(self: &Rc<Self>, batch: Batch) -> SiteReply {
        let (answer, answered) = oneshot::channel();
        let (first, records) = {
            let mut waiting = self.waiting.borrow_mut();
            if waiting.records >= MOST_WAITING {
                return SiteReply::Full(1);
            }
            waiting.records += batch.records.len();
            waiting.batches.push((batch, answer));
            (waiting.batches.len() == 1, waiting.records)
        };
        if records >= FLUSH_AT || !self.syncing.get() {
            // Nothing else is under way: waiting would gain nobody anything.
            self.flush();
        } else if first {
            // The disk is busy with the group before: everything that is ready in this turn of the loop goes together. A task
            // of the object's own, so that it runs even if this request goes away.
            let inner = Rc::clone(self);
            spawn_local(async move {
                Delay::from(Duration::ZERO).await;
                inner.flush();
            });
        }
        answered.await.unwrap_or_else(|_| SiteReply::Failed("the object started over while storing".into()))
    }

    /// Stores everything that waits, with one statement, and answers everybody. Nothing is awaited here.
    fn flush(self: &Rc<Self>) {
        let (batches, answers): (Vec<_>, Vec<_>) = self.waiting.take().batches.into_iter().unzip();
        if batches.is_empty() {
            return;
        }
        let replies = self.object.borrow_mut().append_all(batches, now());
        self.watch_the_disk();
        for (answer, reply) in answers.into_iter().zip(replies) {
            // Whoever no longer waits sends again under the same identifier.
            let _ = answer.send(reply);
        }
    }
}

impl Inner {
    /// Remembers that the disk is busy until it is not.
    fn watch_the_disk(self: &Rc<Self>) {
        if self.syncing.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            // Whether it worked is for the runtime to say to whoever waits for an answer.
            let _ = inner.storage.sync().await;
            inner.syncing.set(false);
        });
    }
}

fn now() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as u64)
}

fn failed(error: serde_json::Error) -> JsValue {
    JsValue::from_str(&error.to_string())
}
