//! Requests to the service, and what its answers mean for a command.

use std::time::Duration;

use consentry_api::problem::{PROBLEM_JSON, Problem};
use consentry_api::snapshot::Snapshot;
use consentry_core::SiteId;
use ureq::http::{Request, Response};
use ureq::{Agent, Body};

use crate::args::Remote;
use crate::failure::Failure;

/// Reads that take longer than this have failed; an export as a whole may take as long as it needs.
const PATIENCE: Duration = Duration::from_secs(60);
/// Answers other than exports are a few kilobytes, but a policy may be a megabyte, and a snapshot has all that ever were.
const LARGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// One service, one bearer token.
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

impl Client {
    /// A client for the service at `remote`. Sends nothing yet.
    pub fn new(remote: &Remote, token: Option<&str>) -> Result<Self, Failure> {
        let url = remote.url.trim_end_matches('/');
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(Failure::usage(
                format!("\"{}\" is no address", remote.url),
                "scheme, host and port, such as --url https://edge.example.com",
            ));
        }
        let prefix = remote.prefix.trim_matches('/');
        let base = if prefix.is_empty() { url.into() } else { format!("{url}/{prefix}") };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A token must not follow a redirect, and a PUT cannot: the operator gives the right address instead.
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .user_agent(concat!("consentry/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.into(), base, token: token.map(Into::into) })
    }

    /// The address of something that belongs to a site.
    pub fn of_site(&self, site: &SiteId, rest: &str) -> String {
        format!("{}/v1/sites/{site}/{rest}", self.base)
    }

    /// The address of something in the public log of a site.
    pub fn of_log(&self, site: &SiteId, part: u8, rest: &str) -> String {
        let part = if part == 0 { String::new() } else { format!("{part}/") };
        format!("{}/log/{site}/{part}{rest}", self.base)
    }

    /// The site's log as it is now.
    pub fn snapshot(&self, site: &SiteId) -> Result<Snapshot, Failure> {
        json(self.send("GET", &self.of_site(site, "snapshot"), None)?)
    }

    /// Sends a request; any status but 2xx is a failure.
    pub fn send(&self, method: &str, url: &str, json: Option<Vec<u8>>) -> Result<Response<Body>, Failure> {
        let response = self.ask(method, url, json)?;
        if response.status().is_success() { Ok(response) } else { Err(refusal(url, response)) }
    }

    /// Sends a request whose answer may be that there is no such thing.
    pub fn find(&self, url: &str) -> Result<Option<Response<Body>>, Failure> {
        let response = self.ask("GET", url, None)?;
        match response.status().as_u16() {
            // Only the service itself can say so; a wrong address is answered with 404 as well.
            404 if is_problem(&response) => Ok(None),
            200..300 => Ok(Some(response)),
            _ => Err(refusal(url, response)),
        }
    }

    fn ask(&self, method: &str, url: &str, json: Option<Vec<u8>>) -> Result<Response<Body>, Failure> {
        let mut request = Request::builder().method(method).uri(url).header("accept", "*/*");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let wrong = |error: ureq::http::Error| {
            Failure::usage(
                format!("no request can be made of this: {error}"),
                "check --url, --prefix and the token",
            )
        };
        let answer = match json {
            Some(bytes) => {
                let request =
                    request.header("content-type", "application/json").body(bytes).map_err(wrong)?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).map_err(wrong)?),
        };
        answer.map_err(|error| match error {
            ureq::Error::BadUri(why) => Failure::usage(format!("{url} is no address: {why}"), "check --url"),
            error => Failure::unreachable(
                format!("no answer from {url}: {error}"),
                "check that the service runs and that --url (or CONSENTRY_URL) is its address",
            ),
        })
    }
}

/// Names and values as the query of an address.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        query += name;
        query.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    query.push(char::from(byte));
                }
                _ => query += &format!("%{byte:02X}"),
            }
        }
    }
    query
}

/// An answer that says where it ends.
pub fn ended(response: Response<Body>) -> Result<Response<Body>, Failure> {
    let headers = response.headers();
    if headers.contains_key("content-length") || headers.contains_key("transfer-encoding") {
        return Ok(response);
    }
    Err(Failure::unreachable(
        "the answer carries neither a length nor an end mark, so nobody could tell whether it is whole",
        "something between here and the service speaks HTTP/1.0; ask the service directly",
    ))
}

/// The whole body as text.
pub fn text(mut response: Response<Body>) -> Result<String, Failure> {
    response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_string().map_err(|error| {
        Failure::unreachable(
            format!("the answer broke off: {error}"),
            "try again; nothing says whether it was done",
        )
    })
}

/// The whole body.
pub fn bytes(mut response: Response<Body>) -> Result<Vec<u8>, Failure> {
    response
        .body_mut()
        .with_config()
        .limit(LARGEST_ANSWER)
        .read_to_vec()
        .map_err(|error| Failure::unreachable(format!("the answer broke off: {error}"), "try again"))
}

/// The whole body as JSON of a known shape.
pub fn json<T: serde::de::DeserializeOwned>(response: Response<Body>) -> Result<T, Failure> {
    of_json(&text(response)?)
}

/// JSON of a known shape.
pub fn of_json<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        Failure::refused(
            format!("the service answered with something else than expected: {error}"),
            "is it a Consentry service, and of a version that goes with this command?",
        )
    })
}

fn is_problem(response: &Response<Body>) -> bool {
    let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with(PROBLEM_JSON))
}

fn refusal(url: &str, response: Response<Body>) -> Failure {
    let status = response.status();
    if is_problem(&response) {
        return match json::<Problem>(response) {
            Ok(problem) => Failure::of_problem(with_places(problem)),
            Err(failure) => failure,
        };
    }
    let target = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let help = match target {
        Some(target) if status.is_redirection() => {
            format!("it points to {target}; give that address as --url")
        }
        _ => "this is no answer of a Consentry service: check --url and --prefix".into(),
    };
    let what = format!("{url} answered with status {status}");
    if status.is_server_error() { Failure::unreachable(what, help) } else { Failure::refused(what, help) }
}

/// Places the service objects to, though this command had no objection: the two are of different versions.
fn with_places(mut problem: Problem) -> Problem {
    for place in &problem.errors {
        problem.detail += &format!("\n{}: {}; allowed: {}", place.path, place.problem, place.allowed);
    }
    problem
}
