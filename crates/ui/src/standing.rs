//! "Your choice so far": when it was made, whether it is recorded, its receipt, taking it back, and deleting the records.

use consentry_api::notice::Texts;
use leptos::prelude::*;

use crate::ERASE;
use crate::slots::{
    CHOICE, CHOICE_NONE, COPIED, COPY, ERASE_FAILED, ERASED, ERASURE, NOT_RECORDED, PROOF, PROOF_FILE,
    PROOF_NONE, RECEIPT, RECORD, RECORD_FILE, RECORDED, TIME, UNRECORDED, WITHDRAW,
};
use crate::text::{data_url, readable};

/// The form that takes back and erases. A form of its own: the first button of a form is what the Enter key presses.
pub(crate) const OWN_FORM: &str = "consentry-own";

/// A choice so far.
#[derive(Debug, Clone)]
pub struct Standing {
    /// When it was made (RFC 3339, UTC).
    pub time: String,
    /// The record's identifier.
    pub record: String,
    /// The log holds the record.
    pub recorded: bool,
    /// Something beyond what is required was agreed to.
    pub agreed: bool,
    /// The record as the log has it, where it could be asked.
    pub evidence: Option<Evidence>,
}

/// What proves a choice.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// A C2SP `tlog-proof`.
    pub proof: String,
    /// The record as JSON.
    pub json: String,
}

/// The panel. Every part is there; what holds for this visitor is shown.
#[component]
pub(crate) fn StandingPanel(
    /// Every word.
    texts: Texts,
    /// The choice so far.
    standing: Option<Standing>,
) -> impl IntoView {
    let chosen = standing.is_some();
    let recorded = standing.as_ref().is_some_and(|standing| standing.recorded);
    let agreed = standing.as_ref().is_some_and(|standing| standing.agreed);
    let Standing { time, record, evidence, .. } = standing.unwrap_or(Standing {
        time: String::new(),
        record: String::new(),
        recorded,
        agreed,
        evidence: None,
    });
    let shown = readable(&time);
    view! {
        <section class="cy-panel cy-standing">
            <h3>{texts.choice_title.clone()}</h3>
            <p data-cy=CHOICE_NONE hidden=chosen>
                {texts.choice_none.clone()}
            </p>
            <div data-cy=CHOICE hidden=!chosen>
                <dl>
                    <div>
                        <dt>{texts.choice_time.clone()}</dt>
                        <dd>
                            <time dir="ltr" data-cy=TIME datetime=time>
                                {shown}
                            </time>
                        </dd>
                    </div>
                    <div>
                        <dt>{texts.choice_record.clone()}</dt>
                        <dd>
                            <code dir="ltr" data-cy=RECORD>{record.clone()}</code>
                        </dd>
                    </div>
                </dl>
                <p data-cy=RECORDED hidden=!recorded>
                    {texts.recorded.clone()}
                </p>
                <p data-cy=UNRECORDED hidden=recorded>
                    {texts.unrecorded.clone()}
                </p>
                <p data-cy=NOT_RECORDED hidden=true>
                    {texts.not_recorded.clone()}
                </p>
                <Receipt texts=texts.clone() record evidence recorded />
            </div>
            <div class="cy-step" data-cy=WITHDRAW hidden=!agreed>
                <p>{texts.withdraw_explained}</p>
                <button class="cy-button cy-quiet" form=OWN_FORM name="action" value="withdraw">
                    {texts.withdraw}
                </button>
            </div>
            <details data-cy=ERASURE hidden=!chosen>
                <summary>{texts.erase}</summary>
                <p>{texts.erase_explained}</p>
                <button class="cy-button cy-quiet" form=OWN_FORM name="action" value=ERASE>
                    {texts.erase_confirm}
                </button>
                <p role="status">
                    <span data-cy=ERASE_FAILED hidden=true>
                        {texts.erase_failed}
                    </span>
                </p>
                <span data-cy=ERASED hidden=true>
                    {texts.erased}
                </span>
            </details>
        </section>
    }
}

/// The receipt: the proof to copy or to keep, and the record it is about.
#[component]
fn Receipt(
    /// Every word.
    texts: Texts,
    /// The record's identifier; names the files.
    record: String,
    /// What there is to download.
    evidence: Option<Evidence>,
    /// The log holds the record.
    recorded: bool,
) -> impl IntoView {
    let there = evidence.is_some();
    let (proof, json) = evidence.map_or_else(Default::default, |evidence| {
        (data_url("text/plain", &evidence.proof), data_url("application/json", &evidence.json))
    });
    let names = ([&record, ".tlog-proof"].concat(), [&record, ".json"].concat());
    view! {
        <details data-cy=RECEIPT hidden=!recorded>
            <summary>{texts.receipt}</summary>
            <p>{texts.receipt_explained}</p>
            <p data-cy=PROOF_NONE hidden=there>
                {texts.receipt_none}
            </p>
            <p class="cy-links" data-cy=PROOF hidden=!there>
                <button class="cy-button cy-quiet" type="button" data-cy=COPY hidden=true>
                    {texts.receipt_copy}
                </button>
                <a data-cy=PROOF_FILE href=proof download=names.0>
                    {texts.receipt_download}
                </a>
            </p>
            <p class="cy-links">
                <a data-cy=RECORD_FILE href=json download=names.1 hidden=!there>
                    {texts.receipt_json}
                </a>
            </p>
            <p role="status">
                <span data-cy=COPIED hidden=true>
                    {texts.receipt_copied}
                </span>
            </p>
        </details>
    }
}
