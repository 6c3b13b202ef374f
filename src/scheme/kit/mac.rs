//! The secrets that a person gave, as keys, and the verdict on what one of them verifies or decrypts.

use super::digest::Digest;
use crate::finding::{Finding, Severity};
use crate::limits::MAX_SECRETS;
use crate::protocol::{Ask, Caveat, CaveatKind, Excerpt, Field, Role, SignError, Step, Verdict, Why};
use crate::secret::{Secret, SecretEncoding, SecretText};

/// The secrets of an [`Ask`] as keys, where their text can be read.
#[derive(Debug)]
pub struct Keys {
    pub usable: Vec<Key>,
    /// Why the first unusable one is.
    pub trouble: Option<String>,
}

/// One secret, read.
#[derive(Debug)]
pub struct Key {
    pub secret: Secret,
    /// Which of the secrets it is, counted from 0.
    pub index: usize,
    /// How it was read.
    pub encoding: SecretEncoding,
}

impl Keys {
    /// Reads the secrets; where the person did not say how, as `usual`. Empty ones count as not given.
    pub fn of(secrets: &[SecretText], usual: SecretEncoding) -> Self {
        let mut keys = Self { usable: Vec::new(), trouble: None };
        for (index, secret) in
            secrets.iter().enumerate().take(MAX_SECRETS).filter(|(_, s)| !s.text.is_empty())
        {
            match secret.read(usual) {
                Ok(key) => keys.usable.push(Key { secret: key, index, encoding: secret.encoding_or(usual) }),
                Err(error) => {
                    keys.trouble.get_or_insert_with(|| error.to_string());
                }
            }
        }
        keys
    }

    /// The key that signs: the first.
    pub fn first(&self) -> Option<&Secret> {
        self.usable.first().map(|key| &key.secret)
    }

    /// The first key with which `open` succeeds, and what it gave: derive the key that the scheme uses in there.
    pub fn find<T>(&self, open: impl Fn(&Secret) -> Option<T>) -> Option<(&Key, T)> {
        self.usable.iter().find_map(|key| Some((key, open(&key.secret)?)))
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

    /// The secret itself as a step of that name, masked; none without a secret.
    pub fn step(&self, name: &str) -> Option<Step> {
        let key = self.usable.first()?;
        let how = format!("the secret, read as {}", key.encoding.label());
        Some(Step::new(name, how, Excerpt::key(key.secret.bytes()), None))
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
        let Some(step) = self.step("Key") else { return Vec::new() };
        let tag = self.first().map(|key| digest.tag(key.bytes(), message)).unwrap_or_default();
        let name = digest.name().replace('-', "");
        vec![
            step,
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

/// The bytes of a tag that Python code compares as text with `hexdigest()`: only lower-case hex counts.
pub fn hex_tag(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok().filter(|tag| hex::encode(tag) == text)
}

/// Tries every secret of `ask` on the tag.
///
/// `found` is the tag that the value carries, or `None` where its text cannot be a tag of this scheme.
pub fn verdict(ask: &Ask, keys: &Keys, digest: Digest, message: &[u8], found: Option<&[u8]>) -> Verdict {
    let right =
        found.and_then(|tag| keys.find(|key| digest.verifies(key.bytes(), message, tag).then_some(())));
    judge(ask, keys, right.map(|(key, ())| key))
}

/// The verdict where `right` is the key that verified or decrypted the value, if one did.
pub fn judge(ask: &Ask, keys: &Keys, right: Option<&Key>) -> Verdict {
    if keys.usable.is_empty() {
        let missing =
            keys.trouble.clone().unwrap_or_else(|| "Give the secret to check the signature.".into());
        return Verdict::Unchecked { missing };
    }
    match right {
        Some(key) => Verdict::Valid {
            secret: key.index,
            encoding: key.encoding,
            but: weakness(&key.secret).into_iter().collect(),
        },
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
    let right = keys.usable.iter().find(|key| key.index == *secret).map(|key| &key.secret);
    let short = right.filter(|key| key.len() < digest.size());
    let finding = short.map(|key| Finding {
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
