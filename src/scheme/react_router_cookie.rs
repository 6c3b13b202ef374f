//! React Router and Remix: `createCookie` with `secrets`, and the cookie session storage built on it.
//!
//! Base64 (standard, padded) of the value's JSON + `.` + tag, percent-encoded with `encodeURIComponent` in the header. The
//! tag is the standard Base64, without its padding, of HMAC-SHA256 over the first part as it stands. React Router 7 decodes
//! the tag with `atob` and compares bytes; Remix 2 compared the text. What verifies and is not JSON is read as `{}`. The
//! empty text is written as an empty cookie without a signature. Sources: `lib/server-runtime/cookies.ts` and `crypto.ts`
//! of the npm package react-router.

use std::borrow::Cow;

use super::kit::base64::{BASE64, BASE64_PADDED};
use super::kit::cookie_signature::{Compared, CookieSignature, atob, ends_in_tag};
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::bare;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload::{self, javascript};
use crate::protocol::{
    Ask, Candidate, Caveat, CaveatKind, Draft, Excerpt, Opened, Payload, PayloadForm, SignError, Step,
    Verdict,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct ReactRouterCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("react-router-cookie"),
    title: Cow::Borrowed("React Router signed cookie"),
    framework: Cow::Borrowed("React Router, Remix"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("__session")]),
    docs: Cow::Borrowed("https://reactrouter.com/explanation/sessions-and-cookies"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(JSON) . base64(HMAC-SHA256(secret, base64(JSON)))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"userId\": 7 }"),
    options: Cow::Borrowed(&[]),
};

static COOKIE: CookieSignature = CookieSignature {
    about: &ABOUT,
    prefix: "",
    base64: &BASE64,
    compared: Compared::AsBytes,
    read: |text| (payload_of(text), 0),
};

impl Scheme for ReactRouterCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (encoded, _) = item.value.rsplit_once('.')?;
        let is_json = ends_in_tag(&item.value, &BASE64, Digest::Sha256.size())
            && BASE64_PADDED.decode_canonical(encoded).is_some_and(|bytes| is_json(&bytes));
        is_json.then(|| {
            let is_session = item.name.as_deref() == Some("__session");
            let mut reasons = vec![
                "Before the dot stands JSON in Base64, behind it 32 bytes in Base64: an HMAC-SHA256 tag."
                    .to_owned(),
            ];
            if is_session {
                reasons.push("The name `__session` is that of the cookie session storage.".into());
            }
            let likelihood = if is_session { 95 } else { 85 };
            Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false }
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        if item.value.is_empty() {
            return empty(ask);
        }
        let mut opened = COOKIE.open(item, ask, Digest::Sha256);
        if let Some(payload) = &opened.payload {
            opened.steps.insert(0, Step::new("JSON", "", Excerpt::of(payload.bytes()), None));
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let json = match draft.payload.form {
            PayloadForm::Json => javascript::typed(&draft.payload.text)?,
            _ => {
                let text = payload::draft::bytes(&draft.payload)?;
                javascript::quoted(&String::from_utf8_lossy(&text))
            }
        };
        if json == "\"\"" {
            let step = Step::new("Value", "the empty text, without a signature", Excerpt::text(""), None);
            return Ok(Made { value: String::new(), steps: vec![step] });
        }
        let mut made = COOKIE.make(&BASE64_PADDED.encode(json.as_bytes()), draft, Digest::Sha256)?;
        made.steps.insert(0, Step::new("JSON", "JSON.stringify(value)", Excerpt::text(&json), None));
        Ok(made)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "A route",
            "javascript",
            r#"import { createCookie, data } from "react-router"

const cookie = createCookie("NAME", {
  secrets: [process.env.SECRET_ENV], path: "/", httpOnly: true, secure: true, sameSite: "lax",
})

export async function loader({ request }) {
  const before = await cookie.parse(request.headers.get("Cookie")) // null if the signature is not right
  return data({ before }, { headers: { "Set-Cookie": await cookie.serialize({ userId: 7 }) } })
}"#,
        )]
    }
}

/// An empty cookie is read as the empty text, whatever the secrets are.
fn empty(ask: &Ask) -> Opened {
    let message = "It carries no signature: React Router reads an empty cookie as the empty text, whatever the secret is.";
    let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
    let mut verdict = mac::judge(ask, &keys, keys.usable.first());
    if let Verdict::Valid { but, .. } = &mut verdict {
        *but = vec![Caveat { kind: CaveatKind::WeakSecret, message: message.into() }];
    }
    Opened { payload: Some(Payload::Text(String::new())), ..bare(&ABOUT, verdict) }
}

fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(payload::is_json)
}

/// What a program gets: the value of the JSON, or `{}` where there is none.
fn payload_of(encoded: &str) -> Payload {
    match atob(encoded).map(String::from_utf8) {
        Ok(Ok(json)) if payload::is_json(&json) => javascript::payload(json),
        _ => Payload::Json("{}".into()),
    }
}
