//! Python's pickle, protocols 0 to 5, taken apart without ever making an object of it.
//!
//! A pickle is a program for a small stack machine. Most of its instructions build plain data; GLOBAL fetches any name of
//! any module, REDUCE calls it, BUILD and its like fill objects. Here the plain data is built, and the rest is only
//! named: what would be fetched and called is written down as text. Sources: Lib/pickle.py and Lib/pickletools.py of
//! CPython.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::python;
use crate::finding::{Finding, Severity};
use crate::limits::{MAX_EXCERPT, MAX_JSON_DEPTH};
use crate::protocol::{Field, Payload, PayloadDraft, PayloadForm, SignError};
use crate::span::Span;

/// Bytes that a pickle is shown in at most: its memo can name one list twice in the next, and so on.
const MAX_SHOWN: usize = 1 << 16;
/// Characters up to which a container stays on one line.
const ONE_LINE: usize = 80;
/// Bytes of an integer that is written in decimal digits; longer ones are written in hex.
const MAX_DECIMAL: usize = 256;
/// Names of globals that are kept for the warning.
const MAX_GLOBALS: usize = 8;

/// What stands at a place of a [`Pickle`].
pub type Id = usize;

/// A pickle, read.
#[derive(Debug)]
pub struct Pickle {
    nodes: Vec<Node>,
    root: Id,
    /// `module.name` of what it fetches, each once.
    globals: Vec<String>,
    /// Whether it calls something or fills an object.
    calls: bool,
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Node {
    /// `None`, `True`, a number: as Python writes it. Whether JSON has it too.
    Literal(Cow<'static, str>, bool),
    Text(String),
    Bytes(Vec<u8>),
    Sequence {
        brackets: Brackets,
        items: Vec<Id>,
    },
    Dict(Vec<(Id, Id)>),
    /// A name of a module, or something else that only the server knows.
    Named(String),
    Called(Box<Called>),
}

/// What a call would give, and what would be put into it.
#[derive(Debug)]
struct Called {
    callable: Id,
    arguments: Id,
    state: Option<Id>,
    items: Vec<Id>,
    pairs: Vec<(Id, Id)>,
}

type Brackets = (&'static str, &'static str);

const LIST: Brackets = ("[", "]");
const TUPLE: Brackets = ("(", ")");
const SET: Brackets = ("{", "}");
const FROZENSET: Brackets = ("frozenset([", "])");

/// What went wrong, and at which byte.
type Broken = String;

impl Pickle {
    /// Takes `bytes` apart.
    ///
    /// # Errors
    /// The rest of a sentence that begins with the name of the part: where and why it is no pickle.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let mut machine = Machine::new(bytes);
        let root = loop {
            if let Some(root) = machine.step()? {
                break root;
            }
        };
        let Machine { nodes, globals, calls, .. } = machine;
        Ok(Self { nodes, root, globals, calls, bytes: bytes.to_vec() })
    }

    /// Whether `bytes` begin as pickles of protocol 2 and later do.
    pub fn begins(bytes: &[u8]) -> bool {
        matches!(bytes, [0x80, 2..=5, ..])
    }

    /// As it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub const fn root(&self) -> Id {
        self.root
    }

    /// The item of a list or tuple.
    pub fn item(&self, id: Id, index: usize) -> Option<Id> {
        match self.nodes.get(id)? {
            Node::Sequence { brackets: LIST | TUPLE, items } => items.get(index).copied(),
            _ => None,
        }
    }

    /// The value of a dict's key that is a text.
    pub fn member(&self, id: Id, key: &str) -> Option<Id> {
        let Node::Dict(pairs) = self.nodes.get(id)? else { return None };
        let found = pairs.iter().rev().find(|(name, _)| self.text(*name) == Some(key));
        found.map(|(_, value)| *value)
    }

