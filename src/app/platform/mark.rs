//! Selecting a place in a text field.

use keyjar::span::Span;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::element;

/// Selects `span` of `text`, which the textarea of that id holds, and moves the focus there. The browser counts in
/// UTF-16.
pub fn select_in(id: &str, text: &str, span: Span) {
    let Some(area) = element::by_id(id).and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok())
    else {
        return;
    };
    let utf16 = |at: usize| text.get(..at).map_or(0, |before| before.encode_utf16().count()) as u32;
    element::focus(id);
    // Fails only for an input of another type.
    let _ = area.set_selection_range(utf16(span.start), utf16(span.end));
}
