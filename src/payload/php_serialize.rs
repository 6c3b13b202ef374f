//! PHP's `serialize` format, read without making an object of anything, and written for what JSON can hold.
//!
//! `N;` `b:1;` `i:7;` `d:3.25;` `s:5:"hello";` (the length in bytes) `a:1:{key value …}` `O:4:"User":1:{…}`
//! `C:5:"Class":4:{data}` `E:10:"Suit:Clubs";` `r:2;` `R:2;`. Source: `ext/standard/var_unserializer.re`.

use super::outline::{Outline, json_text, quoted};
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::Payload;

/// A value of PHP.
#[derive(Clone, Debug, PartialEq)]
pub enum Php {
    Null,
    Bool(bool),
    Int(i64),
    /// As it is spelled.
    Float(String),
    Text(Vec<u8>),
    /// Keys are integers or texts.
    Array(Vec<(Php, Php)>),
    Object {
        class: String,
        properties: Vec<(Php, Php)>,
    },
    /// An object that writes itself (`Serializable`): what is inside only its class can read.
    Custom {
        class: String,
        data: Vec<u8>,
    },
    Enum(String),
    /// A reference to the value with that number.
    Reference(u64),
}

/// What is wrong, as the rest of a sentence that begins with the name of the part.
type Wrong = String;

/// Reads `bytes`, which hold one value and nothing behind it.
///
/// # Errors
/// With what is wrong and where.
pub fn read(bytes: &[u8]) -> Result<Php, Wrong> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    if reader.at == bytes.len() { Ok(value) } else { Err(reader.wrong("something stands behind the value")) }
}

/// What `read` gives, to show.
pub fn payload(value: &Php, bytes: Vec<u8>) -> Payload {
    Payload::Object {
        format: "PHP serialize".into(),
        shown: value.outline().shown(),
        json: value.json(),
        bytes,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Php, Wrong> {
        if depth > MAX_JSON_DEPTH {
            return Err(self.wrong("it is nested more deeply than Keyjar reads"));
        }
        match self.next()? {
            b'N' => self.eat(b";").map(|()| Php::Null),
            b'b' => match self.scalar()? {
                "0" => Ok(Php::Bool(false)),
                "1" => Ok(Php::Bool(true)),
                _ => Err(self.wrong("a boolean is 0 or 1")),
            },
            b'i' => self.number().map(Php::Int),
            b'd' => self.scalar().and_then(|text| self.float(text)),
            b's' => {
                let text = self.text()?.to_vec();
                self.eat(b";")?;
                Ok(Php::Text(text))
            }
            b'a' => {
                self.eat(b":")?;
                self.members(depth).map(Php::Array)
            }
            b'O' => {
                let class = self.name()?;
                self.eat(b":")?;
                let properties = self.members(depth)?;
                Ok(Php::Object { class, properties })
            }
            b'C' => {
                let class = self.name()?;
                self.eat(b":")?;
                let length = self.count(b':')?;
                self.eat(b"{")?;
                let data = self.take(length)?.to_vec();
                self.eat(b"}")?;
                Ok(Php::Custom { class, data })
            }
            b'E' => {
                let name = self.name()?;
                self.eat(b";")?;
                Ok(Php::Enum(name))
            }
            b'r' | b'R' => {
                self.eat(b":")?;
                self.count(b';').map(|number| Php::Reference(number as u64))
            }
            _ => {
                self.at -= 1;
                Err(self.wrong("no type has that letter"))
            }
        }
    }

    /// `2:{key value key value}`
    fn members(&mut self, depth: usize) -> Result<Vec<(Php, Php)>, Wrong> {
        let count = self.count(b':')?;
        self.eat(b"{")?;
        let mut members = Vec::new();
        for _ in 0..count {
            let key = self.value(depth + 1)?;
            if !matches!(key, Php::Int(_) | Php::Text(_)) {
                return Err(self.wrong("a key is an integer or a text"));
            }
            members.push((key, self.value(depth + 1)?));
        }
        self.eat(b"}").map(|()| members)
    }

    /// `:5:"hello"`
    fn text(&mut self) -> Result<&'a [u8], Wrong> {
        self.eat(b":")?;
        let length = self.count(b':')?;
        self.eat(b"\"")?;
        let text = self.take(length)?;
        self.eat(b"\"").map(|()| text)
    }

    fn name(&mut self) -> Result<String, Wrong> {
        self.text().map(|name| String::from_utf8_lossy(name).into_owned())
    }

    /// `:7;`
    fn scalar(&mut self) -> Result<&'a str, Wrong> {
        self.eat(b":")?;
        self.until(b';')
    }

    fn number(&mut self) -> Result<i64, Wrong> {
        let text = self.scalar()?;
        text.parse().map_err(|_| self.wrong("that is no integer"))
    }

    fn float(&self, text: &str) -> Result<Php, Wrong> {
        let known = matches!(text, "INF" | "-INF" | "NAN") || text.parse::<f64>().is_ok();
        if known { Ok(Php::Float(text.to_owned())) } else { Err(self.wrong("that is no number")) }
    }

    fn count(&mut self, end: u8) -> Result<usize, Wrong> {
        let text = self.until(end)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| self.wrong("that is no length"))
    }

    fn until(&mut self, end: u8) -> Result<&'a str, Wrong> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        // No number is longer; so a long value is not searched through again and again.
        let length = rest.iter().take(64).position(|byte| *byte == end);
        let text = length.and_then(|length| std::str::from_utf8(rest.get(..length)?).ok());
        let text = text.ok_or_else(|| self.wrong("a number is not ended"))?;
        self.at += text.len() + 1;
        Ok(text)
    }

    fn next(&mut self) -> Result<u8, Wrong> {
        let byte = self.bytes.get(self.at).copied().ok_or_else(|| self.wrong("it ends too early"))?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Wrong> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.wrong("a length goes beyond the end"))?;
        self.at += length;
        Ok(taken)
    }

    fn eat(&mut self, wanted: &[u8]) -> Result<(), Wrong> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(wanted)) {
            self.at += wanted.len();
            return Ok(());
        }
        let wanted = String::from_utf8_lossy(wanted);
        Err(self.wrong(&format!("`{wanted}` is missing")))
    }

    fn wrong(&self, what: &str) -> Wrong {
        format!("is not PHP's serialize format: {what} at byte {}", self.at)
    }
}

