//! Hono: `setSignedCookie` and `getSignedCookie`.
//!
//! Text + `.` + tag, the whole percent-encoded with `encodeURIComponent` in the header. The tag is the standard Base64,
//! with its padding (44 characters, the last an `=`), of HMAC-SHA256 over the text's UTF-8 bytes. A tag of another form
//! counts as no cookie at all; else it is decoded with `atob` and compared as bytes. Source: `src/utils/cookie.ts` of the
//! npm package hono.

use std::borrow::Cow;

use super::kit::base64::BASE64_PADDED;
use super::kit::cookie_signature::{self, Compared, CookieSignature, ends_in_tag};
use super::kit::digest::Digest;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Payload, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct HonoSignedCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("hono-signed-cookie"),
    title: Cow::Borrowed("Hono signed cookie"),
    framework: Cow::Borrowed("Hono"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://hono.dev/docs/helpers/cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("value . base64(HMAC-SHA256(secret, value))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user-7"),
    options: Cow::Borrowed(&[]),
};

static COOKIE: CookieSignature = CookieSignature {
    about: &ABOUT,
    prefix: "",
    base64: &BASE64_PADDED,
    compared: Compared::AsPaddedBytes,
    read: |text| (Payload::of(text.as_bytes().to_vec()), 0),
};

impl Scheme for HonoSignedCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        ends_in_tag(&item.value, &BASE64_PADDED, Digest::Sha256.size()).then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 60,
            reasons: vec![
                "Behind the last dot stands Base64 of 32 bytes with its padding: an HMAC-SHA256 tag.".into(),
                "Hono writes it so, and Better Auth.".into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        COOKIE.open(item, ask, Digest::Sha256)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        COOKIE.make(&cookie_signature::text_of(&draft.payload)?, draft, Digest::Sha256)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.js",
            "javascript",
            r#"import { Hono } from "hono"
import { getSignedCookie, setSignedCookie } from "hono/cookie"

const app = new Hono()
const secret = process.env.SECRET_ENV
const attributes = { path: "/", httpOnly: true, secure: true, sameSite: "Lax" }

app.get("/", async (c) => {
  const before = await getSignedCookie(c, secret, "NAME") // false if the signature is not right
  await setSignedCookie(c, "NAME", "user-7", secret, attributes)
  return c.json({ before })
})"#,
        )]
    }
}
