//! One thing in several forms: a list of tabs and the panel of the chosen one (ARIA Authoring Practices, Tabs).

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::app::parts::live::{by, heard};

use crate::app::platform::element;

#[component]
pub fn Tabs(
    /// Begins the ids of the tabs and of their panel; different from every other in the page.
    id: &'static str,
    /// What a screen reader calls the list.
    label: &'static str,
    tabs: Vec<String>,
    chosen: RwSignal<usize>,
    /// What the panel shows.
    children: Children,
) -> impl IntoView {
    let count = tabs.len();
    let tab_id = move |index: usize| format!("{id}-tab-{index}");
    let panel_id = format!("{id}-panel");
    let on_key = move |event: KeyboardEvent| {
        let at = chosen.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        chosen.set(to);
        element::focus_in_place(&tab_id(to));
    };
    let buttons = tabs
        .into_iter()
        .enumerate()
        .map(|(index, label)| {
            view! {
                <button
                    type="button"
                    role="tab"
                    id=tab_id(index)
                    aria-selected=by(move || (chosen.get() == index).to_string())
                    aria-controls=panel_id.clone()
                    tabindex=by(move || if chosen.get() == index { "0" } else { "-1" })
                    on:click=heard(move |_| chosen.set(index))
                >
                    {label}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="tabs-row">
            <div class="tabs" role="tablist" aria-label=label on:keydown=on_key>
                {buttons}
            </div>
        </div>
        <div role="tabpanel" id=panel_id.clone() aria-labelledby=by(move || tab_id(chosen.get()))>
            {children()}
        </div>
    }
}
