//! JSON as it was written: what a parser that keeps the last of two members, rounds numbers and mends half characters
//! does not tell any more (RFC 8259 sections 4, 6, 8.2 and 9).
//!
//! One pass over the text, without recursion: a hostile nest costs neither stack nor more than its own length. Text that
//! is not quite JSON is looked at as far as its form goes.

use std::borrow::Cow;

use crate::payload::json::{self, Kind};
use crate::span::Span;

/// Integers above this are not held exactly by a 64-bit float: 2^53 - 1.
const MAX_EXACT: u64 = 9_007_199_254_740_991;

/// Names under which JavaScript keeps an object's own workings.
const INNER_NAMES: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// What the spelling of a JSON text shows. Places are in that text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// The members of the outermost object, in the order in which they stand, repeated ones too.
    pub members: Vec<Member>,
    /// Objects and arrays within each other, the outermost counted: 0 for a bare number.
    pub depth: usize,
    /// A name that stands twice in one object, spelled alike: the outermost such name.
    pub repeated: Option<Repeated>,
    /// A name that is the same as another of its object only after unescaping: the outermost such name.
    pub disguised: Option<Repeated>,
    /// The first string with half of a surrogate pair in it.
    pub lone_surrogate: Option<Span>,
    /// The first integer above 2^53 - 1, or below its negative.
    pub unsafe_integer: Option<Span>,
    /// The first member named as one of JavaScript's own.
    pub inner_name: Option<Span>,
}

/// A member of the outermost object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Unescaped.
    pub name: String,
    /// As it is written, between its quotation marks.
    pub raw_name: Span,
    /// As it is written.
    pub value: Span,
}

/// A name that stands twice in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// Unescaped.
    pub name: String,
    /// How deep that object lies: 1 is the outermost.
    pub depth: usize,
}

/// A name, and the object that it belongs to, counted in the order in which they open.
struct Named<'a> {
    object: usize,
    depth: usize,
    name: Cow<'a, str>,
    raw: &'a str,
}

/// Reads how `text` is spelled.
pub fn read(text: &str) -> Raw {
    let mut raw = Raw::default();
    let mut names: Vec<Named<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut objects = 0_usize;
    let mut pieces = json::pieces(text).peekable();
    while let Some((piece, at)) = pieces.next() {
        let end = at + piece.text.len();
        match piece.kind {
            Kind::Punctuation if matches!(piece.text, "{" | "[") => {
                objects += 1;
                open.push(objects);
                raw.depth = raw.depth.max(open.len());
            }
            Kind::Punctuation if matches!(piece.text, "}" | "]") => {
                open.pop();
                if open.len() == 1 {
                    raw.end_value(end);
                }
            }
            Kind::Punctuation | Kind::Space => {}
            Kind::Key | Kind::Text => {
                if has_lone_surrogate(piece.text) {
                    raw.lone_surrogate.get_or_insert(Span::new(at, end));
                }
                let is_name = pieces.peek().is_some_and(|(next, _)| next.text == ":");
                if !is_name {
                    if open.len() == 1 {
                        raw.end_value(end);
                    }
                    continue;
                }
                let inside = piece.text.strip_prefix('"').unwrap_or(piece.text);
                let inside = inside.strip_suffix('"').unwrap_or(inside);
                let name = unescaped(piece.text, inside);
                if INNER_NAMES.contains(&&*name) {
                    raw.inner_name.get_or_insert(Span::new(at, end));
                }
                if open.len() == 1 {
                    let after = pieces.peek().map_or(end, |(_, at)| at + 1);
                    let raw_name = Span::new(at + 1, at + 1 + inside.len());
                    raw.members.push(Member {
                        name: name.to_string(),
                        raw_name,
                        value: Span::new(after, after),
                    });
                }
                let object = open.last().copied().unwrap_or_default();
                names.push(Named { object, depth: open.len(), name, raw: inside });
            }
            Kind::Literal => {
                if is_unsafe_integer(piece.text) {
                    raw.unsafe_integer.get_or_insert(Span::new(at, end));
                }
                if open.len() == 1 {
                    raw.end_value(end);
                }
            }
        }
    }
    for member in &mut raw.members {
        member.value = trimmed(text, member.value);
    }
    raw.find_repeated(names);
    raw
}

impl Raw {
    /// The value of the member that was begun last ends here.
    fn end_value(&mut self, end: usize) {
        if let Some(member) = self.members.last_mut() {
            member.value.end = end;
        }
    }

