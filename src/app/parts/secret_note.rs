//! What stands under a secret: how many bytes it is as it is read, and what else it looks like.

use keyjar::protocol::KeyNote;
use keyjar::secret::{Secret, SecretEncoding, SecretText};

use super::words::count;

/// Sizes of key that people make; a text that decodes to one of them was most likely meant to be decoded.
const USUAL_BYTES: [usize; 5] = [16, 24, 32, 48, 64];

/// One sentence each; none for an empty secret. `usual` is how the framework reads it.
pub fn secret_note(secret: &SecretText, usual: SecretEncoding) -> Vec<String> {
    if secret.text.is_empty() {
        return Vec::new();
    }
    let encoding = secret.encoding_or(usual);
    let characters = count(secret.text.chars().count(), "character");
    let read = match secret.read(usual) {
        Ok(key) => format!("{characters}, read as {}: {}.", encoding.label(), count(key.len(), "byte")),
        Err(error) => format!("{error}."),
    };
    [Some(read), looks_like(&secret.text, encoding)].into_iter().flatten().collect()
}

/// What the engine understood of the keys in one secret: those that were used first, and not all of a long set.
pub fn key_notes(notes: &[KeyNote], index: usize) -> Vec<(bool, String)> {
    const SHOWN: usize = 4;
    let mut own: Vec<(bool, String)> =
        notes.iter().filter(|note| note.index == index).map(|note| (note.used, note.text.clone())).collect();
    own.sort_by_key(|(used, _)| !used);
    let more = own.len().saturating_sub(SHOWN);
    if more > 0 {
        own.truncate(SHOWN);
        own.push((false, format!("and {}", count(more, "more key"))));
    }
    own
}

/// Whether `secret` is no text to be read in one way or another, but a key that shows by itself what it is.
pub fn is_key(secret: &SecretText, usual: SecretEncoding) -> bool {
    matches!(secret.encoding_or(usual), SecretEncoding::Pem | SecretEncoding::Jwk | SecretEncoding::Jwks)
}

/// What else the text could be, if it is read as `encoding`.
fn looks_like(text: &str, encoding: SecretEncoding) -> Option<String> {
    if text.trim() != text {
        return Some("It has white space at an end, which counts.".to_owned());
    }
    if text.len() > 1 && ['"', '\''].iter().any(|&quote| text.starts_with(quote) && text.ends_with(quote)) {
        return Some("It stands in quotation marks, which count.".to_owned());
    }
    let likely = [SecretEncoding::Hex, SecretEncoding::Base64, SecretEncoding::Base64url];
    likely.into_iter().filter(|other| *other != encoding).find_map(|other| {
        let bytes = Secret::read(text, other).ok()?.len();
        let is_clear =
            USUAL_BYTES.contains(&bytes) || (other == SecretEncoding::Base64 && text.ends_with('='));
        (is_clear && !is_narrower(encoding, other))
            .then(|| format!("It looks like {} of {}.", other.label(), count(bytes, "byte")))
    })
}

/// Whether text that was read as `chosen` says nothing new by being readable as `other`: all hex is Base64 as well.
fn is_narrower(chosen: SecretEncoding, other: SecretEncoding) -> bool {
    let rank = |encoding| match encoding {
        SecretEncoding::Hex | SecretEncoding::Jwk | SecretEncoding::Jwks | SecretEncoding::Pem => 2,
        SecretEncoding::Base64 | SecretEncoding::Base64url => 1,
        SecretEncoding::Utf8 => 0,
    };
    rank(chosen) >= rank(other)
}
