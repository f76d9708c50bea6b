//! Records on their way to the log: built from the stored choice, queued, sent, retried, acknowledged.

use consentry_api::light::{Source, write_draft};
use consentry_api::record::{parse_dnt, parse_gpc};
use consentry_core::choice::Flags;
use consentry_core::{Choice, Draft, Signals};
use wasm_bindgen_futures::spawn_local;

use crate::app::App;
use crate::fetch::{fetch, painted, sleep};
use crate::json::{Incoming, Outgoing};

/// Key of the queue: a record per line, its identifier, a space, and its JSON.
const QUEUE: &str = "queue";
/// Key of the last receipt, as the edge wrote it.
const RECEIPT: &str = "receipt";
/// Key of the record the edge has refused for good.
const REFUSED: &str = "refused";
/// Tries before it waits for the network to come back or for the next page.
const TRIES: u32 = 6;

/// What an attempt came to.
enum Outcome {
    /// Durable: here is the receipt.
    Recorded(String),
    /// It will never be taken as it is.
    Refused,
    /// Worth another try.
    Later,
}

/// The same once the page shows what was chosen. Should the page go first, the gate sends the record then.
pub fn record_soon(app: &'static App) {
    spawn_local(async move {
        painted().await;
        record(app);
    });
}

/// Queues the record of the stored choice if the log does not have it, and sends whatever is queued. Without a choice there is
/// nothing to keep: it was forgotten here, in another tab or on the plain page, and so is everything about it.
pub fn record(app: &'static App) {
    let Some(choice) = app.choice() else {
        return [QUEUE, RECEIPT, REFUSED].iter().for_each(|key| app.store.set(key, ""));
    };
    if choice.flags.has(Flags::UNRECORDED) {
        let id = choice.record.to_hex();
        if app.store.get(REFUSED) != id && !lines(app).any(|line| line.starts_with(&id)) {
            let queue = app.store.get(QUEUE) + &id + " " + &submission(app, &choice) + "\n";
            app.store.set(QUEUE, &queue);
        }
    }
    if !app.sending.replace(true) {
        spawn_local(async move {
            send_all(app).await;
            app.sending.set(false);
        });
    }
}

/// A member of this choice's receipt, if the one that is kept is that one's.
pub fn receipt(app: &App, choice: &Choice, member: &str) -> Option<String> {
    let receipt = Incoming::parse(&app.store.get(RECEIPT))?;
    if receipt.text("id")? == choice.record.to_hex() { receipt.text(member) } else { None }
}

/// Whether the edge has refused the record of this choice.
pub fn is_refused(app: &App, choice: &Choice) -> bool {
    app.store.get(REFUSED) == choice.record.to_hex()
}

fn lines(app: &App) -> impl Iterator<Item = String> {
    app.store.get(QUEUE).lines().map(String::from).collect::<Vec<_>>().into_iter()
}

fn submission(app: &App, choice: &Choice) -> String {
    let words = app.bridge.signals();
    let (gpc, dnt) = words.split_once(',').unwrap_or_default();
    let dom = Signals { gpc: parse_gpc(gpc).unwrap_or_default(), dnt: parse_dnt(dnt).unwrap_or_default() };
    let payload = &app.payload;
    let draft = Draft::from_choice(
        choice,
        &payload.categories,
        &payload.services,
        dom,
        payload.policy,
        &payload.language,
    );
    let mut out = Outgoing::new();
    write_draft(&draft, &mut out);
    out.text()
}

async fn send_all(app: &'static App) {
    let url = [&app.base, "/v1/sites/", &app.payload.site, "/records"].concat();
    let mut tries = 0;
    // Oldest first: a record names the one it supersedes.
    while let Some(line) = lines(app).next() {
        let (id, body) = line.split_once(' ').unwrap_or_default();
        match attempt(&url, body).await {
            Outcome::Recorded(receipt) => {
                app.store.set(RECEIPT, &receipt);
                app.bridge.recorded(id);
            }
            // The choice holds; only the log lacks it, and the preferences say so.
            Outcome::Refused => app.store.set(REFUSED, id),
            Outcome::Later => {
                tries += 1;
                if tries == TRIES {
                    return;
                }
                sleep(500 << (2 * tries)).await;
                continue;
            }
        }
        // Read again: another tab may have added to it meanwhile.
        let rest: String =
            lines(app).filter(|other| *other != line).flat_map(|line| [line, "\n".into()]).collect();
        app.store.set(QUEUE, &rest);
    }
}

async fn attempt(url: &str, body: &str) -> Outcome {
    match fetch(url, Some(body)).await {
        Some((200 | 201, receipt)) => Outcome::Recorded(receipt),
        // Too early, too many, timed out: the same record may be welcome later.
        Some((408 | 425 | 429, _)) | None => Outcome::Later,
        Some((400..=499, _)) => Outcome::Refused,
        Some(_) => Outcome::Later,
    }
}
