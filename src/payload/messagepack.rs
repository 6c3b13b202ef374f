//! MessagePack (the specification at github.com/msgpack/msgpack) as Rails writes it: behind the bytes CC 80, with Ruby's
//! own types as extensions (`active_support/message_pack/extensions.rb`).

use serde_json::Value;

use super::ruby::{Id, Node, Tree};
use crate::limits::MAX_JSON_DEPTH;

/// The format's name, for people.
pub const FORMAT: &str = "MessagePack";

/// What Rails puts in front, so that it can tell MessagePack from other formats.
pub const SIGNATURE: [u8; 2] = [0xcc, 0x80];

/// The names of Rails' extension types, by number.
const EXTENSIONS: [&str; 18] = [
    "Symbol",
    "Integer",
    "BigDecimal",
    "Rational",
    "Complex",
    "DateTime",
    "Date",
    "Time",
    "ActiveSupport::TimeWithZone",
    "ActiveSupport::TimeZone",
    "ActiveSupport::Duration",
    "Range",
    "Set",
    "URI::Generic",
    "IPAddr",
    "Pathname",
    "Regexp",
    "ActiveSupport::HashWithIndifferentAccess",
];

/// Reads one value behind Rails' signature.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part.
pub fn read(bytes: &[u8]) -> Result<(Tree, Id), String> {
    let Some(rest) = bytes.strip_prefix(&SIGNATURE) else {
        return Err("does not begin with the bytes CC 80, Rails' mark of MessagePack".into());
    };
    let mut reader = Reader { tree: Tree::default(), rest };
    let root = reader.value(0)?;
    if !reader.rest.is_empty() {
        return Err(format!("has {} bytes behind its end", reader.rest.len()));
    }
    Ok((reader.tree, root))
}

struct Reader<'a> {
    tree: Tree,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Id, String> {
        if depth > MAX_JSON_DEPTH {
            return Err(format!("is nested deeper than {MAX_JSON_DEPTH} levels"));
        }
        let kind = self.number::<1>()?.to_be_bytes()[7];
        let node = match kind {
            0..=0x7f => Node::Integer(kind.into()),
            0xe0.. => Node::Integer(kind.cast_signed().into()),
            0xc0 => Node::Nil,
            0xc2 | 0xc3 => Node::Bool(kind == 0xc3),
            0xca => {
                Node::Float(f32::from_bits(u32::try_from(self.number::<4>()?).unwrap_or_default()).into())
            }
            0xcb => Node::Float(f64::from_bits(self.number::<8>()?)),
            0xcc => Node::Integer(self.number::<1>()?.into()),
            0xcd => Node::Integer(self.number::<2>()?.into()),
            0xce => Node::Integer(self.number::<4>()?.into()),
            0xcf => Node::Integer(self.number::<8>()?.into()),
            0xd0 => self.signed::<1>()?,
            0xd1 => self.signed::<2>()?,
            0xd2 => self.signed::<4>()?,
            0xd3 => self.signed::<8>()?,
            0xa0..=0xbf => self.text((kind & 0x1f).into())?,
            0xd9 => self.number::<1>().and_then(|length| self.text(length))?,
            0xda => self.number::<2>().and_then(|length| self.text(length))?,
            0xdb => self.number::<4>().and_then(|length| self.text(length))?,
            0xc4 => self.number::<1>().and_then(|length| self.binary(length))?,
            0xc5 => self.number::<2>().and_then(|length| self.binary(length))?,
            0xc6 => self.number::<4>().and_then(|length| self.binary(length))?,
            0x90..=0x9f => self.array((kind & 0x0f).into(), depth)?,
            0xdc => self.number::<2>().and_then(|length| self.array(length, depth))?,
            0xdd => self.number::<4>().and_then(|length| self.array(length, depth))?,
            0x80..=0x8f => self.map((kind & 0x0f).into(), depth)?,
            0xde => self.number::<2>().and_then(|length| self.map(length, depth))?,
            0xdf => self.number::<4>().and_then(|length| self.map(length, depth))?,
            0xd4..=0xd8 => self.extension(1 << (kind - 0xd4), depth)?,
            0xc7 => self.number::<1>().and_then(|length| self.extension(length, depth))?,
            0xc8 => self.number::<2>().and_then(|length| self.extension(length, depth))?,
            0xc9 => self.number::<4>().and_then(|length| self.extension(length, depth))?,
            0xc1 => return Err("has the byte C1, which MessagePack never uses".into()),
        };
        Ok(self.tree.push(node))
    }

    fn signed<const N: usize>(&mut self) -> Result<Node, String> {
        let unused = 64 - 8 * N;
        Ok(Node::Integer(((self.number::<N>()? << unused).cast_signed() >> unused).into()))
    }

    fn text(&mut self, length: u64) -> Result<Node, String> {
        let bytes = self.take(length)?;
        Ok(std::str::from_utf8(bytes)
            .map_or_else(|_| Node::Bytes(bytes.to_vec()), |text| Node::Text(text.into())))
    }

    fn binary(&mut self, length: u64) -> Result<Node, String> {
        Ok(Node::Bytes(self.take(length)?.to_vec()))
    }

    fn array(&mut self, length: u64, depth: usize) -> Result<Node, String> {
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(self.value(depth + 1)?);
        }
        Ok(Node::Array(items))
    }

    fn map(&mut self, length: u64, depth: usize) -> Result<Node, String> {
        let mut pairs = Vec::new();
        for _ in 0..length {
            let key = self.value(depth + 1)?;
            pairs.push((key, self.value(depth + 1)?));
        }
        Ok(Node::Hash(pairs))
    }

    /// One of Rails' types. Those that hold values of their own are shown with these, others with their bytes as text.
    fn extension(&mut self, length: u64, depth: usize) -> Result<Node, String> {
        let kind = self.take(1)?.first().copied().unwrap_or_default();
        let body = self.take(length)?;
        let Some(name) = EXTENSIONS.get(usize::from(kind)) else {
            let stored = self.tree.push(Node::Bytes(body.to_vec()));
            return Ok(Node::Object {
                class: format!("type {kind}"),
                members: vec![("bytes".into(), stored)],
            });
        };
        if kind == 0 {
            return Ok(Node::Symbol(String::from_utf8_lossy(body).into_owned()));
        }
        if matches!(kind, 1 | 2 | 9 | 13 | 15 | 16) {
            let stored = Reader { tree: Tree::default(), rest: body }.text(length)?;
            let stored = self.tree.push(stored);
            return Ok(Node::Object { class: (*name).into(), members: vec![("value".into(), stored)] });
        }
        let after = std::mem::replace(&mut self.rest, body);
        let mut items = Vec::new();
        while !self.rest.is_empty() {
            items.push(self.value(depth + 1)?);
        }
        self.rest = after;
        match (kind, items.as_slice()) {
            (17, [hash]) => Ok(Node::Of { class: (*name).into(), value: *hash }),
            _ => {
                let stored = self.tree.push(Node::Array(items));
                Ok(Node::Object { class: (*name).into(), members: vec![("value".into(), stored)] })
            }
        }
    }

    /// The next `N` bytes, at most eight, as a number.
    fn number<const N: usize>(&mut self) -> Result<u64, String> {
        let bytes = self.take(N as u64)?;
        Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (taken, rest) = self.rest.split_at_checked(length).ok_or("ends in the middle of a value")?;
        self.rest = rest;
        Ok(taken)
    }
}

