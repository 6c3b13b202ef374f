//! A value as Ruby's frameworks serialize it: JSON, Marshal, or MessagePack in Rails' form. Which of them it is shows in
//! the first bytes (`active_support/messages/serializer_with_fallback.rb`).

use serde_json::Value;

use super::super::kit::base64::BASE64_PADDED;
use crate::finding::{Finding, Severity};
use crate::payload::json::{Kind, tokens};
use crate::payload::ruby::{Id, Tree, float, quoted};
use crate::payload::{self, marshal, messagepack};
use crate::protocol::{Field, Payload, PayloadDraft, PayloadForm, SignError};
use crate::span::Span;

/// How a value is serialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Marshal,
    MessagePack,
    /// None of them: a string as it is.
    Raw,
}

impl Format {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Marshal => marshal::FORMAT,
            Self::MessagePack => messagepack::FORMAT,
            Self::Raw => "a plain string",
        }
    }

    /// The format that these bytes show.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(&marshal::VERSION) {
            Self::Marshal
        } else if bytes.starts_with(&messagepack::SIGNATURE) {
            Self::MessagePack
        } else if std::str::from_utf8(bytes).is_ok_and(payload::is_json) {
            Self::Json
        } else {
            Self::Raw
        }
    }
}

/// A value read back.
#[derive(Debug)]
pub struct Content {
    pub format: Format,
    pub payload: Payload,
    /// Classes that a Marshal dump names.
    pub classes: Vec<String>,
}

/// Reads a serialized value.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part.
pub fn read(bytes: &[u8]) -> Result<Content, String> {
    let format = Format::of(bytes);
    if let Some((tree, root)) = tree(format, bytes)? {
        return Ok(of_tree(format, &tree, root, bytes));
    }
    let payload = match format {
        Format::Json => json(&String::from_utf8_lossy(bytes)),
        _ => Payload::of(bytes.to_vec()),
    };
    Ok(Content { format, payload, classes: Vec::new() })
}

/// The tree of a Marshal dump or MessagePack.
///
/// # Errors
/// As [`read`].
pub fn tree(format: Format, bytes: &[u8]) -> Result<Option<(Tree, Id)>, String> {
    let said = |what| format!("is {}, but {what}", format.name());
    match format {
        Format::Marshal => marshal::read(bytes).map(Some).map_err(said),
        Format::MessagePack => messagepack::read(bytes).map(Some).map_err(said),
        Format::Json | Format::Raw => Ok(None),
    }
}

/// One value of a tree.
pub fn of_tree(format: Format, tree: &Tree, id: Id, bytes: &[u8]) -> Content {
    let classes = if format == Format::Marshal { tree.classes() } else { Vec::new() };
    Content {
        format,
        payload: tree.payload(id, format.name(), bytes.to_vec()),
        classes: classes.into_iter().map(str::to_owned).collect(),
    }
}

/// A JSON text as what Ruby gets back: a JSON string is the text in it.
pub fn json(text: &str) -> Payload {
    match serde_json::from_str::<String>(text) {
        Ok(string) => Payload::Text(string),
        Err(_) => Payload::Json(text.to_owned()),
    }
}

/// The remark on a Marshal dump.
pub fn remarks(content: &Content, setting: &str) -> Vec<Finding> {
    if content.format != Format::Marshal {
        return Vec::new();
    }
    let names = match content.classes.as_slice() {
        [] => String::new(),
        classes => format!(" This one names {}.", classes.join(", ")),
    };
    vec![Finding {
        rule: "ruby-marshal".into(),
        severity: Severity::Medium,
        about: None,
        message: format!(
            "The value is a Marshal dump. Loading one makes objects of any class that it names, so whoever learns the secret \
             can run code on the server.{names}"
        ),
        fix: format!("Set {setting}: JSON holds data only."),
        corrected: None,
        source: "Ruby's documentation of Marshal, security considerations".into(),
    }]
}

/// The payload of a draft as the JSON text that Ruby's JSON library writes.
///
/// # Errors
/// If it is not JSON, or holds what Ruby cannot.
pub fn json_text(draft: &PayloadDraft) -> Result<String, SignError> {
    if draft.form != PayloadForm::Json {
        return Ok(quoted(&draft.text));
    }
    let compact = payload::draft::json(&draft.text)?;
    tokens(&compact).into_iter().map(|token| written(token.kind, token.text)).collect()
}

