//! Auth.js and NextAuth: the cookie against cross-site request forgery.
//!
//! TOKEN + `|` + hash, the bar percent-encoded in the header. The token is 32 random bytes in lower-case hex, used as text.
//! The hash is the lower-case hex of SHA-256, a plain hash and no HMAC, over token and secret one behind the other. Several
//! secrets are joined with commas, as JavaScript writes a list, so a new one makes every older cookie invalid. Sources:
//! `lib/actions/callback/oauth/csrf-token.js` of the npm package @auth/core; `src/core/lib/csrf-token.ts` of next-auth.

use std::borrow::Cow;

use subtle::ConstantTimeEq;

use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::making::bad_payload;
use super::kit::opened::bare;
use super::kit::random;
use super::kit::verdict::malformed;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Opened, Payload, PayloadForm, Role, Segment, SignError, SignaturePair,
    Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct AuthjsCsrf;

static ABOUT: About = About {
    id: Cow::Borrowed("authjs-csrf"),
    title: Cow::Borrowed("Auth.js CSRF token"),
    framework: Cow::Borrowed("Auth.js, NextAuth"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("authjs.csrf-token"),
        Cow::Borrowed("__Host-authjs.csrf-token"),
        Cow::Borrowed("next-auth.csrf-token"),
        Cow::Borrowed("__Host-next-auth.csrf-token"),
    ]),
    docs: Cow::Borrowed("https://authjs.dev/reference/core"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("TOKEN | hex(SHA-256(TOKEN secret))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text]),
    example: Cow::Borrowed("35fa9e3a2be64aa0753a71caef42cd033a6012a7c41bcda6dd56d33ef0f17a16"),
    options: Cow::Borrowed(&[]),
};

/// Digits of 32 bytes in hex.
const DIGITS: usize = 64;

impl Scheme for AuthjsCsrf {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (token, hash) = item.value.split_once('|')?;
        (is_hex(token) && is_hex(hash)).then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 95,
            reasons: vec![
                "Two texts of 64 hex digits with a bar between them: a token and its SHA-256 hash.".into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let keys = joined(&ask.secrets);
        let mut parts = item.value.split('|');
        let token = parts.next().unwrap_or_default();
        let Some(hash) = parts.next() else {
            let end = Span::new(item.value.len(), item.value.len());
            return bare(&ABOUT, malformed("There is no bar, and so no hash behind the token.", end));
        };
        let hash_span = Span::new(token.len() + 1, token.len() + 1 + hash.len());
        let payload = Payload::Text(token.to_owned());
        Opened {
            segments: vec![
                Segment {
                    name: "Token".into(),
                    role: Role::Payload,
                    span: Span::new(0, token.len()),
                    decoded: None,
                },
                Segment { name: "Hash".into(), role: Role::Signature, span: hash_span, decoded: None },
            ],
            payload: Some(payload),
            steps: steps(token, &keys),
            signature: Some(SignaturePair {
                found: hash.to_owned(),
                expected: keys.first().map(|key| hash_of(token, key)),
            }),
            ..bare(&ABOUT, verdict(ask, &keys, token, hash, hash_span))
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = joined(&draft.secrets);
        let key = keys.signing()?;
        let typed = payload::draft::bytes(&draft.payload)?;
        let token = if typed.is_empty() {
            hex::encode(random::bytes::<32>()?)
        } else {
            String::from_utf8_lossy(&typed).into_owned()
        };
        if token.contains('|') {
            let message = "Auth.js takes what stands behind the bar for the hash.";
            return Err(bad_payload(message, "Leave the token empty: then a random one is made."));
        }
        Ok(Made { value: format!("{token}|{}", hash_of(&token, key)), steps: steps(&token, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "auth.js and a page",
            "javascript",
            r#"// auth.js
import NextAuth from "next-auth"
export const { handlers, auth } = NextAuth({ secret: process.env.SECRET_ENV, providers: [] })

// In a page: asks /api/auth/csrf, which sets the cookie. The token goes back in a form's field `csrfToken`.
import { getCsrfToken } from "next-auth/react"
const csrfToken = await getCsrfToken()"#,
        )]
    }
}

fn is_hex(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// All the secrets as the one that Auth.js makes of them; none if one cannot be read.
fn joined(secrets: &[SecretText]) -> Keys {
    let keys = Keys::of(secrets, ABOUT.secret_encoding);
    let bytes: Vec<&[u8]> = keys.usable.iter().map(|key| key.secret.bytes()).collect();
    let secret = Secret::new(bytes.join(&b','));
    let first = keys.usable.first().filter(|_| keys.trouble.is_none());
    let usable = first.map(|first| Key { secret, index: first.index, encoding: first.encoding });
    Keys { usable: usable.into_iter().collect(), trouble: keys.trouble }
}

fn hash_of(token: &str, secret: &Secret) -> String {
    hex::encode(Digest::Sha256.hash(&[token.as_bytes(), secret.bytes()].concat()))
}

fn verdict(ask: &Ask, keys: &Keys, token: &str, hash: &str, at: Span) -> Verdict {
    if !is_hex(hash) {
        return malformed("Behind the bar do not stand the 64 hex digits of a SHA-256 hash.", at);
    }
    let right =
        keys.find(|key| bool::from(hash_of(token, key).as_bytes().ct_eq(hash.as_bytes())).then_some(()));
    match mac::judge(ask, keys, right.map(|(key, ())| key)) {
        Verdict::Invalid { why: Why::BadSignature, .. } => {
            let mut message =
                "The hash does not match: the token was changed, or this is not the secret.".to_owned();
            if ask.secrets.len() > 1 {
                message.push_str(
                    " Auth.js joins several secrets with commas; one that was added or removed changes every hash.",
                );
            }
            Verdict::Invalid { why: Why::BadSignature, message, at: None }
        }
        verdict => verdict,
    }
}

fn steps(token: &str, keys: &Keys) -> Vec<Step> {
    let mut steps =
        vec![Step::new("Token", "hex(32 random bytes)", Excerpt::text(token), Some(Role::Payload))];
    if let Some(key) = keys.first() {
        steps.extend(keys.step("Secret"));
        let hash = hash_of(token, key);
        steps.push(Step::new(
            "Hash",
            "hex(SHA-256(token secret))",
            Excerpt::text(&hash),
            Some(Role::Signature),
        ));
    }
    steps
}
