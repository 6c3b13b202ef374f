//! Go: gorilla/securecookie, and with it gorilla/sessions and gorilla/csrf.
//!
//! Base64url with padding of date + `|` + val + `|` + the tag's raw bytes. `val` is Base64url of what the serializer
//! wrote, with a block key of 16 random bytes and AES-CTR of it. The tag is HMAC(hash key, cookie name + `|` + date +
//! `|` + val), by default with SHA-256; the date is in Unix seconds. Source: `securecookie.go`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64URL_PADDED;
use super::kit::cipher::ctr;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{bare, segment};
use super::kit::options;
use super::kit::random;
use super::kit::verdict::{doubt, malformed, nameless, unusable, wrong_option};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::moment;
use crate::payload::{self, gob, json_style};
use crate::protocol::{
    Ask, Candidate, CaveatKind, Draft, Excerpt, Fact, Field, Opened, Options, Payload, PayloadForm, Role,
    Segment, SignError, SignaturePair, Step, Verdict,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct GorillaSecurecookie;

static ABOUT: About = About {
    id: Cow::Borrowed("gorilla-securecookie"),
    title: Cow::Borrowed("Gorilla secure cookie"),
    framework: Cow::Borrowed("gorilla/securecookie"),
    language: Cow::Borrowed("Go"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("session-name"), Cow::Borrowed("_gorilla_csrf")]),
    docs: Cow::Borrowed("https://pkg.go.dev/github.com/gorilla/securecookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url(date | base64url(data) | HMAC-SHA256(hash key, name | date | base64url(data)))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed("serializer"),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("GobEncoder"),
                Cow::Borrowed("JSONEncoder"),
                Cow::Borrowed("NopEncoder"),
            ])),
            default: Cow::Borrowed("GobEncoder"),
            help: Cow::Borrowed(
                "What writes the value. When a cookie is opened and this is not set, what fits is taken.",
            ),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("hash_func"),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("sha256"),
                Cow::Borrowed("sha1"),
                Cow::Borrowed("sha384"),
                Cow::Borrowed("sha512"),
            ])),
            default: Cow::Borrowed("sha256"),
            help: Cow::Borrowed("The hash function of the HMAC, `HashFunc`."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("block_key"),
            kind: OptionKind::Secret,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("The second key, of 16, 24 or 32 bytes, if cookies are encrypted."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("block_key_encoding"),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("hex"), Cow::Borrowed("utf8")])),
            default: Cow::Borrowed("hex"),
            help: Cow::Borrowed("Whether `block_key` is written in hex or is the characters themselves."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("max_age"),
            kind: OptionKind::Number,
            default: Cow::Borrowed("2592000"),
            help: Cow::Borrowed("Seconds after which a cookie is refused; 0 for never."),
            when_making: false,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("min_age"),
            kind: OptionKind::Number,
            default: Cow::Borrowed("0"),
            help: Cow::Borrowed("Seconds before which a cookie is refused; 0 for none."),
            when_making: false,
            when_opening: true,
        },
    ]),
};

/// Characters that `Decode` takes (`MaxLength`).
const MAX_LENGTH: usize = 4096;
const IV: usize = 16;
const DIGESTS: [Digest; 6] =
    [Digest::Sha256, Digest::Sha1, Digest::Sha384, Digest::Sha512, Digest::Sha224, Digest::Md5];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Serializer {
    Gob,
    Json,
    Nop,
}

/// What the options say.
struct Settings {
    /// `None` if it is not set.
    serializer: Option<Serializer>,
    digest: Digest,
    block_key: Option<Secret>,
    max_age: i64,
    min_age: i64,
}

impl Settings {
    fn of(options: &Options) -> Result<Self, SignError> {
        let serializer = match options::text(options, "serializer")? {
            None => None,
            Some("GobEncoder") => Some(Serializer::Gob),
            Some("JSONEncoder") => Some(Serializer::Json),
            Some("NopEncoder") => Some(Serializer::Nop),
            Some(other) => {
                let names = "Choose GobEncoder, JSONEncoder or NopEncoder.";
                return Err(options::bad_option("serializer", format!("{other:?} is no serializer."), names));
            }
        };
        Ok(Self {
            serializer,
            digest: options::digest_among(options, "hash_func", &DIGESTS, Digest::Sha256)?,
            block_key: block_key(options)?,
            max_age: options::number(options, "max_age")?.unwrap_or(2_592_000),
            min_age: options::number(options, "min_age")?.unwrap_or_default(),
        })
    }
}

