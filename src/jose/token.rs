//! What is said of a token beside its verdict: the report's part that only tokens have, and the review.

use super::claims::Claims;
use super::jws::Header;
use super::key::given::{Given, GivenKey};
use super::{code, rules};
use crate::finding::Finding;
use crate::intake::Item;
use crate::protocol::{Ask, Check, KeyNote, Payload, Snippet, TokenReport, Verdict};
use crate::secret::SecretEncoding;

/// What a token's report is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    pub item: &'a Item,
    pub ask: &'a Ask,
    pub header: Option<&'a Header>,
    pub claims: Option<&'a Claims>,
    pub payload: Option<&'a Payload>,
    pub checks: Vec<Check>,
    pub keys: Vec<KeyNote>,
    /// The one that fits, or the first that was given.
    pub key: Option<&'a GivenKey>,
    pub verdict: &'a Verdict,
}

/// The report's part that only tokens have.
pub fn report(parts: &Parts) -> TokenReport {
    TokenReport {
        checks: parts.checks.clone(),
        meanings: Vec::new(),
        keys: parts.keys.clone(),
        mended: parts.item.mended.clone(),
        nested: parts.payload.and_then(nested),
        disclosures: Vec::new(),
        code: parts.header.map(|header| code(parts, header)).unwrap_or_default(),
    }
}

/// Code for the compact form alone: JSON, a payload that is sent apart, and what is disclosed beside a token are none of what
/// the libraries' functions for JSON Web Tokens read.
fn code(parts: &Parts, header: &Header) -> Vec<Snippet> {
    let text = parts.item.value.trim();
    let is_detached = !header.contains_key("enc") && text.contains("..");
    if is_detached || text.contains(['{', '~']) {
        return Vec::new();
    }
    code::verify(&code::Token {
        header,
        claims: parts.claims,
        key: parts.key.map(|key| &key.jwk.key),
        reading: parts.key.map_or(SecretEncoding::Utf8, |key| key.encoding),
    })
}

/// The token that a payload is, if it is one: `cty` may say so, its form does.
fn nested(payload: &Payload) -> Option<String> {
    let Payload::Text(text) = payload else { return None };
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    let is_token = text.starts_with("eyJ") && matches!(dots, 2 | 4);
    is_token.then(|| text.clone())
}

/// What a review looks at.
#[derive(Debug)]
pub struct Reviewed<'a> {
    pub item: &'a Item,
    pub ask: &'a Ask,
    pub given: &'a Given,
    pub verdict: &'a Verdict,
    /// What a JWE holds, where it could be decrypted.
    pub plain: Option<&'a [u8]>,
}

/// The remarks on a token and the keys at hand, the gravest first.
pub fn review(token: &Reviewed) -> Vec<Finding> {
    let read = super::signed::read(&token.item.value, None);
    let header = read.signatures.first().and_then(|signature| signature.header.clone().ok());
    let claims = read.payload.ok().map(Payload::of).as_ref().and_then(super::claims::of);
    header
        .map(|header| {
            rules::review(&rules::Token { header: &header, claims: claims.as_ref(), now: token.ask.now })
        })
        .unwrap_or_default()
}
