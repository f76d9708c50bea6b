//! The service over real SQLite, without a runtime: what the tests of its routes share.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod audit;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::{Jurisdiction, SiteId, UnixMillis};
use consentry_service::live::Cache;
use consentry_service::parts::heads;
use consentry_service::service::Artefact;
use consentry_service::site::{Database, DatabaseError, Limits, LogKeys, SiteObject, Value};
use consentry_service::sites::{Sites, Unreachable};
use consentry_service::{Artefacts, Body, Config, Edge, Method, Request, Response, Service};
use futures_util::StreamExt;
use rusqlite::types::{ToSqlOutput, ValueRef};

pub const ORIGIN: &str = "https://shop.example";
pub const OPERATOR: &str = "operator-secret";
pub const NOW: u64 = 1_763_800_000_000;

/// SQLite on a shared connection, so that a test can "restart" the object over the same data, and make writes fail.
#[derive(Clone)]
pub struct LocalDatabase {
    pub connection: Rc<rusqlite::Connection>,
    pub broken: Rc<Cell<Break>>,
    /// Counts down with every chance to fail, before and after each write and each commit; fails at 0.
    pub countdown: Rc<Cell<Option<usize>>>,
}

/// How storage fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Break {
    No,
    BeforeWrite,
    AfterWrite,
}

impl LocalDatabase {
    pub fn new() -> Self {
        let connection = rusqlite::Connection::open_in_memory().expect("SQLite opens in memory");
        Self {
            connection: Rc::new(connection),
            broken: Rc::new(Cell::new(Break::No)),
            countdown: Rc::default(),
        }
    }

    /// One more chance to fail.
    fn chance(&self) -> Result<(), DatabaseError> {
        match self.countdown.get() {
            Some(0) => {
                self.countdown.set(None);
                Err(DatabaseError("a fault was put here".into()))
            }
            left => {
                self.countdown.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }
}

struct Parameter<'a>(&'a Value);

impl rusqlite::ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Database for LocalDatabase {
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, DatabaseError> {
        let write = sql.starts_with("INSERT INTO entries");
        if write && self.broken.get() == Break::BeforeWrite {
            return Err(DatabaseError("disk full".into()));
        }
        let writes = !sql.starts_with("SELECT");
        if writes {
            self.chance()?;
        }
        let failed = |error: rusqlite::Error| DatabaseError(error.to_string());
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let columns = statement.column_count();
        let parameters = parameters.iter().map(Parameter);
        let rows = statement.query_map(rusqlite::params_from_iter(parameters), |row| {
            (0..columns)
                .map(|column| {
                    Ok(match row.get_ref(column)? {
                        ValueRef::Null => Value::Null,
                        ValueRef::Integer(number) => Value::Integer(number),
                        ValueRef::Real(number) => Value::Integer(number as i64),
                        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                    })
                })
                .collect()
        });
        let rows = rows.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
        if write && self.broken.get() == Break::AfterWrite {
            return Err(DatabaseError("reported failure, though it was stored".into()));
        }
        if writes {
            self.chance()?;
        }
        Ok(rows)
    }

    fn transaction<T>(&self, run: impl FnOnce() -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let execute =
            |sql: &str| self.connection.execute_batch(sql).map_err(|error| DatabaseError(error.to_string()));
        execute("SAVEPOINT one")?;
        let done = run().and_then(|value| self.chance().map(|()| value));
        if done.is_err() {
            execute("ROLLBACK TO one")?;
        }
        execute("RELEASE one")?;
        // Stored by now, whatever is said of it.
        done.and_then(|value| self.chance().map(|()| value))
    }
}

/// The objects, by site and part.
type Objects = HashMap<(SiteId, u8), SiteObject<LocalDatabase>>;

/// All objects in this process.
#[derive(Clone)]
pub struct LocalSites {
    objects: Rc<RefCell<Objects>>,
    /// One database per object; they outlive a restart.
    databases: Rc<RefCell<HashMap<(SiteId, u8), LocalDatabase>>>,
    pub database: LocalDatabase,
    pub down: Rc<Cell<bool>>,
    pub limits: Limits,
    pub now: Rc<Cell<u64>>,
    pub keys: Rc<RefCell<LogKeys>>,
}

impl Sites for LocalSites {
    async fn call_part(&self, site: &SiteId, shard: u8, call: &SiteCall) -> Result<SiteReply, Unreachable> {
        if self.down.get() {
            return Err(Unreachable("the object is down".into()));
        }
        let mut objects = self.objects.borrow_mut();
        let name = (site.clone(), shard);
        let object = objects.entry(name.clone()).or_insert_with(|| {
            let mut databases = self.databases.borrow_mut();
            let own = site.as_str() == "shop" && shard == 0;
            let database = databases
                .entry(name)
                .or_insert_with(|| if own { self.database.clone() } else { LocalDatabase::new() });
            SiteObject::new(database.clone(), self.limits, self.keys.borrow().clone())
        });
        let reply = object.call(call.clone(), UnixMillis(self.now.get()));
        Ok(serde_json::from_str(&reply).expect("a reply"))
    }
}

impl LocalSites {
    /// What the runtime's alarm does to one part; returns in how many milliseconds it wants to ring again.
    pub fn ring(&self, shard: u8) -> u64 {
        let site = SiteId::parse("shop").expect("a site");
        let reply = pollster::block_on(self.call_part(&site, shard, &SiteCall::Retain));
        let pruned = match reply {
            Ok(SiteReply::Erased(pruned)) => pruned,
            other => panic!("{other:?}"),
        };
        let name = (site.clone(), shard);
        let leads = self.objects.borrow()[&name].leads();
        if let Some((site, parts)) = leads {
            let heads = pollster::block_on(heads(self, &site, parts)).expect("the others' heads");
            let sealed = pollster::block_on(self.call_part(&site, shard, &SiteCall::Seal(heads)));
            assert!(matches!(sealed, Ok(SiteReply::Flag(_))), "{sealed:?}");
        }
        let now = UnixMillis(self.now.get());
        let mut objects = self.objects.borrow_mut();
        objects.get_mut(&name).expect("the object").next_alarm(pruned, now)
    }

