//! The framework that the key is for; the list says which variable it reads.

use keyjar::preset::{ALL, Preset};
use leptos::prelude::*;

use super::choice::Choice;
use crate::app::parts::combobox::{Combobox, Offer, Words};

const ID: &str = "preset";

const WORDS: Words = Words {
    list: "Frameworks",
    placeholder: "",
    none: "choose any framework, and name the variable yourself",
};

#[component]
pub fn PresetPicker(choice: Choice) -> impl IntoView {
    let chosen =
        Signal::derive(move || choice.preset().map(|preset| preset.id.to_owned()).unwrap_or_default());
    let take = Callback::new(move |id: String| choice.take_preset(ALL.iter().find(|preset| preset.id == id)));
    view! {
        <div class="field preset">
            <label for=ID>"For"</label>
            <Combobox id=ID words=WORDS offers=Signal::stored(offers()) chosen choose=take />
        </div>
    }
}

/// Any framework, whose id is empty, and those of the table.
fn offers() -> Vec<Offer> {
    let any = Offer { title: "Any framework".to_owned(), ..Offer::default() };
    std::iter::once(any).chain(ALL.iter().map(offer)).collect()
}

/// A framework is found by each of its variables.
fn offer(preset: &Preset) -> Offer {
    Offer {
        id: preset.id.to_owned(),
        title: preset.title.to_owned(),
        group: preset.language.to_owned(),
        code: preset.main.name.to_owned(),
        terms: preset.variables().map(|variable| variable.name).collect::<Vec<_>>().join(" "),
    }
}
