//! The clipboard, for writing only.

use wasm_bindgen_futures::JsFuture;

/// Puts `text` on the clipboard and says whether the browser let it.
pub async fn copy(text: &str) -> bool {
    // Absent where the page is not served securely, though the type says otherwise.
    let Some(clipboard) = leptos::prelude::window().navigator().clipboard().into_option() else {
        return false;
    };
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// `None` for `undefined`, which browsers give for an ability that they do not have.
trait IntoOption: Sized {
    fn into_option(self) -> Option<Self>;
}

impl IntoOption for web_sys::Clipboard {
    fn into_option(self) -> Option<Self> {
        (!self.is_undefined()).then_some(self)
    }
}
