//! The page's own keys, in a dialog.

use leptos::prelude::*;

use crate::app::state::Panel;

/// The id of the dialog.
pub const KEY_LIST_ID: &str = "key-list";

#[component]
pub fn KeyList() -> impl IntoView {
    let panels = Panel::ALL
        .into_iter()
        .zip(["G", "I", "S", "H"])
        .enumerate()
        .map(|(index, (panel, letter))| {
            view! {
                <div>
                    <dt>{panel.title()}</dt>
                    <dd>
                        <kbd>"."</kbd>" then "<kbd>{letter}</kbd>
                        <span class="also">"or "<kbd>"Alt"</kbd>" "<kbd>{index + 1}</kbd></span>
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <dialog class="key-list" id=KEY_LIST_ID aria-labelledby="key-list-title">
            <form method="dialog">
                <h2 id="key-list-title">"Keys"</h2>
                <dl class="facts">
                    {panels}
                    <div><dt>"To the main box"</dt><dd><kbd>"/"</kbd></dd></div>
                    <div><dt>"Clear the main box"</dt><dd><kbd>"Esc"</kbd><span class="also">"can be undone"</span></dd></div>
                    <div><dt>"This list"</dt><dd><kbd>"?"</kbd></dd></div>
                </dl>
                <button class="button" autofocus>"Close"</button>
            </form>
        </dialog>
    }
}