impl Php {
    fn outline(&self) -> Outline {
        Outline::Leaf(match self {
            Self::Null => "null".into(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(text) | Self::Enum(text) => text.replace(':', "::"),
            Self::Text(text) => quoted(text),
            Self::Reference(number) => format!("&{number}"),
            Self::Custom { class, data } => format!("{class} {{ {} }}", quoted(data)),
            Self::Array(members) => {
                let is_list = is_list(members);
                let item = |(key, value): &(Self, Self)| {
                    let key = if is_list { String::new() } else { format!("{} => ", key.key()) };
                    (key, value.outline())
                };
                return Outline::Group {
                    open: "[".into(),
                    close: "]",
                    items: members.iter().map(item).collect(),
                };
            }
            Self::Object { class, properties } => {
                let item = |(key, value): &(Self, Self)| (format!("{}: ", key.property()), value.outline());
                return Outline::Group {
                    open: format!("{class} {{"),
                    close: "}",
                    items: properties.iter().map(item).collect(),
                };
            }
        })
    }

    fn key(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Int(number) => number.to_string(),
            _ => String::new(),
        }
    }

    /// A property's name: `\0*\0name` is protected, `\0Class\0name` private.
    fn property(&self) -> String {
        let Self::Text(text) = self else { return self.key() };
        let text = String::from_utf8_lossy(text).into_owned();
        match text.strip_prefix('\0').and_then(|rest| rest.split_once('\0')) {
            Some(("*", name)) => format!("protected {name}"),
            Some((_, name)) => format!("private {name}"),
            None => text,
        }
    }

