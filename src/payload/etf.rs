//! Erlang's external term format (`term_to_binary`), read without making an atom or a function of anything.
//!
//! One byte of type and what belongs to it, the whole behind a byte 131. Shown in Elixir's notation. JSON holds texts,
//! numbers, lists, `true`, `false`, `nil` and maps whose keys are texts; tuples and other atoms it cannot. Source: the
//! chapter "External Term Format" of Erlang's ERTS guide.

use serde_json::Value;

use super::outline::{Outline, json_text, quoted};
use crate::limits::MAX_JSON_DEPTH;
use crate::protocol::Payload;

/// A term.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Any size, in decimal; hex behind `0x` where it is very large.
    Int(String),
    Float(f64),
    Atom(String),
    Binary(Vec<u8>),
    /// The last byte has only so many bits.
    Bits(Vec<u8>, u8),
    Tuple(Vec<Term>),
    /// With the tail of an improper one.
    List(Vec<Term>, Option<Box<Term>>),
    Map(Vec<(Term, Term)>),
}

/// The byte in front of every term.
const VERSION: u8 = 131;

/// Terms that are read: a cookie has some hundreds, and each takes a hundred times the room of its bytes when shown.
const MAX_TERMS: usize = 100_000;

/// Bytes of an integer that is written in decimal.
const MAX_DECIMAL: usize = 256;

/// Reads `bytes`, which hold one term and nothing behind it.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part: what is wrong, and where.
pub fn read(bytes: &[u8]) -> Result<Term, String> {
    let mut reader = Reader { bytes, at: 0, left: MAX_TERMS };
    if reader.byte()? != VERSION {
        return Err("is not Erlang's term format: it does not begin with byte 131".into());
    }
    let term = reader.term(0)?;
    if reader.at == bytes.len() { Ok(term) } else { Err(reader.wrong("something stands behind the term")) }
}

