//! Reading a site's numbers: how often the banner was shown, and what came of it.

use consentry_api::stats::{Dimension, NUMBERS, Stats, StatsRow};

use crate::args;
use crate::client::{self, Client};
use crate::failure::Failure;
use crate::table::print;

/// Prints the numbers as a table, as CSV or as the service says them.
pub fn run(args: &args::Stats) -> Result<(), Failure> {
    let client = Client::new(&args.remote, Some(&args.token))?;
    let by: Vec<&str> = args.by.iter().map(String::as_str).filter(|word| *word != "nothing").collect();
    let by = by.join(",");
    let given = [
        ("by", Some(by.as_str()).filter(|by| !by.is_empty())),
        ("from", args.from.as_deref()),
        ("to", args.to.as_deref()),
        ("format", args.csv.then_some("csv")),
    ];
    let query = client::encode(given.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let url = client.of_site(&args.site, &format!("stats?{query}"));
    let answer = client::text(client.send("GET", &url, None)?)?;
    if args.csv || args.json {
        println!("{}", answer.trim_end());
        return Ok(());
    }
    let stats: Stats = client::of_json(&answer)?;
    let by: Vec<Dimension> = stats.by.iter().filter_map(|word| Dimension::parse(word)).collect();
    let heading = by.iter().map(|dimension| dimension.as_str()).chain(NUMBERS);
    let mut table = vec![heading.map(|name| name.replace('_', " ").to_uppercase()).collect::<Vec<_>>()];
    table.extend(stats.rows.iter().map(|row| line(&by, row)));
    print(&table);
    Ok(())
}

/// One line of the table: shares in per cent, for people.
fn line(by: &[Dimension], row: &StatsRow) -> Vec<String> {
    // What a service says is printed as it is, but must not move the cursor.
    let name = |dimension: &Dimension| row.of(*dimension).unwrap_or_default().replace(char::is_control, " ");
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".into(), |share| format!("{:.1} %", share * 100.0));
    let mut cells: Vec<String> = by.iter().map(name).chain(row.numbers()).collect();
    let first = cells.len() - 2;
    cells.truncate(first);
    cells.extend([share(row.accepted_per_shown), share(row.accepted_per_choice)]);
    cells
}
