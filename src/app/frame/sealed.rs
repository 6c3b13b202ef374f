//! What the browser now refuses, how to see it, and what it does not cover.

use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use crate::app::parts::icon::{Glyph, Icon};
use crate::app::platform::element;
use crate::app::platform::engine::EngineStatus;
use crate::app::platform::seal::Seal;
use crate::app::state::State;

const ID: &str = "sealed";

#[component]
pub fn SealedButton() -> impl IntoView {
    let state = State::get();
    let label = move || match state.sealed.get() {
        Seal::Loading => "Sealing…",
        Seal::Sealed => "Sealed",
        Seal::Failed(_) => "No engine",
    };
    let glyph = Signal::derive(move || match state.sealed.get() {
        Seal::Loading => Glyph::ShieldEmpty,
        Seal::Sealed => Glyph::Shield,
        Seal::Failed(_) => Glyph::Warning,
    });
    view! {
        <button
            class="button is-quiet seal"
            class:is-sealed=by(move || state.sealed.get() == Seal::Sealed)
            class:is-failed=by(move || matches!(state.sealed.get(), Seal::Failed(_)))
            type="button"
            popovertarget=ID
        >
            <Icon glyph />
            {label}
        </button>
    }
}

#[component]
pub fn SealedNote() -> impl IntoView {
    let state = State::get();
    let status = state.engine.status();
    view! {
        <div class="float" id=ID popover="auto" role="dialog" aria-labelledby="sealed-title">
            {live(move || match state.sealed.get() {
                Seal::Loading => view! { <Loading /> }.into_any(),
                Seal::Sealed => view! { <Sealed /> }.into_any(),
                Seal::Failed(_) => view! { <h2 id="sealed-title">"The engine is not there"</h2> }.into_any(),
            })}
            {live(move || match status.get() {
                EngineStatus::Failed(why) => Some(view! { <p class="error">{why}</p> }),
                _ => None,
            })}
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <h2 id="sealed-title">"Not sealed yet"</h2>
        <p>
            "The engine is still loading. As soon as it is there, the browser is told to refuse every further
            connection, and only then the engine starts."
        </p>
    }
}

#[component]
fn Sealed() -> impl IntoView {
    view! {
        <h2 id="sealed-title">"This page is sealed"</h2>
        <p>
            "Since it loaded, your browser refuses every connection that the page could make. It enforces this itself,
            by a policy that the page cannot take back."
        </p>
        <ul class="is-ticked">
            <Held>
                "No requests: "<code>"default-src 'none'"</code>" for fetch, WebSocket, beacons, images from elsewhere, frames
                and forms, in the page and in its worker"
            </Held>
            <Held>"No other scripts than those that it came with"</Held>
            <Held>"Nothing stored: no cookies, no local storage. Closing the tab ends it"</Held>
        </ul>
        <p>
            <strong>"Not covered: "</strong>
            "leaving the page, as by a link, WebRTC, and your browser's extensions. The page uses no WebRTC, and no link carries
            what you typed."
        </p>
        <p class="quiet small">
            "To see for yourself: watch DevTools, Network; type "<code>"fetch('/')"</code>" in its console and see it refused; or
            turn the network off and go on working."
        </p>
        <p class="small">
            <a href="#guide/the-seal" on:click=heard(move |_| element::close_popover(ID))>"How to check it, step by step"</a>
        </p>
    }
}

#[component]
fn Held(children: Children) -> impl IntoView {
    view! {
        <li>
            <Icon glyph=Glyph::Check />
            <span>{children()}</span>
        </li>
    }
}
