//! The page: draws what the engine returns.
//!
//! [`state`] holds what was typed, `panels` draw it, `parts` are what several panels use, and `platform` alone touches
//! the browser.

mod panels;
mod parts;
mod platform;
mod state;

use leptos::prelude::*;

use panels::generate::GeneratePanel;
use panels::guide::GuidePanel;
use panels::inspect::InspectPanel;
use panels::sign::SignPanel;
use platform::hash;
use state::{Panel, State};

#[component]
pub fn App() -> impl IntoView {
    let state = State::provide();
    state.show(&hash::read());
    hash::on_change(move |hash| state.show(&hash));
    view! {
        <main class="frame-main" id="panel" tabindex="-1">
            <Shown panel=Panel::Generate><GeneratePanel /></Shown>
            <Shown panel=Panel::Inspect><InspectPanel /></Shown>
            <Shown panel=Panel::Sign><SignPanel /></Shown>
            <Shown panel=Panel::Guide><GuidePanel /></Shown>
        </main>
    }
}

/// A panel: made when it is first asked for, then kept, so that nothing in it is lost.
#[component]
fn Shown(panel: Panel, children: ChildrenFn) -> impl IntoView {
    let state = State::get();
    let is_shown = move || state.panel.get() == panel;
    let was_shown = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or_default() || is_shown());
    view! {
        <div hidden=move || !is_shown()>{move || was_shown.get().then(|| children())}</div>
    }
}
