//! What Rails signs or encrypts: a serialized value, and around it an envelope where the message has a purpose or an
//! expiry (`active_support/messages/metadata.rb`).
//!
//! The legacy envelope is JSON whatever the serializer is: `{"_rails":{"message":base64(value),"exp":…,"pur":…}}`, with
//! `null` for what is not given. Rails 5.2 to 7.0 write it everywhere, and cookies have it to this day. Since Rails 7.1
//! (`use_message_serializer_for_metadata`) the value stands in the envelope itself and the serializer writes both:
//! `{"_rails":{"data":value,"exp":…,"pur":…}}`, without what is not given. A message is valid while now < `exp`.

use serde_json::{Map, Value};
use time::{Date, Month, OffsetDateTime, Time};

use super::mac::Keys;
use super::opened;
use super::option_spec::{FLAG, Uses, spec};
use super::options;
use super::options::LEAVE_EMPTY;
use super::ruby_value::{self, Content, Format};
use crate::finding::Finding;
use crate::intake::Item;
use crate::moment;
use crate::payload::ruby::{Id, Node, Tree, quoted};
use crate::payload::{marshal, messagepack};
use crate::protocol::{
    About, Ask, Caveat, CaveatKind, Excerpt, Fact, FactValue, Opened, OptionKind, OptionSpec, Options,
    Payload, PayloadDraft, PayloadForm, Role, SignError, Step, Verdict, Why,
};
use crate::scheme::kit::base64::BASE64_PADDED;
use crate::span::Span;

const ENVELOPE: &str = "_rails";

/// A message that was read.
#[derive(Debug)]
pub struct Message {
    pub content: Content,
    /// The format of the whole: that of the envelope, if there is one.
    format: Format,
    envelope: Option<Envelope>,
}

#[derive(Debug, Default)]
struct Envelope {
    is_legacy: bool,
    purpose: Option<String>,
    expires: Option<String>,
}

/// Reads a message.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part.
pub fn read(bytes: &[u8]) -> Result<Message, String> {
    let format = Format::of(bytes);
    if let Some((tree, root)) = ruby_value::tree(format, bytes)? {
        let Some(inner) = tree.get(root, ENVELOPE) else {
            return Ok(Message {
                content: ruby_value::of_tree(format, &tree, root, bytes),
                format,
                envelope: None,
            });
        };
        let data = tree.get(inner, "data").ok_or("has an envelope without a value")?;
        let member = |name| tree.get(inner, name).and_then(|id| shown(&tree, id));
        let envelope = Envelope { is_legacy: false, purpose: member("pur"), expires: member("exp") };
        let content = ruby_value::of_tree(format, &tree, data, bytes);
        return Ok(Message { content, format, envelope: Some(envelope) });
    }
    match json_envelope(bytes) {
        Some(members) => of_json(&members),
        None => Ok(Message { content: ruby_value::read(bytes)?, format, envelope: None }),
    }
}

/// A text as it is, nothing for nil, everything else in Ruby's notation.
fn shown(tree: &Tree, id: Id) -> Option<String> {
    match tree.node(id) {
        Node::Nil => None,
        Node::Text(text) => Some(text.clone()),
        _ => Some(tree.shown(id)),
    }
}

