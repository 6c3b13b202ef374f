//! The pieces of an [`Opened`] value, in few words.

use super::base64::Base64;
use super::mac::{self, Key, Keys};
use crate::moment;
use crate::protocol::{
    About, Ask, Candidate, Caveat, Fact, FactValue, Opened, Payload, Role, Segment, Verdict, Why,
};
use crate::span::Span;

/// Only the verdict: all there is to say of a value that cannot be taken apart, and what else begins with.
pub fn refused(about: &About, verdict: Verdict) -> Opened {
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

pub fn segment(name: &str, role: Role, span: Span, decoded: Option<Payload>) -> Segment {
    Segment { name: name.into(), role, span, decoded }
}

pub fn malformed(message: impl Into<String>, at: Option<Span>) -> Verdict {
    Verdict::Invalid { why: Why::Malformed, message: message.into(), at }
}

pub fn invalid(why: Why, message: impl Into<String>) -> Verdict {
    Verdict::Invalid { why, message: message.into(), at: None }
}

/// The bytes of a tag that Python code compares as text with `hexdigest()`: only lower-case hex counts.
pub fn hex_tag(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok().filter(|tag| hex::encode(tag) == text)
}

/// The verdict on a value that is encrypted, where `right` is the key that decrypted it. `sizes` are the lengths that a
/// key of this cipher can have.
pub fn sealed_verdict(ask: &Ask, keys: &Keys, right: Option<&Key>, sizes: &[usize]) -> Verdict {
    let fits = keys.usable.iter().any(|key| sizes.contains(&key.secret.len()));
    match mac::judge(ask, keys, right) {
        Verdict::Unchecked { .. } if keys.trouble.is_none() => {
            Verdict::Unchecked { missing: "Give the secret to check the value and to decrypt it.".into() }
        }
        Verdict::Invalid { .. } if !fits => {
            let lengths: Vec<String> = keys.usable.iter().map(|key| key.secret.len().to_string()).collect();
            let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
            let message = format!(
                "The secret has {} bytes, as it is read now; it must have {}.",
                lengths.join(" and "),
                sizes.join(" or ")
            );
            invalid(Why::BadSignature, message)
        }
        verdict => verdict,
    }
}

/// `verdict`, or what `check` finds wrong with a value whose MAC is right.
pub fn once_valid(verdict: Verdict, check: impl FnOnce() -> Option<Verdict>) -> Verdict {
    match verdict {
        Verdict::Valid { .. } => check().unwrap_or(verdict),
        other => other,
    }
}

/// `verdict` with what makes a server refuse the value although its MAC is right.
pub fn with_caveats(mut verdict: Verdict, caveats: impl IntoIterator<Item = Caveat>) -> Verdict {
    if let Verdict::Valid { but, .. } = &mut verdict {
        but.extend(caveats);
    }
    verdict
}

pub fn text_fact(term: &str, from: Option<&str>, text: impl Into<String>) -> Fact {
    Fact { term: term.into(), from: from.map(str::to_owned), value: FactValue::Text(text.into()) }
}

pub fn time_fact(term: &str, from: &str, unix: i64, now: Option<i64>) -> Fact {
    Fact { term: term.into(), from: Some(from.into()), value: moment::fact(unix, now) }
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
