//! A service ready to be used: workerd with the demo policy published, set up through the same command line everybody has.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use consentry_e2e::workerd::{self, Running, Settings};

use crate::shell::{capture, cargo, command, run, step, write_if_changed};
use crate::{paths, site};

/// The demo's site identifier.
pub const SITE: &str = "demo";
/// The policy it is published with.
const POLICY: &str = "www/policies/demo.toml";

/// Builds the native programs this file runs.
pub fn build_programs() -> Result<()> {
    step("command line and vendor server: compile", || {
        run(cargo().args(["build", "--package", "consentry", "--package", "consentry-e2e", "--bins"]))
    })
}

/// The demo behind its own Worker.
pub struct Demo {
    /// workerd.
    pub worker: Running,
    /// `http://localhost:PORT`.
    pub url: String,
    operator_token: String,
}

impl Demo {
    /// Starts the Worker on this state and publishes the demo policy.
    pub fn start(port: u16, state: &Path, site: PathBuf, jurisdiction: Option<String>) -> Result<Self> {
        Self::start_at_rate(port, state, site, jurisdiction, None)
    }

    /// The same with another limit on records than the usual one, in the words of `CONSENTRY_RATE`.
    pub fn start_at_rate(
        port: u16,
        state: &Path,
        site: PathBuf,
        jurisdiction: Option<String>,
        rate: Option<&'static str>,
    ) -> Result<Self> {
        let operator_token = secret(&state.join("operator-token"))?;
        let settings = Settings {
            port,
            state: state.join("objects"),
            site,
            operator_token: operator_token.clone(),
            log_key: secret(&state.join("log-key"))?,
            previous_log_key: None,
            site_id: SITE,
            jurisdiction,
            rate,
            under: Vec::new(),
        };
        let worker = workerd::start(&settings)?;
        let demo = Self { worker, url: format!("http://localhost:{port}"), operator_token };
        demo.publish(port, state)?;
        Ok(demo)
    }

    /// The secret of who may publish policies and make tokens here.
    pub fn operator_token(&self) -> &str {
        &self.operator_token
    }

    /// A new token that may read this site's records.
    pub fn auditor_token(&self) -> Result<String> {
        self.consentry(&["token", "create", "--site", SITE, "--name", "demo auditor"])
    }

    /// The key that verifies what this log signs.
    pub fn log_public_key(&self) -> Result<String> {
        let keys = self.consentry(&["key", "fetch", "--site", SITE])?;
        Ok(keys.lines().last().unwrap_or_default().to_owned())
    }

    fn publish(&self, port: u16, state: &Path) -> Result<()> {
        let source = paths::at(POLICY);
        if port == site::PORT {
            return self.consentry(&["policy", "publish", &source.to_string_lossy()]).map(|_| ());
        }
        // Origins and vendors moved with the port.
        let policy = std::fs::read(&source).with_context(|| format!("cannot read {POLICY}"))?;
        let moved = state.join("demo.toml");
        write_if_changed(&moved, &site::with_ports(policy, port))?;
        self.consentry(&["policy", "publish", &moved.to_string_lossy()]).map(|_| ())
    }

    /// The command line, told where we are. The token goes by the environment: process lists show arguments to everybody.
    fn consentry(&self, arguments: &[&str]) -> Result<String> {
        let mut consentry = command(paths::at("target/debug/consentry"));
        consentry
            .args(arguments)
            .args(["--url", &self.url])
            .env("CONSENTRY_OPERATOR_TOKEN", &self.operator_token);
        capture(&mut consentry).map(|output| output.trim().to_owned())
    }
}

/// Starts the vendors the demo pages load from. The server ends when its standard input does, hence with us.
pub fn vendors(port: u16) -> Result<Running> {
    let mut vendor = command(paths::at("target/debug/vendor"));
    Running::start(vendor.arg(port.to_string()).stdin(std::process::Stdio::piped()))
}

/// Reads a secret, or makes one that only this user can read: 32 random bytes in hexadecimal.
fn secret(file: &Path) -> Result<String> {
    if let Ok(token) = std::fs::read_to_string(file) {
        return Ok(token.trim().to_owned());
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).context("no random bytes")?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).with_context(|| format!("cannot create {}", file.display()))?;
    std::io::Write::write_all(&mut out, token.as_bytes())?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_asked_for_twice_is_the_same_and_private() {
        let file =
            std::env::temp_dir().join(format!("consentry-{}", std::process::id())).join("operator-token");
        let first = secret(&file).expect("made");
        assert_eq!(first.len(), 64);
        assert_eq!(secret(&file).expect("read"), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_dir_all(file.parent().expect("a folder")).expect("removed");
    }
}