fn json_envelope(bytes: &[u8]) -> Option<Map<String, Value>> {
    // Only an object with that name is worth reading twice.
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains("\"_rails\"").then_some(())?;
    match serde_json::from_str::<Map<String, Value>>(text).ok()?.remove(ENVELOPE)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn of_json(members: &Map<String, Value>) -> Result<Message, String> {
    let member = |name: &str| match members.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let (purpose, expires) = (member("pur"), member("exp"));
    let legacy = members.get("message").and_then(Value::as_str);
    let content = match (legacy, members.get("data")) {
        (Some(encoded), _) => {
            let bytes = ruby_value::decode64(encoded, false)
                .map_err(|(_, what)| format!("has an envelope whose value is not Base64: {what}"))?;
            ruby_value::read(&bytes)?
        }
        (None, Some(data)) => {
            let payload = ruby_value::json(&data.to_string());
            Content { format: Format::Json, payload, classes: Vec::new() }
        }
        (None, None) => return Err("has an envelope without a value".into()),
    };
    let envelope = Envelope { is_legacy: legacy.is_some(), purpose, expires };
    Ok(Message { content, format: Format::Json, envelope: Some(envelope) })
}

impl Message {
    fn purpose(&self) -> &str {
        self.envelope.as_ref().and_then(|envelope| envelope.purpose.as_deref()).unwrap_or_default()
    }

    fn expires(&self) -> Option<&str> {
        self.envelope.as_ref()?.expires.as_deref()
    }

    /// Purpose, expiry and serialization.
    pub fn facts(&self, now: Option<i64>) -> Vec<Fact> {
        let fact = |term: &str, from: Option<&str>, value| Fact {
            term: term.into(),
            from: from.map(str::to_owned),
            value,
        };
        let mut facts = Vec::new();
        if !self.purpose().is_empty() {
            facts.push(fact("Purpose", Some("pur"), FactValue::Text(self.purpose().to_owned())));
        }
        if let Some(expires) = self.expires() {
            let value = match milliseconds(expires) {
                Some(at) => moment::fact(at.div_euclid(1_000), now),
                None => FactValue::Text(expires.to_owned()),
            };
            facts.push(fact("Expires", Some("exp"), value));
        }
        facts.push(fact(SERIALIZED, None, FactValue::Text(self.content.format.name().into())));
        facts
    }

    /// What is to be said of the way in which the value is serialized.
    pub fn findings(&self, setting: &str) -> Vec<Finding> {
        ruby_value::remarks(&self.content, setting)
    }

    /// The steps from the value to the message.
    pub fn steps(&self, message: &[u8]) -> Vec<Step> {
        let value = match &self.content.payload {
            Payload::Text(text) if self.content.format == Format::Json => quoted(text).into_bytes(),
            payload => payload.bytes().to_vec(),
        };
        steps(self.content.format, self.envelope.as_ref().map(|e| e.is_legacy), &value, message)
    }
}

/// The expiry and the serialization that a value of Rails shows, as options of these names. A serializer that reads
/// several formats writes one of them.
pub fn shown_writer(opened: &Opened, names: Names) -> Options {
    let end = opened::time_of(opened, "exp").and_then(|end| expiry(&Value::from(end)));
    let serializer = opened.facts.iter().find_map(|fact| match &fact.value {
        FactValue::Text(format) if fact.term == SERIALIZED => match format.as_str() {
            marshal::FORMAT => Some("marshal"),
            messagepack::FORMAT => Some("message_pack"),
            _ => None,
        },
        _ => None,
    });
    let end = end.map(|end| (names.expires.to_owned(), end.into()));
    end.into_iter().chain(serializer.map(|name| (names.serializer.to_owned(), name.into()))).collect()
}

const SERIALIZED: &str = "Serialized as";

/// The purpose that it shows.
pub fn shown_purpose(opened: &Opened) -> Option<&str> {
    opened.facts.iter().filter(|fact| fact.from.as_deref() == Some("pur")).find_map(|fact| {
        match &fact.value {
            FactValue::Text(purpose) => Some(&**purpose),
            FactValue::Time { .. } => None,
        }
    })
}

/// How the legacy envelope is written.
const LEGACY: &str = "{\"_rails\":{\"message\":base64(value),\"exp\":…,\"pur\":…}}";

/// Whether its envelope is the legacy one.
pub fn shows_legacy_envelope(opened: &Opened) -> bool {
    opened.steps.iter().any(|step| step.formula == LEGACY)
}

/// `legacy` is none where there is no envelope.
fn steps(format: Format, legacy: Option<bool>, value: &[u8], message: &[u8]) -> Vec<Step> {
    let of_value = format!("the value as {}", format.name());
    match legacy {
        None => vec![Step::new("Message", of_value, Excerpt::of(message), Some(Role::Payload))],
        Some(false) => {
            let formula = "{\"_rails\": {\"data\": value, …}}, serialized";
            vec![Step::new("Message", formula, Excerpt::of(message), Some(Role::Payload))]
        }
        Some(true) => {
            vec![
                Step::new("Value", of_value, Excerpt::of(value), None),
                Step::new("Message", LEGACY, Excerpt::of(message), Some(Role::Payload)),
            ]
        }
    }
}

/// Everything that opening a value needs besides the key.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    pub about: &'a About,
    pub item: &'a Item,
    pub ask: &'a Ask,
    pub keys: &'a Keys,
    pub reader: &'a Reader,
    /// What to set so that there is no Marshal in such values.
    pub setting: &'a str,
}

