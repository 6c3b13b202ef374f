//! Pyramid: `AuthTktAuthenticationPolicy` and `AuthTktCookieHelper`, the tickets of Apache's mod_auth_tkt.
//!
//! A ticket is `digest` + time (eight hex digits) + user id + `!` + tokens and `!` where there are tokens + user data. The
//! digest is no HMAC but H(hex(H(address and time + secret + user id + 0x00 + tokens + 0x00 + user data)) + secret), in
//! hex. The address is 0.0.0.0 unless `include_ip` is set. The user id is Base64 or digits, as `userid_type:` in the user
//! data says, and percent-encoded in the value. Source: `pyramid/authentication.py`.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{self, segment};
use super::kit::options;
use super::kit::verdict::{self, malformed};
use super::kit::{age, python_base64};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::python;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct PyramidAuthtkt;

static ABOUT: About = About {
    id: Cow::Borrowed("pyramid-authtkt"),
    title: Cow::Borrowed("Pyramid auth ticket"),
    framework: Cow::Borrowed("Pyramid"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("auth_tkt")]),
    docs: Cow::Borrowed("https://docs.pylonsproject.org/projects/pyramid/en/latest/api/authentication.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "H(hex(H(address + time + secret + userid + 0 + tokens + 0 + userdata)) + secret) + time + userid ! tokens ! userdata",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"userid\": \"ann\", \"tokens\": [] }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(HASHALG),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("sha512"),
                Cow::Borrowed("sha384"),
                Cow::Borrowed("sha256"),
                Cow::Borrowed("sha224"),
                Cow::Borrowed("sha1"),
                Cow::Borrowed("md5"),
            ])),
            default: Cow::Borrowed("sha512"),
            help: Cow::Borrowed("The hash function; md5 before Pyramid 2.0."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(TIMEOUT),
            kind: OptionKind::Number,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("Seconds that a ticket may be old. Without it none is too old."),
            when_making: false,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(INCLUDE_IP),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("false"), Cow::Borrowed("true")])),
            default: Cow::Borrowed("false"),
            help: Cow::Borrowed("Whether the ticket is bound to the client's address."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(REMOTE_ADDR),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("The client's address, where `include_ip` is true."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const HASHALG: &str = "hashalg";
const TIMEOUT: &str = "timeout";
const INCLUDE_IP: &str = "include_ip";
const REMOTE_ADDR: &str = "REMOTE_ADDR";
const TYPE: &str = "userid_type:";
/// September 2001: no ticket that anyone looks at is older.
const FIRST_TIME: u32 = 1_000_000_000;
/// Hex digits of the time.
const TIME: usize = 8;
const DIGESTS: [Digest; 6] =
    [Digest::Sha512, Digest::Sha384, Digest::Sha256, Digest::Sha224, Digest::Sha1, Digest::Md5];

/// What Python's `urllib.parse.quote` leaves as it is.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b'/');

struct Settings {
    digest: Digest,
    timeout: Option<f64>,
    address: IpAddr,
    /// The address as it was written: of IPv6 the text is hashed.
    written: String,
}

impl Settings {
    fn of(options: &Options) -> Result<Self, SignError> {
        let written = options::text(options, REMOTE_ADDR)?.unwrap_or("");
        let address = if options::flag(options, INCLUDE_IP)?.unwrap_or(false) {
            written.parse().map_err(|_| {
                let message = format!("“{written}” is no IP address, and `include_ip` needs one.");
                options::bad_option(REMOTE_ADDR, message, "Write the client's address, as in 203.0.113.7.")
            })?
        } else {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED)
        };
        Ok(Self {
            digest: options::digest(options, HASHALG, Digest::Sha512)?,
            timeout: options::seconds(options, TIMEOUT, None)?.filter(|timeout| *timeout > 0.0),
            address,
            written: written.to_owned(),
        })
    }

    /// Address and time, as they are hashed.
    fn address_and_time(&self, time: u32) -> Vec<u8> {
        match self.address {
            IpAddr::V4(address) => [address.octets(), time.to_be_bytes()].concat(),
            IpAddr::V6(_) => format!("{}{time}", self.written).into_bytes(),
        }
    }

    fn hashed(&self, ticket: &Ticket, secret: &[u8]) -> (Vec<u8>, String, String) {
        let input = [
            &self.address_and_time(ticket.time),
            secret,
            ticket.uid.as_bytes(),
            &[0],
            ticket.tokens.as_bytes(),
            &[0],
            ticket.user_data.as_bytes(),
        ]
        .concat();
        let inner = hex::encode(self.digest.hash(&input));
        let digest = hex::encode(self.digest.hash(&[inner.as_bytes(), secret].concat()));
        (input, inner, digest)
    }

    fn steps(&self, ticket: &Ticket, keys: &Keys) -> Vec<Step> {
        let Some(key) = keys.first() else { return Vec::new() };
        let (input, inner, digest) = self.hashed(ticket, key.bytes());
        let name = self.digest.name().replace('-', "");
        let mut steps = vec![Step::new("User id", "", Excerpt::text(&ticket.uid), Some(Role::Payload))];
        steps.extend(keys.step("Key"));
        // The secret stands in it, so it is masked as the secret is.
        let formula = "address + time + key + user id + 0x00 + tokens + 0x00 + user data";
        steps.push(Step::new("Hashed", formula, Excerpt::key(&input), None));
        steps.push(Step::new("Inner digest", format!("hex({name}(hashed))"), Excerpt::text(&inner), None));
        steps.push(Step::new(
            "Digest",
            format!("hex({name}(inner digest + key))"),
            Excerpt::text(&digest),
            Some(Role::Signature),
        ));
        steps
    }
}

/// A ticket, taken apart.
struct Ticket {
    time: u32,
    /// The user id as it is hashed: no longer percent-encoded, but still Base64 or digits.
    uid: String,
    tokens: String,
    user_data: String,
}

impl Ticket {
    /// What `identify` gives: the user id decoded as the user data says.
    fn payload(&self) -> Payload {
        let text = |text: &str| Value::from(text).to_string();
        let tokens: Vec<String> = self.tokens.split(',').map(text).collect();
        let user_id = match self.user_id() {
            Ok(id) => id,
            Err(bytes) => {
                let shown = format!(
                    "timestamp = {}\nuserid = {}\ntokens = [{}]\nuserdata = {}",
                    self.time,
                    python::bytes(&bytes),
                    tokens.join(", "),
                    python::text(&self.user_data)
                );
                return Payload::Object { format: "auth ticket".into(), shown, json: None, bytes };
            }
        };
        Payload::Json(format!(
            "{{\"timestamp\":{},\"userid\":{user_id},\"tokens\":[{}],\"userdata\":{}}}",
            self.time,
            tokens.join(","),
            text(&self.user_data)
        ))
    }

    /// The type of the user id that the user data names.
    fn kind(&self) -> Option<&str> {
        self.user_data.split('|').find_map(|datum| datum.strip_prefix(TYPE))
    }

    /// The user id as JSON, or the bytes that it is.
    fn user_id(&self) -> Result<String, Vec<u8>> {
        let text = |text: &str| Value::from(text).to_string();
        match self.kind() {
            Some("int") if self.is_integer() => Ok(self.uid.clone()),
            Some("b64unicode") => Ok(text(self.decoded_text().as_deref().unwrap_or(&self.uid))),
            Some("b64str") => match python_base64::decode(&self.uid) {
                Ok(bytes) => Err(bytes),
                Err(_) => Ok(text(&self.uid)),
            },
            _ => Ok(text(&self.uid)),
        }
    }

    fn is_integer(&self) -> bool {
        let digits = self.uid.strip_prefix('-').unwrap_or(&self.uid);
        digits.bytes().all(|byte| byte.is_ascii_digit()) && crate::payload::is_json(&self.uid)
    }

    fn decoded_text(&self) -> Option<String> {
        String::from_utf8(python_base64::decode(&self.uid).ok()?).ok()
    }

    /// Whether the user id is of the type that the user data names.
    fn is_typed_rightly(&self) -> bool {
        match self.kind() {
            Some("int") => self.is_integer(),
            Some("b64unicode") => self.decoded_text().is_some(),
            _ => true,
        }
    }

    fn tail(&self) -> String {
        let uid = utf8_percent_encode(&self.uid, QUOTED);
        let tokens = if self.tokens.is_empty() { String::new() } else { format!("{}!", self.tokens) };
        format!("{:08x}{uid}!{tokens}{}", self.time, self.user_data)
    }
}

/// A value cut at the places that the length of the digest gives. Spans are in the whole value.
struct Cut<'a> {
    ticket: Ticket,
    digest: &'a str,
    /// Digest, time, user id, tokens where there are some, user data.
    spans: [Option<Span>; 5],
}

