//! Ruby's Marshal, format 4.8, as `Marshal.dump` writes it (Ruby's `marshal.c` and `doc/marshal.rdoc`).
//!
//! Two bytes of version, then one value: a byte that names its type, then its parts. Symbols and objects that were
//! there before are named by their number. Objects of any class can be in it; this reader makes none of them, it only
//! notes the class's name and what was stored of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ruby::{Id, Node, Tree, digits};
use crate::limits::MAX_JSON_DEPTH;

/// The format's name, for people.
pub const FORMAT: &str = "Ruby Marshal";

/// What every dump begins with: version 4.8.
pub const VERSION: [u8; 2] = [4, 8];

/// Reads one dumped value.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part: what is wrong, and at which byte.
pub fn read(bytes: &[u8]) -> Result<(Tree, Id), String> {
    let Some(body) = bytes.strip_prefix(&VERSION) else {
        return Err("does not begin with the bytes 04 08, Marshal's version".into());
    };
    let mut reader = Reader { all: bytes.len(), rest: body, ..Reader::default() };
    let root = reader.value(0, &mut false)?;
    if !reader.rest.is_empty() {
        return Err(format!("has {} bytes behind its end", reader.rest.len()));
    }
    Ok((reader.tree, root))
}

#[derive(Default)]
struct Reader<'a> {
    tree: Tree,
    /// Bytes of the whole dump.
    all: usize,
    rest: &'a [u8],
    symbols: Vec<String>,
    /// What `@` counts: every value but nil, true, false, small integers and symbols.
    objects: Vec<Id>,
}

impl<'a> Reader<'a> {
    /// One value. `variables` says that instance variables follow; it is cleared if they were read.
    fn value(&mut self, depth: usize, variables: &mut bool) -> Result<Id, String> {
        if depth > MAX_JSON_DEPTH {
            return Err(format!("is nested deeper than {MAX_JSON_DEPTH} levels"));
        }
        let kind = self.byte()?;
        let node = match kind {
            b'0' => Node::Nil,
            b'T' => Node::Bool(true),
            b'F' => Node::Bool(false),
            b'i' => Node::Integer(self.long()?.into()),
            b':' => Node::Symbol(self.new_symbol()?),
            b';' => Node::Symbol(self.old_symbol()?),
            b'@' => return self.link(),
            b'I' => return self.with_variables(depth),
            b'"' => {
                let node = text(self.bytes()?);
                return Ok(self.register(node));
            }
            b'f' => {
                let node = Node::Float(float(self.bytes()?));
                return Ok(self.register(node));
            }
            b'l' => {
                let node = self.big()?;
                return Ok(self.register(node));
            }
            b'c' | b'm' | b'M' => {
                let name = String::from_utf8_lossy(self.bytes()?).into_owned();
                return Ok(self.register(Node::Literal(name)));
            }
            b'/' => return self.regexp(depth, variables),
            b'u' => return self.dumped(depth, variables),
            b'[' | b'{' | b'}' | b'S' | b'o' | b'U' | b'd' => return self.container(kind, depth),
            b'C' => return self.subclassed(depth),
            b'e' => {
                self.symbol(depth)?;
                return self.value(depth + 1, variables);
            }
            odd => {
                return Err(format!(
                    "has the byte {odd:02x} at byte {}, where a type must stand",
                    self.at() - 1
                ));
            }
        };
        Ok(self.tree.push(node))
    }

    /// `I`: a value and its instance variables, the encoding of a string among them.
    fn with_variables(&mut self, depth: usize) -> Result<Id, String> {
        let mut pending = true;
        let id = self.value(depth + 1, &mut pending)?;
        if pending {
            let encoding = self.variables(depth)?;
            if let (Some(name), Node::Text(text)) = (encoding, self.tree.node(id))
                && !text.is_ascii()
                && name != "UTF-8"
            {
                // UTF-8 by accident: the bytes mean something else in their own encoding.
                let bytes = text.clone().into_bytes();
                self.tree.set(id, Node::Bytes(bytes));
            }
        }
        Ok(id)
    }

