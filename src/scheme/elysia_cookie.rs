//! Elysia: cookies named in the option `sign`.
//!
//! Text + `.` + tag, percent-encoded with `encodeURIComponent` in the header; an object or array is signed as its JSON.
//! The tag is the standard Base64, without its padding, of HMAC-SHA256 over the text's UTF-8 bytes, compared as text. When
//! a cookie is read it is percent-decoded twice, by the parser and again, so a text with a percent sign never verifies.
//! Sources: `src/cookies.ts` and `src/utils.ts` of the npm package elysia.

use std::borrow::Cow;

use super::kit::base64::BASE64;
use super::kit::cookie_signature::{self, Compared, CookieSignature, ends_in_tag};
use super::kit::digest::Digest;
use super::kit::making::bad_payload;
use super::kit::opened::bare;
use super::kit::verdict::malformed;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{Ask, Candidate, Draft, Opened, Payload, PayloadForm, SignError, Verdict};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct ElysiaCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("elysia-cookie"),
    title: Cow::Borrowed("Elysia signed cookie"),
    framework: Cow::Borrowed("Elysia"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://elysiajs.com/patterns/cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("value . base64(HMAC-SHA256(secret, value))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[]),
};

static COOKIE: CookieSignature = CookieSignature {
    about: &ABOUT,
    prefix: "",
    base64: &BASE64,
    compared: Compared::AsText,
    read: |text| (payload_of(text), 0),
};

impl Scheme for ElysiaCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if !ends_in_tag(&item.value, &BASE64, Digest::Sha256.size()) {
            return None;
        }
        let is_json = item.value.starts_with(['{', '[']);
        Some(Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: if is_json { 45 } else { 30 },
            reasons: vec![
                "Behind the last dot stands Base64 of 32 bytes without padding: an HMAC-SHA256 tag, as several frameworks \
                 write it."
                    .into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        match decoded_again(item) {
            Ok(None) => COOKIE.open(item, ask, Digest::Sha256),
            Ok(Some(decoded)) => placed(COOKIE.open(&decoded, ask, Digest::Sha256), &decoded),
            Err(at) => {
                let message =
                    "Elysia percent-decodes the value a second time and fails at this percent sign.";
                bare(&ABOUT, malformed(message, at))
            }
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let text = cookie_signature::text_of(&draft.payload)?;
        // Elysia gives a text as it is, not as JSON.
        let text = match serde_json::from_str::<String>(&text) {
            Ok(plain) if draft.payload.form == PayloadForm::Json => plain,
            _ => text,
        };
        if text.contains('%') {
            let message =
                "Elysia decodes a value twice when it reads it, so one with a percent sign never verifies.";
            return Err(bad_payload(message, "Leave percent signs out, or encode the text in another way."));
        }
        COOKIE.make(&text, draft, Digest::Sha256)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "index.js",
            "javascript",
            r#"import { Elysia } from "elysia"

new Elysia({ cookie: { secrets: process.env.SECRET_ENV, sign: ["NAME"] } })
  .get("/", ({ cookie }) => {
    const session = cookie["NAME"] // a wrong signature refuses the request
    const before = session.value
    session.set({ value: { user: 7 }, path: "/", httpOnly: true, secure: true, sameSite: "lax" })
    return { before }
  })
  .listen(3000)"#,
        )]
    }
}

/// What a program gets: JSON in braces or brackets as what it stands for, everything else as text.
fn payload_of(text: &str) -> Payload {
    let within = |open, close| text.starts_with(open) && text.ends_with(close);
    let is_json = (within('{', '}') || within('[', ']')) && payload::is_json(text);
    if is_json { Payload::Json(text.to_owned()) } else { Payload::Text(text.to_owned()) }
}

/// The value as Elysia's second `decodeURIComponent` leaves it, if that changes it.
fn decoded_again(item: &Item) -> Result<Option<Item>, Span> {
    let value = &item.value;
    let is_escape = |at: usize| {
        value.get(at + 1..at + 3).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let mut signs = value.match_indices('%').map(|(at, _)| at).peekable();
    let Some(&first) = signs.peek() else { return Ok(None) };
    let wrong = signs.find(|at| !is_escape(*at));
    let decoded = Item::bare(item.name.as_deref(), value).percent_decoded();
    match (wrong, decoded) {
        (None, Some(decoded)) => Ok(Some(decoded)),
        (wrong, _) => {
            let at = wrong.unwrap_or(first);
            Err(Span::new(at, at + 1))
        }
    }
}

/// With the places of the value as it was before its second decoding.
fn placed(mut opened: Opened, decoded: &Item) -> Opened {
    for segment in &mut opened.segments {
        segment.span = decoded.place(segment.span);
    }
    if let Verdict::Invalid { at: Some(at), .. } = &mut opened.verdict {
        *at = decoded.place(*at);
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretText;

    #[test]
    fn a_value_is_decoded_a_second_time() {
        let ask = Ask { secrets: vec![SecretText::new("keyboard cat", None)], ..Ask::default() };
        let open = |value: &str| ElysiaCookie.open(&Item::bare(None, value), &ask);
        let opened = open("hell%6F.xz6khi6%2BoL1pnNhBgjk3Nr1CX2sxTjJiO9pKXaHZ33E");
        assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{:?}", opened.verdict);
        assert_eq!(opened.segments[0].span, Span::new(0, 7));
        assert!(matches!(
            open("100% sure.abc").verdict,
            Verdict::Invalid { at: Some(Span { start: 3, end: 4 }), .. }
        ));
        assert!(matches!(open("%ff.abc").verdict, Verdict::Invalid { .. }));
        assert!(matches!(open("é%").verdict, Verdict::Invalid { .. }));
    }
}
