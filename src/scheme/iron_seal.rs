//! A bare Iron seal (`@hapi/iron`): hapi's session cookies (`@hapi/cookie`, `@hapi/yar`), and whatever else is sealed by hand.
//!
//! The format is in [`kit::iron`](super::kit::iron). The value is any JSON. With one password the password id is not looked
//! at; with a map of passwords (`passwords`) it chooses one, and a seal without an id takes `default`. Encryption and HMAC may
//! have different passwords. JSON with a member `__proto__` is refused. Source: `lib/index.js` of `@hapi/iron`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::age;
use super::kit::iron::{self, Content, Passwords, Seal, Sealing};
use super::kit::making;
use super::kit::opened;
use super::kit::options;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::jose::jws::Refusal;
use crate::payload::javascript;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError, Why};
use crate::secret::{Secret, SecretEncoding, SecretText};

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct IronSeal;

static ABOUT: About = About {
    id: Cow::Borrowed("iron-seal"),
    title: Cow::Borrowed("Iron seal"),
    framework: Cow::Borrowed("hapi"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("sid"), Cow::Borrowed("session")]),
    docs: Cow::Borrowed("https://hapi.dev/module/iron/api/"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("Fe26.2 * id * salt * IV * AES(JSON) * expiration * salt * HMAC-SHA256(first six)"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        spec(
            TTL,
            OptionKind::Number,
            "0",
            "Milliseconds until the seal expires; 0 for never.",
            (true, false),
        ),
        spec(
            "timestampSkewSec",
            OptionKind::Number,
            "60",
            "Seconds for which an expired seal is still taken.",
            (false, true),
        ),
        spec(
            "localtimeOffsetMsec",
            OptionKind::Number,
            "0",
            "Milliseconds that are added to the clock.",
            (true, true),
        ),
        spec(
            "encryption",
            OptionKind::Json,
            "",
            "Other than the defaults: {\"algorithm\": \"aes-128-ctr\", \"iterations\": 1000, \"saltBits\": 256}.",
            (true, true),
        ),
        spec(
            "integrity",
            OptionKind::Json,
            "",
            "Other than the defaults: {\"iterations\": 1000, \"minPasswordlength\": 32}.",
            (true, true),
        ),
        spec(
            PASSWORD_ID,
            OptionKind::Text,
            "",
            "The id of the password, written into the seal.",
            (true, false),
        ),
        spec(
            PASSWORDS,
            OptionKind::Secret,
            "",
            "Passwords by id, if the server has several: {\"default\": \"…\", \"v2\": \"…\"}.",
            (true, true),
        ),
        spec(
            INTEGRITY_PASSWORD,
            OptionKind::Secret,
            "",
            "The password of the HMAC, if it is another than that of the encryption.",
            (true, true),
        ),
    ]),
};

const TTL: &str = "ttl";
const PASSWORD_ID: &str = "password_id";
const PASSWORDS: &str = "passwords";
const INTEGRITY_PASSWORD: &str = "integrity_password";
/// Which password a seal without an id takes from a map.
const DEFAULT_ID: &str = "default";

const fn spec(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
    (when_making, when_opening): (bool, bool),
) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(name),
        kind,
        default: Cow::Borrowed(default),
        help: Cow::Borrowed(help),
        when_making,
        when_opening,
    }
}

