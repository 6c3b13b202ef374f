//! What the start screen (`index.html`, `public/boot.js`) showed before the page was there.

use wasm_bindgen::{JsCast, JsValue};

use super::seal::keyjar;

/// The bytes of the key that it drew, if it drew one. They are wiped there, so this gives them once.
pub fn take_first_key() -> Option<Vec<u8>> {
    let keyjar = keyjar()?;
    let name = JsValue::from_str("firstKey");
    let bytes: js_sys::Uint8Array = js_sys::Reflect::get(&keyjar, &name).ok()?.dyn_into().ok()?;
    let key = bytes.to_vec();
    bytes.fill(0, 0, bytes.length());
    // The object is the start script's own and takes every member.
    let _ = js_sys::Reflect::set(&keyjar, &name, &JsValue::NULL);
    Some(key)
}
