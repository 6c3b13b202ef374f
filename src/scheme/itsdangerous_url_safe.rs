//! itsdangerous: `URLSafeSerializer` and `URLSafeTimedSerializer`.
//!
//! `payload . tag`, or `payload . timestamp . tag`, signed as by [`super::itsdangerous_signer`] with the salt
//! "itsdangerous". The payload is Base64url of compact JSON in UTF-8; where zlib makes it shorter it is compressed, and a
//! dot stands in front. Sources: `src/itsdangerous/url_safe.py`, `serializer.py` and `_json.py`.

use std::borrow::Cow;

use super::kit::itsdangerous;
use super::kit::option_spec::choice;
use super::kit::options;
use super::kit::python_signing::{self, Derivation, Family, MAX_AGE, Packing, Signer, max_age_option};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::python_json::Style;
use crate::protocol::{Ask, Candidate, Draft, FactValue, Opened, Options, PayloadForm, SignError, Words};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct ItsdangerousUrlSafe;

static ABOUT: About = About {
    id: Cow::Borrowed("itsdangerous-url-safe"),
    title: Cow::Borrowed("itsdangerous token"),
    framework: Cow::Borrowed("itsdangerous"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://itsdangerous.palletsprojects.com/en/stable/url_safe/"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64url(json) . base64url(HMAC-SHA1(SHA1(salt + \"signer\" + secret), payload))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 6] = [
    choice(
        CLASS,
        &CLASSES,
        PLAIN,
        "The class: `URLSafeTimedSerializer` writes the time as well. A value shows its own.",
    ),
    itsdangerous::salt(SALT),
    itsdangerous::key_derivation("django-concat"),
    itsdangerous::digest_method(),
    itsdangerous::sep(),
    itsdangerous::max_age(),
];

static CLASSES: [Words; 2] = [Cow::Borrowed(PLAIN), Cow::Borrowed(TIMED)];

const CLASS: &str = "serializer";
const PLAIN: &str = "URLSafeSerializer";
const TIMED: &str = "URLSafeTimedSerializer";
/// The salt of both classes.
const SALT: &str = "itsdangerous";

const PACKING: Packing = Packing::UrlSafe {
    style: Style { ascii: false, blanks: false, sorted: false },
    compress: true,
    tagged: false,
    dict: false,
};

/// The signer that `options` configure. Where they do not name the class, `value` shows it.
fn signer(options: &Options, value: &str) -> Result<Signer, SignError> {
    let sep = options::text(options, python_signing::SEP)?.unwrap_or(".").to_owned();
    let is_timed = python_signing::form(value, &sep, true, Family::ItsDangerous).is_some();
    let class = options::text(options, CLASS)?.unwrap_or(if is_timed { TIMED } else { PLAIN }).to_owned();
    let timed = match class.as_str() {
        PLAIN => false,
        TIMED => true,
        _ => {
            let message = format!("{class:?} is no serializer of itsdangerous.");
            let hint = "Choose URLSafeSerializer or URLSafeTimedSerializer.";
            return Err(options::bad_option(CLASS, message, hint));
        }
    };
    let signer = itsdangerous::signer(options, SALT, Derivation::DjangoConcat, timed)?;
    Ok(Signer {
        max_age: max_age_option(options, MAX_AGE, None)?.filter(|_| timed),
        last_signs: true,
        ..signer
    })
}

impl Scheme for ItsdangerousUrlSafe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let form = python_signing::form(&item.value, ".", true, Family::ItsDangerous)
            .or_else(|| python_signing::form(&item.value, ".", false, Family::ItsDangerous))?;
        if !PACKING.wrote(form.body) {
            return None;
        }
        let likelihood = if form.stamp.is_some() { 75 } else { 65 };
        let reasons = form.reasons(true);
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&ABOUT, PACKING, signer(&ask.options, &item.value), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&ABOUT, PACKING, signer(&draft.options, ""), draft)
    }

    /// The class, where a time stands in it.
    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        let is_timed = opened.facts.iter().any(|fact| matches!(fact.value, FactValue::Time { .. }));
        is_timed.then(|| (CLASS.to_owned(), TIMED.into())).into_iter().collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Python",
            "python",
            r#"import hashlib, os
from itsdangerous import BadSignature, OPTION_serializer

signer_kwargs = {
    "key_derivation": "OPTION_key_derivation", "digest_method": hashlib.OPTION_digest_method, "sep": "OPTION_sep"
}
serializer = OPTION_serializer(os.environ["SECRET_ENV"], salt="OPTION_salt", signer_kwargs=signer_kwargs)
response.set_cookie("NAME", serializer.dumps({"user": 7}), httponly=True, secure=True, samesite="Lax")
try:
    data = serializer.loads(request.cookies["NAME"])
except BadSignature:
    data = None"#,
        )]
    }
}
