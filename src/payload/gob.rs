//! Go's gob (`encoding/gob`): a stream of messages that define types and of one that holds a value.
//!
//! Each message has its length in front. A negative number begins a definition, a positive one is the type of the value
//! that follows. What has its own way to write itself (`GobEncoder`) stays bytes. Source: the documentation and
//! `type.go`, `decode.go` of the package.

use std::collections::BTreeMap;

use super::outline::{Outline, json_text, quoted};
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::Payload;

/// A value of Go.
#[derive(Clone, Debug, PartialEq)]
enum Gob {
    /// A nil interface.
    Nil,
    /// A boolean or a number, as Go and JSON write it.
    Plain(String),
    /// A number that JSON does not have.
    Odd(String),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    List(Vec<Gob>),
    Map(Vec<(Gob, Gob)>),
    Struct(Vec<(String, Gob)>),
    /// What an interface holds, with the name of its type.
    Typed(String, Box<Gob>),
}

/// What a type is made of; numbers are types.
#[derive(Clone, Debug)]
enum Type {
    List(i64),
    Map(i64, i64),
    Struct(Vec<(String, i64)>),
    /// Writes itself.
    Opaque,
}

const BOOL: i64 = 1;
const INT: i64 = 2;
const UINT: i64 = 3;
const FLOAT: i64 = 4;
const BYTES: i64 = 5;
const TEXT: i64 = 6;
const COMPLEX: i64 = 7;
const INTERFACE: i64 = 8;
/// The definition of a type is itself such a value.
const WIRE: i64 = 16;

/// The value in `bytes`, if they are such a stream.
pub fn payload(bytes: &[u8]) -> Option<Payload> {
    let mut reader = Reader { bytes, types: definitions() };
    let value = reader.stream()?;
    Some(Payload::Object {
        format: "Go gob".into(),
        shown: value.outline().shown(),
        json: value.json(),
        bytes: bytes.to_vec(),
    })
}

/// The types in which types are defined (`wireType` and its parts, `type.go`).
fn definitions() -> BTreeMap<i64, Type> {
    let fields = |fields: &[(&str, i64)]| {
        Type::Struct(fields.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect())
    };
    BTreeMap::from([
        (
            WIRE,
            fields(&[
                ("array", 17),
                ("slice", 19),
                ("struct", 20),
                ("map", 23),
                ("own", 24),
                ("own", 24),
                ("own", 24),
            ]),
        ),
        (17, fields(&[("common", 18), ("element", INT), ("length", INT)])),
        (18, fields(&[("name", TEXT), ("id", INT)])),
        (19, fields(&[("common", 18), ("element", INT)])),
        (20, fields(&[("common", 18), ("fields", 22)])),
        (21, fields(&[("name", TEXT), ("id", INT)])),
        (22, Type::List(21)),
        (23, fields(&[("common", 18), ("key", INT), ("element", INT)])),
        (24, fields(&[("common", 18)])),
    ])
}

struct Reader<'a> {
    bytes: &'a [u8],
    types: BTreeMap<i64, Type>,
}

