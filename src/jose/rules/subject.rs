//! What the rules look at: a token, read once.
//!
//! A rule is to speak about tokens that a library would not even parse, so everything here is read as leniently as it can
//! be: Base64 in any alphabet and padding, JSON serialization, whatever parts there are. How it was spelled is kept
//! beside what it means.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::{Map, Value};

use super::Remark;
use super::key::KeySubject;
use crate::jose::alg;
use crate::jose::claims::Claims;
use crate::jose::glossary;
use crate::jose::jws::{self, Header};
use crate::jose::key::Key;
use crate::jose::key::given::GivenKey;
use crate::jose::presentation::{self, Presentation};
use crate::jose::raw::{self, Raw};
use crate::jose::signed;
use crate::limits::{MAX_JOSE_HEADER, MAX_REVIEWED, MAX_SIGNERS};
use crate::protocol::Options;
use crate::scheme::kit::base64::BASE64URL;
use crate::secret::{Secret, SecretText};
use crate::span::Span;

/// What a review is given.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The text as it stood, with `Bearer`, quotation marks and line ends.
    pub pasted: &'a str,
    /// The token as it is read after mending. Places in findings are in this text.
    pub token: &'a str,
    /// What the person expects: see the constants `KIND` to `CLIENT_ID`.
    pub options: &'a Options,
    /// Unix seconds. Without it no age is judged.
    pub now: Option<i64>,
    /// The keys that were given, read.
    pub keys: &'a [GivenKey],
    /// The texts that they were read from.
    pub secrets: &'a [SecretText],
    /// Whether it verified, or could be decrypted; `None` if it was not tried.
    pub verdict: Option<bool>,
    /// What a JWE holds, decrypted and inflated.
    pub plaintext: Option<&'a [u8]>,
}

/// What kind of token it is meant to be: `access token`, `id token`, `DPoP proof` …
pub const KIND: &str = "kind";
/// The expected issuer.
pub const ISS: &str = "iss";
/// The expected audience.
pub const AUD: &str = "aud";
/// The expected `typ`.
pub const TYP: &str = "typ";
/// The nonce that was sent.
pub const NONCE: &str = "nonce";
/// The access token that came with an id token, or goes with a DPoP proof.
pub const ACCESS_TOKEN: &str = "access_token";
/// The authorization code that came with an id token.
pub const CODE: &str = "code";
/// Seconds that a login may be ago.
pub const MAX_AGE: &str = "max_age";
/// The client's own id.
pub const CLIENT_ID: &str = "client_id";
/// The payload where the token does not hold it, as hex.
pub const DETACHED: &str = "detached_payload_hex";

pub const ACCESS_TOKEN_KIND: &str = "access token";
pub const ID_TOKEN_KIND: &str = "id token";

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Three parts (RFC 7515 section 7.1).
    Jws,
    /// Five parts (RFC 7516 section 7.1).
    Jwe,
    /// RFC 7515 section 7.2.
    JsonJws,
    /// RFC 7516 section 7.2.
    JsonJwe,
    /// A JWS with disclosures behind it (RFC 9901).
    SdJwt,
    /// No token but a key or a set of keys.
    Keys,
    /// None of these.
    Other,
}

/// A part that should hold JSON.
#[derive(Debug, Default)]
pub struct Part {
    /// Decoded; empty if it could not be.
    pub bytes: Vec<u8>,
    /// How it is spelled; empty if it is not UTF-8.
    pub raw: Raw,
    /// The object in it, if there is one. Of a repeated name the last counts.
    pub object: Option<Map<String, Value>>,
}

/// One signature of a JSON JWS, or one recipient of a JSON JWE.
#[derive(Debug, Default)]
pub struct Signer {
    pub protected: Map<String, Value>,
    pub unprotected: Map<String, Value>,
    /// The text of the signature, or of the encrypted key.
    pub signature: String,
}

/// A token, or a key, read for the rules.
#[derive(Debug)]
pub struct Subject<'a> {
    pub input: Input<'a>,
    pub form: Form,
    /// What was pasted without prefix, quotation marks and white space, but with every other character: rules about the
    /// spelling of parts look at this.
    pub written: Cow<'a, str>,
    /// The places of the parts in the token, as many as there are dots, up to six. Empty for JSON.
    pub parts: Vec<Span>,
    /// The header; of a JSON serialization the protected one of the first signature.
    pub header: Part,
    /// The payload; of a JWE its plaintext.
    pub payload: Part,
    /// Decoded.
    pub signature: Vec<u8>,
    /// Of a JSON serialization: all of it.
    pub json: Map<String, Value>,
    /// Of a JSON serialization: the first [`MAX_SIGNERS`].
    pub signers: Vec<Signer>,
    /// Of an SD-JWT: where it is cut.
    pub presentation: Option<Presentation>,
    /// Texts with keys: what was pasted where that is a key, and the secrets that are JWKs, sets or PEM.
    pub documents: Vec<KeySubject>,
    signing_input: OnceCell<Vec<u8>>,
    /// Which of the keys is the shared secret with which the signature holds, once that was asked.
    right_secret: OnceCell<Option<usize>>,
    /// All parameters of the header, protected or not.
    params: Option<Header>,
}

