//! The key itself, the largest thing on the page, and how strong it is.

use keyjar::keygen::Written;
use keyjar::preset::strength::SCALE;
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::choice::Choice;
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::state::Keys;

const KEY_ID: &str = "key";

/// Characters that stand together. The groups are inline blocks, so that copying a selection gives no blanks.
const GROUP: usize = 8;

/// Characters up to which a key is shown whole and large.
const ALL_SHOWN: usize = 128;

#[component]
pub fn Readout(choice: Choice) -> impl IntoView {
    let hidden = choice.hidden;
    let has_key = move || choice.keys.with(|keys| keys.main().is_some());
    let text = Signal::derive(move || {
        choice.keys.with(|keys| keys.main().map(|key| key.text().to_owned()).unwrap_or_default())
    });
    view! {
        <section class="sheet readout" aria-labelledby="key-title">
            <div class="readout-key">
                <div class="readout-head">
                    <h1 id="key-title">{live(move || format!("{}-bit key", choice.bytes() * 8))}</h1>
                    <button
                        class="button is-quiet"
                        type="button"
                        on:click=heard(move |_| hidden.update(|hidden| *hidden = !*hidden))
                    >
                        <Icon glyph=Signal::derive(move || if hidden.get() { Glyph::Eye } else { Glyph::EyeShut }) />
                        {live(move || if hidden.get() { "Show" } else { "Hide" })}
                    </button>
                </div>
                {live(move || choice.keys.with(|keys| match keys {
                    Keys::Drawn(_) => view! { <KeyText text hidden /> }.into_any(),
                    Keys::Cleared => view! { <p class="quiet">"The key was cleared."</p> }.into_any(),
                    Keys::Failed(why) => {
                        view! {
                            <p class="error" role="alert"><Icon glyph=Glyph::Warning /><span>{why.clone()}</span></p>
                        }
                            .into_any()
                    }
                }))}
                <div class="buttons">
                    {live(move || has_key().then(|| {
                        view! { <CopyButton label="Copy key" text shown_in=KEY_ID class="is-primary" /> }
                    }))}
                    <button class="button" type="button" on:click=heard(move |_| choice.draw_again())>
                        <Icon glyph=Glyph::Again />
                        "New key"
                    </button>
                </div>
            </div>
            <Gauge choice />
        </section>
    }
}

#[component]
fn KeyText(text: Signal<String>, hidden: RwSignal<bool>) -> impl IntoView {
    let groups = move || {
        let text = text.get();
        let mut rest = text.as_str();
        let mut groups = Vec::new();
        while !rest.is_empty() {
            let end = rest.char_indices().nth(GROUP).map_or(rest.len(), |(at, _)| at);
            let (group, after) = rest.split_at(end);
            groups.push(view! { <span class="group">{group.to_owned()}</span><wbr /> });
            rest = after;
        }
        groups
    };
    let is_long = move || text.with(|text| text.len() > ALL_SHOWN);
    view! {
        <output
            class="key-value values"
            class:is-long=is_long
            // What scrolls must be reached by the keyboard.
            tabindex=by(move || is_long().then_some("0"))
            id=KEY_ID
            aria-label=by(move || if hidden.get() { "The key, hidden" } else { "The key" })
            aria-live="off"
        >
            {live(move || if hidden.get() { view! { <Mask text /> }.into_any() } else { groups().into_any() })}
        </output>
    }
}

/// As many dots as the key has characters: hidden also means that it is not in the document.
#[component]
fn Mask(text: Signal<String>) -> impl IntoView {
    move || {
        let length = text.with(|text| text.len());
        let groups = (0..length.div_ceil(GROUP)).map(|index| GROUP.min(length - index * GROUP));
        groups.map(|count| view! { <span class="group">{"•".repeat(count)}</span><wbr /> }).collect_view()
    }
}

#[component]
fn Gauge(choice: Choice) -> impl IntoView {
    let bits = move || choice.bytes() * 8;
    let marks = SCALE
        .into_iter()
        .enumerate()
        .map(|(index, mark)| {
            let is_met = move || bits() >= mark.bits;
            let is_here = move || is_met() && SCALE.get(index + 1).is_none_or(|next| bits() < next.bits);
            view! {
                <li class:is-met=is_met class:is-here=is_here>
                    <span>{mark.bits}</span>
                    {mark.algorithm.map(|algorithm| view! { <span>{algorithm}</span> })}
                </li>
            }
        })
        .collect_view();
    let drawn = move || {
        let recipe = choice.keys.with(|keys| keys.main().map(|key| key.recipe()))?;
        let characters = recipe.characters();
        Some(match recipe.written {
            Written::Characters(_) => format!(
                "{characters} characters, each drawn by itself from {}, by the browser’s secure random source.",
                recipe.written.label()
            ),
            _ => format!(
                "{} bytes from the browser’s secure random source, written as {characters} characters.",
                recipe.bytes
            ),
        })
    };
    view! {
        <div class="readout-gauge">
            <h2>"Strength"</h2>
            <ol class="scale" aria-label=by(move || format!("{} bits", bits()))>{marks}</ol>
            <p>{live(move || choice.strength())}</p>
            <p class="quiet small">{drawn}</p>
        </div>
    }
}
