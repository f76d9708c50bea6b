//! What the banner finds again in the centre that the server rendered: the places it fills, and what it hears clicks on.
//!
//! The centre is rendered the same for everybody and may be cached; what is one visitor's own is put into it in the page.

/// The `meta` element with the style sheet of the centre.
pub const STYLE: &str = "consentry-style";

/// The attribute that names a place.
pub const SLOT: &str = "data-cy";

/// What changed since the choice the centre was fetched for; there is none where nothing did.
pub const CHANGED: &str = "changed";

/// Shown where no signal is in force.
pub const SIGNAL_NONE: &str = "signal-none";
/// Shown where one is honoured.
pub const SIGNAL_HEARD: &str = "signal-heard";
/// Shown where the visitor chose against it.
pub const SIGNAL_OVERRIDDEN: &str = "signal-overridden";
/// Takes the names of the signals; there are several.
pub const SIGNAL_NAME: &str = "signal-name";
/// The panel on selling and sharing.
pub const SELL: &str = "sell";

/// Shown until something was chosen.
pub const CHOICE_NONE: &str = "choice-none";
/// Shown afterwards.
pub const CHOICE: &str = "choice";
/// Takes the time of the choice.
pub const TIME: &str = "time";
/// Takes the identifier of its record.
pub const RECORD: &str = "record";
/// Shown when the log has the record.
pub const RECORDED: &str = "recorded";
/// Shown while it does not.
pub const UNRECORDED: &str = "unrecorded";
/// Shown when it never will.
pub const NOT_RECORDED: &str = "not-recorded";

/// The disclosure with the receipt; a click on its summary asks the service for the record.
pub const RECEIPT: &str = "receipt";
/// Shown where there is no proof.
pub const PROOF_NONE: &str = "proof-none";
/// Shown where there is one.
pub const PROOF: &str = "proof";
/// Link: the proof as a file.
pub const PROOF_FILE: &str = "proof-file";
/// Link: the record as a file.
pub const RECORD_FILE: &str = "record-file";
/// Button: copies the proof. Hidden where nothing could hear it.
pub const COPY: &str = "copy";
/// Shown, and so read out, after it.
pub const COPIED: &str = "copied";

/// Shown where there is something to take back.
pub const WITHDRAW: &str = "withdraw";
/// Shown where there may be records to erase.
pub const ERASURE: &str = "erasure";
/// What is announced after erasing; never shown in its place.
pub const ERASED: &str = "erased";
/// Shown, and so read out, where erasing did not work.
pub const ERASE_FAILED: &str = "erase-failed";

/// The search with its label; hidden where nothing could hear it.
pub const FINDER: &str = "finder";
/// The field in it.
pub const SEARCH: &str = "search";
/// The form the field belongs to, by its `id`.
pub const SEARCH_FORM: &str = "consentry-search";
/// Shown, and so read out, when nothing matches.
pub const SEARCH_NONE: &str = "search-none";
/// One service: what a search shows and hides.
pub const SERVICE: &str = "service";

/// Global Privacy Control, by the name people know it by.
pub const GPC_NAME: &str = "Global Privacy Control";
/// Do Not Track, likewise.
pub const DNT_NAME: &str = "Do Not Track";

/// The names of the signals in force, for people; empty for none.
pub fn signal_names(gpc: bool, dnt: bool) -> String {
    match (gpc, dnt) {
        (true, true) => [GPC_NAME, ", ", DNT_NAME].concat(),
        (true, false) => GPC_NAME.into(),
        (false, true) => DNT_NAME.into(),
        (false, false) => String::new(),
    }
}
