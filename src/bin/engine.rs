//! The engine as a program of its own: a worker that starts after the page is sealed.
//!
//! It owns nothing and remembers nothing: a message in, the corridor, a message out. The start script's tail
//! (`public/boot.js`) passes each message to [`answer`] and posts back what it returns.

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn answer(message: &[u8]) -> Vec<u8> {
    keyjar::engine::answer(message)
}

fn main() {}
