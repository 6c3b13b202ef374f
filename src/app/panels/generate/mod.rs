//! The Generate panel: a key at once, what it is for, and the line to paste.

mod choice;
mod form;
mod preset_picker;
mod put;
mod readout;

use leptos::prelude::*;

use choice::Choice;
use form::Form;
use put::Put;
use readout::Readout;

#[component]
pub fn GeneratePanel() -> impl IntoView {
    let choice = Choice::new();
    view! {
        <div class="generate">
            <Readout choice />
            <div class="generate-rest">
                <Form choice />
                <Put choice />
            </div>
        </div>
    }
}
