//! HMAC (RFC 2104) with the secrets that a person gave, and the verdict on a tag.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Sha256, Sha384, Sha512};

use crate::finding::{Finding, Severity};
use crate::limits::MAX_SECRETS;
use crate::protocol::{Ask, Caveat, CaveatKind, Excerpt, Field, Role, SignError, Step, Verdict, Why};
use crate::secret::{Secret, SecretEncoding, SecretText};

/// The hash function inside an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// `SHA-256` (FIPS 180-4).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The length of a tag, in bytes. A key should not be shorter (RFC 2104 section 3, RFC 7518 section 3.2).
    pub const fn size(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// The tag of `message`. Any length of key is taken, as HMAC does.
pub fn tag(digest: Digest, key: &Secret, message: &[u8]) -> Vec<u8> {
    match digest {
        Digest::Sha256 => with::<Hmac<Sha256>>(key, message).finalize().into_bytes().to_vec(),
        Digest::Sha384 => with::<Hmac<Sha384>>(key, message).finalize().into_bytes().to_vec(),
        Digest::Sha512 => with::<Hmac<Sha512>>(key, message).finalize().into_bytes().to_vec(),
    }
}

/// Whether `tag` is the tag of `message`, compared in constant time.
pub fn verifies(digest: Digest, key: &Secret, message: &[u8], tag: &[u8]) -> bool {
    match digest {
        Digest::Sha256 => with::<Hmac<Sha256>>(key, message).verify_slice(tag).is_ok(),
        Digest::Sha384 => with::<Hmac<Sha384>>(key, message).verify_slice(tag).is_ok(),
        Digest::Sha512 => with::<Hmac<Sha512>>(key, message).verify_slice(tag).is_ok(),
    }
}

fn with<M: Mac + KeyInit>(key: &Secret, message: &[u8]) -> M {
    let mut mac = <M as KeyInit>::new_from_slice(key.bytes()).expect("HMAC takes keys of any length");
    mac.update(message);
    mac
}

/// The secrets of an [`Ask`] as keys, where their text can be read.
#[derive(Debug)]
pub struct Keys {
    /// Key, which of the secrets it is (from 0), and how it was read.
    pub usable: Vec<(Secret, usize, SecretEncoding)>,
    /// Why the first unusable one is.
    pub trouble: Option<String>,
}

impl Keys {
    /// Reads the secrets; where the person did not say how, as `usual`. Empty ones count as not given.
    pub fn of(secrets: &[SecretText], usual: SecretEncoding) -> Self {
        let mut keys = Self { usable: Vec::new(), trouble: None };
        for (index, secret) in
            secrets.iter().enumerate().take(MAX_SECRETS).filter(|(_, s)| !s.text.is_empty())
        {
            match secret.read(usual) {
                Ok(key) => keys.usable.push((key, index, secret.encoding_or(usual))),
                Err(error) => {
                    keys.trouble.get_or_insert_with(|| error.to_string());
                }
            }
        }
        keys
    }

    /// The key that signs: the first.
    pub fn first(&self) -> Option<&Secret> {
        self.usable.first().map(|(key, ..)| key)
    }

    /// The key that signs, for making a value.
    ///
    /// # Errors
    /// If there is none, or its text cannot be read.
    pub fn signing(&self) -> Result<&Secret, SignError> {
        self.first().ok_or_else(|| SignError {
            field: Field::Secret,
            message: self.trouble.clone().unwrap_or_else(|| "There is no secret to sign with.".into()),
            hint: match self.trouble {
                Some(_) => "Choose how the secret is read, or mend its text.".into(),
                None => "Paste the secret of your application, or make a key in Generate.".into(),
            },
            at: None,
        })
    }

    /// The last steps of every MAC: the key, the tag, and the tag as `encode` writes it. None without a key.
    pub fn steps(
        &self,
        digest: Digest,
        input: &str,
        message: &[u8],
        encode: impl Fn(&[u8]) -> String,
        encoding: &str,
    ) -> Vec<Step> {
        let Some((key, _, read)) = self.usable.first() else { return Vec::new() };
        let tag = tag(digest, key, message);
        let name = digest.name().replace('-', "");
        vec![
            Step::new(
                "Key",
                format!("the secret, read as {}", read.label()),
                Excerpt::key(key.bytes()),
                None,
            ),
            Step::new("Tag", format!("HMAC-{name}(key, {input})"), Excerpt::hex(&tag), None),
            Step::new(
                "Signature",
                format!("{encoding}(tag)"),
                Excerpt::text(&encode(&tag)),
                Some(Role::Signature),
            ),
        ]
    }
}

/// Tries every secret of `ask` on the tag.
///
/// `found` is the tag that the value carries, or `None` where its text cannot be a tag of this scheme.
pub fn verdict(ask: &Ask, keys: &Keys, digest: Digest, message: &[u8], found: Option<&[u8]>) -> Verdict {
    if keys.usable.is_empty() {
        let missing =
            keys.trouble.clone().unwrap_or_else(|| "Give the secret to check the signature.".into());
        return Verdict::Unchecked { missing };
    }
    let right =
        found.and_then(|tag| keys.usable.iter().find(|(key, ..)| verifies(digest, key, message, tag)));
    match right {
        Some((key, secret, encoding)) => {
            Verdict::Valid { secret: *secret, encoding: *encoding, but: weakness(key).into_iter().collect() }
        }
        None => Verdict::Invalid { why: Why::BadSignature, message: mismatch(ask, keys), at: None },
    }
}

fn mismatch(ask: &Ask, keys: &Keys) -> String {
    let given = ask.secrets.iter().filter(|secret| !secret.text.is_empty()).count();
    let mut message = if given > 1 {
        format!("The signature does not match with any of the {given} secrets. ")
    } else {
        "The signature does not match. ".to_owned()
    };
    message.push_str(
        "The value was changed after it was signed, or this is not the secret as the server reads it.",
    );
    if let Some(trouble) = &keys.trouble {
        message.push_str(" One secret could not be tried: ");
        message.push_str(trouble);
        message.push('.');
    }
    message
}

/// The remark on a key shorter than the tag, if the value verified with such a one.
pub fn remarks(verdict: &Verdict, keys: &Keys, digest: Digest) -> Vec<Finding> {
    let Verdict::Valid { secret, .. } = verdict else { return Vec::new() };
    let right = keys.usable.iter().find(|(_, index, _)| index == secret);
    let short = right.filter(|(key, ..)| key.len() < digest.size());
    let finding = short.map(|(key, ..)| Finding {
        rule: "hmac-key-too-short".into(),
        severity: Severity::High,
        about: None,
        message: format!(
            "The secret has {} bits; HMAC-{} wants at least {}. Whoever has one signed value can search for a short secret \
             offline, and some libraries refuse it.",
            key.len() * 8,
            digest.name(),
            digest.size() * 8
        ),
        fix: format!("Use {} random bytes, as Generate makes them.", digest.size()),
        corrected: None,
        source: "RFC 2104 section 3; RFC 7518 section 3.2".into(),
    });
    finding.into_iter().collect()
}

/// Keys shorter than 256 bits: what they protect can be searched for offline.
fn weakness(key: &Secret) -> Option<Caveat> {
    let bits = key.len() * 8;
    (bits < 256).then(|| Caveat {
        kind: CaveatKind::WeakSecret,
        message: format!(
            "The secret has {bits} bits; at least 256 are wanted. Whoever has one signed value can search for a short \
             secret offline."
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_are_those_of_rfc_4231() {
        let key = Secret::new(b"Jefe".to_vec());
        let message = b"what do ya want for nothing?";
        let hex = |digest| hex::encode(tag(digest, &key, message));
        assert_eq!(hex(Digest::Sha256), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(hex(Digest::Sha384).starts_with("af45d2e376484031617f78d2b58a6b1b"));
        assert!(hex(Digest::Sha512).starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
        for digest in Digest::ALL {
            let tag = tag(digest, &key, message);
            assert_eq!(tag.len(), digest.size());
            assert!(verifies(digest, &key, message, &tag));
            assert!(!verifies(digest, &key, message, &tag[1..]));
            assert!(!verifies(digest, &key, b"another message", &tag));
        }
    }
}
