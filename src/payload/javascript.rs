//! JSON as JavaScript reads and writes it (ECMA-262, sections 25.5.1 and 25.5.2): what `JSON.stringify(JSON.parse(text))`
//! gives, and what of it counts as false.
//!
//! Some frameworks sign a text that they write again from what they have read, so every detail of the writing counts:
//! `1.0` becomes `1`, `\/` becomes `/`, of two members of one name the last stays, and names that are array indices come
//! first.

use super::draft;
use super::json_style::{self, Node, Order, Style};
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::{Field, Payload, SignError};

/// `JSON.stringify`.
const STRINGIFY: Style = Style {
    blanks: false,
    order: Order::IndicesFirst,
    literal: |literal| literal.parse().map_or_else(|_| literal.to_owned(), number),
    escapes: |_| false,
    slashes: false,
};

/// `text` as `JSON.stringify(JSON.parse(text))` writes it; `None` if it is not JSON, or nested too deep to be judged.
pub fn stringify(text: &str) -> Option<String> {
    Some(json_style::read(text)?.written(&STRINGIFY))
}

/// The members of the object `text` in JavaScript's order: each name between its quotation marks, and its value, both as
/// `JSON.stringify` writes them. `None` if it is no object.
pub fn members(text: &str) -> Option<Vec<(String, String)>> {
    let Node::Dict(members) = json_style::read(text)? else { return None };
    let members = STRINGIFY.ordered(&members).into_iter();
    Some(members.map(|(name, value)| (STRINGIFY.quoted(name), value.written(&STRINGIFY))).collect())
}

/// The object of these members.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> = members.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// `text` as a JSON string.
pub fn quoted(text: &str) -> String {
    STRINGIFY.quoted(&json_style::text_of(text))
}

/// What a program gets from this JSON: a string's own characters, and everything else as JSON.
pub fn payload(json: String) -> Payload {
    match serde_json::from_str::<String>(&json) {
        Ok(text) => Payload::Text(text),
        Err(_) => Payload::Json(json),
    }
}

/// Whether JavaScript takes this JSON for false: `null`, `false`, `""` and every spelling of zero.
pub fn is_falsy(json: &str) -> bool {
    let json = json.trim();
    matches!(json, "null" | "false" | "\"\"") || json.parse::<f64>().is_ok_and(|number| number == 0.0)
}

/// JSON that a person typed, as `JSON.stringify` writes it.
///
/// # Errors
/// If it is not JSON, with the byte offset where it breaks; or if it is nested too deep.
pub fn typed(text: &str) -> Result<String, SignError> {
    let json = draft::json(text)?;
    stringify(&json).ok_or_else(|| SignError {
        field: Field::Payload,
        message: format!("This JSON is nested more than {MAX_JSON_DEPTH} levels deep."),
        hint: "Take out some of the levels.".into(),
        at: None,
    })
}

/// The number that a member's name spells, if JavaScript takes it for an array index.
pub fn index(name: &[u32]) -> Option<u32> {
    // An array has at most 2^32 - 1 elements, so that no index has more digits.
    let digits: String = name.iter().take(11).map(|&point| char::from_u32(point).unwrap_or(' ')).collect();
    let index: u32 = digits.parse().ok()?;
    (index < u32::MAX && index.to_string() == digits).then_some(index)
}

/// A number as JavaScript's `String` writes it (ECMA-262, section 6.1.6.1.20): `3.25`, `1.5e-7`, `1e+21`; `null` for one
/// beyond all numbers, as `JSON.stringify` has it.
pub fn number(number: f64) -> String {
    if !number.is_finite() {
        return "null".into();
    }
    if number == 0.0 {
        return "0".into();
    }
    // Rust finds the same shortest digits.
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !matches!(exponent.parse(), Ok(-6..=20)) => {
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}e{sign}{exponent}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Node.js answers to `JSON.stringify(JSON.parse(text))`.
    #[test]
    fn it_is_written_as_javascript_writes_it() {
        for (text, written) in [
            (
                "[1.0, 1e21, 1E20, 0.000001, 1e-7, -0, 1.5e300, 123456789012345680000]",
                "[1,1e+21,100000000000000000000,0.000001,1e-7,0,1.5e+300,123456789012345680000]",
            ),
            (
                "[9007199254740993, 0.1, -2147483649, 1e400, 12345.678, 5e-324, 123e-20]",
                "[9007199254740992,0.1,-2147483649,null,12345.678,5e-324,1.23e-18]",
            ),
            (
                r#"{"b":1,"2":0,"a":{"x":[ ]},"10":0,"b":2,"01":3}"#,
                r#"{"2":0,"10":0,"b":2,"a":{"x":[]},"01":3}"#,
            ),
            (
                r#""\/\u0041\u2028\ud83d\ude00\uD83D\u001f\u0008é\"""#,
                "\"/A\u{2028}😀\\ud83d\\u001f\\bé\\\"\"",
            ),
            (r#""\ud83d\u0041\udc00""#, r#""\ud83dA\udc00""#),
            (" true ", "true"),
        ] {
            assert_eq!(stringify(text).as_deref(), Some(written));
        }
        assert_eq!(stringify("{"), None);
        assert_eq!(members("[]"), None);
    }

    #[test]
    fn depth_is_bounded() {
        let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(stringify(&nest(128)), Some(nest(128)));
        assert_eq!(stringify(&nest(129)), None);
        assert_eq!(stringify(&nest(400_000)), None);
    }

    #[test]
    fn falsy_is_what_javascript_takes_for_false() {
        for falsy in ["null", "0", "-0", "0.0", "0e5", "false", "\"\""] {
            assert!(is_falsy(falsy), "{falsy}");
        }
        for truthy in ["[]", "{}", "\"0\"", "1", "true"] {
            assert!(!is_falsy(truthy), "{truthy}");
        }
    }
}
