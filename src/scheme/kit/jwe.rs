//! JWE compact serialization (RFC 7516 section 7.1) and the content encryption of RFC 7518 section 5.
//!
//! Five parts of Base64url without padding, with dots between them: protected header, encrypted key, initialization
//! vector, ciphertext, authentication tag. The header's text as it stands is authenticated beside the ciphertext. How the
//! content's key comes about is the header's `alg`; with `dir` both sides have it already and the second part is empty.

use subtle::ConstantTimeEq;

use super::base64::BASE64URL;
use super::cipher::{self, Aead};
use super::digest::Digest;
use super::excerpt::secret_step;
use crate::jose::jws::{self, Header, Refusal};
use crate::protocol::{Excerpt, Payload, Role, Segment, Step, Why};
use crate::secret::Secret;
use crate::span::Span;

/// A content encryption algorithm: the header's `enc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enc {
    A128CbcHs256,
    A192CbcHs384,
    A256CbcHs512,
    A128Gcm,
    A192Gcm,
    A256Gcm,
}

impl Enc {
    pub const ALL: [Self; 6] = [
        Self::A128CbcHs256,
        Self::A192CbcHs384,
        Self::A256CbcHs512,
        Self::A128Gcm,
        Self::A192Gcm,
        Self::A256Gcm,
    ];

    /// As the header writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A192CbcHs384 => "A192CBC-HS384",
            Self::A256CbcHs512 => "A256CBC-HS512",
            Self::A128Gcm => "A128GCM",
            Self::A192Gcm => "A192GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|enc| enc.name() == name)
    }

    /// Bytes of the content encryption key.
    pub const fn key_size(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A192Gcm => 24,
            Self::A256Gcm | Self::A128CbcHs256 => 32,
            Self::A192CbcHs384 => 48,
            Self::A256CbcHs512 => 64,
        }
    }

    /// Bytes of the initialization vector.
    pub const fn iv_size(self) -> usize {
        if self.hash().is_some() { 16 } else { 12 }
    }

    /// Bytes of the authentication tag.
    pub const fn tag_size(self) -> usize {
        if self.hash().is_some() { self.key_size() / 2 } else { cipher::TAG }
    }

    /// The hash of the MAC beside AES-CBC; none for AES-GCM.
    const fn hash(self) -> Option<Digest> {
        match self {
            Self::A128CbcHs256 => Some(Digest::Sha256),
            Self::A192CbcHs384 => Some(Digest::Sha384),
            Self::A256CbcHs512 => Some(Digest::Sha512),
            Self::A128Gcm | Self::A192Gcm | Self::A256Gcm => None,
        }
    }

    /// The two keys of a CBC algorithm: the first half is the MAC's, the second the cipher's (RFC 7518 section 5.2.2.1).
    fn halves(self, key: &[u8]) -> Option<(&[u8], &[u8])> {
        (key.len() == self.key_size()).then(|| key.split_at_checked(key.len() / 2)).flatten()
    }

    /// Ciphertext and tag. `None` if key or initialization vector have another length than this takes.
    pub fn seal(self, key: &[u8], iv: &[u8], aad: &[u8], plain: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        if self.hash().is_some() {
            let ciphertext = cipher::cbc_encrypt(self.halves(key)?.1, iv, plain)?;
            let tag = self.tag(key, iv, aad, &ciphertext)?;
            return Some((ciphertext, tag));
        }
        let mut sealed = self.gcm(key)?.seal(key, iv, aad, plain)?;
        let tag = sealed.split_off(sealed.len().checked_sub(cipher::TAG)?);
        Some((sealed, tag))
    }

    /// The plaintext, if the tag is right.
    pub fn open(self, key: &[u8], iv: &[u8], aad: &[u8], ciphertext: &[u8], tag: &[u8]) -> Option<Vec<u8>> {
        if self.hash().is_some() {
            let right: bool = self.tag(key, iv, aad, ciphertext)?.ct_eq(tag).into();
            return if right { cipher::cbc_decrypt(self.halves(key)?.1, iv, ciphertext) } else { None };
        }
        if tag.len() != cipher::TAG {
            return None;
        }
        self.gcm(key)?.open(key, iv, aad, &[ciphertext, tag].concat())
    }

    /// The tag that this key makes for `ciphertext`, whatever tag stands behind it.
    pub fn tag(self, key: &[u8], iv: &[u8], aad: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
        if let Some(hash) = self.hash() {
            let bits = (aad.len() as u64).checked_mul(8)?.to_be_bytes();
            let mut tag = hash.tag(self.halves(key)?.0, &[aad, iv, ciphertext, &bits].concat());
            tag.truncate(self.tag_size());
            return Some(tag);
        }
        // GCM encrypts with a counter that begins at 2 behind the vector (NIST SP 800-38D section 7.1), and decrypting is
        // the same: sealed again, this plaintext gives the same ciphertext and its tag.
        let counter = [iv, &2_u32.to_be_bytes()].concat();
        let plain = cipher::ctr(key, &counter, ciphertext)?;
        self.seal(key, iv, aad, &plain).map(|(_, tag)| tag)
    }

    fn gcm(self, key: &[u8]) -> Option<Aead> {
        (key.len() == self.key_size()).then_some(Aead::AesGcm)
    }

    /// How the tag comes about, as a formula.
    const fn tag_formula(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => {
                "first 16 bytes of HMAC-SHA256(MAC key, encoded header . IV . ciphertext . bits of the header)"
            }
            Self::A192CbcHs384 => {
                "first 24 bytes of HMAC-SHA384(MAC key, encoded header . IV . ciphertext . bits of the header)"
            }
            Self::A256CbcHs512 => {
                "first 32 bytes of HMAC-SHA512(MAC key, encoded header . IV . ciphertext . bits of the header)"
            }
            Self::A128Gcm | Self::A192Gcm | Self::A256Gcm => "GCM tag over encoded header and ciphertext",
        }
    }
}