fn cut(value: &str, digest: Digest) -> Result<Cut<'_>, Verdict> {
    let inner = value.trim_start_matches('"');
    let start = value.len() - inner.len();
    let inner = inner.trim_end_matches('"');
    let whole = Some(Span::new(start, start + inner.len()));
    if inner.is_empty() {
        return Err(malformed("There is nothing in it.", whole));
    }
    let digits = digest.size() * 2;
    let parts = inner.split_at_checked(digits).and_then(|(tag, rest)| {
        let (time, rest) = rest.split_at_checked(TIME)?;
        Some((tag, time, rest))
    });
    let Some((tag, time, rest)) = parts else {
        let message = format!("It is shorter than a digest of {digits} and a time of {TIME} digits.");
        return Err(malformed(message, whole));
    };
    let time_at = start + digits;
    let time = u32::from_str_radix(time, 16).map_err(|_| {
        let message =
            format!("Behind the {digits} digits of the digest stands no time of {TIME} hex digits.");
        malformed(message, Some(Span::new(time_at, time_at + TIME)))
    })?;
    let user_at = time_at + TIME;
    let Some((user, data)) = rest.split_once('!') else {
        let message = "The user id is not followed by `!`.";
        return Err(malformed(message, Some(Span::new(user_at, user_at + rest.len()))));
    };
    let data_at = user_at + user.len() + 1;
    let (tokens, user_data) = match data.split_once('!') {
        Some((tokens, user_data)) => (Some(tokens), user_data),
        None => (None, data),
    };
    let user_data_at = data_at + tokens.map_or(0, |tokens| tokens.len() + 1);
    let spans = [
        Some(Span::new(start, time_at)),
        Some(Span::new(time_at, user_at)),
        Some(Span::new(user_at, user_at + user.len())),
        tokens.map(|tokens| Span::new(data_at, data_at + tokens.len())),
        Some(Span::new(user_data_at, user_data_at + user_data.len())),
    ];
    let ticket = Ticket {
        time,
        uid: percent_decode_str(user).decode_utf8_lossy().into_owned(),
        // WebOb writes a comma in a header as its octal escape.
        tokens: tokens.unwrap_or_default().replace("\\054", ","),
        user_data: user_data.to_owned(),
    };
    Ok(Cut { ticket, digest: tag, spans })
}