    /// As JSON, if JSON can hold it; an empty array is `[]`.
    fn json(&self) -> Option<String> {
        Some(match self {
            Self::Null => "null".into(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(text) => serde_json::Number::from_f64(text.parse().ok()?)?.to_string(),
            Self::Text(text) => json_text(std::str::from_utf8(text).ok()?),
            Self::Array(members) if is_list(members) => {
                let items: Option<Vec<String>> = members.iter().map(|(_, value)| value.json()).collect();
                format!("[{}]", items?.join(","))
            }
            Self::Array(members) => {
                let member = |(key, value): &(Self, Self)| {
                    let name = match key {
                        Self::Text(text) => json_text(std::str::from_utf8(text).ok()?),
                        other => json_text(&other.key()),
                    };
                    Some(format!("{name}:{}", value.json()?))
                };
                let members: Option<Vec<String>> = members.iter().map(member).collect();
                format!("{{{}}}", members?.join(","))
            }
            Self::Object { .. } | Self::Custom { .. } | Self::Enum(_) | Self::Reference(_) => return None,
        })
    }
}

/// Whether the keys are 0, 1, 2 …, as those of a PHP list.
fn is_list(members: &[(Php, Php)]) -> bool {
    members.iter().zip(0..).all(|((key, _), i)| *key == Php::Int(i))
}

/// A JSON value as PHP serializes what `json_decode(…, true)` makes of it.
pub fn from_json(value: &serde_json::Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

/// A text as PHP serializes it.
pub fn from_text(text: &[u8]) -> Vec<u8> {
    let mut out = format!("s:{}:\"", text.len()).into_bytes();
    out.extend(text);
    out.extend(b"\";");
    out
}

fn write(value: &serde_json::Value, out: &mut Vec<u8>) {
    use serde_json::Value;
    match value {
        Value::Null => out.extend(b"N;"),
        Value::Bool(value) => out.extend(format!("b:{};", u8::from(*value)).into_bytes()),
        Value::Number(number) => {
            let text = match number.as_i64() {
                Some(number) => format!("i:{number};"),
                None => format!("d:{};", float(number.as_f64().unwrap_or_default())),
            };
            out.extend(text.into_bytes());
        }
        Value::String(text) => out.extend(from_text(text.as_bytes())),
        Value::Array(items) => {
            out.extend(format!("a:{}:{{", items.len()).into_bytes());
            for (i, item) in items.iter().enumerate() {
                out.extend(format!("i:{i};").into_bytes());
                write(item, out);
            }
            out.push(b'}');
        }
        Value::Object(members) => {
            out.extend(format!("a:{}:{{", members.len()).into_bytes());
            for (name, member) in members {
                // PHP makes an integer of a key that reads as one.
                match name.parse::<i64>().ok().filter(|number| number.to_string() == *name) {
                    Some(number) => out.extend(format!("i:{number};").into_bytes()),
                    None => out.extend(from_text(name.as_bytes())),
                }
                write(member, out);
            }
            out.push(b'}');
        }
    }
}

/// A float with the fewest digits, as `serialize_precision = -1` writes it: `3.25`, `1.5E-7`.
fn float(number: f64) -> String {
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !matches!(exponent.parse::<i32>(), Ok(-4..=14)) => {
            let point = if digits.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}{point}E{sign}{exponent}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_named_and_not_made() {
        let text = b"O:4:\"User\":3:{s:2:\"id\";i:7;s:7:\"\0*\0name\";s:3:\"Ada\";s:7:\"\0User\0k\";a:0:{}}";
        let value = read(text).expect("PHP");
        assert_eq!(value.outline().shown(), "User {id: 7, protected name: \"Ada\", private k: []}");
        assert_eq!(value.json(), None);
        assert_eq!(read(b"E:10:\"Suit:Clubs\";").expect("PHP").outline().shown(), "Suit::Clubs");
    }

    #[test]
    fn what_is_written_is_read() {
        let json = serde_json::json!({"a": [1, "é", null, true, 1.5e-7], "7": {}});
        let text = from_json(&json);
        assert!(String::from_utf8_lossy(&text).contains("i:4;d:1.5E-7;}i:7;a:0:{}}"));
        let value = read(&text).expect("PHP").json().expect("JSON");
        assert_eq!(value, r#"{"a":[1,"é",null,true,1.5e-7],"7":[]}"#);
    }

    #[test]
    fn what_is_broken_says_where() {
        for (text, what) in [
            ("", "ends too early at byte 0"),
            ("s:9:\"a\";", "beyond the end"),
            ("x:1;", "no type"),
            ("i:1;i:2;", "something stands behind"),
            ("a:99999999999999999999:{}", "no length"),
            ("a:1:{N;N;}", "a key is"),
        ] {
            let wrong = read(text.as_bytes()).expect_err("broken");
            assert!(wrong.contains(what), "{wrong}");
        }
        let deep = "a:1:{i:0;".repeat(100_000);
        assert!(read(deep.as_bytes()).expect_err("deep").contains("nested"));
    }
}
