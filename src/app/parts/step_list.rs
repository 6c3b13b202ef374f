//! How a value is made, line by line, with its own bytes.

use keyjar::moment::grouped;
use keyjar::protocol::{Excerpt, Step};
use leptos::prelude::*;

use crate::app::parts::live::{heard, live};

use super::copy_button::CopyButton;
use super::token_view::part_text;
use super::words::count;

/// The steps as a numbered list. `id` begins the ids of their bytes; different from every other in the page.
pub fn step_list(id: &str, steps: &[Step]) -> AnyView {
    let items: Vec<_> =
        steps.iter().enumerate().map(|(index, step)| item(step, format!("{id}-{index}"))).collect();
    view! { <ol class="steps">{items}</ol> }.into_any()
}

fn item(step: &Step, id: String) -> AnyView {
    let formula = (!step.formula.is_empty()).then(|| view! { <code>{step.formula.clone()}</code> });
    let bytes = if step.output.secret {
        view! { <Masked excerpt=step.output.clone() name=step.name.clone() id /> }.into_any()
    } else {
        let shown = bytes(&step.output);
        let shown = match step.role {
            Some(role) => part_text(role, &shown),
            None => shown.into_any(),
        };
        let copy = copy(&step.output, &step.name, &id);
        view! {
            <div class="copied">
                <p class="values bytes" class:is-hex=step.output.is_hex id=id>{shown}{rest(&step.output)}</p>
                {copy}
            </div>
        }
        .into_any()
    };
    view! { <li><h3>{step.name.clone()}" "{formula}</h3>{bytes}</li> }.into_any()
}

/// Copies the bytes as they are shown, but for the gaps between the groups of hex.
fn copy(excerpt: &Excerpt, name: &str, id: &str) -> AnyView {
    let (text, says) = (excerpt.shown.clone(), format!("Copy the {}", lower(name)));
    view! { <CopyButton label="Copy" says text shown_in=id class="is-quiet" /> }.into_any()
}

/// `signing input`, and `HMAC key` as it is.
fn lower(name: &str) -> String {
    let is_word = name.chars().skip(1).take(1).all(char::is_lowercase);
    if is_word { name.to_lowercase() } else { name.to_owned() }
}

/// Bytes of the person's key: shown, and copied, only when asked for.
#[component]
fn Masked(excerpt: Excerpt, name: String, id: String) -> impl IntoView {
    let open = RwSignal::new(false);
    let words = move || if open.get() { "Hide" } else { "Show" };
    let length = count(excerpt.length, "byte");
    let is_hex = excerpt.is_hex;
    let label = {
        let name = lower(&name);
        move || format!("{} the {name}", words())
    };
    let shown = move || {
        if open.get() {
            let copy = copy(&excerpt, &name, &id);
            view! {
                <div class="copied">
                    <p class="values bytes" class:is-hex=is_hex id=id.clone()>{bytes(&excerpt)}{rest(&excerpt)}</p>
                    {copy}
                </div>
            }
            .into_any()
        } else {
            view! { <span class="quiet">{length.clone()}", hidden"</span> }.into_any()
        }
    };
    view! {
        <div class="masked">
            {live(shown)} " "
            <button class="link" type="button" aria-label=label on:click=heard(move |_| open.update(|open| *open = !*open))>
                {live(words)}
            </button>
        </div>
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
