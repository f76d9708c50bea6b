//! Where the time goes: requests that turn back at different points of the way.

use anyhow::{Result, bail};

use crate::client::{ask, request};
use crate::load::{Requests, Server, Until, round};
use crate::plan::Plan;
use crate::records::Records;
use crate::table;

/// Measures each of them, in turn with the bare hop, over the largest number of connections.
pub async fn parts(plan: &Plan) -> Result<()> {
    let consentry = &plan.consentry;
    let records = consentry.path("records");
    let known = Records::new(&records, &consentry.origin)?.next().to_vec();
    let (status, body) = ask(consentry.port, &known).await?;
    if status != 201 {
        bail!("a record is refused: {status} {}", String::from_utf8_lossy(&body));
    }
    let foreign = Records::new(&records, "https://elsewhere.example")?.next().to_vec();
    let get = |path: &str| request("GET", path, &[], &[]);
    let ways: [(&str, Vec<u8>, u16); 5] = [
        ("no such path", get("/_c/nothing/here"), 404),
        ("the gate", get(&format!("/_c/{}.js", consentry.site)), 200),
        ("a record from another origin", foreign, 403),
        ("an object without anything", get("/_c/v1/sites/nobody/policy"), 404),
        ("a record that is known", known, 200),
    ];
    let connections = plan.connections.iter().copied().max().unwrap_or(1);
    let hop = Server { port: plan.ceilings.hop, pid: plan.ceilings.pid };
    let server = Server { port: consentry.port, pid: consentry.pid };
    table::head();
    for (name, bytes, wanted) in ways {
        let (mut rounds, mut hops) = (Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let until = Until::Time(plan.time());
            let bare = || Records::new("/", &consentry.origin).map(Requests::Records);
            hops.push(round(hop, connections, until, 201, bare).await?.measure);
            let same = || Ok(Requests::Same(bytes.clone()));
            let round = round(server, connections, until, wanted, same).await?;
            if let Some((status, count)) = round.others.first_key_value() {
                bail!("{name}: {count} answers with status {status} instead of {wanted}");
            }
            rounds.push(round.measure);
        }
        table::row(name, connections, None, &rounds, Some(&hops));
    }
    Ok(())
}
