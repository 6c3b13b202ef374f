//! Bottle: `response.set_cookie(name, value, secret=…)`.
//!
//! The cookie is `!` + tag + `?` + the standard Base64 of the pickle of `[name, value]`. The tag is the standard Base64
//! of the HMAC over that Base64 text; `digestmod` is SHA-256 since Bottle 0.13 and MD5 before. The name in the pickle
//! must be the cookie's own. Source: `bottle.py`.

use std::borrow::Cow;

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{self, segment};
use super::kit::options;
use super::kit::python_base64;
use super::kit::verdict::{self, malformed, unreadable};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::pickle::{self, Pickle};
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Opened, Options, PayloadForm, Role, SignError, SignaturePair, Step,
    Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct BottleCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("bottle-cookie"),
    title: Cow::Borrowed("Bottle signed cookie"),
    framework: Cow::Borrowed("Bottle"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://bottlepy.org/docs/dev/tutorial.html#cookies"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "! base64(HMAC-SHA256(secret, message)) ? message, message = base64(pickle([name, value]))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("user 7"),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed(DIGESTMOD),
        kind: OptionKind::Choice(Cow::Borrowed(&[
            Cow::Borrowed("sha256"),
            Cow::Borrowed("sha512"),
            Cow::Borrowed("sha384"),
            Cow::Borrowed("sha224"),
            Cow::Borrowed("sha1"),
            Cow::Borrowed("md5"),
        ])),
        default: Cow::Borrowed("sha256"),
        help: Cow::Borrowed("The hash function of the HMAC; MD5 before Bottle 0.13."),
        when_making: true,
        when_opening: true,
    }]),
};

const DIGESTMOD: &str = "digestmod";

fn digest(options: &Options) -> Result<Digest, SignError> {
    options::digest(options, DIGESTMOD, Digest::Sha256)
}

/// `!tag?message`
fn cut(value: &str) -> Result<(&str, &str), Verdict> {
    let Some(signed) = value.strip_prefix('!') else {
        let message = "It does not begin with `!`, so Bottle takes it for an unsigned cookie.";
        return Err(malformed(message, Some(Span::new(0, 0))));
    };
    signed.split_once('?').ok_or_else(|| {
        malformed("There is no `?` between a tag and a message.", Some(Span::new(1, value.len())))
    })
}

impl Scheme for BottleCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (tag, message) = cut(&item.value).ok()?;
        let tag = BASE64_PADDED.decode_canonical(tag)?;
        let is_tag = Digest::ALL.iter().any(|digest| digest.size() == tag.len());
        let holds_pickle = BASE64_PADDED.decode(message).is_ok_and(|bytes| Pickle::read(&bytes).is_ok());
        (is_tag && holds_pickle).then(|| {
            let reasons =
                ["It is `!`, the Base64 of a tag, `?`, and Base64.", "The second Base64 is a pickle."];
            opened::candidate(&ABOUT, 97, &reasons)
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let digest = match digest(&ask.options) {
            Ok(digest) => digest,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        match cut(&item.value) {
            Ok((tag, message)) => open(tag, message, digest, item, ask),
            Err(broken) => opened::bare(&ABOUT, broken),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let digest = digest(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let value = pickle::from_draft(&draft.payload)?;
        let pickled = pickle::write(&vec![draft.cookie.name.clone().into(), value].into());
        let message = BASE64_PADDED.encode(&pickled);
        let tag = BASE64_PADDED.encode(&digest.tag(key.bytes(), message.as_bytes()));
        Ok(Made { value: format!("!{tag}?{message}"), steps: steps(&pickled, &message, digest, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import hashlib, os
from bottle import request, response, route

SIGNED = {"secret": os.environ["SECRET_ENV"], "digestmod": hashlib.OPTION_digestmod}

@route("/")
def index():
    before = request.get_cookie("NAME", **SIGNED)  # None if it is not right
    response.set_cookie("NAME", "user 7", httponly=True, secure=True, samesite="lax", **SIGNED)
    return {"before": before}"#,
        )]
    }
}

fn open(tag: &str, message: &str, digest: Digest, item: &Item, ask: &Ask) -> Opened {
    let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
    // Bottle compares the text of the tag, so only its one spelling counts.
    let found = BASE64_PADDED.decode_canonical(tag);
    let verdict = mac::verdict(ask, &keys, digest, message.as_bytes(), found.as_deref());
    let message_at = 1 + tag.len() + 1;
    let span = Span::new(message_at, message_at + message.len());
    let bytes = python_base64::decode(message);
    let pickle = bytes.and_then(|bytes| Pickle::read(&bytes));
    let verdict = verdict::once_valid(verdict, || match &pickle {
        Ok(pickle) => wrong_name(pickle, item.name.as_deref()),
        Err(what) => Some(malformed(format!("The message {what}."), Some(span))),
    });
    let mut findings = mac::remarks(&verdict, &keys, digest);
    let pickle = pickle.ok();
    let payload = pickle.as_ref().map(|pickle| match pickle.item(pickle.root(), 1) {
        Some(value) => pickle.payload_of(value),
        None => pickle.payload(),
    });
    findings.extend(pickle.as_ref().map(|pickle| pickle.finding(Some(span))));
    let name = pickle.as_ref().and_then(name_in);
    let expected = keys.first().map(|key| BASE64_PADDED.encode(&digest.tag(key.bytes(), message.as_bytes())));
    Opened {
        token: None,
        scheme: ABOUT.id.to_string(),
        title: format!("{}, HMAC-{}", ABOUT.title, digest.name()),
        verdict,
        segments: vec![
            segment("Prefix", Role::Prefix, Span::new(0, 1), None),
            segment("Signature", Role::Signature, Span::new(1, 1 + tag.len()), None),
            segment("Message", Role::Payload, span, pickle.as_ref().map(Pickle::payload)),
        ],
        facts: name.map(|name| opened::text_fact("Cookie name", None, name)).into_iter().collect(),
        steps: pickle
            .as_ref()
            .map(|pickle| steps(pickle.bytes(), message, digest, &keys))
            .unwrap_or_default(),
        payload,
        encrypted: false,
        signature: Some(SignaturePair { found: tag.to_owned(), expected }),
        findings,
    }
}

fn name_in(pickle: &Pickle) -> Option<&str> {
    pickle.item(pickle.root(), 0).and_then(|id| pickle.text(id))
}

fn wrong_name(pickle: &Pickle, expected: Option<&str>) -> Option<Verdict> {
    if pickle.item(pickle.root(), 1).is_none() {
        return Some(unreadable("The pickle is no list of a name and a value."));
    }
    let (found, expected) = (name_in(pickle).unwrap_or_default(), expected?);
    (found != expected).then(|| {
        let message = format!("It was signed for the cookie `{found}`, not for `{expected}`.");
        verdict::invalid(Why::WrongOption, message)
    })
}

fn steps(pickled: &[u8], message: &str, digest: Digest, keys: &Keys) -> Vec<Step> {
    let mut steps = vec![
        Step::new("Pickle", "pickle([name, value])", Excerpt::hex(pickled), None),
        Step::new("Message", "base64(pickle)", Excerpt::text(message), Some(Role::Payload)),
    ];
    steps.extend(keys.steps(
        digest,
        "message",
        message.as_bytes(),
        |tag| BASE64_PADDED.encode(tag),
        "base64",
    ));
    steps
}
