//! Fernet: tokens of the Python package cryptography, and of every other implementation of its specification.
//!
//! See [`kit::fernet`](super::kit::fernet) for the construction. `MultiFernet` takes several keys: the first encrypts,
//! each may decrypt. The time is judged only where `decrypt` is given a `ttl`: then a token may be that many seconds old,
//! and 60 seconds from the future.

use std::borrow::Cow;

use super::kit::age;
use super::kit::fernet::{self, Token};
use super::kit::mac::Keys;
use super::kit::opened;
use super::kit::options;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, Payload, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Fernet;

static ABOUT: About = About {
    id: Cow::Borrowed("fernet"),
    title: Cow::Borrowed("Fernet token"),
    framework: Cow::Borrowed("cryptography"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://cryptography.io/en/latest/fernet/"),
    secret_encoding: SecretEncoding::Base64url,
    built: Cow::Borrowed(
        "base64url(0x80 + time + iv + AES-128-CBC(key[16..32], payload) + HMAC-SHA256(key[0..16], …))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json, PayloadForm::Hex]),
    example: Cow::Borrowed("user 7"),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed(TTL),
        kind: OptionKind::Number,
        default: Cow::Borrowed(""),
        help: Cow::Borrowed(
            "Seconds that a token may be old. Without it `decrypt` does not look at the time.",
        ),
        when_making: false,
        when_opening: true,
    }]),
};

const TTL: &str = "ttl";

fn ttl(options: &Options) -> Result<Option<f64>, SignError> {
    options::seconds(options, TTL, None)
}

impl Scheme for Fernet {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        Token::has_form(&item.value).then(|| {
            let reason = "It begins with `gAAAAA` (0x80 and a time) and is as long as a Fernet token can be.";
            opened::candidate(&ABOUT, 88, &[reason])
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let ttl = match ttl(&ask.options) {
            Ok(ttl) => ttl,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        match Token::read(&item.value) {
            Ok(token) => open(&token, &ABOUT, item, ask, (ttl, TTL)),
            Err(broken) => opened::bare(&ABOUT, broken),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        ttl(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let plain = payload::draft::bytes(&draft.payload)?;
        let (value, steps) = fernet::make(&keys, age::now(draft)?, &plain)?;
        Ok(Made { value, steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Python",
            "python",
            r#"import os
from cryptography.fernet import Fernet, InvalidToken

fernet = Fernet(os.environ["SECRET_ENV"])
response.set_cookie("NAME", fernet.encrypt(b"user 7").decode(), httponly=True, secure=True, samesite="Lax")
try:
    data = fernet.decrypt(request.cookies["NAME"])  # ttl=3600 refuses tokens older than an hour
except InvalidToken:
    data = None"#,
        )]
    }
}

/// A token opened for the scheme `about`; `ttl` is its limit of age and the option's name.
pub fn open(token: &Token, about: &About, item: &Item, ask: &Ask, ttl: (Option<f64>, &str)) -> Opened {
    let keys = Keys::of(&ask.secrets, about.secret_encoding);
    let tried = token.try_keys(ask, &keys);
    let verdict = verdict::with_caveats(tried.verdict, token.caveats(ttl.0, ttl.1, ask.now));
    Opened {
        token: None,
        scheme: about.id.to_string(),
        title: about.title.to_string(),
        verdict,
        segments: token.segments(&item.value),
        facts: vec![token.fact(ask.now)],
        steps: token.steps(tried.key, tried.plain.as_deref()),
        payload: tried.plain.map(Payload::of),
        encrypted: true,
        signature: Some(token.signature(&keys)),
        findings: Vec::new(),
    }
}