impl<'a> Subject<'a> {
    /// Reads a token.
    pub fn of(input: &Input<'a>) -> Self {
        let mut subject = Self::empty(input);
        let token = input.token.trim();
        if token.starts_with('{') {
            subject.read_json(token);
        } else {
            subject.read_compact();
        }
        if let (Some(plaintext), Form::Jwe | Form::JsonJwe) = (input.plaintext, subject.form) {
            subject.payload = Part::of(plaintext.to_vec());
        }
        subject.documents = KeySubject::of_secrets(input.secrets, input.keys);
        subject
    }

    /// Reads a key, or a set of keys, that was pasted in the place of a token: only the rules about keys look at it.
    /// `keys` are those that it holds.
    pub fn of_keys(input: &Input<'a>) -> Self {
        let mut subject = Self::empty(input);
        subject.form = Form::Keys;
        subject.documents.extend(KeySubject::of(input.token, input.keys.iter().map(|key| &key.jwk)));
        subject
    }

    /// With these claims, where they are not simply what the payload holds.
    #[must_use]
    pub fn with_claims(mut self, claims: Option<Claims>) -> Self {
        self.payload.object = claims;
        self
    }

    fn empty(input: &Input<'a>) -> Self {
        Self {
            input: *input,
            form: Form::Other,
            written: written(input.pasted),
            parts: Vec::new(),
            header: Part::default(),
            payload: Part::default(),
            signature: Vec::new(),
            json: Map::new(),
            signers: Vec::new(),
            presentation: None,
            documents: Vec::new(),
            signing_input: OnceCell::new(),
            right_secret: OnceCell::new(),
            params: None,
        }
    }

    fn read_compact(&mut self) {
        let token = self.input.token;
        let presentation = presentation::cut(token);
        self.parts = cut(presentation.as_ref().map_or(token, |cut| cut.issuer.of(token)));
        self.form = match self.parts.len() {
            3 if presentation.is_some() => Form::SdJwt,
            3 => Form::Jws,
            5 => Form::Jwe,
            _ => Form::Other,
        };
        self.presentation = presentation.filter(|_| self.form == Form::SdJwt);
        self.header = Part::header(self.part(0));
        self.params = self.header.object.clone();
        if self.form == Form::Jwe {
            return;
        }
        let payload = self.part(1);
        self.payload = match self.param("b64") {
            Some(Value::Bool(false)) => Part::of(payload.as_bytes().to_vec()),
            _ => Part::of(loose(payload).unwrap_or_default()),
        };
        self.signature = loose(self.part(2)).unwrap_or_default();
    }

    fn read_json(&mut self, token: &str) {
        let Ok(Value::Object(json)) = serde_json::from_str::<Value>(token) else { return };
        self.form = if json.contains_key("ciphertext") {
            Form::JsonJwe
        } else if json.contains_key("payload")
            && ["signature", "signatures"].iter().any(|name| json.contains_key(*name))
        {
            Form::JsonJws
        } else {
            return;
        };
        let list = json.get("signatures").or_else(|| json.get("recipients")).and_then(Value::as_array);
        let shared = json.get("unprotected").filter(|shared| shared.to_string().len() <= MAX_JOSE_HEADER);
        let shared = shared.and_then(Value::as_object).cloned().unwrap_or_default();
        let signer = |one| Signer::of(one, text(&json, "protected"), &shared);
        self.signers = match list {
            Some(list) => list.iter().filter_map(Value::as_object).take(MAX_SIGNERS).map(signer).collect(),
            None => vec![signer(&json)],
        };
        let first = list.and_then(|list| list.first()).and_then(Value::as_object).unwrap_or(&json);
        let protected = text(first, "protected").or_else(|| text(&json, "protected"));
        self.header = protected.map(Part::header).unwrap_or_default();
        let mut params = Header::new();
        if let Some(signer) = self.signers.first() {
            params.extend(signer.unprotected.clone());
            params.extend(signer.protected.clone());
        }
        self.params = Some(params);
        if self.form == Form::JsonJws {
            self.payload = Part::of(text(&json, "payload").and_then(loose).unwrap_or_default());
            self.signature = text(first, "signature").and_then(loose).unwrap_or_default();
        }
        self.json = json;
    }

