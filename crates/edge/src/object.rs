//! The Durable Object of a site, or of one part of its log: one at a time, and appends in groups.
//!
//! Requests that arrive while one is being answered wait here together and are stored by one statement: the runtime then
//! syncs its log once for all of them. Batching must be here and not in the Worker, whose requests may not share a promise.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::UnixMillis;
use consentry_service::parts::heads;
use consentry_service::site::{Batch, SEALED_EVERY, SiteObject as Object, serialize_reply};
use futures_channel::oneshot;
use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use worker::worker_sys::DurableObjectState;
use worker::{Delay, Env, State, Storage};

use crate::config;
use crate::database::{ObjectDatabase, SyncStorage};
use crate::sites::ObjectSites;

/// So many waiting records are stored at once without waiting for the turn's end.
const FLUSH_AT: usize = 64;
/// How long numbers that nobody is promised stay in memory only.
const TALLY_KEPT: Duration = Duration::from_secs(1);
/// Beyond so many waiting records the object says so instead of letting the queue grow.
const MOST_WAITING: usize = 4_096;

/// The object of a site. The runtime's own class around it is in the shim; it reaches this one by [`SiteObject::call`] and
/// [`SiteObject::alarm`].
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
    /// How many records the group before had.
    before: Cell<usize>,
    env: Env,
    /// This start of the object has seen to its alarm.
    awaited: Cell<bool>,
    /// Numbers are about to be stored.
    tallying: Cell<bool>,
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
        let inner = Inner {
            object: RefCell::new(object),
            waiting: RefCell::default(),
            storage,
            env,
            syncing: Cell::new(false),
            before: Cell::new(0),
            awaited: Cell::new(false),
            tallying: Cell::new(false),
        };
        Self { inner: Rc::new(inner) }
    }

    /// Answers a [`SiteCall`] in JSON with a [`SiteReply`] in JSON. By remote procedure call, not `fetch`: requests and
    /// responses cost the runtime more than everything that is done here.
    pub fn call(&self, text: String) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            let call: SiteCall = serde_json::from_str(&text).map_err(failed)?;
            let operator = matches!(call, SiteCall::Publish(_) | SiteCall::Open(_));
            let reply = match call {
                SiteCall::Append { records, sender } => {
                    serialize_reply(&inner.append(Batch { records, sender }).await)
                }
                call @ SiteCall::Count(_) => {
                    let reply = inner.object.borrow_mut().call(call, now());
                    inner.store_tally_soon();
                    reply
                }
                call => inner.object.borrow_mut().call(call, now()),
            };
            inner.await_alarm(operator).await;
            Ok(reply.into())
        })
    }

    /// The runtime rings: what was kept long enough goes, and the first of several parts commits to the others.
    pub fn alarm(&self) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            inner.ring().await;
            Ok(JsValue::UNDEFINED)
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
        let alone = !self.syncing.get() && self.before.get() <= 1;
        if records >= FLUSH_AT || alone {
            // Nothing else is under way, and nothing was a moment ago: waiting would gain nobody anything.
            self.flush();
        } else if first {
            // The disk is busy, or visitors are many: everything that is ready in this turn of the loop goes together. A task of
            // the object's own, so that it runs even if this request goes away.
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
        let Waiting { batches, records } = self.waiting.take();
        self.before.set(records);
        let (batches, answers): (Vec<_>, Vec<_>) = batches.into_iter().unzip();
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

    /// Stores what was counted within a second: one write for all of it.
    fn store_tally_soon(self: &Rc<Self>) {
        if self.tallying.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            Delay::from(TALLY_KEPT).await;
            inner.tallying.set(false);
            // What could not be stored is stored with what comes next.
            let _ = inner.object.borrow_mut().store_tally();
        });
    }

    /// Sets the alarm if there is none: after a start, and when the operator says something new. A site that nobody published
    /// has none. Failing to is no reason to fail a call: the next start tries again.
    async fn await_alarm(&self, operator: bool) {
        if self.awaited.replace(true) && !operator {
            return;
        }
        if self.object.borrow().settings().is_none() {
            // Not yet: the operator may publish it while this object lives.
            self.awaited.set(false);
        } else if operator || matches!(self.storage.get_alarm().await, Ok(None)) {
            let _ = self.storage.set_alarm(Duration::from_millis(SEALED_EVERY)).await;
        }
    }

    async fn ring(&self) {
        let pruned = match self.object.borrow_mut().ask(SiteCall::Retain, now()) {
            SiteReply::Erased(pruned) => pruned,
            // It goes on when it is due again; whoever reads the log is told what is wrong with it.
            _ => 0,
        };
        let leads = self.object.borrow().leads();
        if let (Some((site, parts)), Ok(sites)) = (leads, ObjectSites::new(&self.env))
            && let Ok(heads) = heads(&sites, &site, parts).await
        {
            // Entries that arrived while the others were asked are in the log already; nothing is awaited from here on.
            self.object.borrow_mut().ask(SiteCall::Seal(heads), now());
        }
        let next = self.object.borrow_mut().next_alarm(pruned, now());
        let _ = self.storage.set_alarm(Duration::from_millis(next)).await;
    }
}

fn now() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as u64)
}

fn failed(error: serde_json::Error) -> JsValue {
    JsValue::from_str(&error.to_string())
}
