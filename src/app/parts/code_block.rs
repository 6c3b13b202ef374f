//! Text to take away: a name on top, the text, and a button that copies it.

use leptos::prelude::*;

use crate::app::parts::live::live;

use super::copy_button::CopyButton;

#[component]
pub fn CodeBlock(
    /// The id of the text, different from every other in the page.
    id: &'static str,
    /// The heading: `settings.py`, `Set-Cookie` …
    #[prop(into)]
    title: Signal<String>,
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// The text with its colours; plain if absent.
    #[prop(optional, into)]
    shown: Option<ViewFn>,
    /// Whether the lines keep their shape and scroll; a value is broken anywhere instead.
    #[prop(optional)]
    is_program: bool,
) -> impl IntoView {
    let shown = shown.unwrap_or_else(|| ViewFn::from(move || text.get()));
    view! {
        <div class="sheet">
            <div class="sheet-head">
                <div class="sheet-title"><h3>{title}</h3></div>
                <span class="sheet-actions"><CopyButton label="Copy" text shown_in=id class="is-quiet" /></span>
            </div>
            // Focusable, because what scrolls must be reached by the keyboard.
            <pre
                class="sheet-body code"
                class:is-program=is_program
                id=id
                tabindex=is_program.then_some("0")
                role=is_program.then_some("region")
                aria-label=is_program.then(|| title.get_untracked())
            >
                {live(move || shown.run())}
            </pre>
        </div>
    }
}