    pub fn text(&self, id: Id) -> Option<&str> {
        match self.nodes.get(id)? {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self, id: Id) -> Option<f64> {
        match self.nodes.get(id)? {
            Node::Literal(shown, _) => shown.parse().ok(),
            _ => None,
        }
    }

    /// The whole pickle, to show.
    pub fn payload(&self) -> Payload {
        self.payload_of(self.root)
    }

    /// What stands at `id`, to show.
    pub fn payload_of(&self, id: Id) -> Payload {
        Payload::Object {
            format: "Python pickle".into(),
            shown: self.shown(id),
            json: self.json(id),
            bytes: self.bytes.clone(),
        }
    }

    /// In Python's notation: on one line if it is short.
    pub fn shown(&self, id: Id) -> String {
        let mut out = String::new();
        self.lay_out(&mut out, id, 0);
        out
    }

    /// As JSON, where JSON can hold it: `None`, truth values, numbers, texts, lists, tuples (as arrays), and dicts whose
    /// keys are texts.
    pub fn json(&self, id: Id) -> Option<String> {
        let mut out = String::new();
        self.write_json(&mut out, id, 0)?;
        Some(out)
    }

    /// The warning that belongs to every pickle in a cookie. `about` is its place in the value.
    pub fn finding(&self, about: Option<Span>) -> Finding {
        let runs = self.calls || !self.globals.is_empty();
        let names: Vec<String> = self.globals.iter().map(|name| format!("`{name}`")).collect();
        let what = match (names.is_empty(), self.calls) {
            (true, false) => "This one holds only plain data.".into(),
            (true, true) => "This one calls something.".into(),
            (false, true) => {
                format!("This one fetches {} and calls or fills what it fetched.", names.join(", "))
            }
            (false, false) => format!("This one fetches {}.", names.join(", ")),
        };
        Finding {
            rule: "pickle-in-cookie".into(),
            severity: if runs { Severity::High } else { Severity::Medium },
            about,
            message: format!(
                "The payload is a Python pickle, and unpickling runs whatever a pickle says: who learns or guesses the \
                 secret can run code on the server. {what} Keyjar reads it without running anything."
            ),
            fix: "Let the framework write JSON instead of pickles.".into(),
            corrected: None,
            source: "Python documentation, module pickle: “Never unpickle data that could have come from an untrusted source”"
                .into(),
        }
    }

    /// Writes `id` in Python's notation on one line. `None` once `out` is longer than `limit` or it nests too deeply.
    fn write(&self, out: &mut String, id: Id, depth: usize, limit: usize) -> Option<()> {
        if depth > MAX_JSON_DEPTH || out.len() > limit {
            return None;
        }
        match self.nodes.get(id)? {
            Node::Literal(shown, _) => out.push_str(shown),
            Node::Text(text) => out.push_str(&python::text(text)),
            Node::Bytes(bytes) => out.push_str(&python::bytes(bytes)),
            Node::Named(name) => out.push_str(name),
            Node::Sequence { brackets, items } => {
                out.push_str(opening(*brackets, items.len()));
                self.write_items(out, items, depth, limit)?;
                out.push_str(closing(*brackets, items.len()));
            }
            Node::Dict(pairs) => {
                out.push('{');
                self.write_pairs(out, pairs, depth, limit)?;
                out.push('}');
            }
            Node::Called(called) => {
                let Called { callable, arguments, state, items, pairs } = called.as_ref();
                self.write(out, *callable, depth + 1, limit)?;
                match self.nodes.get(*arguments) {
                    Some(Node::Sequence { items, .. }) => {
                        out.push('(');
                        self.write_items(out, items, depth, limit)?;
                        out.push(')');
                    }
                    _ => {
                        out.push_str("(*");
                        self.write(out, *arguments, depth + 1, limit)?;
                        out.push(')');
                    }
                }
                if let Some(state) = state {
                    out.push_str(".__setstate__(");
                    self.write(out, *state, depth + 1, limit)?;
                    out.push(')');
                }
                if !items.is_empty() {
                    out.push_str(".extend([");
                    self.write_items(out, items, depth, limit)?;
                    out.push_str("])");
                }
                if !pairs.is_empty() {
                    out.push_str(".update({");
                    self.write_pairs(out, pairs, depth, limit)?;
                    out.push_str("})");
                }
            }
        }
        (out.len() <= limit).then_some(())
    }

    fn write_items(&self, out: &mut String, items: &[Id], depth: usize, limit: usize) -> Option<()> {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(out, *item, depth + 1, limit)?;
        }
        Some(())
    }

