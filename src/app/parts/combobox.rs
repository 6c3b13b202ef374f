//! A combobox: type to find what is to be chosen, among many, in groups (ARIA Authoring Practices, Combobox).

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::live::{by, heard, live};
use crate::app::platform::element;

/// One line to choose. What is typed is looked for in all of its texts but the id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    pub id: String,
    pub title: String,
    /// The head under which it stands; offers of one group stand together. Empty for none.
    pub group: String,
    /// Shown beside the title, as code.
    pub code: String,
    /// What it is found by as well.
    pub terms: String,
}

impl Offer {
    fn matches(&self, query: &str) -> bool {
        [&self.title, &self.group, &self.code, &self.terms]
            .iter()
            .any(|text| text.to_lowercase().contains(query))
    }
}

/// What the combobox is about, in words.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What the list holds: `Frameworks`.
    pub list: &'static str,
    /// Stands in the box while nothing is chosen.
    pub placeholder: &'static str,
    /// Said when nothing is found: what to do then.
    pub none: &'static str,
}

/// A box with the chosen offer's title, and the list that opens under it.
#[component]
pub fn Combobox(
    id: &'static str,
    /// The id of what describes it.
    #[prop(optional)]
    described_by: &'static str,
    words: Words,
    #[prop(into)] offers: Signal<Vec<Offer>>,
    /// The id of the chosen offer.
    #[prop(into)]
    chosen: Signal<String>,
    choose: Callback<String>,
) -> impl IntoView {
    // What is typed while the list is open; nothing while it is closed.
    let query = RwSignal::new(None::<String>);
    let active = RwSignal::new(0);
    let found = Signal::derive(move || match query.get() {
        Some(query) => {
            let query = query.trim().to_lowercase();
            offers.with(|offers| offers.iter().filter(|offer| offer.matches(&query)).cloned().collect())
        }
        None => Vec::new(),
    });
    let is_open = move || query.with(Option::is_some);
    let title = move || {
        let is_chosen = |offer: &&Offer| chosen.with(|chosen| offer.id == *chosen);
        offers
            .with(|offers| offers.iter().find(is_chosen).map(|offer| offer.title.clone()).unwrap_or_default())
    };
    let shown = move || query.get().filter(|typed| !typed.is_empty()).unwrap_or_else(title);

    let open = move || {
        if query.with_untracked(Option::is_none) {
            query.set(Some(String::new()));
            let chosen = chosen.get_untracked();
            let index = found.with_untracked(|found| found.iter().position(|offer| offer.id == chosen));
            active.set(index.unwrap_or_default());
            element::select(id);
            request_animation_frame(move || {
                element::reveal_nearest(&float_id(id));
                element::reveal_nearest(&option_id(id, active.get_untracked()));
            });
        }
    };
    let close = move || query.set(None);
    let take = Callback::new(move |offer: String| {
        close();
        choose.run(offer);
    });
    let step = move |forward: bool| {
        let count = found.with_untracked(Vec::len).max(1);
        active.update(|at| *at = (*at + if forward { 1 } else { count - 1 }) % count);
        element::reveal_nearest(&option_id(id, active.get_untracked()));
    };
    let take_active = move || {
        let offer =
            found.with_untracked(|found| found.get(active.get_untracked()).map(|offer| offer.id.clone()));
        if let Some(offer) = offer {
            take.run(offer);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let is_open = query.with_untracked(Option::is_some);
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !is_open => open(),
            "ArrowDown" => step(true),
            "ArrowUp" => step(false),
            "Enter" if is_open => take_active(),
            "Escape" if is_open => close(),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="combobox">
            <div class="combobox-box">
                <input
                    class="input"
                    id=id
                    role="combobox"
                    aria-expanded=by(move || is_open().to_string())
                    aria-controls=format!("{id}-list")
                    aria-autocomplete="list"
                    aria-activedescendant=by(move || is_open().then(|| option_id(id, active.get())))
                    aria-describedby=(!described_by.is_empty()).then_some(described_by)
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=words.placeholder
                    prop:value=by(shown)
                    on:input=heard(move |event| {
                        query.set(Some(event_target_value(&event)));
                        active.set(0);
                    })
                    on:click=heard(move |_| open())
                    on:blur=heard(move |_| close())
                    on:keydown=heard(on_key)
                />
                <Icon glyph=Glyph::Down />
            </div>
            <div class="combobox-float" id=float_id(id) hidden=by(move || !is_open())>
                <div class="combobox-list" id=format!("{id}-list") role="listbox" aria-label=words.list tabindex="-1">
                    {live(move || found.with(|found| groups(id, found, chosen, active, take)))}
                </div>
                <p class="combobox-keys">
                    <span role="status">{live(move || count(found.with(Vec::len), words.none))}</span>
                    <span><kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" choose"</span>
                    <span><kbd>"Enter"</kbd>" take"</span>
                    <span><kbd>"Esc"</kbd>" close"</span>
                </p>
            </div>
        </div>
    }
}

/// What was found, in its groups.
fn groups(
    id: &'static str,
    found: &[Offer],
    chosen: Signal<String>,
    active: RwSignal<usize>,
    take: Callback<String>,
) -> Vec<AnyView> {
    let mut at = 0;
    let mut option = |offer: &Offer| {
        let index = at;
        at += 1;
        let Offer { id: own, title, code, .. } = offer.clone();
        let is_chosen = {
            let own = own.clone();
            move || chosen.with(|chosen| *chosen == own).to_string()
        };
        view! {
            <div
                class="combobox-option"
                class:is-active=by(move || active.get() == index)
                role="option"
                id=option_id(id, index)
                aria-selected=by(is_chosen)
                // The focus stays in the box.
                on:mousedown=heard(move |event: MouseEvent| event.prevent_default())
                on:click=heard(move |_| take.run(own.clone()))
            >
                <span>{title}</span>
                <code>{code}</code>
                <Icon glyph=Glyph::Check />
            </div>
        }
        .into_any()
    };
    found
        .chunk_by(|one, other| one.group == other.group)
        .map(|group| {
            let head = group.first().map(|offer| offer.group.clone()).unwrap_or_default();
            let heading = (!head.is_empty())
                .then(|| view! { <p class="combobox-group" aria-hidden="true">{head.clone()}</p> });
            view! {
                <div role="group" aria-label=head>
                    {heading}
                    {group.iter().map(&mut option).collect::<Vec<_>>()}
                </div>
            }
            .into_any()
        })
        .collect()
}

fn float_id(id: &str) -> String {
    format!("{id}-float")
}

fn option_id(id: &str, index: usize) -> String {
    format!("{id}-option-{index}")
}

fn count(found: usize, none: &str) -> String {
    match found {
        0 => format!("None found: {none}"),
        1 => "1 found".to_owned(),
        _ => format!("{found} to choose from"),
    }
}
