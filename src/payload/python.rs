//! How Python writes values: `json.dumps` and `repr`.
//!
//! `json.dumps` escapes everything outside ASCII, puts blanks behind commas and colons unless told otherwise, and writes
//! floats as `repr` does. Signed formats carry exactly these bytes, so a value that is to be the framework's own has to
//! be written the same way. Sources: Lib/json/encoder.py, Objects/unicodeobject.c and Python/pystrtod.c of CPython.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::draft;
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::{Field, SignError};

/// What `json.dumps` was told.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    comma: &'static str,
    colon: &'static str,
    sorted: bool,
}

/// `json.dumps(value)`.
pub const DEFAULT: Style = Style { comma: ", ", colon: ": ", sorted: false };

/// `json.dumps(value, separators=(",", ":"), sort_keys=True)`.
pub const COMPACT_SORTED: Style = Style { comma: ",", colon: ":", sorted: true };

/// What `json.dumps` makes of the JSON that a person typed. Of members with one name the last counts, as in a `dict`.
///
/// # Errors
/// If `text` is not JSON, or nested too deeply.
pub fn dumps(text: &str, style: Style) -> Result<String, SignError> {
    let json = draft::json(text)?;
    let mut reader = Reader { rest: &json, depth: 0, style };
    reader.value().ok_or_else(too_deep)
}

/// The members of the JSON object that a person typed, each with its name and its value as [`dumps`] writes it.
///
/// # Errors
/// If `text` is no JSON object, or nested too deeply.
pub fn members(text: &str, style: Style) -> Result<Vec<(String, String)>, SignError> {
    let json = draft::json(text)?;
    if !json.starts_with('{') {
        return Err(SignError {
            field: Field::Payload,
            message: "This framework keeps its session in a dict: a JSON object is needed here.".into(),
            hint: "Write { \"name\": value }.".into(),
            at: Some(0),
        });
    }
    let mut reader = Reader { rest: &json, depth: 0, style };
    reader.members().ok_or_else(too_deep)
}

/// The object that has these members, each a name and JSON.
pub fn object(members: &[(String, String)], style: Style) -> String {
    let member = |(name, value): &(String, String)| [&string(name), style.colon, value].concat();
    let members: Vec<String> = members.iter().map(member).collect();
    format!("{{{}}}", members.join(style.comma))
}

fn too_deep() -> SignError {
    SignError {
        field: Field::Payload,
        message: format!("This is nested more than {MAX_JSON_DEPTH} levels deep."),
        hint: "Take levels away.".into(),
        at: None,
    }
}

/// Reads compact JSON that is known to be right, and writes it anew.
struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    style: Style,
}

impl<'a> Reader<'a> {
    /// `None` below [`MAX_JSON_DEPTH`] levels.
    fn value(&mut self) -> Option<String> {
        match self.rest.as_bytes().first()? {
            b'{' => Some(object(&self.members()?, self.style)),
            b'[' => {
                let mut items = Vec::new();
                self.each(']', |reader| {
                    items.push(reader.value()?);
                    Some(())
                })?;
                Some(format!("[{}]", items.join(self.style.comma)))
            }
            b'"' => self.string_token().map(escaped),
            _ => self.take(self.rest.find([',', ']', '}']).unwrap_or(self.rest.len())).map(literal),
        }
    }

    /// The members of an object. A name that cannot be decoded (a lone surrogate) stays as it is written.
    fn members(&mut self) -> Option<Vec<(String, String)>> {
        let mut members: Vec<(String, String)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        self.each('}', |reader| {
            let name = reader.string_token()?;
            let name = serde_json::from_str(name).unwrap_or_else(|_| name.trim_matches('"').to_owned());
            reader.take(1)?;
            let value = reader.value()?;
            match places.get(&name).and_then(|&place| members.get_mut(place)) {
                Some(member) => member.1 = value,
                None => {
                    places.insert(name.clone(), members.len());
                    members.push((name, value));
                }
            }
            Some(())
        })?;
        if self.style.sorted {
            members.sort_by(|one, other| one.0.cmp(&other.0));
        }
        Some(members)
    }

