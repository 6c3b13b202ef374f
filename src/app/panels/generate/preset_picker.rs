//! A combobox: type to find a framework; the list says which variable it reads (ARIA Authoring Practices, Combobox).

use keyjar::preset::{ALL, Preset};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::choice::Choice;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::platform::element;

const ID: &str = "preset";
const FLOAT_ID: &str = "preset-float";
const LIST_ID: &str = "preset-list";
const ANY: &str = "Any framework";

/// One line of the list; `None` is any framework.
type Offer = Option<&'static Preset>;

#[component]
pub fn PresetPicker(choice: Choice) -> impl IntoView {
    // What is typed while the list is open; nothing while it is closed.
    let query = RwSignal::new(None::<String>);
    let active = RwSignal::new(0);
    let found = Signal::derive(move || query.with(|query| query.as_deref().map(find).unwrap_or_default()));
    let is_open = move || query.with(Option::is_some);
    let shown = move || {
        query.get().filter(|typed| !typed.is_empty()).unwrap_or_else(|| title(choice.preset()).to_owned())
    };

    let open = move || {
        if query.with_untracked(Option::is_none) {
            query.set(Some(String::new()));
            let at = untrack(|| choice.preset()).map(|preset| preset.id);
            let index =
                found.with_untracked(|found| found.iter().position(|offer| offer.map(|p| p.id) == at));
            active.set(index.unwrap_or_default());
            element::select(ID);
            request_animation_frame(|| element::reveal_nearest(FLOAT_ID));
        }
    };
    let close = move || query.set(None);
    let take = move |offer: Offer| {
        choice.take_preset(offer);
        close();
    };
    let step = move |forward: bool| {
        let count = found.with_untracked(Vec::len).max(1);
        active.update(|at| *at = (*at + if forward { 1 } else { count - 1 }) % count);
        element::reveal_nearest(&option_id(active.get_untracked()));
    };
    let on_key = move |event: KeyboardEvent| {
        let used = match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !is_open() => {
                open();
                true
            }
            "ArrowDown" => {
                step(true);
                true
            }
            "ArrowUp" => {
                step(false);
                true
            }
            "Enter" if is_open() => {
                if let Some(offer) = found.with_untracked(|found| found.get(active.get_untracked()).copied())
                {
                    take(offer);
                }
                true
            }
            "Escape" if is_open() => {
                close();
                true
            }
            _ => false,
        };
        if used {
            event.prevent_default();
        }
    };
    view! {
        <div class="field preset">
            <label for=ID>"For"</label>
            <div class="preset-box">
                <input
                    class="input"
                    id=ID
                    role="combobox"
                    aria-expanded=by(move || is_open().to_string())
                    aria-controls=LIST_ID
                    aria-autocomplete="list"
                    aria-activedescendant=by(move || is_open().then(|| option_id(active.get())))
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=shown
                    on:input=heard(move |event| {
                        query.set(Some(event_target_value(&event)));
                        active.set(0);
                    })
                    on:click=heard(move |_| open())
                    on:blur=heard(move |_| close())
                    on:keydown=on_key
                />
                <Icon glyph=Glyph::Down />
            </div>
            <div class="preset-float" id=FLOAT_ID hidden=by(move || !is_open())>
                <div class="preset-list" id=LIST_ID role="listbox" aria-label="Frameworks" tabindex="-1">
                    {live(move || found.with(|found| view! { <Offers found=found.clone() choice active take /> }))}
                </div>
                <p class="preset-keys">
                    <span role="status">{live(move || count(found.with(Vec::len)))}</span>
                    <span><kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" choose"</span>
                    <span><kbd>"Enter"</kbd>" take"</span>
                    <span><kbd>"Esc"</kbd>" close"</span>
                </p>
            </div>
        </div>
    }
}

/// The list in its groups. Those of one language stand together in the table.
#[component]
fn Offers(
    found: Vec<Offer>,
    choice: Choice,
    active: RwSignal<usize>,
    take: impl Fn(Offer) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let mut at = 0;
    found
        .chunk_by(|a, b| language(*a) == language(*b))
        .map(|group| {
            let head = group.first().copied().map(language).unwrap_or_default();
            let offers = group.iter().map(|&offer| {
                let index = at;
                at += 1;
                view! {
                    <div
                        class="preset-option"
                        class:is-active=by(move || active.get() == index)
                        role="option"
                        id=option_id(index)
                        aria-selected=by(move || (choice.preset().map(|p| p.id) == offer.map(|p| p.id)).to_string())
                        // The focus stays in the box.
                        on:mousedown=heard(move |event: leptos::ev::MouseEvent| event.prevent_default())
                        on:click=heard(move |_| take(offer))
                    >
                        <span>{title(offer)}</span>
                        <code>{offer.map(|preset| preset.main.name)}</code>
                        <Icon glyph=Glyph::Check />
                    </div>
                }
            });
            let offers = offers.collect_view();
            view! {
                <div role="group" aria-label=head>
                    {(!head.is_empty()).then(|| view! { <p class="preset-group" aria-hidden="true">{head}</p> })}
                    {offers}
                </div>
            }
        })
        .collect_view()
}

/// What a query finds, in the title, the language or a variable's name; all of it if nothing is typed.
fn find(query: &str) -> Vec<Offer> {
    let query = query.trim().to_lowercase();
    let matches = |text: &str| text.to_lowercase().contains(&query);
    let presets = ALL.iter().filter(|preset| {
        matches(preset.title)
            || matches(preset.language)
            || preset.variables().any(|variable| matches(variable.name))
    });
    let any = matches(ANY).then_some(None);
    any.into_iter().chain(presets.map(Some)).collect()
}

fn title(offer: Offer) -> &'static str {
    offer.map_or(ANY, |preset| preset.title)
}

fn language(offer: Offer) -> &'static str {
    offer.map_or("", |preset| preset.language)
}

fn option_id(index: usize) -> String {
    format!("preset-option-{index}")
}

fn count(found: usize) -> String {
    match found {
        0 => "None found: choose any framework, and name the variable yourself".to_owned(),
        1 => "1 found".to_owned(),
        _ => format!("{found} to choose from"),
    }
}