fn block_key(options: &Options) -> Result<Option<Secret>, SignError> {
    let Some(text) = options::text(options, "block_key")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let encoding = match options::text(options, "block_key_encoding")?.unwrap_or("hex") {
        "hex" => SecretEncoding::Hex,
        "utf8" => SecretEncoding::Utf8,
        "base64" => SecretEncoding::Base64,
        other => {
            let message = format!("{other:?} is no way to read a key.");
            return Err(options::bad_option("block_key_encoding", message, "Choose hex or utf8."));
        }
    };
    let hint = "AES takes 16, 24 or 32 bytes.";
    let key = Secret::read(text, encoding)
        .map_err(|error| options::bad_option("block_key", format!("The block key {}.", error.what), hint))?;
    if !matches!(key.len(), 16 | 24 | 32) {
        return Err(options::bad_option(
            "block_key",
            format!("The block key has {} bytes.", key.len()),
            hint,
        ));
    }
    Ok(Some(key))
}

/// The three parts of a value, decoded.
struct Parts {
    date: String,
    val: String,
    tag: Vec<u8>,
}

impl Parts {
    fn of(value: &str) -> Result<Self, Verdict> {
        let end = Span::new(value.len(), value.len());
        if value.len() > MAX_LENGTH {
            return Err(malformed(
                format!("It has {} characters; securecookie reads {MAX_LENGTH} at most.", value.len()),
                Span::new(0, value.len()),
            ));
        }
        // Go's decoder passes over line ends.
        let solid = value.replace(['\r', '\n'], "");
        let bytes = BASE64URL_PADDED.decode(&solid).map_err(|(at, what)| {
            malformed(format!("It is not Base64url: {what}."), if solid == value { at } else { end })
        })?;
        let mut parts = bytes.splitn(3, |byte| *byte == b'|');
        let mut text = || parts.next().and_then(|part| String::from_utf8(part.to_vec()).ok());
        match (text(), text(), parts.next()) {
            (Some(date), Some(val), Some(tag)) => Ok(Self { date, val, tag: tag.to_vec() }),
            _ => {
                Err(malformed("It does not decode to a date, a value and a tag with `|` between them.", end))
            }
        }
    }

    fn signed(&self, name: &str) -> Vec<u8> {
        format!("{name}|{}|{}", self.date, self.val).into_bytes()
    }

    /// Where the parts stand. A character of Base64 that holds bits of two parts counts as the first one's.
    fn segments(&self, value: &str, payload: Option<&Payload>) -> Vec<Segment> {
        let place = |byte: usize| (byte * 4).div_ceil(3).min(value.len());
        let (date, val) = (place(self.date.len() + 1), place(self.date.len() + self.val.len() + 2));
        if value.contains(['\r', '\n']) || !value.is_ascii() {
            return Vec::new();
        }
        vec![
            segment("Date", Role::Meta, Span::new(0, date), Some(Payload::Text(self.date.clone()))),
            segment("Value", Role::Payload, Span::new(date, val), payload.cloned()),
            segment("MAC", Role::Signature, Span::new(val, value.len()), None),
        ]
    }
}

