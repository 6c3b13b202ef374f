//! How a value is made, line by line, with its own bytes.

use keyjar::moment::grouped;
use keyjar::protocol::{Excerpt, Step};
use leptos::prelude::*;

use crate::app::parts::live::heard;

use super::token_view::part_text;
use super::words::count;

/// The steps as a numbered list.
pub fn step_list(steps: &[Step]) -> AnyView {
    view! { <ol class="steps">{steps.iter().map(item).collect::<Vec<_>>()}</ol> }.into_any()
}

fn item(step: &Step) -> AnyView {
    let formula = (!step.formula.is_empty()).then(|| view! { <code>{step.formula.clone()}</code> });
    let bytes = if step.output.secret {
        view! { <Masked excerpt=step.output.clone() name=step.name.clone() /> }.into_any()
    } else {
        let shown = bytes(&step.output);
        let shown = match step.role {
            Some(role) => part_text(role, &shown),
            None => shown.into_any(),
        };
        view! { <p class="values bytes" class:is-hex=step.output.is_hex>{shown}{rest(&step.output)}</p> }
            .into_any()
    };
    view! { <li><h3>{step.name.clone()}" "{formula}</h3>{bytes}</li> }.into_any()
}

/// Bytes of the person's key: shown only when asked for.
#[component]
fn Masked(excerpt: Excerpt, name: String) -> impl IntoView {
    let open = RwSignal::new(false);
    let words = move || if open.get() { "Hide" } else { "Show" };
    let length = count(excerpt.length, "byte");
    let is_hex = excerpt.is_hex;
    let shown = move || {
        if open.get() {
            view! { <span class="values bytes" class:is-hex=is_hex>{bytes(&excerpt)}{rest(&excerpt)}</span> }
                .into_any()
        } else {
            view! { <span class="quiet">{length.clone()}", hidden"</span> }.into_any()
        }
    };
    let label = move || format!("{} the {}", words(), name.to_lowercase());
    view! {
        <p class="masked">
            {shown} " "
            <button class="link" type="button" aria-label=label on:click=heard(move |_| open.update(|open| *open = !*open))>
                {words}
            </button>
        </p>
    }
}

/// Hex in groups of four bytes, text as it is.
pub fn bytes(excerpt: &Excerpt) -> String {
    if excerpt.is_hex { hex_groups(&excerpt.shown) } else { excerpt.shown.clone() }
}

/// `fd9ba133 a4f921eb`
pub fn hex_groups(hex: &str) -> String {
    let mut out = String::with_capacity(hex.len() + hex.len() / 8);
    for (i, digit) in hex.chars().enumerate() {
        if i > 0 && i % 8 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

fn rest(excerpt: &Excerpt) -> Option<AnyView> {
    let shown = if excerpt.is_hex { excerpt.shown.len() / 2 } else { excerpt.shown.len() };
    excerpt.cut.then(|| {
        let more = grouped(excerpt.length.saturating_sub(shown) as u64);
        view! { <span class="quiet">" … and "{more}" bytes more"</span> }.into_any()
    })
}
