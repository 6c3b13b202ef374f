//! itsdangerous: `Signer` and `TimestampSigner`.
//!
//! `value . tag`, or `value . timestamp . tag`: the value is text as it is, and may hold dots itself; the timestamp is
//! Base64url of the Unix seconds' bytes; the tag is Base64url of HMAC-SHA1 over all before the last dot. The key is by
//! default SHA1(salt + "signer" + secret), with the salt "itsdangerous.Signer". Of a list of secrets the last signs.
//! Sources: `src/itsdangerous/signer.py` and `timed.py`.

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::itsdangerous;
use super::kit::option_spec::choice;
use super::kit::options;
use super::kit::python_signing::{self, Derivation, Family, MAX_AGE, Packing, Signer, max_age_option};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, FactValue, Opened, Options, PayloadForm, SignError, Words};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct ItsdangerousSigner;

static ABOUT: About = About {
    id: Cow::Borrowed("itsdangerous-signer"),
    title: Cow::Borrowed("itsdangerous signer"),
    framework: Cow::Borrowed("itsdangerous"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://itsdangerous.palletsprojects.com/en/stable/signer/"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("value . base64url(HMAC-SHA1(SHA1(salt + \"signer\" + secret), value))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user-7"),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 6] = [
    choice(
        CLASS,
        &CLASSES,
        SIGNER,
        "The class: `TimestampSigner` writes the time as well. A value shows its own.",
    ),
    itsdangerous::salt(SALT),
    itsdangerous::key_derivation("django-concat"),
    itsdangerous::digest_method(),
    itsdangerous::sep(),
    itsdangerous::max_age(),
];

static CLASSES: [Words; 2] = [Cow::Borrowed(SIGNER), Cow::Borrowed(TIMESTAMP_SIGNER)];

const CLASS: &str = "signer";
const SIGNER: &str = "Signer";
const TIMESTAMP_SIGNER: &str = "TimestampSigner";
/// The salt of both classes.
pub const SALT: &str = "itsdangerous.Signer";

/// The signer that `options` configure. Where they do not name the class, `value` shows it.
fn signer(options: &Options, value: &str) -> Result<Signer, SignError> {
    let sep = options::text(options, python_signing::SEP)?.unwrap_or(".").to_owned();
    let is_timed = python_signing::form(value, &sep, true, Family::ItsDangerous).is_some();
    let class =
        options::text(options, CLASS)?.unwrap_or(if is_timed { TIMESTAMP_SIGNER } else { SIGNER }).to_owned();
    let timed = match class.as_str() {
        SIGNER => false,
        TIMESTAMP_SIGNER => true,
        _ => {
            let message = format!("{class:?} is no signer of itsdangerous.");
            return Err(options::bad_option(CLASS, message, "Choose Signer or TimestampSigner."));
        }
    };
    let signer = itsdangerous::signer(options, SALT, Derivation::DjangoConcat, timed)?;
    Ok(Signer {
        max_age: max_age_option(options, MAX_AGE, None)?.filter(|_| timed),
        last_signs: true,
        ..signer
    })
}

impl Scheme for ItsdangerousSigner {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let timed = python_signing::form(&item.value, ".", true, Family::ItsDangerous);
        // Without a timestamp there is only the length of the tag; the default's counts for more.
        let (form, likelihood) = match timed {
            Some(form) => (form, 45),
            None => {
                let form = python_signing::form(&item.value, ".", false, Family::ItsDangerous)?;
                let likelihood = if form.digest == Digest::Sha1 { 25 } else { 15 };
                (form, likelihood)
            }
        };
        let reasons = form.reasons(false);
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&ABOUT, Packing::Text, signer(&ask.options, &item.value), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&ABOUT, Packing::Text, signer(&draft.options, ""), draft)
    }

    /// The class, where a time stands in it.
    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        let is_timed = opened.facts.iter().any(|fact| matches!(fact.value, FactValue::Time { .. }));
        is_timed.then(|| (CLASS.to_owned(), TIMESTAMP_SIGNER.into())).into_iter().collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Python",
            "python",
            r#"import hashlib, os
from itsdangerous import BadSignature, OPTION_signer

signer = OPTION_signer(
    os.environ["SECRET_ENV"], salt="OPTION_salt", sep="OPTION_sep",
    key_derivation="OPTION_key_derivation", digest_method=hashlib.OPTION_digest_method,
)
response.set_cookie("NAME", signer.sign("user-7").decode(), httponly=True, secure=True, samesite="Lax")
try:
    text = signer.unsign(request.cookies["NAME"]).decode()
except BadSignature:
    text = None"#,
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CaveatKind, Verdict};
    use crate::secret::SecretText;

    fn caveats(value: &str, now: i64) -> Vec<CaveatKind> {
        let options =
            Options::from([(CLASS.into(), TIMESTAMP_SIGNER.into()), (MAX_AGE.into(), 3_600.into())]);
        let secrets = vec![SecretText::new("a secret of at least 256 bits, so", None)];
        let ask = Ask { secrets, options, now: Some(now), ..Ask::default() };
        match ItsdangerousSigner.open(&Item::bare(None, value), &ask).verdict {
            Verdict::Valid { but, .. } => but.into_iter().map(|caveat| caveat.kind).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn times_of_old_versions_are_recognised() {
        // Signed by version 0.24 on 2015-07-01.
        let value = "user-7.CHS_AA.gInra9LTKlB5PgZBWOdVIsyw7MU";
        assert_eq!(caveats(value, 1_435_708_800 + 3_600), []);
        assert_eq!(caveats(value, 1_435_708_800 + 3_601), [CaveatKind::Expired]);
        assert_eq!(caveats(value, 141_868_800), [], "as a new version would read it");
    }
}
