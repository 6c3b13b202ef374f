//! Flask's tagged JSON: what Python has and JSON has not is written as an object with one member whose name begins with
//! a blank. ` t` is a tuple, ` b` bytes in Base64, ` m` a `Markup`, ` u` a UUID, ` d` a datetime as an HTTP date, and
//! ` di` a dict that would look like one of these. (Flask, `flask/json/tag.py`; Quart uses the same.)

use std::fmt::Write as _;

use super::json_style::{self, Node, Text, text_of as text};
use super::python_json::{self, characters};
use crate::protocol::Payload;
use crate::scheme::kit::python_base64;

/// Characters that a container may take before it is laid out in lines of its own.
const ONE_LINE: usize = 76;

/// What tagged JSON stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Literal(String),
    Text(Text),
    List(Vec<Value>),
    Dict(Vec<(Text, Value)>),
    Tuple(Vec<Value>),
    Bytes(Vec<u8>),
    Markup(Text),
    Uuid(String),
    Date(String),
}

/// The payload that the tagged JSON `text` holds, the JSON itself where it has no tags; and why Flask cannot read it, if
/// a tag in it is broken.
pub fn payload(text: String) -> (Payload, Option<String>) {
    let Some(node) = json_style::read(&text) else { return (Payload::of(text.into_bytes()), None) };
    let mut tags = Tags::default();
    let value = untagged(&node, &mut tags);
    let trouble =
        tags.broken.map(|tag| format!("The payload's tag {tag:?} does not hold what Flask writes there."));
    if !tags.any {
        return (Payload::Json(text), trouble);
    }
    let style = python_json::Style { ascii: false, blanks: false, sorted: false };
    let payload = Payload::Object {
        format: "Flask tagged JSON".into(),
        shown: shown(&value, 0),
        json: plain(&value).map(|node| node.dumps(style)).filter(|json| super::is_json(json)),
        bytes: text.into_bytes(),
    };
    (payload, trouble)
}

/// What was seen of tags.
#[derive(Debug, Default)]
struct Tags {
    any: bool,
    /// The first that is broken.
    broken: Option<String>,
}

/// The same with dicts that look like tags, and are none, written as Flask writes them. Tags that are whole stay: it is
/// by them that tuples, bytes and dates are typed.
pub fn tagged(node: Node) -> Node {
    match node {
        Node::List(items) => Node::List(items.into_iter().map(tagged).collect()),
        Node::Dict(members) => {
            let mut members: Vec<_> =
                members.into_iter().map(|(name, value)| (name, tagged(value))).collect();
            match members.as_mut_slice() {
                [(name, value)]
                    if is_tag(name) && from_tag(name, &untagged(value, &mut Tags::default())).is_none() =>
                {
                    let mut escaped = name.clone();
                    escaped.extend(text("__"));
                    Node::Dict(vec![(text(" di"), Node::Dict(vec![(escaped, value.clone())]))])
                }
                _ => Node::Dict(members),
            }
        }
        other => other,
    }
}

fn is_tag(name: &Text) -> bool {
    matches!(characters(name).as_str(), " di" | " t" | " b" | " m" | " u" | " d")
}

/// What `node` stands for, from the inside out.
fn untagged(node: &Node, tags: &mut Tags) -> Value {
    match node {
        Node::Literal(text) => Value::Literal(text.clone()),
        Node::Text(text) => Value::Text(text.clone()),
        Node::List(items) => Value::List(items.iter().map(|item| untagged(item, tags)).collect()),
        Node::Dict(members) => {
            let members: Vec<(Text, Value)> =
                members.iter().map(|(name, node)| (name.clone(), untagged(node, tags))).collect();
            match members.as_slice() {
                [(name, value)] if is_tag(name) => match from_tag(name, value) {
                    Some(value) => {
                        tags.any = true;
                        value
                    }
                    None => {
                        tags.broken.get_or_insert_with(|| characters(name));
                        Value::Dict(members)
                    }
                },
                _ => Value::Dict(members),
            }
        }
    }
}