    fn write_pairs(&self, out: &mut String, pairs: &[(Id, Id)], depth: usize, limit: usize) -> Option<()> {
        for (index, (key, value)) in pairs.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(out, *key, depth + 1, limit)?;
            out.push_str(": ");
            self.write(out, *value, depth + 1, limit)?;
        }
        Some(())
    }

    /// Writes `id` on one line if it is short, else an item a line; a part that is too deep or too long as `…`.
    fn lay_out(&self, out: &mut String, id: Id, depth: usize) {
        let mut line = String::new();
        if self.write(&mut line, id, depth, ONE_LINE).is_some() {
            out.push_str(&line);
            return;
        }
        if depth > MAX_JSON_DEPTH || out.len() > MAX_SHOWN {
            out.push('…');
            return;
        }
        let break_line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        };
        match self.nodes.get(id) {
            Some(Node::Sequence { brackets, items }) => {
                out.push_str(opening(*brackets, items.len()));
                for item in items {
                    break_line(out, depth + 1);
                    self.lay_out(out, *item, depth + 1);
                    out.push(',');
                    if out.len() > MAX_SHOWN {
                        break;
                    }
                }
                break_line(out, depth);
                out.push_str(brackets.1);
            }
            Some(Node::Dict(pairs)) => {
                out.push('{');
                for (key, value) in pairs {
                    break_line(out, depth + 1);
                    self.lay_out(out, *key, depth + 1);
                    out.push_str(": ");
                    self.lay_out(out, *value, depth + 1);
                    out.push(',');
                    if out.len() > MAX_SHOWN {
                        break;
                    }
                }
                break_line(out, depth);
                out.push('}');
            }
            _ => {
                let mut line = String::new();
                if self.write(&mut line, id, depth, MAX_SHOWN).is_none() {
                    line = line.chars().take(MAX_EXCERPT).chain(['…']).collect();
                }
                out.push_str(&line);
            }
        }
    }

    fn write_json(&self, out: &mut String, id: Id, depth: usize) -> Option<()> {
        if depth > MAX_JSON_DEPTH || out.len() > crate::limits::MAX_INPUT {
            return None;
        }
        match self.nodes.get(id)? {
            Node::Literal(_, false) => return None,
            Node::Literal(shown, true) => out.push_str(match shown.as_ref() {
                "None" => "null",
                "True" => "true",
                "False" => "false",
                number => number,
            }),
            Node::Text(text) => out.push_str(&Value::from(text.as_str()).to_string()),
            Node::Sequence { brackets: LIST | TUPLE, items } => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.write_json(out, *item, depth + 1)?;
                }
                out.push(']');
            }
            Node::Dict(pairs) => {
                // Of equal keys the last counts, in the place of the first.
                let mut last: BTreeMap<&str, Id> = BTreeMap::new();
                for (key, value) in pairs {
                    last.insert(self.text(*key)?, *value);
                }
                out.push('{');
                let mut is_first = true;
                for (key, _) in pairs {
                    let key = self.text(*key)?;
                    let Some(value) = last.remove(key) else { continue };
                    if !is_first {
                        out.push(',');
                    }
                    is_first = false;
                    out.push_str(&Value::from(key).to_string());
                    out.push(':');
                    self.write_json(out, value, depth + 1)?;
                }
                out.push('}');
            }
            Node::Bytes(_) | Node::Sequence { .. } | Node::Named(_) | Node::Called(_) => return None,
        }
        Some(())
    }
}

fn opening(brackets: Brackets, length: usize) -> &'static str {
    if brackets == SET && length == 0 { "set(" } else { brackets.0 }
}

fn closing(brackets: Brackets, length: usize) -> &'static str {
    match (brackets, length) {
        (TUPLE, 1) => ",)",
        (SET, 0) => ")",
        _ => brackets.1,
    }
}

/// The stack machine that a pickle is a program for.
struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    stack: Vec<Id>,
    /// Heights of the stack at which a MARK stands.
    marks: Vec<usize>,
    memo: BTreeMap<u64, Id>,
    globals: Vec<String>,
    calls: bool,
}

