//! `POST SITE/choice`: a decision made with a plain form; answered by a cookie and a way back.

use consentry_core::category::Grants;
use consentry_core::choice::{Flags, ServiceSet};
use consentry_core::time::DAY;
use consentry_core::{
    Action, CategoryId, Choice, Draft, Policy, RecordId, ServiceId, Signals, SiteId, Source, SubjectId,
    serialize_choice,
};
use consentry_ui::{ERASE, Switches, read_switches};

use super::Answer;
use super::cookies::without_refused;
use super::own::erase_of_choice;
use super::preferences::{cookie_name, heard, require_first_party, return_path, stored_choice};
use super::records::{append, identifiers};
use crate::answer::{not_allowed, problem};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// What the form said.
#[derive(Default)]
struct Form {
    action: String,
    categories: Vec<String>,
    services: Vec<String>,
    policy: Option<u32>,
    language: String,
    return_to: Option<String>,
}

/// Records the decision, then lets the browser remember it.
pub async fn choice<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if request.method != Method::Post {
        return Err(not_allowed("POST"));
    }
    let newest = service.newest(request, site).await?;
    require_first_party(&newest, request)?;
    require_own_page(request)?;
    let form = parse(request.body.as_deref().unwrap_or_default());
    if form.action == ERASE {
        return Ok(erase(service, request, site, &newest, &form).await);
    }
    if form.policy.is_some_and(|version| version != newest.version) {
        // The visitor answered other words than those in force; ask again with these.
        return Ok(see_other(&preferences_path(service, site, &form, "changed=1")));
    }
    let choice = decide_form(&form, &newest, request)?;
    let policy = &newest.published.policy;
    let services: Vec<ServiceId> = policy.parts().services.iter().map(|service| service.id.clone()).collect();
    let language = newest.published.file.languages.iter().find(|known| **known == form.language);
    let draft = Draft::from_choice(
        &choice,
        &policy.parts().categories,
        &services,
        Signals::default(),
        newest.version,
        language.or(newest.published.file.languages.first()).map_or("en", String::as_str),
    );
    let recorded = match append(service, request, site, &newest, &draft).await {
        Ok(_) => true,
        // The decision stands and is kept; the gate sends its record later. Only a rate limit is the sender's own doing.
        Err(refusal) if refusal.status == 503 => false,
        Err(refusal) => return Err(refusal),
    };
    let flags = if recorded { choice.flags } else { Flags(choice.flags.0 | Flags::UNRECORDED) };
    let choice = Choice { flags, ..choice };
    let value = serialize_choice(&choice);
    let location = preferences_path(service, site, &form, "saved=1");
    let days = u64::from(policy.regime(request.edge.jurisdiction).cookie_days());
    let answer =
        see_other(&location).with("set-cookie", set_cookie(&newest, request, &value, days * DAY / 1_000));
    Ok(without_refused(answer, request, &newest, Some(&choice)))
}

/// The form's other wish: has the visitor's records erased, and the browser forget the choice. Without a choice there is
/// nothing to erase; a form that was sent twice gets the same answer twice.
async fn erase<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    newest: &Live,
    form: &Form,
) -> Response {
    let erased = match stored_choice(newest, request) {
        Some(choice) => erase_of_choice(service, request, site, &choice).await,
        None => true,
    };
    let back = |mark| see_other(&preferences_path(service, site, form, mark));
    match erased {
        true => back("erased=1").with("set-cookie", set_cookie(newest, request, "", 0)),
        // The cookie stays: with it gone, nobody could ask again.
        false => back("erased=0"),
    }
}

/// Only our own page may post here: another site's form would decide for the visitor.
fn require_own_page(request: &Request) -> Result<(), Response> {
    let own = match (request.header("origin"), request.header("sec-fetch-site")) {
        (Some(origin), _) => origin == request.origin,
        (None, Some(place)) => matches!(place, "same-origin" | "none"),
        // Neither: no browser of the last years. A script may decide for itself.
        (None, None) => true,
    };
    if own {
        Ok(())
    } else {
        Err(problem(
            403,
            "origin-refused",
            "This form was sent from another site",
            "Open the preferences page on the site itself and choose there",
        ))
    }
}

