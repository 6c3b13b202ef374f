//! Files that the person chooses or drops. They are read in memory and go nowhere.

use js_sys::Reflect;
use keyjar::limits::MAX_INPUT;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, FileList, HtmlInputElement};

/// The file that was chosen in `input`, which forgets it, so that the same one can be chosen again.
pub fn chosen(input: &HtmlInputElement) -> Option<File> {
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// The first file of a drop; absent if something else was dropped.
pub fn dropped(event: &JsValue) -> Option<File> {
    let transfer = Reflect::get(event, &"dataTransfer".into()).ok()?;
    Reflect::get(&transfer, &"files".into()).ok()?.dyn_into::<FileList>().ok()?.get(0)
}

/// The file's text.
///
/// # Errors
/// If it is larger than [`MAX_INPUT`] or cannot be read: a message for people.
pub async fn text(file: &File) -> Result<String, String> {
    if file.size() > MAX_INPUT as f64 {
        return Err(format!(
            "{} is larger than the {} KiB that are read at once. Cut the part out that you want to look at.",
            file.name(),
            MAX_INPUT / 1024
        ));
    }
    let blob: &Blob = file.as_ref();
    let read = JsFuture::from(blob.text()).await;
    let text = read.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| format!("{} could not be read. It may have been moved or changed since.", file.name()))
}
