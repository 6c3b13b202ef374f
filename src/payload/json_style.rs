//! JSON read without loss, and written as the library of some language writes it: signing the same payload then gives the
//! same bytes.
//!
//! Numbers keep all their digits and strings their lone surrogates, which is why this does not go through `serde_json`'s
//! values. Of members with one name the last counts, at the place of the first, as in all these languages.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{is_json, javascript};
use crate::limits::MAX_JSON_DEPTH;

/// The code points of a string: they may be lone surrogates.
pub type Text = Vec<u32>;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `null`, `true`, `false`, and numbers, as they were written.
    Literal(String),
    Text(Text),
    List(Vec<Node>),
    Dict(Vec<(Text, Node)>),
}

/// How a library writes.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether a blank stands behind commas and colons.
    pub blanks: bool,
    pub order: Order,
    /// What it makes of a literal.
    pub literal: fn(&str) -> String,
    /// Which characters it writes as `\uXXXX` besides control characters.
    pub escapes: fn(char) -> bool,
    /// Whether it writes `\/`.
    pub slashes: bool,
}

/// The order of an object's members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they stood.
    Kept,
    /// By their names' code points.
    Sorted,
    /// Names that JavaScript takes for array indices first, by number; the others as they stood.
    IndicesFirst,
}

/// Go's `encoding/json`, with what it escapes for the sake of HTML.
pub const GO: Style = Style {
    blanks: false,
    order: Order::Sorted,
    literal: |literal| match float(literal) {
        Some(zero) if zero == 0.0 && zero.is_sign_negative() => "-0".into(),
        Some(float) => javascript::number(float),
        None => literal.to_owned(),
    },
    escapes: |c| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
    slashes: false,
};

/// Perl's `Mojo::JSON`.
pub const MOJO: Style = Style {
    blanks: false,
    order: Order::Sorted,
    literal: |literal| float(literal).map_or_else(|| literal.to_owned(), fifteen_digits),
    escapes: |_| false,
    slashes: true,
};

/// The number that `literal` spells with a point or an exponent.
pub fn float(literal: &str) -> Option<f64> {
    let is_number = literal.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    literal.parse().ok().filter(|_| is_number && literal.contains(['.', 'e', 'E']))
}

/// A number as C's `%.15g` and so Perl write it: `3.25`, `1.5e-07`, `1e+15`.
fn fifteen_digits(number: f64) -> String {
    let text = format!("{number:.14e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..15).contains(&exponent) {
        let decimals = usize::try_from(14 - exponent).unwrap_or_default();
        return without_zeros(&format!("{number:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_zeros(digits), exponent.unsigned_abs())
}

fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// `text`, which is JSON; `None` if it is not, or nested more than [`MAX_JSON_DEPTH`] deep.
pub fn read(text: &str) -> Option<Node> {
    is_json(text).then_some(())?;
    Reader { rest: text }.value(0)
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text_of(text)),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Dict(members.iter().map(|(name, value)| (text_of(name), value.into())).collect())
            }
            literal => Self::Literal(literal.to_string()),
        }
    }
}

/// The code points of `text`.
pub fn text_of(text: &str) -> Text {
    text.chars().map(u32::from).collect()
}

impl Style {
    /// `value` on one line.
    pub fn write(&self, value: &Value) -> String {
        Node::from(value).written(self)
    }

    /// `text` as a string.
    pub fn quoted(&self, text: &[u32]) -> String {
        let mut out = String::with_capacity(text.len() + 2);
        self.push_text(text, &mut out);
        out
    }

    fn push(&self, node: &Node, out: &mut String) {
        match node {
            Node::Literal(literal) => out.push_str(&(self.literal)(literal)),
            Node::Text(text) => self.push_text(text, out),
            Node::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { self.comma() } else { "" });
                    self.push(item, out);
                }
                out.push(']');
            }
            Node::Dict(members) => {
                out.push('{');
                for (i, (name, value)) in self.ordered(members).into_iter().enumerate() {
                    out.push_str(if i > 0 { self.comma() } else { "" });
                    self.push_text(name, out);
                    out.push_str(self.colon());
                    self.push(value, out);
                }
                out.push('}');
            }
        }
    }

    /// An object's members in this style's order.
    pub fn ordered<'n>(&self, members: &'n [(Text, Node)]) -> Vec<&'n (Text, Node)> {
        let mut members: Vec<&(Text, Node)> = members.iter().collect();
        match self.order {
            Order::Kept => {}
            Order::Sorted => members.sort_by(|(one, _), (other, _)| one.cmp(other)),
            Order::IndicesFirst => members.sort_by_cached_key(|(name, _)| {
                javascript::index(name).map_or(usize::MAX, |index| index as usize)
            }),
        }
        members
    }

    pub const fn comma(&self) -> &'static str {
        if self.blanks { ", " } else { "," }
    }

    pub const fn colon(&self) -> &'static str {
        if self.blanks { ": " } else { ":" }
    }

    fn push_text(&self, text: &[u32], out: &mut String) {
        out.push('"');
        for &point in text {
            match char::from_u32(point) {
                Some('"') => out.push_str("\\\""),
                Some('\\') => out.push_str("\\\\"),
                Some('\n') => out.push_str("\\n"),
                Some('\r') => out.push_str("\\r"),
                Some('\t') => out.push_str("\\t"),
                Some('\u{8}') => out.push_str("\\b"),
                Some('\u{c}') => out.push_str("\\f"),
                Some('/') if self.slashes => out.push_str("\\/"),
                Some(c) if c >= ' ' && !(self.escapes)(c) => out.push(c),
                Some(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(out, "\\u{unit:04x}");
                    }
                }
                None => {
                    let _ = write!(out, "\\u{point:04x}");
                }
            }
        }
        out.push('"');
    }
}

