//! Base64 as PHP's `base64_decode` reads it (`ext/standard/base64.c`).

use super::base64::BASE64;

/// Without its second argument: whatever is not of the alphabet is passed over, and so is a lone last character.
pub fn lenient(text: &str) -> Vec<u8> {
    let mut kept: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect();
    if kept.len() % 4 == 1 {
        kept.pop();
    }
    BASE64.decode(&kept).unwrap_or_default()
}

/// With `true` as its second argument: white space is passed over, padding may be left out but not be wrong.
pub fn strict(text: &str) -> Option<Vec<u8>> {
    let kept: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bare = kept.trim_end_matches('=');
    let padding = kept.len() - bare.len();
    let is_padded_rightly = padding == 0 || (padding <= 2 && kept.len().is_multiple_of(4));
    BASE64.decode(bare).ok().filter(|_| is_padded_rightly)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_are_phps() {
        assert_eq!(lenient("aGVs\n!bG8="), b"hello");
        assert_eq!(lenient("aGVsb"), b"hel");
        assert_eq!(strict("aGVsbG8").as_deref(), Some(&b"hello"[..]));
        assert_eq!(strict("aGVs bG8=").as_deref(), Some(&b"hello"[..]));
        assert_eq!(strict("aGVsbG8=="), None);
        assert_eq!(strict("aGVs!bG8="), None);
    }
}