    // ----------------------------------------------------------------------------------------------- what it holds

    /// Of an SD-JWT: the places of the disclosures that are read.
    pub fn disclosures(&self) -> &[Span] {
        self.presentation.as_ref().map_or(&[], |cut| &cut.disclosures)
    }

    /// All header parameters, if the header is an object.
    pub const fn params(&self) -> Option<&Header> {
        self.params.as_ref()
    }

    pub fn param(&self, name: &str) -> Option<&Value> {
        self.params()?.get(name)
    }

    /// A header parameter, if it is a text.
    pub fn text_param(&self, name: &str) -> Option<&str> {
        self.param(name)?.as_str()
    }

    /// The header's `alg`, if it is a text.
    pub fn alg(&self) -> Option<&str> {
        self.text_param("alg")
    }

    /// The claims, if the payload is an object and could be read.
    pub const fn claims(&self) -> Option<&Claims> {
        self.payload.object.as_ref()
    }

    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims()?.get(name)
    }

    /// A claim, if it is a text.
    pub fn text_claim(&self, name: &str) -> Option<&str> {
        self.claim(name)?.as_str()
    }

    /// A claim, if it is a time, in Unix seconds.
    pub fn time(&self, name: &str) -> Option<i64> {
        crate::jose::claims::time(self.claims()?, name)
    }

    /// What the person says of the token; `None` where that is empty.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.input.options.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// The same as a whole number.
    pub fn option_number(&self, name: &str) -> Option<i64> {
        let value = self.input.options.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// The text of a part of the token, counted from 0; empty if there is none.
    pub fn part(&self, index: usize) -> &'a str {
        self.parts.get(index).map_or("", |span| span.of(self.input.token))
    }

    /// The parts as they were written, before anything was mended.
    pub fn written_parts(&self) -> impl Iterator<Item = (usize, &str)> {
        let signed = self.written.split('~').next().unwrap_or_default();
        signed.splitn(6, '.').take(if self.is_compact() { 6 } else { 0 }).enumerate()
    }

    /// The token inside of this one, if the payload is one with dots (RFC 7519 section 5.2).
    pub fn nested(&self) -> Option<&str> {
        let text = self.payload.text().trim();
        // Nearly always the first byte, a brace, ends this.
        let is_token = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && matches!(text.split('.').take(7).count(), 3 | 5)
            && text
                .split('.')
                .next()
                .and_then(loose)
                .is_some_and(|header| header.trim_ascii_start().starts_with(b"{"));
        is_token.then_some(text)
    }

    /// What the signature is computed over (RFC 7515 section 5.1, step 8); of the first where there are several.
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.get_or_init(|| {
            let token = self.input.token.split('~').next().unwrap_or_default();
            let detached = self.option(DETACHED).and_then(|hex| hex::decode(hex).ok());
            let read = signed::read(token, detached.as_deref());
            read.signatures.into_iter().next().map(|first| first.input).unwrap_or_default()
        })
    }

    /// Whether the signature holds with `key`; of the first where there are several.
    pub fn holds(&self, key: &Key) -> bool {
        let alg = self.alg().and_then(alg::by_name).filter(|_| self.is_jws());
        alg.is_some_and(|alg| alg.verify(key, self.signing_input(), &self.signature))
    }

    /// Whether the signature is the HMAC with a key of these bytes.
    pub fn holds_with(&self, key: &[u8]) -> bool {
        let digest = self.alg().and_then(jws::hmac_digest).filter(|_| self.is_jws());
        digest.is_some_and(|digest| digest.verifies(key, self.signing_input(), &self.signature))
    }

    /// The shared secret with which the signature holds, if one of those given is it.
    pub fn right_secret(&self) -> Option<(&'a GivenKey, &'a Secret)> {
        // Where none holds, none is tried again.
        let keys = if self.input.verdict == Some(false) { &[][..] } else { self.input.keys };
        let oct = |given: &'a GivenKey| match &given.jwk.key {
            Key::Oct(secret) => Some((given, secret)),
            _ => None,
        };
        let holds = |given| oct(given).is_some_and(|(_, secret)| self.holds_with(secret.bytes()));
        let right = *self.right_secret.get_or_init(|| keys.iter().position(holds));
        oct(keys.get(right?)?)
    }

    // -------------------------------------------------------------------------------------------------- predicates

    pub const fn is_jwe(&self) -> bool {
        matches!(self.form, Form::Jwe | Form::JsonJwe)
    }

    /// Whether it is signed, or should be.
    pub const fn is_jws(&self) -> bool {
        matches!(self.form, Form::Jws | Form::JsonJws | Form::SdJwt)
    }

    /// Whether it is one text with dots, or should be.
    pub const fn is_compact(&self) -> bool {
        !matches!(self.form, Form::JsonJws | Form::JsonJwe | Form::Keys)
    }

    pub const fn is_json(&self) -> bool {
        matches!(self.form, Form::JsonJws | Form::JsonJwe)
    }

    /// Whether `typ` is this media type, `application/` in front or not, in any case (RFC 7515 section 4.1.9).
    pub fn is_typ(&self, typ: &str) -> bool {
        self.text_param("typ").is_some_and(|found| is_same_type(found, typ))
    }

    /// Whether the person says that it is of this kind.
    pub fn is_said_to_be(&self, kind: &str) -> bool {
        self.option(KIND).is_some_and(|said| said.eq_ignore_ascii_case(kind))
    }

    pub fn is_id_token_like(&self) -> bool {
        self.is_said_to_be(ID_TOKEN_KIND) || self.has_id_token_claims()
    }

    /// Whether it has claims that id tokens have, and does not say that it is a token of another kind, some of which have
    /// them too.
    pub fn has_id_token_claims(&self) -> bool {
        let has = |name: &&str| self.claim(name).is_some();
        let typ = self.text_param("typ").and_then(glossary::token_type);
        let is_other = typ.is_some_and(|typ| typ.name != "JWT") || self.is_dpop_like();
        !is_other && ["nonce", "at_hash", "c_hash", "auth_time", "azp"].iter().any(has)
    }

    pub fn is_access_token_like(&self) -> bool {
        let has = |name: &&str| self.claim(name).is_some();
        self.is_typ("at+jwt")
            || (["scope", "scp", "client_id"].iter().any(has) && !self.has_id_token_claims())
            || self.is_said_to_be(ACCESS_TOKEN_KIND)
    }

    /// A token that stands for a login or a right: an id token or an access token.
    pub fn is_login_like(&self) -> bool {
        self.is_id_token_like() || self.is_access_token_like()
    }

    pub fn is_dpop_like(&self) -> bool {
        self.is_typ("dpop+jwt") || (self.claim("htm").is_some() && self.claim("htu").is_some())
    }

    pub fn is_sd_jwt_like(&self) -> bool {
        self.form == Form::SdJwt || self.claim("_sd_alg").is_some() || self.claim("_sd").is_some()
    }

    // ----------------------------------------------------------------------------------------------------- remarks

    /// The place of a part; the whole token where there is none.
    pub fn span(&self, index: usize) -> Span {
        self.parts.get(index).copied().unwrap_or_else(|| self.whole())
    }

    pub const fn whole(&self) -> Span {
        Span::new(0, self.input.token.len())
    }

    /// The place of the payload: of a JWE its ciphertext.
    pub fn payload_span(&self) -> Span {
        self.span(if self.form == Form::Jwe { 3 } else { 1 })
    }

    /// A remark on the header, if `applies`.
    pub fn on_header(&self, applies: bool) -> Option<Remark> {
        applies.then(|| Remark::at(self.span(0)))
    }

    /// A remark on the payload, if `applies`.
    pub fn on_payload(&self, applies: bool) -> Option<Remark> {
        applies.then(|| Remark::at(self.payload_span()))
    }

    /// A remark on the signature, if `applies`.
    pub fn on_signature(&self, applies: bool) -> Option<Remark> {
        applies.then(|| Remark::at(self.span(2)))
    }

    /// A remark on the token as a whole, if `applies`.
    pub fn on_token(&self, applies: bool) -> Option<Remark> {
        applies.then(|| Remark::at(self.whole()))
    }
}

