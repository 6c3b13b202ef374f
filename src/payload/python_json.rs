//! JSON as Python's `json` module reads and writes it: `dumps` with its separators, its escapes and its floats.
//!
//! Whole numbers keep all their digits and strings their lone surrogates, as in Python, which is why this does not go
//! through `serde_json`'s values. Of members with one name the last counts, at the place of the first. (CPython,
//! `Lib/json/encoder.py`, `Lib/json/decoder.py`.)

use std::collections::HashMap;
use std::fmt::Write as _;

use super::is_json;
use crate::limits::MAX_JSON_DEPTH;

/// The arguments of `json.dumps` that frameworks set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// `ensure_ascii`: all else is written as `\uXXXX`.
    pub ascii: bool,
    /// Python's own separators `", "` and `": "`, instead of those without blanks.
    pub blanks: bool,
    /// `sort_keys`.
    pub sorted: bool,
}

/// The code points of a string: Python's may hold lone surrogates.
pub type Text = Vec<u32>;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `null`, `true`, `false`, and numbers as Python writes them.
    Literal(String),
    Text(Text),
    List(Vec<Node>),
    Dict(Vec<(Text, Node)>),
}

/// Whether `json.loads` takes `text`: JSON, and the constants that Python knows besides.
pub fn loads(text: &str) -> bool {
    is_json(text) || (text.contains(['N', 'I']) && is_json(&without_constants(text)))
}

/// `text`, which is JSON; `None` if it is not, or nested more than [`MAX_JSON_DEPTH`] deep.
pub fn read(text: &str) -> Option<Node> {
    is_json(text).then_some(())?;
    Reader { rest: text }.value(0)
}

impl Node {
    /// The value as `json.dumps` writes it.
    pub fn dumps(&self, style: Style) -> String {
        let mut out = String::new();
        self.write(style, &mut out);
        out
    }

    fn write(&self, style: Style, out: &mut String) {
        let comma = if style.blanks { ", " } else { "," };
        match self {
            Self::Literal(text) => out.push_str(text),
            Self::Text(text) => write_text(text, style.ascii, out),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { comma } else { "" });
                    item.write(style, out);
                }
                out.push(']');
            }
            Self::Dict(members) => {
                let mut members: Vec<&(Text, Self)> = members.iter().collect();
                if style.sorted {
                    members.sort_by(|(a, _), (b, _)| a.cmp(b));
                }
                out.push('{');
                for (i, (name, value)) in members.into_iter().enumerate() {
                    out.push_str(if i > 0 { comma } else { "" });
                    write_text(name, style.ascii, out);
                    out.push_str(if style.blanks { ": " } else { ":" });
                    value.write(style, out);
                }
                out.push('}');
            }
        }
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
        if depth > MAX_JSON_DEPTH {
            return None;
        }
        match self.peek()? {
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
                Some(Node::Literal(number(literal)))
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

/// A literal as Python writes it: whole numbers with all their digits, others as `repr` of the float.
fn number(literal: &str) -> String {
    let is_float =
        literal.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && literal.contains(['.', 'e', 'E']);
    match literal.parse::<f64>() {
        Ok(value) if is_float => float(value),
        _ if literal == "-0" => "0".into(),
        _ => literal.to_owned(),
    }
}

/// `repr(value)`: the shortest digits that give the float back; an exponent below 1e-4 and from 1e16 on.
fn float(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    // serde_json finds the same digits, so that the engine needs no other code for it.
    let Some(shortest) = serde_json::Number::from_f64(value.abs()) else { return format!("{sign}Infinity") };
    let shortest = shortest.to_string();
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let zeros = all.len() - digits.len();
    let digits = digits.trim_end_matches('0');
    let (first, rest) = digits.split_at_checked(1).unwrap_or(("0", ""));
    // Where the point stands behind the first digit.
    let exponent =
        exponent.parse::<isize>().unwrap_or_default() + whole.len().cast_signed() - zeros.cast_signed() - 1;
    let text = match exponent {
        _ if digits.is_empty() => "0.0".to_owned(),
        -4..0 => format!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() - 1)),
        0..16 => {
            let point = exponent.unsigned_abs() + 1;
            match digits.split_at_checked(point) {
                Some((whole, fraction)) if !fraction.is_empty() => format!("{whole}.{fraction}"),
                _ => format!("{digits:0<point$}.0"),
            }
        }
        _ => {
            let point = if rest.is_empty() { "" } else { "." };
            let direction = if exponent < 0 { '-' } else { '+' };
            format!("{first}{point}{rest}e{direction}{:02}", exponent.unsigned_abs())
        }
    };
    format!("{sign}{text}")
}

