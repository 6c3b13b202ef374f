//! The page's entry.

#[cfg(target_arch = "wasm32")]
mod app;

#[cfg(target_arch = "wasm32")]
fn main() {
    leptos::mount::mount_to_body(app::App);
}

/// The page is a program for browsers; natively there is only the library and its tests.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