impl<'a> Machine<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            nodes: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
            globals: Vec::new(),
            calls: false,
        }
    }

    /// Runs one instruction. Gives what the pickle is once that was STOP.
    fn step(&mut self) -> Result<Option<Id>, Broken> {
        let start = self.at;
        let [code] = *self.take(1)? else { return Err(self.cut()) };
        match code {
            b'.' => return self.pop().map(Some),
            // PROTO and FRAME say nothing about the value.
            0x80 => drop(self.take(1)?),
            0x95 => drop(self.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'0' => self.drop_top()?,
            b'1' => drop(self.take_marked()?),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
            }
            b'N' => self.push(Node::Literal("None".into(), true)),
            0x88 => self.push(Node::Literal("True".into(), true)),
            0x89 => self.push(Node::Literal("False".into(), true)),
            b'I' | b'L' => self.decimal()?,
            b'J' => self.integer(4, true)?,
            b'K' => self.integer(1, false)?,
            b'M' => self.integer(2, false)?,
            0x8a | 0x8b => {
                let length = self.length(if code == 0x8a { 1 } else { 4 })?;
                let digits = self.take(length)?;
                self.long(digits);
            }
            b'F' => {
                let line = self.line()?;
                let number = line.parse().map_err(|_| self.broken(start, "has a float that is no number"))?;
                self.float(number);
            }
            b'G' => {
                let bytes = self.take(8)?.try_into().unwrap_or_default();
                self.float(f64::from_be_bytes(bytes));
            }
            b'S' => {
                let line = self.line()?.into_owned();
                self.old_string(unquoted(&line));
            }
            b'V' => {
                let line = self.raw_line()?;
                self.push(Node::Text(raw_unicode(line)));
            }
            b'T' | b'U' => {
                let length = self.length(if code == b'U' { 1 } else { 4 })?;
                let bytes = self.take(length)?.to_vec();
                self.old_string(bytes);
            }
            b'X' | 0x8c | 0x8d => {
                let length = self.length(match code {
                    0x8c => 1,
                    b'X' => 4,
                    _ => 8,
                })?;
                let text = String::from_utf8_lossy(self.take(length)?).into_owned();
                self.push(Node::Text(text));
            }
            b'B' | b'C' | 0x8e | 0x96 => {
                let length = self.length(match code {
                    b'C' => 1,
                    b'B' => 4,
                    _ => 8,
                })?;
                let bytes = self.take(length)?.to_vec();
                self.push(Node::Bytes(bytes));
            }
            b']' => self.sequence(LIST, Vec::new()),
            b')' => self.sequence(TUPLE, Vec::new()),
            0x8f => self.sequence(SET, Vec::new()),
            b'}' => self.push(Node::Dict(Vec::new())),
            b'l' => self.marked(LIST)?,
            b't' => self.marked(TUPLE)?,
            0x91 => self.marked(FROZENSET)?,
            0x85..=0x87 => {
                let length = usize::from(code - 0x84);
                let from = self.stack.len().checked_sub(length).ok_or_else(|| self.empty())?;
                let items = self.stack.split_off(from);
                self.sequence(TUPLE, items);
            }
            b'd' => {
                let items = self.take_marked()?;
                self.push(Node::Dict(pairs(&items)));
            }
            b'a' => {
                let item = self.pop()?;
                self.extend(vec![item])?;
            }
            b'e' | 0x90 => {
                let items = self.take_marked()?;
                self.extend(items)?;
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.update(vec![(key, value)])?;
            }
            b'u' => {
                let items = self.take_marked()?;
                self.update(pairs(&items))?;
            }
            b'g' | b'p' => {
                let line = self.line()?;
                let index =
                    line.parse().map_err(|_| self.broken(start, "has a memo index that is no number"))?;
                if code == b'p' { self.put(index)? } else { self.get(index)? }
            }
            b'h' | b'j' => {
                let index = self.length(if code == b'h' { 1 } else { 4 })? as u64;
                self.get(index)?;
            }
            b'q' | b'r' => {
                let index = self.length(if code == b'q' { 1 } else { 4 })? as u64;
                self.put(index)?;
            }
            0x94 => self.put(self.memo.len() as u64)?,
            b'c' => {
                let (module, name) = (self.line()?.into_owned(), self.line()?.into_owned());
                self.global(&format!("{module}.{name}"));
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let name = format!("{}.{}", self.text_of(module), self.text_of(name));
                self.global(&name);
            }
            0x82..=0x84 => {
                let number = self.length(match code {
                    0x82 => 1,
                    0x83 => 2,
                    _ => 4,
                })?;
                self.global(&format!("copyreg extension {number}"));
            }
            b'P' => {
                let line = self.line()?.into_owned();
                self.push(Node::Named(format!("<persistent {line}>")));
            }
            b'Q' => {
                self.pop()?;
                self.push(Node::Named("<persistent>".into()));
            }
            0x97 => self.push(Node::Named("<buffer>".into())),
            0x98 => {}
            b'R' | 0x81 => {
                let arguments = self.pop()?;
                let callable = self.pop()?;
                self.call(callable, arguments);
            }
            0x92 => {
                let (named, arguments, callable) = (self.pop()?, self.pop()?, self.pop()?);
                self.call(callable, arguments);
                if let Some(Node::Called(called)) = self.nodes.last_mut() {
                    called.state = Some(named);
                }
            }
            b'i' => {
                let (module, name) = (self.line()?.into_owned(), self.line()?.into_owned());
                let items = self.take_marked()?;
                self.global(&format!("{module}.{name}"));
                let callable = self.pop()?;
                self.sequence(TUPLE, items);
                let arguments = self.pop()?;
                self.call(callable, arguments);
            }
            b'o' => {
                let mut items = self.take_marked()?;
                if items.is_empty() {
                    return Err(self.empty());
                }
                let callable = items.remove(0);
                self.sequence(TUPLE, items);
                let arguments = self.pop()?;
                self.call(callable, arguments);
            }
            b'b' => {
                let state = self.pop()?;
                self.calls = true;
                let object = self.top()?;
                // Anything else is filled in a way that only its class knows.
                if let Some(Node::Called(called)) = self.nodes.get_mut(object) {
                    called.state.get_or_insert(state);
                }
            }
            _ => return Err(self.broken(start, &format!("has byte 0x{code:02x}, which is no instruction"))),
        }
        Ok(None)
    }

    fn push(&mut self, node: Node) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    fn number(&mut self, digits: String) {
        self.push(Node::Literal(digits.into(), true));
    }

    fn float(&mut self, number: f64) {
        self.push(Node::Literal(python::float(number).into(), number.is_finite()));
    }

    /// INT and LONG: decimal digits in a line; `00` and `01` are the truth values.
    fn decimal(&mut self) -> Result<(), Broken> {
        let start = self.at;
        let line = self.line()?;
        let digits = line.trim().trim_end_matches('L');
        match digits {
            "00" => self.push(Node::Literal("False".into(), true)),
            "01" => self.push(Node::Literal("True".into(), true)),
            _ => {
                let bare = digits.strip_prefix('-').unwrap_or(digits);
                if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(self.broken(start, "has an integer that is no number"));
                }
                let bare = bare.trim_start_matches('0');
                let sign = if digits.starts_with('-') && !bare.is_empty() { "-" } else { "" };
                self.number(format!("{sign}{}", if bare.is_empty() { "0" } else { bare }));
            }
        }
        Ok(())
    }

    fn integer(&mut self, length: usize, signed: bool) -> Result<(), Broken> {
        let bytes = self.take(length)?;
        if signed {
            let number = i32::from_le_bytes(bytes.try_into().unwrap_or_default());
            self.number(number.to_string());
        } else {
            let number = bytes.iter().rev().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
            self.number(number.to_string());
        }
        Ok(())
    }

    /// LONG1 and LONG4: two's complement, little-endian.
    fn long(&mut self, bytes: &[u8]) {
        let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
        let mut magnitude = bytes.to_vec();
        if negative {
            let mut carry = true;
            for byte in &mut magnitude {
                let (flipped, overflow) = (!*byte).overflowing_add(u8::from(carry));
                (*byte, carry) = (flipped, overflow);
            }
            if carry {
                magnitude.push(1);
            }
        }
        let sign = if negative { "-" } else { "" };
        if magnitude.len() > MAX_DECIMAL {
            magnitude.reverse();
            let digits = hex::encode(magnitude);
            let digits = format!("{sign}0x{}", digits.trim_start_matches('0'));
            self.push(Node::Literal(digits.into(), false));
        } else {
            self.number(format!("{sign}{}", decimal_digits(&magnitude)));
        }
    }

    /// A `str` of Python 2: text where it is UTF-8, else bytes.
    fn old_string(&mut self, bytes: Vec<u8>) {
        let node = match String::from_utf8(bytes) {
            Ok(text) => Node::Text(text),
            Err(error) => Node::Bytes(error.into_bytes()),
        };
        self.push(node);
    }

    fn sequence(&mut self, brackets: Brackets, items: Vec<Id>) {
        self.push(Node::Sequence { brackets, items });
    }

    fn marked(&mut self, brackets: Brackets) -> Result<(), Broken> {
        let items = self.take_marked()?;
        self.sequence(brackets, items);
        Ok(())
    }

    /// Puts items into the list, set or object on the top of the stack.
    fn extend(&mut self, more: Vec<Id>) -> Result<(), Broken> {
        let top = self.top()?;
        match self.nodes.get_mut(top) {
            Some(Node::Sequence { items, .. }) => items.extend(more),
            Some(Node::Called(called)) => called.items.extend(more),
            _ => return Err(self.broken(self.at, "puts items into what is no list")),
        }
        Ok(())
    }

    fn update(&mut self, more: Vec<(Id, Id)>) -> Result<(), Broken> {
        let top = self.top()?;
        match self.nodes.get_mut(top) {
            Some(Node::Dict(pairs)) => pairs.extend(more),
            Some(Node::Called(called)) => called.pairs.extend(more),
            _ => return Err(self.broken(self.at, "sets items of what is no dict")),
        }
        Ok(())
    }

    fn global(&mut self, name: &str) {
        if self.globals.len() < MAX_GLOBALS && !self.globals.iter().any(|known| known == name) {
            self.globals.push(name.chars().take(200).collect());
        }
        self.push(Node::Named(name.to_owned()));
    }

    fn call(&mut self, callable: Id, arguments: Id) {
        self.calls = true;
        let called = Called { callable, arguments, state: None, items: Vec::new(), pairs: Vec::new() };
        self.push(Node::Called(Box::new(called)));
    }

    fn text_of(&self, id: Id) -> &str {
        match self.nodes.get(id) {
            Some(Node::Text(text)) => text,
            _ => "?",
        }
    }

    fn put(&mut self, index: u64) -> Result<(), Broken> {
        let top = self.top()?;
        self.memo.insert(index, top);
        Ok(())
    }

    fn get(&mut self, index: u64) -> Result<(), Broken> {
        let id = *self
            .memo
            .get(&index)
            .ok_or_else(|| self.broken(self.at, &format!("takes {index} from its memo, where nothing is")))?;
        self.stack.push(id);
        Ok(())
    }

    fn top(&self) -> Result<Id, Broken> {
        self.stack.last().copied().ok_or_else(|| self.empty())
    }

    fn pop(&mut self) -> Result<Id, Broken> {
        self.stack.pop().ok_or_else(|| self.empty())
    }

    /// POP takes a mark away where one is on top.
    fn drop_top(&mut self) -> Result<(), Broken> {
        match self.marks.last() {
            Some(&mark) if mark == self.stack.len() => drop(self.marks.pop()),
            _ => drop(self.pop()?),
        }
        Ok(())
    }

    fn take_marked(&mut self) -> Result<Vec<Id>, Broken> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        mark.map(|mark| self.stack.split_off(mark)).ok_or_else(|| self.empty())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let end = self.at.checked_add(length).ok_or_else(|| self.cut())?;
        let bytes: &'a [u8] = self.bytes;
        let taken = bytes.get(self.at..end).ok_or_else(|| self.cut())?;
        self.at = end;
        Ok(taken)
    }

    /// A number of `size` bytes, little-endian.
    fn length(&mut self, size: usize) -> Result<usize, Broken> {
        let bytes = self.take(size)?;
        let number = bytes.iter().rev().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        usize::try_from(number).map_err(|_| self.cut())
    }

    /// The rest of the line, without its end.
    fn raw_line(&mut self) -> Result<&'a [u8], Broken> {
        let bytes: &'a [u8] = self.bytes;
        let rest = bytes.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| self.cut())?;
        let line = self.take(end)?;
        self.at += 1;
        Ok(line)
    }

    fn line(&mut self) -> Result<Cow<'a, str>, Broken> {
        self.raw_line().map(String::from_utf8_lossy)
    }

    fn cut(&self) -> Broken {
        self.broken(self.at, "ends before it is whole")
    }

    fn empty(&self) -> Broken {
        self.broken(self.at, "takes more from its stack than is there")
    }

    fn broken(&self, at: usize, what: &str) -> Broken {
        format!("is no pickle: it {what} (byte {at} of {})", self.bytes.len())
    }
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
}

