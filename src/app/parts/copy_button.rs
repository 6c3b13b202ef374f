//! A button that puts text on the clipboard, says so for two seconds, and then is itself again.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icon::{Glyph, Icon};
use crate::app::platform::{clipboard, element};
use crate::app::state::State;

const SHOWN: Duration = Duration::from_secs(2);

/// `text` is read when the button is pressed. Where the browser refuses, the text of the element with the id `shown_in`
/// is selected instead, and the page says which keys copy it.
#[component]
pub fn CopyButton(
    /// `Copy key`
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] text: Signal<String>,
    /// The id of the element that shows the text.
    #[prop(into)]
    shown_in: String,
    /// What a screen reader says, where the label alone does not tell it from others.
    #[prop(optional, into)]
    says: Option<String>,
    /// `is-primary`, `is-quiet` …
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let state = State::get();
    let done = RwSignal::new(false);
    let copied = move || {
        done.set(true);
        state.spoken.set("Copied".into());
        set_timeout(
            move || {
                done.try_set(false);
                state.spoken.set(String::new());
            },
            SHOWN,
        );
    };
    let copy = move |_| {
        let text = untrack(|| text.get());
        let shown_in = shown_in.clone();
        spawn_local(async move {
            if clipboard::copy(&text).await {
                copied();
            } else {
                element::select(&shown_in);
                state.say("The browser did not allow copying. The text is selected: copy it with Ctrl C, or ⌘ C on a Mac.");
            }
        });
    };
    view! {
        <button class=format!("button copy-button {class}") class:is-done=done type="button" aria-label=says on:click=copy>
            <Icon glyph=Signal::derive(move || if done.get() { Glyph::Check } else { Glyph::Copy }) />
            <span class="words">
                <span class="idle">{label}</span>
                <span class="done" aria-hidden="true">"Copied"</span>
            </span>
        </button>
    }
}
