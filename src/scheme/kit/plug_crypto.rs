//! Elixir's `plug_crypto`: its message verifier and its message encryptor, under Plug's sessions and cookies and under
//! Phoenix's tokens.
//!
//! Keys: PBKDF2-HMAC(secret_key_base, salt), 1,000 times, 32 bytes. Signed: `SFMyNTY.` (Base64url of `HS256`) +
//! b64(content) + `.` + b64(HMAC-SHA256 of all that stands before). Encrypted since 2.0: `XCP.` + b64(iv 24 + tag 16 +
//! ciphertext), XChaCha20-Poly1305 with `A128GCM` as associated data. Encrypted by 1.x: `QTEyOEdDTQ.` + b64(wrapped
//! content key) + `.` + b64(iv) + `.` + b64(ciphertext) + `.` + b64(tag), AES-GCM twice. Sources:
//! `lib/plug/crypto/message_verifier.ex`, `message_encryptor.ex`, `key_generator.ex`.

use std::borrow::Cow;

use super::base64::BASE64URL;
use super::cipher::{Aead, TAG};
use super::digest::Digest;
use super::mac::{self, Key, Keys};
use super::opened::{bare, segment};
use super::options;
use super::random;
use super::verdict::{malformed, unusable, wrong_option};
use crate::protocol::{
    About, Ask, Excerpt, Field, Opened, OptionKind, OptionSpec, Options, Payload, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Words,
};
use crate::scheme::Made;
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::span::Span;

const SIGNED: [(&str, Digest); 3] =
    [("SFMyNTY", Digest::Sha256), ("SFMzODQ", Digest::Sha384), ("SFM1MTI", Digest::Sha512)];
const SEALED: &str = "XCP";
const WRAPPED: &str = "QTEyOEdDTQ";
/// The associated data; in 2.x a leftover of 1.x.
const AAD: &[u8] = b"A128GCM";
const XCHACHA_IV: usize = 24;
const GCM_IV: usize = 12;
/// A content key of 16 bytes, encrypted, with tag and nonce.
const WRAPPED_KEY: usize = 16 + TAG + GCM_IV;

const DIGESTS: [Digest; 5] = [Digest::Sha256, Digest::Sha384, Digest::Sha512, Digest::Sha224, Digest::Sha1];

// The options of the key derivation, and which release writes.

pub const ITERATIONS: OptionSpec = OptionSpec {
    name: Cow::Borrowed("key_iterations"),
    kind: OptionKind::Number,
    default: Cow::Borrowed("1000"),
    help: Cow::Borrowed("How often PBKDF2 runs."),
    when_making: true,
    when_opening: true,
};

pub const LENGTH: OptionSpec = OptionSpec {
    name: Cow::Borrowed("key_length"),
    kind: OptionKind::Number,
    default: Cow::Borrowed("32"),
    help: Cow::Borrowed("Bytes of the derived key."),
    when_making: true,
    when_opening: true,
};

pub const DIGEST: OptionSpec = OptionSpec {
    name: Cow::Borrowed("key_digest"),
    kind: OptionKind::Choice(Cow::Borrowed(&[
        Cow::Borrowed("sha256"),
        Cow::Borrowed("sha384"),
        Cow::Borrowed("sha512"),
    ])),
    default: Cow::Borrowed("sha256"),
    help: Cow::Borrowed("The hash function of PBKDF2."),
    when_making: true,
    when_opening: true,
};

pub const VERSION: OptionSpec = OptionSpec {
    name: Cow::Borrowed("plug_crypto_version"),
    kind: OptionKind::Text,
    default: Cow::Borrowed("2.1.1"),
    help: Cow::Borrowed("Releases 1.x encrypt in an older form. When a value is opened its form tells."),
    when_making: true,
    when_opening: false,
};

/// A salt: an option that has no default.
pub const fn salt_option(name: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec {
        name: Words::Borrowed(name),
        kind: OptionKind::Text,
        default: Cow::Borrowed(""),
        help: Words::Borrowed(help),
        when_making: true,
        when_opening: true,
    }
}

/// How keys are derived.
#[derive(Clone, Copy, Debug)]
pub struct KeyGenerator {
    iterations: u32,
    length: usize,
    digest: Digest,
}