/// The places of the five parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub header: Span,
    pub encrypted_key: Span,
    pub iv: Span,
    pub ciphertext: Span,
    pub tag: Span,
}

/// A token cut and decoded, its header read; nothing is verified yet.
#[derive(Debug)]
pub struct Jwe<'a> {
    pub token: &'a str,
    pub parts: Parts,
    pub header: Header,
    /// How the content's key comes about.
    pub alg: String,
    pub enc: Enc,
    pub iv: Vec<u8>,
    pub ciphertext: Vec<u8>,
    pub tag: Vec<u8>,
}

impl<'a> Jwe<'a> {
    /// # Errors
    /// If it is not of the form, or its header names no known content encryption.
    pub fn read(token: &'a str) -> Result<Self, Refusal> {
        let parts = cut(token)?;
        let head = jws::cut(token);
        let header = jws::header(token, &head)?;
        let alg = jws::alg(&header, head.header)?.to_owned();
        let enc = match header.get("enc").and_then(|enc| enc.as_str()) {
            Some(name) => Enc::by_name(name).ok_or_else(|| {
                let message = format!("`enc` is {name}, which is no content encryption of RFC 7518.");
                Refusal::new(Why::WrongAlgorithm, message, Some(parts.header))
            })?,
            None => {
                let message = "The header has no `enc`, which names the content encryption.";
                return Err(Refusal::new(Why::Malformed, message, Some(parts.header)));
            }
        };
        jws::check_crit(&header, head.header, |_| false)?;
        let jwe = Self {
            token,
            parts,
            alg,
            enc,
            iv: jws::decode(token, parts.iv, "initialization vector")?,
            ciphertext: jws::decode(token, parts.ciphertext, "ciphertext")?,
            tag: jws::decode(token, parts.tag, "authentication tag")?,
            header,
        };
        jwe.check_size("initialization vector", jwe.iv.len(), enc.iv_size(), parts.iv)?;
        jwe.check_size("authentication tag", jwe.tag.len(), enc.tag_size(), parts.tag)?;
        Ok(jwe)
    }

    fn check_size(&self, part: &str, found: usize, wanted: usize, at: Span) -> Result<(), Refusal> {
        if found == wanted {
            return Ok(());
        }
        let message = format!("The {part} has {found} bytes; with {} it has {wanted}.", self.enc.name());
        Err(Refusal::new(Why::Malformed, message, Some(at)))
    }

    /// Checks that the content's key is the shared one itself, and the content encryption one of `encs`.
    ///
    /// # Errors
    /// With what is another.
    pub fn check_direct(&self, encs: &[Enc]) -> Result<(), Refusal> {
        let wrong =
            |message: String| Err(Refusal::new(Why::WrongAlgorithm, message, Some(self.parts.header)));
        if self.alg != "dir" {
            return wrong(format!("`alg` is {}; here the key is used as it is, with `dir`.", self.alg));
        }
        if !encs.contains(&self.enc) {
            let names: Vec<&str> = encs.iter().map(|enc| enc.name()).collect();
            return wrong(format!(
                "`enc` is {}, and only {} is accepted.",
                self.enc.name(),
                names.join(" or ")
            ));
        }
        if !self.parts.encrypted_key.is_empty() {
            let message = "With `dir` there is no encrypted key, but the second part is not empty.";
            return Err(Refusal::new(Why::Malformed, message, Some(self.parts.encrypted_key)));
        }
        if self.header.contains_key("zip") {
            let message = "The header says that the content is compressed (`zip`), which is not read here.";
            return Err(Refusal::new(Why::Malformed, message, Some(self.parts.header)));
        }
        Ok(())
    }

