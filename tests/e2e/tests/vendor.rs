//! The vendor server seen from outside: what it answers, what it counts, and that it goes away.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use consentry_e2e::vendor::{Hit, Vendor};

/// Sends one request and returns head and body of the answer.
fn ask(vendor: &Vendor, request_line: &str, headers: &str) -> io::Result<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", vendor.port()))?;
    write!(stream, "{request_line} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    let body = answer.split_off(end + 4);
    Ok((String::from_utf8_lossy(&answer).to_ascii_lowercase(), body))
}

fn text(body: Vec<u8>) -> String {
    String::from_utf8_lossy(&body).into_owned()
}

#[test]
fn requests_of_any_host_are_counted_once_with_what_they_carried() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    assert_eq!(vendor.requests(), []);
    ask(&vendor, "GET /a/b?c=1", "Host: ads.example\r\nCookie: x=1\r\nReferer: http://shop.example/\r\n")?;
    ask(&vendor, "POST /mixpanel/track/", "Host: 127.0.0.1:1\r\nContent-Length: 6\r\n\r\ndata=x")?;
    let first = Hit {
        method: "GET".into(),
        host: "ads.example".into(),
        path: "/a/b?c=1".into(),
        has_cookie: true,
        referer: "http://shop.example/".into(),
    };
    let requests = vendor.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests.first(), Some(&first));
    assert!(requests.last().is_some_and(|hit| hit.method == "POST" && !hit.has_cookie));
    assert_eq!(vendor.count_for("ads.example"), 1);
    assert_eq!(vendor.count_for("/mixpanel/"), 1);
    assert_eq!(vendor.count_for("/pixel.gif"), 0);
    vendor.reset();
    assert_eq!(vendor.requests(), []);
    Ok(())
}

#[test]
fn pixel_sets_a_third_party_cookie_and_is_43_bytes_of_gif() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    let (head, body) = ask(&vendor, "GET /pixel.gif?page=home", "Host: v\r\n")?;
    assert!(head.contains("content-type: image/gif"), "{head}");
    assert!(head.contains("set-cookie: _adid=v1; path=/; max-age=31536000; samesite=none; secure"), "{head}");
    assert_eq!(body.len(), 43);
    assert!(body.starts_with(b"GIF89a"));
    Ok(())
}

#[test]
fn mixpanel_answers_credentialed_cross_origin_calls() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    let origin = "Host: v\r\nOrigin: http://localhost:8787\r\n";
    let (head, body) = ask(&vendor, "GET /mixpanel/track/?ip=1", origin)?;
    assert!(head.contains("access-control-allow-origin: http://localhost:8787"), "{head}");
    assert!(head.contains("access-control-allow-credentials: true"), "{head}");
    assert!(head.contains("set-cookie: _mpid="), "{head}");
    assert_eq!(text(body), "1");
    let (_, body) = ask(&vendor, "GET /mixpanel/track/?verbose=1&ip=1", origin)?;
    let answer: serde_json::Value = serde_json::from_slice(&body)?;
    assert_eq!(answer, serde_json::json!({ "status": 1, "error": null }));
    Ok(())
}

#[test]
fn preflight_is_allowed_counted_and_sets_no_cookie() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    let asked = "Host: v\r\nOrigin: http://a.example\r\nAccess-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: x-custom\r\n";
    let (head, _) = ask(&vendor, "OPTIONS /mixpanel/track/", asked)?;
    assert!(head.starts_with("http/1.1 204"), "{head}");
    assert!(head.contains("access-control-allow-headers: x-custom"), "{head}");
    assert!(head.contains("access-control-allow-origin: http://a.example"), "{head}");
    assert!(!head.contains("set-cookie"), "{head}");
    assert_eq!(vendor.requests().len(), 1);
    Ok(())
}

#[test]
fn known_vendor_programs_have_their_own_answers() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    let (head, body) = ask(&vendor, "GET /gtag/js?id=G-DEMO", "Host: v\r\n")?;
    assert!(head.contains("content-type: text/javascript"), "{head}");
    assert!(text(body).contains("/g/collect?"));
    let (head, body) = ask(&vendor, "GET /video/embed", "Host: v\r\n")?;
    assert!(head.contains("content-type: text/html") && head.contains("set-cookie: _vid="), "{head}");
    assert!(text(body).contains("Video player"));
    let (head, _) = ask(&vendor, "POST /g/collect?v=2", "Host: v\r\nContent-Length: 0\r\n")?;
    assert!(head.starts_with("http/1.1 204") && head.contains("set-cookie: _gid_demo="), "{head}");
    Ok(())
}

#[test]
fn unknown_address_is_answered_as_what_it_looks_like() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    let (head, body) = ask(&vendor, "GET /sdk.js?x=1", "Host: cdn.example\r\n")?;
    assert!(
        head.contains("content-type: text/javascript") && head.contains("set-cookie: _vendor_id="),
        "{head}"
    );
    assert_eq!(text(body), "(window.__ran = window.__ran || []).push(\"cdn.example/sdk.js?x=1\");\n");
    let (head, body) = ask(&vendor, "GET /tag", "Host: cdn.example\r\nSec-Fetch-Dest: script\r\n")?;
    assert!(head.contains("content-type: text/javascript"), "{head}");
    assert!(text(body).contains("cdn.example/tag"));
    let (head, _) = ask(&vendor, "GET /whatever", "Host: cdn.example\r\n")?;
    assert!(head.contains("content-type: text/html"), "{head}");
    Ok(())
}

#[test]
fn hit_list_is_served_cleared_and_never_counted() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    ask(&vendor, "GET /pixel.gif", "Host: ads.example\r\n")?;
    let (head, body) = ask(&vendor, "GET /__hits", "Host: v\r\n")?;
    assert!(head.contains("content-type: application/json"), "{head}");
    let listed: serde_json::Value = serde_json::from_slice(&body)?;
    assert_eq!(listed.pointer("/0/host").and_then(|host| host.as_str()), Some("ads.example"));
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    ask(&vendor, "DELETE /__hits", "Host: v\r\n")?;
    assert_eq!(vendor.requests(), []);
    Ok(())
}

#[test]
fn dropped_vendor_frees_its_port_with_connections_open() -> io::Result<()> {
    let vendor = Vendor::start(0)?;
    let port = vendor.port();
    let mut kept = TcpStream::connect(("127.0.0.1", port))?;
    kept.write_all(b"GET /a.js HTTP/1.1\r\nHost: v\r\n\r\n")?;
    let mut one = [0];
    kept.read_exact(&mut one)?;
    assert!(Vendor::start(port).is_err());
    drop(vendor);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    Ok(())
}
