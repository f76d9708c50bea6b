//! The service: one function from a request to a response.

use crate::answer::{no_site, problem, unavailable};
use crate::handlers;
use crate::http::{Body, Method, Request, Response};
use crate::live::{Cache, Live};
use crate::router::Route;
use crate::sites::Sites;
use consentry_core::SiteId;
use std::rc::Rc;

/// What was built beside the Worker and is served by it.
#[derive(Debug, Clone, Copy)]
pub struct Artefacts {
    /// The gate's code: expects its payload under the name `PAYLOAD`, and its parts as `PARTS`.
    pub gate: &'static str,
    /// The code of every part by its name, as a JSON object: expects the gate as `GATE` and its own settings as `CONFIG`.
    pub parts: &'static str,
    /// The module of what the gate does later.
    pub later: Artefact,
    /// The banner's module.
    pub banner_js: Artefact,
    /// The banner's WebAssembly.
    pub banner_wasm: Artefact,
    /// Names these three: part of their paths, so that they can be cached for ever.
    pub hash: &'static str,
}

impl Artefacts {
    /// Everything that may run in a page before the banner: what the log states the hash of.
    pub fn gate_code(&self) -> Vec<u8> {
        [self.gate.as_bytes(), self.parts.as_bytes(), self.later.plain].concat()
    }
}

/// One built file, plain and compressed.
#[derive(Debug, Clone, Copy)]
pub struct Artefact {
    /// As built.
    pub plain: &'static [u8],
    /// Brotli, quality 11; empty when the build made none.
    pub brotli: &'static [u8],
}

/// What the operator configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything lives: `/_c`.
    pub prefix: String,
    /// The operator's bearer token; empty refuses every operator request.
    pub operator_token: String,
    /// Where logs are, without scheme: `consent.example.com/_c/log`. Unset: the host of the request that publishes a site's
    /// first policy. A log keeps the origin it began with.
    pub log_origin: Option<String>,
    /// The site whose GPC statement this host serves.
    pub gpc_site: Option<SiteId>,
}

/// The service of one isolate.
pub struct Service<S> {
    pub(crate) sites: S,
    pub(crate) config: Config,
    pub(crate) artefacts: Artefacts,
    pub(crate) cache: Rc<Cache>,
}

impl<S: Sites> Service<S> {
    /// A service over these sites. The cache outlives the service where the runtime makes one per request.
    pub fn new(sites: S, config: Config, artefacts: Artefacts, cache: Rc<Cache>) -> Self {
        Self { sites, config, artefacts, cache }
    }

    /// Where a request would go; the glue asks first, to know how much body to read.
    pub fn route(&self, path: &str) -> Route {
        Route::of(&self.config.prefix, path)
    }

    /// Answers a request. Never fails: what goes wrong becomes a problem that says what to do.
    pub async fn handle(&self, request: &Request) -> Response {
        let route = self.route(&request.path);
        if request.body.is_none() {
            return problem(
                413,
                "too-large",
                "The body is too large",
                format!("At most {} bytes are taken here", route.largest_body()),
            );
        }
        let response = match &route {
            Route::Gate(site) => handlers::gate(self, request, site).await,
            Route::Banner(file) => handlers::banner(self, request, file),
            Route::Notice(site) => handlers::notice(self, request, site).await,
            Route::Choice(site) => handlers::choice(self, request, site).await,
            Route::Preferences(site) => handlers::preferences(self, request, site).await,
            Route::Later(site) => handlers::later(self, request, site).await,
            Route::Centre(site) => handlers::centre(self, request, site).await,
            Route::Declaration(site) => handlers::declaration(self, request, site).await,
            Route::Records(site) => handlers::records(self, request, site).await,
            Route::Shown(site) => handlers::shown(self, request, site).await,
            Route::Proof(site, id) => handlers::proof(self, request, site, id).await,
            Route::VisitorRecords(site) => handlers::visitor_records(self, request, site).await,
            Route::VisitorErasure(site) => handlers::visitor_erasure(self, request, site).await,
            Route::Erasures(site) => handlers::erasures(self, request, site).await,
            Route::Retention(site) => handlers::retention(self, request, site).await,
            Route::Record(site, id) => handlers::record(self, request, site, id).await,
            Route::Batches(site) => handlers::batches(self, request, site).await,
            Route::Snapshot(site) => handlers::snapshot(self, request, site).await,
            Route::Log(site, shard, path) => handlers::log(self, request, (site, *shard), path).await,
            Route::Stats(site) => handlers::stats(self, request, site).await,
            Route::Policy(site) => handlers::policy(self, request, site).await,
            Route::Tokens(site) => handlers::tokens(self, request, site).await,
            Route::Token(site, id) => handlers::token(self, request, site, id).await,
            Route::TokenUses(site, id) => handlers::token_uses(self, request, site, id).await,
            Route::Links(site) => handlers::links(self, request, site).await,
            Route::OpenApi => handlers::openapi(request),
            Route::Gpc => handlers::gpc(self, request).await,
            Route::Unknown => Ok(problem(
                404,
                "path-unknown",
                "Nothing is here",
                format!("{}/v1/openapi.json lists every path", self.config.prefix),
            )),
            Route::Assets => Ok(Response { status: 200, headers: Vec::new(), body: Body::Assets }),
        };
        let mut response = response.unwrap_or_else(|refusal| refusal);
        if request.method == Method::Head && !matches!(response.body, Body::Assets) {
            response.body = Body::Bytes(Vec::new());
        }
        if !matches!(response.body, Body::Assets) {
            response.headers.push(("x-content-type-options", "nosniff".into()));
        }
        response
    }

    /// The newest policy of a site, or the answer to give instead.
    pub(crate) async fn newest(&self, request: &Request, site: &SiteId) -> Result<Rc<Live>, Response> {
        match self.cache.newest(&self.sites, site, request.edge.now).await {
            Ok(Some(live)) => Ok(live),
            Ok(None) => Err(no_site()),
            Err(error) => {
                Err(unavailable(1, format!("The site's policy could not be read; try again ({error})")))
            }
        }
    }
}
