//! Rules about how a token is written: serialization, Base64url and JSON (RFC 7515 section 7, RFC 8259).

#[cfg(test)]
use super::Example;
use super::Rule;
use super::subject::Form;
use crate::finding::Severity;

pub const RULES: &[Rule] = &[Rule {
    id: "not-a-jwt",
    severity: Severity::High,
    unless: &[],
    check: |s| s.on_token(s.form == Form::Other),
    message: "This is not a JWT: a signed one has three parts with dots between them, an encrypted one five.",
    fix: "Copy the whole token, without quotes or line breaks.",
    source: "RFC 7515 section 3.1; RFC 7516 section 3.1",
    #[cfg(test)]
    examples: [Example::text("abc.def"), Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AAAA")],
}];
