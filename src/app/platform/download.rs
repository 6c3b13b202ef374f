//! A file for the person to keep, made in memory.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;

/// Offers `text` as a file of that name. Says whether the browser took it.
pub fn save(name: &str, text: &str) -> bool {
    offer(name, text).is_ok()
}

fn offer(name: &str, text: &str) -> Result<(), JsValue> {
    let kind = web_sys::BlobPropertyBag::new();
    // Not as text: browsers then add an ending of their own to a name like `.env`.
    kind.set_type("application/octet-stream");
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let address = web_sys::Url::create_object_url_with_blob(
        &web_sys::Blob::new_with_str_sequence_and_options(&parts, &kind)?,
    )?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The blob holds a secret: it is let go as soon as the browser has begun to write it.
    leptos::prelude::set_timeout(
        move || drop(web_sys::Url::revoke_object_url(&address)),
        std::time::Duration::from_secs(10),
    );
    Ok(())
}
