//! JSON as JavaScript reads and writes it (ECMA-262, sections 25.5.1 and 25.5.2): what `JSON.stringify(JSON.parse(text))`
//! gives, and what of it counts as false.
//!
//! Some frameworks sign a text that they write again from what they have read, so every detail of the writing counts:
//! `1.0` becomes `1`, `\/` becomes `/`, of two members of one name the last stays, and names that are array indices come
//! first.

use std::collections::BTreeMap;

use super::{draft, is_json};
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::{Field, Payload, SignError};

/// `text` as `JSON.stringify(JSON.parse(text))` writes it; `None` if it is not JSON, or nested too deep to be judged.
pub fn stringify(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    is_json(text).then(|| Reader::new(text).value(&mut out))??;
    Some(out)
}

/// The members of the object `text` in JavaScript's order: each name between its quotation marks, and its value, both as
/// `JSON.stringify` writes them. `None` if it is no object.
pub fn members(text: &str) -> Option<Vec<(String, String)>> {
    is_json(text).then(|| Reader::new(text).object())?
}

/// The object of these members.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> = members.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// `text` as a JSON string.
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    text.chars().for_each(|c| write(&mut out, c));
    out + "\""
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

/// Reads text that is known to be JSON.
struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    const fn new(text: &'a str) -> Self {
        Self { rest: text, depth: 0 }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes `mark` if it comes next.
    fn takes(&mut self, mark: char) -> bool {
        self.skip_space();
        let behind = self.rest.strip_prefix(mark);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    fn value(&mut self, out: &mut String) -> Option<()> {
        self.skip_space();
        match self.rest.chars().next()? {
            '{' => {
                let members = self.object()?;
                let members = members.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                out.push_str(&object(members));
            }
            '[' => self.array(out)?,
            '"' => self.string(out)?,
            _ => {
                let length =
                    self.rest.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(self.rest.len());
                let (literal, rest) = self.rest.split_at_checked(length)?;
                self.rest = rest;
                match literal {
                    "null" | "true" | "false" => out.push_str(literal),
                    _ => out.push_str(&number(literal.parse().ok()?)),
                }
            }
        }
        Some(())
    }

    fn array(&mut self, out: &mut String) -> Option<()> {
        self.deeper()?;
        self.takes('[');
        out.push('[');
        while !self.takes(']') {
            self.value(out)?;
            if self.takes(',') {
                out.push(',');
            }
        }
        out.push(']');
        self.depth -= 1;
        Some(())
    }

    fn object(&mut self) -> Option<Vec<(String, String)>> {
        self.deeper()?;
        if !self.takes('{') {
            return None;
        }
        let mut members = BTreeMap::new();
        while !self.takes('}') {
            let (mut name, mut value) = (String::new(), String::new());
            self.skip_space();
            self.string(&mut name)?;
            self.takes(':');
            self.value(&mut value)?;
            self.takes(',');
            let count = members.len();
            // A name that comes again keeps the place of the first and the value of the last.
            members.entry(name).or_insert((count, String::new())).1 = value;
        }
        self.depth -= 1;
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by_key(|(name, (place, _))| (index(name).unwrap_or(u32::MAX), *place));
        Some(members.into_iter().map(|(name, (_, value))| (name, value)).collect())
    }

    fn deeper(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= MAX_JSON_DEPTH).then_some(())
    }

    fn string(&mut self, out: &mut String) -> Option<()> {
        let mut chars = self.rest.strip_prefix('"')?.chars();
        out.push('"');
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => match chars.next()? {
                    'b' => write(out, '\u{8}'),
                    'f' => write(out, '\u{c}'),
                    'n' => write(out, '\n'),
                    'r' => write(out, '\r'),
                    't' => write(out, '\t'),
                    'u' => {
                        let (escaped, rest) = escaped(chars.as_str())?;
                        chars = rest.chars();
                        match escaped {
                            Ok(c) => write(out, c),
                            Err(surrogate) => out.push_str(&format!("\\u{surrogate:04x}")),
                        }
                    }
                    plain => write(out, plain),
                },
                c => write(out, c),
            }
        }
        out.push('"');
        self.rest = chars.as_str();
        Some(())
    }
}

/// The character of `\u` and four digits, or of two such surrogates; a surrogate that stands alone as itself. And what
/// comes behind.
fn escaped(text: &str) -> Option<(Result<char, u16>, &str)> {
    let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let first = unit(text)?;
    let rest = text.get(4..)?;
    let second = rest.strip_prefix("\\u").and_then(unit);
    let mut both = char::decode_utf16([Some(first), second].into_iter().flatten());
    match both.next()? {
        Ok(c) => Some((Ok(c), rest.get(if c.len_utf16() == 2 { 6 } else { 0 }..)?)),
        Err(_) => Some((Err(first), rest)),
    }
}

fn write(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => out.push(c),
    }
}

/// The number that a member's name (between its quotation marks) spells, if JavaScript takes it for an array index: such
/// members come first, in the order of the numbers.
fn index(name: &str) -> Option<u32> {
    let digits = name.trim_matches('"');
    let index: u32 = digits.parse().ok()?;
    (index < u32::MAX && index.to_string() == digits).then_some(index)
}

/// A number as JavaScript's `String` writes it (ECMA-262, section 6.1.6.1.20), or `null` for one beyond all numbers.
fn number(number: f64) -> String {
    if !number.is_finite() {
        return "null".into();
    }
    if number == 0.0 {
        return "0".into();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    // Rust writes the same shortest digits: `1.25e-7`.
    let scientific = format!("{:e}", number.abs());
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = digits.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    // How many digits stand before the point.
    let before = exponent + 1;
    let written = match usize::try_from(before) {
        Ok(point @ 1..=21) if point >= digits.len() => {
            let missing = point - digits.len();
            digits + &"0".repeat(missing)
        }
        Ok(point @ 1..=21) => {
            let (whole, fraction) = digits.split_at(point);
            format!("{whole}.{fraction}")
        }
        _ if (-5..=0).contains(&before) => format!("0.{}{digits}", zeros(-before)),
        _ => {
            let (first, others) = digits.split_at(1);
            let point = if others.is_empty() { "" } else { "." };
            format!("{first}{point}{others}e{exponent:+}")
        }
    };
    format!("{sign}{written}")
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