/// A term to show; `bytes` are those it stood in.
pub fn payload(term: &Term, bytes: Vec<u8>) -> Payload {
    match term {
        Term::Binary(text) => match String::from_utf8(text.clone()) {
            Ok(text) => Payload::Text(text),
            Err(_) => Payload::Bytes(text.clone()),
        },
        _ => Payload::Object {
            format: "Erlang term".into(),
            shown: term.outline().shown(),
            json: term.json(),
            bytes,
        },
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How many more terms are read.
    left: usize,
}

impl<'a> Reader<'a> {
    fn term(&mut self, depth: usize) -> Result<Term, String> {
        if depth > MAX_JSON_DEPTH {
            return Err(self.wrong("it is nested more deeply than Keyjar reads"));
        }
        let depth = depth + 1;
        self.count(1)?;
        Ok(match self.byte()? {
            97 => Term::Int(self.byte()?.to_string()),
            98 => Term::Int(i32::from_be_bytes(self.array()?).to_string()),
            70 => Term::Float(f64::from_be_bytes(self.array()?)),
            99 => self.old_float()?,
            100 | 118 => {
                let length = self.short()?;
                self.atom(length)?
            }
            115 | 119 => {
                let length = self.byte()?.into();
                self.atom(length)?
            }
            104 => {
                let count = self.byte()?.into();
                Term::Tuple(self.terms(count, depth)?)
            }
            105 => {
                let count = self.long()?;
                Term::Tuple(self.terms(count, depth)?)
            }
            106 => Term::List(Vec::new(), None),
            107 => {
                let length = self.short()?;
                let bytes = self.take(length)?;
                self.count(length)?;
                Term::List(bytes.iter().map(|byte| Term::Int(byte.to_string())).collect(), None)
            }
            108 => {
                let count = self.long()?;
                let items = self.terms(count, depth)?;
                let tail = Some(self.term(depth)?).filter(|tail| *tail != Term::List(Vec::new(), None));
                Term::List(items, tail.map(Box::new))
            }
            109 => {
                let length = self.long()?;
                Term::Binary(self.take(length)?.to_vec())
            }
            77 => {
                let length = self.long()?;
                let bits = self.byte()?;
                Term::Bits(self.take(length)?.to_vec(), bits)
            }
            110 => {
                let length = self.byte()?.into();
                self.big(length)?
            }
            111 => {
                let length = self.long()?;
                self.big(length)?
            }
            116 => {
                let count = self.long()?;
                let mut pairs = Vec::new();
                for _ in 0..count {
                    pairs.push((self.term(depth)?, self.term(depth)?));
                }
                Term::Map(pairs)
            }
            112 | 113 => return Err(self.wrong("it holds a function, which Plug refuses")),
            80 => return Err(self.wrong("it is compressed, which Plug does not do")),
            tag => return Err(self.wrong(&format!("a term of type {tag} is not read"))),
        })
    }

    fn count(&mut self, terms: usize) -> Result<(), String> {
        self.left =
            self.left.checked_sub(terms).ok_or_else(|| self.wrong("it holds more than Keyjar reads"))?;
        Ok(())
    }

    /// Nothing is set aside for a count that the bytes may not hold.
    fn terms(&mut self, count: usize, depth: usize) -> Result<Vec<Term>, String> {
        let mut terms = Vec::new();
        for _ in 0..count {
            terms.push(self.term(depth)?);
        }
        Ok(terms)
    }

    fn atom(&mut self, length: usize) -> Result<Term, String> {
        let name = self.take(length)?;
        // The older two types are Latin-1, but Elixir's atoms are nearly always ASCII.
        Ok(Term::Atom(String::from_utf8_lossy(name).into_owned()))
    }

    /// `%.20e` in 31 bytes, as Erlang wrote floats before R11.
    fn old_float(&mut self) -> Result<Term, String> {
        let text = String::from_utf8_lossy(self.take(31)?).into_owned();
        let number = text.trim_end_matches('\0').parse().map_err(|_| self.wrong("a float is no number"))?;
        Ok(Term::Float(number))
    }

    /// A sign and the bytes, the lowest first.
    fn big(&mut self, length: usize) -> Result<Term, String> {
        let sign = if self.byte()? == 0 { "" } else { "-" };
        let bytes = self.take(length)?;
        let digits = if length <= MAX_DECIMAL {
            decimal(bytes)
        } else {
            format!("0x{}", hex::encode(bytes.iter().rev().copied().collect::<Vec<u8>>()))
        };
        Ok(Term::Int(format!("{sign}{digits}")))
    }

    fn byte(&mut self) -> Result<u8, String> {
        self.array().map(|[byte]| byte)
    }

    fn short(&mut self) -> Result<usize, String> {
        self.array().map(|bytes| u16::from_be_bytes(bytes).into())
    }

    fn long(&mut self) -> Result<usize, String> {
        let length = u32::from_be_bytes(self.array()?);
        usize::try_from(length).map_err(|_| self.wrong("a length goes beyond the end"))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| self.wrong("it ends too early"))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.wrong("it ends too early"))?;
        self.at += length;
        Ok(taken)
    }

    fn wrong(&self, what: &str) -> String {
        format!("is not a term that can be read: {what} (byte {})", self.at)
    }
}

/// An integer from its bytes, the lowest first, in decimal.
fn decimal(bytes: &[u8]) -> String {
    let mut rest: Vec<u8> = bytes.iter().rev().copied().skip_while(|byte| *byte == 0).collect();
    let mut digits = Vec::new();
    while !rest.is_empty() {
        let mut over = 0_u32;
        for byte in &mut rest {
            let number = over * 256 + u32::from(*byte);
            *byte = (number / 10) as u8;
            over = number % 10;
        }
        digits.push(char::from_digit(over, 10).unwrap_or('0'));
        let zeros = rest.iter().take_while(|byte| **byte == 0).count();
        rest.drain(..zeros);
    }
    if digits.is_empty() { "0".into() } else { digits.into_iter().rev().collect() }
}

