//! The same build under Cloudflare's own development server.

use std::process::{Command, Stdio};
use std::time::Duration;

use consentry_e2e::workerd::{Running, free_port, root};

use crate::records::agent;
use crate::support::wait_for;

/// Has children of its own, which only end when it is asked to.
struct Asked(Running);

impl Drop for Asked {
    fn drop(&mut self) {
        // If it cannot be asked, it is ended all the same.
        let _ = Command::new("kill").arg(self.0.pid().to_string()).status();
        for _ in 0..100 {
            if self.0.ended().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn worker_under_wrangler_dev_answers() {
    let port = free_port().expect("a port");
    let state = tempfile::tempdir().expect("a folder");
    let mut wrangler = Command::new("node");
    wrangler.current_dir(root());
    wrangler.args(["node_modules/wrangler/bin/wrangler.js", "dev", "--ip", "127.0.0.1"]);
    wrangler.args([
        "--port",
        &port.to_string(),
        "--inspector-port",
        &free_port().expect("a port").to_string(),
    ]);
    wrangler.arg("--persist-to").arg(state.path()).args(["--show-interactive-dev-session=false"]);
    wrangler.env("WRANGLER_SEND_METRICS", "false").env("CI", "1").env("CONSENTRY_OPERATOR_TOKEN", "secret");
    wrangler.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _running = Asked(Running::start(&mut wrangler).expect("wrangler starts"));
    let agent = agent();
    let get = |path: &str| {
        let mut answer = agent.get(format!("http://127.0.0.1:{port}{path}")).call().ok()?;
        Some((answer.status().as_u16(), answer.body_mut().read_to_string().ok()?))
    };
    let (status, body) = wait_for("wrangler's answer", Duration::from_secs(60), || get("/_c/demo.js"));
    // Nobody has published a policy here; the Worker itself says so.
    assert_eq!(status, 404, "{body}");
    assert!(body.contains("urn:consentry:problem:site-unknown"), "{body}");
    let (status, page) = get("/").expect("an answer");
    assert_eq!(status, 200);
    assert!(page.contains("Tarn &amp; Ember"));
}