fn written(kind: Kind, text: &str) -> Result<String, SignError> {
    match kind {
        Kind::Key | Kind::Text => {
            serde_json::from_str::<String>(text).map(|text| quoted(&text)).map_err(|_| SignError {
                field: Field::Payload,
                message: format!(
                    "The string {text} holds half of a surrogate pair, which is no character in Ruby."
                ),
                hint: "Write the whole character.".into(),
                at: None,
            })
        }
        Kind::Literal if text == "-0" => Ok("0".into()),
        Kind::Literal if is_float(text) => Ok(text.parse().map_or_else(|_| text.to_owned(), float)),
        Kind::Literal | Kind::Punctuation | Kind::Space => Ok(text.to_owned()),
    }
}

/// Whether a JSON literal is a number with a fraction or an exponent.
fn is_float(literal: &str) -> bool {
    literal.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && literal.contains(['.', 'e', 'E'])
}

/// The payload of a draft as a value for a binary format.
///
/// # Errors
/// If it is not JSON, or holds an integer of more than 64 bits.
pub fn value(draft: &PayloadDraft) -> Result<Value, SignError> {
    let text = json_text(draft)?;
    let is_whole = |literal: &str| literal.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    let large = tokens(&text)
        .into_iter()
        .filter(|token| token.kind == Kind::Literal && is_whole(token.text))
        .find(|token| token.text.parse::<i64>().is_err() && token.text.parse::<u64>().is_err());
    if let Some(large) = large {
        return Err(refused(format!(
            "The number {} has more than 64 bits, which Keyjar writes only in JSON.",
            large.text
        )));
    }
    serde_json::from_str(&text).map_err(|error| refused(format!("This cannot be read: {error}.")))
}

/// Bytes of a draft that are serialized already, if they are of a format that `fits`.
///
/// # Errors
/// If they are not hex, cannot be read, or are of another format.
pub fn serialized(draft: &PayloadDraft, fits: impl Fn(Format) -> bool) -> Result<Vec<u8>, SignError> {
    let bytes = payload::draft::bytes(draft)?;
    let format = Format::of(&bytes);
    if let Err(what) = read(&bytes) {
        return Err(refused(format!("The value {what}.")));
    }
    if !fits(format) {
        return Err(refused(format!("These bytes are {}, which the reader does not take.", format.name())));
    }
    Ok(bytes)
}

/// An error about the payload.
pub fn refused(message: impl Into<String>) -> SignError {
    SignError {
        field: Field::Payload,
        message: message.into(),
        hint: "Choose another serializer, or another payload.".into(),
        at: None,
    }
}

/// Ruby's `strict_decode64`, or `urlsafe_decode64`, which also takes the standard alphabet and missing padding.
///
/// # Errors
/// The place in `text`, and the rest of a sentence that begins with the name of the part.
pub fn decode64(text: &str, url_safe: bool) -> Result<Vec<u8>, (Span, String)> {
    if !url_safe {
        return strict(text);
    }
    let padding = if text.ends_with('=') { 0 } else { text.len().next_multiple_of(4) - text.len() };
    let standard = text.replace('-', "+").replace('_', "/") + &"=".repeat(padding);
    strict(&standard)
        .map_err(|(at, what)| (Span::new(at.start.min(text.len()), at.end.min(text.len())), what))
}

fn strict(text: &str) -> Result<Vec<u8>, (Span, String)> {
    if let Some(bytes) = BASE64_PADDED.decode_canonical(text) {
        return Ok(bytes);
    }
    BASE64_PADDED.decode(text)?;
    let end = text.len();
    Err((
        Span::new(end, end),
        "its last character has bits that nothing needs, and Ruby refuses these".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_ruby_does() {
        let draft = |text: &str| PayloadDraft { form: PayloadForm::Json, text: text.into() };
        let typed = "{ \"a\\u00e9\\/\": [1.50, 1e3, -0, 123456789012345678901234567890, \"<\\u0007\"] }";
        assert_eq!(
            json_text(&draft(typed)).expect("JSON"),
            "{\"aé/\":[1.5,1000.0,0,123456789012345678901234567890,\"<\\u0007\"]}"
        );
        assert!(json_text(&draft("\"\\ud800\"")).is_err());
        assert!(value(&draft("[18446744073709551616]")).is_err());
        assert!(value(&draft("[18446744073709551615, -9223372036854775808, 1e300]")).is_ok());
    }

    #[test]
    fn base64_is_read_as_ruby_does() {
        assert!(decode64("YR==", false).is_err());
        assert!(decode64("YQ", false).is_err());
        assert_eq!(decode64("YQ", true).as_deref(), Ok(&b"a"[..]));
        assert_eq!(decode64("-_8=", true), decode64("+/8=", true));
        assert_eq!(decode64("a!", true).expect_err("!").0, Span::new(1, 2));
    }
}
