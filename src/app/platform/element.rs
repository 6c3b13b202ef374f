//! Elements of the page: focus, selection, coming into view.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The element of that id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the element of that id and brings it into view.
pub fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        // A refused focus leaves it where it was, which is all that can be done.
        let _ = element.focus();
        element.scroll_into_view_with_bool(true);
    }
}

/// Moves the focus to the element of that id, scrolling no more than is needed.
pub fn focus_in_place(id: &str) {
    if let Some(element) = by_id(id) {
        let _ = element.focus();
    }
}

/// Whether the focus is on something that shows within the element of that id.
pub fn holds_focus(id: &str) -> bool {
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    focused.zip(by_id(id)).is_some_and(|(focused, element)| {
        focused != element && element.contains(Some(&focused)) && focused.offset_parent().is_some()
    })
}

/// Scrolls the list that the element of that id is in, no further than is needed to see it.
pub fn reveal_nearest(id: &str) {
    if let Some(element) = by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Selects all the text of the element of that id, so that it can be copied by hand.
pub fn select(id: &str) {
    let Some(element) = by_id(id) else { return };
    if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        input.select();
    } else if let Some(area) = element.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        area.select();
    } else if let Ok(Some(selection)) = window().get_selection() {
        let _ = selection.select_all_children(&element);
    }
}

/// Back to the top, as a browser does for a new page.
pub fn to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Shows the `<dialog>` of that id above the page, which it makes inert.
pub fn open_dialog(id: &str) {
    if let Some(dialog) = by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes the popover of that id, if it is open.
pub fn close_popover(id: &str) {
    if let Some(element) = by_id(id) {
        // Refused where it is not a popover just now, which is as good as closed.
        let _ = element.hide_popover();
    }
}
