//! Better Auth: the cookies that it signs, `better-auth.session_token` first of all.
//!
//! Text + `.` + tag as Hono writes it (better-call's `setSignedCookie`): the standard Base64, with its padding, of
//! HMAC-SHA256 over the text's UTF-8 bytes, the whole percent-encoded in the header. The dot must not be the first
//! character, so an empty text is never read back. The session's token is random; the session is in the database.
//! Source: `src/cookies.ts` and `src/crypto.ts` of the npm package better-call.

use std::borrow::Cow;

use super::kit::base64::BASE64_PADDED;
use super::kit::cookie_signature::{self, Compared, CookieSignature, ends_in_tag};
use super::kit::digest::Digest;
use super::kit::making::bad_payload;
use super::kit::opened::bare;
use super::kit::verdict::malformed;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Fact, FactValue, Opened, Payload, PayloadForm, SignError};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct BetterAuth;

static ABOUT: About = About {
    id: Cow::Borrowed("better-auth"),
    title: Cow::Borrowed("Better Auth signed cookie"),
    framework: Cow::Borrowed("Better Auth"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("better-auth.session_token"),
        Cow::Borrowed("__Secure-better-auth.session_token"),
    ]),
    docs: Cow::Borrowed("https://www.better-auth.com/docs/concepts/cookies"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("value . base64(HMAC-SHA256(secret, value))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("GxK2yP0mWq7sT4vB9nJcRfLhZdAe3uXo"),
    options: Cow::Borrowed(&[]),
};

static COOKIE: CookieSignature = CookieSignature {
    about: &ABOUT,
    prefix: "",
    base64: &BASE64_PADDED,
    compared: Compared::AsPaddedBytes,
    read: |text| (Payload::of(text.as_bytes().to_vec()), 0),
};

impl Scheme for BetterAuth {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if !ends_in_tag(&item.value, &BASE64_PADDED, Digest::Sha256.size()) {
            return None;
        }
        let mut candidate = Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 55,
            reasons: vec![
                "Behind the last dot stands Base64 of 32 bytes with its padding: an HMAC-SHA256 tag.".into(),
            ],
            percent_decoded: false,
        };
        let name = item.name.as_deref().unwrap_or_default();
        if name.contains("better-auth.") || name.ends_with(SESSION_TOKEN) {
            candidate.likelihood = 95;
            candidate.reasons.push(format!("The name `{name}` is Better Auth's."));
        }
        Some(candidate)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        if item.value.rfind('.') == Some(0) {
            let message = "There is no value before the dot; Better Auth does not read such a cookie.";
            return bare(&ABOUT, malformed(message, Span::new(0, 1)));
        }
        let mut opened = COOKIE.open(item, ask, Digest::Sha256);
        if let (Some(Payload::Text(token)), true) =
            (&opened.payload, item.name.as_deref().is_some_and(|name| name.ends_with(SESSION_TOKEN)))
        {
            opened.facts.push(Fact {
                term: "Session token".into(),
                from: None,
                value: FactValue::Text(format!("{token} (the session is in the server's database)")),
            });
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let text = cookie_signature::text_of(&draft.payload)?;
        if text.is_empty() {
            let message = "Better Auth signs an empty text, but does not read it back.";
            return Err(bad_payload(message, "Give a text."));
        }
        COOKIE.make(&text, draft, Digest::Sha256)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "auth.js",
            "javascript",
            r#"import { betterAuth } from "better-auth"
import { createAuthEndpoint } from "better-auth/api"

const example = createAuthEndpoint("/example", { method: "GET" }, async (ctx) => {
  const { secret } = ctx.context
  const before = await ctx.getSignedCookie("NAME", secret) // false if the signature is not right
  await ctx.setSignedCookie("NAME", "user-7", secret, { httpOnly: true, secure: true, sameSite: "lax" })
  return ctx.json({ before })
})
const plugin = { id: "example", endpoints: { example } }
export const auth = betterAuth({ secret: process.env.SECRET_ENV, plugins: [plugin] })"#,
        )]
    }
}

/// How the name of the session's cookie ends, whatever the option `cookiePrefix` is.
const SESSION_TOKEN: &str = ".session_token";