impl KeyGenerator {
    /// As the options say.
    ///
    /// # Errors
    /// If one cannot be used.
    pub fn of(options: &Options) -> Result<Self, SignError> {
        let digest = match options::text(options, "key_digest")? {
            Some("sha") => Digest::Sha1,
            _ => options::digest_among(options, "key_digest", &DIGESTS, Digest::Sha256)?,
        };
        Ok(Self {
            iterations: options::iterations(options, "key_iterations", 1000)?,
            length: options::key_length(options, "key_length", 32)?,
            digest,
        })
    }

    fn derive(self, base: &Secret, salt: &str) -> Result<Secret, SignError> {
        let key = self.digest.pbkdf2(base.bytes(), salt.as_bytes(), self.iterations, self.length);
        key.ok_or_else(|| options::too_many("key_iterations"))
    }

    fn formula(self, salt: &str) -> String {
        let digest = self.digest.name().replace('-', "");
        format!("PBKDF2-HMAC-{digest}(secret_key_base, {salt:?}, {}, {} bytes)", self.iterations, self.length)
    }
}

/// What a value is made with.
#[derive(Clone, Copy, Debug)]
pub struct Salts<'a> {
    /// Of the key that signs or encrypts.
    pub salt: &'a str,
    /// Of the key that is authenticated beside an encrypted value of 1.x; none where that is empty.
    pub beside: Option<&'a str>,
    pub encrypts: bool,
}

/// Each secret's keys.
struct Derived<'a> {
    base: Keys,
    /// For each usable secret: the key, and the one beside it.
    keys: Vec<(Secret, Secret)>,
    generator: KeyGenerator,
    salts: Salts<'a>,
}

impl<'a> Derived<'a> {
    fn of(secrets: &[SecretText], options: &Options, salts: Salts<'a>) -> Result<Self, SignError> {
        let generator = KeyGenerator::of(options)?;
        let base = Keys::of(secrets, SecretEncoding::Utf8);
        let derive = |key: &Key| {
            let beside = match salts.beside {
                Some(salt) => generator.derive(&key.secret, salt)?,
                None => Secret::new(Vec::new()),
            };
            Ok((generator.derive(&key.secret, salts.salt)?, beside))
        };
        let keys = base.usable.iter().map(derive).collect::<Result<_, SignError>>()?;
        Ok(Self { base, keys, generator, salts })
    }

    fn find<T>(&self, open: impl Fn(&Secret, &Secret) -> Option<T>) -> Option<(&Key, T)> {
        let mut pairs = self.base.usable.iter().zip(&self.keys);
        pairs.find_map(|(base, (key, beside))| Some((base, open(key, beside)?)))
    }

    fn first(&self) -> Option<&(Secret, Secret)> {
        self.keys.first()
    }

    fn steps(&self) -> Vec<Step> {
        let Some((key, _)) = self.first() else { return Vec::new() };
        let formula = self.generator.formula(self.salts.salt);
        let mut steps: Vec<Step> = self.base.step("secret_key_base").into_iter().collect();
        steps.push(Step::new("Key", formula, Excerpt::key(key.bytes()), None));
        steps
    }
}

/// A value cut at its dots, and decoded.
enum Cut {
    Signed { digest: Digest, content: Vec<u8>, tag: Vec<u8>, dots: [usize; 2] },
    Sealed { iv: Vec<u8>, tag: Vec<u8>, ciphertext: Vec<u8> },
    Wrapped { parts: [Vec<u8>; 4], dots: [usize; 4] },
}

/// Which of the forms it has, by what stands before the first dot; the content of a signed one.
pub fn form(value: &str) -> Option<(bool, Option<Vec<u8>>)> {
    let (header, rest) = value.split_once('.')?;
    if header == SEALED || header == WRAPPED {
        return cut(value).ok().map(|_| (true, None));
    }
    SIGNED.iter().find(|(known, _)| *known == header)?;
    let (content, tag) = rest.split_once('.')?;
    decode(tag, 0).ok()?;
    Some((false, Some(decode(content, 0).ok()?)))
}

/// `Base.url_decode64(text, padding: false)`: right padding is let pass.
fn decode(text: &str, at: usize) -> Result<Vec<u8>, (Span, String)> {
    let bare = text.trim_end_matches('=');
    let is_padded_rightly = text.len() - bare.len() <= 2 && text.len().is_multiple_of(4);
    BASE64URL
        .decode(if is_padded_rightly { bare } else { text })
        .map_err(|(place, what)| (place.moved(at), what))
}