/// What a reader of Rails accepts.
#[derive(Debug)]
pub struct Reader {
    pub purpose: Purpose,
    /// The serializer, if one is named.
    pub serializer: Option<Serializer>,
    /// Whether it is Rails 7.1 or later.
    pub is_modern: bool,
}

/// The purpose that a message must have.
#[derive(Debug)]
pub enum Purpose {
    /// A cookie's: `cookie.` and its name, or none at all. Without a name any cookie's will do.
    Cookie(Option<String>),
    /// This one; empty for none.
    Exactly(String),
}

impl Purpose {
    fn accepts(&self, found: &str) -> bool {
        match self {
            Self::Cookie(None) => true,
            Self::Cookie(Some(name)) => found.is_empty() || found.strip_prefix(COOKIE) == Some(name),
            Self::Exactly(purpose) => found == purpose,
        }
    }

    fn refusal(&self, found: &str) -> String {
        match self {
            Self::Cookie(name) => {
                let name = name.as_deref().unwrap_or_default();
                format!(
                    "The tag is right, but the value was made for another cookie: its purpose is `{found}`, and this cookie \
                     is named `{name}`. Rails refuses it."
                )
            }
            Self::Exactly(purpose) if purpose.is_empty() => format!(
                "The tag is right, but the message has the purpose `{found}`, and it is read without one. Set the option \
                 purpose."
            ),
            Self::Exactly(purpose) if found.is_empty() => {
                format!("The tag is right, but the message has no purpose, and it is read for `{purpose}`.")
            }
            Self::Exactly(purpose) => {
                format!(
                    "The tag is right, but the message has the purpose `{found}`, and it is read for `{purpose}`."
                )
            }
        }
    }
}

const COOKIE: &str = "cookie.";

/// The purpose of a cookie of that name.
pub fn cookie_purpose(name: &str) -> String {
    format!("{COOKIE}{name}")
}

impl Reader {
    /// The verdict on a message whose tag got `verdict`: Rails looks at the message only if that one is right. `at` is
    /// where the message stood.
    pub fn settle(
        &self,
        verdict: Verdict,
        message: &Result<Message, String>,
        at: Span,
        now: Option<i64>,
    ) -> Verdict {
        let Verdict::Valid { secret, encoding, mut but } = verdict else { return verdict };
        let refused = |why, message| Verdict::Invalid { why, message, at: Some(at) };
        let message = match message {
            Ok(message) => message,
            Err(what) => {
                return refused(Why::Malformed, format!("The tag is right, but the message {what}."));
            }
        };
        if !self.purpose.accepts(message.purpose()) {
            return refused(Why::WrongOption, self.purpose.refusal(message.purpose()));
        }
        if let Some(what) = self.serializer.and_then(|serializer| serializer.refusal(message, self.is_modern))
        {
            return refused(Why::WrongOption, what);
        }
        let expires = message.expires().map(|text| (text, milliseconds(text)));
        match (expires, now) {
            // Rails' own time type in MessagePack is not compared: its numbers are shown.
            (Some((text, None)), _) if message.format == Format::Json => {
                let what = format!("The tag is right, but the expiry {text:?} is not a time.");
                return refused(Why::Malformed, what);
            }
            (Some((_, Some(at))), Some(now)) if now.saturating_mul(1_000) >= at => {
                let distance = moment::distance(at.div_euclid(1_000), now);
                let message = format!("It expired {distance}. Rails refuses it.");
                but.insert(0, Caveat { kind: CaveatKind::Expired, message });
            }
            _ => {}
        }
        Verdict::Valid { secret, encoding, but }
    }
}