    fn find_repeated(&mut self, mut names: Vec<Named<'_>>) {
        names.sort_by(|a, b| (a.object, &a.name).cmp(&(b.object, &b.name)));
        for pair in names.windows(2) {
            let [a, b] = pair else { continue };
            if a.object != b.object || a.name != b.name {
                continue;
            }
            let found = if a.raw == b.raw { &mut self.repeated } else { &mut self.disguised };
            if found.as_ref().is_none_or(|known| b.depth < known.depth) {
                *found = Some(Repeated { name: b.name.to_string(), depth: b.depth });
            }
        }
    }
}

fn trimmed(text: &str, span: Span) -> Span {
    let value = span.of(text);
    Span::new(span.end - value.trim_start().len(), span.end)
}

fn unescaped<'a>(quoted: &str, inside: &'a str) -> Cow<'a, str> {
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    // A half surrogate pair has no unescaped form: then the spelling itself has to do.
    serde_json::from_str(quoted).map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// Whether a `\u` escape of one half of a pair stands without the other.
fn has_lone_surrogate(text: &str) -> bool {
    let mut rest = text;
    let mut high = false;
    while let Some(at) = rest.find('\\') {
        // A pair has nothing between its halves.
        if high && at > 0 {
            return true;
        }
        let after = rest.get(at + 1..).unwrap_or("");
        let unit =
            after.strip_prefix('u').and_then(|hex| u16::from_str_radix(hex.get(..4)?, 16).ok()).unwrap_or(0);
        let is_low = (0xDC00..0xE000).contains(&unit);
        if high != is_low {
            return true;
        }
        high = (0xD800..0xDC00).contains(&unit);
        let escape = if after.starts_with('u') { 5 } else { 1 };
        rest = after.get(escape..).or_else(|| after.get(1..)).unwrap_or("");
    }
    high
}

fn is_unsafe_integer(literal: &str) -> bool {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    let is_integer =
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_integer && digits.parse::<u64>().map_or(true, |number| number > MAX_EXACT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_spelling() {
        let text = r#"{ "a" : 1.0, "\u0061":[{"a":2}, "x"] , "b": "}" }"#;
        let raw = read(text);
        let shown: Vec<(&str, &str, &str)> =
            raw.members.iter().map(|m| (&*m.name, m.raw_name.of(text), m.value.of(text))).collect();
        assert_eq!(shown, [("a", "a", "1.0"), ("a", "\\u0061", r#"[{"a":2}, "x"]"#), ("b", "b", r#""}""#)]);
        assert_eq!(raw.depth, 3);
        assert_eq!(raw.disguised, Some(Repeated { name: "a".into(), depth: 1 }));
        assert_eq!(raw.repeated, None);
    }

    #[test]
    fn a_name_is_repeated_only_within_one_object() {
        let repeated = |text: &str| read(text).repeated.map(|repeated| (repeated.name, repeated.depth));
        assert_eq!(repeated(r#"{"a":{"b":1},"b":[{"a":1},{"a":1}]}"#), None);
        assert_eq!(repeated(r#"{"a":1,"b":2,"a":3}"#), Some(("a".into(), 1)));
        assert_eq!(repeated(r#"{"z":{"a":1,"a":2},"b":1,"b":2}"#), Some(("b".into(), 1)));
        assert_eq!(repeated(r#"[{"a":1,"a":2}]"#), Some(("a".into(), 2)));
    }

    #[test]
    fn halves_of_characters_are_found() {
        for half in [r#""\ud800""#, r#""\udc00""#, r#""\ud800x\udc00""#, r#""\ud800\n""#, r#""\ud800\ud800""#]
        {
            assert!(read(half).lone_surrogate.is_some(), "{half}");
        }
        for whole in [r#""\ud83d\ude00""#, r#""\\ud800""#, r#""\u00e9\n""#, r#""é""#, r#""\u""#] {
            assert_eq!(read(whole).lone_surrogate, None, "{whole}");
        }
    }

    #[test]
    fn integers_are_judged_by_their_digits() {
        for unsafe_one in ["9007199254740992", "[-9007199254740992]", "123456789012345678901234567890"] {
            assert!(read(unsafe_one).unsafe_integer.is_some(), "{unsafe_one}");
        }
        for exact in ["9007199254740991", "1e300", "\"9007199254740993\"", "12345678901234567890.5", "-"] {
            assert_eq!(read(exact).unsafe_integer, None, "{exact}");
        }
    }

    #[test]
    fn a_deep_nest_costs_no_stack() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(read(&deep).depth, 100_000);
        assert_eq!(read(&r#"{"a":"#.repeat(100_000)).repeated, None);
    }

    #[test]
    fn broken_text_is_read_as_far_as_it_goes() {
        for text in ["", "{", "}", "]]", r#"{"a"#, r#"{"a":"#, r#"{"a"}"#, "\"", r#"{"a":1 2}"#, "é:{"] {
            read(text);
        }
        assert_eq!(read(r#"{"a":"#).members.len(), 1);
    }
}
