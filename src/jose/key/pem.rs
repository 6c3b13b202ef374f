//! Keys and certificates in PEM (RFC 7468), read and written.
//!
//! What is pasted has often lost something on its way through an env file, a JSON string or a chat: its line breaks, or
//! their `\n` written out, blanks in front, quotes around it. None of that changes the key, so it is read all the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Jwk, Key, KeyError, certificate, encoded};
use crate::limits::{MAX_INPUT, MAX_KEYS};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The keys between all `BEGIN` and `END` lines. Of a chain of certificates, that of the one for which it was made.
///
/// # Errors
/// If there is none, or one is broken, encrypted, or of a kind that tokens do not use.
pub fn read(text: &str) -> Result<Vec<Jwk>, KeyError> {
    if text.len() > MAX_INPUT {
        return Err(KeyError::new("The text is too long for keys.", "Give only the key itself."));
    }
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(block) = Block::next(&mut rest)? {
        if keys.len() == MAX_KEYS {
            return Err(KeyError::too_many());
        }
        keys.extend(block.read()?);
    }
    if keys.is_empty() {
        return Err(KeyError::new(
            "There is no key in the text: no `-----BEGIN …-----` line of one.",
            "Copy the whole key, with its BEGIN and END lines.",
        ));
    }
    Ok(without_issuers(keys))
}

/// The keys without those of certificates that only vouch for another of them.
fn without_issuers(keys: Vec<Jwk>) -> Vec<Jwk> {
    let issuers: Vec<String> = keys
        .iter()
        .filter_map(|key| key.certificate.as_ref())
        .filter(|certificate| certificate.issuer != certificate.subject)
        .map(|certificate| certificate.issuer.clone())
        .collect();
    let vouches = |key: &Jwk| key.certificate.as_ref().is_some_and(|own| issuers.contains(&own.subject));
    keys.into_iter().filter(|key| !vouches(key)).collect()
}

/// What stands between two lines.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

impl<'a> Block<'a> {
    /// The next block of `rest`, which then is what follows it. What stands between blocks is skipped.
    fn next(rest: &mut &'a str) -> Result<Option<Self>, KeyError> {
        let Some((_, after)) = rest.split_once(BEGIN) else { return Ok(None) };
        let cut = |what: String| KeyError::new(what, "Copy the whole key again, with both lines.");
        let (label, after) = after
            .split_once(DASHES)
            .filter(|(label, _)| is_label(label))
            .ok_or_else(|| cut("The BEGIN line is cut off: it ends with five dashes.".into()))?;
        let (body, after) =
            after.split_once(END).filter(|(body, _)| !body.contains(BEGIN)).ok_or_else(|| {
                cut(format!("The text has no `{END}{label}{DASHES}` line, so the key may be cut off."))
            })?;
        let (end, after) = after
            .split_once(DASHES)
            .filter(|(end, _)| is_label(end))
            .ok_or_else(|| cut("The END line is cut off: it ends with five dashes.".into()))?;
        if end != label {
            return Err(cut(format!("The text begins as `{label}` and ends as `{end}`.")));
        }
        *rest = after;
        Ok(Some(Self { label, body }))
    }

    /// The key, unless it is a block that says nothing of one.
    fn read(&self) -> Result<Option<Jwk>, KeyError> {
        let read: fn(&[u8]) -> Result<Key, KeyError> = match self.label {
            "PUBLIC KEY" => encoded::read_spki,
            "PRIVATE KEY" => encoded::read_pkcs8,
            "RSA PUBLIC KEY" => encoded::read_pkcs1_public,
            "RSA PRIVATE KEY" => encoded::read_pkcs1_private,
            "EC PRIVATE KEY" => encoded::read_sec1,
            "CERTIFICATE" | "X509 CERTIFICATE" => {
                let (key, certificate) = certificate::read(&self.bytes()?)?;
                return Ok(Some(Jwk { certificate: Some(certificate), ..Jwk::of(key) }));
            }
            // OpenSSL writes them in front of a key that says the same again.
            "EC PARAMETERS" => return Ok(None),
            label => return Err(unreadable(label)),
        };
        read(&self.bytes()?).map(Jwk::of).map(Some)
    }

    fn bytes(&self) -> Result<Vec<u8>, KeyError> {
        // RFC 1421 section 4.6: headers, of which one tells that the rest is encrypted.
        if self.body.contains("ENCRYPTED") {
            return Err(encrypted());
        }
        let plain = self.body.replace("\\r", "").replace("\\n", "");
        let is_lost = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '\u{feff}' | '\u{200b}');
        let plain: String = plain.chars().filter(|c| !is_lost(*c)).collect();
        STANDARD.decode(&plain).map_err(|error| match error {
            base64::DecodeError::InvalidByte(at, _)
                if plain.get(at..).is_some_and(|odd| !odd.starts_with('=')) =>
            {
                let odd = plain.get(at..).and_then(|odd| odd.chars().next()).unwrap_or_default();
                KeyError::new(
                    format!("{odd:?} between the lines of `{}` is not a Base64 character.", self.label),
                    "Copy the whole key again, only from its BEGIN line to its END line.",
                )
            }
            _ => KeyError::new(
                format!(
                    "Characters are missing between the lines of `{}`: it is no whole Base64.",
                    self.label
                ),
                "Copy the whole key again, from its BEGIN line to its END line.",
            ),
        })
    }
}

/// RFC 7468 section 3: capital letters, digits and single blanks.
fn is_label(text: &str) -> bool {
    (1..64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')
}

fn encrypted() -> KeyError {
    KeyError::new(
        "The key is encrypted with a passphrase.",
        "Decrypt it on your own machine, and paste what comes out: openssl pkey -in key.pem",
    )
}

fn unreadable(label: &str) -> KeyError {
    match label {
        "ENCRYPTED PRIVATE KEY" => encrypted(),
        "OPENSSH PRIVATE KEY" => KeyError::new(
            "The key is in OpenSSH's own form, which tokens' libraries do not read.",
            "Convert a copy of it: ssh-keygen -p -m PKCS8 -f copy-of-the-key",
        ),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => KeyError::new(
            "This is a certificate request, not a key.",
            "Take its public key out: openssl req -in request.pem -noout -pubkey",
        ),
        _ => KeyError::new(
            format!("PEM text of the kind `{label}` is no key of a token."),
            "Give a `PUBLIC KEY`, a `PRIVATE KEY` or a `CERTIFICATE`.",
        ),
    }
}

/// The public half as PEM (SubjectPublicKeyInfo), with a line feed at its end. None of a shared secret.
pub fn write_public(key: &Key) -> Option<String> {
    armored("PUBLIC KEY", &encoded::write_spki(key)?)
}

/// The private key as PEM (PKCS#8), with a line feed at its end. None of a shared secret or a public key.
pub fn write_private(key: &Key) -> Option<Zeroizing<String>> {
    armored("PRIVATE KEY", encoded::write_pkcs8(key)?.bytes()).map(Zeroizing::new)
}

fn armored(label: &str, der: &[u8]) -> Option<String> {
    pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).ok()
}
