//! Rust's crate `cookie`: signed cookies, as axum-extra, tower-cookies, Rocket and actix-web keep them.
//!
//! The standard Base64, with padding, of HMAC-SHA256(signing key, value), directly followed by the value: there is no
//! mark between them, since the tag always has 44 characters. The cookie's name is not covered. `Cookie::encoded`
//! percent-encodes the whole in the header. Source: `src/secure/signed.rs` of the crate; keys in
//! [`kit::rust_cookie_key`](super::kit::rust_cookie_key).

use std::borrow::Cow;

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{bare, segment};
use super::kit::rust_cookie_key::{self, Half};
use super::kit::verdict::{malformed, unusable};
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Opened, Payload, PayloadForm, Role, SignError, SignaturePair, Step,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct RustCookieSigned;

static ABOUT: About = About {
    id: Cow::Borrowed("rust-cookie-signed"),
    title: Cow::Borrowed("Rust signed cookie"),
    framework: Cow::Borrowed("cookie (axum, Rocket, actix-web)"),
    language: Cow::Borrowed("Rust"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.rs/cookie/latest/cookie/struct.SignedJar.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(HMAC-SHA256(signing key, value)) value"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user 7"),
    options: Cow::Borrowed(&[rust_cookie_key::OPTION]),
};

/// Characters of a SHA-256 tag in Base64 with padding.
const TAG_CHARACTERS: usize = 44;
const DIGEST: Digest = Digest::Sha256;

impl Scheme for RustCookieSigned {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (tag, value) = item.value.split_at_checked(TAG_CHARACTERS)?;
        if BASE64_PADDED.decode_canonical(tag)?.len() != DIGEST.size() {
            return None;
        }
        // 44 characters of Base64 alone are any random key; only a cookie can be a signed empty value.
        let likelihood = match (value, &item.name) {
            // An empty value is likelier than an encrypted one of just four bytes.
            ("", Some(_)) => 13,
            ("", None) => return None,
            _ => 55,
        };
        let reasons =
            vec!["It begins with 44 characters of Base64, an HMAC-SHA256 tag, and the value follows.".into()];
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let Some((tag, value)) = item.value.split_at_checked(TAG_CHARACTERS) else {
            let end = Span::new(item.value.len(), item.value.len());
            let message = "It is shorter than the 44 characters of a tag, so there is no signature in it.";
            return bare(&ABOUT, malformed(message, end));
        };
        let payload = Payload::of(value.as_bytes().to_vec());
        let segments = vec![
            segment("Signature", Role::Signature, Span::new(0, TAG_CHARACTERS), None),
            segment(
                "Value",
                Role::Payload,
                Span::new(TAG_CHARACTERS, item.value.len()),
                Some(payload.clone()),
            ),
        ];
        let keys = match rust_cookie_key::keys(&ask.secrets, &ask.options, Half::Signing) {
            Ok(keys) => keys,
            Err(error) => {
                return Opened { segments, payload: Some(payload), ..bare(&ABOUT, unusable(&error)) };
            }
        };
        let found = BASE64_PADDED.decode_canonical(tag);
        let verdict = mac::verdict(ask, &keys, DIGEST, value.as_bytes(), found.as_deref());
        let expected =
            keys.first().map(|key| BASE64_PADDED.encode(&DIGEST.tag(key.bytes(), value.as_bytes())));
        Opened {
            findings: mac::remarks(&verdict, &keys, DIGEST),
            segments,
            payload: Some(payload),
            steps: steps(value, &keys),
            signature: Some(SignaturePair { found: tag.to_owned(), expected }),
            ..bare(&ABOUT, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = rust_cookie_key::keys(&draft.secrets, &draft.options, Half::Signing)?;
        let key = keys.signing()?;
        let value = String::from_utf8_lossy(&payload::draft::bytes(&draft.payload)?).into_owned();
        let tag = BASE64_PADDED.encode(&DIGEST.tag(key.bytes(), value.as_bytes()));
        Ok(Made { value: format!("{tag}{value}"), steps: steps(&value, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "axum",
            "rust",
            r#"use axum_extra::extract::cookie::{Cookie, Key, SignedCookieJar};

// The application's state gives the key: `impl FromRef<AppState> for Key`.
fn key() -> Key {
    Key::OPTION_key(std::env::var("SECRET_ENV").expect("SECRET_ENV is set").as_bytes())
}

async fn index(jar: SignedCookieJar) -> (SignedCookieJar, String) {
    let before = jar.get("NAME").map(|cookie| cookie.value().to_owned()); // None if it is not right
    let cookie = Cookie::build(("NAME", "user 7")).path("/").http_only(true).secure(true);
    (jar.add(cookie), before.unwrap_or_default())
}"#,
        )]
    }
}

fn steps(value: &str, keys: &Keys) -> Vec<Step> {
    let mut steps = vec![Step::new("Value", "", Excerpt::text(value), Some(Role::Payload))];
    steps.extend(keys.steps(DIGEST, "value", value.as_bytes(), |tag| BASE64_PADDED.encode(tag), "base64"));
    steps
}
