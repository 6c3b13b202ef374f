//! JSON Web Tokens: npm jose and jsonwebtoken, PyPI PyJWT, jwcrypto and joserfc, and the crate jsonwebtoken.
//!
//! With every algorithm that a library and Keyjar both know, and with keys that either side made: what one makes the other
//! accepts, and neither accepts what was changed, or made with another key or for another algorithm.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use keyjar::inspect::inspect;
use keyjar::jose::key::{jwk, make, pem};
use keyjar::protocol::{
    Ask, CookieDraft, Draft, KeyKind, KeyMaking, KeyOrder, Opened, Options, Payload, PayloadDraft,
    PayloadForm, Verdict,
};
use keyjar::secret::{SecretEncoding, SecretText};
use keyjar::sign::sign;
use serde_json::{Value, json};

use crate::process::run;

/// `HS256 oct-32`: an algorithm, and the kind of key that it is tried with.
type Kind = (&'static str, &'static str);

const HMAC: [Kind; 3] = [("HS256", "oct-32"), ("HS384", "oct-48"), ("HS512", "oct-64")];
const RSA: [Kind; 6] = [
    ("RS256", "RSA"),
    ("RS384", "RSA"),
    ("RS512", "RSA"),
    ("PS256", "RSA"),
    ("PS384", "RSA"),
    ("PS512", "RSA"),
];
const ECDSA: [Kind; 3] = [("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521")];
const SECP256K1: [Kind; 1] = [("ES256K", "secp256k1")];
const ED25519: [Kind; 2] = [("EdDSA", "Ed25519"), ("Ed25519", "Ed25519")];
const ED448: [Kind; 2] = [("EdDSA", "Ed448"), ("Ed448", "Ed448")];
const ML_DSA: [Kind; 3] =
    [("ML-DSA-44", "ML-DSA-44"), ("ML-DSA-65", "ML-DSA-65"), ("ML-DSA-87", "ML-DSA-87")];

/// The key management that all three libraries for JWE know; `dir` is in [`DIRECT`].
const KEY_MANAGEMENT: [Kind; 27] = [
    ("A128KW", "oct-16"),
    ("A192KW", "oct-24"),
    ("A256KW", "oct-32"),
    ("A128GCMKW", "oct-16"),
    ("A192GCMKW", "oct-24"),
    ("A256GCMKW", "oct-32"),
    ("RSA-OAEP", "RSA"),
    ("RSA-OAEP-256", "RSA"),
    ("ECDH-ES", "P-256"),
    ("ECDH-ES", "P-384"),
    ("ECDH-ES", "P-521"),
    ("ECDH-ES", "X25519"),
    ("ECDH-ES+A128KW", "P-256"),
    ("ECDH-ES+A128KW", "P-384"),
    ("ECDH-ES+A128KW", "P-521"),
    ("ECDH-ES+A128KW", "X25519"),
    ("ECDH-ES+A192KW", "P-256"),
    ("ECDH-ES+A192KW", "P-384"),
    ("ECDH-ES+A192KW", "P-521"),
    ("ECDH-ES+A192KW", "X25519"),
    ("ECDH-ES+A256KW", "P-256"),
    ("ECDH-ES+A256KW", "P-384"),
    ("ECDH-ES+A256KW", "P-521"),
    ("ECDH-ES+A256KW", "X25519"),
    ("PBES2-HS256+A128KW", "oct-32"),
    ("PBES2-HS384+A192KW", "oct-32"),
    ("PBES2-HS512+A256KW", "oct-32"),
];
const LONG_OAEP: [Kind; 2] = [("RSA-OAEP-384", "RSA"), ("RSA-OAEP-512", "RSA")];
const X448: [Kind; 2] = [("ECDH-ES", "X448"), ("ECDH-ES+A256KW", "X448")];

/// `enc`, and the key for it with `dir`.
const DIRECT: [Kind; 6] = [
    ("A128CBC-HS256", "oct-32"),
    ("A192CBC-HS384", "oct-48"),
    ("A256CBC-HS512", "oct-64"),
    ("A128GCM", "oct-16"),
    ("A192GCM", "oct-24"),
    ("A256GCM", "oct-32"),
];

#[test]
fn jose() {
    let library = Library::script("jose.mjs");
    library.signatures(&[&HMAC[..], &RSA, &ECDSA, &ED25519].concat());
    library.encryptions(&[&KEY_MANAGEMENT[..], &LONG_OAEP].concat());
}

#[test]
fn jsonwebtoken_of_npm() {
    Library::script("jsonwebtoken.mjs").signatures(&[&HMAC[..], &RSA, &ECDSA].concat());
}

