//! The program behind `cargo xtask bench web`, which starts Worker and browser, says by standard input where they are, and
//! ends them. It serves one page with one banner after the other, and looks at each as a first visitor's browser does.

mod browser;
mod cost;
mod crowd;
mod goals;
mod plan;
mod server;
mod subjects;
mod table;
mod visit;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;

use crate::browser::{Browser, Network};
use crate::plan::{Part, Plan};
use crate::server::Pages;
use crate::subjects::{BARE, SUBJECTS};
use crate::visit::{Click, Visit};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().map_err(Into::into);
    match runtime.and_then(|runtime| runtime.block_on(run())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let plan = plan::read()?;
    let pages = Arc::new(Pages::load(&plan)?);
    let origin = server::serve(Arc::clone(&pages)).await?;
    let browser = Browser::start(&plan.driver).await?;
    let outcome = measure(&browser, &origin, &plan).await;
    browser.quit().await;
    outcome
}

async fn measure(browser: &Browser, origin: &str, plan: &Plan) -> Result<()> {
    let mut all = Vec::new();
    if plan.has(Part::Visits) {
        for network in [Network::Slow4g, Network::Unthrottled] {
            let rounds = visits(browser, origin, plan, network).await?;
            table::visits(network, &rounds);
            all.push((network, rounds));
        }
    }
    let mut clicks: Vec<Vec<Click>> = Vec::new();
    if plan.has(Part::Clicks) {
        for subject in SUBJECTS.iter().filter(|subject| subject.name != BARE) {
            eprintln!("· clicks: {}", subject.name);
            clicks.push(visit::clicks(browser, origin, subject, plan.clicks).await?);
        }
        table::clicks(&clicks);
    }
    let mut cost = None;
    if plan.has(Part::Cost) {
        let measured = cost::measure(browser, origin, plan.rounds).await?;
        cost::print(&measured);
        cost = Some(measured);
    }
    goals::judge(&all, &clicks, cost.as_ref());
    Ok(())
}

/// All subjects in turn, round after round, so that whatever else the machine does meets all of them.
async fn visits(browser: &Browser, origin: &str, plan: &Plan, network: Network) -> Result<Vec<Vec<Visit>>> {
    // A browser's first pages are slow ones, whoever's they are.
    for subject in SUBJECTS.iter().take(2) {
        visit::first(browser, origin, subject, network).await?;
    }
    let mut rounds: Vec<Vec<Visit>> = SUBJECTS.iter().map(|_| Vec::new()).collect();
    for round in 0..plan.rounds {
        eprintln!("· {}, round {} of {}", network.name(), round + 1, plan.rounds);
        for (subject, visits) in SUBJECTS.iter().zip(&mut rounds) {
            visits.push(visit::first(browser, origin, subject, network).await?);
        }
    }
    Ok(rounds)
}
