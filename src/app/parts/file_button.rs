//! A button that lets the person choose a file.

use leptos::html::Input;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::live::heard;
use crate::app::platform::file::{self, File};

/// `take` is given the file. The label stands beside the icon if `has_words`; else only a screen reader says it.
pub fn file_button(
    label: &'static str,
    class: &'static str,
    has_words: bool,
    take: impl Fn(File) + 'static,
) -> AnyView {
    let chooser = NodeRef::<Input>::new();
    let open = move |_| {
        if let Some(input) = chooser.get_untracked() {
            input.click();
        }
    };
    view! {
        <input
            type="file"
            hidden
            node_ref=chooser
            on:change:target=move |event| {
                if let Some(file) = file::chosen(&event.target()) {
                    take(file);
                }
            }
        />
        <button
            class=format!("button {class}")
            type="button"
            aria-label=(!has_words).then_some(label)
            title=(!has_words).then_some(label)
            on:click=heard(open)
        >
            <Icon glyph=Glyph::Open />
            {has_words.then_some(label)}
        </button>
    }
    .into_any()
}