    /// Reads instance variables; only a string's encoding is told.
    fn variables(&mut self, depth: usize) -> Result<Option<String>, String> {
        let mut encoding = None;
        for _ in 0..self.count()? {
            let name = self.symbol(depth)?;
            let value = self.value(depth + 1, &mut false)?;
            match (name.as_str(), self.tree.node(value)) {
                ("E", Node::Bool(true)) => encoding = Some("UTF-8".into()),
                ("encoding", Node::Text(name)) => encoding = Some(name.clone()),
                _ => {}
            }
        }
        Ok(encoding)
    }

    /// Arrays, hashes and objects: they count before what is in them, which may name them.
    fn container(&mut self, kind: u8, depth: usize) -> Result<Id, String> {
        let id = self.register(Node::Nil);
        let node = match kind {
            b'[' => {
                let mut items = Vec::new();
                for _ in 0..self.count()? {
                    items.push(self.value(depth + 1, &mut false)?);
                }
                Node::Array(items)
            }
            b'{' | b'}' => {
                let mut pairs = Vec::new();
                for _ in 0..self.count()? {
                    let key = self.value(depth + 1, &mut false)?;
                    pairs.push((key, self.value(depth + 1, &mut false)?));
                }
                if kind == b'}' {
                    // The default value: nothing that the hash holds.
                    self.value(depth + 1, &mut false)?;
                }
                Node::Hash(pairs)
            }
            b'U' | b'd' => {
                let class = self.symbol(depth)?;
                let stored = self.value(depth + 1, &mut false)?;
                Node::Object { class, members: vec![("marshal_dump".into(), stored)] }
            }
            _ => {
                let class = self.symbol(depth)?;
                let mut members = Vec::new();
                for _ in 0..self.count()? {
                    let name = self.symbol(depth)?;
                    members.push((name, self.value(depth + 1, &mut false)?));
                }
                Node::Object { class, members }
            }
        };
        self.tree.set(id, node);
        Ok(id)
    }

    /// `C`: a String, Array, Hash or Regexp of a subclass. It counts once, together with what it wraps.
    fn subclassed(&mut self, depth: usize) -> Result<Id, String> {
        let class = self.symbol(depth)?;
        let number = self.objects.len();
        let value = self.value(depth + 1, &mut false)?;
        let id = self.tree.push(Node::Of { class, value });
        if let Some(object) = self.objects.get_mut(number) {
            *object = id;
        }
        Ok(id)
    }

    /// `u`: bytes that the class's own `_dump` made.
    fn dumped(&mut self, depth: usize, variables: &mut bool) -> Result<Id, String> {
        let class = self.symbol(depth)?;
        let bytes = self.bytes()?.to_vec();
        if std::mem::take(variables) {
            self.variables(depth)?;
        }
        let stored = self.tree.push(Node::Bytes(bytes));
        Ok(self.register(Node::Object { class, members: vec![("_dump".into(), stored)] }))
    }

    fn regexp(&mut self, depth: usize, variables: &mut bool) -> Result<Id, String> {
        let source = String::from_utf8_lossy(self.bytes()?).into_owned();
        let options = self.byte()?;
        if std::mem::take(variables) {
            self.variables(depth)?;
        }
        let letters: String = [(1, 'i'), (2, 'x'), (4, 'm')]
            .iter()
            .filter(|(bit, _)| options & bit != 0)
            .map(|(_, c)| *c)
            .collect();
        Ok(self.register(Node::Literal(format!("/{source}/{letters}"))))
    }

    fn link(&mut self) -> Result<Id, String> {
        let at = self.at();
        let number = usize::try_from(self.long()?).ok();
        let known = number.and_then(|number| self.objects.get(number));
        known.copied().ok_or_else(|| format!("names an object at byte {at} that was not there before"))
    }

    fn register(&mut self, node: Node) -> Id {
        let id = self.tree.push(node);
        self.objects.push(id);
        id
    }

