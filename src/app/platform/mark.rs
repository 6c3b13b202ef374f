//! Places in a text field: selecting one, and where the caret and the pointer are.

use keyjar::span::Span;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement, MouseEvent};

use super::element;

/// Selects `span` of `text`, which the textarea of that id holds, and moves the focus there. The browser counts in
/// UTF-16.
pub fn select_in(id: &str, text: &str, span: Span) {
    let Some(area) = area(id) else { return };
    let utf16 = |at: usize| text.get(..at).map_or(0, |before| before.encode_utf16().count()) as u32;
    element::focus(id);
    // Fails only for an input of another type.
    let _ = area.set_selection_range(utf16(span.start), utf16(span.end));
}

/// The byte of `text` at which the caret stands in the textarea of that id, which holds it.
pub fn caret(id: &str, text: &str) -> Option<usize> {
    let place = area(id)?.selection_start().ok()?? as usize;
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= place {
            return Some(at);
        }
        units += c.len_utf16();
    }
    Some(text.len())
}

/// The `data-part` of what lies under the pointer, in whatever layer.
pub fn part_under(event: &MouseEvent) -> Option<String> {
    let layers = document().elements_from_point(event.client_x() as f32, event.client_y() as f32);
    layers.iter().filter_map(|layer| layer.dyn_into::<Element>().ok()).find_map(|layer| {
        (layer.class_list().contains("part")).then(|| layer.get_attribute("data-part")).flatten()
    })
}

fn area(id: &str) -> Option<HtmlTextAreaElement> {
    element::by_id(id)?.dyn_into().ok()
}
