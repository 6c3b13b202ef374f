//! A key in all its forms, for people.

use zeroize::Zeroizing;

use super::jwk::{self, Half};
use super::{Certificate, Jwk, Key, pem};
use crate::moment;
use crate::protocol::{Fact, FactValue, KeyForm, KeyReport};
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::digest::Digest;
use crate::secret::{SecretEncoding, SecretText};

impl Jwk {
    /// `RSA public key, 2048 bits, from a certificate for CN=example.com that expires 2027-01-01`.
    pub fn title(&self) -> String {
        let mut title = self.key.title();
        if let Some(certificate) = &self.certificate {
            title.push_str(", from a certificate");
            if !certificate.subject.is_empty() {
                title.push_str(" for ");
                title.push_str(&certificate.subject);
            }
            if let Some(day) = moment::utc(certificate.not_after) {
                title.push_str(" that expires ");
                title.push_str(day.split(' ').next().unwrap_or_default());
            }
        }
        title
    }

    /// Everything that there is to say of it, but for the remarks of the rules. With `now`, in Unix seconds, times have
    /// their distance.
    pub fn report(&self, now: Option<i64>) -> KeyReport {
        KeyReport {
            title: self.title(),
            is_secret: self.key.is_secret(),
            facts: self.facts(now),
            forms: self.forms(),
            findings: Vec::new(),
        }
    }

    fn facts(&self, now: Option<i64>) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |term: &str, from: &str, value: Option<String>| {
            let from = (!from.is_empty()).then(|| from.to_owned());
            facts.extend(value.map(|value| Fact { term: term.into(), from, value: FactValue::Text(value) }));
        };
        add("Key ID", "kid", self.kid.clone());
        add("Algorithm", "alg", self.alg.clone());
        add("Use", "use", self.usage.as_deref().map(usage));
        add("Operations", "key_ops", self.key_ops.as_ref().map(|operations| operations.join(", ")));
        if let Key::Rsa(rsa) = &self.key {
            add("Public exponent", "e", exponent(&rsa.e));
        }
        add("Thumbprint (RFC 7638, SHA-256)", "", Some(self.thumbprint(Digest::Sha256)));
        if let Some(certificate) = &self.certificate {
            certificate.add_facts(&mut facts, now);
        }
        facts
    }

    fn forms(&self) -> Vec<KeyForm> {
        let mut forms = Vec::new();
        let mut add = |name: &str, file: &str, text: Option<Zeroizing<String>>, encoding, is_secret| {
            forms.extend(text.map(|text| KeyForm {
                name: name.into(),
                file: file.into(),
                text: SecretText { text, encoding: Some(encoding) },
                is_secret,
            }));
        };
        if let Key::Oct(secret) = &self.key {
            let base64url = Zeroizing::new(BASE64URL.encode(secret.bytes()));
            let hex = Zeroizing::new(hex::encode(secret.bytes()));
            add("Secret, JWK", "secret.jwk.json", jwk::write(self, Half::Whole), SecretEncoding::Jwk, true);
            add(
                "Secret, Base64url",
                "secret.base64url.txt",
                Some(base64url),
                SecretEncoding::Base64url,
                true,
            );
            add("Secret, hex", "secret.hex.txt", Some(hex), SecretEncoding::Hex, true);
            return forms;
        }
        let public = pem::write_public(&self.key).map(Zeroizing::new);
        add("Public key, PEM (SPKI)", "public.pem", public, SecretEncoding::Pem, false);
        add(
            "Private key, PEM (PKCS#8)",
            "private.pem",
            pem::write_private(&self.key),
            SecretEncoding::Pem,
            true,
        );
        add("Public key, JWK", "public.jwk.json", jwk::write(self, Half::Public), SecretEncoding::Jwk, false);
        if self.key.is_secret() {
            add(
                "Private key, JWK",
                "private.jwk.json",
                jwk::write(self, Half::Whole),
                SecretEncoding::Jwk,
                true,
            );
        }
        let set = jwk::write_set(&[self], Half::Public);
        add("Public key, JWK set", "jwks.json", set, SecretEncoding::Jwks, false);
        forms
    }
}

impl Certificate {
    /// The SHA-256 of the certificate: the JWK's `x5t#S256` (RFC 7517 section 4.9).
    pub fn thumbprint(&self) -> String {
        BASE64URL.encode(&Digest::Sha256.hash(&self.der))
    }

    fn add_facts(&self, facts: &mut Vec<Fact>, now: Option<i64>) {
        let texts = [
            ("Certificate for", None, &self.subject),
            ("Certified by", None, &self.issuer),
            ("Certificate’s SHA-256", Some("x5t#S256"), &self.thumbprint()),
        ];
        let texts = texts.into_iter().filter(|(.., text)| !text.is_empty());
        facts.extend(texts.map(|(term, from, text)| Fact {
            term: term.into(),
            from: from.map(str::to_owned),
            value: FactValue::Text(text.clone()),
        }));
        let times = [("Certificate holds from", self.not_before), ("Certificate expires", self.not_after)];
        facts.extend(times.map(|(term, unix)| Fact {
            term: term.into(),
            from: None,
            value: moment::fact(unix, now),
        }));
    }
}

/// RFC 7517 section 4.2.
fn usage(usage: &str) -> String {
    match usage {
        "sig" => "sig: signatures".into(),
        "enc" => "enc: encryption".into(),
        other => other.into(),
    }
}

/// As a number: none that is read has more than 33 bits.
fn exponent(e: &[u8]) -> Option<String> {
    let mut bytes = [0; 8];
    bytes.get_mut(8_usize.checked_sub(e.len())?..)?.copy_from_slice(e);
    Some(u64::from_be_bytes(bytes).to_string())
}