#[test]
fn pyjwt() {
    Library::script("pyjwt.py")
        .signatures(&[&HMAC[..], &RSA, &ECDSA, &SECP256K1, &ED25519[..1], &ED448[..1]].concat());
}

#[test]
fn jwcrypto() {
    let library = Library::script("jwcrypto-tokens.py");
    library.signatures(&[&HMAC[..], &RSA, &ECDSA, &SECP256K1, &ED25519, &ED448, &ML_DSA].concat());
    library.encryptions(&[&KEY_MANAGEMENT[..], &X448].concat());
}

#[test]
fn joserfc() {
    let library = Library::script("joserfc-tokens.py");
    library.signatures(&[&HMAC[..], &RSA, &ECDSA, &SECP256K1, &ED25519, &ED448].concat());
    library.encryptions(&[&KEY_MANAGEMENT[..], &X448].concat());
}

#[test]
fn jsonwebtoken_of_crates() {
    let library = Library { name: "the crate jsonwebtoken", run: jsonwebtoken };
    library.signatures(&[&HMAC[..], &RSA, &ECDSA[..2], &ED25519[..1]].concat());
}

/// A library that does the jobs of `jose.mjs`.
struct Library {
    name: &'static str,
    run: fn(&str, &Value) -> Vec<Value>,
}

/// One algorithm with one key.
#[derive(Clone, Debug)]
struct Pair {
    alg: &'static str,
    /// Empty for signatures.
    enc: &'static str,
    /// The JWK: private, or shared.
    key: Value,
    /// Another key of the same kind.
    other: Value,
}

impl Library {
    const fn script(name: &'static str) -> Self {
        Self { name, run }
    }

    fn ask(&self, jobs: Vec<Value>) -> Vec<Value> {
        let count = jobs.len();
        let answers = (self.run)(self.name, &jobs.into());
        assert_eq!(answers.len(), count);
        answers
    }

    fn signatures(&self, kinds: &[Kind]) {
        let kinds: Vec<(Kind, &str)> = kinds.iter().map(|kind| (*kind, "")).collect();
        self.exchange(&self.pairs(&kinds));
    }

    /// Each algorithm with one content encryption, and each of those with a key of its own.
    fn encryptions(&self, kinds: &[Kind]) {
        let turns = kinds.iter().zip(DIRECT.iter().cycle()).map(|(kind, (enc, _))| (*kind, *enc));
        let direct = DIRECT.iter().map(|(enc, key)| (("dir", *key), *enc));
        self.exchange(&self.pairs(&turns.chain(direct).collect::<Vec<_>>()));
    }

