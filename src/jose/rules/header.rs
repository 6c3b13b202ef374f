//! Rules about header parameters (RFC 7515 section 4.1).

#[cfg(test)]
use super::Example;
use super::Rule;
use crate::finding::Severity;

pub const RULES: &[Rule] = &[Rule {
    id: "jku-present",
    severity: Severity::High,
    unless: &[],
    check: |s| s.on_header(s.params()?.contains_key("jku")),
    message: "The token says where to fetch the key that checks it (`jku`): a server that believes it accepts anyone's \
                  signature, and can be made to call any address.",
    fix: "Ignore `jku`, or compare it with an exact list of allowed addresses. Keyjar does not fetch it.",
    source: "RFC 7515 section 4.1.2; RFC 8725 section 3.10",
    #[cfg(test)]
    examples: [
        Example::header(r#"{"alg":"RS256","jku":"https://evil.example/jwks.json"}"#),
        Example::header(r#"{"alg":"RS256","kid":"1"}"#),
    ],
}];