impl Reader<'_> {
    /// Definitions, and the one value behind them.
    fn stream(&mut self) -> Option<Gob> {
        loop {
            let length = self.length()?;
            let (message, rest) = self.bytes.split_at_checked(length)?;
            self.bytes = message;
            let id = self.int()?;
            let value = if id < 0 {
                self.define(id)?;
                None
            } else {
                Some(self.top(id, 0)?)
            };
            if !self.bytes.is_empty() {
                return None;
            }
            self.bytes = rest;
            match value {
                Some(value) if rest.is_empty() => return Some(value),
                Some(_) => return None,
                None => {}
            }
        }
    }

    fn define(&mut self, id: i64) -> Option<()> {
        let Gob::Struct(wire) = self.value(WIRE, 0)? else { return None };
        let (kind, Gob::Struct(parts)) = wire.into_iter().next()? else { return None };
        let part = |name: &str| parts.iter().find(|(part, _)| part == name).map(|(_, value)| value);
        let number = |name: &str| part(name).map_or(Some(0), Gob::number);
        let defined = match kind.as_str() {
            "array" | "slice" => Type::List(number("element")?),
            "map" => Type::Map(number("key")?, number("element")?),
            "struct" => {
                let Some(Gob::List(fields)) = part("fields") else { return None };
                Type::Struct(fields.iter().map(Gob::field).collect::<Option<_>>()?)
            }
            _ => Type::Opaque,
        };
        let id = id.checked_neg().filter(|id| *id > 24)?;
        self.types.insert(id, defined);
        Some(())
    }

    /// A value that is not inside another: all but structs have a zero in front.
    fn top(&mut self, id: i64, depth: usize) -> Option<Gob> {
        if !matches!(self.types.get(&id), Some(Type::Struct(_))) && self.uint()? != 0 {
            return None;
        }
        self.value(id, depth)
    }

    fn value(&mut self, id: i64, depth: usize) -> Option<Gob> {
        if depth > MAX_JSON_DEPTH {
            return None;
        }
        let depth = depth + 1;
        Some(match id {
            BOOL => Gob::Plain((self.uint()? != 0).to_string()),
            INT => Gob::Plain(self.int()?.to_string()),
            UINT => Gob::Plain(self.uint()?.to_string()),
            FLOAT => float(self.float()?),
            COMPLEX => Gob::Odd(format!("({} + {}i)", self.float()?, self.float()?)),
            BYTES => Gob::Bytes(self.text()?),
            TEXT => Gob::Text(self.text()?),
            INTERFACE => self.interface(depth)?,
            _ => match self.types.get(&id)?.clone() {
                Type::Opaque => Gob::Bytes(self.text()?),
                Type::List(element) => {
                    let count = self.length()?;
                    Gob::List((0..count).map(|_| self.value(element, depth)).collect::<Option<_>>()?)
                }
                Type::Map(key, element) => {
                    let count = self.length()?;
                    let mut pairs = Vec::new();
                    for _ in 0..count {
                        pairs.push((self.value(key, depth)?, self.value(element, depth)?));
                    }
                    Gob::Map(pairs)
                }
                Type::Struct(fields) => self.fields(&fields, depth)?,
            },
        })
    }

    /// Fields that are zero are left out: each has the distance to the one before it in front.
    fn fields(&mut self, fields: &[(String, i64)], depth: usize) -> Option<Gob> {
        let mut values = Vec::new();
        let mut next = 0_usize;
        loop {
            let step = self.length()?;
            if step == 0 {
                return Some(Gob::Struct(values));
            }
            next = next.checked_add(step)?;
            let (name, id) = fields.get(next.checked_sub(1)?)?;
            values.push((name.clone(), self.value(*id, depth)?));
        }
    }

    fn interface(&mut self, depth: usize) -> Option<Gob> {
        let name = String::from_utf8(self.text()?).ok()?;
        if name.is_empty() {
            return Some(Gob::Nil);
        }
        let mut id = self.int()?;
        while id < 0 {
            self.define(id)?;
            // The length of the next definition, which ends by itself.
            self.length()?;
            id = self.int()?;
        }
        self.length()?;
        let value = self.top(id, depth)?;
        Some(Gob::Typed(name, Box::new(value)))
    }

    /// One byte below 128, or the number of bytes that follow, negated.
    fn uint(&mut self) -> Option<u64> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        if *first < 0x80 {
            return Some(u64::from(*first));
        }
        let count = usize::from(first.wrapping_neg());
        let (number, rest) = self.bytes.split_at_checked(count).filter(|_| count <= 8)?;
        self.bytes = rest;
        Some(number.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    /// The sign is the lowest bit.
    fn int(&mut self) -> Option<i64> {
        let number = self.uint()?;
        let half = i64::try_from(number >> 1).ok()?;
        Some(if number & 1 == 1 { !half } else { half })
    }

    fn float(&mut self) -> Option<f64> {
        self.uint().map(|bits| f64::from_bits(bits.swap_bytes()))
    }

    /// Never more than there are bytes: each element has at least one.
    fn length(&mut self) -> Option<usize> {
        let length = usize::try_from(self.uint()?).ok()?;
        (length <= self.bytes.len()).then_some(length)
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        let length = self.length()?;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(text.to_vec())
    }
}

fn float(number: f64) -> Gob {
    match serde_json::Number::from_f64(number) {
        Some(number) => Gob::Plain(number.to_string()),
        None => Gob::Odd(number.to_string()),
    }
}

