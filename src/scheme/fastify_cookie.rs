//! Fastify: signed cookies of `@fastify/cookie`.
//!
//! Text + `.` + tag, the whole percent-encoded with `encodeURIComponent` in the header; unlike Express nothing stands in
//! front. The tag is the standard Base64, without its padding, of HMAC over the text's UTF-8 bytes, with any hash function
//! that Node knows. Tags are compared as text. Source: `signer.js` of the npm package @fastify/cookie.

use std::borrow::Cow;

use super::kit::base64::BASE64;
use super::kit::cookie_signature::{self, Compared, CookieSignature, NODE_DIGESTS, ends_in_tag};
use super::kit::digest::Digest;
use super::kit::opened::bare;
use super::kit::verdict::unusable;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Payload, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct FastifyCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("fastify-cookie"),
    title: Cow::Borrowed("Fastify signed cookie"),
    framework: Cow::Borrowed("Fastify"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://github.com/fastify/fastify-cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("value . base64(HMAC(secret, value))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user-7"),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed("algorithm"),
        kind: OptionKind::Choice(Cow::Borrowed(NODE_DIGESTS)),
        default: Cow::Borrowed("sha256"),
        help: Cow::Borrowed("The hash function of the HMAC, by Node's name for it."),
        when_making: true,
        when_opening: true,
    }]),
};

static COOKIE: CookieSignature = CookieSignature {
    about: &ABOUT,
    prefix: "",
    base64: &BASE64,
    compared: Compared::AsText,
    read: |text| (Payload::of(text.as_bytes().to_vec()), 0),
};

impl Scheme for FastifyCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        // Shorter tags are too often something else, but for a cookie.
        let shortest = if item.name.is_some() { 0 } else { Digest::Sha256.size() };
        let by_tag = [Digest::Sha256, Digest::Sha384, Digest::Sha512, Digest::Sha1, Digest::Md5];
        let digest = by_tag
            .into_iter()
            .find(|digest| digest.size() >= shortest && ends_in_tag(&item.value, &BASE64, digest.size()))?;
        Some(Candidate {
            scheme: ABOUT.id.to_string(),
            // The application can choose any hash function, and hardly one does.
            likelihood: if digest == Digest::Sha256 { 34 } else { 26 },
            reasons: vec![format!(
                "Behind the last dot stands Base64 of {} bytes without padding: an HMAC tag, as several frameworks write it.",
                digest.size()
            )],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        match cookie_signature::algorithm(&ask.options, Digest::Sha256) {
            Ok(digest) => COOKIE.open(item, ask, digest),
            Err(error) => bare(&ABOUT, unusable(&error)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let digest = cookie_signature::algorithm(&draft.options, Digest::Sha256)?;
        COOKIE.make(&cookie_signature::text_of(&draft.payload)?, draft, digest)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.js",
            "javascript",
            r#"import Fastify from "fastify"
import cookie from "@fastify/cookie"

const app = Fastify()
const attributes = { path: "/", httpOnly: true, secure: true, sameSite: "lax" }
app.register(cookie, { secret: process.env.SECRET_ENV, algorithm: "OPTION_algorithm" })

app.get("/", async (request, reply) => {
  const { valid, value } = request.unsignCookie(request.cookies["NAME"] ?? "")
  reply.setCookie("NAME", "user-7", { signed: true, ...attributes })
  return { valid, value }
})"#,
        )]
    }
}
