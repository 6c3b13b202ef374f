//! Examples of rules: short to write, and made into a real token that goes the way of every other.

use super::{Form, Input, Subject, review};
use crate::jose::jws;
use crate::jose::key::given::Given;
use crate::protocol::Options;
use crate::scheme::kit::base64::BASE64URL;
use crate::secret::{SecretEncoding, SecretText};

/// 2026-12-01T00:00:00Z, the moment at which examples are judged.
pub const NOW: i64 = 1_796_083_200;

/// The key with which examples with an HS algorithm are signed unless they say otherwise, as hex.
pub const KEY: &str = "9f3c1d7a5be80624c1937fe2a84d06bb5812f7c9e03a6d4f91b2c87e5a40d3f6";

/// What a rule is tried on. In every text `{x*9}` stands for nine x, `{00*9}` for nine times 00.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    token: Token,
    /// As hex.
    signature: Option<&'static str>,
    /// The secret that an HS algorithm signs with.
    signer: Option<(&'static str, SecretEncoding)>,
    /// The keys that the person gives.
    keys: &'static [(&'static str, Option<SecretEncoding>)],
    /// As JSON.
    options: &'static str,
    plaintext: Option<&'static str>,
    verdict: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
enum Token {
    Text(&'static str),
    /// Header and payload.
    Jws(&'static str, &'static str),
    /// As hex: the payload's bytes, or the header's.
    Bytes {
        header: &'static str,
        payload: &'static str,
    },
    /// Header, and as hex: encrypted key, IV, ciphertext and tag.
    Jwe(&'static str, [&'static str; 4]),
    Keys(&'static str),
}

impl Example {
    const fn new(token: Token) -> Self {
        Self {
            token,
            signature: None,
            signer: None,
            keys: &[],
            options: "{}",
            plaintext: None,
            verdict: None,
        }
    }

    /// A token's text as it is pasted.
    pub const fn text(text: &'static str) -> Self {
        Self::new(Token::Text(text))
    }

    /// A token of this header and payload, signed: with an HS algorithm really, else with bytes of the right length.
    pub const fn jws(header: &'static str, payload: &'static str) -> Self {
        Self::new(Token::Jws(header, payload))
    }

    /// A token with this header, and `{}` as payload.
    pub const fn header(header: &'static str) -> Self {
        Self::jws(header, "{}")
    }

    /// A token with this payload, signed with HS256.
    pub const fn claims(payload: &'static str) -> Self {
        Self::jws(r#"{"alg":"HS256"}"#, payload)
    }

    /// A token of bytes that are no text, as hex.
    pub const fn bytes(header: &'static str, payload: &'static str) -> Self {
        Self::new(Token::Bytes { header, payload })
    }

    /// A JWE of this header and, as hex, encrypted key, IV, ciphertext and tag.
    pub const fn jwe(header: &'static str, parts: [&'static str; 4]) -> Self {
        Self::new(Token::Jwe(header, parts))
    }

    /// A key, or a set of keys, pasted in the place of a token.
    pub const fn keys(text: &'static str) -> Self {
        Self::new(Token::Keys(text))
    }

    /// With this signature, as hex.
    pub const fn signature(mut self, hex: &'static str) -> Self {
        self.signature = Some(hex);
        self
    }

    /// Signed with this secret; it is not given to the rules.
    pub const fn signed_with(mut self, secret: &'static str) -> Self {
        self.signer = Some((secret, SecretEncoding::Utf8));
        self
    }

    /// The same, read in another way.
    pub const fn signed_with_as(mut self, secret: &'static str, encoding: SecretEncoding) -> Self {
        self.signer = Some((secret, encoding));
        self
    }