    /// A name: a symbol, new or known, with or without an encoding.
    fn symbol(&mut self, depth: usize) -> Result<String, String> {
        match self.byte()? {
            b':' => self.new_symbol(),
            b';' => self.old_symbol(),
            b'I' if depth <= MAX_JSON_DEPTH => {
                let name = self.symbol(depth + 1)?;
                self.variables(depth + 1)?;
                Ok(name)
            }
            odd => Err(format!("has the byte {odd:02x} at byte {}, where a name must stand", self.at() - 1)),
        }
    }

    fn new_symbol(&mut self) -> Result<String, String> {
        let name = String::from_utf8_lossy(self.bytes()?).into_owned();
        self.symbols.push(name.clone());
        Ok(name)
    }

    fn old_symbol(&mut self) -> Result<String, String> {
        let at = self.at();
        let number = usize::try_from(self.long()?).ok();
        let known = number.and_then(|number| self.symbols.get(number));
        known.cloned().ok_or_else(|| format!("names a symbol at byte {at} that was not there before"))
    }

    /// An integer beyond 31 bits: a sign, then its size in units of two bytes.
    fn big(&mut self) -> Result<Node, String> {
        let negative = self.byte()? == b'-';
        let size = self.count()?.saturating_mul(2);
        let bytes = self.take(size)?;
        let magnitude = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        if magnitude > 15 {
            let hex: Vec<u8> = bytes.iter().rev().copied().collect();
            return Ok(Node::Literal(format!("{}0x{}", if negative { "-" } else { "" }, hex::encode(hex))));
        }
        let number =
            bytes.iter().take(15).rev().fold(0_i128, |number, byte| (number << 8) | i128::from(*byte));
        Ok(Node::Integer(if negative { -number } else { number }))
    }

    /// Marshal's own way to write a small integer: in one byte where that is enough.
    fn long(&mut self) -> Result<i64, String> {
        let first = i64::from(self.byte()?.cast_signed());
        let bytes = match first {
            0 => return Ok(0),
            5.. => return Ok(first - 5),
            ..=-5 => return Ok(first + 5),
            _ => self.take(usize::try_from(first.unsigned_abs()).unwrap_or_default())?,
        };
        let start = if first < 0 { -1_i64 } else { 0 };
        Ok(bytes.iter().rev().fold(start, |number, byte| (number << 8) | i64::from(*byte)))
    }

    fn count(&mut self) -> Result<usize, String> {
        let at = self.at();
        usize::try_from(self.long()?).map_err(|_| format!("has a negative length at byte {at}"))
    }

    fn bytes(&mut self) -> Result<&'a [u8], String> {
        let length = self.count()?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or("ends in the middle of a value")?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.rest.split_first().ok_or("ends in the middle of a value")?;
        self.rest = rest;
        Ok(*first)
    }

    /// Which byte comes next.
    const fn at(&self) -> usize {
        self.all - self.rest.len()
    }
}

fn text(bytes: &[u8]) -> Node {
    std::str::from_utf8(bytes)
        .map_or_else(|_| Node::Bytes(bytes.to_vec()), |text| Node::Text(text.to_owned()))
}

