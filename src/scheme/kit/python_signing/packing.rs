//! How a payload stands in a value: text as it is, or JSON in one of Python's styles, in Base64, perhaps compressed.

use super::Family;
use crate::payload::json_style::{self, Node};
use crate::payload::python_json::{self, Style};
use crate::payload::{self, flask_json};
use crate::protocol::{Field, Payload, PayloadDraft, PayloadForm, SignError};
use crate::scheme::kit::base64::{BASE64_PADDED, BASE64URL};
use crate::scheme::kit::{inflate, itsdangerous, python_base64};

/// Bytes of JSON that detection looks at: more than any cookie holds, and too few to keep it busy.
const MAX_LOOK: usize = 1 << 17;

/// How the payload stands in the value.
#[derive(Clone, Copy, Debug)]
pub enum Packing {
    /// As it is.
    Text,
    /// As JSON in Base64url, a dot in front where zlib compressed it.
    UrlSafe {
        style: Style,
        /// Whether it is compressed where that makes it shorter.
        compress: bool,
        /// Whether it holds Flask's tags.
        tagged: bool,
        /// Whether it must be a dict, as a session is.
        dict: bool,
    },
    /// As JSON in Base64 with padding (Starlette).
    Padded { style: Style },
}

/// What could be read of a payload.
pub(super) struct Content {
    pub payload: Option<Payload>,
    /// The bytes in Base64, where the payload was compressed.
    pub compressed: Option<Vec<u8>>,
    /// Why the framework cannot read it, if it cannot.
    pub trouble: Option<String>,
}

impl Content {
    pub fn of(body: &str, packing: Packing, family: Family) -> Self {
        let fail = |what: String| Self {
            payload: None,
            compressed: None,
            trouble: Some(format!("The payload {what}.")),
        };
        let (decoded, compressed) = match packing {
            Packing::Text => {
                let payload = Some(Payload::of(body.as_bytes().to_vec()));
                return Self { payload, compressed: None, trouble: None };
            }
            Packing::Padded { .. } => (python_base64::decode(body), None),
            Packing::UrlSafe { .. } => match (body.strip_prefix('.'), family) {
                (Some(body), Family::ItsDangerous) => (itsdangerous::decode(body), Some(())),
                (Some(body), Family::Django) => (python_base64::decode_unpadded(body), Some(())),
                (None, Family::ItsDangerous) => (itsdangerous::decode(body), None),
                (None, Family::Django) => (python_base64::decode_unpadded(body), None),
            },
        };
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(what) => return fail(what),
        };
        let (bytes, compressed) = match compressed {
            None => (decoded, None),
            Some(()) => match inflate::zlib(&decoded) {
                Ok(bytes) => (bytes, Some(decoded)),
                Err(what) => return fail(what),
            },
        };
        // Django reads its JSON as Latin-1, which matters only for what it did not write itself.
        let text = match family {
            Family::Django => Ok(bytes.iter().copied().map(char::from).collect()),
            Family::ItsDangerous => String::from_utf8(bytes),
        };
        match text {
            Err(not_text) => Self {
                payload: Some(Payload::Bytes(not_text.into_bytes())),
                compressed,
                trouble: Some("The payload is not JSON: it is not even text.".into()),
            },
            Ok(text) if !python_json::loads(&text) => Self {
                payload: Some(Payload::Text(text)),
                compressed,
                trouble: Some("The payload is not JSON.".into()),
            },
            Ok(text) if packing.is_tagged() => {
                let (payload, trouble) = flask_json::payload(text);
                Self { payload: Some(payload), compressed, trouble }
            }
            Ok(text) => Self { payload: Some(Payload::of(text.into_bytes())), compressed, trouble: None },
        }
    }
}

impl Packing {
    const fn is_tagged(self) -> bool {
        matches!(self, Self::UrlSafe { tagged: true, .. })
    }

    /// The payload as the framework writes it in the value.
    pub(super) fn pack(self, draft: &PayloadDraft) -> Result<String, SignError> {
        let (style, compress) = match self {
            Self::Text => return text_of(draft),
            Self::UrlSafe { style, compress, .. } => (style, compress),
            Self::Padded { style } => {
                return Ok(BASE64_PADDED.encode(self.json(draft, style)?.as_bytes()));
            }
        };
        let json = self.json(draft, style)?;
        if compress {
            let compressed = inflate::to_zlib(json.as_bytes());
            if compressed.len() + 1 < json.len() {
                return Ok(format!(".{}", BASE64URL.encode(&compressed)));
            }
        }
        Ok(BASE64URL.encode(json.as_bytes()))
    }

    fn json(self, draft: &PayloadDraft, style: Style) -> Result<String, SignError> {
        let text = match draft.form {
            PayloadForm::Json => payload::draft::json(&draft.text)?,
            PayloadForm::Text => serde_json::Value::from(draft.text.as_str()).to_string(),
            PayloadForm::Hex => {
                return Err(refused("JSON holds no bytes.", "Write the payload as JSON."));
            }
        };
        let node = json_style::read(&text).ok_or_else(|| {
            refused("This is nested too deep.", "Put fewer lists and objects in one another.")
        })?;
        if !style.ascii && node.has_lone_surrogate() {
            return Err(refused(
                "Half a surrogate pair cannot be written as UTF-8.",
                "Take the \\ud… escape out.",
            ));
        }
        if !self.fits(&node) {
            return Err(refused("A session is an object.", "Write it as { \"name\": value }."));
        }
        match self {
            Self::Text => Ok(text),
            Self::UrlSafe { tagged: true, .. } => Ok(flask_json::tagged(node).dumps(style)),
            Self::UrlSafe { .. } | Self::Padded { .. } => Ok(node.dumps(style)),
        }
    }

    /// Whether `body` is JSON written in just this way, and of the kind that belongs there. For detection.
    pub fn wrote(self, body: &str) -> bool {
        let (style, text) = match self {
            Self::Text => return false,
            Self::Padded { style } => (style, BASE64_PADDED.decode_canonical(body)),
            Self::UrlSafe { style, .. } => {
                let text = match body.strip_prefix('.') {
                    Some(body) => {
                        BASE64URL.decode_canonical(body).and_then(|bytes| inflate::zlib(&bytes).ok())
                    }
                    None => BASE64URL.decode_canonical(body),
                };
                (style, text)
            }
        };
        let text = text.filter(|text| text.len() <= MAX_LOOK).and_then(|text| String::from_utf8(text).ok());
        text.is_some_and(|text| {
            json_style::read(&text).is_some_and(|node| self.fits(&node) && node.dumps(style) == text)
        })
    }

    /// Sessions are dicts, and nothing else.
    const fn fits(self, node: &Node) -> bool {
        !matches!(self, Self::UrlSafe { dict: true, .. } | Self::Padded { .. })
            || matches!(node, Node::Dict(_))
    }
}

fn refused(message: &str, hint: &str) -> SignError {
    SignError { field: Field::Payload, message: message.into(), hint: hint.into(), at: None }
}

/// The text that a plain signer signs: a JSON string gives the string, other JSON its text.
fn text_of(draft: &PayloadDraft) -> Result<String, SignError> {
    let bytes = payload::draft::bytes(draft)?;
    if draft.form == PayloadForm::Json
        && let Ok(serde_json::Value::String(text)) = serde_json::from_slice(&bytes)
    {
        return Ok(text);
    }
    String::from_utf8(bytes)
        .map_err(|_| refused("These bytes are no text.", "Write UTF-8, or sign their Base64url."))
}