/// An unsigned little-endian number in decimal digits.
fn decimal_digits(bytes: &[u8]) -> String {
    const BILLION: u64 = 1_000_000_000;
    // Digits in groups of nine, the lowest first.
    let mut groups: Vec<u32> = vec![0];
    for byte in bytes.iter().rev() {
        let mut carry = u64::from(*byte);
        for group in &mut groups {
            carry += u64::from(*group) << 8;
            *group = u32::try_from(carry % BILLION).unwrap_or_default();
            carry /= BILLION;
        }
        if carry > 0 {
            groups.push(u32::try_from(carry).unwrap_or_default());
        }
    }
    let mut digits: String = groups.iter().rev().map(|group| format!("{group:09}")).collect();
    let zeros = digits.bytes().take_while(|byte| *byte == b'0').count().min(digits.len() - 1);
    digits.drain(..zeros);
    digits
}

/// What stands between the quotes of Python 2's `repr` of a `str`.
fn unquoted(line: &str) -> Vec<u8> {
    let line = line.trim();
    let inner = ['\'', '"']
        .into_iter()
        .find_map(|quote| line.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(line);
    let mut out = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.extend(c.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        match chars.next() {
            Some('n') => out.push(b'\n'),
            Some('r') => out.push(b'\r'),
            Some('t') => out.push(b'\t'),
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                out.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            Some(c) => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            None => out.push(b'\\'),
        }
    }
    out
}

/// Python's codec raw-unicode-escape: Latin-1, with `\uXXXX` and `\UXXXXXXXX`.
fn raw_unicode(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let length = match rest {
            [b'\\', b'u', ..] => 4,
            [b'\\', b'U', ..] => 8,
            _ => 0,
        };
        let escape = rest.get(2..2 + length).filter(|_| length > 0);
        let escape =
            escape.and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match escape {
            Some(code) => {
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = rest.get(2 + length..).unwrap_or_default();
            }
            None => {
                out.push(char::from(byte));
                rest = after;
            }
        }
    }
    out
}