fn write_text(text: &Text, ascii: bool, out: &mut String) {
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
            Some(c @ ' '..='~') => out.push(c),
            Some(c) if c >= ' ' && !ascii => out.push(c),
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

/// `text` with a 0 for each `NaN`, `Infinity` and `-Infinity` outside its strings.
fn without_constants(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, piece) in pieces(text).enumerate() {
        if i % 2 == 0 {
            out.push_str(&piece.replace("-Infinity", "0").replace("Infinity", "0").replace("NaN", "0"));
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// `text` cut at the quotation marks that are not escaped: what is outside of strings and what is inside, by turns. The
/// marks stay at the ends of the pieces inside.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    let mut inside = true;
    std::iter::from_fn(move || {
        let text = rest?;
        inside = !inside;
        let end = if inside { string_end(text) } else { text.find('"') };
        let (piece, behind) = match end.and_then(|end| text.split_at_checked(end)) {
            Some((piece, behind)) => (piece, Some(behind)),
            None => (text, None),
        };
        rest = behind;
        Some(piece)
    })
}

/// Where the string that `text` begins with ends, its last quotation mark included.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPACT: Style = Style { ascii: true, blanks: false, sorted: false };

    fn dumped(text: &str, style: Style) -> String {
        read(text).expect("JSON").dumps(style)
    }

    #[test]
    fn numbers_are_pythons() {
        // Each as Python 3.12 writes what it has read.
        for (json, python) in [
            ("1e-7", "1e-07"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.0", "1.0"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("2.5E+3", "2500.0"),
            ("1e400", "Infinity"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("-123456.5", "-123456.5"),
            ("1234567890123456.5", "1234567890123456.5"),
            ("0.00012345", "0.00012345"),
            ("12345678901234567e3", "1.2345678901234567e+19"),
            ("-1e400", "-Infinity"),
        ] {
            assert_eq!(dumped(json, COMPACT), python, "{json}");
        }
    }

    #[test]
    fn strings_are_pythons() {
        let text = r#" { "é\ud83c\udf6a" : [ "\u007f\u0001\/\"\\\b\f\n\r\t🔑" , true, null ] } "#;
        assert_eq!(
            dumped(text, COMPACT),
            r#"{"\u00e9\ud83c\udf6a":["\u007f\u0001/\"\\\b\f\n\r\t\ud83d\udd11",true,null]}"#
        );
        assert_eq!(
            dumped(text, Style { ascii: false, blanks: true, sorted: false }),
            "{\"é🍪\": [\"\u{7f}\\u0001/\\\"\\\\\\b\\f\\n\\r\\t🔑\", true, null]}"
        );
        assert_eq!(dumped(r#""\ud83c""#, COMPACT), r#""\ud83c""#);
        assert!(read(r#"{"a":["\ud83c"]}"#).expect("JSON").has_lone_surrogate());
    }

    #[test]
    fn the_last_of_one_name_counts_and_sorting_goes_by_code_point() {
        assert_eq!(dumped(r#"{"b":1,"a":2,"b":3}"#, COMPACT), r#"{"b":3,"a":2}"#);
        let sorted = Style { sorted: true, ..COMPACT };
        assert_eq!(
            dumped(r#"{"\ud83c\udf6a":1,"\uffee":2,"a":{"d":1,"c":2},"B":3}"#, sorted),
            r#"{"B":3,"a":{"c":2,"d":1},"\uffee":2,"\ud83c\udf6a":1}"#
        );
    }

    #[test]
    fn constants_are_taken_outside_of_strings() {
        assert!(loads(r#"{"NaN":[NaN,-Infinity,Infinity],"x":"a\"NaN"}"#));
        assert!(!loads("nan") && !loads("{NaN:1}") && !loads("[NaN"));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(MAX_JSON_DEPTH)).is_some());
        assert!(read(&nested(100_000)).is_none());
    }
}
