//! The way from the Worker to a site's Durable Objects: one enum each way, in JSON, but for records on their way in.

use std::borrow::Cow;

use consentry_api::object::{SiteCall, SiteReply, serialize_records};
use consentry_core::SiteId;
use consentry_service::sites::{Sites, Unreachable};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use worker::{Env, ObjectNamespace, Result};

use crate::bindings;

#[wasm_bindgen]
extern "C" {
    /// The stub of an object, as far as we call it.
    type SiteStub;

    /// Sends a call; the object's class is in the shim.
    #[wasm_bindgen(method, catch)]
    fn call(this: &SiteStub, text: Uint8Array) -> std::result::Result<Promise, JsValue>;

    /// Sends an append, which is stored together with others.
    #[wasm_bindgen(method, catch)]
    fn append(this: &SiteStub, text: Uint8Array) -> std::result::Result<Promise, JsValue>;
}

/// What the object of a part of a site's log is called: by its site, never by a visitor, as names are logged outside the
/// jurisdiction. A site's name has no slash, so no part of one site is another site.
pub fn object_name(site: &SiteId, shard: u8) -> Cow<'_, str> {
    match shard {
        0 => Cow::Borrowed(site.as_str()),
        _ => Cow::Owned(format!("{site}/{shard}")),
    }
}

/// The objects of all sites.
#[derive(Clone)]
pub struct ObjectSites {
    namespace: std::rc::Rc<ObjectNamespace>,
}

impl ObjectSites {
    /// From the namespace binding.
    pub fn new(env: &Env) -> Result<Self> {
        Ok(Self { namespace: env.durable_object(bindings::SITES)?.into() })
    }

    async fn send(&self, site: &SiteId, shard: u8, call: &SiteCall) -> Result<SiteReply> {
        let stub = self.namespace.get_by_name(&object_name(site, shard))?;
        // A copy outside our memory: of a view on it the runtime would send all there is.
        let bytes = |bytes: Vec<u8>| Uint8Array::from(bytes.as_slice());
        let stub = stub.into_rpc::<SiteStub>();
        let promise = match call {
            SiteCall::Append(records) => stub.append(bytes(serialize_records(records))),
            _ => stub.call(bytes(serde_json::to_vec(call)?)),
        }?;
        Ok(serde_json::from_slice(&Uint8Array::new(&JsFuture::from(promise).await?).to_vec())?)
    }
}

impl Sites for ObjectSites {
    async fn call_part(
        &self,
        site: &SiteId,
        shard: u8,
        call: &SiteCall,
    ) -> std::result::Result<SiteReply, Unreachable> {
        self.send(site, shard, call).await.map_err(|error| Unreachable(error.to_string()))
    }
}
