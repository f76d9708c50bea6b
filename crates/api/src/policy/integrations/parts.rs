//! From a policy to the parts of the gate it needs, and what each of them is handed.

use consentry_core::category::BUILT_IN;
use consentry_core::law::TABLE;
use consentry_core::{Jurisdiction, Model, Policy};
use serde_json::{Value, json};

use super::{Generic, Google, Microsoft};
use crate::policy::check::CONSENT_TYPES;
use crate::policy::file::PolicyFile;

/// What Segment calls the event that tells of a changed choice.
const SEGMENT_EVENT: &str = "Segment Consent Preference Updated";

/// The parts that a checked policy needs for a visitor, by the names of their files, with the value of `CONFIG` of each. The
/// model is the one in force at the place.
pub fn parts(
    file: &PolicyFile,
    policy: &Policy,
    model: Model,
    place: Jurisdiction,
) -> Vec<(&'static str, Value)> {
    let all = &file.integrations;
    let open = model != Model::OptIn;
    let mut parts = Vec::new();
    if let Some(google) = &all.google {
        parts.push(("google", google_config(file, policy, google, open, place)));
    }
    if let Some(microsoft) = &all.microsoft {
        parts.push(("microsoft", microsoft_config(file, microsoft, open)));
    }
    if let Some(meta) = &all.meta {
        let ldu = open && meta.limited_data_use;
        parts.push(("meta", json!({ "needs": needs_of(file, &meta.service), "ldu": ldu })));
    }
    if let Some(tiktok) = &all.tiktok {
        parts.push(("tiktok", json!({ "needs": needs_of(file, &tiktok.service) })));
    }
    if let Some(linkedin) = &all.linkedin {
        parts.push(("linkedin", json!({ "needs": needs_of(file, &linkedin.service) })));
    }
    if let Some(segment) = &all.segment {
        let mut config = json!({ "needs": needs_of(file, &segment.service) });
        put(&mut config, "event", segment.tell_changes.then_some(SEGMENT_EVENT));
        parts.push(("segment", config));
    }
    if let Some(config) = all.gpp.as_ref().and_then(|gpp| gpp.config(place)) {
        parts.push(("gpp", json!(config)));
    }
    if !all.generic.is_empty() {
        parts.push(("generic", all.generic.iter().map(|entry| generic_config(file, entry)).collect()));
    }
    parts
}

/// The category a consent type follows: the first that names it, else the built-in one it is made for. Analytics is nobody's own
/// there, so it goes with advertising, the narrower of the two.
pub(super) fn category_of<'a>(file: &'a PolicyFile, kind: &str) -> &'a str {
    let [required, functional, advertising] = BUILT_IN;
    let names = file.categories.iter().find(|entry| entry.consent_types.iter().any(|own| own == kind));
    names.map_or(
        match kind {
            "security_storage" => required,
            "functionality_storage" | "personalization_storage" => functional,
            _ => advertising,
        },
        |entry| &entry.id,
    )
}

/// What a service needs: its category, and itself. Of one that the policy lacks, which the check refuses: what nobody grants.
fn needs_of<'a>(file: &'a PolicyFile, service: &'a str) -> [&'a str; 2] {
    let found = file.services.iter().find(|entry| entry.id == service);
    [found.map_or("", |entry| &entry.category), service]
}

fn google_config(
    file: &PolicyFile,
    policy: &Policy,
    google: &Google,
    open: bool,
    place: Jurisdiction,
) -> Value {
    let types: serde_json::Map<String, Value> = CONSENT_TYPES
        .iter()
        .map(|kind| {
            let category = category_of(file, kind);
            let own = google.services.iter().map(String::as_str);
            let own = own.filter(|id| needs_of(file, id).first() == Some(&category));
            ((*kind).to_owned(), std::iter::once(category).chain(own).collect())
        })
        .collect();
    let mut set = json!({ "ads_data_redaction": google.ads_data_redaction });
    put(&mut set, "url_passthrough", google.url_passthrough.then_some(true));
    let mut config = json!({
        "types": types,
        "layer": google.data_layer.as_deref().unwrap_or("dataLayer"),
        "open": open,
        "set": set,
    });
    let region = if open { closed_places(file, policy, place) } else { Vec::new() };
    put(&mut config, "region", (!region.is_empty()).then_some(region));
    put(&mut config, "wait_for_update", google.wait_for_update);
    put(&mut config, "event", google.event.as_deref());
    config
}

/// Where consent comes first, as far as anybody has named the place: Google, which finds out by itself where visitors are, may place
/// one there whom the edge has placed elsewhere. The visitor's own country is none of them.
fn closed_places(file: &PolicyFile, policy: &Policy, own: Jurisdiction) -> Vec<String> {
    let named = TABLE.iter().map(|law| law.place).chain(file.models.places.keys().map(String::as_str));
    let mut places: Vec<String> = named
        .filter_map(Jurisdiction::parse)
        .filter(|place| *place != Jurisdiction::UNKNOWN && *place != own && *place != own.without_region())
        .filter(|place| policy.model(*place) == Model::OptIn)
        .map(|place| place.to_string())
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn microsoft_config(file: &PolicyFile, microsoft: &Microsoft, open: bool) -> Value {
    let needs = |kind, service: &str| json!([category_of(file, kind), service]);
    let mut config = json!({ "open": open });
    put(&mut config, "uet", microsoft.uet.as_deref().map(|id| needs("ad_storage", id)));
    let clarity = microsoft.clarity.as_deref();
    let clarity = clarity
        .map(|id| json!({ "ad": needs("ad_storage", id), "analytics": needs("analytics_storage", id) }));
    put(&mut config, "clarity", clarity);
    config
}

fn generic_config(file: &PolicyFile, entry: &Generic) -> Value {
    let path: Vec<&str> = entry.path.split('.').collect();
    let mut config = json!({ "how": entry.how.as_str(), "path": path });
    put(&mut config, "name", entry.event.as_deref());
    put(&mut config, "needs", entry.service.as_deref().map(|id| needs_of(file, id)));
    config
}

/// Sets a field that is left out when there is nothing to say.
fn put(config: &mut Value, name: &str, value: Option<impl serde::Serialize>) {
    if let (Some(fields), Some(value)) = (config.as_object_mut(), value) {
        fields.insert(name.into(), json!(value));
    }
}
