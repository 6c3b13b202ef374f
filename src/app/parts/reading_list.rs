//! The ways in which a secret was read, and what each gave.

use keyjar::protocol::{Outcome, Reading, Role};
use leptos::prelude::*;

use super::prose::Prose;
use super::token_view::part_text;
use super::verdict::{State, mark};
use super::words::count;

/// The readings as a list; `secrets` is how many secrets they are of.
pub fn reading_list(readings: &[Reading], secrets: usize) -> AnyView {
    let items = readings.iter().map(|reading| item(reading, secrets)).collect::<Vec<_>>();
    view! { <ul class="reading-list">{items}</ul> }.into_any()
}

fn item(reading: &Reading, secrets: usize) -> AnyView {
    let label =
        if secrets > 1 { format!("{}. {}", reading.index + 1, reading.label) } else { reading.label.clone() };
    let (state, said, made) = match &reading.outcome {
        Outcome::Matches { bytes, expected } => {
            (State::Valid, count(*bytes, "byte"), Some(part_text(Role::Signature, expected)))
        }
        Outcome::Differs { bytes, expected } => {
            (State::Invalid, count(*bytes, "byte"), Some(expected.clone().into_any()))
        }
        Outcome::SameAs { bytes, label } => {
            (State::Unchecked, format!("the same {} as {label}", count(*bytes, "byte")), None)
        }
        Outcome::Unreadable { reason } => (State::Unchecked, reason.clone(), None),
    };
    view! {
        <li class:is-match=state == State::Valid>
            {mark(state, label)} <span class="quiet"><Prose text=said /></span>
            {made.map(|made| view! { <span class="values">{made}</span> })}
        </li>
    }
    .into_any()
}
