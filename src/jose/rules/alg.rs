//! Rules about algorithms and signatures (RFC 7518 section 3).

#[cfg(test)]
use super::Example;
use super::Rule;
use crate::finding::Severity;

pub const RULES: &[Rule] = &[Rule {
    id: "alg-none",
    severity: Severity::High,
    unless: &[],
    check: |s| s.on_header(s.alg()? == "none"),
    message: "This token is not signed at all; anyone can write it.",
    fix: "Let the server accept a fixed list of algorithms, without `none`.",
    source: "RFC 7519 section 6; RFC 8725 section 3.2",
    #[cfg(test)]
    examples: [Example::header(r#"{"alg":"none"}"#), Example::header(r#"{"alg":"HS256"}"#)],
}];
