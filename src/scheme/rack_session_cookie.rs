//! Rack 1 and 2: `Rack::Session::Cookie`, and Sinatra's sessions before Sinatra 4.
//!
//! base64(session) + `--` + lower-case hex of HMAC(secret, those Base64 characters), HMAC-SHA1 by default (`hmac`), cut at
//! the last `--`. The session is a Hash that the coder serializes: Marshal (the default), JSON, or JSON compressed with
//! zlib. The cookie's name is not signed. Source: `rack/session/cookie.rb` of rack 2.2.

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::inflate;
use super::kit::key_generator::KeySource;
use super::kit::mac::{self, Keys};
use super::kit::opened::bare;
use super::kit::option_spec::{DIGESTS, Uses, spec};
use super::kit::options;
use super::kit::options::LEAVE_EMPTY;
use super::kit::rails_verifier::{self, Cutting, Verifier, broken};
use super::kit::ruby_value::{self, Content, Format};
use super::kit::verdict::unusable;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Fact, FactValue, Opened, Options, Payload, PayloadDraft, PayloadForm,
    Role, SignError, SignaturePair, Step, Verdict, Why,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct RackSessionCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("rack-session-cookie"),
    title: Cow::Borrowed("Rack session cookie"),
    framework: Cow::Borrowed("Rack, Sinatra"),
    language: Cow::Borrowed("Ruby"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(SESSION_COOKIE)]),
    docs: Cow::Borrowed("https://www.rubydoc.info/gems/rack/2.2.13/Rack/Session/Cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(session) -- hex(HMAC-SHA1(secret, data))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"session_id\": \"a2f1\", \"user_id\": 7 }"),
    options: Cow::Borrowed(&OPTIONS),
};

/// The name under which Rack sets it.
pub const SESSION_COOKIE: &str = "rack.session";
const HMAC: &str = "hmac";
const CODER: &str = "coder";

static OPTIONS: [OptionSpec; 2] = [
    spec(HMAC, DIGESTS, "SHA1", "The hash function of the tag.", Uses::Both),
    spec(CODER, CODERS, "Base64::Marshal", "How the session is serialized.", Uses::Both),
];

const CODERS: OptionKind = OptionKind::Choice(Cow::Borrowed(&[
    Cow::Borrowed("Base64::Marshal"),
    Cow::Borrowed("Base64::JSON"),
    Cow::Borrowed("Base64::ZipJSON"),
]));

/// How a session is serialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coder {
    Marshal,
    Json,
    ZipJson,
}

impl Coder {
    fn of(options: &Options) -> Result<Option<Self>, SignError> {
        let Some(name) = options::filled(options, CODER)? else { return Ok(None) };
        match name.rsplit("::").next() {
            Some("Marshal") => Ok(Some(Self::Marshal)),
            Some("JSON") => Ok(Some(Self::Json)),
            Some("ZipJSON") => Ok(Some(Self::ZipJson)),
            _ => Err(options::bad_option(
                CODER,
                format!("{CODER} is {name:?}, which is none of Rack's that Keyjar knows."),
                LEAVE_EMPTY,
            )),
        }
    }

    /// Rack's default; for bytes that are serialized already, what they show.
    fn usual(draft: &PayloadDraft) -> Self {
        let is_json = draft.form == PayloadForm::Hex
            && payload::draft::bytes(draft).is_ok_and(|bytes| Format::of(&bytes) == Format::Json);
        if is_json { Self::Json } else { Self::Marshal }
    }

    const fn format(self) -> Format {
        match self {
            Self::Marshal => Format::Marshal,
            Self::Json | Self::ZipJson => Format::Json,
        }
    }
}

/// A session that was read: the bytes that were compressed, if they were, and the value.
struct Session {
    inflated: Option<Vec<u8>>,
    content: Content,
}

impl Session {
    /// The rest of a sentence about the data, if it cannot be read.
    fn read(bytes: &[u8]) -> Result<Self, String> {
        // The first byte of every zlib stream with a window of 32 KiB; no JSON text begins with x.
        let inflated = bytes.starts_with(b"x").then(|| inflate::zlib(bytes)).transpose()?;
        let content = ruby_value::read(inflated.as_deref().unwrap_or(bytes))?;
        Ok(Self { inflated, content })
    }

    /// Why a server with this coder does not read it.
    fn refusal(&self, coder: Option<Coder>) -> Option<String> {
        let format = self.content.format;
        if format == Format::Raw {
            return Some("is neither Marshal nor JSON".into());
        }
        let coder = coder?;
        let fits = format == coder.format() && self.inflated.is_some() == (coder == Coder::ZipJson);
        (!fits).then(|| {
            let zipped = if self.inflated.is_some() { "compressed " } else { "" };
            format!("is {zipped}{}, and the coder is another", format.name())
        })
    }
}

fn verifier(options: &Options) -> Result<Verifier, SignError> {
    Ok(Verifier {
        digest: options::digest(options, HMAC, Digest::Sha1)?,
        digest_option: HMAC,
        key: KeySource::Secret,
        cutting: Cutting::Last,
        url_safe: false,
    })
}

