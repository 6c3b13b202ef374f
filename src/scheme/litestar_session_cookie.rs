//! Litestar: `CookieBackendConfig`, the session in the cookie.
//!
//! The cookie is the standard Base64, with padding, of a nonce of 12 bytes, the AES-GCM ciphertext with its tag behind
//! it, the marker `additional_authenticated_data=`, and the JSON `{"expires_at":N}`. That JSON is the associated data;
//! the key, of 16, 24 or 32 bytes, is the secret as it is. The plaintext is the session as compact JSON. What is longer
//! than 4,032 characters is cut into cookies `session-0`, `session-1` … Source: `litestar/middleware/session/client_side.py`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64_PADDED;
use super::kit::cipher::{Aead, TAG};
use super::kit::mac::Keys;
use super::kit::opened;
use super::kit::options;
use super::kit::verdict::{self, malformed, unreadable};
use super::kit::{age, python_base64, random};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, SignError, Step,
    Verdict,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct LitestarSessionCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("litestar-session-cookie"),
    title: Cow::Borrowed("Litestar session"),
    framework: Cow::Borrowed("Litestar"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("session")]),
    docs: Cow::Borrowed("https://docs.litestar.dev/latest/reference/middleware/session/client_side.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(nonce + AES-GCM(secret, nonce, payload, expiry) + marker + expiry)"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed(MAX_AGE),
        kind: OptionKind::Number,
        default: Cow::Borrowed("1209600"),
        help: Cow::Borrowed("Seconds from now until the session ends: its end is written into the cookie."),
        when_making: true,
        when_opening: false,
    }]),
};

const SPLIT_SOURCE: &str =
    "https://github.com/litestar-org/litestar/blob/main/litestar/middleware/session/client_side.py";
const MAX_AGE: &str = "max_age";
const DEFAULT_MAX_AGE: f64 = 1_209_600.0;
const NONCE: usize = 12;
const MARKER: &[u8] = b"additional_authenticated_data=";

fn max_age(options: &Options) -> Result<i64, SignError> {
    let seconds = options::seconds(options, MAX_AGE, Some(DEFAULT_MAX_AGE))?.unwrap_or(DEFAULT_MAX_AGE);
    // Litestar takes a whole number from 1 on.
    let seconds = Some(age::whole(seconds)).filter(|seconds| (1..=1_000_000_000_000).contains(seconds));
    seconds.ok_or_else(|| {
        options::bad_option(MAX_AGE, "A session lasts at least one second.", "Write a larger number.")
    })
}

/// A value, decoded and cut.
struct Parts<'a> {
    nonce: &'a [u8],
    sealed: &'a [u8],
    /// The JSON that is authenticated beside the session.
    expiry: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let marker = bytes.windows(MARKER.len()).position(|window| window == MARKER);
        let marker = marker
            .ok_or("There is no `additional_authenticated_data=` in it, and so no end of the session.")?;
        let (before, behind) = bytes.split_at_checked(marker).unwrap_or_default();
        let parts = before.split_at_checked(NONCE).filter(|(_, sealed)| sealed.len() >= TAG);
        let (nonce, sealed) = parts.ok_or("There is no room for a nonce and a tag before the marker.")?;
        Ok(Self { nonce, sealed, expiry: behind.get(MARKER.len()..).unwrap_or_default() })
    }

    /// Unix seconds at which the session ends.
    fn expires(&self) -> Option<i64> {
        let json: Value = serde_json::from_slice(self.expiry).ok()?;
        json.get("expires_at")?.as_f64().map(age::whole)
    }
}