/// A serializer, by the names that Rails has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serializer {
    /// `Marshal`: the class itself, which reads nothing else.
    Marshal,
    /// `:marshal`, which since Rails 7.1 reads JSON and MessagePack too.
    MarshalWithFallback,
    /// `JSON`: Ruby's library, without escapes for HTML.
    RubyJson,
    /// `:json`, `ActiveSupport::JSON`.
    Json,
    /// `:hybrid`, `:json_allow_marshal`: JSON that reads Marshal too.
    JsonAllowMarshal,
    MessagePack,
    MessagePackAllowMarshal,
    /// `NullSerializer`: strings as they are.
    Null,
}

impl Serializer {
    fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "Marshal" => Self::Marshal,
            "marshal" => Self::MarshalWithFallback,
            "JSON" => Self::RubyJson,
            "json" | "ActiveSupport::JSON" => Self::Json,
            "hybrid" | "json_allow_marshal" => Self::JsonAllowMarshal,
            "message_pack" | "ActiveSupport::MessagePack" => Self::MessagePack,
            "message_pack_allow_marshal" => Self::MessagePackAllowMarshal,
            "NullSerializer" | "ActiveSupport::MessageEncryptor::NullSerializer" => Self::Null,
            _ => return None,
        })
    }

    /// The serializer that the option names, if it names one.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn of(options: &Options, option: &'static str) -> Result<Option<Self>, SignError> {
        let Some(name) = options::filled(options, option)? else { return Ok(None) };
        let bad = || {
            options::bad_option(
                option,
                format!("{option} is {name:?}, which is no serializer of Rails."),
                LEAVE_EMPTY,
            )
        };
        Self::by_name(name).map(Some).ok_or_else(bad)
    }

    const fn writes(self) -> Format {
        match self {
            Self::Marshal | Self::MarshalWithFallback => Format::Marshal,
            Self::RubyJson | Self::Json | Self::JsonAllowMarshal => Format::Json,
            Self::MessagePack | Self::MessagePackAllowMarshal => Format::MessagePack,
            Self::Null => Format::Raw,
        }
    }

    /// Whether a reader with this serializer refuses a value of that format.
    fn refuses(self, format: Format, is_modern: bool) -> bool {
        match (self, format) {
            (Self::Null, _) | (Self::JsonAllowMarshal | Self::MessagePackAllowMarshal, Format::Marshal) => {
                false
            }
            _ if self.writes() == format => false,
            (Self::Marshal | Self::RubyJson, _) | (_, Format::Marshal | Format::Raw) => true,
            _ => !is_modern,
        }
    }

    fn refusal(self, message: &Message, is_modern: bool) -> Option<String> {
        // The legacy envelope is JSON for every serializer; what counts is the value in it.
        let is_new = message.envelope.as_ref().is_some_and(|envelope| !envelope.is_legacy);
        let format = if is_new { message.format } else { message.content.format };
        self.refuses(format, is_modern).then(|| {
            format!(
                "The tag is right, but the value is {}, and a serializer that writes {} does not read that.",
                format.name(),
                self.writes().name()
            )
        })
    }

    /// Whether Rails 7.1 lets this serializer write the envelope (`ENVELOPE_SERIALIZERS`).
    const fn can_write_envelope(self) -> bool {
        !matches!(self, Self::Null)
    }
}

