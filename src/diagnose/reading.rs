//! The secret may be right and wrongly read: as text instead of Base64, with the quotes of the file that it was copied
//! from, with a line end behind it, with `NAME=` in front.
//!
//! Every such reading is tried, and only a MAC that verifies counts as an explanation.

use crate::intake::Item;
use crate::limits::MAX_SECRETS;
use crate::protocol::{Ask, Outcome, Reading, Verdict};
use crate::scheme::Scheme;
use crate::scheme::kit::paseto_key;
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::work;

/// Tries every reading of every secret of `ask` on `item`, the given one first.
///
/// `is_token` says whether the scheme takes keys of pairs: one of them is never tried as a text, which would be the attack
/// of RFC 8725 section 2.1.
pub fn readings(scheme: &dyn Scheme, item: &Item, ask: &Ask, is_token: bool) -> Vec<Reading> {
    // A PASERK says itself what it is.
    let shows_itself =
        |secret: &SecretText| paseto_key::is_paserk(&secret.text) || (is_token && is_of_pair(secret));
    let given = ask.secrets.iter().enumerate().take(MAX_SECRETS);
    let given = given.filter(|(_, secret)| !secret.text.is_empty() && !shows_itself(secret));
    given.flat_map(|(index, secret)| of_secret(scheme, item, ask, index, secret)).collect()
}

/// Whether the secret is a key of a pair or a set of keys, by its form.
fn is_of_pair(secret: &SecretText) -> bool {
    match secret.encoding_or(SecretEncoding::Utf8) {
        SecretEncoding::Pem | SecretEncoding::Jwks => true,
        SecretEncoding::Jwk => secret.read(SecretEncoding::Jwk).is_err(),
        _ => false,
    }
}

fn of_secret(scheme: &dyn Scheme, item: &Item, ask: &Ask, index: usize, secret: &SecretText) -> Vec<Reading> {
    let first = secret.encoding_or(scheme.about().reading(&ask.options));
    let mut tried: Vec<(Secret, String)> = Vec::new();
    let mut readings = Vec::new();
    for (text, change) in spellings(&secret.text) {
        for encoding in
            std::iter::once(first).chain(SecretEncoding::TEXTUAL.into_iter().filter(|e| *e != first))
        {
            if work::is_too_much() {
                return readings;
            }
            let label = label(encoding, change);
            let candidate = SecretText::new(text, Some(encoding));
            let outcome = match candidate.read(encoding) {
                Err(_) if !change.is_empty() => continue,
                Err(error) => Outcome::Unreadable { reason: error.what },
                Ok(key) => {
                    let bytes = key.len();
                    match tried.iter().find(|(other, _)| *other == key) {
                        // The same key by another way is worth a line only for the secret as it was given.
                        Some(_) if !change.is_empty() => continue,
                        Some((_, label)) => Outcome::SameAs { bytes, label: label.clone() },
                        None => {
                            tried.push((key, label.clone()));
                            attempt(scheme, item, ask, &candidate, bytes)
                        }
                    }
                }
            };
            readings.push(Reading { label, secret: candidate, index, outcome });
        }
    }
    readings
}

fn attempt(scheme: &dyn Scheme, item: &Item, ask: &Ask, secret: &SecretText, bytes: usize) -> Outcome {
    work::spend_on(item.value.len(), 1);
    let alone = Ask { secrets: vec![secret.clone()], ..ask.clone() };
    let opened = work::for_verdict(|| scheme.open(item, &alone));
    let expected = opened.signature.and_then(|pair| pair.expected).unwrap_or_default();
    match opened.verdict {
        Verdict::Valid { .. } => Outcome::Matches { bytes, expected },
        _ => Outcome::Differs { bytes, expected },
    }
}

fn label(encoding: SecretEncoding, change: &str) -> String {
    let mut name = encoding.label().to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if change.is_empty() { name } else { format!("{name}, {change}") }
}

/// The text as it is, and without what often comes along when a secret is copied. Each with what was taken off; none
/// twice, and none empty.
fn spellings(text: &str) -> Vec<(&str, &'static str)> {
    let trimmed = text.trim();
    let value = without_name(trimmed);
    let candidates = [
        (text, ""),
        (text.trim_end_matches(['\n', '\r']), "without the line end"),
        (trimmed, "without the blanks around it"),
        (unquoted(trimmed), "without the quotes"),
        (value, "without the name in front"),
        (unquoted(value), "without the name and the quotes"),
        (unquoted(value).trim(), "without the name, the quotes and the blanks"),
    ];
    let mut spellings: Vec<(&str, &str)> = Vec::new();
    for (text, change) in candidates {
        let is_new = spellings.iter().all(|(other, _)| *other != text);
        if is_new && !text.is_empty() {
            spellings.push((text, change));
        }
    }
    spellings
}

