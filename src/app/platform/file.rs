//! Files that the person chooses or drops. They are read in memory and go nowhere.

use js_sys::{Reflect, Uint8Array};
use keyjar::intake::dropped::{self, Dropped};
use keyjar::limits::MAX_INPUT;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
pub use web_sys::File;
use web_sys::{Blob, FileList, HtmlInputElement};

/// The file that was chosen in `input`, which forgets it, so that the same one can be chosen again.
pub fn chosen(input: &HtmlInputElement) -> Option<File> {
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// Takes the files that are dropped anywhere in the window. The signal says whether one is being dragged over it.
pub fn on_drop(take: impl Fn(File) + 'static) -> ReadSignal<bool> {
    let (over, set_over) = signal(false);
    let dragged = window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            set_over.set(true);
        }
    });
    // Without a target it is the window that is left, not one element for another.
    let left = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            set_over.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        set_over.set(false);
        if let Some(file) = first(&event) {
            event.prevent_default();
            take(file);
        }
    });
    on_cleanup(move || {
        dragged.remove();
        left.remove();
        dropped.remove();
    });
    over
}

/// Whether it is files that are dragged, and not a piece of text.
fn has_files(event: &JsValue) -> bool {
    let types = transfer(event).and_then(|transfer| Reflect::get(&transfer, &"types".into()).ok());
    types.is_some_and(|types| js_sys::Array::from(&types).includes(&"Files".into(), 0))
}

/// The first file of a drop; absent if something else was dropped.
fn first(event: &JsValue) -> Option<File> {
    Reflect::get(&transfer(event)?, &"files".into()).ok()?.dyn_into::<FileList>().ok()?.get(0)
}

fn transfer(event: &JsValue) -> Option<JsValue> {
    Reflect::get(event, &"dataTransfer".into()).ok().filter(JsValue::is_object)
}

/// What is in the file.
///
/// # Errors
/// If it is larger than [`MAX_INPUT`], cannot be read, or holds nothing that can be looked at: a message for people.
pub async fn read(file: &File) -> Result<Dropped, String> {
    if file.size() > MAX_INPUT as f64 {
        return Err(format!(
            "{} is larger than the {} KiB that are read at once. Cut the part out that you want to look at.",
            file.name(),
            MAX_INPUT / 1024
        ));
    }
    let blob: &Blob = file.as_ref();
    match JsFuture::from(blob.array_buffer()).await {
        Ok(bytes) => dropped::read(&file.name(), &Uint8Array::new(&bytes).to_vec()),
        Err(_) => Err(format!("{} could not be read. It may have been moved or changed since.", file.name())),
    }
}
