//! The way from the Worker to a site's Durable Object: one route, one JSON enum each way.

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::SiteId;
use consentry_service::sites::{Sites, Unreachable};
use worker::{Env, Method, ObjectNamespace, Request, RequestInit, Result};

use crate::bindings;

/// Objects have no address of their own; the runtime wants one all the same.
const ADDRESS: &str = "https://object.invalid/";

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

    async fn send(&self, site: &SiteId, call: &SiteCall) -> Result<SiteReply> {
        let body = serde_json::to_string(call)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(body.into()));
        // The object is named by its site, never by a visitor: names are logged outside the jurisdiction.
        let stub = self.namespace.get_by_name(site.as_str())?;
        let mut response = stub.fetch_with_request(Request::new_with_init(ADDRESS, &init)?).await?;
        Ok(serde_json::from_str(&response.text().await?)?)
    }
}

impl Sites for ObjectSites {
    async fn call(&self, site: &SiteId, call: &SiteCall) -> std::result::Result<SiteReply, Unreachable> {
        self.send(site, call).await.map_err(|error| Unreachable(error.to_string()))
    }
}