impl Scheme for GorillaSecurecookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = Parts::of(&item.value).ok()?;
        let has_date =
            (1..=12).contains(&parts.date.len()) && parts.date.bytes().all(|byte| byte.is_ascii_digit());
        let has_tag = DIGESTS.iter().any(|digest| digest.size() == parts.tag.len());
        (has_date && has_tag && BASE64URL_PADDED.decode(&parts.val).is_ok()).then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 95,
            reasons: vec![format!(
                "Base64url of a date, more Base64url and a tag of {} bytes, with `|` between them.",
                parts.tag.len()
            )],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let parts = match Parts::of(&item.value) {
            Ok(parts) => parts,
            Err(verdict) => return bare(&ABOUT, verdict),
        };
        let settings = match Settings::of(&ask.options) {
            Ok(settings) => settings,
            Err(error) => {
                return Opened {
                    segments: parts.segments(&item.value, None),
                    ..bare(&ABOUT, unusable(&error))
                };
            }
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let name = item.name.as_deref();
        let signed = parts.signed(name.unwrap_or_default());
        let mut verdict = match name {
            None if !keys.usable.is_empty() => nameless(),
            _ => mac::verdict(ask, &keys, settings.digest, &signed, Some(&parts.tag)),
        };
        let is_right = matches!(verdict, Verdict::Valid { .. });
        let date = parts.date.parse::<i64>().ok();
        match date {
            Some(date) => judge_age(&mut verdict, date, &settings, ask.now),
            None if is_right => {
                verdict = malformed(format!("The date {:?} is no number.", parts.date), Span::new(0, 0));
            }
            None => {}
        }
        let payload = match read(&parts.val, &settings, is_right) {
            Ok(payload) => payload,
            Err(refused) => {
                if is_right {
                    verdict = refused;
                }
                None
            }
        };
        let expected = keys.first().map(|key| hex::encode(settings.digest.tag(key.bytes(), &signed)));
        Opened {
            findings: mac::remarks(&verdict, &keys, settings.digest),
            segments: parts.segments(&item.value, payload.as_ref()),
            facts: facts(date, &settings, ask.now),
            steps: steps(&parts, &signed, &settings, &keys),
            encrypted: settings.block_key.is_some(),
            signature: Some(SignaturePair { found: hex::encode(&parts.tag), expected }),
            payload,
            ..bare(&ABOUT, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let settings = Settings::of(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let now = draft.now.ok_or_else(|| SignError {
            field: Field::Scheme,
            message: "There is no clock, and the value holds the time.".into(),
            hint: "Give the time.".into(),
            at: None,
        })?;
        let mut data = serialized(draft, &settings)?;
        if let Some(block) = &settings.block_key {
            let iv = random::bytes::<IV>()?;
            let sealed = ctr(block.bytes(), &iv, &data).filter(|sealed| !sealed.is_empty());
            let sealed = sealed.ok_or_else(|| SignError {
                field: Field::Payload,
                message: "There is nothing to encrypt, and securecookie would not read it back.".into(),
                hint: "Write a value.".into(),
                at: None,
            })?;
            data = [&iv, sealed.as_slice()].concat();
        }
        let mut parts = Parts { date: now.to_string(), val: BASE64URL_PADDED.encode(&data), tag: Vec::new() };
        let signed = parts.signed(&draft.cookie.name);
        parts.tag = settings.digest.tag(key.bytes(), &signed);
        let whole = [format!("{}|{}|", parts.date, parts.val).as_bytes(), &parts.tag].concat();
        let value = BASE64URL_PADDED.encode(&whole);
        if value.len() > MAX_LENGTH {
            return Err(SignError {
                field: Field::Payload,
                message: format!(
                    "The value would have {} characters; securecookie allows {MAX_LENGTH}.",
                    value.len()
                ),
                hint: "Keep less in the cookie.".into(),
                at: None,
            });
        }
        let steps = steps(&parts, &signed, &settings, &keys);
        Ok(Made { value, steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "main.go",
            "go",
            r#"?serializer=GobEncoder: type session = map[any]any // as gorilla/sessions has it
?serializer=JSONEncoder: type session = map[string]any

?block_key: ?block_key_encoding=hex: var blockKey, _ = hex.DecodeString(os.Getenv("BLOCK_KEY"))
?block_key: ?block_key_encoding=utf8: var blockKey = []byte(os.Getenv("BLOCK_KEY"))
?!block_key: var codec = securecookie.New([]byte(os.Getenv("SECRET_ENV")), nil).
?block_key: var codec = securecookie.New([]byte(os.Getenv("SECRET_ENV")), blockKey).
?hash_func=sha1|sha512: 	HashFunc(OPTION_hash_func.New).
?hash_func=sha384: 	HashFunc(sha512.New384).
?serializer!=NopEncoder: 	SetSerializer(securecookie.OPTION_serializer{})

func index(w http.ResponseWriter, r *http.Request) {
	before := session{}
	if cookie, err := r.Cookie("NAME"); err == nil && codec.Decode("NAME", cookie.Value, &before) != nil {
		before = nil // the MAC is not right
	}
	if value, err := codec.Encode("NAME", session{"user_id": 7}); err == nil {
		http.SetCookie(w, &http.Cookie{Name: "NAME", Value: value, Path: "/", HttpOnly: true, Secure: true})
	}
	fmt.Fprintln(w, before)
}"#,
        )]
    }
}

fn judge_age(verdict: &mut Verdict, date: i64, settings: &Settings, now: Option<i64>) {
    let Some(now) = now else { return };
    if settings.min_age != 0 && date > now.saturating_sub(settings.min_age) {
        let message = format!("It was made {}; `min_age` asks for more.", moment::distance(date, now));
        doubt(verdict, CaveatKind::NotYetValid, message);
    }
    if settings.max_age != 0 && date < now.saturating_sub(settings.max_age) {
        let message = format!("It was made {}; `max_age` allows less.", moment::distance(date, now));
        doubt(verdict, CaveatKind::Expired, message);
    }
}

fn facts(date: Option<i64>, settings: &Settings, now: Option<i64>) -> Vec<Fact> {
    let Some(date) = date else { return Vec::new() };
    let fact = |term: &str, from: &str, unix| Fact {
        term: term.into(),
        from: Some(from.into()),
        value: moment::fact(unix, now),
    };
    let mut facts = vec![fact("Made", "date", date)];
    if settings.max_age != 0 {
        facts.push(fact("Expires", "max_age", date.saturating_add(settings.max_age)));
    }
    facts
}

/// The value as the program gets it. What is encrypted is read only where the tag `is_right`.
fn read(val: &str, settings: &Settings, is_right: bool) -> Result<Option<Payload>, Verdict> {
    let nowhere = Span::new(0, 0);
    let data = BASE64URL_PADDED
        .decode(val)
        .map_err(|(_, what)| malformed(format!("The value inside is not Base64url: {what}."), nowhere))?;
    let data = match &settings.block_key {
        None => data,
        Some(_) if !is_right => return Ok(None),
        Some(key) => match data.split_at_checked(IV).filter(|(_, rest)| !rest.is_empty()) {
            Some((iv, sealed)) => ctr(key.bytes(), iv, sealed).unwrap_or_default(),
            None => return Err(wrong_option("The value inside is too short to be encrypted.")),
        },
    };
    let refused = |what: &str| {
        let key = if settings.block_key.is_some() { " The block key may be another." } else { "" };
        wrong_option(format!("The MAC is right, but the data is not {what}.{key}"))
    };
    match settings.serializer {
        Some(Serializer::Nop) => Ok(Some(Payload::of(data))),
        Some(Serializer::Json) => {
            let payload = Payload::of(data);
            if matches!(payload, Payload::Json(_)) { Ok(Some(payload)) } else { Err(refused("JSON")) }
        }
        Some(Serializer::Gob) => match gob::payload(&data) {
            Some(payload) => Ok(Some(payload)),
            // A type of another program can be written in ways that are not read here.
            None if std::str::from_utf8(&data).is_err() => Ok(Some(Payload::of(data))),
            None => Err(refused("gob")),
        },
        None => Ok(Some(gob::payload(&data).unwrap_or_else(|| Payload::of(data)))),
    }
}

/// What the serializer writes.
fn serialized(draft: &Draft, settings: &Settings) -> Result<Vec<u8>, SignError> {
    let bytes = payload::draft::bytes(&draft.payload)?;
    let parsed = || serde_json::from_slice::<Value>(&bytes).ok();
    match (settings.serializer.unwrap_or(Serializer::Gob), draft.payload.form) {
        (Serializer::Nop, _) | (_, PayloadForm::Hex) => Ok(bytes),
        (Serializer::Json, PayloadForm::Text) => {
            let text = Value::from(String::from_utf8_lossy(&bytes).into_owned());
            Ok(format!("{}\n", json_style::GO.write(&text)).into_bytes())
        }
        (Serializer::Json, PayloadForm::Json) => {
            let value = parsed().unwrap_or_default();
            Ok(format!("{}\n", json_style::GO.write(&value)).into_bytes())
        }
        (Serializer::Gob, _) => {
            let object = parsed().filter(|_| draft.payload.form == PayloadForm::Json);
            let object = object.as_ref().and_then(Value::as_object).and_then(gob::session);
            object.ok_or_else(|| SignError {
                field: Field::Payload,
                message:
                    "As gob, Keyjar writes only a session's values: an object of texts, numbers and booleans."
                        .into(),
                hint: "Choose JSONEncoder or NopEncoder, or give the gob's own bytes as hex.".into(),
                at: None,
            })
        }
    }
}

fn steps(parts: &Parts, signed: &[u8], settings: &Settings, keys: &Keys) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(block) = &settings.block_key {
        steps.push(Step::new("Block key", "the option `block_key`", Excerpt::key(block.bytes()), None));
    }
    let formula = match settings.block_key {
        Some(_) => "base64url(iv AES-CTR(block key, iv, data))",
        None => "base64url(data)",
    };
    steps.push(Step::new("Value", formula, Excerpt::text(&parts.val), Some(Role::Payload)));
    steps.push(Step::new("MAC input", "name | date | value", Excerpt::of(signed), None));
    steps.extend(keys.step("Hash key"));
    let name = settings.digest.name().replace('-', "");
    steps.push(Step::new(
        "MAC",
        format!("HMAC-{name}(hash key, MAC input)"),
        Excerpt::hex(&parts.tag),
        Some(Role::Signature),
    ));
    let whole = [format!("{}|{}|", parts.date, parts.val).as_bytes(), &parts.tag].concat();
    let whole = Excerpt::text(&BASE64URL_PADDED.encode(&whole));
    steps.push(Step::new("Cookie value", "base64url(date | value | MAC)", whole, None));
    steps
}
