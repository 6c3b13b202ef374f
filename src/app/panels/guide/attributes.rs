//! The line to copy of "What each cookie attribute does".

use leptos::prelude::*;

use crate::app::parts::copy_button::CopyButton;

/// Four hours: a working session.
const LINE: &str = "Set-Cookie: __Host-session=VALUE; Path=/; Max-Age=14400; Secure; HttpOnly; SameSite=Lax";

#[component]
pub fn GoodLine() -> impl IntoView {
    view! {
        <div class="sheet live">
            <div class="sheet-head">
                <div class="sheet-title">
                    <h2>"For a session"</h2>
                    <span class="quiet">"put your value in the place of VALUE"</span>
                </div>
                <span class="sheet-actions">
                    <CopyButton label="Copy line" text=LINE shown_in="good-line" class="is-quiet" />
                </span>
            </div>
            <pre class="sheet-body code" id="good-line">{LINE}</pre>
        </div>
    }
}