fn cut(value: &str) -> Result<Cut, Verdict> {
    let end = Span::new(value.len(), value.len());
    let not_base64 = |(at, what): (Span, String)| malformed(format!("It is not Base64url: {what}."), at);
    let Some((header, rest)) = value.split_once('.') else {
        return Err(malformed("There is no dot in it, so there is no signature.", end));
    };
    let begin = header.len() + 1;
    if header == SEALED {
        let bytes = decode(rest, begin).map_err(not_base64)?;
        let parts = bytes.split_at_checked(XCHACHA_IV);
        let parts = parts.and_then(|(iv, rest)| Some((iv, rest.split_at_checked(TAG)?)));
        let Some((iv, (tag, ciphertext))) = parts else {
            return Err(malformed(format!("It has {} bytes; iv and tag alone have 40.", bytes.len()), end));
        };
        return Ok(Cut::Sealed { iv: iv.to_vec(), tag: tag.to_vec(), ciphertext: ciphertext.to_vec() });
    }
    if header == WRAPPED {
        let parts: Vec<&str> = rest.splitn(5, '.').collect();
        let [key, iv, ciphertext, tag] = parts[..] else {
            return Err(malformed("It does not have five parts with dots between them.", end));
        };
        let mut at = begin;
        let mut next = |part: &str| {
            let here = at;
            at += part.len() + 1;
            decode(part, here).map_err(not_base64)
        };
        let parts = [next(key)?, next(iv)?, next(ciphertext)?, next(tag)?];
        let second = begin + key.len();
        let third = second + 1 + iv.len();
        return Ok(Cut::Wrapped { parts, dots: [header.len(), second, third, third + 1 + ciphertext.len()] });
    }
    let Some((_, digest)) = SIGNED.into_iter().find(|(known, _)| *known == header) else {
        let at = Span::new(0, header.len());
        return Err(malformed("It begins with none of `SFMyNTY`, `SFMzODQ`, `SFM1MTI` and `XCP`.", at));
    };
    let Some((content, tag)) = rest.split_once('.') else {
        return Err(malformed("There is only one dot in it, so there is no signature.", end));
    };
    let second = begin + content.len();
    let content = decode(content, begin).map_err(not_base64)?;
    let found = decode(tag, second + 1).map_err(not_base64)?;
    if SIGNED.iter().all(|(_, known)| known.size() != found.len()) {
        let (found, wanted) = (found.len(), digest.size());
        let message =
            format!("The signature has {found} bytes instead of {wanted}: it was cut, or more was added.");
        return Err(malformed(message, Span::new(second + 1, value.len())));
    }
    Ok(Cut::Signed { digest, content, tag: found, dots: [header.len(), second] })
}

/// Opens a value: all but the payload, and the content (a term) if it could be read.
pub fn open(about: &About, value: &str, ask: &Ask, salts: Salts) -> (Opened, Option<Vec<u8>>) {
    let cut = match cut(value) {
        Ok(cut) => cut,
        Err(verdict) => return (bare(about, verdict), None),
    };
    let segments = cut.segments(value.len());
    let content = match &cut {
        Cut::Signed { content, .. } => Some(content.clone()),
        _ => None,
    };
    if content.is_none() != salts.encrypts {
        let message = if salts.encrypts {
            "It is signed and not encrypted; an encrypted value is expected here."
        } else {
            "It is encrypted; a value that is only signed is expected here."
        };
        return (Opened { segments, ..bare(about, wrong_option(message)) }, content);
    }
    let keys = match Derived::of(&ask.secrets, &ask.options, salts) {
        Ok(keys) => keys,
        Err(error) => return (Opened { segments, ..bare(about, unusable(&error)) }, content),
    };
    cut.opened(about, ask, &keys, value, segments)
}