fn parse(body: &[u8]) -> Form {
    let mut form = Form::default();
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            "action" => form.action = value.into_owned(),
            "category" => form.categories.push(value.into_owned()),
            "service" => form.services.push(value.into_owned()),
            "policy" => form.policy = value.parse().ok(),
            "language" => form.language = value.into_owned(),
            "return" => form.return_to = return_path(Some(value.into_owned())),
            _ => {}
        }
    }
    form
}

fn decide_form(form: &Form, live: &Live, request: &Request) -> Result<Choice, Response> {
    let policy = &live.published.policy;
    let earlier = stored_choice(live, request);
    let nothing = ServiceSet::default();
    let (action, Switches { grants, denied }) = match Action::parse(&form.action) {
        Some(Action::AcceptAll) => (Action::AcceptAll, Switches { grants: policy.all(), denied: nothing }),
        // Where nothing was agreed to there is nothing to take back, and it is a refusal.
        Some(Action::RejectAll | Action::Withdraw) => {
            (Action::RejectAll, Switches { grants: Grants::REQUIRED, denied: nothing })
        }
        Some(Action::Save) => (Action::Save, switches(form, policy)),
        _ => {
            return Err(problem(
                422,
                "choice-action",
                "The form says nothing we understand",
                "`action` must be accept_all, reject_all, save, withdraw or erase",
            ));
        }
    };
    // Turning everything off that was on takes back an agreement, by whichever button.
    let agreed = earlier.is_some_and(|choice| choice.is_explicit() && choice.grants != Grants::REQUIRED);
    let action = if agreed && grants == Grants::REQUIRED { Action::Withdraw } else { action };
    let seen = earlier.map_or(Default::default(), |choice| choice.flags.seen()).or(heard(request));
    let mut flags = Flags::EXPLICIT;
    flags |= if seen.gpc { Flags::GPC } else { 0 } | if seen.dnt { Flags::DNT } else { 0 };
    // The page tells of the signal beside every switch, so what is chosen here is chosen in spite of it.
    if seen.any() && grants.and(policy.denied_by_signal()) != Grants::NONE {
        flags |= Flags::OVERRIDE;
    }
    let (record, subject) = identifiers(request);
    Ok(Choice {
        fingerprint: policy.fingerprint(),
        grants,
        flags: Flags(flags),
        action,
        source: Source::Form,
        denied_services: denied,
        subject: earlier.map_or(SubjectId::new(subject), |choice| choice.subject),
        record: RecordId::new(request.edge.now, record),
        previous: earlier.map(|choice| choice.record),
    })
}

/// Which switches were on, read as the banner reads the same form.
fn switches(form: &Form, policy: &Policy) -> Switches {
    let (categories, services) = (&policy.parts().categories, &policy.parts().services);
    let places: Vec<usize> =
        services.iter().map(|service| policy.category_index(&service.category).unwrap_or_default()).collect();
    let on = |list: &[String], id: Option<&str>| id.is_some_and(|id| list.iter().any(|item| item == id));
    read_switches(
        categories.len(),
        &places,
        &|at| on(&form.categories, categories.get(at).map(CategoryId::as_str)),
        &|at| on(&form.services, services.get(at).map(|service| service.id.as_str())),
    )
}

fn preferences_path<S: Sites>(service: &Service<S>, site: &SiteId, form: &Form, mark: &str) -> String {
    let mut path = format!("{}/{site}/preferences?{mark}", service.config.prefix);
    // The page that answers speaks the language of the one that asked.
    let spoken = Some(&form.language).filter(|language| !language.is_empty());
    for (name, value) in [("lang", spoken), ("return", form.return_to.as_ref())] {
        if let Some(value) = value {
            path.extend(["&", name, "="]);
            path.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        }
    }
    path
}

fn see_other(location: &str) -> Response {
    Response::empty(303).with("location", location).with("cache-control", "no-store")
}

/// Set by HTTP, not by script: Safari keeps script-set cookies for seven days only. Removed by zero seconds.
fn set_cookie(live: &Live, request: &Request, value: &str, seconds: u64) -> String {
    let name = cookie_name(live, request);
    let mut cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax");
    if request.origin.starts_with("https://") {
        cookie.push_str("; Secure");
    }
    if let Some(domain) = &live.published.file.share_domain {
        cookie.push_str("; Domain=");
        cookie.push_str(domain);
    }
    cookie
}