fn float(bytes: &[u8]) -> f64 {
    // Old versions put the bits that the digits could not hold behind a zero byte.
    let digits = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// Dumps a JSON value as Ruby dumps what `JSON.parse` makes of it: strings in UTF-8, and the keys of hashes, which
/// Ruby keeps once for each text, named by their number where they come again.
pub fn write(value: &Value) -> Vec<u8> {
    let mut writer = Writer { out: VERSION.to_vec(), ..Writer::default() };
    writer.value(value);
    writer.out
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    /// Whether the symbol `E`, which marks UTF-8, was written before: it is the only one.
    marked: bool,
    /// How many objects were written.
    count: i64,
    keys: BTreeMap<String, i64>,
    floats: BTreeMap<u64, i64>,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.out.push(b'0'),
            Value::Bool(true) => self.out.push(b'T'),
            Value::Bool(false) => self.out.push(b'F'),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(small), _, _) => self.integer(small.into()),
                (None, Some(large), _) => self.integer(large.into()),
                (None, None, float) => self.float(float.unwrap_or_default()),
            },
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.begin(b'[');
                self.length(items.len());
                items.iter().for_each(|item| self.value(item));
            }
            Value::Object(members) => {
                self.begin(b'{');
                self.length(members.len());
                for (name, value) in members {
                    self.key(name);
                    self.value(value);
                }
            }
        }
    }

    /// The byte of a type that is counted.
    fn begin(&mut self, kind: u8) {
        self.out.push(kind);
        self.count += 1;
    }

    fn key(&mut self, name: &str) {
        if let Some(number) = self.keys.get(name) {
            let number = *number;
            self.out.push(b'@');
            self.long(number);
        } else {
            self.keys.insert(name.to_owned(), self.count);
            self.text(name);
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push(b'I');
        self.begin(b'"');
        self.length(text.len());
        self.out.extend(text.as_bytes());
        self.long(1);
        self.out.extend(if self.marked { &b";\0T"[..] } else { b":\x06ET" });
        self.marked = true;
    }

    fn integer(&mut self, number: i128) {
        if let Ok(small) = i64::try_from(number)
            && (-(1 << 30)..1 << 30).contains(&small)
        {
            self.out.push(b'i');
            self.long(small);
            return;
        }
        self.begin(b'l');
        self.out.push(if number < 0 { b'-' } else { b'+' });
        let bytes = number.unsigned_abs().to_le_bytes();
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1).next_multiple_of(2);
        self.length(used / 2);
        self.out.extend(bytes.iter().take(used));
    }

    /// Floats that fit into a reference are one object wherever they come (`flonum` in Ruby's `numeric.c`).
    fn float(&mut self, number: f64) {
        let bits = number.to_bits();
        let is_kept = bits == 0 || matches!((bits >> 60) & 7, 3 | 4);
        if let Some(known) = self.floats.get(&bits).filter(|_| is_kept) {
            let known = *known;
            self.out.push(b'@');
            self.long(known);
            return;
        }
        self.floats.insert(bits, self.count);
        self.begin(b'f');
        let text = float_text(number);
        self.length(text.len());
        self.out.extend(text.as_bytes());
    }

    fn length(&mut self, length: usize) {
        self.long(i64::try_from(length).unwrap_or(i64::MAX));
    }

    fn long(&mut self, number: i64) {
        let one_byte = match number {
            0 => Some(0),
            1..=122 => i8::try_from(number + 5).ok(),
            -123..=-1 => i8::try_from(number - 5).ok(),
            _ => None,
        };
        if let Some(byte) = one_byte {
            self.out.push(byte.cast_unsigned());
            return;
        }
        let filler = if number < 0 { 0xff } else { 0 };
        let bytes = number.to_le_bytes();
        let used = bytes.iter().rposition(|byte| *byte != filler).map_or(1, |last| last + 1).min(4);
        let size = u8::try_from(used).unwrap_or(4);
        self.out.push(if number < 0 { size.wrapping_neg() } else { size });
        self.out.extend(bytes.iter().take(used));
    }
}