/// How a message is written.
#[derive(Debug)]
pub struct Writer {
    serializer: Serializer,
    /// Whether the options name it.
    is_named: bool,
    is_modern: bool,
    /// Whether the serializer writes the envelope too, as from Rails 7.1 on.
    is_new: bool,
    purpose: Option<String>,
    expires: Option<String>,
    /// Whether U+2028 and U+2029 are escaped (`escape_js_separators_in_json`).
    separators: bool,
}

/// What of a writer the options do not name.
#[derive(Clone, Copy, Debug)]
pub struct Unnamed {
    pub serializer: Serializer,
    pub is_modern: bool,
    /// Whether the serializer writes the envelope too.
    pub is_new: bool,
}

/// The names of a writer's options: cookies have their own.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub serializer: &'static str,
    pub expires: &'static str,
}

/// A message that was written.
#[derive(Debug)]
pub struct Written {
    pub message: Vec<u8>,
    pub steps: Vec<Step>,
}

impl Writer {
    /// As `options` say.
    ///
    /// # Errors
    /// If the serializer is unknown, or the expiry is not a time.
    pub fn of(
        options: &Options,
        names: Names,
        unnamed: Unnamed,
        purpose: Option<String>,
    ) -> Result<Self, SignError> {
        let named = Serializer::of(options, names.serializer)?;
        let serializer = named.unwrap_or(unnamed.serializer);
        let bad = |value| {
            let name = names.expires;
            options::bad_option(
                name,
                format!("{name} is {value}, which is not a time like 2030-01-31T12:00:00Z."),
                LEAVE_EMPTY,
            )
        };
        let expires = match options.get(names.expires) {
            None | Some(Value::Null) => None,
            Some(value) => Some(expiry(value).ok_or_else(|| bad(value))?),
        };
        Ok(Self {
            serializer,
            is_named: named.is_some(),
            is_modern: unnamed.is_modern,
            is_new: unnamed.is_new && serializer.can_write_envelope(),
            purpose,
            expires,
            separators: options::flag(options, SEPARATORS)?.unwrap_or(true),
        })
    }

    /// The message for a payload.
    ///
    /// # Errors
    /// If the payload cannot be written with this serializer.
    pub fn write(&self, draft: &PayloadDraft) -> Result<Written, SignError> {
        let has_envelope = self.purpose.is_some() || self.expires.is_some();
        if has_envelope && self.is_new {
            let message = self.new_envelope(draft)?;
            let steps = steps(self.serializer.writes(), Some(false), &[], &message);
            return Ok(Written { message, steps });
        }
        let value = self.serialize(draft)?;
        let format =
            if draft.form == PayloadForm::Hex { Format::of(&value) } else { self.serializer.writes() };
        let message = if has_envelope { self.legacy_envelope(&value).into_bytes() } else { value.clone() };
        let steps = steps(format, has_envelope.then_some(true), &value, &message);
        Ok(Written { message, steps })
    }

    /// The value alone. Hex gives bytes that are serialized already.
    fn serialize(&self, draft: &PayloadDraft) -> Result<Vec<u8>, SignError> {
        if draft.form == PayloadForm::Hex {
            let fits = |format| !self.is_named || !self.serializer.refuses(format, self.is_modern);
            return ruby_value::serialized(draft, fits);
        }
        Ok(match self.serializer {
            Serializer::RubyJson => ruby_value::json_text(draft)?.into_bytes(),
            Serializer::Json | Serializer::JsonAllowMarshal => {
                self.escaped(&ruby_value::json_text(draft)?).into_bytes()
            }
            Serializer::Marshal | Serializer::MarshalWithFallback => {
                marshal::write(&ruby_value::value(draft)?)
            }
            Serializer::MessagePack | Serializer::MessagePackAllowMarshal => {
                messagepack::write(&ruby_value::value(draft)?)
            }
            Serializer::Null => match ruby_value::value(draft)? {
                Value::String(text) => text.into_bytes(),
                _ => return Err(ruby_value::refused("The NullSerializer takes strings only.")),
            },
        })
    }

