//! Rust's crate `cookie`: private cookies, as axum-extra, tower-cookies, Rocket and actix-session's cookie store use
//! them.
//!
//! The standard Base64, with padding, of nonce (12 random bytes) + ciphertext + tag (16): AES-256-GCM with the
//! encryption key, and the cookie's name as associated data, so that no cookie passes for another. Source:
//! `src/secure/private.rs` of the crate; keys in [`kit::rust_cookie_key`](super::kit::rust_cookie_key).

use std::borrow::Cow;

use super::kit::base64::BASE64_PADDED;
use super::kit::cipher::{Aead, TAG};
use super::kit::mac::{self, Keys};
use super::kit::opened::{bare, segment};
use super::kit::random;
use super::kit::rust_cookie_key::{self, Half};
use super::kit::verdict::{malformed, nameless, unusable};
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Payload, PayloadForm, Role, Segment, SignError, Step,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct RustCookiePrivate;

static ABOUT: About = About {
    id: Cow::Borrowed("rust-cookie-private"),
    title: Cow::Borrowed("Rust private cookie"),
    framework: Cow::Borrowed("cookie (axum, Rocket, actix-web)"),
    language: Cow::Borrowed("Rust"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.rs/cookie/latest/cookie/struct.PrivateJar.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(nonce AES-256-GCM(encryption key, nonce, value, name))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user 7"),
    options: Cow::Borrowed(&[rust_cookie_key::OPTION]),
};

const NONCE: usize = 12;
/// Twelve bytes are sixteen characters of Base64, so the nonce can be shown as a piece of its own.
const NONCE_CHARACTERS: usize = 16;

impl Scheme for RustCookiePrivate {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// A private cookie looks like any Base64, so only cookies are taken for one, and with little hope.
    fn detect(&self, item: &Item) -> Option<Candidate> {
        item.name.as_ref()?;
        let bytes = BASE64_PADDED.decode_canonical(&item.value)?;
        // What is text, or hex that happens to be Base64 too, was not encrypted.
        let is_random = bytes.len() >= NONCE + TAG
            && std::str::from_utf8(&bytes).is_err()
            && !item.value.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_random.then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 12,
            reasons: vec![
                "A cookie of Base64 that decodes to at least the 28 bytes of nonce and tag.".into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let whole = Span::new(0, item.value.len());
        let bytes = match BASE64_PADDED.decode(&item.value) {
            Ok(bytes) => bytes,
            Err((at, what)) => return bare(&ABOUT, malformed(format!("It is not Base64: {what}."), at)),
        };
        let Some((nonce, sealed)) = bytes.split_at_checked(NONCE).filter(|(_, sealed)| sealed.len() >= TAG)
        else {
            let message = format!("It has {} bytes; nonce and tag alone have 28.", bytes.len());
            return bare(&ABOUT, malformed(message, whole));
        };
        let keys = match rust_cookie_key::keys(&ask.secrets, &ask.options, Half::Encryption) {
            Ok(keys) => keys,
            Err(error) => return bare(&ABOUT, unusable(&error)),
        };
        let (verdict, plain) = match &item.name {
            None if !keys.usable.is_empty() => (nameless(), None),
            name => {
                let name = name.as_deref().unwrap_or_default();
                let right = keys.find(|key| Aead::AesGcm.open(key.bytes(), nonce, name.as_bytes(), sealed));
                let verdict = mac::judge(ask, &keys, right.as_ref().map(|(key, _)| *key));
                (verdict, right.map(|(_, plain)| plain))
            }
        };
        Opened {
            segments: segments(item.value.len()),
            steps: steps(item.name.as_deref().unwrap_or_default(), &keys, nonce, sealed, plain.as_deref()),
            payload: plain.map(Payload::of),
            encrypted: true,
            ..bare(&ABOUT, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = rust_cookie_key::keys(&draft.secrets, &draft.options, Half::Encryption)?;
        let key = keys.signing()?;
        let plain = payload::draft::bytes(&draft.payload)?;
        let nonce = random::bytes::<NONCE>()?;
        let name = &draft.cookie.name;
        let sealed =
            Aead::AesGcm.seal(key.bytes(), &nonce, name.as_bytes(), &plain).ok_or_else(|| SignError {
                field: Field::Payload,
                message: "This cannot be encrypted.".into(),
                hint: "Take a shorter text.".into(),
                at: None,
            })?;
        let steps = steps(name, &keys, &nonce, &sealed, Some(&plain));
        Ok(Made { value: BASE64_PADDED.encode(&[&nonce, sealed.as_slice()].concat()), steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "axum",
            "rust",
            r#"use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar};

// The application's state gives the key: `impl FromRef<AppState> for Key`.
fn key() -> Key {
    Key::OPTION_key(std::env::var("SECRET_ENV").expect("SECRET_ENV is set").as_bytes())
}

async fn index(jar: PrivateCookieJar) -> (PrivateCookieJar, String) {
    let before = jar.get("NAME").map(|cookie| cookie.value().to_owned()); // None if it is not right
    let cookie = Cookie::build(("NAME", "user 7")).path("/").http_only(true).secure(true);
    (jar.add(cookie), before.unwrap_or_default())
}"#,
        )]
    }
}

fn segments(end: usize) -> Vec<Segment> {
    vec![
        segment("Nonce", Role::Meta, Span::new(0, NONCE_CHARACTERS), None),
        segment("Ciphertext and tag", Role::Payload, Span::new(NONCE_CHARACTERS, end), None),
    ]
}

fn steps(name: &str, keys: &Keys, nonce: &[u8], sealed: &[u8], plain: Option<&[u8]>) -> Vec<Step> {
    let mut steps: Vec<Step> = plain
        .map(|plain| Step::new("Value", "", Excerpt::of(plain), Some(Role::Payload)))
        .into_iter()
        .collect();
    steps.extend(keys.step("Key"));
    steps.push(Step::new("Associated data", "the cookie's name", Excerpt::text(name), None));
    steps.push(Step::new("Nonce", "12 random bytes", Excerpt::hex(nonce), Some(Role::Meta)));
    steps.push(Step::new(
        "Ciphertext and tag",
        "AES-256-GCM(key, nonce, value, associated data)",
        Excerpt::hex(sealed),
        None,
    ));
    steps
}
