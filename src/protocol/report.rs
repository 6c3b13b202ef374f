//! What is asked of a paste, and what the engine has to say about it.

use serde::{Deserialize, Serialize};

use super::{KeyReport, Options, TokenReport};
use crate::finding::Finding;
use crate::secret::{SecretEncoding, SecretText};
use crate::span::Span;

/// What the person set besides the text itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// In order; frameworks with rotation sign with the first and accept any.
    pub secrets: Vec<SecretText>,
    /// Which of the items found is looked at; the first if absent.
    pub item: Option<usize>,
    /// The id of the scheme chosen for that item; the likeliest if absent.
    pub scheme: Option<String>,
    /// Options of the chosen scheme; what is absent has the framework's default.
    #[serde(with = "super::json_text")]
    pub options: Options,
    /// Unix seconds. Without it no age is judged.
    pub now: Option<i64>,
    /// Whether what is slow by design may run (Argon2id with 256 MiB, say): the person asked for it. Without it a scheme
    /// answers [`Verdict::Unchecked`] and says what it would cost.
    pub patient: bool,
}

/// Everything that the engine has to say about one paste.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The cookies and tokens found, in the order in which they stand.
    pub items: Vec<ItemReport>,
    /// The index of the item that is looked at.
    pub chosen: usize,
    /// The keys, if it is not a cookie or token that was pasted but a key: PEM, a JWK or a set of them.
    pub keys: Vec<KeyReport>,
    /// Why nothing could be read, if nothing could.
    pub problem: Option<Problem>,
}

/// A message about input that cannot be used: what, where, what to try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to try.
    pub hint: String,
    /// Where, in what was pasted.
    pub at: Option<Span>,
}

/// Where an item stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// Only a value.
    Bare,
    /// A pair of a `Cookie` header.
    Cookie,
    /// A `Set-Cookie` line.
    SetCookie,
    /// An `Authorization: Bearer` header, or `Bearer` in front of a token.
    Bearer,
}

/// One item and what was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemReport {
    /// The cookie's name, if it has one.
    pub name: Option<String>,
    pub source: Source,
    /// The value, in what was pasted; its first part, if it has several.
    pub span: Span,
    /// The cookies that the value is joined of, in its order, where the framework cut it over several.
    pub parts: Vec<Part>,
    /// The schemes that could have made it, likeliest first.
    pub candidates: Vec<Candidate>,
    /// A kind of value that cannot be verified here, if it is one.
    pub known: Option<Known>,
    /// The item as the chosen or likeliest scheme reads it.
    pub opened: Option<Opened>,
    /// The options, other than the defaults, with which it verifies, where no scheme was chosen.
    #[serde(with = "super::json_text")]
    pub settings: Options,
    /// The options with which such a value is made again: those that were set, that it verifies with, or that it shows.
    #[serde(with = "super::json_text")]
    pub making: Options,
    /// What the browser makes of the `Set-Cookie` line, if it is one.
    pub stored: Vec<Fact>,
    /// The `Set-Cookie` line with every correction that a rule can write, if it is one and there are any.
    pub corrected: Option<String>,
    /// Remarks on the cookie and the token, the gravest first. Places are in what was pasted.
    pub findings: Vec<Finding>,
    /// If the secret did not verify: every way in which it was read.
    pub readings: Vec<Reading>,
    /// Whether it is unchecked only because the check is slow by design: it runs once [`Ask::patient`] is set.
    pub on_request: bool,
}

impl ItemReport {
    /// The bytes of the value as they stood.
    pub fn size(&self) -> usize {
        match &self.parts[..] {
            [] => self.span.len(),
            parts => parts.iter().map(|part| part.span.len()).sum(),
        }
    }
}

/// One of the cookies over which a framework cut a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    /// Its piece of the value, in what was pasted.
    pub span: Span,
    /// The whole `Set-Cookie` line without the header's name, in what was pasted, if that is where it stood.
    pub line: Option<Span>,
}

/// A kind of value that is known and cannot be verified here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Lower-case kebab.
    pub id: String,
    /// `PHP session id`
    pub title: String,
    /// What it is, and why it cannot be verified; for people.
    pub text: String,
    /// Where that is documented.
    pub source: String,
}

/// A scheme that could have made a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The scheme's id.
    pub scheme: String,
    /// 1 to 100; only its order means anything.
    pub likelihood: u8,
    /// Why, for people.
    pub reasons: Vec<String>,
    /// Whether the value had to be percent-decoded first.
    pub percent_decoded: bool,
}

