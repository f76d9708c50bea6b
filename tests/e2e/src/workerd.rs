//! The Worker on plain workerd, as a child process with its state in a folder.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How to run it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens, on this machine only.
    pub port: u16,
    /// Where the objects' SQLite files are.
    pub state: PathBuf,
    /// The website it serves.
    pub site: PathBuf,
    /// Who may publish policies and make tokens.
    pub operator_token: String,
    /// The 32 bytes that sign the log, in hexadecimal.
    pub log_key: String,
    /// The key that signed before, while changing keys.
    pub previous_log_key: Option<String>,
    /// The site this host is about.
    pub site_id: &'static str,
    /// What to assume about where visitors are, as `DE` or `US-CA`; workerd itself does not know.
    pub jurisdiction: Option<String>,
    /// How many records are taken, if not as many as usual: a second for the site, a slash, a minute for a client network.
    pub rate: Option<&'static str>,
    /// A command to run it under, such as one that sets limits or another clock; empty for none.
    pub under: Vec<String>,
}

/// A child that does not outlive us.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a command.
    pub fn start(command: &mut Command) -> Result<Self> {
        command
            .spawn()
            .map(Self)
            .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Says how it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Its standard input, once, if it was started with one of its own.
    pub fn input(&mut self) -> Option<ChildStdin> {
        self.0.stdin.take()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Not asked politely: workerd would wait for open connections, and what it acknowledged is on disk already.
        // Failing means that it has ended, which is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts workerd with the Worker that was built last, and waits until it answers.
pub fn start(settings: &Settings) -> Result<Running> {
    std::fs::create_dir_all(&settings.state)
        .with_context(|| format!("cannot create {}", settings.state.display()))?;
    let folders = [("state", settings.state.as_path()), ("site", settings.site.as_path())];
    let workerd = serve("crates/edge/workerd.capnp", &[("http", settings.port)], &folders)?;
    let mut workerd = under(&settings.under, workerd);
    workerd.env("CONSENTRY_OPERATOR_TOKEN", &settings.operator_token);
    workerd.env("CONSENTRY_LOG_KEY", &settings.log_key);
    if let Some(previous) = &settings.previous_log_key {
        workerd.env("CONSENTRY_LOG_KEY_PREVIOUS", previous);
    }
    workerd.env("CONSENTRY_SITE", settings.site_id);
    if let Some(jurisdiction) = &settings.jurisdiction {
        workerd.env("CONSENTRY_JURISDICTION", jurisdiction);
    }
    if let Some(rate) = settings.rate {
        workerd.env("CONSENTRY_RATE", rate);
    }
    answering(&mut workerd, settings.port)
}

/// A command as the last arguments of another one.
fn under(other: &[String], command: Command) -> Command {
    let Some((program, arguments)) = other.split_first() else { return command };
    let mut wrapped = Command::new(program);
    wrapped.args(arguments).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

/// The command that runs a configuration, given by its path from the root: where each of its sockets listens, on this
/// machine only, and where each of its folders is.
pub fn serve(config: &str, sockets: &[(&str, u16)], folders: &[(&str, &Path)]) -> Result<Command> {
    let mut workerd = Command::new(platform_program("@cloudflare", "workerd-", "workerd")?);
    workerd.current_dir(root()).args(["serve", config]).stdin(Stdio::null());
    for (name, port) in sockets {
        workerd.args(["--socket-addr", &format!("{name}=127.0.0.1:{port}")]);
    }
    for (name, path) in folders {
        let path = path.canonicalize().with_context(|| format!("no folder {}", path.display()))?;
        workerd.args(["--directory-path", &format!("{name}={}", path.display())]);
    }
    Ok(workerd)
}

/// Starts workerd and waits until it answers at this port.
pub fn answering(workerd: &mut Command, port: u16) -> Result<Running> {
    let mut running = Running::start(workerd)?;
    let start = Instant::now();
    // Any answer will do: without a policy there is nothing to say yet.
    while ask(port, "/.well-known/gpc.json").is_err() {
        if let Some(status) = running.ended() {
            bail!("workerd ended with {status} before it answered");
        }
        if start.elapsed() > Duration::from_secs(20) {
            bail!("workerd does not answer on port {port} after 20 s");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(running)
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The native program of an npm package that ships one package per platform, such as `@esbuild/linux-x64/bin/esbuild`.
///
/// Only the running platform's package is installed, so the first match is it. Starting the program itself spares the
/// 40 ms of its JavaScript wrapper.
pub fn platform_program(scope: &str, prefix: &str, program: &str) -> Result<PathBuf> {
    let folder = root().join("node_modules").join(scope);
    let entries =
        std::fs::read_dir(&folder).with_context(|| format!("no {}: run `npm ci`", folder.display()))?;
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .flat_map(|entry| {
            [program.to_owned(), format!("{program}.exe")].map(|name| entry.path().join("bin").join(name))
        })
        .find(|path| path.is_file())
        .with_context(|| format!("{program} has no package for this platform in {}", folder.display()))
}

/// The body of a plain GET on this machine; an error for anything but 200.
pub fn get(port: u16, path: &str) -> Result<Vec<u8>> {
    let (status, body) = ask(port, path)?;
    if status != 200 {
        bail!("GET {path} answered {status}");
    }
    Ok(body)
}

/// Status and body of a plain GET. Enough HTTP for asking our own server a question.
fn ask(port: u16, path: &str) -> Result<(u16, Vec<u8>)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // Version 1.0: no chunks to put together, and the end of the connection is the end of the body.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\nAccept-Encoding: identity\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let (head, body) = split_head(&answer).context("no HTTP answer")?;
    let status = head.split_ascii_whitespace().nth(1).and_then(|text| text.parse().ok());
    Ok((status.context("no HTTP status")?, body.to_vec()))
}

fn split_head(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = answer.split_at_checked(end + 4)?;
    Some((std::str::from_utf8(head).ok()?, body))
}

/// Fails when another program has the port.
pub fn require_free(port: u16, what: &str) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!(
            "port {port} for {what} is not free ({error}): stop what uses it, or pass --port with another number \
             (the vendor server takes the one after it)"
        ),
    }
}

/// A port nobody uses now, below those the system gives to outgoing connections, and never the same one twice in a
/// process: nothing can take it before the program it is meant for does.
pub fn free_port() -> Result<u16> {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 12_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        let offset = std::process::id().wrapping_mul(131).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + offset % COUNT).context("no such port")?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_head_separates_at_the_first_empty_line() {
        let (head, body) = split_head(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nx\r\n\r\ny").expect("complete");
        assert_eq!(head, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
        assert_eq!(body, b"x\r\n\r\ny");
        assert!(split_head(b"HTTP/1.1 200 OK\r\n").is_none());
    }

    #[test]
    fn require_free_with_a_taken_port_says_to_pass_another() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = taken.local_addr().expect("its address").port();
        let error = require_free(port, "the site").expect_err("taken");
        assert!(error.to_string().contains("--port"), "{error}");
    }
}
