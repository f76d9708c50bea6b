//! Words that repeat in every category and service.

use consentry_api::notice::Texts;

/// A copy of those texts, cheap enough to hand around.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    pub on: String,
    pub off: String,
    pub services: String,
    pub provider: String,
    pub purposes: String,
    pub cookies: String,
    pub opt_out: String,
    pub privacy_notice: String,
    pub required_reason: String,
    pub item_name: String,
    pub item_kind: String,
    pub item_kept: String,
    kinds: [(&'static str, String); 7],
}

impl Labels {
    /// Out of all texts.
    pub fn new(texts: &Texts) -> Self {
        Self {
            on: texts.on.clone(),
            off: texts.off.clone(),
            services: texts.services.clone(),
            provider: texts.provider.clone(),
            purposes: texts.purposes.clone(),
            cookies: texts.cookies.clone(),
            opt_out: texts.opt_out.clone(),
            privacy_notice: texts.privacy_notice.clone(),
            required_reason: texts.required_reason.clone(),
            item_name: texts.item_name.clone(),
            item_kind: texts.item_kind.clone(),
            item_kept: texts.item_kept.clone(),
            // The words of `CookieNotice::storage`.
            kinds: [
                ("cookie", texts.kind_cookie.clone()),
                ("local_storage", texts.kind_local_storage.clone()),
                ("session_storage", texts.kind_session_storage.clone()),
                ("indexed_db", texts.kind_indexed_db.clone()),
                ("cache", texts.kind_cache.clone()),
                ("service_worker", texts.kind_service_worker.clone()),
                ("pixel", texts.kind_pixel.clone()),
            ],
        }
    }

    /// What a kind of storage is called.
    pub fn kind(&self, storage: &str) -> String {
        let known = self.kinds.iter().find(|(word, _)| *word == storage);
        known.map_or(storage, |(_, text)| text).to_owned()
    }
}