impl Node {
    /// The value as a library writes it, on one line.
    pub fn written(&self, style: &Style) -> String {
        let mut out = String::new();
        style.push(self, &mut out);
        out
    }

    /// Whether a string in it holds a lone surrogate, which UTF-8 cannot.
    pub fn has_lone_surrogate(&self) -> bool {
        let is_lone = |text: &Text| text.iter().any(|&point| char::from_u32(point).is_none());
        match self {
            Self::Literal(_) => false,
            Self::Text(text) => is_lone(text),
            Self::List(items) => items.iter().any(Self::has_lone_surrogate),
            Self::Dict(members) => {
                members.iter().any(|(name, value)| is_lone(name) || value.has_lone_surrogate())
            }
        }
    }
}

/// What is left of a JSON text that is known to be one.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Node> {
        match self.peek()? {
            '[' | '{' if depth >= MAX_JSON_DEPTH => None,
            '"' => Some(Node::Text(self.text())),
            '[' => {
                let mut items = Vec::new();
                self.take();
                while self.peek()? != ']' {
                    items.push(self.value(depth + 1)?);
                    self.skip(',');
                }
                self.take();
                Some(Node::List(items))
            }
            '{' => {
                let mut members: Vec<(Text, Node)> = Vec::new();
                let mut places: HashMap<Text, usize> = HashMap::new();
                self.take();
                while self.peek()? != '}' {
                    let name = self.text();
                    self.skip(':');
                    let value = self.value(depth + 1)?;
                    self.skip(',');
                    match places.get(&name).and_then(|&at| members.get_mut(at)) {
                        Some(member) => member.1 = value,
                        None => {
                            places.insert(name.clone(), members.len());
                            members.push((name, value));
                        }
                    }
                }
                self.take();
                Some(Node::Dict(members))
            }
            _ => {
                let end = self.rest.find(|c: char| c.is_ascii_whitespace() || ",]}".contains(c));
                let literal = self.cut(end.unwrap_or(self.rest.len()));
                Some(Node::Literal(literal.to_owned()))
            }
        }
    }

    /// The next character that is not white space.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let first = chars.next();
        self.rest = chars.as_str();
        first
    }

    fn skip(&mut self, mark: char) {
        if self.peek() == Some(mark) {
            self.take();
        }
    }

    fn cut(&mut self, at: usize) -> &'a str {
        let (before, behind) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = behind;
        before
    }

    /// A string, from its first quotation mark to its last.
    fn text(&mut self) -> Text {
        self.skip('"');
        let mut text = Text::new();
        while let Some(c) = self.take() {
            match c {
                '"' => break,
                '\\' => text.push(self.escape()),
                _ => text.push(u32::from(c)),
            }
            join_surrogates(&mut text);
        }
        text
    }

    fn escape(&mut self) -> u32 {
        match self.take().unwrap_or_default() {
            'u' => u32::from_str_radix(self.cut(4), 16).unwrap_or_default(),
            'b' => 0x08,
            'f' => 0x0c,
            'n' => u32::from('\n'),
            'r' => u32::from('\r'),
            't' => u32::from('\t'),
            other => u32::from(other),
        }
    }
}

/// Makes one code point of a pair of surrogates at the end of `text`.
fn join_surrogates(text: &mut Text) {
    if let [.., high @ 0xd800..=0xdbff, low @ 0xdc00..=0xdfff] = text[..] {
        text.truncate(text.len() - 2);
        text.push(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_those_of_the_libraries() {
        // Printed by Perl 5; the others are those of ECMA-262, which Go follows but for `-0`.
        for (number, go, perl) in [
            ("3.25", "3.25", "3.25"),
            ("1.5e-7", "1.5e-7", "1.5e-07"),
            ("1e21", "1e+21", "1e+21"),
            ("0.30000000000000004", "0.30000000000000004", "0.3"),
            ("1e15", "1000000000000000", "1e+15"),
            ("100.0", "100", "100"),
            ("18446744073709551615", "18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(((GO.literal)(number).as_str(), (MOJO.literal)(number).as_str()), (go, perl));
        }
        assert_eq!((GO.literal)("-0.0"), "-0");
    }

    #[test]
    fn members_are_sorted_and_texts_escaped() {
        let value = json!({"b": "<&/\u{2028}", "a": [1, null, "\u{7}\n"]});
        assert_eq!(GO.write(&value), r#"{"a":[1,null,"\u0007\n"],"b":"\u003c\u0026/\u2028"}"#);
        assert_eq!(MOJO.write(&value), "{\"a\":[1,null,\"\\u0007\\n\"],\"b\":\"<&\\/\u{2028}\"}");
    }

    #[test]
    fn what_is_read_is_what_stood_there() {
        let text = r#" { "a" : [ 1.50, -0, "\ud83c\udf6a\ud83c" ], "b": {}, "a": true } "#;
        let Some(Node::Dict(members)) = read(text) else { panic!("an object") };
        assert_eq!(members.first(), Some(&(text_of("a"), Node::Literal("true".into()))));
        let list = read("[1.50, \"\\ud83c\\udf6a\\ud83c\"]").expect("JSON");
        let text = Node::Text(vec![0x1f36a, 0xd83c]);
        assert!(list.has_lone_surrogate());
        assert_eq!(list, Node::List(vec![Node::Literal("1.50".into()), text]));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(MAX_JSON_DEPTH)).is_some());
        assert!(read(&nested(MAX_JSON_DEPTH + 1)).is_none());
        assert!(read(&nested(100_000)).is_none());
    }
}
