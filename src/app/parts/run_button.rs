//! For what is slow by design: it runs when it is asked for, and can be stopped.

use leptos::prelude::*;

use super::live::{by, heard, live};

/// One button, so that the focus stays on it: `run` until it runs, then Stop.
pub fn run_button(run: &'static str, is_running: Memo<bool>, press: Callback<()>) -> AnyView {
    let says = move || if is_running.get() { "It runs. The page stays usable." } else { "" };
    let label = move || if is_running.get() { "Stop" } else { run };
    view! {
        <div class="buttons">
            <button
                class="button"
                class:is-primary=by(move || !is_running.get())
                type="button"
                on:click=heard(move |_| press.run(()))
            >
                {live(label)}
            </button>
        </div>
        <p class="quiet" role="status">{live(says)}</p>
    }
    .into_any()
}
