//! The head: the four panels, the seal, the secrets' end, the theme. Below 40rem the panels are a bar at the bottom.

use leptos::prelude::*;

use crate::app::parts::live::{by, heard};

use super::sealed::{SealedButton, SealedNote};
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::platform::theme::Theme;
use crate::app::platform::{element, keys};
use crate::app::state::{PANEL_ID, Panel, State};

#[component]
pub fn Head() -> impl IntoView {
    let state = State::get();
    let skip = move |event: leptos::ev::MouseEvent| {
        // Not by the address, which says which panel is shown.
        event.prevent_default();
        element::focus(PANEL_ID);
    };
    view! {
        <header class="frame-head">
            <a class="skip" href=format!("#{PANEL_ID}") on:click=skip>"To the panel"</a>
            <div class="frame-row">
                <a class="brand" href="#generate"><Icon glyph=Glyph::Jar /><span>"Keyjar"</span></a>
                <nav class="panels" aria-label="Panels">
                    {Panel::ALL.into_iter().map(|panel| view! { <PanelLink panel /> }).collect_view()}
                </nav>
                <div class="frame-tools">
                    <SealedButton />
                    <button
                        class="button is-quiet clear-secrets"
                        type="button"
                        title="Clear every secret in the page"
                        on:click=heard(move |_| state.clear_secrets())
                    >
                        <Icon glyph=Glyph::Broom />
                        <span class="words">"Clear secrets"</span>
                    </button>
                    <ThemeSwitch />
                </div>
            </div>
        </header>
        <SealedNote />
    }
}

#[component]
fn PanelLink(panel: Panel) -> impl IntoView {
    let state = State::get();
    let glyph = match panel {
        Panel::Generate => Glyph::Key,
        Panel::Inspect => Glyph::Lens,
        Panel::Sign => Glyph::Pen,
        Panel::Guide => Glyph::Book,
    };
    view! {
        <a
            href=format!("#{}", panel.route())
            aria-current=by(move || (state.panel.get() == panel).then_some("page"))
            on:click=heard(move |event| {
                if keys::pressed_by_key(&event) {
                    state.focus_panel();
                }
            })
        >
            <Icon glyph />
            <span>{panel.title()}</span>
        </a>
    }
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(Theme::default());
    let label = move || format!("Theme: {}", theme.get().label());
    let glyph = Signal::derive(move || match theme.get() {
        Theme::System => Glyph::Half,
        Theme::Light => Glyph::Sun,
        Theme::Dark => Glyph::Moon,
    });
    Effect::new(move |_| theme.get().apply());
    view! {
        <button
            class="button is-quiet is-bare"
            type="button"
            aria-label=label
            title=label
            on:click=heard(move |_| theme.update(|theme| *theme = theme.next()))
        >
            <Icon glyph />
        </button>
    }
}
