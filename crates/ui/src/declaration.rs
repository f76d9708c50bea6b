//! The cookie declaration: every category, service and cookie of a policy, to stand in a site's cookie notice.

use consentry_api::Notice;
use consentry_api::notice::{CategoryNotice, CookieNotice, ServiceNotice};
use leptos::prelude::*;

use crate::category::{OWN_NAME, Outward};
use crate::cookies::CookieCells;
use crate::labels::Labels;
use crate::text::{fill, safe_url};

/// The declaration, for the middle of somebody's page: plain elements that take the page's own style.
#[component]
pub(crate) fn Declaration(
    /// What it says.
    notice: Notice,
) -> impl IntoView {
    let texts = notice.texts;
    let labels = Labels::new(&texts);
    let version = fill(&texts.declaration_version, &notice.policy.to_string());
    let mut own = Some(ServiceNotice {
        id: String::new(),
        index: 0,
        name: OWN_NAME.into(),
        controller: notice.controller.name,
        description: String::new(),
        purposes: Vec::new(),
        privacy_url: String::new(),
        opt_out_url: String::new(),
        cookies: notice.own,
    })
    .filter(|own| !own.cookies.is_empty());
    let categories = notice
        .categories
        .into_iter()
        .map(|mut category| {
            if let Some(own) = own.take_if(|_| category.locked) {
                category.services.insert(0, own);
            }
            view! { <CategoryTable category labels=labels.clone() /> }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="consentry-declaration" lang=notice.language dir=notice.dir>
            <h2>{texts.declaration_title}</h2>
            <p>{version}</p>
            {categories}
            <p>{texts.cookies_explained}</p>
        </div>
    }
}

/// One category: what it is for, and a table of its services with what each stores.
#[component]
fn CategoryTable(
    /// What it says.
    category: CategoryNotice,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    let count = category.services.len();
    let (name, label) = (category.name.clone(), category.name);
    let services = category
        .services
        .into_iter()
        .map(|service| view! { <ServiceRows service labels=labels.clone() /> })
        .collect::<Vec<_>>();
    let table = (count > 0).then(|| {
        // Wide tables scroll by themselves, also by keyboard, so that the page need not.
        view! {
            <div role="region" tabindex="0" aria-label=label>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{fill(&labels.services, &count.to_string())}</th>
                            <th scope="col">{labels.purposes}</th>
                            <th scope="col">{labels.item_name}</th>
                            <th scope="col">{labels.item_kind}</th>
                            <th scope="col">{labels.item_kept}</th>
                        </tr>
                    </thead>
                    {services}
                </table>
            </div>
        }
    });
    view! {
        <h3>{name}</h3>
        <p>{category.description}</p>
        {table}
    }
}

/// The rows of one service: itself once, beside as many things as it stores.
#[component]
fn ServiceRows(
    /// What it says.
    service: ServiceNotice,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    let rows = service.cookies.len().max(1).to_string();
    let purposes = service.purposes.join(" · ");
    let no_purposes = purposes.is_empty();
    let (privacy, opt_out) = (safe_url(service.privacy_url), safe_url(service.opt_out_url));
    let mut cookies = service.cookies.into_iter();
    let cells = |cookie: Option<CookieNotice>| match cookie {
        Some(cookie) => view! { <CookieCells cookie labels=labels.clone() /> }.into_any(),
        None => view! { <td colspan="3">{"\u{2013}"}</td> }.into_any(),
    };
    let first = cells(cookies.next());
    let rest =
        cookies.map(|cookie| cells(Some(cookie))).map(|cells| view! { <tr>{cells}</tr> }).collect::<Vec<_>>();
    view! {
        <tbody>
            <tr>
                <th scope="rowgroup" rowspan=rows.clone()>
                    <span>{service.name}</span>
                    <br />
                    <small>
                        <bdi>{service.controller}</bdi>
                    </small>
                    <br />
                    <Outward url=privacy text=labels.privacy_notice.clone() />
                    " "
                    <Outward url=opt_out text=labels.opt_out.clone() />
                </th>
                <td rowspan=rows>
                    {service.description}
                    <br hidden=no_purposes />
                    <small>{purposes}</small>
                </td>
                {first}
            </tr>
            {rest}
        </tbody>
    }
}