    /// Forgets every object's memory, as a restart does; their storage stays.
    pub fn restart(&self) {
        self.objects.borrow_mut().clear();
    }
}

pub struct App {
    pub sites: LocalSites,
    pub service: Service<LocalSites>,
    pub jurisdiction: Cell<Jurisdiction>,
    pub client: RefCell<Option<String>>,
    counter: Cell<u8>,
}

pub struct Answer {
    pub status: u16,
    pub response: Response,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.header(name).unwrap_or_default()
    }

    /// The stable name of a problem, after checking that it is one.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let json = self.json();
        assert_eq!(json["status"], self.status);
        assert!(!json["detail"].as_str().unwrap_or_default().is_empty());
        json["type"].as_str().unwrap_or_default().trim_start_matches("urn:consentry:problem:").to_owned()
    }
}

impl App {
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub fn with_limits(limits: Limits) -> Self {
        let sites = LocalSites {
            objects: Rc::default(),
            database: LocalDatabase::new(),
            down: Rc::default(),
            limits,
            now: Rc::new(Cell::new(NOW)),
            keys: Rc::new(RefCell::new(LogKeys { current: Some([1; 32]), previous: None })),
            databases: Rc::default(),
        };
        let artefact = Artefact { plain: b"plain", brotli: b"brotli" };
        let artefacts = Artefacts {
            gate: "run(PAYLOAD)",
            parts: r#"{"api":"api(GATE)","again":"again(CONFIG)","auto":"auto(GATE,CONFIG)"}"#,
            later: artefact,
            banner_js: artefact,
            banner_wasm: artefact,
            hash: "abc",
        };
        let config = Config {
            prefix: "/_c".into(),
            operator_token: OPERATOR.into(),
            log_origin: None,
            gpc_site: SiteId::parse("shop"),
        };
        let service = Service::new(sites.clone(), config, artefacts, Rc::new(Cache::default()));
        Self {
            sites,
            service,
            jurisdiction: Cell::default(),
            client: RefCell::default(),
            counter: Cell::new(0),
        }
    }

    /// With the test policy published.
    pub fn published() -> Self {
        let app = Self::new();
        app.publish(&policy());
        app
    }

