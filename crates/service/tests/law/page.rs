//! The page for lawyers: the table with its sources, and what visitors meet in each group of places.

use std::fmt::Write;

use consentry_core::law::{Law, TABLE, law_of};
use consentry_core::{Jurisdiction, Model};

use crate::walk::{Group, SIGNALS, STORED, Seen};

const INTRODUCTION: &str = "# Law by place

This page is written by a test from the table the service decides by (`crates/core/src/law/table.rs`) and from what it really answers;
a stale page fails that test. It is not legal advice. The last column of the table says how well each row was checked, so that your lawyer
knows where to begin.

A policy can name another model for any place (`models`, see [policy.md](policy.md)). It cannot undo the limits: a choice holds
for `choice_days` within the days below, and after a refusal nobody is asked again for `cooldown_days` or the days below, whichever is
longer. Global Privacy Control and Do Not Track are honoured, and said to be honoured, everywhere, whether or not the law of the place
asks for it.

What the table does not do: how long records are kept is one number for the whole log (`lifetimes.record_months`), so set it to
the highest of the column *records* that concerns you. After a material change of the policy, visitors who had refused only some
categories are asked again at once, also in California: whether that asks them to opt in to sale within twelve months depends on
what changed, so decide before you publish.

## What each place asks for

*Entry*: a link named \"Your Privacy Choices\", with the icon of opting out, is required. *Display*: whether a signal was honoured must be displayed. *Signal*: a
universal opt-out signal is binding by law. *Choice*: for how many days a choice may hold. *Wait*: for how many days after a refusal nobody
may be asked again. *Records*: for how many months they are to be kept, at least.

| place | model | entry | display | signal | choice | wait | records | law | since | source |
|---|---|---|---|---|---|---|---|---|---|---|
";

/// The whole page.
pub fn page(groups: &[(Vec<String>, Group)], advertising: &[(Vec<String>, Group)]) -> String {
    let mut out = String::from(INTRODUCTION);
    let elsewhere = law_of(Jurisdiction::UNKNOWN);
    for law in TABLE.iter().chain([elsewhere]) {
        out += &row(law);
    }
    out += "\n`US-*`: every other state. `*`: every other place, and visitors nobody can place.\n\n## What visitors meet\n\n\
            For a policy with nothing but defaults: choices hold 180 days, nobody is asked again for 180 days after a refusal, signals reach \
            everything that is not required. *On* says which categories run: `required` only, `functional` beside it, or `all`.\n";
    for (places, group) in groups {
        out += &section(places, group);
    }
    out += "\n## Where signals reach advertising only\n\nThe same with `signals.effect = \"advertising\"`, for one place of each model.\n";
    for (places, group) in advertising {
        if ["AT", "US-CA", "US-*"].iter().any(|place| places.first().is_some_and(|first| first == place)) {
            out += &section(&places[..1], group);
        }
    }
    out
}

const fn model(model: Model) -> &'static str {
    match model {
        Model::OptIn => "opt-in",
        Model::OptOut => "opt-out",
        Model::Notice => "notice",
    }
}

fn row(law: &Law) -> String {
    let rules = law.rules;
    let yes = |flag: bool| if flag { "yes" } else { "" };
    let (least, most) = rules.choice_days;
    let choice = match (least, most) {
        (1, 400) => String::new(),
        (1, most) => format!("≤ {most}"),
        (least, _) => format!("≥ {least}"),
    };
    let number = |number: u16| if number == 0 { String::new() } else { number.to_string() };
    format!(
        "| `{}` | {} | {} | {} | {} | {choice} | {} | {} | {}: {} | {} | {} |\n",
        law.place,
        model(rules.model),
        yes(rules.opt_out_entry),
        yes(rules.honoured_display),
        yes(rules.signal_binding),
        number(rules.cooldown_days),
        number(rules.record_months),
        law.law,
        law.section,
        law.since,
        law.checked.as_str(),
    )
}

fn section(places: &[String], group: &Group) -> String {
    let rules = law_of(group.place).rules;
    let mut out = format!("\n### {}\n\n", places.join(", "));
    let asks = match rules.model {
        Model::OptIn => "The first layer asks (`body`)",
        Model::OptOut => "The first layer says what runs and offers to refuse (`body_opt_out`)",
        Model::Notice => "Nothing is asked by itself; the link is there",
    };
    let link = if rules.opt_out_entry { "privacy_choices" } else { "link" };
    let status = if group.effect == "advertising" { "honoured_body_advertising" } else { "honoured_body" };
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "Model {}. {asks}; the link is called `{link}`, the status says `{status}`. A choice holds {} days; after a refusal \
         nobody is asked again for {} days.\n",
        model(rules.model),
        group.payload["choice_days"],
        group.payload["cooldown_days"],
    );
    let _ = writeln!(out, "| the browser remembers | {} |", SIGNALS.map(|(name, _, _)| name).join(" | "));
    out += "|---|---|---|---|---|\n";
    for stored in STORED {
        let cells: Vec<String> =
            group.cases.iter().filter(|case| case.stored == stored).map(|case| cell(case.seen)).collect();
        let _ = writeln!(out, "| {} | {} |", stored.name(), cells.join(" | "));
    }
    out
}

fn cell(seen: Seen) -> String {
    let on = match seen.granted {
        0b001 => "required",
        0b011 => "functional",
        0b111 => "all",
        other => panic!("no words for {other}"),
    };
    let asked = match seen.ask {
        0 => "",
        1 => ", asked",
        _ => ", asked again",
    };
    let honoured = if seen.honoured { ", status" } else { "" };
    format!("{on}{asked}{honoured}")
}
