//! JSON as Python's `json` module reads and writes it: `dumps` with its separators, its escapes and its floats.
//! (CPython, `Lib/json/encoder.py`, `Lib/json/decoder.py`.)

use super::json_style::{self, Node, Order, Text};
use super::{draft, is_json, python};
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::{Field, SignError};

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

/// `json.dumps(value)`.
pub const DEFAULT: Style = Style { ascii: true, blanks: true, sorted: false };

/// `json.dumps(value, separators=(",", ":"), sort_keys=True)`.
pub const COMPACT_SORTED: Style = Style { ascii: true, blanks: false, sorted: true };

impl From<Style> for json_style::Style {
    fn from(style: Style) -> Self {
        Self {
            blanks: style.blanks,
            order: if style.sorted { Order::Sorted } else { Order::Kept },
            literal,
            escapes: if style.ascii { |c| c > '~' } else { |_| false },
            slashes: false,
        }
    }
}

/// Whether `json.loads` takes `text`: JSON, and the constants that Python knows besides.
pub fn loads(text: &str) -> bool {
    is_json(text) || (text.contains(['N', 'I']) && is_json(&without_constants(text)))
}

/// What `json.dumps` makes of the JSON that a person typed.
///
/// # Errors
/// If `text` is not JSON, or nested too deeply.
pub fn dumps(text: &str, style: Style) -> Result<String, SignError> {
    Ok(typed(text)?.dumps(style))
}

/// The members of the JSON object that a person typed, each with its name and its value as [`dumps`] writes it.
///
/// # Errors
/// If `text` is no JSON object, or nested too deeply.
pub fn members(text: &str, style: Style) -> Result<Vec<(String, String)>, SignError> {
    let Node::Dict(members) = typed(text)? else {
        return Err(SignError {
            field: Field::Payload,
            message: "This framework keeps its session in a dict: a JSON object is needed here.".into(),
            hint: "Write { \"name\": value }.".into(),
            at: Some(0),
        });
    };
    let members = json_style::Style::from(style).ordered(&members);
    Ok(members.into_iter().map(|(name, value)| (characters(name), value.dumps(style))).collect())
}

/// The object that has these members, each a name and JSON.
pub fn object(members: &[(String, String)], style: Style) -> String {
    let style = json_style::Style::from(style);
    let member = |(name, value): &(String, String)| {
        [&style.quoted(&json_style::text_of(name)), style.colon(), value].concat()
    };
    let members: Vec<String> = members.iter().map(member).collect();
    format!("{{{}}}", members.join(style.comma()))
}

fn typed(text: &str) -> Result<Node, SignError> {
    let json = draft::json(text)?;
    json_style::read(&json).ok_or_else(|| SignError {
        field: Field::Payload,
        message: format!("This is nested more than {MAX_JSON_DEPTH} levels deep."),
        hint: "Take levels away.".into(),
        at: None,
    })
}

/// The characters of a text; U+FFFD for lone surrogates.
pub fn characters(text: &Text) -> String {
    text.iter().map(|&point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

impl Node {
    /// The value as `json.dumps` writes it.
    pub fn dumps(&self, style: Style) -> String {
        self.written(&style.into())
    }
}

/// A literal as Python writes it: whole numbers with all their digits, others as `repr` of the float.
fn literal(literal: &str) -> String {
    match json_style::float(literal) {
        Some(float) if float.is_infinite() => if float > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        Some(float) => python::float(float),
        None if literal == "-0" => "0".into(),
        None => literal.to_owned(),
    }
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
        dumps(text, style).expect("JSON")
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
    fn a_dict_is_taken_apart_and_put_together() {
        let typed = r#"{"b":[1.0,1E16],"a":"é\/🍪","c":{},"a":"\ud800"}"#;
        let dumped = r#"{"b": [1.0, 1e+16], "a": "\ud800", "c": {}}"#;
        assert_eq!(dumps(typed, DEFAULT).as_deref(), Ok(dumped));
        assert_eq!(object(&members(typed, DEFAULT).expect("a dict"), DEFAULT), dumped);
        let sorted = members(typed, COMPACT_SORTED).expect("a dict");
        let names: Vec<&str> = sorted.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert!(dumps(&("[".repeat(129) + &"]".repeat(129)), DEFAULT).is_err());
        assert!(dumps("{", DEFAULT).is_err() && members("[]", DEFAULT).is_err());
    }
}
