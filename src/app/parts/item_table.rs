//! The cookies and tokens that were found. A row is chosen by its name; on a narrow screen a row is a small card.
//!
//! The roles are written out because a table that is laid out as a grid loses them in some browsers.

use keyjar::moment::grouped;
use keyjar::protocol::{Fact, FactValue, ItemReport, Source};
use leptos::prelude::*;

use crate::app::parts::live::heard;

use super::finding_list::figures;
use super::verdict::{State, mark, word};

/// The table; `choose` is told the index of the chosen row.
pub fn item_table(items: &[ItemReport], chosen: usize, choose: Callback<usize>) -> AnyView {
    let rows =
        items.iter().enumerate().map(|(i, item)| row(i, item, i == chosen, choose)).collect::<Vec<_>>();
    view! {
        <table class="items" role="table" aria-labelledby="inspect-found">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Name"</th>
                    <th role="columnheader" scope="col">"Scheme"</th>
                    <th role="columnheader" scope="col">"Verdict"</th>
                    <th role="columnheader" scope="col">"Expires"</th>
                    <th role="columnheader" scope="col" class="is-number">"Bytes"</th>
                    <th role="columnheader" scope="col">"Remarks"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(index: usize, item: &ItemReport, is_chosen: bool, choose: Callback<usize>) -> AnyView {
    let opened = item.opened.as_ref();
    let known = item.known.as_ref().map_or("unknown", |known| &known.title);
    let title = opened.map_or(known, |opened| &opened.title).to_owned();
    let state = match opened {
        Some(opened) => mark(State::of(&opened.verdict), word(&opened.verdict)),
        None => mark(State::Unchecked, "Not signed"),
    };
    let until = opened.and_then(|opened| expiry(&opened.facts)).or_else(|| expiry(&item.stored));
    let until = until.unwrap_or_else(|| "unknown".to_owned());
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <button
                    class="pick"
                    type="button"
                    aria-current=is_chosen.then_some("true")
                    on:click=heard(move |_| choose.run(index))
                >
                    {name(item)}
                </button>
            </th>
            <td role="cell" class="scheme">{title}</td>
            <td role="cell" class="state">{state}</td>
            <td role="cell" class="until">{until}</td>
            <td role="cell" class="size is-number">{grouped(item.size() as u64)}</td>
            <td role="cell" class="notes">{figures(&item.findings)}</td>
        </tr>
    }
    .into_any()
}

/// The cookie's name, or where the value stood.
pub fn name(item: &ItemReport) -> String {
    match (&item.name, item.source) {
        (Some(name), _) => name.clone(),
        (None, Source::Bearer) => "Authorization".to_owned(),
        (None, _) => "(no name)".to_owned(),
    }
}

/// How far the end is.
fn expiry(facts: &[Fact]) -> Option<String> {
    facts.iter().filter(|fact| fact.term.starts_with("Expire")).find_map(|fact| match &fact.value {
        FactValue::Time { distance, utc, .. } => Some(distance.clone().unwrap_or_else(|| utc.clone())),
        FactValue::Text(_) => None,
    })
}
