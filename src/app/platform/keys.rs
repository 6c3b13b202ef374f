//! The page's own keys: `.` and a letter or Alt and a figure for a panel, `/` for the main box, `Esc` to clear it, `?`
//! for the list of them. A letter typed into a field is a letter.

use std::cell::Cell;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The panel of that number, from 0.
    Panel(usize),
    /// To the main box of the panel.
    MainBox,
    /// Clear the main box that has the focus.
    Clear,
    /// Show the keys.
    Help,
}

/// How long a `.` waits for its letter, in milliseconds: long enough to look for the key.
const PATIENCE: f64 = 2000.0;

/// The letters after `.`, in the panels' order.
const LETTERS: [&str; 4] = ["g", "i", "s", "h"];

/// Calls `run` for every command that is typed. `run` says whether it used the key; the browser does not see a used one.
pub fn listen(run: impl Fn(Command) -> bool + 'static) {
    let dot = Cell::new(f64::NEG_INFINITY);
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.is_composing() {
            return;
        }
        let led = event.time_stamp() - dot.get() < PATIENCE;
        dot.set(f64::NEG_INFINITY);
        let writing = is_writing(&event);
        if event.key() == "." && !writing && !has_modifier(&event) {
            dot.set(event.time_stamp());
        } else if let Some(command) = command(&event, led, writing)
            && run(command)
        {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Moves the focus to the main box of what is shown: the element with `data-main-box`.
pub fn focus_main_box() -> bool {
    let Ok(found) = document().query_selector_all("[data-main-box]") else { return false };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into::<HtmlElement>().ok())
        .find(|element| element.offset_parent().is_some())
        .is_some_and(|element| element.focus().is_ok())
}

/// Whether a link or button was pressed by a key, not by a pointer.
pub fn pressed_by_key(event: &ev::MouseEvent) -> bool {
    event.detail() == 0
}

fn command(event: &KeyboardEvent, led: bool, writing: bool) -> Option<Command> {
    let key = event.key();
    if event.alt_key() && !event.ctrl_key() && !event.meta_key() {
        // The code, because Alt makes other characters of the figures on some keyboards.
        let figure = event.code().strip_prefix("Digit")?.parse::<usize>().ok()?;
        return (1..=LETTERS.len()).contains(&figure).then(|| Command::Panel(figure - 1));
    }
    if has_modifier(event) {
        return None;
    }
    match key.as_str() {
        "Escape" => in_main_box(event).then_some(Command::Clear),
        _ if writing => None,
        "/" => Some(Command::MainBox),
        "?" => Some(Command::Help),
        letter if led => LETTERS.iter().position(|known| *known == letter.to_lowercase()).map(Command::Panel),
        _ => None,
    }
}

fn has_modifier(event: &KeyboardEvent) -> bool {
    event.alt_key() || event.ctrl_key() || event.meta_key()
}

fn target(event: &KeyboardEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Whether the key goes into a field.
fn is_writing(event: &KeyboardEvent) -> bool {
    const FIELDS: &str =
        "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])";
    target(event).is_some_and(|element| element.matches(FIELDS).unwrap_or(false))
}

fn in_main_box(event: &KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.has_attribute("data-main-box"))
}