    /// Calls `item` for each item up to `end`.
    fn each(&mut self, end: char, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_JSON_DEPTH {
            return None;
        }
        self.take(1)?;
        while !self.rest.starts_with(end) {
            item(self)?;
            if self.rest.starts_with(',') {
                self.take(1)?;
            }
        }
        self.take(1)?;
        self.depth -= 1;
        Some(())
    }

    /// A string with its quotes.
    fn string_token(&mut self) -> Option<&'a str> {
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        self.take(end + 2)
    }

    fn take(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// `text` as a JSON string of ASCII characters.
pub fn string(text: &str) -> String {
    let mut out = String::from("\"");
    text.chars().for_each(|c| push(&mut out, c));
    out.push('"');
    out
}

/// A JSON string, written anew: its escapes become Python's. Surrogates stay as they are written.
fn escaped(token: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = token.trim_start_matches('"').chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('u') => {
                    let digits: String = chars.by_ref().take(4).collect();
                    let unit = u32::from_str_radix(&digits, 16).unwrap_or_default();
                    match char::from_u32(unit) {
                        Some(c) => push(&mut out, c),
                        None => out += &format!("\\u{unit:04x}"),
                    }
                }
                Some('n') => push(&mut out, '\n'),
                Some('r') => push(&mut out, '\r'),
                Some('t') => push(&mut out, '\t'),
                Some('b') => push(&mut out, '\u{8}'),
                Some('f') => push(&mut out, '\u{c}'),
                Some(c) => push(&mut out, c),
                None => break,
            },
            c => push(&mut out, c),
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        ' '..='~' => out.push(c),
        _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }),
    }
}

/// A number, `true`, `false` or `null`.
fn literal(token: &str) -> String {
    match token {
        "-0" => "0".into(),
        "true" | "false" | "null" => token.to_owned(),
        _ if token.contains(['.', 'e', 'E']) => token
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map_or_else(|| token.to_owned(), float),
        _ => token.to_owned(),
    }
}

/// `repr` of a float: the shortest digits, and an exponent of at least two digits from 1e16 on and below 1e-4.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".into() } else { "-inf".into() };
    }
    // Rust's debug form changes to an exponent at the same two places.
    let shown = format!("{number:?}");
    match shown.split_once('e') {
        None => shown,
        Some((digits, exponent)) => {
            let (sign, exponent) =
                exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
            format!("{digits}e{sign}{exponent:0>2}")
        }
    }
}

/// `repr` of a text.
pub fn text(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() => out += &format!("\\x{:02x}", u32::from(c)),
            c if c.is_whitespace() && c != ' ' => out += &format!("\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `repr` of bytes.
pub fn bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut out = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            _ if char::from(byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out += &format!("\\x{byte:02x}"),
        }
    }
    out.push(quote);
    out
}

const fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_python_does() {
        let typed = r#"{"b":[1.0,1e-7,1E16,123456789012345678901234567890,-0],"a":"é\u00e9\/🍪","b2":{},"a":"\ud800\u007f"}"#;
        let written = dumps(typed, DEFAULT).expect("JSON");
        assert_eq!(
            written,
            r#"{"b": [1.0, 1e-07, 1e+16, 123456789012345678901234567890, 0], "a": "\ud800\u007f", "b2": {}}"#
        );
        assert_eq!(
            dumps(r#"{"é":{"z":1,"a":[true,null]},"B":"\/\"🍪"}"#, COMPACT_SORTED).expect("JSON"),
            r#"{"B":"/\"\ud83c\udf6a","\u00e9":{"a":[true,null],"z":1}}"#
        );
        assert!(dumps(&("[".repeat(129) + &"]".repeat(129)), DEFAULT).is_err());
        assert!(dumps("{", DEFAULT).is_err() && members("[]", DEFAULT).is_err());
    }

    #[test]
    fn reprs_are_pythons() {
        let floats = [(1.5, "1.5"), (1e22, "1e+22"), (1e-5, "1e-05"), (0.0001, "0.0001"), (1e100, "1e+100")];
        floats.iter().for_each(|(number, shown)| assert_eq!(float(*number), *shown));
        assert_eq!(text("it's\n\u{7f}"), "\"it's\\n\\x7f\"");
        assert_eq!(text("'\""), "'\\'\"'");
        assert_eq!(bytes(b"\0a'\xff"), "b\"\\x00a'\\xff\"");
    }
}
