//! Whether the page is sealed: what the start script (`public/boot.js`) says of itself.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// How far the start script has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seal {
    /// The engine's files are still coming.
    Loading,
    /// The browser refuses every connection of this page from now on.
    Sealed,
    /// Something could not be loaded: what, and what to try.
    Failed(String),
}

/// The state now and whenever it changes.
pub fn state() -> ReadSignal<Seal> {
    let (read, write) = signal(ask());
    let handle =
        window_event_listener(ev::Custom::<ev::Event>::new("keyjar:state"), move |_| write.set(ask()));
    on_cleanup(move || handle.remove());
    read
}

fn ask() -> Seal {
    match text_of("state").as_deref() {
        Some("sealed") => Seal::Sealed,
        Some("failed") => Seal::Failed(text_of("message").unwrap_or_default()),
        _ => Seal::Loading,
    }
}

fn text_of(member: &str) -> Option<String> {
    js_sys::Reflect::get(&keyjar()?, &JsValue::from_str(member)).ok()?.as_string()
}

/// What the start script offers to the page.
pub(super) fn keyjar() -> Option<JsValue> {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("keyjar")).ok().filter(JsValue::is_object)
}