/// A JSON value as Rails writes it, signature included.
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = SIGNATURE.to_vec();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xc0),
        Value::Bool(value) => out.push(if *value { 0xc3 } else { 0xc2 }),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => write_unsigned(number, out),
            (None, Some(number)) => write_negative(number, out),
            (None, None) => {
                out.push(0xcb);
                out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
            }
        },
        Value::String(text) => {
            write_length(text.len(), (0xa0, 32), [Some(0xd9), Some(0xda), Some(0xdb)], out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            write_length(items.len(), (0x90, 16), [None, Some(0xdc), Some(0xdd)], out);
            items.iter().for_each(|item| write_value(item, out));
        }
        Value::Object(members) => {
            write_length(members.len(), (0x80, 16), [None, Some(0xde), Some(0xdf)], out);
            for (name, value) in members {
                write_value(&Value::from(name.as_str()), out);
                write_value(value, out);
            }
        }
    }
}

fn write_unsigned(number: u64, out: &mut Vec<u8>) {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    match number {
        0..=0x7f => out.push(h),
        0x80..=0xff => out.extend([0xcc, h]),
        0x100..=0xffff => out.extend([0xcd, g, h]),
        0x1_0000..=0xffff_ffff => out.extend([0xce, e, f, g, h]),
        _ => out.extend([0xcf, a, b, c, d, e, f, g, h]),
    }
}

fn write_negative(number: i64, out: &mut Vec<u8>) {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    match number {
        -32.. => out.push(h),
        -0x80..=-33 => out.extend([0xd0, h]),
        -0x8000..=-0x81 => out.extend([0xd1, g, h]),
        -0x8000_0000..=-0x8001 => out.extend([0xd2, e, f, g, h]),
        _ => out.extend([0xd3, a, b, c, d, e, f, g, h]),
    }
}

/// A length in the smallest form there is: within the type's byte, or in one, two or four bytes behind it.
fn write_length(
    length: usize,
    (short, below): (u8, usize),
    [one, two, four]: [Option<u8>; 3],
    out: &mut Vec<u8>,
) {
    let [.., c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    match (one, two, four) {
        _ if length < below => out.push(short | d),
        (Some(kind), _, _) if length <= 0xff => out.extend([kind, d]),
        (_, Some(kind), _) if length <= 0xffff => out.extend([kind, c, d]),
        (_, _, kind) => {
            out.extend(kind);
            out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_values_come_back() {
        let long = "x".repeat(300);
        let json = serde_json::json!({
            "numbers": [0, 127, 128, 255, 256, 65535, 65536, 4294967296_u64, u64::MAX, -1, -32, -33, -128, -129, -32769, i64::MIN, 1.5],
            "texts": ["", "é", long, "y".repeat(40)],
            "others": [null, true, false, {}, [], (0..20).collect::<Vec<_>>()],
        });
        let (tree, root) = read(&write(&json)).expect("MessagePack");
        let back: Value = serde_json::from_str(&tree.json(root).expect("plain")).expect("JSON");
        assert_eq!(back, json);
    }

    #[test]
    fn rubys_types_are_named() {
        let (tree, root) = read(b"\xcc\x80\x92\xc7\x02\x00id\xc7\x03\x0b\x01\x03\xc2").expect("MessagePack");
        assert_eq!(tree.shown(root), "[\n  :id,\n  #<Range\n    value=[1, 3, false]\n  >\n]");
        assert!(read(b"\xcc\x80\xdd\xff\xff\xff\xff").is_err());
        assert!(read(&[&SIGNATURE[..], &[0x91; 500]].concat()).expect_err("deep").contains("nested"));
    }
}
