//! A few choices side by side: radio buttons, so that the arrow keys and screen readers know them.

use leptos::prelude::*;

use crate::app::parts::live::{by, heard};

#[component]
pub fn Segmented(
    #[prop(into)] legend: String,
    /// The radios' group, different from every other in the page.
    name: &'static str,
    choices: Vec<&'static str>,
    #[prop(into)] chosen: Signal<usize>,
    #[prop(into)] choose: Callback<usize>,
) -> impl IntoView {
    let radios = choices
        .into_iter()
        .enumerate()
        .map(|(index, label)| {
            view! {
                <label>
                    <input
                        type="radio"
                        name=name
                        prop:checked=by(move || chosen.get() == index)
                        on:change=heard(move |_| choose.run(index))
                    />
                    // The style sheet keeps room for the bold form of data-text, so that nothing moves.
                    <span data-text=label>{label}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="segmented">
            <legend>{legend}</legend>
            <div class="segmented-row">{radios}</div>
        </fieldset>
    }
}
