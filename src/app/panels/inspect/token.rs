//! What only tokens have in the report: the checks of their claims, the token inside, what is disclosed, and code.

use keyjar::protocol::{ItemReport, TokenReport};
use leptos::prelude::*;

use crate::app::parts::check_list::{check_list, tally};
use crate::app::parts::disclosure_table::disclosure_table;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::live::{heard, live};
use crate::app::parts::programs::Programs;
use crate::app::parts::words::count;

/// A part of the token's report, of an item that has one.
pub fn of_token<T: Default + PartialEq + Send + Sync + 'static>(
    item: Memo<Option<ItemReport>>,
    read: fn(&TokenReport) -> T,
) -> Memo<T> {
    Memo::new(move |_| {
        item.with(|item| {
            let opened = item.as_ref().and_then(|item| item.opened.as_ref());
            opened.and_then(|opened| opened.token.as_deref()).map(read).unwrap_or_default()
        })
    })
}

/// Whether it is a token with claims, whose keys are read by their type.
pub fn is_token(item: Memo<Option<ItemReport>>) -> Memo<bool> {
    Memo::new(move |_| {
        item.with(|item| {
            let opened = item.as_ref().and_then(|item| item.opened.as_ref());
            opened.is_some_and(|opened| opened.token.is_some())
        })
    })
}

/// The token that is inside of this one; `open` is given it.
#[component]
pub fn Nested(item: Memo<Option<ItemReport>>, open: Callback<String>) -> impl IntoView {
    let nested = of_token(item, |token| token.nested.clone());
    live(move || {
        nested.get().map(|inner| {
            view! {
                <div class="nested">
                    <p>"There is another token inside of this one."</p>
                    <button class="button" type="button" on:click=heard(move |_| open.run(inner.clone()))>
                        "Open the token inside"
                        <Icon glyph=Glyph::Arrow />
                    </button>
                </div>
            }
        })
    })
}

/// The checks of the claims.
#[component]
pub fn Checks(item: Memo<Option<ItemReport>>) -> impl IntoView {
    let checks = of_token(item, |token| token.checks.clone());
    live(move || {
        let checks = checks.get();
        (!checks.is_empty()).then(|| {
            view! {
                <section aria-labelledby="inspect-checks">
                    <div class="report-head">
                        <h2 id="inspect-checks">"Checks"</h2>
                        <span class="count">{tally(&checks)}</span>
                    </div>
                    {check_list(&checks)}
                </section>
            }
        })
    })
}

/// What an SD-JWT discloses.
#[component]
pub fn Disclosures(item: Memo<Option<ItemReport>>) -> impl IntoView {
    let disclosures = of_token(item, |token| token.disclosures.clone());
    live(move || {
        let disclosures = disclosures.get();
        (!disclosures.is_empty()).then(|| {
            view! {
                <section class="sheet" id="inspect-disclosed" tabindex="-1" aria-labelledby="inspect-disclosures">
                    <div class="sheet-head">
                        <div class="sheet-title">
                            <h2 id="inspect-disclosures">"Disclosed"</h2>
                            <span class="quiet">{count(disclosures.len(), "claim")}</span>
                        </div>
                    </div>
                    {disclosure_table(&disclosures, "inspect-disclosures")}
                </section>
            }
        })
    })
}

/// Code that verifies this very token.
#[component]
pub fn Code(item: Memo<Option<ItemReport>>) -> impl IntoView {
    let snippets = of_token(item, |token| token.code.clone());
    let is_there = Memo::new(move |_| snippets.with(|snippets| !snippets.is_empty()));
    let foot =
        || "The algorithm is pinned, and the key read from the environment. Set the variables that it names.";
    live(move || {
        is_there.get().then(|| {
            view! {
                <section aria-labelledby="inspect-code">
                    <div class="report-head"><h2 id="inspect-code">"Verify this in your code"</h2></div>
                    <Programs id="inspect-program" label="Languages" snippets variable=Signal::stored("SECRET") foot />
                </section>
            }
        })
    })
}
