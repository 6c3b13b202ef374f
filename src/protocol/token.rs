//! What a JSON Web Token says beyond what every signed value has, and what is said of keys.

use serde::{Deserialize, Serialize};

use super::{Fact, Role, Snippet};
use crate::finding::Finding;
use crate::secret::SecretText;

/// What only tokens have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReport {
    /// The checks of the claims, each with what came of it (RFC 7519 section 4.1). None where there are no claims.
    pub checks: Vec<Check>,
    /// What members of the header and of the claims mean, where a standard or a known service says so.
    pub meanings: Vec<Meaning>,
    /// What was understood of each key that was given.
    pub keys: Vec<KeyNote>,
    /// What was mended before the token could be read, a sentence each; none if it was whole.
    pub mended: Vec<String>,
    /// The token that is inside of this one, if there is one and it could be read.
    pub nested: Option<String>,
    /// What an SD-JWT discloses (RFC 9901), in the order in which it stands there.
    pub disclosures: Vec<Disclosure>,
    /// Code that verifies this very token, in several languages: the algorithm is pinned, issuer and audience are checked,
    /// the key is read from the environment. Empty for what should not be verified.
    pub code: Vec<Snippet>,
}

/// One check of the claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The claim or header parameter: `exp`.
    pub name: String,
    pub outcome: CheckOutcome,
    /// For people: what was compared with what.
    pub message: String,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckOutcome {
    Passed,
    Failed,
    /// Nothing is expected, or there is nothing to check.
    NotChecked,
}

/// What a member means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// [`Role::Header`] or [`Role::Payload`].
    pub part: Role,
    pub name: String,
    pub meaning: String,
    /// Where that is defined.
    pub source: String,
}

/// What was understood of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyNote {
    /// Which of the secrets, counted from 0.
    pub index: usize,
    /// `RSA public key, 2048 bits, from a certificate that expires …`
    pub text: String,
    /// Whether it verified or decrypted the token.
    pub used: bool,
}

/// One disclosure of an SD-JWT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// The claim's name; absent for an element of an array.
    pub name: Option<String>,
    /// The value, as JSON text.
    pub value: String,
    pub salt: String,
    /// Its digest, as it stands in `_sd` or behind `...`.
    pub digest: String,
    /// Whether the signed part holds that digest.
    pub matched: bool,
}

/// A key that was pasted or made, in all its forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyReport {
    /// `RSA private key, 2048 bits`
    pub title: String,
    /// Whether it is a private or a shared key, which nobody else may have.
    pub is_secret: bool,
    /// Key id, algorithm, use, thumbprint, the certificate's dates …
    pub facts: Vec<Fact>,
    pub forms: Vec<KeyForm>,
    /// Remarks on it, the gravest first.
    pub findings: Vec<Finding>,
}

/// A key written in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyForm {
    /// `Public key, PEM (SPKI)`
    pub name: String,
    /// A name for the file to save it as: `public.pem`.
    pub file: String,
    pub text: SecretText,
    /// Whether the text is secret: masked until asked for.
    pub is_secret: bool,
}

/// A key to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOrder {
    pub kind: KeyKind,
    /// The algorithm that it is for, written into the JWK as `alg`; not written if empty.
    pub alg: String,
    /// `sig` or `enc`; not written if empty.
    pub usage: String,
    /// Not written if empty; [`KeyOrder::BY_THUMBPRINT`] for the thumbprint (RFC 7638).
    pub kid: String,
    /// What an earlier step found: see [`KeyMaking::Going`]. Empty to begin with.
    pub found: Vec<SecretText>,
}

impl KeyOrder {
    /// The `kid` that stands for the key's own thumbprint.
    pub const BY_THUMBPRINT: &str = "thumbprint";
}

/// What can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyKind {
    /// Random bytes, so many.
    Oct(usize),
    /// A modulus of so many bits.
    Rsa(usize),
    P256,
    P384,
    P521,
    Secp256k1,
    Ed25519,
    X25519,
}

/// What came of a [`KeyOrder`]. An RSA key is searched for in steps, so that progress shows and a person can stop it by
/// sending no further order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyMaking {
    Done(Box<KeyReport>),
    /// Send this order next.
    Going {
        order: KeyOrder,
        tried: u32,
    },
}