    /// Everything once with keys of ours and once with theirs.
    fn pairs(&self, kinds: &[(Kind, &'static str)]) -> Vec<Pair> {
        let mut names: Vec<&str> = kinds.iter().map(|((_, name), _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        let orders = [&names[..], &names].concat().iter().map(|name| json!({ "generate": name })).collect();
        let made = self.ask(orders);
        let key = |index: usize| {
            assert_eq!(made[index]["error"], Value::Null, "{}: {}", self.name, names[index % names.len()]);
            made[index]["jwk"].clone()
        };
        let theirs: BTreeMap<&str, [Value; 2]> =
            names.iter().enumerate().map(|(at, name)| (*name, [key(at), key(names.len() + at)])).collect();
        let pair =
            |keys: &[Value; 2], alg, enc| Pair { alg, enc, key: keys[0].clone(), other: keys[1].clone() };
        let mut pairs = Vec::new();
        for ((alg, name), enc) in kinds {
            pairs.push(pair(&theirs[name], alg, enc));
            pairs.extend(ours().get(name).map(|keys| pair(keys, alg, enc)));
        }
        pairs
    }

    fn exchange(&self, pairs: &[Pair]) {
        let claims = claims();
        let theirs = self.ask(pairs.iter().map(|pair| pair.order(&claims)).collect());
        for (pair, token) in pairs.iter().zip(&theirs) {
            let Some(token) = token.as_str() else { panic!("{}: {pair:?}: {token}", self.name) };
            self.keyjar_reads(pair, token, &claims);
        }
        let ours: Vec<String> = pairs.iter().map(|pair| made(pair, &pair.key, &claims)).collect();
        let read = self.ask(pairs.iter().zip(&ours).map(|(pair, token)| pair.question(token)).collect());
        for ((pair, token), answer) in pairs.iter().zip(&ours).zip(&read) {
            assert_eq!(*answer, claims, "{}: {pair:?}: {token}", self.name);
        }
        self.nobody_takes_what_is_wrong(pairs, &ours);
    }

    /// With the private key, and where there is one with the public one.
    fn keyjar_reads(&self, pair: &Pair, token: &str, claims: &Value) {
        let keys = [&pair.key, &public(&pair.key)];
        for key in &keys[..if pair.enc.is_empty() { 2 } else { 1 }] {
            let opened = opened(token, key, pair);
            let Verdict::Valid { but, .. } = &opened.verdict else {
                panic!("{}: {pair:?}: {token}: {:?}", self.name, opened.verdict)
            };
            // A key of 128 bits is weak only where a MAC is made with it.
            assert!(but.is_empty() || !pair.enc.is_empty(), "{}: {pair:?}: {but:?}", self.name);
            let payload = opened.payload.as_ref().map(Payload::bytes).expect("has a payload");
            assert_eq!(serde_json::from_slice::<Value>(payload).expect("JSON"), *claims, "{}", self.name);
        }
    }

    fn nobody_takes_what_is_wrong(&self, pairs: &[Pair], ours: &[String]) {
        let mut wrong: Vec<(&str, &Pair, String)> = Vec::new();
        for (pair, token) in pairs.iter().zip(ours) {
            let parts: Vec<&str> = token.split('.').collect();
            for (index, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
                let mut parts = parts.clone();
                let part = swapped(part);
                parts[index] = &part;
                wrong.push(("a changed part", pair, parts.join(".")));
            }
            wrong.push(("another key", pair, made(pair, &pair.other, &claims())));
        }
        for pair in pairs.iter().filter(|pair| pair.enc.is_empty()) {
            // For the same key, but not the algorithm that was agreed on.
            let others = pairs.iter().filter(|other| other.key == pair.key && other.alg != pair.alg);
            // A name for one curve and the one for all of them.
            let others = others.filter(|other| !pair.alg.starts_with("Ed") && !other.alg.starts_with("Ed"));
            wrong.extend(others.map(|other| ("another algorithm", pair, made(other, &pair.key, &claims()))));
        }
        let answers = self.ask(wrong.iter().map(|(_, pair, token)| pair.question(token)).collect());
        for ((what, pair, token), answer) in wrong.iter().zip(&answers) {
            assert_eq!(*answer, Value::Null, "{}: with {what} it is accepted: {pair:?}: {token}", self.name);
            let verdict = opened(token, &pair.key, pair).verdict;
            assert!(matches!(verdict, Verdict::Invalid { .. }), "{what}: {pair:?}: {token}: {verdict:?}");
        }
    }
}

impl Pair {
    /// What the library is told to make.
    fn order(&self, claims: &Value) -> Value {
        match self.enc {
            "" => json!({ "sign": claims, "alg": self.alg, "key": self.key }),
            enc => json!({ "encrypt": claims, "alg": self.alg, "enc": enc, "key": public(&self.key) }),
        }
    }

    /// What the library is asked to read.
    fn question(&self, token: &str) -> Value {
        match self.enc {
            "" => json!({ "verify": token, "alg": self.alg, "key": public(&self.key) }),
            enc => json!({ "decrypt": token, "alg": self.alg, "enc": enc, "key": self.key }),
        }
    }
}

fn claims() -> Value {
    json!({ "sub": "7", "name": "Köln 北京 🔑", "roles": ["a", "b"], "exp": 4_102_444_800_u64, "n": 1.5 })
}

/// What Keyjar makes.
fn made(pair: &Pair, key: &Value, claims: &Value) -> String {
    let mut options = Options::from([("alg".into(), pair.alg.into())]);
    let (scheme, key) = match pair.enc {
        "" => ("jws", key.clone()),
        enc => {
            options.insert("enc".into(), enc.into());
            // Enough rounds to show that they are counted alike.
            let header = if pair.alg.starts_with("PBES2") { json!({ "p2c": 1234 }) } else { json!({}) };
            options.insert("protected_header".into(), header);
            ("jwe", public(key))
        }
    };
    let draft = Draft {
        scheme: scheme.into(),
        payload: PayloadDraft { form: PayloadForm::Json, text: claims.to_string() },
        secrets: vec![SecretText::new(key.to_string(), Some(SecretEncoding::Jwk))],
        options,
        cookie: CookieDraft::default(),
        now: None,
        patient: false,
    };
    sign(&draft).unwrap_or_else(|error| panic!("{pair:?}: {error:?}")).value
}

/// What Keyjar reads, as a server that accepts only this algorithm.
fn opened(token: &str, key: &Value, pair: &Pair) -> Opened {
    let (scheme, options) = match pair.enc {
        "" => ("jws", Options::from([("algorithms".into(), json!([pair.alg]))])),
        enc => {
            let options = [("keyManagementAlgorithms", pair.alg), ("contentEncryptionAlgorithms", enc)];
            ("jwe", options.map(|(name, only)| (name.to_owned(), json!([only]))).into())
        }
    };
    let ask = Ask {
        secrets: vec![SecretText::new(key.to_string(), Some(SecretEncoding::Jwk))],
        scheme: Some(scheme.into()),
        options,
        now: Some(1_800_000_000),
        ..Ask::default()
    };
    let mut report = inspect(token, &ask);
    let item = report.items.first_mut().unwrap_or_else(|| panic!("not found: {token}"));
    item.opened.take().expect("it was opened")
}

/// The JWK's public half; a shared key itself.
fn public(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut().filter(|members| members["kty"] != "oct") {
        members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi", "priv"].contains(&&**name));
    }
    key
}

/// Two keys of each kind that Keyjar makes.
fn ours() -> &'static BTreeMap<&'static str, [Value; 2]> {
    static KEYS: OnceLock<BTreeMap<&'static str, [Value; 2]>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let kinds = [
            ("oct-16", KeyKind::Oct(16)),
            ("oct-24", KeyKind::Oct(24)),
            ("oct-32", KeyKind::Oct(32)),
            ("oct-48", KeyKind::Oct(48)),
            ("oct-64", KeyKind::Oct(64)),
            ("RSA", KeyKind::Rsa(2048)),
            ("P-256", KeyKind::P256),
            ("P-384", KeyKind::P384),
            ("P-521", KeyKind::P521),
            ("secp256k1", KeyKind::Secp256k1),
            ("Ed25519", KeyKind::Ed25519),
            ("X25519", KeyKind::X25519),
        ];
        kinds.into_iter().map(|(name, kind)| (name, [our_key(kind), our_key(kind)])).collect()
    })
}

/// A new key as a JWK.
fn our_key(kind: KeyKind) -> Value {
    let mut order =
        KeyOrder { kind, alg: String::new(), usage: String::new(), kid: String::new(), found: Vec::new() };
    loop {
        match make::make(order).expect("it can be made") {
            KeyMaking::Going { order: next, .. } => order = next,
            KeyMaking::Done(report) => {
                let is_it =
                    |form: &&keyjar::protocol::KeyForm| form.is_secret && form.file.ends_with(".jwk.json");
                let form = report.forms.iter().find(is_it).expect("has that form");
                return serde_json::from_str(&form.text.text).expect("JSON");
            }
        }
    }
}

/// The same text with another first character.
fn swapped(text: &str) -> String {
    let first = if text.starts_with('A') { 'B' } else { 'A' };
    format!("{first}{}", text.get(1..).unwrap_or_default())
}

/// The jobs of `jose.mjs`, without encryption, with the crate jsonwebtoken. It makes no keys: "theirs" are Keyjar's, too, as
/// PEM.
fn jsonwebtoken(_: &str, jobs: &Value) -> Vec<Value> {
    let jobs: Vec<&Value> = jobs.as_array().into_iter().flatten().collect();
    let half = jobs.len() / 2;
    let answer = |(index, job): (usize, &&Value)| match job["generate"].as_str() {
        Some(name) => json!({ "jwk": ours()[name][usize::from(index >= half)] }),
        None => do_job(job),
    };
    jobs.iter().enumerate().map(answer).collect()
}

fn do_job(job: &Value) -> Value {
    let alg: Algorithm = job["alg"].as_str().and_then(|alg| alg.parse().ok()).expect("is known");
    let key = &job["key"];
    if job["sign"].is_object() {
        return jsonwebtoken::encode(&Header::new(alg), &job["sign"], &private_key(key))
            .expect("can be signed")
            .into();
    }
    let key = DecodingKey::from_jwk(&serde_json::from_value(key.clone()).expect("a JWK")).expect("a key");
    let token = job["verify"].as_str().expect("a token");
    jsonwebtoken::decode::<Value>(token, &key, &Validation::new(alg)).map_or(Value::Null, |read| read.claims)
}

fn private_key(key: &Value) -> EncodingKey {
    if let Some(text) = key["k"].as_str() {
        return EncodingKey::from_secret(&BASE64_URL_SAFE_NO_PAD.decode(text).expect("Base64url"));
    }
    let read = jwk::read(&key.to_string()).expect("a key").swap_remove(0).key;
    let text = pem::write_private(&read).expect("can be written");
    let made = match key["kty"].as_str() {
        Some("RSA") => EncodingKey::from_rsa_pem(text.as_bytes()),
        Some("EC") => EncodingKey::from_ec_pem(text.as_bytes()),
        _ => EncodingKey::from_ed_pem(text.as_bytes()),
    };
    made.expect("is a key")
}