impl Term {
    /// The integer, if it is one of 64 bits.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    pub fn is_atom(&self, name: &str) -> bool {
        matches!(self, Self::Atom(atom) if atom == name)
    }

    fn outline(&self) -> Outline {
        let group = |open: &str, close, items| Outline::Group { open: open.into(), close, items };
        let plain = |terms: &[Self]| terms.iter().map(|term| (String::new(), term.outline())).collect();
        match self {
            Self::Int(digits) => Outline::Leaf(digits.clone()),
            Self::Float(number) => Outline::Leaf(format!("{number:?}")),
            Self::Atom(name) if matches!(name.as_str(), "true" | "false" | "nil") => {
                Outline::Leaf(name.clone())
            }
            Self::Atom(name) => match name.strip_prefix("Elixir.") {
                Some(module) => Outline::Leaf(module.to_owned()),
                None if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
                    Outline::Leaf(format!(":{name}"))
                }
                None => Outline::Leaf(format!(":{}", json_text(name))),
            },
            Self::Binary(bytes) => Outline::Leaf(binary(bytes)),
            Self::Bits(bytes, bits) => {
                Outline::Leaf(format!("<<{}::bits, {bits} in the last byte>>", hex::encode(bytes)))
            }
            Self::Tuple(terms) => group("{", "}", plain(terms)),
            Self::List(terms, tail) => {
                let mut items: Vec<(String, Outline)> = plain(terms);
                items.extend(tail.as_ref().map(|tail| ("| ".to_owned(), tail.outline())));
                group("[", "]", items)
            }
            Self::Map(pairs) => {
                let pair =
                    |(key, value): &(Self, Self)| (format!("{} => ", key.outline().shown()), value.outline());
                group("%{", "}", pairs.iter().map(pair).collect())
            }
        }
    }

    /// As JSON, if JSON can hold it.
    fn json(&self) -> Option<String> {
        Some(match self {
            Self::Int(digits) if digits.contains('x') => return None,
            Self::Int(digits) => digits.clone(),
            Self::Float(number) => serde_json::Number::from_f64(*number)?.to_string(),
            Self::Atom(name) => match name.as_str() {
                "true" | "false" => name.clone(),
                "nil" => "null".into(),
                _ => return None,
            },
            Self::Binary(bytes) => json_text(std::str::from_utf8(bytes).ok()?),
            Self::List(terms, None) => {
                let items: Option<Vec<String>> = terms.iter().map(Self::json).collect();
                format!("[{}]", items?.join(","))
            }
            Self::Map(pairs) => {
                let member = |(key, value): &(Self, Self)| match key {
                    Self::Binary(_) => Some(format!("{}:{}", key.json()?, value.json()?)),
                    _ => None,
                };
                let members: Option<Vec<String>> = pairs.iter().map(member).collect();
                format!("{{{}}}", members?.join(","))
            }
            Self::Bits(..) | Self::Tuple(_) | Self::List(..) => return None,
        })
    }
}

fn binary(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(_) => quoted(bytes),
        Err(_) => format!("<<0x{}::{}>>", hex::encode(bytes), bytes.len() * 8),
    }
}

/// A whole term: the byte 131 and what is in `out`.
pub fn whole(term: &[u8]) -> Vec<u8> {
    [&[VERSION], term].concat()
}

/// A JSON value as a term: objects as maps with texts for keys, in the order in which Erlang keeps up to 32 of them.
pub fn from_json(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => atom("nil"),
        Value::Bool(flag) => atom(if *flag { "true" } else { "false" }),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => integer(int.into()),
            (None, Some(int)) => integer(int.into()),
            (None, None) => [&[70], number.as_f64().unwrap_or_default().to_be_bytes().as_slice()].concat(),
        },
        Value::String(text) => text_term(text.as_bytes()),
        Value::Array(items) => list(items),
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            let mut out = counted(116, members.len());
            for (name, member) in members {
                out.extend(text_term(name.as_bytes()));
                out.extend(from_json(member));
            }
            out
        }
    }
}

