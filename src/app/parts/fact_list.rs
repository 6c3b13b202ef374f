//! Facts: a term and what it is, one line each. Times stand in four columns: term, local, UTC, distance.

use keyjar::protocol::{Fact, FactValue};
use leptos::prelude::*;

use super::prose::Prose;
use crate::app::platform::clock;

/// What the fact is called: an `Expires` that lies in the past is `Expired`.
pub fn term(fact: &Fact) -> &str {
    match &fact.value {
        FactValue::Time { distance: Some(distance), .. }
            if distance.ends_with(" ago") && fact.term == "Expires" =>
        {
            "Expired"
        }
        _ => &fact.term,
    }
}

/// The facts as a list of terms.
pub fn fact_list(facts: &[Fact]) -> AnyView {
    view! { <dl class="facts">{facts.iter().map(row).collect::<Vec<_>>()}</dl> }.into_any()
}

fn row(fact: &Fact) -> AnyView {
    let from = fact
        .from
        .clone()
        .filter(|from| !from.eq_ignore_ascii_case(&fact.term))
        .map(|from| view! { " " <code class="from">{from}</code> });
    let value = match &fact.value {
        FactValue::Text(text) => view! { <dd class="is-wide"><Prose text=text.clone() /></dd> }.into_any(),
        FactValue::Time { unix, utc, distance } => {
            let local = clock::local(*unix).unwrap_or_default();
            let also = after_shared_day(utc, &local).to_owned();
            let distance = distance.clone().unwrap_or_default();
            view! { <dd>{local}</dd><dd class="also">{also}</dd><dd class="also">{distance}</dd> }.into_any()
        }
    };
    view! { <div><dt>{term(fact).to_owned()}{from}</dt>{value}</div> }.into_any()
}

/// `utc` without its date where that is the local one too.
fn after_shared_day<'a>(utc: &'a str, local: &str) -> &'a str {
    match (utc.split_once(' '), local.split_once(' ')) {
        (Some((day, time)), Some((local_day, _))) if day == local_day => time,
        _ => utc,
    }
}
