//! A line at the foot of the window: what was just done, with a way back where there is one.

use leptos::prelude::*;

use crate::app::parts::live::{by, heard};

use crate::app::parts::icon::{Glyph, Icon};
use crate::app::state::State;

#[component]
pub fn NoticeLine() -> impl IntoView {
    let state = State::get();
    let text = move || state.notice.with(|notice| notice.as_ref().map(|notice| notice.text.clone()));
    let undo = move || {
        state.notice.with(|notice| notice.as_ref().and_then(|notice| notice.undo)).map(|undo| {
            view! {
                <button
                    class="button is-quiet is-strong"
                    type="button"
                    on:click=heard(move |_| {
                        undo.run(());
                        state.notice.set(None);
                    })
                >
                    "Undo"
                </button>
            }
        })
    };
    view! {
        <div class="notice" class:is-shown=by(move || state.notice.with(Option::is_some))>
            // There from the start: a screen reader watches only what it has seen.
            <p role="status">{text}</p>
            {undo}
            <button
                class="button is-quiet is-bare"
                type="button"
                aria-label="Close this line"
                on:click=heard(move |_| state.notice.set(None))
            >
                <Icon glyph=Glyph::Cross />
            </button>
        </div>
        <p class="visually-hidden" role="status">{state.spoken}</p>
    }
}
