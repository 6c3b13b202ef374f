//! For what is slow by design: it runs when it is asked for, and can be stopped.

use leptos::prelude::*;

use super::elapsed::elapsed;
use super::live::{by, heard, live};
use super::words::count;

/// One button, so that the focus stays on it: `run` until it runs, then Stop.
pub fn run_button(run: &'static str, is_running: Memo<bool>, press: Callback<()>) -> AnyView {
    let says = move || if is_running.get() { "It runs. The page stays usable." } else { "" };
    let seconds = elapsed(is_running);
    // Beside what a screen reader says: it would read out every second.
    let so_far =
        move || is_running.get().then(|| format!(" {} so far.", count(seconds.get() as usize, "second")));
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
        <p class="quiet"><span role="status">{live(says)}</span><span aria-hidden="true">{live(so_far)}</span></p>
    }
    .into_any()
}
