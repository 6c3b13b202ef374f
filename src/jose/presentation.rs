//! An SD-JWT cut at its tildes (RFC 9901 section 4): `issuer's JWT ~ disclosure ~ … ~ [key binding JWT]`.

use crate::limits::MAX_DISCLOSURES;
use crate::span::Span;

/// The pieces, by their places in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// The signed token.
    pub issuer: Span,
    /// The first [`MAX_DISCLOSURES`].
    pub disclosures: Vec<Span>,
    /// How many there are beyond them.
    pub left_out: usize,
    /// The token with which the holder signed, if there is one.
    pub binding: Option<Span>,
}

/// Cuts `text`; `None` if there is no tilde in it.
pub fn cut(text: &str) -> Option<Presentation> {
    let first = text.find('~')?;
    let last = text.rfind('~')?;
    let binding = Some(Span::new(last + 1, text.len())).filter(|span| !span.is_empty());
    let between = text.get(first + 1..last);
    let mut at = first + 1;
    let place = |piece: &str| {
        let span = Span::new(at, at + piece.len());
        at = span.end + 1;
        span
    };
    let pieces = between.into_iter().flat_map(|between| between.split('~'));
    let disclosures: Vec<Span> = pieces.take(MAX_DISCLOSURES).map(place).collect();
    let count = between.map_or(0, |between| between.bytes().filter(|byte| *byte == b'~').count() + 1);
    Some(Presentation {
        issuer: Span::new(0, first),
        left_out: count - disclosures.len(),
        disclosures,
        binding,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> (&str, Vec<&str>, Option<&str>) {
        let cut = cut(text).expect("a tilde");
        let disclosures = cut.disclosures.iter().map(|span| span.of(text)).collect();
        (cut.issuer.of(text), disclosures, cut.binding.map(|span| span.of(text)))
    }

    #[test]
    fn what_stands_between_the_tildes() {
        assert_eq!(cut("a.b.c"), None);
        assert_eq!(pieces("a~"), ("a", vec![], None));
        assert_eq!(pieces("a~b"), ("a", vec![], Some("b")));
        assert_eq!(pieces("a~b~"), ("a", vec!["b"], None));
        assert_eq!(pieces("a~b~~c~d"), ("a", vec!["b", "", "c"], Some("d")));
        assert_eq!(pieces("~"), ("", vec![], None));
    }

    #[test]
    fn many_are_counted() {
        let text = format!("a{}", "~b".repeat(MAX_DISCLOSURES + 3));
        let cut = cut(&text).expect("tildes");
        assert_eq!((cut.disclosures.len(), cut.left_out), (MAX_DISCLOSURES, 2));
        assert_eq!(cut.binding.map(|span| span.of(&text)), Some("b"));
    }
}
