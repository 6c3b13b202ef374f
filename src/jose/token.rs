//! What is said of a token beside its verdict: the report's part that only tokens have, and the review.

use super::claims::Claims;
use super::jws::Header;
use super::key::given::Given;
use super::rules::{self, Input, Subject};
use super::{code, glossary};
use crate::finding::Finding;
use crate::intake::Item;
use crate::protocol::{Ask, Check, Disclosure, Payload, Snippet, TokenReport, Verdict};
use crate::secret::SecretEncoding;
use crate::work;

/// A token that was read and checked.
#[derive(Debug)]
pub struct Token<'a> {
    pub item: &'a Item,
    pub ask: &'a Ask,
    pub given: &'a Given,
    /// The place in [`Given::keys`] of the key that verified or decrypted it.
    pub used: Option<usize>,
    pub header: Option<&'a Header>,
    pub claims: Option<&'a Claims>,
    pub payload: Option<&'a Payload>,
    /// Whether it is a JWE, whose payload was decrypted.
    pub is_encrypted: bool,
    pub verdict: &'a Verdict,
}

impl Token<'_> {
    /// The report's part that only tokens have.
    pub fn report(&self, checks: Vec<Check>, disclosures: Vec<Disclosure>) -> TokenReport {
        if work::is_for_verdict() {
            return TokenReport::default();
        }
        TokenReport {
            meanings: self.header.map(|header| glossary::meanings(header, self.claims)).unwrap_or_default(),
            keys: self.given.notes(self.used),
            mended: self.item.mended.clone(),
            nested: self.payload.and_then(nested),
            code: self.code(),
            checks,
            disclosures,
        }
    }

    /// The remarks on the token and the keys at hand, the gravest first.
    pub fn review(&self) -> Vec<Finding> {
        if work::is_for_verdict() {
            return Vec::new();
        }
        let subject = Subject::of(&Input {
            pasted: self.item.pasted.as_deref().unwrap_or(&self.item.value),
            token: &self.item.value,
            options: &self.ask.options,
            now: self.ask.now,
            keys: &self.given.keys,
            secrets: &self.ask.secrets,
            // One that is refused for its claims verified all the same.
            verdict: match self.verdict {
                _ if self.used.is_some() => Some(true),
                Verdict::Valid { .. } => Some(true),
                Verdict::Invalid { .. } => Some(false),
                Verdict::Unchecked { .. } => None,
            },
            plaintext: self.payload.filter(|_| self.is_encrypted).map(Payload::bytes),
        });
        rules::review(&subject)
    }

    /// Code for the compact form alone: JSON, a payload that is sent apart, and what is disclosed beside a token are none of
    /// what the libraries' functions for JSON Web Tokens read.
    fn code(&self) -> Vec<Snippet> {
        let key = self.used.and_then(|at| self.given.keys.get(at)).or_else(|| self.given.keys.first());
        let text = self.item.value.trim();
        let is_detached = !self.is_encrypted && text.contains("..");
        let header = self.header.filter(|_| !is_detached && !text.contains(['{', '~']));
        let Some(header) = header else { return Vec::new() };
        code::verify(&code::Token {
            header,
            claims: self.claims,
            key: key.map(|key| &key.jwk.key),
            reading: key.map_or(SecretEncoding::Utf8, |key| key.encoding),
        })
    }
}

/// The token that a payload is, if it is one: `cty` may say so, its form does.
fn nested(payload: &Payload) -> Option<String> {
    let Payload::Text(text) = payload else { return None };
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    let is_token = text.starts_with("eyJ") && matches!(dots, 2 | 4);
    is_token.then(|| text.clone())
}

#[cfg(test)]
mod tests {
    use crate::inspect::inspect;
    use crate::protocol::Ask;

    #[test]
    fn code_is_for_the_compact_form() {
        let count = |text: &str| {
            let ask = Ask { scheme: Some("jws".into()), ..Ask::default() };
            let opened = inspect(text, &ask).items.swap_remove(0).opened.expect("is opened");
            opened.token.map_or(0, |token| token.code.len())
        };
        // {"alg":"HS256"} and {}.
        assert_eq!(count("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"), 8);
        assert_eq!(count("eyJhbGciOiJIUzI1NiJ9..AAAA"), 0);
        assert_eq!(count(r#"{"protected":"eyJhbGciOiJIUzI1NiJ9","payload":"e30","signature":"AAAA"}"#), 0);
        // {"alg":"none"}
        assert_eq!(count("eyJhbGciOiJub25lIn0.e30."), 0);
    }
}
