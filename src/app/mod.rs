//! The page: draws what the engine returns.
//!
//! [`state`] holds what was typed, `panels` draw it, `parts` are what several panels use, and `platform` alone touches
//! the browser.

mod frame;
mod incoming;
mod panels;
mod parts;
mod platform;
mod state;

use leptos::prelude::*;

use crate::app::parts::live::{by, live};

use frame::{Foot, Head, KEY_LIST_ID, KeyList, NoticeLine};
use panels::generate::GeneratePanel;
use panels::guide::GuidePanel;
use panels::inspect::InspectPanel;
use panels::sign::SignPanel;
use platform::engine::EngineStatus;
use platform::keys::{self, Command};
use platform::{element, file, hash, title};
use state::{PANEL_ID, Panel, State};

#[component]
pub fn App() -> impl IntoView {
    let state = State::provide();
    follow_address(state);
    keys::listen(move |command| run(state, command));
    let dragged = file::on_drop(move |file| incoming::dropped(state, file));
    let status = state.engine.status();
    Effect::new(move |_| {
        if let EngineStatus::Restarted(why) = status.get() {
            state.say(why);
        }
    });
    view! {
        <Head />
        <main class="frame-main" id=PANEL_ID tabindex="-1" aria-label=by(move || state.panel.get().title())>
            <Shown panel=Panel::Generate><GeneratePanel /></Shown>
            <Shown panel=Panel::Inspect><InspectPanel /></Shown>
            <Shown panel=Panel::Sign><SignPanel /></Shown>
            <Shown panel=Panel::Guide><GuidePanel /></Shown>
        </main>
        <Foot />
        <NoticeLine />
        <div class="drop-note" hidden=by(move || !dragged.get()) aria-hidden="true">
            <p>"Drop it here: a key becomes the secret, anything else is looked at. It stays in this page."</p>
        </div>
        <KeyList />
    }
}

/// A panel: made when it is first asked for, then kept, so that nothing in it is lost.
#[component]
fn Shown(panel: Panel, children: ChildrenFn) -> impl IntoView {
    let state = State::get();
    let is_shown = move || state.panel.get() == panel;
    let was_shown = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or_default() || is_shown());
    view! { <div hidden=by(move || !is_shown())>{live(move || was_shown.get().then(|| children()))}</div> }
}

/// Shows what the address names, now and whenever it changes, and names it in the title.
fn follow_address(state: State) {
    let first = hash::read();
    if !incoming::from_address(state, &first) {
        state.show(&first);
    }
    hash::on_change(move |hash| {
        if incoming::from_address(state, &hash) {
            element::to_top();
        } else if Panel::of_route(&hash).is_some() {
            state.show(&hash);
            state.notice.set(None);
            element::to_top();
        }
    });
    Effect::new(move |_| title::set(state.panel.get().title()));
}

/// Does what a key asks for. Says whether there was something to do.
fn run(state: State, command: Command) -> bool {
    match command {
        Command::Panel(index) => {
            let panel = Panel::ALL.get(index);
            panel.inspect(|panel| state.go(**panel)).is_some()
        }
        Command::MainBox => keys::focus_main_box(),
        Command::Clear => state.clear_main_box(),
        Command::Help => {
            element::open_dialog(KEY_LIST_ID);
            true
        }
    }
}