impl Part {
    /// Reads what was decoded; of what is longer than [`MAX_REVIEWED`] only the bytes.
    pub fn of(bytes: Vec<u8>) -> Self {
        if bytes.len() > MAX_REVIEWED {
            return Self { bytes, ..Self::default() };
        }
        let text = std::str::from_utf8(&bytes).unwrap_or("");
        let (raw, object) = (raw::read(text), serde_json::from_str(text).ok());
        Self { raw, object, bytes }
    }

    /// Reads a header; nothing of one that is too long.
    fn header(text: &str) -> Self {
        let short = Some(text).filter(|text| text.len() <= MAX_JOSE_HEADER);
        Self::of(short.and_then(loose).unwrap_or_default())
    }

    /// Whether it is too long to be looked at.
    pub const fn is_left_out(&self) -> bool {
        self.bytes.len() > MAX_REVIEWED
    }

    /// The text of it, if it is UTF-8; the places in [`Part::raw`] are in this.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or("")
    }
}

impl Signer {
    /// `protected` is what several share, and so is `shared`, which is not protected.
    fn of(one: &Map<String, Value>, protected: Option<&str>, shared: &Map<String, Value>) -> Self {
        let protected = text(one, "protected").or(protected).and_then(|text| Part::header(text).object);
        let mut unprotected = shared.clone();
        unprotected.extend(one.get("header").and_then(Value::as_object).cloned().unwrap_or_default());
        let signature = text(one, "signature").or_else(|| text(one, "encrypted_key")).unwrap_or_default();
        Self { protected: protected.unwrap_or_default(), unprotected, signature: signature.to_owned() }
    }

