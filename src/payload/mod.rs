//! What is inside a value, made readable; nothing is ever executed.

use serde::de::IgnoredAny;

use crate::protocol::{Payload, PayloadForm};

pub mod draft;
pub mod etf;
pub mod flask_json;
pub mod gob;
pub mod javascript;
pub mod json;
pub mod json_style;
pub mod marshal;
pub mod member;
pub mod messagepack;
pub mod outline;
pub mod php_serialize;
pub mod pickle;
pub mod python;
pub mod python_json;
pub mod ruby;

impl Payload {
    /// JSON where the bytes are JSON text, else text where they are UTF-8, else bytes.
    pub fn of(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if is_json(&text) => Self::Json(text),
            Ok(text) => Self::Text(text),
            Err(not_text) => Self::Bytes(not_text.into_bytes()),
        }
    }

    /// The original bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Json(text) | Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) | Self::Object { bytes, .. } => bytes,
        }
    }
}

impl Payload {
    /// The same as a person types it to have it signed: in a form of `forms`, which are those that a scheme takes, as far as
    /// there is one.
    pub fn typed(&self, forms: &[PayloadForm]) -> (PayloadForm, String) {
        let (form, text) = match self {
            Self::Json(json) | Self::Object { json: Some(json), .. } => (PayloadForm::Json, json.clone()),
            Self::Text(text) => (PayloadForm::Text, text.clone()),
            Self::Bytes(bytes) | Self::Object { bytes, .. } => (PayloadForm::Hex, hex::encode(bytes)),
        };
        if forms.contains(&form) {
            return (form, text);
        }
        match std::str::from_utf8(self.bytes()) {
            Ok(text) if forms.contains(&PayloadForm::Text) => (PayloadForm::Text, text.to_owned()),
            _ if forms.contains(&PayloadForm::Hex) => (PayloadForm::Hex, hex::encode(self.bytes())),
            _ => (form, text),
        }
    }
}

/// Whether `text` is JSON (RFC 8259). Lone surrogates in escapes pass, as they do in JavaScript.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_shown_as_what_it_is() {
        assert_eq!(Payload::of(b"{\"a\":1}".to_vec()), Payload::Json("{\"a\":1}".into()));
        assert_eq!(Payload::of(b"user 7".to_vec()), Payload::Text("user 7".into()));
        assert_eq!(Payload::of(vec![0xff, 0]), Payload::Bytes(vec![0xff, 0]));
        assert!(matches!(Payload::of(br#""\ud800""#.to_vec()), Payload::Json(_)));
    }

    #[test]
    fn deep_nesting_is_judged_without_a_deep_stack() {
        let deep = "[".repeat(500_000);
        assert!(!is_json(&deep));
    }
}
