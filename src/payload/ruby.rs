//! Ruby values as data: what Marshal and Rails' MessagePack hold, read without making an object of any class.
//!
//! A flat table of nodes that name each other by number, so that a value which holds itself can be held too, and no
//! depth of nesting is a depth of the stack. Shown in Ruby's own notation (`inspect`), laid out in lines.

use std::fmt::Write as _;

use crate::limits::{MAX_INFLATED, MAX_JSON_DEPTH};
use crate::protocol::Payload;

/// A node's place in its [`Tree`].
pub type Id = usize;

/// A Ruby value and everything in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Nil,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    /// A string whose bytes are no text, or of an encoding that is not UTF-8.
    Bytes(Vec<u8>),
    Symbol(String),
    Array(Vec<Id>),
    Hash(Vec<(Id, Id)>),
    /// A value of a subclass of String, Array or Hash: what it holds is all that counts.
    Of {
        class: String,
        value: Id,
    },
    /// An object of any other class: its name and what was stored of it.
    Object {
        class: String,
        members: Vec<(String, Id)>,
    },
    /// What is written as it stands: a class, a regular expression.
    Literal(String),
}

/// Containers without others in them stay on one line up to this many bytes.
const ONE_LINE: usize = 60;

impl Tree {
    /// Adds a node.
    pub fn push(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Puts a node in the place of one that was kept free for it.
    pub fn set(&mut self, id: Id, node: Node) {
        if let Some(place) = self.nodes.get_mut(id) {
            *place = node;
        }
    }

    pub fn node(&self, id: Id) -> &Node {
        self.nodes.get(id).unwrap_or(&Node::Nil)
    }

    /// The value under the string `key`, if `id` is a Hash that has it.
    pub fn get(&self, id: Id, key: &str) -> Option<Id> {
        let is_key = |id: Id| matches!(self.node(id), Node::Text(text) if text == key);
        match self.node(id) {
            Node::Hash(pairs) => pairs.iter().find(|(name, _)| is_key(*name)).map(|(_, value)| *value),
            Node::Of { value, .. } if *value != id => self.get_inner(*value, key),
            _ => None,
        }
    }

    fn get_inner(&self, id: Id, key: &str) -> Option<Id> {
        match self.node(id) {
            Node::Hash(_) => self.get(id, key),
            _ => None,
        }
    }

    /// The names of the classes of which there are objects in it, each once.
    pub fn classes(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for node in &self.nodes {
            if let Node::Object { class, .. } | Node::Of { class, .. } = node
                && !names.contains(&class.as_str())
                && names.len() < 20
            {
                names.push(class);
            }
        }
        names
    }

    /// The value `id` as a payload: `bytes` are what it was read from.
    pub fn payload(&self, id: Id, format: &str, bytes: Vec<u8>) -> Payload {
        Payload::Object { format: format.into(), shown: self.shown(id), json: self.json(id), bytes }
    }

    /// In Ruby's notation, in lines.
    pub fn shown(&self, id: Id) -> String {
        let mut out = String::new();
        self.show(id, 0, &mut out);
        out
    }

    /// As JSON, if JSON can hold it: no symbols, no objects, strings for keys, and nothing that holds itself.
    pub fn json(&self, id: Id) -> Option<String> {
        let mut out = String::new();
        self.write_json(id, 0, &mut out)?;
        Some(out)
    }

    fn show(&self, id: Id, depth: usize, out: &mut String) {
        if depth > MAX_JSON_DEPTH || out.len() > MAX_INFLATED {
            out.push('…');
            return;
        }
        let (open, close, entries) = match self.node(id) {
            Node::Array(items) => {
                ("[".to_owned(), "]", items.iter().map(|id| (String::new(), *id)).collect())
            }
            Node::Hash(pairs) => {
                ("{".into(), "}", pairs.iter().map(|(key, id)| (self.key(*key), *id)).collect())
            }
            Node::Object { class, members } => {
                let entries = members.iter().map(|(name, id)| (format!("{name}="), *id)).collect();
                (format!("#<{class}"), ">", entries)
            }
            Node::Of { class, value } => {
                let _ = write!(out, "#<{class} ");
                self.show(*value, depth + 1, out);
                out.push('>');
                return;
            }
            scalar => {
                out.push_str(&shown_scalar(scalar));
                return;
            }
        };
        let entries: Vec<(String, Id)> = entries;
        if let Some(line) = self.one_line(&entries) {
            let pad = match (open.as_str(), entries.is_empty()) {
                (_, true) | ("[", _) => "",
                _ => " ",
            };
            let end = if open == "{" { pad } else { "" };
            let _ = write!(out, "{open}{pad}{line}{end}{close}");
            return;
        }
        out.push_str(&open);
        for (index, (name, id)) in entries.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            let _ = write!(out, "\n{}{name}", "  ".repeat(depth + 1));
            self.show(*id, depth + 1, out);
            if out.len() > MAX_INFLATED {
                break;
            }
        }
        let _ = write!(out, "\n{}{close}", "  ".repeat(depth));
    }