    /// What is authenticated beside the ciphertext: the header as it stands.
    pub fn aad(&self) -> &'a [u8] {
        self.parts.header.of(self.token).as_bytes()
    }

    /// The plaintext, if `key` is the content's key and nothing was changed.
    pub fn open(&self, key: &Secret) -> Option<Vec<u8>> {
        self.enc.open(key.bytes(), &self.iv, self.aad(), &self.ciphertext, &self.tag)
    }

    /// The tag that `key` makes, as the token would write it.
    pub fn expected_tag(&self, key: &Secret) -> Option<String> {
        self.enc.tag(key.bytes(), &self.iv, self.aad(), &self.ciphertext).map(|tag| BASE64URL.encode(&tag))
    }

    /// The steps from the content's key to the token, with this token's own bytes. `plain` only if it authenticated.
    pub fn steps(&self, key: &Secret, plain: Option<&[u8]>) -> Vec<Step> {
        let header = BASE64URL.decode(self.parts.header.of(self.token)).unwrap_or_default();
        let part = |name: &str, formula: &str, span: Span, role| {
            Step::new(name, formula, Excerpt::text(span.of(self.token)), Some(role))
        };
        let mut steps = vec![
            Step::new("Header", "", Excerpt::of(&header), None),
            part("Encoded header", "base64url(header)", self.parts.header, Role::Header),
        ];
        if let Some((mac_key, cipher_key)) =
            self.enc.halves(key.bytes()).filter(|_| self.enc.hash().is_some())
        {
            steps.push(secret_step("MAC key", "first half of the content key", mac_key));
            steps.push(secret_step("Cipher key", "second half of the content key", cipher_key));
        }
        steps.push(Step::new("IV", "random bytes", Excerpt::hex(&self.iv), Some(Role::Meta)));
        if let Some(plain) = plain {
            steps.push(Step::new("Plaintext", "", Excerpt::of(plain), None));
        }
        let encrypted = if self.enc.hash().is_some() {
            "AES-CBC(cipher key, IV, plaintext)"
        } else {
            "AES-GCM(content key, IV, plaintext)"
        };
        steps.push(Step::new("Ciphertext", encrypted, Excerpt::hex(&self.ciphertext), Some(Role::Payload)));
        let tag = self.enc.tag(key.bytes(), &self.iv, self.aad(), &self.ciphertext).unwrap_or_default();
        steps.push(Step::new("Tag", self.enc.tag_formula(), Excerpt::hex(&tag), None));
        steps.push(Step::new(
            "Authentication tag",
            "base64url(tag)",
            Excerpt::text(&BASE64URL.encode(&tag)),
            Some(Role::Signature),
        ));
        steps
    }
}

/// Writes a token. `None` if `key` or `iv` have another length than `enc` takes.
pub fn write(
    header: &Header,
    enc: Enc,
    encrypted_key: &[u8],
    key: &Secret,
    iv: &[u8],
    plain: &[u8],
) -> Option<String> {
    let head = BASE64URL.encode(serde_json::json!(header).to_string().as_bytes());
    let (ciphertext, tag) = enc.seal(key.bytes(), iv, head.as_bytes(), plain)?;
    let parts = [encrypted_key, iv, &ciphertext, &tag].map(|part| BASE64URL.encode(part));
    Some(format!("{head}.{}", parts.join(".")))
}

/// Cuts a token at its four dots.
///
/// # Errors
/// If there are more or fewer; a signed token (JWS) has two.
pub fn cut(token: &str) -> Result<Parts, Refusal> {
    let spans = spans(token);
    if let [header, encrypted_key, iv, ciphertext, tag] = *spans.as_slice() {
        return Ok(Parts { header, encrypted_key, iv, ciphertext, tag });
    }
    let whole = Span::new(0, token.len());
    if spans.len() == 3 && jws::header(token, &jws::cut(token)).is_ok_and(|header| header.contains_key("alg"))
    {
        let message =
            "This token is signed, not encrypted: it has three parts. An encrypted one (JWE) has five.";
        return Err(Refusal::new(Why::WrongAlgorithm, message, Some(whole)));
    }
    let count = match spans.len() {
        1 => "There is no dot in it".to_owned(),
        // One span more is kept than there may be.
        6.. => "There are more than four dots in it".to_owned(),
        count => format!("It has {count} parts"),
    };
    let message = format!("{count}: an encrypted token (JWE) has five parts with dots between them.");
    Err(Refusal::new(Why::Malformed, message, Some(whole)))
}