/// A list; one of bytes is written as Erlang writes its strings.
fn list(items: &[Value]) -> Vec<u8> {
    let byte = |item: &Value| item.as_u64().and_then(|number| u8::try_from(number).ok());
    let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
    match (bytes, u16::try_from(items.len())) {
        (_, Ok(0)) => vec![106],
        (Some(bytes), Ok(length)) => [&[107], length.to_be_bytes().as_slice(), &bytes].concat(),
        _ => {
            let mut out = counted(108, items.len());
            for item in items {
                out.extend(from_json(item));
            }
            out.push(106);
            out
        }
    }
}

/// A binary, which is what a text is in Elixir.
pub fn text_term(text: &[u8]) -> Vec<u8> {
    let mut out = counted(109, text.len());
    out.extend(text);
    out
}

pub fn integer(number: i128) -> Vec<u8> {
    if let Ok(byte) = u8::try_from(number) {
        return vec![97, byte];
    }
    if let Ok(number) = i32::try_from(number) {
        return [&[98], number.to_be_bytes().as_slice()].concat();
    }
    let bytes = number.unsigned_abs().to_le_bytes();
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let mut out = vec![110, length as u8, u8::from(number < 0)];
    out.extend(bytes.into_iter().take(length));
    out
}

/// An atom, of the type that OTP wrote up to release 25 and every release reads.
pub fn atom(name: &str) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap_or_default();
    [&[100], length.to_be_bytes().as_slice(), name.as_bytes()].concat()
}

/// A tuple of up to 255 terms.
pub fn tuple(terms: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![104, u8::try_from(terms.len()).unwrap_or_default()];
    out.extend(terms.iter().flatten());
    out
}

fn counted(tag: u8, count: usize) -> Vec<u8> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    [&[tag], count.to_be_bytes().as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_holds_survives() {
        let json = serde_json::json!({
            "big": u64::MAX, "int": [-1, 256, 9_007_199_254_740_991_u64], "bytes": [1, 2, 255], "none": [],
            "x": 1.5e-7, "text": "é", "nest": {"a": null, "b": true}
        });
        let term = read(&whole(&from_json(&json))).expect("a term");
        let read: Value = serde_json::from_str(&term.json().expect("JSON")).expect("JSON");
        assert_eq!(read, json);
    }

    #[test]
    fn other_terms_are_shown() {
        let term = |hex: &str| read(&hex::decode(hex).expect("hex")).expect("a term");
        assert_eq!(
            term("8368026400047573657261 07".replace(' ', "").as_str()).outline().shown(),
            "{:user, 7}"
        );
        assert_eq!(term("836c00000001610161 02".replace(' ', "").as_str()).outline().shown(), "[1, | 2]");
        assert_eq!(term("836d00000002ff00").outline().shown(), "<<0xff00::16>>");
        assert_eq!(term("836e0901000000000000000001"), Term::Int("-18446744073709551616".into()));
        assert_eq!(term("837703 6e696c".replace(' ', "").as_str()).json().as_deref(), Some("null"));
    }

    #[test]
    fn what_is_broken_says_where() {
        for (bytes, what) in [
            (&[][..], "ends too early"),
            (&[130], "byte 131"),
            (&[131, 109, 255, 255, 255, 255], "ends too early"),
            (&[131, 97, 1, 2], "behind"),
            (&[131, 112], "function"),
            (&[131, 116, 255, 255, 255, 255], "ends too early"),
        ] {
            assert!(read(bytes).expect_err("broken").contains(what), "{bytes:?}");
        }
        let long: Vec<u8> = [&[131, 108, 0, 3, 0, 0], [97, 1].repeat(200_000).as_slice()].concat();
        assert!(read(&long).expect_err("long").contains("more than"));
        let deep: Vec<u8> = [&[131], [104, 1].repeat(100_000).as_slice()].concat();
        assert!(read(&deep).expect_err("deep").contains("nested"));
    }
}