impl Scheme for RackSessionCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (data, digest) = rails_verifier::form(&item.value)?;
        let mut reasons = vec![format!("Base64, then `--` and the hex of an HMAC-{} tag.", digest.name())];
        let mut likelihood = 35;
        if data.windows(SESSION_ID.len()).any(|part| part == SESSION_ID) {
            likelihood = 88;
            reasons.push("In the Base64 stands a `session_id`, which Rack puts into every session.".into());
        }
        if item.name.as_deref() == Some(SESSION_COOKIE) {
            likelihood = 96;
            reasons.push("The name `rack.session` is Rack's.".into());
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let settings = || Ok::<_, SignError>((verifier(&ask.options)?, Coder::of(&ask.options)?));
        match settings() {
            Ok((verifier, coder)) => open(&verifier, coder, item, ask, &keys),
            Err(error) => bare(&ABOUT, unusable(&error)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let verifier = verifier(&draft.options)?;
        let coder = Coder::of(&draft.options)?.unwrap_or_else(|| Coder::usual(&draft.payload));
        keys.signing()?;
        let session = serialize(&draft.payload, coder.format())?;
        let mut written = rails_verifier::plain(coder.format(), session);
        if coder == Coder::ZipJson {
            written.message = inflate::to_zlib(&written.message);
            written.steps.push(compressed(&written.message));
        }
        verifier.make(written, &keys)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "config.ru, Rack 2",
            "ruby",
            r#"require "rack"

use Rack::Session::Cookie,
    key: "NAME", secret: ENV.fetch("SECRET_ENV"), secure: true, same_site: :lax,
    hmac: OpenSSL::Digest::OPTION_hmac, coder: Rack::Session::Cookie::OPTION_coder.new

run(lambda do |env|
  before = env["rack.session"]["user_id"] # nil if the signature is not right
  env["rack.session"]["user_id"] = 7
  [200, { "content-type" => "text/plain" }, [before.inspect]]
end)"#,
        )]
    }
}

/// A session, as JSON or Marshal writes it; hex gives bytes that are serialized already.
///
/// # Errors
/// If it is no Hash, or cannot be written.
fn serialize(draft: &PayloadDraft, format: Format) -> Result<Vec<u8>, SignError> {
    if draft.form == PayloadForm::Hex {
        return ruby_value::serialized(draft, |found| found == format);
    }
    let json = ruby_value::json_text(draft)?;
    if !json.starts_with('{') {
        return Err(ruby_value::refused("A session is a Hash: a JSON object."));
    }
    Ok(match format {
        Format::Marshal => payload::marshal::write(&ruby_value::value(draft)?),
        _ => json.into_bytes(),
    })
}

fn compressed(bytes: &[u8]) -> Step {
    Step::new("Compressed", "zlib(message)", Excerpt::hex(bytes), Some(Role::Payload))
}

fn open(verifier: &Verifier, coder: Option<Coder>, item: &Item, ask: &Ask, keys: &Keys) -> Opened {
    let value = item.value.as_str();
    let (cut, form) = verifier.cut(value);
    let Some(cut) = cut else { return broken(&ABOUT, form.err()) };
    let data = cut.data.of(value);
    let made = verifier.key.of(keys);
    // Old versions of Rack wrap the Base64 in lines.
    let solid: String = data.split_ascii_whitespace().collect();
    let bytes = verifier.decode(&solid).map_err(|(_, what)| format!("is not Base64: {what}"));
    let session = bytes.as_deref().map_err(Clone::clone).and_then(Session::read);
    let verdict = match form {
        Ok(()) => {
            let refusal = match &session {
                Ok(session) => session.refusal(coder).map(|what| (Why::WrongOption, what)),
                Err(what) => Some((Why::Malformed, what.clone())),
            };
            match (verifier.verdict(value, cut, ask, &made), refusal) {
                (Verdict::Valid { .. }, Some((why, what))) => {
                    let message = format!("The tag is right, but the session {what}.");
                    Verdict::Invalid { why, message, at: Some(cut.data) }
                }
                (verdict, _) => verdict,
            }
        }
        Err(refused) => refused,
    };
    let session = session.ok();
    let mut steps = Vec::new();
    if let (Some(session), Ok(bytes)) = (&session, &bytes) {
        let plain = session.inflated.as_ref().unwrap_or(bytes).clone();
        steps = rails_verifier::plain(session.content.format, plain).steps;
        steps.extend(session.inflated.is_some().then(|| compressed(bytes)));
        steps.extend(verifier.steps(&made, data));
    }
    let content = session.map(|session| session.content);
    let mut findings =
        content.as_ref().map(|content| ruby_value::remarks(content, SETTING)).unwrap_or_default();
    findings.extend(mac::remarks(&verdict, keys, verifier.digest));
    Opened {
        token: None,
        scheme: ABOUT.id.to_string(),
        title: format!("{}, HMAC-{}", ABOUT.title, verifier.digest.name()),
        findings,
        verdict,
        segments: verifier.segments(cut, bytes.ok().map(Payload::of)),
        encrypted: false,
        facts: content.as_ref().map(facts).unwrap_or_default(),
        steps,
        signature: Some(SignaturePair {
            found: cut.tag.of(value).to_owned(),
            expected: verifier.tag(&made, data),
        }),
        payload: content.map(|content| content.payload),
    }
}

/// The session's id, where JSON can hold the session.
pub fn facts(content: &Content) -> Vec<Fact> {
    let json = match &content.payload {
        Payload::Json(json) | Payload::Object { json: Some(json), .. } => json.as_str(),
        _ => "",
    };
    let session: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(json).ok();
    let id = session.as_ref().and_then(|session| session.get("session_id")?.as_str());
    let fact = |term: &str, from: Option<&str>, text: &str| Fact {
        term: term.into(),
        from: from.map(str::to_owned),
        value: FactValue::Text(text.to_owned()),
    };
    let id = id.map(|id| fact("Session ID", Some("session_id"), id));
    id.into_iter().chain([fact("Serialized as", None, content.format.name())]).collect()
}

/// What to set so that sessions hold no Marshal.
const SETTING: &str = "coder to Rack::Session::Cookie::Base64::JSON.new";

/// The name of the member that every session has.
const SESSION_ID: &[u8] = b"session_id";