/// The value that a person typed, for [`write()`]: a text, or JSON.
///
/// # Errors
/// If it is neither.
pub fn from_draft(draft: &PayloadDraft) -> Result<Value, SignError> {
    match draft.form {
        PayloadForm::Text => Ok(draft.text.clone().into()),
        PayloadForm::Json => json_value(&super::draft::json(&draft.text)?),
        PayloadForm::Hex => Err(SignError {
            field: Field::Payload,
            message: "A pickle is made here only of texts and JSON.".into(),
            hint: "Choose Text or JSON.".into(),
            at: None,
        }),
    }
}

/// JSON as a value for [`write()`].
///
/// # Errors
/// If it is nested too deeply, or holds a lone surrogate.
pub fn json_value(json: &str) -> Result<Value, SignError> {
    serde_json::from_str(json).map_err(|error| SignError {
        field: Field::Payload,
        message: format!("A pickle cannot be made of this: {error}."),
        hint: "Take levels away, and escapes of half a character.".into(),
        at: None,
    })
}

/// `value` as a pickle of protocol 2 without a memo: every Python since 2.3 reads it, though Python itself would write
/// other bytes for the same value.
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = vec![0x80, 2];
    write_value(&mut out, value);
    out.push(b'.');
    out
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(b'N'),
        Value::Bool(true) => out.push(0x88),
        Value::Bool(false) => out.push(0x89),
        Value::Number(number) => {
            if let Some(small) = number.as_i64().and_then(|number| i32::try_from(number).ok()) {
                out.push(b'J');
                out.extend(small.to_le_bytes());
            } else if let Some(large) = number.as_i64() {
                out.extend([0x8a, 8]);
                out.extend(large.to_le_bytes());
            } else if let Some(large) = number.as_u64() {
                out.extend([0x8a, 9]);
                out.extend(large.to_le_bytes());
                out.push(0);
            } else {
                out.push(b'G');
                out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
            }
        }
        Value::String(text) => {
            out.push(b'X');
            // No text here is as long as the four gibibytes that this form ends at.
            out.extend(u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            out.extend(b"](");
            items.iter().for_each(|item| write_value(out, item));
            out.push(b'e');
        }
        Value::Object(members) => {
            out.extend(b"}(");
            for (name, value) in members {
                write_value(out, &Value::from(name.as_str()));
                write_value(out, value);
            }
            out.push(b'u');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> String {
        let pickle = Pickle::read(bytes).expect("a pickle");
        pickle.shown(pickle.root())
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let value: Value = serde_json::from_str(
            r#"{"a":[1,-2,300,70000,-9000000000,18446744073709551615,1.5,null,true,false],"é":{"":[]}}"#,
        )
        .expect("JSON");
        let pickle = Pickle::read(&write(&value)).expect("a pickle");
        assert_eq!(pickle.json(pickle.root()), Some(value.to_string()));
        assert_eq!(pickle.finding(None).severity, Severity::Medium);
    }

    #[test]
    fn every_protocol_is_read() {
        // pickle.dumps({'a': (1, -1, 2**70, -2**70, 1.5, None, True, b'\xff', 'é\n', {1}, frozenset(), [], 'a')}, 0), and
        // the same with protocol 5.
        let old = b"(dp0\nVa\np1\n(I1\nI-1\nL1180591620717411303424L\nL-1180591620717411303424L\nF1.5\nNI01\nV\xe9\\u000a\np2\n(lp3\ng1\ntp4\ns.";
        assert_eq!(
            shown(old),
            "{\n  'a': (\n    1,\n    -1,\n    1180591620717411303424,\n    -1180591620717411303424,\n    1.5,\n    None,\n    True,\n    'é\\n',\n    [],\n    'a',\n  ),\n}"
        );
        let new = b"\x80\x05\x95\x32\0\0\0\0\0\0\0}\x94\x8c\x01a\x94(K\x01J\xff\xff\xff\xff\x8a\x09\0\0\0\0\0\0\0\0\xc0G?\xf8\0\0\0\0\0\0C\x01\xff\x94\x8f\x94(K\x01\x90(\x91\x94h\x01t\x94s.";
        assert_eq!(
            shown(new),
            "{'a': (1, -1, -1180591620717411303424, 1.5, b'\\xff', {1}, frozenset([]), 'a')}"
        );
    }

    #[test]
    fn what_would_run_is_named_and_does_not() {
        let attack = Pickle::read(b"cos\nsystem\n(S'id'\ntR.").expect("a pickle");
        assert_eq!(attack.shown(attack.root()), "os.system('id')");
        assert_eq!(attack.json(attack.root()), None);
        let finding = attack.finding(None);
        assert!(finding.severity == Severity::High && finding.message.contains("`os.system`"));
        assert_eq!(
            shown(b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R}b."),
            "os.system('id').__setstate__({})"
        );
        assert_eq!(shown(b"(S'id'\nios\nsystem\n."), "os.system('id')");
        assert_eq!(shown(b"(cos\nsystem\nS'id'\no."), "os.system('id')");
    }

    #[test]
    fn broken_and_hostile_pickles_end() {
        for broken in [
            &b""[..],
            b".",
            b"\x80",
            b"X\xff\xff\xff\xffa",
            b"h\0.",
            b"t.",
            b"\x86.",
            b"K",
            b"Ix\n.",
            b"NNa.",
            b"\xff",
        ] {
            assert!(Pickle::read(broken).is_err(), "{broken:?}");
        }
        // A list that holds itself, and lists that each hold the one before twice.
        assert!(shown(b"]q\0h\0a.").contains('…'));
        let mut bomb = b"]".to_vec();
        for _ in 0..60 {
            bomb.extend(b"q\0]h\0ah\0a");
        }
        bomb.push(b'.');
        let bomb = Pickle::read(&bomb).expect("a pickle");
        assert!(bomb.shown(bomb.root()).len() < 8 * MAX_SHOWN);
        assert_eq!(bomb.json(bomb.root()), None);
        let deep = [&b"](".repeat(5_000)[..], b"."].concat();
        assert!(Pickle::read(&deep).is_ok());
    }

    #[test]
    fn large_integers_are_exact() {
        assert_eq!(decimal_digits(&[]), "0");
        assert_eq!(decimal_digits(&[0, 0, 0, 0, 0, 0, 0, 0, 0x40]), "1180591620717411303424");
        assert_eq!(shown(b"\x8a\x01\x80."), "-128");
        assert_eq!(shown(b"\x8a\0."), "0");
    }
}