    pub fn publish(&self, policy: &serde_json::Value) {
        let answer =
            self.send("PUT", "/_c/v1/sites/shop/policy", &[operator()], policy.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    pub fn now(&self) -> u64 {
        self.sites.now.get()
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, b"")
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.counter.set(self.counter.get().wrapping_add(1));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let limit = self.service.route(path).largest_body();
        let request = Request {
            method: Method::parse(method),
            origin: ORIGIN.into(),
            path: path.into(),
            query: query.into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            body: (body.len() <= limit).then(|| body.to_vec()),
            edge: Edge {
                now: UnixMillis(self.now()),
                jurisdiction: self.jurisdiction.get(),
                client: self.client.borrow().clone(),
                entropy: [self.counter.get(); 64],
            },
        };
        let mut response = pollster::block_on(self.service.handle(&request));
        let body = match std::mem::replace(&mut response.body, Body::Bytes(Vec::new())) {
            Body::Bytes(bytes) => bytes,
            Body::Brotli(bytes) | Body::Static(bytes) => bytes.to_vec(),
            Body::Stream(stream) => pollster::block_on(stream.collect::<Vec<_>>())
                .into_iter()
                .flat_map(|chunk| chunk.expect("the stream ends well"))
                .collect(),
            Body::Assets => b"assets".to_vec(),
        };
        Answer { status: response.status, response, body }
    }

    pub fn post_record(&self, record: &serde_json::Value) -> Answer {
        let headers = [("origin", ORIGIN), ("content-type", "application/json")];
        self.send("POST", "/_c/v1/sites/shop/records", &headers, record.to_string().as_bytes())
    }

    /// Posts JSON as the operator.
    pub fn operate(&self, path: &str, body: &serde_json::Value) -> Answer {
        let path = format!("/_c/v1/sites/shop/{path}");
        self.send("POST", &path, &[operator()], body.to_string().as_bytes())
    }

    /// An auditor's bearer header.
    pub fn auditor(&self) -> String {
        let answer =
            self.send("POST", "/_c/v1/sites/shop/tokens", &[operator()], br#"{"name":"Ada","days":30}"#);
        assert_eq!(answer.status, 201, "{}", answer.text());
        format!("Bearer {}", answer.json()["token"].as_str().expect("a token"))
    }

    /// Every exported record.
    pub fn export(&self, query: &str) -> Vec<serde_json::Value> {
        self.export_all(query).into_iter().filter(|row| row["kind"] == "record").collect()
    }

    /// Every exported entry.
    pub fn export_all(&self, query: &str) -> Vec<serde_json::Value> {
        let token = self.auditor();
        let path = format!("/_c/v1/sites/shop/records?format=ndjson{query}");
        let answer = self.get(&path, &[("authorization", &token)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }
}

/// What the gate is handed, and the parts that come with it.
pub fn gate_parts(text: &str) -> (serde_json::Value, &str) {
    let rest = text.strip_prefix("((PAYLOAD,PARTS)=>{run(PAYLOAD)})(").expect("code comes first");
    let mut values = serde_json::Deserializer::from_str(rest).into_iter();
    let payload = values.next().expect("then a payload").expect("the payload is JSON");
    let (_, parts) = rest.split_at(values.byte_offset());
    (payload, parts.strip_prefix(',').and_then(|parts| parts.strip_suffix(')')).expect("then parts"))
}

pub fn operator() -> (&'static str, &'static str) {
    ("authorization", "Bearer operator-secret")
}

/// A small policy: two services, one category of the site's own, two languages.
pub fn policy() -> serde_json::Value {
    serde_json::json!({
        "site": "shop",
        "origins": [ORIGIN],
        "languages": ["en", "de"],
        "controller": { "name": "Shop GmbH", "contact": "privacy@shop.example", "privacy_url": "https://shop.example/privacy" },
        "signals": { "gpc_since": "2026-11-21" },
        "categories": [
            { "id": "analytics", "name": { "en": "Analytics" }, "description": { "en": "Counts visits." } }
        ],
        "services": [
            { "id": "counter", "name": "Counter", "category": "analytics", "controller": "Counter Inc.",
              "description": { "en": "Counts." }, "cookies": [{ "name": "c_*", "retention_days": 30 }] },
            { "id": "ads", "name": "Ads", "category": "advertising", "controller": "Ads Inc.",
              "description": { "en": "Shows ads." } }
        ]
    })
}

/// The visitor of [`record`].
pub const SUBJECT: &str = "000102030405060708090a0b0c0d0e0f";

/// The identifier of [`record`], as an answer spells it.
pub fn record_id(nth: u64) -> String {
    let id = record(nth)["id"].as_str().and_then(consentry_core::RecordId::parse);
    id.expect("a record's identifier").to_string()
}

/// A record of another visitor.
pub fn record_of(subject: &str, nth: u64) -> serde_json::Value {
    let mut record = record(nth);
    record["subject"] = subject.into();
    record
}

/// The test policy with its log in so many parts.
pub fn sharded(parts: u8) -> serde_json::Value {
    let mut policy = policy();
    policy["log"] = serde_json::json!({ "shards": parts });
    policy
}

/// A record as the banner sends it; `nth` makes its identifier.
pub fn record(nth: u64) -> serde_json::Value {
    let id = consentry_core::RecordId::new(
        UnixMillis(NOW - 1_000),
        (nth as u128).to_be_bytes()[6..].try_into().unwrap(),
    );
    serde_json::json!({
        "id": id.to_hex(),
        "subject": SUBJECT,
        "action": "accept_all",
        "source": "banner",
        "categories": { "required": true, "functional": true, "advertising": true, "analytics": true },
        "gpc": "absent",
        "dnt": "unset",
        "policy": 1,
        "language": "en"
    })
}