/// `w_float` in `marshal.c`: no `.0`, and an exponent where the point lies outside the digits.
fn float_text(number: f64) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number == 0.0 {
        return format!("{sign}0");
    }
    let (digits, point) = digits(number);
    let body = match usize::try_from(point) {
        Ok(place @ 1..) if place <= digits.len() => {
            let (whole, fraction) = digits.split_at_checked(place).unwrap_or((&digits, ""));
            if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
        }
        _ if (-3..=0).contains(&point) => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{first}{dot}{rest}e{}", point - 1)
        }
    };
    format!("{sign}{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Ruby 3.1 dumps.
    const DUMPED: [(&str, &[u8]); 4] = [
        (r#"[{"id":1,"a":"id"},{"id":2}]"#, b"\x04\x08[\x07{\x07I\"\x07id\x06:\x06ETi\x06I\"\x06a\x06;\0TI\"\x07id\x06;\0T{\x06@\x07i\x07"),
        ("[0.0,-0.0,1e-5,1e16,123456789012345680.0,1.5e-7,100.0,2.5,2.5]", b"\x04\x08[\x0ef\x060f\x07-0f\x091e-5f\x091e16f\x1a1.2345678901234568e17f\x0b1.5e-7f\x081e2f\x082.5@\x0d"),
        ("[-1,-123,-124,0,122,123,255,256,-256,-257,65536,1073741823,1073741824,-1073741824,-1073741825]", b"\x04\x08[\x14i\xfai\x80i\xff\x84i\0i\x7fi\x01{i\x01\xffi\x02\0\x01i\xff\0i\xfe\xff\xfei\x03\0\0\x01i\x04\xff\xff\xff?l+\x07\0\0\0@i\xfc\0\0\0\xc0l-\x07\x01\0\0@"),
        ("[1099511627776,18446744073709551615,null,true,false,{}]", b"\x04\x08[\x0bl+\x08\0\0\0\0\0\x01l+\x09\xff\xff\xff\xff\xff\xff\xff\xff0TF{\0"),
    ];

    #[test]
    fn json_values_are_dumped_as_ruby_does_and_come_back() {
        for (json, dumped) in DUMPED {
            let value: Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(write(&value), dumped, "{json}");
            let (tree, root) = read(dumped).expect("a dump");
            let back: Value = serde_json::from_str(&tree.json(root).expect("plain")).expect("JSON");
            assert_eq!(back, value);
        }
    }

    fn shown(dumped: &[u8]) -> String {
        read(dumped).map(|(tree, root)| tree.shown(root)).expect("a dump")
    }

    #[test]
    fn objects_are_shown_and_not_made() {
        assert_eq!(
            shown(b"\x04\x08o:\nRange\x08:\texclF:\nbegini\x06:\x08endi\x08"),
            "#<Range excl=false, begin=1, end=3>"
        );
        assert_eq!(shown(b"\x04\x08S:\nPoint\x07:\x06xi\x06:\x06y[\x06i\x07"), "#<Point\n  x=1,\n  y=[2]\n>");
        assert_eq!(shown(b"\x04\x08U:\rRational[\x07i\x06i\x08"), "#<Rational\n  marshal_dump=[1, 3]\n>");
        assert_eq!(shown(b"\x04\x08I/\tab+c\x01\x06:\x06EF"), "/ab+c/i");
        assert_eq!(shown(b"\x04\x08}\x06I\"\x06a\x06:\x06ETi\x06i\n"), "{ \"a\" => 1 }");
        assert_eq!(shown(b"\x04\x08I\"\x06\xe9\x06:\rencoding\"\x0fISO-8859-1"), "\"\\xE9\"");
        assert_eq!(shown(b"\x04\x08{\x06:\x07id:\x06a"), "{ id: :a }");
        let (tree, root) = read(b"\x04\x08C:\x08MyH{\x06I\"\x06k\x06:\x06ETi\x06").expect("a dump");
        assert_eq!((tree.json(root), tree.classes()), (Some("{\"k\":1}".into()), vec!["MyH"]));
        let timed = b"\x04\x08[\x07Iu:\tTime\r \x80\x11\x80\0\0\0\0\n:\rnano_numi\n:\rnano_deni\x06:\rsubmicro\"\x07\0P:\x0boffseti\0:\tzoneI\"\x08UTC\x06:\x06EF@\x08";
        assert!(shown(timed).contains("#<Time _dump="), "{}", shown(timed));
    }

    #[test]
    fn what_is_hostile_or_broken_is_refused() {
        let deep = [&VERSION[..], &b"[\x06".repeat(100_000)].concat();
        assert!(read(&deep).expect_err("deep").contains("nested"));
        let selfish = b"\x04\x08[\x06@\0";
        assert_eq!(read(selfish).map(|(tree, root)| tree.json(root)), Ok(None));
        for broken in [
            &b""[..],
            b"\x04\x08",
            b"\x04\x08[\x04\xff\xff\xff\x7f",
            b"\x04\x08@\x06",
            b"\x04\x08x",
            b"\x04\x0800",
            b"\x04\x08i\x04\x01",
        ] {
            assert!(read(broken).is_err(), "{broken:?}");
        }
    }
}
