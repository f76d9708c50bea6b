//! One category in the preferences: what it is for, its switch, and its services one by one.

use consentry_api::notice::{CategoryNotice, CookieNotice, ServiceNotice};
use leptos::prelude::*;

use crate::cookies::CookieTable;
use crate::labels::Labels;
use crate::slots::SERVICE;
use crate::switches::Switches;
use crate::text::{fill, safe_url};

/// A category with its switch. The locked one is on, cannot be changed, and says why.
#[component]
pub(crate) fn CategoryField(
    /// What it says.
    category: CategoryNotice,
    /// What Consentry stores itself, and for whom; only the required category has it.
    own: Option<(String, Vec<CookieNotice>)>,
    /// Its position in the policy.
    position: usize,
    /// What is on.
    switches: Switches,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    let locked = category.locked;
    let count = category.services.len() + usize::from(own.is_some());
    let no_warning = category.warning.is_empty();
    let own = own.map(|(controller, cookies)| {
        view! { <OwnItem controller cookies labels=labels.clone() /> }
    });
    let services = category
        .services
        .into_iter()
        .map(|service| {
            let on = switches.service_on(position, service.index as usize);
            view! { <ServiceItem service locked on labels=labels.clone() /> }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="cy-category">
            <div class="cy-row">
                <h3>{category.name.clone()}</h3>
                <Switch
                    name="category"
                    value=category.id
                    label=category.name
                    on=locked || switches.grants.has(position)
                    locked
                    words=(labels.on, labels.off)
                />
            </div>
            <p>{category.description}</p>
            <p class="cy-note" hidden=!locked>
                {labels.required_reason}
            </p>
            <p class="cy-note cy-warning" hidden=no_warning>
                {category.warning}
            </p>
            <h4 hidden=count == 0>{fill(&labels.services, &count.to_string())}</h4>
            <ul hidden=count == 0>{own} {services}</ul>
        </div>
    }
}

/// A switch that looks like one and is a checkbox; its state is also in words.
#[component]
fn Switch(
    /// The form field.
    name: &'static str,
    /// The value sent when on.
    value: String,
    /// Its accessible name.
    label: String,
    /// How it stands.
    on: bool,
    /// Cannot be changed.
    locked: bool,
    /// The words for on and off.
    words: (String, String),
) -> impl IntoView {
    view! {
        <label class="cy-switch">
            <input type="checkbox" role="switch" name=name value=value aria-label=label checked=on disabled=locked />
            <span aria-hidden="true">{words.0}</span>
            <span aria-hidden="true">{words.1}</span>
        </label>
    }
}

/// One service: who, what for, what it stores, where to opt out.
#[component]
fn ServiceItem(
    /// What it says.
    service: ServiceNotice,
    /// Its category cannot be switched off.
    locked: bool,
    /// How its switch stands.
    on: bool,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    let switch = (!locked).then(|| {
        let words = (labels.on.clone(), labels.off.clone());
        view! { <Switch name="service" value=service.id label=service.name.clone() on locked words /> }
    });
    let (privacy, opt_out) = (safe_url(service.privacy_url), safe_url(service.opt_out_url));
    let no_links = privacy.is_empty() && opt_out.is_empty();
    let no_purposes = service.purposes.is_empty();
    let purposes = service.purposes.join(" · ");
    view! {
        <li class="cy-row" data-cy=SERVICE>
            <details>
                <summary>{service.name}</summary>
                // The catalogue speaks English, whatever the page speaks.
                <p dir="auto">{service.description}</p>
                <dl>
                    <div>
                        <dt>{labels.provider.clone()}</dt>
                        <dd>
                            <bdi>{service.controller}</bdi>
                        </dd>
                    </div>
                    <div hidden=no_purposes>
                        <dt>{labels.purposes.clone()}</dt>
                        <dd>{purposes}</dd>
                    </div>
                </dl>
                <CookieTable cookies=service.cookies labels=labels.clone() />
                <p class="cy-links" hidden=no_links>
                    <Outward url=privacy text=labels.privacy_notice />
                    <Outward url=opt_out text=labels.opt_out />
                </p>
            </details>
            {switch}
        </li>
    }
}

/// What remembers the choice itself.
#[component]
fn OwnItem(
    /// Who decides about the data.
    controller: String,
    /// What is stored.
    cookies: Vec<CookieNotice>,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    view! {
        <li class="cy-row" data-cy=SERVICE>
            <details>
                <summary>{OWN_NAME}</summary>
                <dl>
                    <div>
                        <dt>{labels.provider.clone()}</dt>
                        <dd>
                            <bdi>{controller}</bdi>
                        </dd>
                    </div>
                </dl>
                <CookieTable cookies labels />
            </details>
        </li>
    }
}

/// What Consentry is called among the services.
pub(crate) const OWN_NAME: &str = "Consentry";

/// A link that leaves the site, in a tab of its own so that nothing unsaved is lost. Hidden when it leads nowhere.
#[component]
pub(crate) fn Outward(
    /// Where to; must have gone through [`safe_url`].
    url: String,
    /// What it is called.
    text: String,
) -> impl IntoView {
    let nowhere = url.is_empty();
    view! {
        <a href=url target="_blank" rel="noopener noreferrer" hidden=nowhere>
            {text}
        </a>
    }
}