fn spans(token: &str) -> Vec<Span> {
    let mut start = 0;
    token
        .splitn(6, '.')
        .map(|piece| {
            let span = Span::new(start, start + piece.len());
            start = span.end + 1;
            span
        })
        .collect()
}

/// The named pieces of a token, as RFC 7516 calls them; of a broken one those that can be told. Empty ones are left out.
pub fn segments(token: &str, plain: Option<&Payload>) -> Vec<Segment> {
    const NAMES: [(&str, Role); 6] = [
        ("Protected header", Role::Header),
        ("Encrypted key", Role::Meta),
        ("Initialization vector", Role::Meta),
        ("Ciphertext", Role::Payload),
        ("Authentication tag", Role::Signature),
        ("Not part of a token", Role::Meta),
    ];
    let header = jws::header(token, &jws::cut(token)).ok();
    let spans = spans(token);
    if header.is_none() && spans.len() != 5 {
        return Vec::new();
    }
    NAMES
        .into_iter()
        .zip(spans)
        .filter(|(_, span)| !span.is_empty())
        .map(|((name, role), span)| {
            let decoded = match role {
                Role::Header => BASE64URL.decode(span.of(token)).ok().map(Payload::of),
                Role::Payload => plain.cloned(),
                _ => None,
            };
            Segment { name: name.into(), role, span, decoded }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex::decode(hex.replace(' ', "")).expect("hex")
    }

    #[test]
    fn cbc_with_hmac_is_the_rfcs() {
        // RFC 7518 appendix B.1 and B.3: the keys count up from 0.
        let plain = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the \
                      enemy without inconvenience";
        let aad = b"The second principle of Auguste Kerckhoffs";
        let iv = bytes("1af38c2dc2b96ffdd86694092341bc04");
        for (enc, tag) in [
            (Enc::A128CbcHs256, "652c3fa36b0a7c5b3219fab3a30bc1c4"),
            (Enc::A256CbcHs512, "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"),
        ] {
            let key: Vec<u8> = (0..64).take(enc.key_size()).collect();
            let (ciphertext, found) = enc.seal(&key, &iv, aad, plain).expect("lengths");
            assert_eq!(hex::encode(&found), tag);
            assert_eq!(enc.open(&key, &iv, aad, &ciphertext, &found).as_deref(), Some(&plain[..]));
        }
    }

    #[test]
    fn what_is_sealed_opens_and_its_tag_can_be_made_again() {
        for enc in Enc::ALL {
            let (key, iv) = (vec![7; enc.key_size()], vec![9; enc.iv_size()]);
            let (ciphertext, tag) = enc.seal(&key, &iv, b"head", b"some text").expect("lengths");
            assert_eq!(tag.len(), enc.tag_size());
            assert_eq!(enc.tag(&key, &iv, b"head", &ciphertext), Some(tag.clone()));
            assert_eq!(enc.open(&key, &iv, b"head", &ciphertext, &tag).as_deref(), Some(&b"some text"[..]));
            assert_eq!(enc.open(&key, &iv, b"head", &ciphertext, &tag[1..]), None);
            assert_eq!(enc.open(&key, &iv, b"heat", &ciphertext, &tag), None);
            assert_eq!(enc.seal(&key[1..], &iv, b"head", b""), None);
            assert_eq!(Enc::by_name(enc.name()), Some(enc));
        }
    }

    #[test]
    fn a_broken_token_says_what_is_wrong() {
        let why = |token: &str| Jwe::read(token).expect_err("is broken").why;
        assert_eq!(why("undefined"), Why::Malformed);
        assert_eq!(why("e30.e30.e30"), Why::Malformed);
        // {"alg":"HS256"}
        assert_eq!(why("eyJhbGciOiJIUzI1NiJ9.e30.e30"), Why::WrongAlgorithm);
        // {"alg":"dir"}, and the same with "enc":"A256GCM"
        assert_eq!(why("eyJhbGciOiJkaXIifQ..e30.e30.e30"), Why::Malformed);
        assert_eq!(why("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..e30.e30.e30"), Why::Malformed);
        assert_eq!(segments("eyJhbGciOiJkaXIifQ..e30.e30.e30.x.y", None).len(), 5);
        assert!(segments("....", None).is_empty() && segments("undefined", None).is_empty());
    }
}