    /// Algorithm and bytes of an ECDSA signature.
    pub fn ecdsa(&self) -> Option<(&str, Vec<u8>)> {
        let alg = self.param("alg")?.as_str().filter(|alg| alg.starts_with("ES"))?;
        Some((alg, loose(&self.signature)?))
    }

    /// A parameter of its header, protected or not.
    pub fn param(&self, name: &str) -> Option<&Value> {
        self.protected.get(name).or_else(|| self.unprotected.get(name))
    }
}

/// Two media types, `application/` in front or not, in any case.
pub fn is_same_type(a: &str, b: &str) -> bool {
    let short = |typ: &str| {
        let front = typ.get(..12).filter(|front| front.eq_ignore_ascii_case("application/"));
        front.map_or(0, str::len)
    };
    let name = |typ: &str| typ.get(short(typ)..).unwrap_or("").to_ascii_lowercase();
    name(a) == name(b)
}

/// Goes through a value and everything in it, in no order that matters: the name of the member (empty for an element), and
/// the value. Ends early once `visit` gives something.
pub fn find_in<'v, T>(
    root: &'v Map<String, Value>,
    visit: &mut dyn FnMut(&'v str, &'v Value) -> Option<T>,
) -> Option<T> {
    let mut open: Vec<(&str, &Value)> =
        root.iter().rev().map(|(name, value)| (name.as_str(), value)).collect();
    while let Some((name, value)) = open.pop() {
        if let Some(found) = visit(name, value) {
            return Some(found);
        }
        match value {
            Value::Array(list) => open.extend(list.iter().rev().map(|value| ("", value))),
            Value::Object(map) => open.extend(map.iter().rev().map(|(name, value)| (name.as_str(), value))),
            _ => {}
        }
    }
    None
}

/// Base64 of any alphabet, padded or not, with any spare bits, as a lenient reader takes it.
pub fn loose(text: &str) -> Option<Vec<u8>> {
    BASE64URL.decode(text).ok().or_else(|| signed::lenient(text))
}

/// What was pasted without what people copy along with a token.
pub fn bare(pasted: &str) -> &str {
    let mut text = pasted.trim();
    loop {
        let before = text;
        for prefix in ["authorization:", "bearer "] {
            let found = text.get(..prefix.len()).filter(|front| front.eq_ignore_ascii_case(prefix));
            text = found.and_then(|_| text.get(prefix.len()..)).unwrap_or(text).trim();
        }
        for quote in ['"', '\'', '`'] {
            let inside = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
            text = inside.unwrap_or(text).trim();
        }
        if text == before {
            return text;
        }
    }
}

fn written(pasted: &str) -> Cow<'_, str> {
    let bare = bare(pasted);
    if bare.starts_with('{') || !has_space(bare) {
        return Cow::Borrowed(bare);
    }
    Cow::Owned(bare.split_whitespace().collect())
}

/// Whether there is white space in `text`. Most of what is pasted is ASCII, where looking at bytes is quick.
pub fn has_space(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_whitespace()) || (!text.is_ascii() && text.contains(char::is_whitespace))
}

fn cut(text: &str) -> Vec<Span> {
    let mut at = 0;
    let piece = |piece: &str| {
        let span = Span::new(at, at + piece.len());
        at = span.end + 1;
        span
    };
    text.splitn(6, '.').map(piece).collect()
}

fn text<'m>(object: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    object.get(name)?.as_str()
}