impl Scheme for LitestarSessionCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let bytes = BASE64_PADDED.decode(&item.value).ok()?;
        let is_one = Parts::of(&bytes).is_ok_and(|parts| parts.expires().is_some());
        is_one.then(|| {
            let reason = "It decodes to bytes that hold `additional_authenticated_data=` and an expiry.";
            opened::candidate(&ABOUT, 97, &[reason])
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        if let Err(error) = max_age(&ask.options) {
            return opened::bare(&ABOUT, verdict::unusable(&error));
        }
        let whole = Some(Span::new(0, item.value.len()));
        let bytes = match python_base64::decode(&item.value) {
            Ok(bytes) => bytes,
            Err(what) => return opened::bare(&ABOUT, malformed(format!("The value {what}."), whole)),
        };
        match Parts::of(&bytes) {
            Ok(parts) => open(&parts, &bytes, item, ask),
            Err(what) => opened::bare(&ABOUT, malformed(what, whole)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let expires = age::now(draft)?.saturating_add(max_age(&draft.options)?);
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let plain = payload::draft::json(&draft.payload.text)?;
        if !plain.starts_with('{') {
            return Err(SignError {
                field: Field::Payload,
                message: "A session is a dict: a JSON object is needed here.".into(),
                hint: "Write { \"name\": value }.".into(),
                at: Some(0),
            });
        }
        let nonce = random::bytes::<NONCE>()?;
        let expiry = format!("{{\"expires_at\":{expires}}}");
        let sealed = Aead::AesGcm.seal(key.bytes(), &nonce, expiry.as_bytes(), plain.as_bytes());
        let sealed = sealed.ok_or_else(|| SignError {
            field: Field::Secret,
            message: format!("The secret has {} bytes; Litestar takes 16, 24 or 32.", key.len()),
            hint: "Make 32 random bytes in Generate.".into(),
            at: None,
        })?;
        let parts = Parts { nonce: &nonce, sealed: &sealed, expiry: expiry.as_bytes() };
        let bytes = [&nonce[..], &sealed, MARKER, expiry.as_bytes()].concat();
        Ok(Made { value: BASE64_PADDED.encode(&bytes), steps: steps(&parts, &keys, Some(plain.as_bytes())) })
    }

    fn split(&self) -> Option<Split> {
        Some(Split { mark: "-", as_text: true, ..Split::dotted(Room::Value(4096 - 64), SPLIT_SOURCE) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
from litestar import Litestar, Request, get
from litestar.middleware.session.client_side import CookieBackendConfig

@get("/")
async def index(request: Request) -> dict:
    before = request.session.get("user")  # None if the cookie is not right
    request.session["user"] = 7
    return {"before": before}

secret = os.environ["SECRET_ENV"].encode()  # 16, 24 or 32 bytes
config = CookieBackendConfig(secret=secret, key="NAME", max_age=OPTION_max_age, secure=True)
app = Litestar([index], middleware=[config.middleware])"#,
        )]
    }
}

fn open(parts: &Parts, bytes: &[u8], item: &Item, ask: &Ask) -> Opened {
    let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
    let right = keys.find(|key| Aead::AesGcm.open(key.bytes(), parts.nonce, parts.expiry, parts.sealed));
    let verdict = verdict::sealed(ask, &keys, right.as_ref().map(|(key, _)| *key), &[16, 24, 32]);
    let plain = right.map(|(_, plain)| plain);
    let verdict = match parts.expires() {
        Some(expires) => verdict::with_caveats(verdict, age::ended(expires, ask.now)),
        None => no_end(verdict),
    };
    let sealed_end = NONCE + parts.sealed.len();
    let pieces = vec![
        ("Nonce", Role::Meta, NONCE, None),
        ("Ciphertext", Role::Payload, sealed_end.saturating_sub(TAG), None),
        ("Tag", Role::Signature, sealed_end, None),
        ("Marker", Role::Prefix, sealed_end + MARKER.len(), None),
        ("Associated data", Role::Meta, bytes.len(), Some(Payload::of(parts.expiry.to_vec()))),
    ];
    let expires = parts.expires().map(|expires| opened::time_fact("Expires", "expires_at", expires, ask.now));
    Opened {
        segments: opened::pieces(&item.value, 0, bytes, &BASE64_PADDED, pieces),
        facts: expires.into_iter().collect(),
        steps: steps(parts, &keys, plain.as_deref()),
        payload: plain.map(Payload::of),
        encrypted: true,
        ..opened::bare(&ABOUT, verdict)
    }
}

fn no_end(verdict: Verdict) -> Verdict {
    verdict::once_valid(verdict, || {
        Some(unreadable("What is authenticated beside the session does not say when it ends."))
    })
}

fn steps(parts: &Parts, keys: &Keys, plain: Option<&[u8]>) -> Vec<Step> {
    let mut steps: Vec<Step> =
        plain.map(|plain| Step::new("Plaintext", "", Excerpt::of(plain), None)).into_iter().collect();
    steps.extend(keys.step("Key"));
    steps.push(Step::new("Nonce", "12 random bytes", Excerpt::hex(parts.nonce), Some(Role::Meta)));
    steps.push(Step::new(
        "Associated data",
        "the end of the session",
        Excerpt::of(parts.expiry),
        Some(Role::Meta),
    ));
    steps.push(Step::new(
        "Ciphertext",
        "AES-GCM(key, nonce, plaintext, associated data), its tag at the end",
        Excerpt::hex(parts.sealed),
        Some(Role::Payload),
    ));
    let value = BASE64_PADDED.encode(&[parts.nonce, parts.sealed, MARKER, parts.expiry].concat());
    let formula = "base64(nonce + ciphertext + marker + associated data)";
    steps.push(Step::new("Value", formula, Excerpt::text(&value), None));
    steps
}
