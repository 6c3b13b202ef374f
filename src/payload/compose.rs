//! JSON as the library of another language writes it: signing the same payload then gives the same bytes.

use serde_json::{Number, Value};

/// How a library writes.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether it sorts the members of an object by the bytes of their names.
    pub sorted: bool,
    pub number: fn(&Number) -> String,
    /// What it makes of the text that serde_json writes for a string, its quotation marks included.
    pub text: fn(String) -> String,
}

impl Style {
    /// `value` on one line.
    pub fn write(&self, value: &Value) -> String {
        let mut out = String::new();
        self.push(value, &mut out);
        out
    }

    fn push(&self, value: &Value, out: &mut String) {
        match value {
            Value::Number(number) => out.push_str(&(self.number)(number)),
            Value::String(text) => out.push_str(&self.quoted(text)),
            Value::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    self.push(item, out);
                }
                out.push(']');
            }
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                if self.sorted {
                    members.sort_unstable_by_key(|(name, _)| *name);
                }
                out.push('{');
                for (i, (name, member)) in members.into_iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    out.push_str(&self.quoted(name));
                    out.push(':');
                    self.push(member, out);
                }
                out.push('}');
            }
            Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
        }
    }

    fn quoted(&self, text: &str) -> String {
        (self.text)(Value::from(text).to_string())
    }
}

/// Go's `encoding/json`, with what it escapes for the sake of HTML.
pub const GO: Style = Style {
    sorted: true,
    number: |number| match number.as_f64() {
        Some(float) if number.is_f64() => ecmascript(float),
        _ => number.to_string(),
    },
    text: |text| {
        text.replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029")
    },
};

/// Perl's `Mojo::JSON`.
pub const MOJO: Style = Style {
    sorted: true,
    number: |number| match number.as_f64() {
        Some(float) if number.is_f64() => fifteen_digits(float),
        _ => number.to_string(),
    },
    text: |text| text.replace('/', "\\/"),
};

/// A number as ECMA-262 (section 6.1.6.1.20) and Go's `encoding/json` write it: `3.25`, `1.5e-7`, `1e+21`.
fn ecmascript(number: f64) -> String {
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !matches!(exponent.parse::<i32>(), Ok(-6..=20)) => {
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}e{sign}{exponent}")
        }
        _ => number.to_string(),
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_those_of_the_libraries() {
        // Printed by Perl 5; the others are those of ECMA-262, which Go follows.
        for (number, go, perl) in [
            (3.25, "3.25", "3.25"),
            (1.5e-7, "1.5e-7", "1.5e-07"),
            (1e21, "1e+21", "1e+21"),
            (0.1 + 0.2, "0.30000000000000004", "0.3"),
            (1e15, "1000000000000000", "1e+15"),
            (100.0, "100", "100"),
        ] {
            assert_eq!((ecmascript(number).as_str(), fifteen_digits(number).as_str()), (go, perl));
        }
    }

    #[test]
    fn members_are_sorted_and_texts_escaped() {
        let value = json!({"b": "<&/\u{2028}", "a": [1, null, "\u{7}\n"]});
        assert_eq!(GO.write(&value), r#"{"a":[1,null,"\u0007\n"],"b":"\u003c\u0026/\u2028"}"#);
        assert_eq!(MOJO.write(&value), "{\"a\":[1,null,\"\\u0007\\n\"],\"b\":\"<&\\/\u{2028}\"}");
    }
}