/// What stands behind `NAME=`, `export NAME=`, `NAME:` (YAML) or `$env:NAME =`.
fn without_name(text: &str) -> &str {
    let line =
        text.strip_prefix("export ").or_else(|| text.strip_prefix("$env:")).unwrap_or(text).trim_start();
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    let named = [line.split_once('='), line.split_once(": ")].into_iter().flatten().find(|(name, value)| {
        // Base64 ends with `=`, so there must be something behind it.
        is_name(name.trim_end()) && !value.trim_matches('=').is_empty()
    });
    named.map_or(text, |(_, value)| value.trim())
}

/// Without one pair of quotes of the same kind around it.
fn unquoted(text: &str) -> &str {
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, Draft, Options, PayloadDraft, PayloadForm};
    use crate::scheme;

    /// A token made with the bytes that `right` means, opened with `given`: the reading that explains it.
    fn explained(right: &SecretText, given: &str) -> Option<(String, SecretText)> {
        let scheme = scheme::by_id("jws").expect("is in the list");
        let draft = Draft {
            scheme: "jws".into(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{}".into() },
            secrets: vec![right.clone()],
            options: Options::new(),
            cookie: CookieDraft::default(),
            now: None,
            patient: false,
        };
        let token = scheme.make(&draft).expect("can be made").value;
        let ask = Ask { secrets: vec![SecretText::new(given, None)], ..Ask::default() };
        let readings = readings(scheme, &Item::bare(None, &token), &ask, true);
        let mut matching =
            readings.into_iter().filter(|reading| matches!(reading.outcome, Outcome::Matches { .. }));
        let found = matching.next().map(|reading| (reading.label, reading.secret));
        assert!(matching.next().is_none(), "one key, one explanation");
        found
    }

    const BASE64: &str = "mQ3vT8yJ0rWb5cX2kPfL9sDhGzA6uNe1iRoE7tYq4wM=";

    #[test]
    fn each_encoding_is_found() {
        for (encoding, text, label) in [
            (SecretEncoding::Base64, BASE64, "Base64"),
            (SecretEncoding::Hex, "00ff00ff00ff00ff", "Hex"),
            (SecretEncoding::Base64url, "_-_-_-_-_-_-", "Base64url"),
        ] {
            let right = SecretText::new(text, Some(encoding));
            assert_eq!(explained(&right, text), Some((label.into(), right)));
        }
    }

    #[test]
    fn what_came_along_is_taken_off() {
        let right = SecretText::new("s3cr=et #1", Some(SecretEncoding::Utf8));
        for given in [
            "s3cr=et #1\n",
            " s3cr=et #1\t",
            "\"s3cr=et #1\"",
            "'s3cr=et #1'\r\n",
            "SECRET_KEY=s3cr=et #1",
            "export SECRET_KEY='s3cr=et #1'",
            "SECRET_KEY: \"s3cr=et #1\"",
            "$env:SECRET_KEY = 's3cr=et #1'",
        ] {
            let (label, secret) =
                explained(&right, given).unwrap_or_else(|| panic!("{given:?} is not explained"));
            assert_eq!(secret, right, "{given:?}");
            assert!(label.starts_with("Text, without"), "{label}");
        }
        let base64 = SecretText::new(BASE64, Some(SecretEncoding::Base64));
        let (label, _) = explained(&base64, &format!("KEY=\"{BASE64}\"")).expect("explained");
        assert_eq!(label, "Base64, without the name and the quotes");
    }

    #[test]
    fn a_key_of_a_pair_is_not_tried_as_a_text() {
        let right = SecretText::new("right", Some(SecretEncoding::Utf8));
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----";
        assert!(
            is_of_pair(&SecretText::new(pem, None)) && is_of_pair(&SecretText::new(r#"{"kty":"EC"}"#, None))
        );
        assert!(!is_of_pair(&SecretText::new(r#"{"kty":"oct","k":"AAEC"}"#, None)) && !is_of_pair(&right));
        let scheme = scheme::by_id("jws").expect("is in the list");
        let item = Item::bare(None, "eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
        let ask = Ask { secrets: vec![SecretText::new(pem, None), right], ..Ask::default() };
        assert!(readings(scheme, &item, &ask, true).iter().all(|reading| reading.index == 1));
        assert!(readings(scheme, &item, &ask, false).iter().any(|reading| reading.index == 0));
    }

    #[test]
    fn a_wrong_secret_has_no_explanation() {
        let right = SecretText::new("right", Some(SecretEncoding::Utf8));
        assert_eq!(explained(&right, "wrong"), None);
        assert_eq!(explained(&right, "right1"), None);
    }
}