/// Whether `value` is a ticket with a digest of that length.
fn has_form(value: &str, digest: Digest) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    // A longer digest than was looked for would stand in the user id.
    cut(value, digest)
        .is_ok_and(|cut| is_hex(cut.digest) && cut.ticket.time >= FIRST_TIME && cut.ticket.is_typed_rightly())
}

impl Scheme for PyramidAuthtkt {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        DIGESTS.into_iter().find(|digest| has_form(&item.value, *digest))?;
        let is_typed = item.value.contains(TYPE);
        let is_named = opened::is_named(&ABOUT, item.name.as_deref());
        let mut reasons = vec!["A digest and a time in hex, then a user id with `!` behind it."];
        reasons.extend(is_typed.then_some("It says of what type the user id is, as Pyramid's tickets do."));
        reasons.extend(is_named.then_some("The name `auth_tkt` is usual for such tickets."));
        Some(opened::candidate(&ABOUT, if is_typed || is_named { 95 } else { 65 }, &reasons))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = match Settings::of(&ask.options) {
            Ok(settings) => settings,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        let other = DIGESTS.into_iter().find(|digest| has_form(&item.value, *digest));
        match (cut(&item.value, settings.digest), other) {
            (Ok(cut), _) => open(&cut, &settings, ask, &item.value),
            (Err(_), Some(digest)) => {
                let message = format!(
                    "Its digest is as long as one of {}: set `hashalg`, which is {} now.",
                    digest.name(),
                    settings.digest.name()
                );
                opened::bare(&ABOUT, verdict::invalid(Why::WrongOption, message))
            }
            (Err(broken), None) => opened::bare(&ABOUT, broken),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let settings = Settings::of(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let ticket = ticket(draft)?;
        let (_, _, digest) = settings.hashed(&ticket, key.bytes());
        Ok(Made { value: format!("{digest}{}", ticket.tail()), steps: settings.steps(&ticket, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "views.py",
            "python",
            r#"import os
from pyramid.authentication import AuthTktCookieHelper

helper = AuthTktCookieHelper(
    os.environ["SECRET_ENV"], cookie_name="NAME", hashalg="OPTION_hashalg",
    secure=True, http_only=True, samesite="Lax",
?include_ip:     include_ip=True,  # the client's address: "OPTION_REMOTE_ADDR"
)

def index(request):
    before = helper.identify(request)  # None if the ticket is not right
    request.response.headerlist.extend(helper.remember(request, "ann"))
    return {"before": before and before["userid"]}"#,
        )]
    }
}

fn open(cut: &Cut, settings: &Settings, ask: &Ask, value: &str) -> Opened {
    let ticket = &cut.ticket;
    let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
    let right = keys.find(|key| {
        let (_, _, digest) = settings.hashed(ticket, key.bytes());
        bool::from(digest.as_bytes().ct_eq(cut.digest.as_bytes())).then_some(())
    });
    let made = age::seconds(i64::from(ticket.time));
    let caveat = age::too_old(made, settings.timeout, ask.now, TIMEOUT);
    let verdict = verdict::with_caveats(mac::judge(ask, &keys, right.map(|(key, ())| key)), caveat);
    let payload = ticket.payload();
    let names = [
        ("Digest", Role::Signature),
        ("Timestamp", Role::Meta),
        ("User id", Role::Payload),
        ("Tokens", Role::Meta),
        ("User data", Role::Meta),
    ];
    let segments = names.into_iter().zip(cut.spans).filter_map(|((name, role), span)| {
        let decoded = (role == Role::Payload).then(|| match ticket.user_id() {
            Ok(id) => Payload::Json(id),
            Err(bytes) => Payload::of(bytes),
        });
        Some(segment(name, role, span?, decoded))
    });
    let expected = keys.first().map(|key| settings.hashed(ticket, key.bytes()).2);
    Opened {
        token: None,
        scheme: ABOUT.id.to_string(),
        title: format!("{}, {}", ABOUT.title, settings.digest.name()),
        verdict,
        segments: segments.filter(|segment| segment.span.end <= value.len()).collect(),
        payload: Some(payload),
        encrypted: false,
        facts: vec![opened::time_fact("Issued", "timestamp", i64::from(ticket.time), ask.now)],
        steps: settings.steps(ticket, &keys),
        signature: Some(SignaturePair { found: cut.digest.to_owned(), expected }),
        findings: Vec::new(),
    }
}

/// The ticket that a payload asks for: `userid`, and where given `tokens`, `userdata` and `timestamp`.
fn ticket(draft: &Draft) -> Result<Ticket, SignError> {
    let refuse = |message: &str| SignError {
        field: Field::Payload,
        message: message.into(),
        hint: "Write { \"userid\": \"ann\", \"tokens\": [\"admin\"] }; the id may be a whole number.".into(),
        at: None,
    };
    let text = crate::payload::draft::json(&draft.payload.text)?;
    let members: Map<String, Value> =
        serde_json::from_str(&text).map_err(|_| refuse("A ticket is made from a JSON object."))?;
    let (uid, kind) = match members.get("userid") {
        Some(Value::String(id)) => (BASE64_PADDED.encode(id.as_bytes()), "b64unicode"),
        Some(Value::Number(id)) if !id.is_f64() => (id.to_string(), "int"),
        _ => return Err(refuse("`userid` is neither a text nor a whole number.")),
    };
    let tokens: Option<Vec<&str>> = match members.get("tokens") {
        None => Some(Vec::new()),
        Some(Value::Array(tokens)) => tokens.iter().map(Value::as_str).collect(),
        Some(_) => None,
    };
    // Pyramid's own rule for a token (VALID_TOKEN); one empty text stands for none.
    let is_token = |token: &str| {
        token.starts_with(|c: char| c.is_ascii_alphabetic())
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'_' | b'-'))
    };
    let tokens = tokens.filter(|tokens| *tokens == [""] || tokens.iter().all(|token| is_token(token)));
    let tokens =
        tokens.ok_or_else(|| refuse("`tokens` is no list of words, each beginning with a letter."))?;
    let user_data = match members.get("userdata") {
        None => format!("{TYPE}{kind}"),
        Some(Value::String(data)) if data.contains(&format!("{TYPE}{kind}")) && !data.contains('!') => {
            data.clone()
        }
        Some(Value::String(data)) if kind == "b64unicode" && data == "userid_type:b64str" => data.clone(),
        Some(_) => return Err(refuse("`userdata` does not name the type of the user id; leave it out.")),
    };
    let time = match members.get("timestamp") {
        Some(time) => time.as_i64(),
        None => Some(age::now(draft)?),
    };
    let time = time.and_then(|time| u32::try_from(time).ok());
    let time = time.ok_or_else(|| refuse("The time does not fit into eight hex digits: it ends in 2106."))?;
    Ok(Ticket { time, uid, tokens: tokens.join(","), user_data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_with_another_digest_says_so() {
        let value = "bbc627c647e028b1fa6720e42a5fa87468bd2280b2xk!userid_type:b64unicode";
        let opened = PyramidAuthtkt.open(&Item::bare(Some("auth_tkt"), value), &Ask::default());
        assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::WrongOption, .. }));
    }

    #[test]
    fn an_address_is_needed_where_it_is_included() {
        let options = |address: &str| {
            Options::from([(INCLUDE_IP.into(), true.into()), (REMOTE_ADDR.into(), address.into())])
        };
        assert!(Settings::of(&options("")).is_err() && Settings::of(&options("1.2.3.4:5")).is_err());
        let settings = Settings::of(&options("2001:DB8::1")).expect("an address");
        assert_eq!(settings.address_and_time(7), b"2001:DB8::17");
    }
}