impl Gob {
    fn number(&self) -> Option<i64> {
        match self {
            Self::Plain(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Name and type of a field in the definition of a struct.
    fn field(&self) -> Option<(String, i64)> {
        let Self::Struct(parts) = self else { return None };
        let part = |name: &str| parts.iter().find(|(part, _)| part == name).map(|(_, value)| value);
        let Some(Self::Text(name)) = part("name") else { return None };
        Some((String::from_utf8_lossy(name).into_owned(), part("id")?.number()?))
    }

    fn outline(&self) -> Outline {
        let group = |open: &str, close, items| Outline::Group { open: open.into(), close, items };
        match self {
            Self::Nil => Outline::Leaf("nil".into()),
            Self::Plain(text) | Self::Odd(text) => Outline::Leaf(text.clone()),
            Self::Text(text) => Outline::Leaf(quoted(text)),
            Self::Bytes(bytes) => Outline::Leaf(format!("[]byte({})", quoted(bytes))),
            Self::List(items) => {
                group("[", "]", items.iter().map(|item| (String::new(), item.outline())).collect())
            }
            Self::Map(pairs) => {
                let pair =
                    |(key, value): &(Self, Self)| (format!("{}: ", key.outline().shown()), value.outline());
                group("map[", "]", pairs.iter().map(pair).collect())
            }
            Self::Struct(fields) => {
                let field = |(name, value): &(String, Self)| (format!("{name}: "), value.outline());
                group("{", "}", fields.iter().map(field).collect())
            }
            Self::Typed(name, value) => match value.outline() {
                Outline::Leaf(text) if name != "string" => Outline::Leaf(format!("{name}({text})")),
                outline => outline,
            },
        }
    }

    /// As JSON, if every key is a text and there are no bytes in it.
    fn json(&self) -> Option<String> {
        Some(match self {
            Self::Nil => "null".into(),
            Self::Plain(text) => text.clone(),
            Self::Text(text) => json_text(std::str::from_utf8(text).ok()?),
            Self::Odd(_) | Self::Bytes(_) => return None,
            Self::List(items) => {
                let items: Option<Vec<String>> = items.iter().map(Self::json).collect();
                format!("[{}]", items?.join(","))
            }
            Self::Map(pairs) => {
                let member = |(key, value): &(Self, Self)| {
                    let key = key.json().filter(|key| key.starts_with('"'))?;
                    Some(format!("{key}:{}", value.json()?))
                };
                let members: Option<Vec<String>> = pairs.iter().map(member).collect();
                format!("{{{}}}", members?.join(","))
            }
            Self::Struct(fields) => {
                let member =
                    |(name, value): &(String, Self)| Some(format!("{}:{}", json_text(name), value.json()?));
                let members: Option<Vec<String>> = fields.iter().map(member).collect();
                format!("{{{}}}", members?.join(","))
            }
            Self::Typed(_, value) => return value.json(),
        })
    }
}

/// The values of a session of gorilla/sessions, `map[interface{}]interface{}`, from a JSON object.
///
/// `None` if it holds more than texts, numbers and booleans: what else is in a session has a type of its program.
pub fn session(object: &serde_json::Map<String, serde_json::Value>) -> Option<Vec<u8>> {
    const DEFINITION: [u8; 15] = [14, 0xff, 0x81, 4, 1, 2, 0xff, 0x82, 0, 1, 16, 1, 16, 0, 0];
    let mut value = vec![0xff, 0x82, 0];
    push_uint(&mut value, object.len() as u64);
    for (name, member) in object {
        push_typed(&mut value, "string", TEXT, &sized(name.as_bytes()));
        match member {
            serde_json::Value::String(text) => {
                push_typed(&mut value, "string", TEXT, &sized(text.as_bytes()));
            }
            serde_json::Value::Bool(flag) => push_typed(&mut value, "bool", BOOL, &[u8::from(*flag)]),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(int) => push_typed(&mut value, "int", INT, &int_bytes(int)),
                None => {
                    let mut bytes = Vec::new();
                    push_uint(&mut bytes, number.as_f64()?.to_bits().swap_bytes());
                    push_typed(&mut value, "float64", FLOAT, &bytes);
                }
            },
            _ => return None,
        }
    }
    let mut stream = DEFINITION.to_vec();
    stream.extend(sized(&value));
    Some(stream)
}

/// An interface that holds a value of that type.
fn push_typed(out: &mut Vec<u8>, name: &str, id: i64, value: &[u8]) {
    out.extend(sized(name.as_bytes()));
    out.extend(int_bytes(id));
    out.extend(sized(&[&[0], value].concat()));
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    push_uint(&mut out, bytes.len() as u64);
    out.extend(bytes);
    out
}

fn int_bytes(number: i64) -> Vec<u8> {
    let mut out = Vec::new();
    let doubled = (number as u64) << 1;
    push_uint(&mut out, if number < 0 { !doubled } else { doubled });
    out
}

fn push_uint(out: &mut Vec<u8>, number: u64) {
    let bytes = number.to_be_bytes();
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    let significant = bytes.get(from..).unwrap_or_default();
    match significant {
        [byte] if *byte < 0x80 => out.push(*byte),
        _ => {
            out.push((significant.len() as u8).wrapping_neg());
            out.extend(significant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_as_it_was_written() {
        let json = serde_json::json!({"name": "Ada", "n": -300, "ok": true, "x": 2.5});
        let bytes = session(json.as_object().expect("object")).expect("flat");
        let Some(Payload::Object { shown, json: Some(read), .. }) = payload(&bytes) else { panic!("gob") };
        assert_eq!(read, json.to_string());
        assert!(shown.starts_with("map[\n  \"name\": \"Ada\",\n  \"n\": int(-300),"), "{shown}");
    }

    #[test]
    fn a_struct_is_read() {
        // type Point struct { X, Y int }, as in the package's documentation: Point{22, 33}.
        let definition = "1fff8103010105506f696e7401ff820001020101580104000101590104000000";
        let bytes = hex::decode(format!("{definition}07ff82012c014200")).expect("hex");
        let Some(Payload::Object { json, .. }) = payload(&bytes) else { panic!("gob") };
        assert_eq!(json.as_deref(), Some(r#"{"X":22,"Y":33}"#));
    }

    #[test]
    fn what_is_none_gives_nothing() {
        for bytes in [&b""[..], b"\xff", b"{\"a\":1}", &[0xf8; 40], b"\x03\x04\x00"] {
            assert_eq!(payload(bytes), None);
        }
    }
}
