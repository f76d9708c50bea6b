//! Writes every view as an HTML file, to be looked at: `cargo run -p consentry-ui --features ssr --example preview -- DIR`.
#![allow(clippy::unwrap_used, reason = "a tool for people who change the style sheets")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use consentry_api::policy::{Theme, theme_css};
use consentry_core::{Grants, Model};
use consentry_ui::{
    BAR_CSS, CARD_CSS, CENTRE_CSS, DIALOG_CSS, FIRST_LAYER_CSS, LastStep, MIDDLE_CSS, PageView, ShellView,
    SignalState, Standing, render_declaration_page, render_preferences_page, render_shell,
};

fn main() {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/preview".into()));
    std::fs::create_dir_all(&dir).unwrap();
    for language in ["en", "de", "ar"] {
        let notice = fixture::notice(language);
        let shell = render_shell(&ShellView {
            texts: &notice.texts,
            language,
            dir: &notice.dir,
            model: Model::OptIn,
            opt_out_entry: false,
            advertising_only: false,
            choice_url: "/_c/demo/choice",
            privacy_url: &notice.controller.privacy_url,
        });
        let show = |part: &str| {
            let (before, after) = shell.split_once(&format!("data-consentry-part=\"{part}\"")).unwrap();
            let (tag, rest) = after.split_once('>').unwrap();
            format!("{before}data-consentry-part=\"{part}\"{}>{rest}", tag.replace(" hidden", ""))
        };
        let site = |shell: &str, position: &str| {
            let text = "<h1>Made for long roads</h1><p>Backpacks, tents and boots for people who are rarely at home.</p>".repeat(8);
            format!(
                "<!DOCTYPE html><meta charset=utf-8><meta name=viewport content='width=device-width'><style>{FIRST_LAYER_CSS}{position}{}</style>\
<style>button,h2,p{{font-family:serif;text-transform:uppercase;color:red}}</style><body style='max-width:900px;margin:40px auto;font-family:sans-serif'>{shell}{text}",
                theme_css(&Theme::default())
            )
        };
        for (name, css) in [("bar", BAR_CSS), ("card", CARD_CSS), ("centre", MIDDLE_CSS)] {
            std::fs::write(dir.join(format!("{name}-{language}.html")), site(&show("layer"), css)).unwrap();
        }
        let honoured = show("status").replacen(" hidden data-consentry-part=\"link\"", "", 1);
        std::fs::write(dir.join(format!("status-{language}.html")), site(&honoured, BAR_CSS)).unwrap();
        let page = |signal, standing| {
            render_preferences_page(&PageView {
                notice: &notice,
                choice_url: "/_c/demo/choice",
                granted: Grants(0b011),
                denied_services: &[2],
                signal,
                advertising_only: false,
                do_not_sell: false,
                standing,
                changed: None,
                last_step: LastStep::None,
                return_to: Some("/"),
                nonce: "preview",
                theme_css: &theme_css(&Theme::default()),
            })
        };
        let standing = Standing {
            record: "019ab0c7-2b3b-7fff-bfff-0123456789ab".into(),
            time: "2026-11-21T10:00:00.000Z".into(),
            recorded: true,
            agreed: true,
            evidence: None,
        };
        let write = |name: &str, html: String| {
            std::fs::write(dir.join(format!("{name}-{language}.html")), html).unwrap()
        };
        write("page", page(SignalState::None, Some(standing)));
        write("signal", page(SignalState::Heard("Global Privacy Control".into()), None));
        write("declaration", render_declaration_page(&notice));
        println!(
            "{language}: shell {} bytes, style {} + {} + {}",
            shell.len(),
            FIRST_LAYER_CSS.len(),
            DIALOG_CSS.len(),
            CENTRE_CSS.len()
        );
    }
}
