//! A website's own server in front of the Worker: serves the pages itself, passes `/_c` on, and can hold or refuse what it
//! is told to. What it cannot pass on ends in a cut connection, as with a Worker nobody can reach.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use super::Edge;

/// What happens to requests whose path contains the word it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Waits until the rule is lifted.
    Hold,
    /// The connection is cut.
    Refuse,
}

#[derive(Default)]
struct State {
    rules: HashMap<&'static str, Rule>,
    paths: Vec<String>,
}

struct Shared {
    state: Mutex<State>,
    lifted: Condvar,
    upstream: u16,
    pages: PathBuf,
    /// Pages load the tag from the Worker's own origin instead of this one.
    foreign_tag: bool,
    /// What pages are sent with, each line ended.
    headers: String,
}

/// A running relay. Its thread ends with the process: nothing but the port is held by it.
pub struct Relay {
    shared: Arc<Shared>,
    port: u16,
}

impl Relay {
    /// In front of the Worker, everything at one origin.
    pub fn start(edge: &Edge) -> Self {
        Self::listen(edge, false, String::new())
    }

    /// A website that only has the script tag: the Worker is another origin.
    pub fn with_foreign_tag(edge: &Edge) -> Self {
        Self::listen(edge, true, String::new())
    }

    /// In front of the Worker, with a `Content-Security-Policy` on every page of its own.
    pub fn with_policy(edge: &Edge, policy: &str) -> Self {
        Self::listen(edge, false, format!("content-security-policy: {policy}\r\n"))
    }

    fn listen(edge: &Edge, foreign_tag: bool, headers: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", edge.second_port)).expect("the second port");
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            lifted: Condvar::new(),
            upstream: edge.port(),
            pages: edge.pages(),
            foreign_tag,
            headers,
        });
        let theirs = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&theirs);
                // Browsers cut connections in the middle of things; that is no news.
                std::thread::spawn(move || shared.serve(stream).ok());
            }
        });
        Self { shared, port: edge.second_port }
    }

    /// Address of something at this origin.
    pub fn url(&self, path: &str) -> String {
        // Another host name than the Worker's, where it is to be another site.
        let host = if self.shared.foreign_tag { "127.0.0.1" } else { "localhost" };
        format!("http://{host}:{}{path}", self.port)
    }

    /// From now on, requests whose path contains `word` wait or fail.
    pub fn rule(&self, word: &'static str, rule: Rule) {
        self.shared.state.lock().expect("the state").rules.insert(word, rule);
    }

    /// Lets everything through again, what is waiting first.
    pub fn lift(&self) {
        self.shared.state.lock().expect("the state").rules.clear();
        self.shared.lifted.notify_all();
    }

    /// How many requests had a path with this word.
    pub fn count_for(&self, word: &str) -> usize {
        self.shared.state.lock().expect("the state").paths.iter().filter(|path| path.contains(word)).count()
    }
}

impl Shared {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            client.read_exact(&mut byte)?;
            head.extend(byte);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
        self.admit(&path)?;
        if !path.starts_with("/_c/") {
            return self.page(client, &path);
        }
        let mut body = vec![0; length_of(&head)];
        client.read_exact(&mut body)?;
        let mut server = TcpStream::connect(("127.0.0.1", self.upstream))?;
        // The older version makes the Worker end the connection with its answer: one request for each, none unseen.
        server.write_all(head.replacen(" HTTP/1.1\r\n", " HTTP/1.0\r\n", 1).as_bytes())?;
        server.write_all(&body)?;
        let mut status = Vec::new();
        while !status.ends_with(b"\r\n") {
            server.read_exact(&mut byte)?;
            status.extend(byte);
        }
        client.write_all(&status)?;
        client.write_all(b"connection: close\r\n")?;
        io::copy(&mut server, &mut client)?;
        client.shutdown(Shutdown::Both)
    }

    fn admit(&self, path: &str) -> io::Result<()> {
        let mut state = self.state.lock().expect("the state");
        state.paths.push(path.into());
        loop {
            match state.rules.iter().find(|(word, _)| path.contains(*word)).map(|(_, rule)| *rule) {
                None => return Ok(()),
                Some(Rule::Refuse) => return Err(io::ErrorKind::ConnectionRefused.into()),
                Some(Rule::Hold) => state = self.lifted.wait(state).expect("the state"),
            }
        }
    }

    fn page(&self, mut client: TcpStream, path: &str) -> io::Result<()> {
        let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
        let file = self.pages.join(if path.is_empty() { "index.html" } else { path });
        let (status, mut body) = match std::fs::read(&file) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", Vec::new()),
        };
        if self.foreign_tag && media_type(&file).starts_with("text/html") {
            let tag = format!("src=\"http://localhost:{}/_c/", self.upstream);
            body = String::from_utf8_lossy(&body).replace("src=\"/_c/", &tag).into_bytes();
        }
        let (kind, length) = (media_type(&file), body.len());
        write!(client, "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n")?;
        write!(client, "{}connection: close\r\n\r\n", self.headers)?;
        client.write_all(&body)?;
        client.shutdown(Shutdown::Both)
    }
}

/// What the browser says of its request's body; none without a word.
fn length_of(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0)
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