    /// The entries beside each other, if none of them holds others and they are short.
    fn one_line(&self, entries: &[(String, Id)]) -> Option<String> {
        let mut line = String::new();
        for (index, (name, id)) in entries.iter().enumerate() {
            let scalar = match self.node(*id) {
                Node::Array(items) if items.is_empty() => "[]".into(),
                Node::Hash(pairs) if pairs.is_empty() => "{}".into(),
                Node::Array(_) | Node::Hash(_) | Node::Object { .. } | Node::Of { .. } => return None,
                scalar => shown_scalar(scalar),
            };
            let _ = write!(line, "{}{name}{scalar}", if index > 0 { ", " } else { "" });
            if line.len() > ONE_LINE {
                return None;
            }
        }
        Some(line)
    }

    /// A Hash's key with what joins it to its value. A key that holds others is only named: keys in keys could be nested
    /// without end.
    fn key(&self, id: Id) -> String {
        match self.node(id) {
            Node::Symbol(name) if is_plain(name) => format!("{name}: "),
            Node::Array(_) => "[…] => ".into(),
            Node::Hash(_) => "{…} => ".into(),
            Node::Object { class, .. } | Node::Of { class, .. } => format!("#<{class} …> => "),
            scalar => format!("{} => ", shown_scalar(scalar)),
        }
    }

    fn write_json(&self, id: Id, depth: usize, out: &mut String) -> Option<()> {
        if depth >= MAX_JSON_DEPTH || out.len() > MAX_INFLATED {
            return None;
        }
        match self.node(id) {
            Node::Nil => out.push_str("null"),
            Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Node::Integer(number) => {
                let _ = write!(out, "{number}");
            }
            Node::Float(number) if number.is_finite() => out.push_str(&float(*number)),
            Node::Text(text) => out.push_str(&quoted(text)),
            Node::Of { value, .. } => self.write_json(*value, depth + 1, out)?,
            Node::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    self.write_json(*item, depth + 1, out)?;
                }
                out.push(']');
            }
            Node::Hash(pairs) => {
                out.push('{');
                for (index, (key, value)) in pairs.iter().enumerate() {
                    let Node::Text(name) = self.node(*key) else { return None };
                    let _ = write!(out, "{}{}:", if index > 0 { "," } else { "" }, quoted(name));
                    self.write_json(*value, depth + 1, out)?;
                }
                out.push('}');
            }
            Node::Float(_) | Node::Bytes(_) | Node::Symbol(_) | Node::Object { .. } | Node::Literal(_) => {
                return None;
            }
        }
        Some(())
    }
}

fn shown_scalar(node: &Node) -> String {
    match node {
        Node::Bool(value) => value.to_string(),
        Node::Integer(number) => number.to_string(),
        Node::Float(number) => float(*number),
        Node::Text(text) => quoted(text),
        Node::Bytes(bytes) => escaped(bytes),
        Node::Symbol(name) if is_plain(name) => format!(":{name}"),
        Node::Symbol(name) => format!(":{}", quoted(name)),
        Node::Literal(text) => text.clone(),
        _ => "nil".into(),
    }
}

/// A string in quotation marks, as JSON writes it; Ruby reads the same.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A string whose bytes are not UTF-8, as Ruby shows it: `"\xFF"`.
fn escaped(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
    }
    out.push('"');
    out
}

/// Whether a symbol is written without quotation marks.
fn is_plain(name: &str) -> bool {
    let inner = name.trim_end_matches(['?', '!']);
    !inner.is_empty()
        && !inner.starts_with(|c: char| c.is_ascii_digit())
        && inner.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '@')
}

/// The shortest decimal digits of a finite number without its sign, and where the point stands: `0.` digits times ten
/// to that power.
pub fn digits(number: f64) -> (String, i32) {
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse::<i32>().unwrap_or_default() + 1)
}

/// A Float as Ruby writes it (`Float#to_s`): `1.0`, `0.0001`, `1.0e-05`, `1.0e+16`.
pub fn float(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() { "NaN".into() } else { format!("{}Infinity", sign(number)) };
    }
    let (digits, point) = digits(number);
    let body = match point {
        1..=16 => {
            let point = usize::try_from(point).unwrap_or_default();
            let padded = format!("{digits:0<point$}");
            let (whole, fraction) = padded.split_at_checked(point).unwrap_or((&padded, ""));
            format!("{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
        }
        -3..=0 => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            let rest = if rest.is_empty() { "0" } else { rest };
            let exponent = point - 1;
            let mark = if exponent < 0 { '-' } else { '+' };
            format!("{first}.{rest}e{mark}{:02}", exponent.unsigned_abs())
        }
    };
    format!("{}{body}", sign(number))
}

fn sign(number: f64) -> &'static str {
    if number.is_sign_negative() { "-" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_ruby_does() {
        let all =
            [1e16, 1e15, 1e-4, 1e-5, 1.5e-7, 1.0, 123_456_789.123_456_79, 5e-324, 1e100, 0.0, -0.0, -2.5];
        let written: Vec<String> = all.into_iter().map(float).collect();
        assert_eq!(
            written.join(" "),
            "1.0e+16 1000000000000000.0 0.0001 1.0e-05 1.5e-07 1.0 123456789.12345679 5.0e-324 1.0e+100 0.0 -0.0 -2.5"
        );
    }

    #[test]
    fn a_value_that_holds_itself_is_shown_to_a_bound() {
        let mut tree = Tree::default();
        let id = tree.push(Node::Nil);
        tree.set(id, Node::Array(vec![id, id]));
        assert!(tree.shown(id).contains('…'));
        assert_eq!(tree.json(id), None);
    }
}
