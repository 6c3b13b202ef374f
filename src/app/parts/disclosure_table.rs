//! What an SD-JWT discloses, a row a claim; on a narrow screen a row is a small card.
//!
//! The roles are written out because a table that is laid out as a grid loses them in some browsers.

use keyjar::protocol::Disclosure;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// The table; `title` is the id of its heading.
pub fn disclosure_table(disclosures: &[Disclosure], title: &'static str) -> AnyView {
    let rows = disclosures.iter().map(row).collect::<Vec<_>>();
    view! {
        <table class="disclosures" role="table" aria-labelledby=title>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Claim"</th>
                    <th role="columnheader" scope="col">"Value"</th>
                    <th role="columnheader" scope="col">"In the signed part"</th>
                    <th role="columnheader" scope="col">"Salt and digest"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(disclosure: &Disclosure) -> AnyView {
    let name = match &disclosure.name {
        Some(name) => view! { <code>{name.clone()}</code> }.into_any(),
        None => view! { <span class="quiet">"an element"</span> }.into_any(),
    };
    let (key, glyph, word) = match disclosure.matched {
        true => ("passed", Glyph::Check, "yes"),
        false => ("failed", Glyph::Cross, "no: not confirmed"),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{name}</th>
            <td role="cell" class="values">{disclosure.value.clone()}</td>
            <td role="cell"><span class="disclosed" data-outcome=key><Icon glyph />{word}</span></td>
            <td role="cell" class="values quiet">
                <span>{disclosure.salt.clone()}</span>
                " "
                <span>{disclosure.digest.clone()}</span>
            </td>
        </tr>
    }
    .into_any()
}
