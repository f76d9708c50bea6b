//! What is stored in the browser, as a table: name, kind, and for how long.

use consentry_api::notice::CookieNotice;
use leptos::prelude::*;

use crate::labels::Labels;

/// The table of one service; nothing when it stores nothing.
#[component]
pub(crate) fn CookieTable(
    /// What it stores.
    cookies: Vec<CookieNotice>,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    if cookies.is_empty() {
        return None;
    }
    let rows = cookies
        .into_iter()
        .map(|cookie| view! { <tr><CookieCells cookie labels=labels.clone() /></tr> })
        .collect::<Vec<_>>();
    Some(view! {
        <table>
            <caption>{labels.cookies}</caption>
            <thead>
                <tr>
                    <th scope="col">{labels.item_name}</th>
                    <th scope="col">{labels.item_kind}</th>
                    <th scope="col">{labels.item_kept}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

/// The three cells of one thing stored.
#[component]
pub(crate) fn CookieCells(
    /// The thing.
    cookie: CookieNotice,
    /// Repeating labels.
    labels: Labels,
) -> impl IntoView {
    // A pixel stores nothing, so it is kept for no time.
    let kept = if cookie.lifetime.is_empty() { "\u{2013}".to_owned() } else { cookie.lifetime };
    view! {
        <td>
            <code dir="ltr">{cookie.name}</code>
        </td>
        <td>{labels.kind(&cookie.storage)}</td>
        <td>{kept}</td>
    }
}