    fn legacy_envelope(&self, value: &[u8]) -> String {
        let or_null = |text: &Option<String>| text.as_deref().map_or_else(|| "null".to_owned(), quoted);
        let (exp, pur) = (or_null(&self.expires), or_null(&self.purpose));
        let message = BASE64_PADDED.encode(value);
        self.escaped(&format!("{{\"_rails\":{{\"message\":\"{message}\",\"exp\":{exp},\"pur\":{pur}}}}}"))
    }

    fn new_envelope(&self, draft: &PayloadDraft) -> Result<Vec<u8>, SignError> {
        if draft.form == PayloadForm::Hex {
            return Err(ruby_value::refused(
                "Bytes that are serialized already do not fit into the envelope of Rails 7.1.",
            ));
        }
        let given = [("exp", &self.expires), ("pur", &self.purpose)];
        let given = given.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
        if self.serializer.writes() == Format::Json {
            let rest: String = given.map(|(name, text)| format!(",\"{name}\":{}", quoted(&text))).collect();
            let text = format!("{{\"_rails\":{{\"data\":{}{rest}}}}}", ruby_value::json_text(draft)?);
            let is_plain = self.serializer == Serializer::RubyJson;
            return Ok(if is_plain { text } else { self.escaped(&text) }.into_bytes());
        }
        if self.serializer.writes() == Format::MessagePack && self.expires.is_some() {
            return Err(ruby_value::refused(
                "Keyjar writes no time in MessagePack, as Rails does for the expiry.",
            ));
        }
        let members = std::iter::once(("data".to_owned(), ruby_value::value(draft)?))
            .chain(given.map(|(name, text)| (name.to_owned(), Value::String(text))));
        let envelope =
            Value::Object(Map::from_iter([(ENVELOPE.to_owned(), Value::Object(members.collect()))]));
        Ok(match self.serializer.writes() {
            Format::MessagePack => messagepack::write(&envelope),
            _ => marshal::write(&envelope),
        })
    }

    /// `ActiveSupport::JSON.encode`: characters that mean something in HTML or JavaScript stand as escapes.
    fn escaped(&self, json: &str) -> String {
        let mut out = String::with_capacity(json.len());
        for c in json.chars() {
            match c {
                '<' | '>' | '&' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                '\u{2028}' | '\u{2029}' if self.separators => {
                    out.push_str(&format!("\\u{:04x}", u32::from(c)))
                }
                c => out.push(c),
            }
        }
        out
    }
}

/// The option of Rails 8.1.
const SEPARATORS: &str = "escape_js_separators_in_json";

pub const SEPARATORS_SPEC: OptionSpec =
    spec(SEPARATORS, FLAG, "true", "Whether U+2028 and U+2029 are escaped in JSON.", Uses::Making);

/// The option that says whose habits count.
const VERSION: &str = "rails_version";

/// That option, with its default.
pub const fn version_spec(default: &'static str) -> OptionSpec {
    spec(
        VERSION,
        OptionKind::Text,
        default,
        "The version of Rails. From 7.1 on its readers are stricter.",
        Uses::Both,
    )
}

/// Whether `options` or, without them, `default` name Rails 7.1 or later, whose readers cut the tag from the end.
///
/// # Errors
/// If the version is neither text nor number.
pub fn is_modern(options: &Options, default: bool) -> Result<bool, SignError> {
    let Some(version) = options::word(options, VERSION)?.filter(|version| !version.is_empty()) else {
        return Ok(default);
    };
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    Ok((numbers.next(), numbers.next().unwrap_or_default()) >= (Some(7), 1))
}