impl Cut {
    fn segments(&self, end: usize) -> Vec<Segment> {
        match self {
            Self::Signed { digest, dots: [first, second], .. } => vec![
                segment(
                    "Protected header",
                    Role::Header,
                    Span::new(0, *first),
                    Some(Payload::Text(format!("HS{}", digest.size() * 8))),
                ),
                segment("Payload", Role::Payload, Span::new(first + 1, *second), None),
                segment("Signature", Role::Signature, Span::new(second + 1, end), None),
            ],
            Self::Sealed { .. } => vec![
                segment("Header", Role::Header, Span::new(0, SEALED.len()), None),
                segment("iv, tag and ciphertext", Role::Payload, Span::new(SEALED.len() + 1, end), None),
            ],
            Self::Wrapped { dots: [first, second, third, fourth], .. } => vec![
                segment(
                    "Protected header",
                    Role::Header,
                    Span::new(0, *first),
                    Some(Payload::Text("A128GCM".into())),
                ),
                segment("Encrypted key", Role::Meta, Span::new(first + 1, *second), None),
                segment("iv", Role::Meta, Span::new(second + 1, *third), None),
                segment("Ciphertext", Role::Payload, Span::new(third + 1, *fourth), None),
                segment("Tag", Role::Signature, Span::new(fourth + 1, end), None),
            ],
        }
    }

    fn opened(
        self,
        about: &About,
        ask: &Ask,
        keys: &Derived,
        value: &str,
        segments: Vec<Segment>,
    ) -> (Opened, Option<Vec<u8>>) {
        let mut steps = keys.steps();
        if let Self::Signed { digest, content, tag, dots: [_, second], .. } = self {
            let signed = value.get(..second).unwrap_or_default().as_bytes();
            let right = keys.find(|key, _| digest.verifies(key.bytes(), signed, &tag).then_some(()));
            let verdict = mac::judge(ask, &keys.base, right.map(|(key, ())| key));
            let expected = keys.first().map(|(key, _)| BASE64URL.encode(&digest.tag(key.bytes(), signed)));
            steps.extend(signing_steps(keys, digest, signed));
            let found = value.get(second + 1..).unwrap_or_default().to_owned();
            let opened = Opened {
                segments,
                steps,
                signature: Some(SignaturePair { found, expected }),
                ..bare(about, verdict)
            };
            return (opened, Some(content));
        }
        let right = keys.find(|key, beside| self.decrypted(key, beside));
        let verdict = mac::judge(ask, &keys.base, right.as_ref().map(|(key, _)| *key));
        let content = right.map(|(_, content)| content);
        steps.extend(self.sealing_steps());
        (Opened { segments, steps, encrypted: true, ..bare(about, verdict) }, content)
    }

    fn decrypted(&self, key: &Secret, beside: &Secret) -> Option<Vec<u8>> {
        match self {
            Self::Signed { .. } => None,
            Self::Sealed { iv, tag, ciphertext } => {
                Aead::XChaCha20Poly1305.open(key.bytes(), iv, AAD, &[ciphertext.as_slice(), tag].concat())
            }
            Self::Wrapped { parts: [wrapped, iv, ciphertext, tag], .. } => {
                let (sealed, nonce) =
                    wrapped.split_at_checked(WRAPPED_KEY - GCM_IV).filter(|_| tag.len() == TAG)?;
                let inner = Aead::AesGcm.open(key.bytes(), nonce, beside.bytes(), sealed)?;
                Aead::AesGcm.open(&inner, iv, AAD, &[ciphertext.as_slice(), tag].concat())
            }
        }
    }

    fn sealing_steps(&self) -> Vec<Step> {
        let (iv, name, formula, ciphertext, tag) = match self {
            Self::Signed { .. } => return Vec::new(),
            Self::Sealed { iv, tag, ciphertext } => {
                let formula = "XChaCha20-Poly1305(key, iv, content, \"A128GCM\")";
                (iv, "Ciphertext", formula, ciphertext, tag)
            }
            Self::Wrapped { parts: [_, iv, ciphertext, tag], .. } => {
                let formula = "AES-128-GCM(content key, iv, content, \"A128GCM\")";
                (iv, "Ciphertext", formula, ciphertext, tag)
            }
        };
        let mut steps = vec![Step::new("iv", "random bytes", Excerpt::hex(iv), Some(Role::Meta))];
        if let Self::Wrapped { parts: [wrapped, ..], .. } = self {
            let formula = "AES-GCM(key, content key), its tag and its iv";
            steps.push(Step::new("Encrypted key", formula, Excerpt::hex(wrapped), Some(Role::Meta)));
        }
        steps.push(Step::new(name, formula, Excerpt::hex(ciphertext), Some(Role::Payload)));
        steps.push(Step::new("Tag", "", Excerpt::hex(tag), Some(Role::Signature)));
        steps
    }
}

