//! The pieces of an [`Opened`] value, in few words.

use super::base64::Base64;
use crate::moment;
use crate::protocol::{About, Candidate, Fact, FactValue, Opened, Payload, Role, Segment, Verdict};
use crate::span::Span;

/// The verdict and nothing else: what is to be filled in as far as the value can be read.
pub fn bare(about: &About, verdict: Verdict) -> Opened {
    Opened {
        token: None,
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

pub fn candidate(about: &About, likelihood: u8, reasons: &[&str]) -> Candidate {
    Candidate {
        scheme: about.id.to_string(),
        likelihood,
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        percent_decoded: false,
    }
}

/// Whether `name` is one of the names that the framework gives its cookies.
pub fn is_named(about: &About, name: Option<&str>) -> bool {
    about.cookie_names.iter().any(|known| Some(known.as_ref()) == name)
}

/// Whether `name` is one of those names, with or without a prefix that binds the cookie to https.
pub fn is_prefixed(about: &About, name: &str) -> bool {
    is_named(about, Some(name)) || is_named(about, Some(plain_name(name)))
}

/// A cookie's name without `__Secure-` and `__Host-`.
pub fn plain_name(name: &str) -> &str {
    name.strip_prefix("__Secure-").or_else(|| name.strip_prefix("__Host-")).unwrap_or(name)
}

pub fn segment(name: &str, role: Role, span: Span, decoded: Option<Payload>) -> Segment {
    Segment { name: name.into(), role, span, decoded }
}

pub fn text_fact(term: &str, from: Option<&str>, text: impl Into<String>) -> Fact {
    Fact { term: term.into(), from: from.map(str::to_owned), value: FactValue::Text(text.into()) }
}

pub fn time_fact(term: &str, from: &str, unix: i64, now: Option<i64>) -> Fact {
    Fact { term: term.into(), from: Some(from.into()), value: moment::fact(unix, now) }
}

/// Unix seconds of the fact that was read from `from`.
pub fn time_of(opened: &Opened, from: &str) -> Option<i64> {
    opened.facts.iter().filter(|fact| fact.from.as_deref() == Some(from)).find_map(|fact| match fact.value {
        FactValue::Time { unix, .. } => Some(unix),
        FactValue::Text(_) => None,
    })
}

/// A piece of bytes that are all encoded as one Base64 text: its name, its role, the byte at which it ends, and what it
/// decodes to.
pub type Piece<'a> = (&'a str, Role, usize, Option<Payload>);

/// The pieces of `bytes`, which `text` spells at `offset` of the value. A character that holds bits of two pieces counts
/// to the first. Where `text` is not the plain spelling of `bytes`, it is one segment.
pub fn pieces(text: &str, offset: usize, bytes: &[u8], base64: &Base64, pieces: Vec<Piece>) -> Vec<Segment> {
    let whole = Span::new(offset, offset + text.len());
    if base64.encode(bytes).trim_end_matches('=') != text.trim_end_matches('=') {
        return vec![segment("Value", Role::Payload, whole, None)];
    }
    let mut start = offset;
    let mut segments = Vec::new();
    for (name, role, end, decoded) in pieces {
        let end = if end >= bytes.len() { whole.end } else { offset + (end * 4).div_ceil(3) };
        if end > start {
            segments.push(segment(name, role, Span::new(start, end), decoded));
        }
        start = end;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::kit::base64::{BASE64_PADDED, BASE64URL};

    #[test]
    fn pieces_cover_the_text() {
        let bytes = b"a tag and a body";
        for base64 in [&BASE64_PADDED, &BASE64URL] {
            let text = base64.encode(bytes);
            let parts = vec![("Tag", Role::Signature, 5, None), ("Body", Role::Payload, 16, None)];
            let segments = pieces(&text, 3, bytes, base64, parts.clone());
            let spans: Vec<Span> = segments.iter().map(|segment| segment.span).collect();
            assert_eq!(spans, [Span::new(3, 10), Span::new(10, 3 + text.len())]);
            assert_eq!(pieces("odd!", 0, bytes, base64, parts).len(), 1);
        }
    }
}
