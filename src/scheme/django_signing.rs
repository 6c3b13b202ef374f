//! Django: `Signer` and `TimestampSigner` on text, and `signing.dumps` on JSON.
//!
//! `text : tag`, or `text : timestamp : tag`. The tag is Base64url of HMAC-SHA256 over all before the last colon; the
//! key is SHA256(salt + "signer" + SECRET_KEY); the timestamp is in base 62. `dumps` signs Base64url of compact JSON with
//! the salt "django.core.signing", and with `compress` it puts a dot and Base64url of the zlib stream where that is
//! shorter. Django compares the tag as text. Source: `django/core/signing.py`.

use std::borrow::Cow;

use super::kit::django;
use super::kit::option_spec::choice;
use super::kit::options;
use super::kit::python_signing::{self, Family, MAX_AGE, Packing, Signer, max_age_option};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError, Verdict, Words};
use crate::secret::SecretEncoding;

/// `Signer` and `TimestampSigner`; see the [module's documentation](self).
#[derive(Debug)]
pub struct DjangoSigner;

/// `signing.dumps`; see the [module's documentation](self).
#[derive(Debug)]
pub struct DjangoSigning;

static SIGNER_ABOUT: About = About {
    id: Cow::Borrowed("django-signer"),
    title: Cow::Borrowed("Django signer"),
    framework: Cow::Borrowed("Django"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.djangoproject.com/en/stable/topics/signing/"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("text : base64url(HMAC-SHA256(SHA256(salt + \"signer\" + SECRET_KEY), text))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user-7"),
    options: Cow::Borrowed(&SIGNER_OPTIONS),
};

static ABOUT: About = About {
    id: Cow::Borrowed("django-signing"),
    title: Cow::Borrowed("Django signing.dumps"),
    framework: Cow::Borrowed("Django"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed(
        "https://docs.djangoproject.com/en/stable/topics/signing/#protecting-complex-data-structures",
    ),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url(json) : timestamp : base64url(HMAC-SHA256(SHA256(salt + \"signer\" + SECRET_KEY), the two before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&OPTIONS),
};

static SIGNER_OPTIONS: [OptionSpec; 5] = [
    choice(
        CLASS,
        &CLASSES,
        SIGNER,
        "The class: `TimestampSigner` writes the time as well. A value shows its own.",
    ),
    django::salt("django.core.signing.Signer"),
    django::algorithm(),
    django::sep(),
    django::max_age(),
];

static OPTIONS: [OptionSpec; 6] = [
    django::salt(DUMPS_SALT),
    choice(COMPRESS, &SWITCH, "false", "Whether the JSON is compressed where that makes it shorter."),
    django::max_age(),
    django::algorithm(),
    choice(CLASS, &DUMPS_CLASSES, DUMPS, "What signs: `dumps`, or `sign_object` of this class."),
    django::sep(),
];

static CLASSES: [Words; 2] = [Cow::Borrowed(SIGNER), Cow::Borrowed(TIMESTAMP_SIGNER)];
static DUMPS_CLASSES: [Words; 3] =
    [Cow::Borrowed(DUMPS), Cow::Borrowed(SIGNER), Cow::Borrowed(TIMESTAMP_SIGNER)];
static SWITCH: [Words; 2] = [Cow::Borrowed("false"), Cow::Borrowed("true")];

const CLASS: &str = "class";
const SIGNER: &str = "Signer";
const TIMESTAMP_SIGNER: &str = "TimestampSigner";
const DUMPS: &str = "dumps";
const DUMPS_SALT: &str = "django.core.signing";
const COMPRESS: &str = "compress";

/// The signer of a class, whose default salt is the class's dotted name.
fn signer(options: &Options, default: &str) -> Result<Signer, SignError> {
    let class = options::text(options, CLASS)?.unwrap_or(default).to_owned();
    let salt = match class.as_str() {
        DUMPS => DUMPS_SALT.to_owned(),
        SIGNER | TIMESTAMP_SIGNER => format!("django.core.signing.{class}"),
        _ => {
            let message = format!("{class:?} is no signer of Django.");
            return Err(options::bad_option(CLASS, message, "Choose Signer or TimestampSigner."));
        }
    };
    let timed = class != SIGNER;
    let max_age = max_age_option(options, MAX_AGE, None)?.filter(|_| timed);
    Ok(Signer { timed, max_age, ..django::signer(options, &salt)? })
}

impl Scheme for DjangoSigner {
    fn about(&self) -> &'static About {
        &SIGNER_ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let timed = python_signing::form(&item.value, ":", true, Family::Django);
        let (form, likelihood) = match timed {
            Some(form) => (form, 45),
            None => (python_signing::form(&item.value, ":", false, Family::Django)?, 25),
        };
        let reasons = form.reasons(false);
        Some(Candidate { scheme: SIGNER_ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let open = |class| {
            python_signing::open(&SIGNER_ABOUT, Packing::Text, signer(&ask.options, class), item, ask)
        };
        // Where the options do not name the class, the value shows it; but text may look like a timestamp.
        let sep = options::text(&ask.options, python_signing::SEP).ok().flatten().unwrap_or(":");
        if python_signing::form(&item.value, sep, true, Family::Django).is_none() {
            return open(SIGNER);
        }
        let opened = open(TIMESTAMP_SIGNER);
        match opened.verdict {
            Verdict::Invalid { .. } => Some(open(SIGNER))
                .filter(|other| matches!(other.verdict, Verdict::Valid { .. }))
                .unwrap_or(opened),
            _ => opened,
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&SIGNER_ABOUT, Packing::Text, signer(&draft.options, SIGNER), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Python",
            "python",
            r#"from django.core.signing import BadSignature, OPTION_class

# settings.py: SECRET_KEY = os.environ["SECRET_ENV"]
?!salt: signer = OPTION_class(sep="OPTION_sep", algorithm="OPTION_algorithm")
?salt: signer = OPTION_class(salt="OPTION_salt", sep="OPTION_sep", algorithm="OPTION_algorithm")
response.set_cookie("NAME", signer.sign("user-7"), httponly=True, secure=True, samesite="Lax")
try:
    text = signer.unsign(request.COOKIES["NAME"])
except BadSignature:
    text = None"#,
        )]
    }
}

impl Scheme for DjangoSigning {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let packing = django::packing(false, false);
        let form = python_signing::form(&item.value, ":", true, Family::Django)
            .or_else(|| python_signing::form(&item.value, ":", false, Family::Django))?;
        if !packing.wrote(form.body) {
            return None;
        }
        let likelihood = if form.stamp.is_some() { 75 } else { 55 };
        let reasons = form.reasons(true);
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&ABOUT, django::packing(false, false), signer(&ask.options, DUMPS), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let packing = django::packing(options::flag(&draft.options, COMPRESS)?.unwrap_or(false), false);
        python_signing::make(&ABOUT, packing, signer(&draft.options, DUMPS), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "views.py",
            "python",
            r#"from django.core import signing
from django.http import JsonResponse

?class!=dumps: ?!salt: signer = signing.OPTION_class(sep="OPTION_sep", algorithm="OPTION_algorithm")
?class!=dumps: ?salt: signer = signing.OPTION_class(salt="OPTION_salt", sep="OPTION_sep", algorithm="OPTION_algorithm")

def index(request):  # settings.py: SECRET_KEY = os.environ["SECRET_ENV"]
    try:
?class=dumps:         before = signing.loads(request.COOKIES.get("NAME", ""), salt="OPTION_salt")
?class!=dumps:         before = signer.unsign_object(request.COOKIES.get("NAME", ""))
    except signing.BadSignature:
        before = None
    response = JsonResponse({"before": before})
?class=dumps: ?compress=false:     value = signing.dumps({"user_id": 7}, salt="OPTION_salt")
?class=dumps: ?compress=true:     value = signing.dumps({"user_id": 7}, salt="OPTION_salt", compress=True)
?class!=dumps: ?compress=false:     value = signer.sign_object({"user_id": 7})
?class!=dumps: ?compress=true:     value = signer.sign_object({"user_id": 7}, compress=True)
    response.set_cookie("NAME", value, httponly=True, secure=True, samesite="Lax")
    return response"#,
        )]
    }
}
