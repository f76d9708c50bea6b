//! The Durable Object of a site, or of one part of its log: one at a time, and appends in groups.
//!
//! The shim collects the appends that arrive together and hands them over in one call, which stores them by one statement:
//! the runtime then syncs its log once for all of them. Groups must be made in the object and not in the Worker, whose
//! requests may not share a promise.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use consentry_api::object::{SiteCall, SiteReply, parse_records};
use consentry_core::UnixMillis;
use consentry_service::parts::heads;
use consentry_service::site::{SEALED_EVERY, SiteObject as Object, serialize_reply};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use worker::worker_sys::DurableObjectState;
use worker::{Delay, Env, State, Storage};

use crate::config;
use crate::database::{ObjectDatabase, SyncStorage};
use crate::sites::ObjectSites;

/// How many seconds whoever is turned away is to wait.
const COME_BACK: u32 = 1;
/// How long numbers that nobody is promised stay in memory only.
const TALLY_KEPT: Duration = Duration::from_secs(1);

/// The object of a site. The runtime's own class around it is in the shim, which calls these methods.
#[wasm_bindgen]
pub struct SiteObject {
    inner: Rc<Inner>,
}

struct Inner {
    object: RefCell<Object<ObjectDatabase>>,
    storage: Storage,
    env: Env,
    /// This start of the object has seen to its alarm.
    awaited: Cell<bool>,
    /// Numbers are about to be stored.
    tallying: Cell<bool>,
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
            storage,
            env,
            awaited: Cell::new(false),
            tallying: Cell::new(false),
        };
        Self { inner: Rc::new(inner) }
    }

    /// Answers a [`SiteCall`] in JSON with a [`SiteReply`] in JSON. By remote procedure call, not `fetch`: requests and
    /// responses cost the runtime more than everything that is done here.
    pub fn call(&self, text: Vec<u8>) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            let call: SiteCall = serde_json::from_slice(&text).map_err(failed)?;
            let operator = matches!(call, SiteCall::Publish(_) | SiteCall::Open(_));
            let counts = matches!(call, SiteCall::Count(_));
            let reply = inner.object.borrow_mut().call(call, now());
            if counts {
                inner.store_tally_soon();
            }
            inner.await_alarm(operator).await;
            Ok(Uint8Array::from(reply.as_bytes()).into())
        })
    }

    /// Answers a group of [`SiteCall::Append`]s, each after its length in four bytes, with a line of JSON for each. Everything
    /// is stored by one statement; the runtime holds the answers back until it is on the disk.
    pub fn append(&self, group: Vec<u8>) -> Vec<u8> {
        let mut batches = Vec::new();
        let read: Vec<Option<SiteReply>> = parts(&group)
            .map(|part| match parse_records(part) {
                Some(records) => {
                    batches.push(records);
                    None
                }
                None => Some(SiteReply::Failed("these are no records".into())),
            })
            .collect();
        let mut stored = self.inner.object.borrow_mut().append_all(batches, now()).into_iter();
        let mut replies = Vec::with_capacity(group.len() * 2);
        for reply in read {
            let reply = reply.or_else(|| stored.next());
            let none = || SiteReply::Failed("the record was not looked at".into());
            if !replies.is_empty() {
                replies.push(b'\n');
            }
            replies.extend(serialize_reply(&reply.unwrap_or_else(none)).into_bytes());
        }
        if !self.inner.awaited.get() {
            let inner = Rc::clone(&self.inner);
            spawn_local(async move { inner.await_alarm(false).await });
        }
        replies
    }

    /// The answer to an append when too many wait for the disk already.
    pub fn full() -> Vec<u8> {
        serialize_reply(&SiteReply::Full(COME_BACK)).into_bytes()
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

/// What the shim put together: each part after its length, little end first.
fn parts(mut group: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = group.split_first_chunk()?;
        // Only a fault of ours could claim more than there is; then the part is cut, and refused.
        let (part, rest) = rest.split_at(rest.len().min(u32::from_le_bytes(*length) as usize));
        group = rest;
        Some(part)
    })
}

impl Inner {
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