    /// With these keys, as a person gives them.
    pub const fn given(mut self, keys: &'static [(&'static str, Option<SecretEncoding>)]) -> Self {
        self.keys = keys;
        self
    }

    /// With these options, as JSON.
    pub const fn options(mut self, json: &'static str) -> Self {
        self.options = json;
        self
    }

    /// A JWE that was decrypted to this.
    pub const fn plaintext(mut self, text: &'static str) -> Self {
        self.plaintext = Some(text);
        self
    }

    /// With this outcome of the check, where the given keys alone do not tell it.
    pub const fn verdict(mut self, holds: bool) -> Self {
        self.verdict = Some(holds);
        self
    }

    /// The ids of the remarks on it.
    pub fn said(&self) -> Vec<String> {
        self.review().into_iter().map(|finding| finding.rule).collect()
    }

    pub fn review(&self) -> Vec<crate::finding::Finding> {
        let pasted = self.pasted();
        let is_key = matches!(self.token, Token::Keys(_));
        let token = if is_key { pasted.clone() } else { mended(&pasted) };
        let options: Options = serde_json::from_str(self.options).expect("options in JSON");
        let secrets: Vec<SecretText> =
            self.keys.iter().map(|(text, encoding)| SecretText::new(written_out(text), *encoding)).collect();
        let given = Given::of(&secrets, SecretEncoding::Utf8);
        let plaintext = self.plaintext.map(written_out);
        let mut input = Input {
            pasted: &pasted,
            token: &token,
            options: &options,
            now: Some(NOW),
            keys: &given.keys,
            secrets: &secrets,
            verdict: self.verdict,
            plaintext: plaintext.as_deref().map(str::as_bytes),
        };
        if is_key {
            return review(&Subject::of_keys(&input));
        }
        let subject = Subject::of(&input);
        if self.verdict.is_none() && !given.keys.is_empty() && subject.form != Form::Jwe {
            input.verdict = Some(given.keys.iter().any(|key| subject.holds(&key.jwk.key)));
        }
        review(&Subject::of(&input))
    }

    /// The text as it is pasted.
    pub fn pasted(&self) -> String {
        let base64 = |bytes: &[u8]| BASE64URL.encode(bytes);
        match self.token {
            Token::Text(text) | Token::Keys(text) => written_out(text),
            Token::Jws(header, payload) => {
                let (header, payload) = (written_out(header), written_out(payload));
                self.signed(&base64(header.as_bytes()), &base64(payload.as_bytes()), &header)
            }
            Token::Bytes { header, payload } => {
                let head = unhex(header);
                let shown = String::from_utf8_lossy(&head).into_owned();
                self.signed(&base64(&head), &base64(&unhex(payload)), &shown)
            }
            Token::Jwe(header, parts) => {
                let mut token = base64(written_out(header).as_bytes());
                for part in parts {
                    token.push('.');
                    token.push_str(&base64(&unhex(part)));
                }
                token
            }
        }
    }

    fn signed(&self, head: &str, body: &str, header: &str) -> String {
        let input = format!("{head}.{body}");
        let alg = serde_json::from_str::<serde_json::Value>(header).unwrap_or_default();
        let alg = alg["alg"].as_str().unwrap_or_default();
        let signature = match (self.signature, jws::hmac_digest(alg)) {
            (Some(hex), _) => unhex(hex),
            (None, Some(digest)) => {
                let (text, encoding) = self.signer.unwrap_or((KEY, SecretEncoding::Hex));
                let key =
                    SecretText::new(written_out(text), Some(encoding)).read(encoding).expect("a secret");
                digest.tag(key.bytes(), input.as_bytes())
            }
            (None, None) => stand_in(alg),
        };
        format!("{input}.{}", BASE64URL.encode(&signature))
    }
}

/// Bytes that look like a signature of that algorithm, and are none.
fn stand_in(alg: &str) -> Vec<u8> {
    // RFC 8032 section 7.1, the first test: a signature whose numbers are in range.
    const ED25519: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd\
                           25bf5f0595bbe24655141438e7a100b";
    match alg {
        "none" => Vec::new(),
        "EdDSA" | "Ed25519" => unhex(ED25519),
        "Ed448" => vec![0x11; 114],
        "ES384" => vec![0x11; 96],
        "ES512" => unhex("00{11*65}00{11*65}"),
        "ES256" | "ES256K" => vec![0x11; 64],
        "ML-DSA-44" => vec![0x11; 2420],
        "ML-DSA-65" => vec![0x11; 3309],
        "ML-DSA-87" => vec![0x11; 4627],
        _ => vec![0x11; 256],
    }
}

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(written_out(text)).expect("hex")
}

/// The text with its repetitions written out.
fn written_out(text: &str) -> String {
    let Some((before, after)) = text.split_once('*') else { return text.into() };
    let unit = before
        .rsplit_once('{')
        .filter(|(_, unit)| unit.chars().all(|c| c.is_ascii_alphanumeric() || "[]".contains(c)));
    let count = after.split_once('}').and_then(|(count, rest)| Some((count.parse().ok()?, rest)));
    match (unit, count) {
        (Some((before, unit)), Some((count, rest))) => {
            let _: usize = count;
            format!("{before}{}{}", unit.repeat(count), written_out(rest))
        }
        _ => format!("{before}*{}", written_out(after)),
    }
}

/// The token as the rest of the program hands it over: without what people copy along, in one line.
fn mended(pasted: &str) -> String {
    let bare = super::subject::bare(pasted);
    if bare.starts_with('{') { bare.into() } else { bare.split_whitespace().collect() }
}