fn signing_steps(keys: &Derived, digest: Digest, signed: &[u8]) -> Vec<Step> {
    let Some((key, _)) = keys.first() else { return Vec::new() };
    let tag = digest.tag(key.bytes(), signed);
    let name = digest.name().replace('-', "");
    vec![
        Step::new("Signing input", "header . b64(content)", Excerpt::of(signed), Some(Role::Payload)),
        Step::new("Tag", format!("HMAC-{name}(key, signing input)"), Excerpt::hex(&tag), None),
        Step::new(
            "Signature",
            "base64url(tag)",
            Excerpt::text(&BASE64URL.encode(&tag)),
            Some(Role::Signature),
        ),
    ]
}

/// Makes a value of `content`, a term.
///
/// # Errors
/// If there is no secret, or an option cannot be used.
pub fn make(
    content: &[u8],
    secrets: &[SecretText],
    options: &Options,
    salts: Salts,
) -> Result<Made, SignError> {
    let keys = Derived::of(secrets, options, salts)?;
    keys.base.signing()?;
    let Some((key, beside)) = keys.first() else { return Err(unsealable()) };
    let mut steps = vec![Step::new("Content", "term_to_binary", Excerpt::hex(content), Some(Role::Payload))];
    steps.extend(keys.steps());
    if !salts.encrypts {
        let [(header, digest), ..] = SIGNED;
        let signed = format!("{header}.{}", BASE64URL.encode(content));
        let tag = BASE64URL.encode(&digest.tag(key.bytes(), signed.as_bytes()));
        steps.extend(signing_steps(&keys, digest, signed.as_bytes()));
        return Ok(Made { value: format!("{signed}.{tag}"), steps });
    }
    let is_old =
        options::text(options, "plug_crypto_version")?.is_some_and(|version| version.starts_with("1."));
    let (value, cut) = if is_old { wrap(content, key, beside)? } else { seal(content, key)? };
    steps.extend(cut.sealing_steps());
    Ok(Made { value, steps })
}

fn seal(content: &[u8], key: &Secret) -> Result<(String, Cut), SignError> {
    let iv = random::bytes::<XCHACHA_IV>()?;
    let sealed = Aead::XChaCha20Poly1305.seal(key.bytes(), &iv, AAD, content).ok_or_else(unsealable)?;
    let (ciphertext, tag) = behind(&sealed);
    let value = format!("{SEALED}.{}", BASE64URL.encode(&[&iv, tag, ciphertext].concat()));
    Ok((value, Cut::Sealed { iv: iv.to_vec(), tag: tag.to_vec(), ciphertext: ciphertext.to_vec() }))
}

fn wrap(content: &[u8], key: &Secret, beside: &Secret) -> Result<(String, Cut), SignError> {
    let (inner, iv, nonce) = (random::bytes::<16>()?, random::bytes::<GCM_IV>()?, random::bytes::<GCM_IV>()?);
    let sealed = Aead::AesGcm.seal(&inner, &iv, AAD, content).ok_or_else(unsealable)?;
    let mut wrapped =
        Aead::AesGcm.seal(key.bytes(), &nonce, beside.bytes(), &inner).ok_or_else(unsealable)?;
    wrapped.extend(nonce);
    let (ciphertext, tag) = behind(&sealed);
    let parts = [wrapped, iv.to_vec(), ciphertext.to_vec(), tag.to_vec()];
    let encoded: Vec<String> = parts.iter().map(|part| BASE64URL.encode(part)).collect();
    Ok((format!("{WRAPPED}.{}", encoded.join(".")), Cut::Wrapped { parts, dots: [0; 4] }))
}

/// What is sealed, and the tag behind it.
fn behind(sealed: &[u8]) -> (&[u8], &[u8]) {
    sealed.split_at_checked(sealed.len().saturating_sub(TAG)).unwrap_or_default()
}

fn unsealable() -> SignError {
    SignError {
        field: Field::Option("key_length".into()),
        message: "The cipher takes no key of that length.".into(),
        hint: "Take 32, the usual length.".into(),
        at: None,
    }
}
