//! aiohttp-session: `NaClCookieStorage`.
//!
//! The cookie is the standard Base64, with padding, of a nonce of 24 bytes and NaCl's secretbox (XSalsa20-Poly1305: the
//! tag, then the ciphertext) of the JSON `{"created": …, "session": {…}}` as Python writes it. The key is 32 bytes. With
//! `max_age`, the age since `created` is judged. Source: `aiohttp_session/nacl_storage.py`.

use std::borrow::Cow;

use super::aiohttp_session_encrypted::{COOKIE, MAX_AGE_OPTION, judge_session, max_age, session};
use super::kit::base64::BASE64_PADDED;
use super::kit::cipher::{Aead, TAG};
use super::kit::mac::Keys;
use super::kit::opened;
use super::kit::verdict::{self, malformed};
use super::kit::{python_base64, random};
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Payload, PayloadForm, Role, SignError, Step,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct AiohttpSessionNacl;

static ABOUT: About = About {
    id: Cow::Borrowed("aiohttp-session-nacl"),
    title: Cow::Borrowed("aiohttp NaCl session"),
    framework: Cow::Borrowed("aiohttp-session"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE)]),
    docs: Cow::Borrowed("https://aiohttp-session.readthedocs.io/en/stable/reference.html"),
    secret_encoding: SecretEncoding::Base64,
    built: Cow::Borrowed("base64(nonce + secretbox(key, nonce, {\"created\": now, \"session\": payload}))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[MAX_AGE_OPTION]),
};

const NONCE: usize = 24;
const KEY: usize = 32;
const CIPHER: Aead = Aead::XSalsa20Poly1305;
/// Bytes of the shortest session: `{"created": 0, "session": {}}`.
const SHORTEST: usize = NONCE + TAG + 29;

impl Scheme for AiohttpSessionNacl {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let is_long = BASE64_PADDED.decode(&item.value).is_ok_and(|bytes| bytes.len() >= SHORTEST);
        let is_named = opened::is_named(&ABOUT, item.name.as_deref());
        let form = "Base64 without a form of its own, and long enough for a nonce and a box.";
        match (is_long, &item.name) {
            (false, _) => None,
            _ if is_named => Some(opened::candidate(
                &ABOUT,
                80,
                &["The name `AIOHTTP_SESSION` is aiohttp-session's.", form],
            )),
            // Encrypted bytes look like any others, so without the name only a whole cookie is offered, and last.
            (_, Some(_)) => Some(opened::candidate(&ABOUT, 5, &[form])),
            _ => None,
        }
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let max_age = match max_age(&ask.options) {
            Ok(max_age) => max_age,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        let whole = Some(Span::new(0, item.value.len()));
        let bytes = match python_base64::decode(&item.value) {
            Ok(bytes) => bytes,
            Err(what) => return opened::bare(&ABOUT, malformed(format!("The value {what}."), whole)),
        };
        let parts = bytes.split_at_checked(NONCE).filter(|(_, sealed)| sealed.len() >= TAG);
        let Some((nonce, sealed)) = parts else {
            let message = format!(
                "It has {} bytes; a nonce and a box have at least {}. It was probably cut.",
                bytes.len(),
                NONCE + TAG
            );
            return opened::bare(&ABOUT, malformed(message, whole));
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let right = keys.find(|key| CIPHER.open(key.bytes(), nonce, b"", sealed));
        let verdict = verdict::sealed(ask, &keys, right.as_ref().map(|(key, _)| *key), &[KEY]);
        let plain = right.map(|(_, plain)| plain);
        let pieces = vec![
            ("Nonce", Role::Meta, NONCE, None),
            ("Tag", Role::Signature, NONCE + TAG, None),
            ("Ciphertext", Role::Payload, bytes.len(), None),
        ];
        let mut opened = Opened {
            segments: opened::pieces(&item.value, 0, &bytes, &BASE64_PADDED, pieces),
            steps: steps(&keys, nonce, sealed, plain.as_deref()),
            payload: plain.map(Payload::of),
            encrypted: true,
            ..opened::bare(&ABOUT, verdict)
        };
        judge_session(&mut opened, max_age, ask.now);
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        max_age(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let plain = session(draft)?;
        let nonce = random::bytes::<NONCE>()?;
        let sealed = CIPHER.seal(key.bytes(), &nonce, b"", plain.as_bytes()).ok_or_else(|| SignError {
            field: Field::Secret,
            message: format!("The key has {} bytes; a secretbox takes {KEY}.", key.len()),
            hint: "Make 32 random bytes in Generate.".into(),
            at: None,
        })?;
        Ok(Made {
            value: BASE64_PADDED.encode(&[&nonce[..], &sealed].concat()),
            steps: steps(&keys, &nonce, &sealed, Some(plain.as_bytes())),
        })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import base64, os
from aiohttp import web
from aiohttp_session import get_session, setup
from aiohttp_session.nacl_storage import NaClCookieStorage

async def index(request):
    session = await get_session(request)  # empty if the cookie is not right
    before, session["user"] = session.get("user"), 7
    return web.json_response({"before": before})

app = web.Application()
key = KEY_BYTES
setup(app, NaClCookieStorage(key, cookie_name="NAME", secure=True, samesite="Lax"))
app.router.add_get("/", index)"#,
        )]
    }
}

fn steps(keys: &Keys, nonce: &[u8], sealed: &[u8], plain: Option<&[u8]>) -> Vec<Step> {
    let mut steps: Vec<Step> =
        plain.map(|plain| Step::new("Plaintext", "", Excerpt::of(plain), None)).into_iter().collect();
    steps.extend(keys.step("Key"));
    steps.push(Step::new("Nonce", "24 random bytes", Excerpt::hex(nonce), Some(Role::Meta)));
    steps.push(Step::new(
        "Box",
        "XSalsa20-Poly1305(key, nonce, plaintext): tag, then ciphertext",
        Excerpt::hex(sealed),
        Some(Role::Payload),
    ));
    let value = BASE64_PADDED.encode(&[nonce, sealed].concat());
    steps.push(Step::new("Value", "base64(nonce + box)", Excerpt::text(&value), None));
    steps
}
