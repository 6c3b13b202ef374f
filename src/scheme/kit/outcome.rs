//! The common parts of what schemes say of a value.

use crate::protocol::{About, Caveat, CaveatKind, Opened, Payload, Role, Segment, SignError, Verdict, Why};
use crate::span::Span;

/// The verdict and nothing else: what is to be filled in as far as the value can be read.
pub fn bare(about: &About, verdict: Verdict) -> Opened {
    Opened {
        scheme: about.id.to_string(),
        title: about.title.to_string(),
        verdict,
        segments: Vec::new(),
        payload: None,
        encrypted: false,
        facts: Vec::new(),
        steps: Vec::new(),
        signature: None,
        findings: Vec::new(),
    }
}

/// It is not of the format's form; `at` is where.
pub fn malformed(message: impl Into<String>, at: Span) -> Verdict {
    Verdict::Invalid { why: Why::Malformed, message: message.into(), at: Some(at) }
}

/// It is of the form that another setting of an option gives.
pub fn wrong_option(message: impl Into<String>) -> Verdict {
    Verdict::Invalid { why: Why::WrongOption, message: message.into(), at: None }
}

/// An option that cannot be used.
pub fn unusable(error: &SignError) -> Verdict {
    wrong_option(format!("{} {}", error.message, error.hint))
}

/// Adds a reason to refuse a value whose MAC is right. Any other verdict stays as it is.
pub fn doubt(verdict: &mut Verdict, kind: CaveatKind, message: impl Into<String>) {
    if let Verdict::Valid { but, .. } = verdict {
        but.push(Caveat { kind, message: message.into() });
    }
}

pub fn segment(name: &str, role: Role, span: Span, decoded: Option<Payload>) -> Segment {
    Segment { name: name.into(), role, span, decoded }
}

/// The cookie's name is part of what is authenticated, and it is not known.
pub fn nameless() -> Verdict {
    let missing = "Give the cookie's name as well (`name=value`): it is authenticated with the value.";
    Verdict::Unchecked { missing: missing.into() }
}
