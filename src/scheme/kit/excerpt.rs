//! Bytes made ready to show in a step, and text in a message, cut where they are many.

use std::borrow::Cow;

use crate::limits::MAX_EXCERPT;
use crate::protocol::{Excerpt, Role, Step};

impl Excerpt {
    pub fn text(text: &str) -> Self {
        let shown: String =
            text.char_indices().take_while(|(at, _)| *at < MAX_EXCERPT).map(|(_, c)| c).collect();
        let cut = shown.len() < text.len();
        Self { shown, is_hex: false, length: text.len(), cut, secret: false }
    }

    pub fn hex(bytes: &[u8]) -> Self {
        let shown = hex::encode(bytes.get(..MAX_EXCERPT).unwrap_or(bytes));
        Self { shown, is_hex: true, length: bytes.len(), cut: bytes.len() > MAX_EXCERPT, secret: false }
    }

    /// The bytes of a key: the page masks them.
    pub fn key(bytes: &[u8]) -> Self {
        Self { secret: true, ..Self::hex(bytes) }
    }

    /// Text where the bytes are UTF-8, hex otherwise.
    pub fn of(bytes: &[u8]) -> Self {
        std::str::from_utf8(bytes).map_or_else(|_| Self::hex(bytes), Self::text)
    }
}

/// What a message quotes of a value: no more than is read at a glance.
pub fn short(text: &str) -> Cow<'_, str> {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(text.get(..end).unwrap_or_default().to_owned() + "…"),
        None => Cow::Borrowed(text),
    }
}

impl Step {
    pub fn new(name: &str, formula: impl Into<String>, output: Excerpt, role: Option<Role>) -> Self {
        Self { name: name.into(), formula: formula.into(), output, role }
    }
}

/// A step whose output is a key: masked.
pub fn secret_step(name: &str, formula: impl Into<String>, key: &[u8]) -> Step {
    Step::new(name, formula, Excerpt::key(key), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_is_cut_and_counted() {
        let text = Excerpt::text(&"é".repeat(MAX_EXCERPT));
        assert!(text.cut && text.shown.len() <= MAX_EXCERPT + 1);
        assert_eq!(text.length, 2 * MAX_EXCERPT);
        let hex = Excerpt::hex(&vec![7; MAX_EXCERPT + 1]);
        assert!(hex.cut && hex.shown.len() == 2 * MAX_EXCERPT);
        assert!(!Excerpt::of(b"short").cut);
        assert!(Excerpt::of(&[0xff]).is_hex && Excerpt::key(b"k").secret);
        assert_eq!(short("short"), "short");
        assert_eq!(short(&"é".repeat(200)).chars().count(), 81);
    }
}