impl Scheme for IronSeal {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        iron::detect(&ABOUT, &item.value, |_| {
            Some(if iron::is_named(item, &iron::HAPI_NAMES) {
                (92, "hapi's plugins choose this name.")
            } else {
                (70, "Iron is hapi's, and others use it too.")
            })
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let text = item.value.as_str();
        let id = Seal::cut(text).map(|seal| seal.password_id()).unwrap_or_default();
        let sealing = match sealing(&ask.options) {
            Ok(sealing) => sealing,
            Err(bad) => {
                return Opened {
                    segments: iron::segments(text, None),
                    ..opened::bare(&ABOUT, verdict::unusable(&bad))
                };
            }
        };
        iron::open(&ABOUT, text, ask, passwords(&ask.options, id, &ask.secrets), &[sealing], &read)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let json = making::json(draft)?;
        let sealing = sealing(&draft.options)?;
        let id = options::word(&draft.options, PASSWORD_ID)?.unwrap_or_default();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !id.chars().all(is_word) {
            let hint = "Write letters, digits and `_` only.";
            return Err(options::bad_option(PASSWORD_ID, "Iron refuses this id.", hint));
        }
        let passwords = passwords(&draft.options, &id, &draft.secrets).map_err(|refusal| {
            options::bad_option(PASSWORDS, refusal.message, "Give a password under that id.")
        })?;
        iron::seal(&json, &passwords, &id, &sealing, || age::now(draft))
    }

    /// Which password sealed it.
    fn shown(&self, item: &Item, _opened: &Opened) -> Options {
        let id = Seal::cut(&item.value).map(|seal| seal.password_id()).unwrap_or_default();
        Some(id)
            .filter(|id| !id.is_empty())
            .map(|id| (PASSWORD_ID.to_owned(), id.into()))
            .into_iter()
            .collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "@hapi/iron",
            "javascript",
            r#"import Iron from "@hapi/iron"

const password = process.env.SECRET_ENV
const options = {
  ...Iron.defaults,
  ttl: OPTION_ttl,
?localtimeOffsetMsec:   localtimeOffsetMsec: OPTION_localtimeOffsetMsec,
  encryption: { ...Iron.defaults.encryption, ...OPTION_encryption },
  integrity: { ...Iron.defaults.integrity, ...OPTION_integrity },
}
const seal = await Iron.seal({ user_id: 7 }, password, options)
res.cookie("NAME", seal, { httpOnly: true, secure: true, sameSite: "lax" })

const value = await Iron.unseal(req.cookies["NAME"], password, options) // throws if the seal is not right"#,
        )]
    }
}

fn sealing(options: &Options) -> Result<Sealing, SignError> {
    let mut sealing = Sealing::with(1);
    sealing.set(|name| options.get(name))?;
    Ok(sealing)
}

fn passwords(options: &Options, id: &str, secrets: &[SecretText]) -> Result<Passwords, Refusal> {
    let mut passwords = match options::object(options, PASSWORDS)? {
        Some(map) => {
            let id = if id.is_empty() { DEFAULT_ID } else { id };
            Passwords::named(map, id, secrets).ok_or_else(|| {
                let message = format!("There is no password under the id `{id}`, which this seal needs.");
                Refusal::new(Why::BadSignature, message, None)
            })?
        }
        None => Passwords::any(secrets, ABOUT.secret_encoding),
    };
    if let Some(text) = options::word(options, INTEGRITY_PASSWORD)?.filter(|text| !text.is_empty()) {
        let encoding = passwords.keys.usable.first().map_or(ABOUT.secret_encoding, |key| key.encoding);
        let read = Secret::read(&text, encoding).map_err(|error| {
            options::bad_option(INTEGRITY_PASSWORD, format!("{error}."), "Write it as the secret.")
        })?;
        passwords.integrity = Some(read);
    }
    Ok(passwords)
}

fn read(json: String) -> Content {
    let refused =
        json.contains("__proto__") && serde_json::from_str(&json).is_ok_and(|value| has_proto(&value));
    let mut content = Content::of(javascript::payload(json));
    if refused {
        let message = "It decrypts, but it has a member `__proto__`, which Iron refuses.";
        content.checked = Err(Refusal::new(Why::Malformed, message, None));
    }
    content
}

/// The parser has bounded the nesting.
fn has_proto(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| name == "__proto__" || has_proto(value)),
        Value::Array(values) => values.iter().any(has_proto),
        _ => false,
    }
}
