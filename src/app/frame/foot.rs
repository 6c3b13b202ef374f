//! The foot: what the page promises, how to check it, where it comes from.

use leptos::prelude::*;

use crate::app::parts::live::heard;

use super::KEY_LIST_ID;
use crate::app::platform::element;

/// Empty where the package does not say.
const SOURCE: &str = env!("CARGO_PKG_REPOSITORY");

#[component]
pub fn Foot() -> impl IntoView {
    let source = (!SOURCE.is_empty())
        .then(|| view! { <a href=SOURCE target="_blank" rel="noopener noreferrer">"Source"</a> });
    view! {
        <footer class="frame-foot">
            <div class="frame-row">
                <span>"Nothing leaves this page"</span>
                <a href="#guide/the-seal">"How to check that"</a>
                {source}
                <span>{env!("CARGO_PKG_VERSION")}</span>
                <button
                    class="button is-quiet frame-keys"
                    type="button"
                    aria-haspopup="dialog"
                    on:click=heard(move |_| element::open_dialog(KEY_LIST_ID))
                >
                    <kbd>"?"</kbd>
                    "Keys"
                </button>
            </div>
        </footer>
    }
}