/// An item as one scheme reads it. A broken value still has the segments that could be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The scheme's id.
    pub scheme: String,
    /// What it is, as a heading: `JWT, HS256`.
    pub title: String,
    pub verdict: Verdict,
    /// The named pieces of the value, in order.
    pub segments: Vec<Segment>,
    /// What the framework gets back, where it could be read.
    pub payload: Option<Payload>,
    /// Whether the payload was encrypted: then only who has the secret reads it.
    pub encrypted: bool,
    /// Times and other facts that the value carries.
    pub facts: Vec<Fact>,
    /// How this value is made, with its own bytes.
    pub steps: Vec<Step>,
    /// The signature as the scheme writes it: the value's own, and what this secret makes.
    pub signature: Option<SignaturePair>,
    /// Remarks on the value. Places are in the item's value.
    pub findings: Vec<Finding>,
    /// What only a JSON Web Token or the like has.
    pub token: Option<Box<TokenReport>>,
}

/// The signature that a value carries beside the one that the secret makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignaturePair {
    pub found: String,
    /// Absent without a usable secret.
    pub expected: Option<String>,
}

/// What a segment is for; the page gives each role its colour and underline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    Prefix,
    Header,
    Payload,
    Meta,
    Signature,
}

/// A named piece of a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// As the format's own documentation calls it.
    pub name: String,
    pub role: Role,
    /// In the item's value when a scheme returns it; in what was pasted once it is in a [`Report`].
    pub span: Span,
    /// What it decodes to, where that says more than the piece itself.
    pub decoded: Option<Payload>,
}

/// What is inside, made readable. Keeps the original bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payload {
    /// JSON text, exactly as it stood: order, spelling and duplicate members are kept.
    Json(String),
    /// UTF-8 text.
    Text(String),
    /// Bytes that are not text.
    Bytes(Vec<u8>),
    /// A value in a language's or library's own format, read without making an object of it.
    Object {
        /// `Ruby Marshal`
        format: String,
        /// Laid out to read, in lines.
        shown: String,
        /// The same as JSON, where JSON can hold it.
        json: Option<String>,
        bytes: Vec<u8>,
    },
}

/// Whether a value holds, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The MAC is right.
    Valid {
        /// Which of the secrets, counted from 0.
        secret: usize,
        /// How that secret was read.
        encoding: SecretEncoding,
        /// Why it should still not be trusted as it is.
        but: Vec<Caveat>,
    },
    /// The framework would refuse it.
    Invalid {
        why: Why,
        /// For people: what is wrong, and where.
        message: String,
        /// In the item's value when a scheme returns it; in what was pasted once it is in a [`Report`].
        at: Option<Span>,
    },
    /// It could not be checked; `missing` says what is needed.
    Unchecked { missing: String },
}

/// A right MAC on a value that a server would or should still refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caveat {
    pub kind: CaveatKind,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaveatKind {
    Expired,
    NotYetValid,
    WeakSecret,
    /// A claim is another than the server expects, or is not there.
    Claim,
}

/// The kind of a refusal. The words are those of the test vectors' `why_invalid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The tag is another than this secret makes: changed value or other secret; a MAC cannot tell which.
    BadSignature,
    /// It is not of the format's form.
    Malformed,
    /// The algorithm is none, unknown, not allowed, or not one for this kind of key.
    WrongAlgorithm,
    /// An option (salt, name, purpose …) is another.
    WrongOption,
}

/// A fact about the value: a term and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// `Issued`, `Expires`, `Session ID` …
    pub term: String,
    /// The claim or attribute it was read from, as it is written there: `exp`, `Max-Age`.
    pub from: Option<String>,
    pub value: FactValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactValue {
    Text(String),
    /// Unix seconds. The page adds the local time; `utc` and `distance` are ready to read.
    Time {
        unix: i64,
        /// `2026-11-24 07:52:21 UTC`
        utc: String,
        /// `in 3 hours`; absent where no clock was given.
        distance: Option<String>,
    },
}

/// One line of how a value is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// `Key`, `Signing input`, `Tag` …
    pub name: String,
    /// How, as a formula: `HMAC-SHA256(secret, header.payload)`. May be empty.
    pub formula: String,
    pub output: Excerpt,
    /// Which part of the value this makes.
    pub role: Option<Role>,
}

/// Bytes to show, cut where they are many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The text, or lower-case hex.
    pub shown: String,
    pub is_hex: bool,
    /// How many bytes there are in all.
    pub length: usize,
    /// Whether `shown` holds only the first of them.
    pub cut: bool,
    /// Bytes of the person's key: masked until asked for.
    pub secret: bool,
}

/// One way to read the secret that was tried after the given one did not verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// `Base64`, `Text, without the quotes` …
    pub label: String,
    /// What to set so that the secret is read like this.
    pub secret: SecretText,
    /// Which of the secrets it was, counted from 0.
    pub index: usize,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The MAC verifies: this is the explanation.
    Matches { bytes: usize, expected: String },
    /// Another tag comes out.
    Differs { bytes: usize, expected: String },
    /// The same key bytes as the reading named.
    SameAs { bytes: usize, label: String },
    /// The text cannot be read like this.
    Unreadable { reason: String },
}
