//! The Generate panel: a key at once, what it is for, and the line to paste; or a key pair.

mod choice;
mod form;
mod pair;
mod preset_picker;
mod put;
mod readout;

use leptos::prelude::*;

use crate::app::parts::live::{by, live};
use crate::app::parts::tabs::Tabs;
use choice::Choice;
use form::Form;
use pair::Pair;
use put::Put;
use readout::Readout;

/// Places in the tabs.
const SECRET: usize = 0;
const PAIR: usize = 1;

#[component]
pub fn GeneratePanel() -> impl IntoView {
    let choice = Choice::new();
    let chosen = RwSignal::new(SECRET);
    // Made when it is first asked for, then kept: a key that is being made goes on.
    let was_pair =
        Memo::new(move |before: Option<&bool>| before.copied().unwrap_or_default() || chosen.get() == PAIR);
    view! {
        <div class="generate-kinds">
            <Tabs id="generate" label="What to make" tabs=vec!["Secret".to_owned(), "Key pair or JWK".to_owned()] chosen>
                <div class="generate" hidden=by(move || chosen.get() != SECRET)>
                    <Readout choice />
                    <div class="generate-rest">
                        <Form choice />
                        <Put choice />
                    </div>
                </div>
                <div hidden=by(move || chosen.get() != PAIR)>{live(move || was_pair.get().then(|| view! { <Pair /> }))}</div>
            </Tabs>
        </div>
    }
}