/// The value of the tag `name` around `value`; `None` if that is no tag, or not of its form.
fn from_tag(name: &Text, value: &Value) -> Option<Value> {
    match (characters(name).as_str(), value) {
        (" t", Value::List(items)) => Some(Value::Tuple(items.clone())),
        (" b", Value::Text(base64)) => python_base64::decode(characters(base64)).ok().map(Value::Bytes),
        (" m", Value::Text(markup)) => Some(Value::Markup(markup.clone())),
        (" u", Value::Text(digits)) => uuid(&characters(digits)).map(Value::Uuid),
        (" d", Value::Text(date)) => Some(Value::Date(characters(date))),
        (" di", Value::Dict(members)) => match members.as_slice() {
            [(name, value)] => {
                let end = name.len().checked_sub(2)?;
                Some(Value::Dict(vec![(name.get(..end)?.to_vec(), value.clone())]))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Hex digits with the hyphens of a UUID.
fn uuid(digits: &str) -> Option<String> {
    let bytes = hex::decode(digits.replace('-', "")).ok().filter(|bytes| bytes.len() == 16)?;
    let digits = hex::encode(bytes);
    let ends = [8, 12, 16, 20, 32];
    let starts = [0, 8, 12, 16, 20];
    let groups: Vec<&str> =
        starts.into_iter().zip(ends).filter_map(|(start, end)| digits.get(start..end)).collect();
    Some(groups.join("-"))
}

/// As JSON, where that can hold it: tuples as arrays, markup as text. `None` for bytes, UUIDs and dates.
fn plain(value: &Value) -> Option<Node> {
    Some(match value {
        Value::Literal(text) => Node::Literal(text.clone()),
        Value::Text(text) | Value::Markup(text) => Node::Text(text.clone()),
        Value::List(items) | Value::Tuple(items) => {
            Node::List(items.iter().map(plain).collect::<Option<_>>()?)
        }
        Value::Dict(members) => Node::Dict(
            members.iter().map(|(name, value)| Some((name.clone(), plain(value)?))).collect::<Option<_>>()?,
        ),
        Value::Bytes(_) | Value::Uuid(_) | Value::Date(_) => return None,
    })
}

/// The value as Python shows it (`repr`), in lines where one does not hold it.
fn shown(value: &Value, depth: usize) -> String {
    let (open, close, items): (_, _, Vec<String>) = match value {
        Value::Literal(text) => return literal(text),
        Value::Text(text) => return quoted(text),
        Value::Bytes(bytes) => return quoted_bytes(bytes),
        Value::Markup(text) => return format!("Markup({})", quoted(text)),
        Value::Uuid(uuid) => return format!("UUID('{uuid}')"),
        Value::Date(date) => return format!("datetime({})", quoted(&text(date))),
        Value::List(items) => ('[', "]", items.iter().map(|item| shown(item, depth + 1)).collect()),
        Value::Tuple(items) => {
            let close = if items.len() == 1 { ",)" } else { ")" };
            ('(', close, items.iter().map(|item| shown(item, depth + 1)).collect())
        }
        Value::Dict(members) => {
            let member =
                |(name, value): &(Text, Value)| format!("{}: {}", quoted(name), shown(value, depth + 1));
            ('{', "}", members.iter().map(member).collect())
        }
    };
    let width: usize = items.iter().map(|item| item.len() + 2).sum();
    if width <= ONE_LINE && !items.iter().any(|item| item.contains('\n')) {
        return format!("{open}{}{close}", items.join(", "));
    }
    let indent = "  ".repeat(depth);
    format!("{open}\n{indent}  {}\n{indent}{close}", items.join(&format!(",\n{indent}  ")))
}

fn literal(text: &str) -> String {
    match text {
        "null" => "None".into(),
        "true" => "True".into(),
        "false" => "False".into(),
        number => number.into(),
    }
}

fn quoted(text: &[u32]) -> String {
    let has = |c: char| text.contains(&u32::from(c));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for &point in text {
        match char::from_u32(point) {
            Some(c) if c == quote || c == '\\' => out.extend(['\\', c]),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(c) if !c.is_control() => out.push(c),
            _ if point < 0x100 => {
                let _ = write!(out, "\\x{point:02x}");
            }
            _ => {
                let _ = write!(out, "\\u{point:04x}");
            }
        }
    }
    out.push(quote);
    out
}

fn quoted_bytes(bytes: &[u8]) -> String {
    format!("b'{}'", bytes.escape_ascii().to_string().replace("\\\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> (String, Option<String>) {
        match payload(text.into()) {
            (Payload::Object { shown, json, bytes, .. }, None) => {
                assert_eq!(bytes, text.as_bytes());
                (shown, json)
            }
            other => panic!("{other:?} has no tag"),
        }
    }

    #[test]
    fn every_tag_is_read_from_the_inside_out() {
        let (shown, json) =
            object(r#"{"t":{" t":[1,{" t":["é"]}]},"m":{" m":"<b>"},"d":{" di":{" t__":"x"}}}"#);
        assert_eq!(shown, "{'t': (1, ('é',)), 'm': Markup('<b>'), 'd': {' t': 'x'}}");
        assert_eq!(json.as_deref(), Some(r#"{"t":[1,["é"]],"m":"<b>","d":{" t":"x"}}"#));
        let (shown, json) = object(
            r#"[{" b":"AP/+"},{" u":"00000000000000000000000000000005"},{" d":"Thu, 01 Jan 2026 00:00:00 GMT"},null]"#,
        );
        assert_eq!(
            shown,
            "[\n  b'\\x00\\xff\\xfe',\n  UUID('00000000-0000-0000-0000-000000000005'),\n  datetime('Thu, 01 Jan 2026 00:00:00 GMT'),\n  None\n]"
        );
        assert_eq!(json, None);
    }

    #[test]
    fn json_without_tags_stays_as_it_stood() {
        for text in [r#"{"a" : 1.0}"#, r#"{" t":[],"x":1}"#, r#"{"t":[]}"#] {
            assert_eq!(payload(text.into()), (Payload::Json(text.into()), None));
        }
        let (_, trouble) = payload(r#"{"a":{" t":5}}"#.into());
        assert!(trouble.expect("Flask cannot read it").contains("\" t\""));
    }

    #[test]
    fn a_dict_that_looks_like_a_tag_is_escaped() {
        let style = python_json::Style { ascii: true, blanks: false, sorted: true };
        let written = |json: &str| tagged(json_style::read(json).expect("JSON")).dumps(style);
        // As Flask 3.1 writes it.
        assert_eq!(
            written(r#"{"e":{" b":{" u":1}},"d":{" t":"not a tuple"}}"#),
            r#"{"d":{" di":{" t__":"not a tuple"}},"e":{" di":{" b__":{" di":{" u__":1}}}}}"#
        );
        for whole in [r#"{" t":[1]}"#, r#"{" b":"AA=="}"#, r#"{" di":{" t__":1}}"#] {
            assert_eq!(written(whole), whole);
        }
    }
}
