//! What is said of a token beside its verdict: the report's part that only tokens have, and the review.

use super::claims::Claims;
use super::jws::Header;
use super::key::given::Given;
use super::{glossary, rules};
use crate::finding::Finding;
use crate::intake::Item;
use crate::protocol::{Ask, Check, KeyNote, Payload, TokenReport, Verdict, Why};

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
    pub verdict: &'a Verdict,
}

/// The report's part that only tokens have.
pub fn report(parts: &Parts) -> TokenReport {
    TokenReport {
        checks: parts.checks.clone(),
        meanings: parts.header.map(|header| glossary::meanings(header, parts.claims)).unwrap_or_default(),
        keys: parts.keys.clone(),
        mended: parts.item.mended.clone(),
        nested: parts.payload.and_then(nested),
        disclosures: Vec::new(),
        code: Vec::new(),
    }
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
    let value = &token.item.value;
    let input = rules::Input {
        pasted: value,
        token: value,
        options: &token.ask.options,
        now: token.ask.now,
        keys: &token.given.keys,
        secrets: &token.ask.secrets,
        verdict: match token.verdict {
            Verdict::Valid { .. } => Some(true),
            Verdict::Invalid { why: Why::BadSignature, .. } => Some(false),
            Verdict::Invalid { .. } | Verdict::Unchecked { .. } => None,
        },
        plaintext: token.plain,
    };
    rules::review(&rules::Subject::of(&input))
}