/// An expiry as Rails writes it, in UTC with three decimals.
fn expiry(value: &Value) -> Option<String> {
    let at = match value {
        Value::String(text) => milliseconds(text.trim())?,
        number => number.as_i64()?.checked_mul(1_000)?,
    };
    let time = OffsetDateTime::from_unix_timestamp(at.div_euclid(1_000)).ok()?;
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let thousandths = at.rem_euclid(1_000);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandths:03}Z"))
}

/// A time of ISO 8601 in milliseconds since 1970: `2026-09-21T14:13:29.000Z`, with any offset.
fn milliseconds(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (digits(date.next()?, 4)?, digits(date.next()?, 2)?, digits(date.next()?, 2)?);
    let zone = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(zone)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.splitn(3, ':');
    let (hour, minute, second) =
        (digits(clock.next()?, 2)?, digits(clock.next()?, 2)?, digits(clock.next()?, 2)?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
    let small = |number: u32| u8::try_from(number).ok();
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    let seconds = date.with_time(time).assume_utc().unix_timestamp() - offset(zone)?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let thousandths =
        digits(&thousandths, 3).filter(|_| fraction.bytes().all(|byte| byte.is_ascii_digit()))?;
    seconds.checked_mul(1_000)?.checked_add(thousandths.into())
}

/// Seconds east of UTC: `Z`, `+02:00`, `-0330`.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_at_checked(2)?;
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    let seconds = i64::from(digits(hours, 2)?) * 3_600 + i64::from(digits(minutes, 2)?) * 60;
    Some(if sign == "-" { -seconds } else { seconds })
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_iso_8601() {
        assert_eq!(milliseconds("2026-09-21T14:13:29.000Z"), Some(1_790_000_009_000));
        assert_eq!(milliseconds("2026-09-21T16:13:29.5+02:00"), Some(1_790_000_009_500));
        for odd in [
            "",
            "2026-09-21",
            "2026-13-21T14:13:29Z",
            "2026-09-21T25:00:00Z",
            "2026-09-21T14:13:29",
            "+026-09-21T14:13:29Z",
        ] {
            assert_eq!(milliseconds(odd), None, "{odd}");
        }
        assert_eq!(expiry(&Value::from(1_790_000_009)).as_deref(), Some("2026-09-21T14:13:29.000Z"));
        assert_eq!(
            expiry(&Value::from("2026-09-21T16:13:29+0200")).as_deref(),
            Some("2026-09-21T14:13:29.000Z")
        );
        assert_eq!(expiry(&Value::from(i64::MAX)), None);
    }

    #[test]
    fn a_serializer_reads_what_rails_lets_it_read() {
        assert!(Serializer::Json.refuses(Format::Marshal, true));
        assert!(!Serializer::JsonAllowMarshal.refuses(Format::Marshal, false));
        assert!(Serializer::MarshalWithFallback.refuses(Format::Json, false));
        assert!(!Serializer::MarshalWithFallback.refuses(Format::Json, true));
        assert!(
            Serializer::RubyJson.refuses(Format::Raw, true) && !Serializer::Null.refuses(Format::Raw, true)
        );
    }

    #[test]
    fn the_marshal_envelope_of_rails_7_1_is_read() {
        let options = Options::from([("expires_at".into(), "2026-09-21T14:13:29Z".into())]);
        let names = Names { serializer: "serializer", expires: "expires_at" };
        let defaults = Unnamed { serializer: Serializer::Marshal, is_modern: true, is_new: true };
        let writer = Writer::of(&options, names, defaults, Some("login".into())).expect("a time");
        let draft = PayloadDraft { form: PayloadForm::Json, text: "{\"a\":[1]}".into() };
        let message = read(&writer.write(&draft).expect("can be written").message).expect("can be read");
        assert_eq!((message.purpose(), message.expires()), ("login", Some("2026-09-21T14:13:29.000Z")));
        assert!(
            matches!(message.content.payload, Payload::Object { json: Some(json), .. } if json == "{\"a\":[1]}")
        );
    }
}
