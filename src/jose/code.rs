//! Code that verifies or decrypts the token at hand in the reader's own program, with the usual library of each language.
//!
//! What RFC 8725bis asks of every verifier is written out: the algorithm is pinned to the token's and never taken from
//! the header, issuer and audience are compared with the token's, an explicit `typ` is checked, and an expiry is required
//! where this token has one. The key comes from the environment, read as the person's was; the address of a key set is for
//! the reader to fill in, and never one that the token names.
//!
//! There is no code for a token that should not be verified (`none`), whose algorithm no standard names, or that needs
//! extensions (`crit`).

use std::borrow::Cow;

use serde_json::Value;

use super::claims::Claims;
use super::jws::Header;
use super::key::{Curve, Key, OkpCurve};
use crate::limits::{MAX_LITERAL, MAX_P2C};
use crate::protocol::Snippet;
use crate::scheme::kit::jwe::Enc;
use crate::scheme::kit::snippet;
use crate::secret::SecretEncoding;

/// What the code is to be for.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// The protected header of a JWS or a JWE.
    pub header: &'a Header,
    /// The claims, if they can be read: those of an encrypted token are known only with its key.
    pub claims: Option<&'a Claims>,
    /// The key that was given for it, if one was.
    pub key: Option<&'a Key>,
    /// How that key was read.
    pub reading: SecretEncoding,
}

/// The code for `token` in every language whose library knows its algorithm. Variables are read from the environment:
/// `JWT_SECRET`, `JWT_PUBLIC_KEY` and `JWT_PRIVATE_KEY` (PEM), `JWKS_URL`.
pub fn verify(token: &Token) -> Vec<Snippet> {
    code(token).unwrap_or_default()
}

/// A library, and what it knows.
struct Library {
    file: &'static str,
    language: &'static str,
    /// The values of `alg`, with blanks between them.
    algs: &'static str,
    /// Whether it knows Ed448 under the name EdDSA, or X448 and secp256k1 for ECDH.
    rare_curves: bool,
    /// Whether it reads claims whose `sub` is no text, against RFC 7519 section 4.1.2.
    any_subject: bool,
    code: &'static str,
}

/// Left out, as the libraries' own lists and sources have it:
///
/// - ES256K: jose since 5, golang-jwt, the crate jsonwebtoken, JJWT and Microsoft.IdentityModel do not know it.
/// - ES512: php-jwt and the crate jsonwebtoken do not. PS256 to PS512: php-jwt does not.
/// - EdDSA: ruby-jwt only with another gem since 3, Microsoft.IdentityModel not at all. Ed448 under that name: only PyJWT
///   and JJWT. The names Ed25519 and Ed448 of RFC 9864: only jose (the first) and joserfc, which therefore stands in for
///   PyJWT.
/// - ML-DSA: only jose, where the JavaScript runtime has it.
const SIGNED: [Library; 9] = [
    Library {
        file: "Node, jose",
        language: "javascript",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519 ML-DSA-44 ML-DSA-65 ML-DSA-87",
        rare_curves: false,
        any_subject: true,
        code: JOSE,
    },
    Library {
        file: "Python, PyJWT",
        language: "python",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K EdDSA",
        rare_curves: true,
        any_subject: true,
        code: PYJWT,
    },
    Library {
        file: "Python, joserfc",
        language: "python",
        algs: "Ed25519 Ed448",
        rare_curves: true,
        any_subject: false,
        code: JOSERFC,
    },
    Library {
        file: "Ruby, jwt",
        language: "ruby",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K",
        rare_curves: false,
        any_subject: true,
        code: RUBY,
    },
    Library {
        file: "PHP, firebase/php-jwt",
        language: "php",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES256K EdDSA",
        rare_curves: false,
        any_subject: true,
        code: PHP,
    },
    Library {
        file: "Go, golang-jwt",
        language: "go",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA",
        rare_curves: false,
        any_subject: true,
        code: GO,
    },
    Library {
        file: "Rust, jsonwebtoken",
        language: "rust",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA",
        rare_curves: false,
        any_subject: true,
        code: RUST,
    },
    Library {
        file: "Java, JJWT",
        language: "java",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA",
        rare_curves: true,
        any_subject: false,
        code: JAVA,
    },
    Library {
        file: "C#, IdentityModel",
        language: "csharp",
        algs: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512",
        rare_curves: false,
        any_subject: true,
        code: CSHARP,
    },
];

/// RSA1_5 is left out for good: it is to be used no more (draft-ietf-jose-deprecate-none-rsa15). joserfc has RSA-OAEP with
/// SHA-1 and SHA-256 only; jose has neither X448 nor secp256k1.
const ENCRYPTED: [Library; 2] = [
    Library {
        file: "Node, jose",
        language: "javascript",
        algs: "dir A128KW A192KW A256KW A128GCMKW A192GCMKW A256GCMKW RSA-OAEP RSA-OAEP-256 RSA-OAEP-384 RSA-OAEP-512 \
               ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW",
        rare_curves: false,
        any_subject: true,
        code: JOSE,
    },
    Library {
        file: "Python, joserfc",
        language: "python",
        algs: "dir A128KW A192KW A256KW A128GCMKW A192GCMKW A256GCMKW RSA-OAEP RSA-OAEP-256 ECDH-ES ECDH-ES+A128KW \
               ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW",
        rare_curves: true,
        any_subject: false,
        code: JOSERFC,
    },
];

/// What a template's words stand for. A line with a word that stands for nothing is left out.
type Words<'a> = [(&'static str, Cow<'a, str>)];

fn code(token: &Token) -> Option<Vec<Snippet>> {
    let header = token.header;
    let alg = header.get("alg")?.as_str()?;
    let enc = match header.get("enc") {
        Some(enc) => Enc::by_name(enc.as_str()?)?.name(),
        None => "",
    };
    let is_encrypted = !enc.is_empty();
    // Extensions that no library obeys; a payload that is no claims is nothing that a JWT library reads.
    if header.contains_key("crit") || header.contains_key("b64") || (!is_encrypted && token.claims.is_none())
    {
        return None;
    }
    // What is inside is a token again, and has the claims.
    let nested = is_encrypted
        && header.get("cty").and_then(Value::as_str).is_some_and(|cty| cty.eq_ignore_ascii_case("JWT"));
    let claim = |name| token.claims.filter(|_| !nested).and_then(|claims| claims.get(name));
    let is_text = claim("sub").is_none_or(Value::is_string);
    let iss = literal(claim("iss"))?;
    let (aud, several) = audience(claim("aud"))?;
    let typ = explicit_type(header)?;
    let count = iterations(header)?;
    let curve = curve(token);
    let source = Source::of(token, alg);
    let required: Vec<&str> = [("exp", claim("exp").is_some_and(Value::is_number))]
        .into_iter()
        .chain([("iss", !iss.is_empty()), ("aud", !aud.is_empty())])
        .filter_map(|(name, is_there)| is_there.then_some(name))
        .collect();
    let flags: Vec<&str> = [
        ("jwe", is_encrypted),
        ("nested", nested),
        ("several", several),
        ("exp", required.contains(&"exp")),
        ("zip", header.contains_key("zip")),
        // PyJWT wants a text.
        ("sub", !is_text),
        (source.flag(), true),
        (family(alg).flag, true),
        ("decoded", matches!(source, Source::Hex | Source::Base64 | Source::Base64url)),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| is_set.then_some(name))
    .collect();
    let family = family(alg);
    let words = [
        ("ALG", alg.into()),
        ("ENC", enc.into()),
        ("ISS", iss),
        ("AUD", aud),
        ("TYP", typ),
        ("COUNT", count.into()),
        ("REQUIRED", quoted(&required).into()),
        ("HMAC", alg.replace("HS", "HmacSHA").into()),
        ("FROM_PEM", family.from_pem.into()),
        ("PARSE_PEM", family.parse_pem.into()),
        ("KEY_FACTORY", family.factory.into()),
        ("KEY_CLASS", if source.is_secret() { "OctKey".into() } else { key_class(token, &family).into() }),
    ];
    let libraries: &[Library] = if is_encrypted { &ENCRYPTED } else { &SIGNED };
    let knows = |library: &&Library| {
        library.algs.split(' ').any(|known| known == alg)
            && (library.rare_curves || !is_rare(alg, curve))
            && (library.any_subject || is_text)
    };
    let snippet = |library: &Library| Snippet {
        file: library.file.into(),
        language: library.language.into(),
        code: filled(library, source, &flags, &words).into(),
    };
    Some(libraries.iter().filter(knows).map(snippet).collect())
}

/// Where the key comes from, and how it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Text,
    Hex,
    Base64,
    Base64url,
    Pem,
    /// A key set that is fetched from the issuer.
    KeySet,
}

impl Source {
    fn of(token: &Token, alg: &str) -> Self {
        let is_encrypted = token.header.contains_key("enc");
        // Libraries look for the token's `kid` in the set.
        let names_key = token.header.get("kid").is_some_and(Value::is_string);
        match (family(alg).flag, token.reading) {
            ("secret", SecretEncoding::Hex) => Self::Hex,
            ("secret", SecretEncoding::Base64) => Self::Base64,
            // The member `k` of the JWK is what the variable holds.
            ("secret", SecretEncoding::Base64url | SecretEncoding::Jwk | SecretEncoding::Jwks) => {
                Self::Base64url
            }
            ("secret", _) => Self::Text,
            (_, SecretEncoding::Jwks) if names_key && !is_encrypted => Self::KeySet,
            // Without a key, but with a name for it, it is most likely a provider's, who publishes a set.
            (_, _) if names_key && !is_encrypted && token.key.is_none() => Self::KeySet,
            _ => Self::Pem,
        }
    }

    const fn flag(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Pem => "pem",
            Self::KeySet => "jwks",
        }
    }

    const fn is_secret(self) -> bool {
        !matches!(self, Self::Pem | Self::KeySet)
    }

    /// The bytes of a shared secret in the language; empty for other keys.
    fn bytes(self, language: &str) -> Cow<'static, str> {
        let reading = match self {
            Self::Text => SecretEncoding::Utf8,
            Self::Hex => SecretEncoding::Hex,
            Self::Base64 => SecretEncoding::Base64,
            Self::Base64url => SecretEncoding::Base64url,
            Self::Pem | Self::KeySet => return "".into(),
        };
        snippet::key(language, reading).unwrap_or_default().replace("SECRET_ENV", "JWT_SECRET").into()
    }
}

/// What the algorithms of one kind of key are called in the libraries.
struct Family {
    flag: &'static str,
    /// The crate jsonwebtoken's.
    from_pem: &'static str,
    /// golang-jwt's.
    parse_pem: &'static str,
    /// Java's.
    factory: &'static str,
    /// joserfc's.
    class: &'static str,
}

fn family(alg: &str) -> Family {
    let of = |flag, from_pem, parse_pem, factory, class| Family { flag, from_pem, parse_pem, factory, class };
    match alg.get(..2).unwrap_or_default() {
        "RS" | "PS" => of("rsa", "from_rsa_pem", "ParseRSAPublicKeyFromPEM", "RSA", "RSAKey"),
        "ES" | "EC" => of("ec", "from_ec_pem", "ParseECPublicKeyFromPEM", "EC", "ECKey"),
        "Ed" => of("ed", "from_ed_pem", "ParseEdPublicKeyFromPEM", "EdDSA", "OKPKey"),
        "ML" => of("mldsa", "", "", "", ""),
        _ => of("secret", "", "", "", "OctKey"),
    }
}

fn key_class(token: &Token, family: &Family) -> &'static str {
    let of_header = || token.header.get("epk")?.get("kty")?.as_str();
    let is_okp = match token.key {
        Some(key) => matches!(key, Key::Okp(_)),
        None => of_header() == Some("OKP"),
    };
    if is_okp { "OKPKey" } else { family.class }
}

/// The curve's name, where the key or the header tells.
fn curve<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token.key {
        Some(Key::Okp(okp)) => Some(okp.curve.name()),
        Some(Key::Ec(ec)) => Some(ec.curve.name()),
        _ => token.header.get("epk")?.get("crv")?.as_str(),
    }
}

/// Whether it is a curve that most libraries do not have, and that the name of the algorithm does not tell.
fn is_rare(alg: &str, curve: Option<&str>) -> bool {
    let rare = [OkpCurve::Ed448.name(), OkpCurve::X448.name(), Curve::Secp256k1.name()];
    (alg == "EdDSA" || alg.starts_with("ECDH")) && curve.is_some_and(|curve| rare.contains(&curve))
}

/// A claim's text, empty if it has none. `None` if it cannot be written as a literal that shows what it is.
fn literal(claim: Option<&Value>) -> Option<Cow<'_, str>> {
    let text = claim.and_then(Value::as_str).unwrap_or_default();
    is_plain(text).then_some(Cow::Borrowed(text))
}

/// The audience, and whether it is one of several. A program's own is one of them, and not any: the first is taken.
fn audience(claim: Option<&Value>) -> Option<(Cow<'_, str>, bool)> {
    match claim.and_then(Value::as_array) {
        Some(list) => Some((literal(list.first())?, list.len() > 1)),
        None => Some((literal(claim)?, false)),
    }
}

/// The header's `typ` where it tells this kind of token from others (RFC 8725bis section 3.11): not `JWT`, which tells none.
fn explicit_type(header: &Header) -> Option<Cow<'_, str>> {
    let typ = literal(header.get("typ"))?;
    let name = typ.rsplit('/').next().unwrap_or_default();
    Some(if name.eq_ignore_ascii_case("JWT") { Cow::Borrowed("") } else { typ })
}

/// Up to how many iterations jose is to run, where they are more than it does by itself. `None` if they are too many to be
/// advised.
fn iterations(header: &Header) -> Option<String> {
    const JOSE_LIMIT: u64 = 10_000;
    match header.get("p2c").and_then(Value::as_u64) {
        Some(count) if count > u64::from(MAX_P2C) => None,
        Some(count) if count > JOSE_LIMIT => Some(count.to_string()),
        _ => Some(String::new()),
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| ["\"", name, "\""].concat()).collect::<Vec<_>>().join(", ")
}

/// Whether a literal shows what the text is: not too long, and without characters that break a line, turn it around, or are
/// not seen.
fn is_plain(text: &str) -> bool {
    let is_unseen = |c| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.len() <= MAX_LITERAL && !text.chars().any(|c| c.is_control() || is_unseen(c))
}

/// A template with its words filled in. Before a line may stand when it does: `?exp: ` if there is such a flag or the word
/// of that name stands for something, `?!exp: ` if not.
fn filled(library: &Library, source: Source, flags: &[&str], words: &Words) -> String {
    let key = source.bytes(library.language);
    let meaning = |word: &str| match word {
        "KEY_BYTES" => Some(&*key),
        _ => words.iter().find(|(name, _)| *name == word).map(|(_, text)| &**text),
    };
    let is_set = |name: &str| flags.contains(&name) || meaning(name).is_some_and(|text| !text.is_empty());
    let mut lines = Vec::new();
    for mut line in library.code.lines() {
        let mut stands = true;
        while let Some((condition, rest)) = line.strip_prefix('?').and_then(|rest| rest.split_once(": ")) {
            stands &= match condition.strip_prefix('!') {
                Some(name) => !is_set(name),
                None => is_set(condition),
            };
            line = rest;
        }
        if stands && snippet::words(line).all(|word| meaning(word) != Some("")) {
            lines.push(snippet::replaced(line, library.language, |word| meaning(word).map(str::to_owned)));
        }
    }
    lines.join("\n")
}

const JOSE: &str = r#"?!pem: ?!jwks: ?!jwe: import { jwtVerify } from "jose"
?pem: ?!jwe: import { importSPKI, jwtVerify } from "jose"
?jwks: import { createRemoteJWKSet, jwtVerify } from "jose"
?!pem: ?jwe: ?!nested: import { jwtDecrypt } from "jose"
?!pem: ?nested: import { compactDecrypt } from "jose"
?pem: ?jwe: ?!nested: import { importPKCS8, jwtDecrypt } from "jose"
?pem: ?nested: import { compactDecrypt, importPKCS8 } from "jose"

const key = KEY_BYTES
?pem: ?!jwe: const key = await importSPKI(process.env.JWT_PUBLIC_KEY, "ALG")
?pem: ?jwe: const key = await importPKCS8(process.env.JWT_PRIVATE_KEY, "ALG")
?jwks: // The key set of the issuer, never one that a token names.
?jwks: const key = createRemoteJWKSet(new URL(process.env.JWKS_URL))
?!jwe: const { payload } = await jwtVerify(token, key, {
?!jwe:   algorithms: ["ALG"],
?jwe: ?!nested: const { payload } = await jwtDecrypt(token, key, {
?nested: const { plaintext } = await compactDecrypt(token, key, {
?jwe:   keyManagementAlgorithms: ["ALG"],
  contentEncryptionAlgorithms: ["ENC"],
  maxPBES2Count: COUNT,
  issuer: "ISS",
?several:   // It names several: yours is one of them.
  audience: "AUD",
?!nested:   typ: "TYP",
?exp:   requiredClaims: ["exp"],
?!nested:   clockTolerance: 30,
})
?nested: // A token again: verify it, too.
?nested: const signed = new TextDecoder().decode(plaintext)"#;

const PYJWT: &str = r#"?decoded: import base64
import os
import jwt

key = KEY_BYTES
?pem: key = os.environ["JWT_PUBLIC_KEY"]
?jwks: # The key set of the issuer, never one that a token names.
?jwks: key = jwt.PyJWKClient(os.environ["JWKS_URL"]).get_signing_key_from_jwt(token)
claims = jwt.decode(
    token,
    key,
    algorithms=["ALG"],
    issuer="ISS",
?several:     # It names several: yours is one of them.
    audience="AUD",
?exp: ?!sub:     options={"require": ["exp"]},
?exp: ?sub:     options={"require": ["exp"], "verify_sub": False},
?!exp: ?sub:     options={"verify_sub": False},
    leeway=30,
)
?TYP: if jwt.get_unverified_header(token).get("typ") != "TYP":
?TYP:     raise jwt.InvalidTokenError("wrong typ")"#;

const JOSERFC: &str = r#"?decoded: import base64
?jwks: import json
import os
?jwks: import urllib.request
?!nested: from joserfc import jwt
?nested: from joserfc import jwe
?jwe: from joserfc.jwe import JWERegistry
?!jwks: from joserfc.jwk import KEY_CLASS
?jwks: from joserfc.jwk import KeySet
?!jwe: from joserfc.jws import JWSRegistry

?KEY_BYTES: key = OctKey.import_key(KEY_BYTES)
?pem: ?!jwe: key = KEY_CLASS.import_key(os.environ["JWT_PUBLIC_KEY"])
?pem: ?jwe: key = KEY_CLASS.import_key(os.environ["JWT_PRIVATE_KEY"])
?jwks: # The key set of the issuer, never one that a token names.
?jwks: key = KeySet.import_key_set(json.load(urllib.request.urlopen(os.environ["JWKS_URL"])))
?!jwe: registry = JWSRegistry(algorithms=["ALG"], strict_check_header=False)
?!zip: registry = JWERegistry(algorithms=["ALG", "ENC"], strict_check_header=False)
?zip: registry = JWERegistry(algorithms=["ALG", "ENC", "DEF"], strict_check_header=False)
?nested: # A token again: verify it, too.
?nested: signed = jwe.decrypt_compact(token, key, registry=registry).plaintext.decode()
?!nested: decoded = jwt.decode(token, key, registry=registry)
?!nested: jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": "ISS"},
?several:     # It names several: yours is one of them.
    aud={"essential": True, "value": "AUD"},
?exp:     exp={"essential": True},
?!nested:     leeway=30,
?!nested: ).validate(decoded.claims)
?!nested: ?TYP: if decoded.header.get("typ") != "TYP":
?!nested: ?TYP:     raise ValueError("wrong typ")
?!nested: claims = decoded.claims"#;

const RUBY: &str = r#"require "jwt"
?pem: require "openssl"
?jwks: require "net/http"

key = KEY_BYTES
?pem: key = OpenSSL::PKey.read(ENV.fetch("JWT_PUBLIC_KEY"))
?jwks: # The key set of the issuer, never one that a token names.
?jwks: keys = JSON.parse(Net::HTTP.get(URI(ENV.fetch("JWKS_URL"))))
?!jwks: claims, header = JWT.decode(token, key, true, {
?jwks: claims, header = JWT.decode(token, nil, true, {
?jwks:   jwks: keys,
  algorithm: "ALG",
  iss: "ISS", verify_iss: true,
?several:   # It names several: yours is one of them.
  aud: "AUD", verify_aud: true,
?exp:   required_claims: ["exp"],
  leeway: 30,
})
?TYP: raise JWT::DecodeError, "wrong typ" unless header["typ"] == "TYP""#;

const PHP: &str = r"?jwks: use Firebase\JWT\JWK;
use Firebase\JWT\JWT;
?!jwks: use Firebase\JWT\Key;

$key = new Key(KEY_BYTES, 'ALG');
?pem: ?!ed: $key = new Key(getenv('JWT_PUBLIC_KEY'), 'ALG');
?pem: ?ed: // Sodium takes the key itself: the last 32 bytes of what the PEM holds.
?pem: ?ed: $der = base64_decode(preg_replace('/-----[^-]+-----/', '', getenv('JWT_PUBLIC_KEY')));
?pem: ?ed: $key = new Key(base64_encode(substr($der, -32)), 'ALG');
?jwks: // The key set of the issuer, never one that a token names.
?jwks: $key = JWK::parseKeySet(json_decode(file_get_contents(getenv('JWKS_URL')), true), 'ALG');
JWT::$leeway = 30;
$header = new stdClass();
$claims = JWT::decode($token, $key, $header);
?jwks: $header->alg === 'ALG' || throw new UnexpectedValueException('wrong alg');
($claims->iss ?? null) === 'ISS' || throw new UnexpectedValueException('wrong iss');
?several: // It names several: yours is one of them.
in_array('AUD', (array) ($claims->aud ?? []), true) || throw new UnexpectedValueException('wrong aud');
?exp: isset($claims->exp) || throw new UnexpectedValueException('no exp');
($header->typ ?? null) === 'TYP' || throw new UnexpectedValueException('wrong typ');";

const GO: &str = r#"func verify(token string) (*jwt.Token, error) {
?text: 	key := []byte(os.Getenv("JWT_SECRET"))
?hex: 	key, err := hex.DecodeString(os.Getenv("JWT_SECRET"))
?base64: 	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(os.Getenv("JWT_SECRET"), "="))
?base64url: 	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(os.Getenv("JWT_SECRET"), "="))
?pem: 	key, err := jwt.PARSE_PEM([]byte(os.Getenv("JWT_PUBLIC_KEY")))
?jwks: 	// The key set of the issuer, never one that a token names. keyfunc is github.com/MicahParks/keyfunc/v3.
?jwks: 	keys, err := keyfunc.NewDefault([]string{os.Getenv("JWKS_URL")})
?!text: 	if err != nil {
?!text: 		return nil, err
?!text: 	}
?!jwks: 	verified, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return key, nil },
?jwks: 	verified, err := jwt.Parse(token, keys.Keyfunc,
		jwt.WithValidMethods([]string{"ALG"}),
		jwt.WithIssuer("ISS"),
?several: 		// It names several: yours is one of them.
		jwt.WithAudience("AUD"),
?exp: 		jwt.WithExpirationRequired(),
		jwt.WithLeeway(30*time.Second),
	)
?TYP: 	if err == nil && verified.Header["typ"] != "TYP" {
?TYP: 		err = errors.New("wrong typ")
?TYP: 	}
	return verified, err
}"#;

const RUST: &str = r#"?base64: use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};
?base64url: use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn verify(token: &str) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
?KEY_BYTES:     let secret = std::env::var("JWT_SECRET")?;
    let key = DecodingKey::from_secret(KEY_BYTES);
?pem:     let key = DecodingKey::FROM_PEM(std::env::var("JWT_PUBLIC_KEY")?.as_bytes())?;
?jwks:     // The key set of the issuer, never one that a token names.
?jwks:     let keys = reqwest::blocking::get(std::env::var("JWKS_URL")?)?.json::<jsonwebtoken::jwk::JwkSet>()?;
?jwks:     let kid = jsonwebtoken::decode_header(token)?.kid.ok_or("no kid")?;
?jwks:     let key = DecodingKey::from_jwk(keys.find(&kid).ok_or("unknown kid")?)?;
    let mut validation = Validation::new(Algorithm::ALG);
    validation.set_issuer(&["ISS"]);
?several:     // It names several: yours is one of them.
    validation.set_audience(&["AUD"]);
    validation.set_required_spec_claims(&[REQUIRED]);
?!REQUIRED:     validation.required_spec_claims.clear();
    validation.validate_nbf = true;
    validation.leeway = 30;
    let verified = decode::<serde_json::Value>(token, &key, &validation)?;
?TYP:     if verified.header.typ.as_deref() != Some("TYP") {
?TYP:         return Err("wrong typ".into());
?TYP:     }
    Ok(verified.claims)
}"#;

const JAVA: &str = r#"import io.jsonwebtoken.*;
?jwks: import io.jsonwebtoken.security.*;
?jwks: import java.net.URI;
?text: import java.nio.charset.StandardCharsets;
?pem: import java.security.*;
?pem: import java.security.spec.X509EncodedKeySpec;
?!jwks: import java.util.*;
?KEY_BYTES: import javax.crypto.spec.SecretKeySpec;

?KEY_BYTES: var key = new SecretKeySpec(KEY_BYTES, "HMAC");
?pem: var pem = System.getenv("JWT_PUBLIC_KEY").replaceAll("-----[^-]+-----", "");
?pem: var key = KeyFactory.getInstance("KEY_FACTORY").generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
?jwks: // The key set of the issuer, never one that a token names.
?jwks: var keys = Jwks.setParser().build().parse(URI.create(System.getenv("JWKS_URL")).toURL().openStream()).getKeys();
var verified = Jwts.parser()
    .sig().clear().add(Jwts.SIG.ALG).and()
?!jwks:     .verifyWith(key)
?jwks:     .keyLocator(header -> keys.stream().filter(k -> k.getId().equals(header.get("kid"))).findFirst().orElseThrow().toKey())
    .requireIssuer("ISS")
?several:     // It names several: yours is one of them.
    .requireAudience("AUD")
    .clockSkewSeconds(30)
    .build()
    .parseSignedClaims(token);
?exp: if (verified.getPayload().getExpiration() == null) throw new JwtException("no exp");
?TYP: if (!"TYP".equals(verified.getHeader().getType())) throw new JwtException("wrong typ");"#;

const CSHARP: &str = r#"?pem: using System.Security.Cryptography;
?text: using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

var key = new SymmetricSecurityKey(KEY_BYTES);
?pem: ?rsa: var pair = RSA.Create();
?pem: ?ec: var pair = ECDsa.Create();
?pem: pair.ImportFromPem(Environment.GetEnvironmentVariable("JWT_PUBLIC_KEY"));
?pem: ?rsa: var key = new RsaSecurityKey(pair);
?pem: ?ec: var key = new ECDsaSecurityKey(pair);
?jwks: // The key set of the issuer, never one that a token names.
?jwks: var set = await new HttpClient().GetStringAsync(Environment.GetEnvironmentVariable("JWKS_URL"));
var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
{
?!jwks:     IssuerSigningKey = key,
?jwks:     IssuerSigningKeys = new JsonWebKeySet(set).GetSigningKeys(),
    ValidAlgorithms = ["ALG"],
    ValidIssuer = "ISS",
?!ISS:     ValidateIssuer = false,
?several:     // It names several: yours is one of them.
    ValidAudience = "AUD",
?!AUD:     ValidateAudience = false,
    ValidTypes = ["TYP"],
?!exp:     RequireExpirationTime = false,
    ClockSkew = TimeSpan.FromSeconds(30),
});
if (!result.IsValid) throw result.Exception;
var claims = result.Claims;"#;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jose::key::{Ec, Okp};

    fn object(value: Value) -> Header {
        match value {
            Value::Object(object) => object,
            other => panic!("{other} is no object"),
        }
    }

    /// The code for a token with this header and these claims.
    fn code_for(header: Value, claims: Value, key: Option<&Key>, reading: SecretEncoding) -> Vec<Snippet> {
        let (header, claims) = (object(header), object(claims));
        verify(&Token { header: &header, claims: Some(&claims), key, reading })
    }

    fn languages(alg: &str, key: Option<&Key>) -> String {
        let snippets = code_for(json!({ "alg": alg }), json!({}), key, SecretEncoding::Pem);
        snippets.iter().map(|snippet| &*snippet.language).collect::<Vec<_>>().join(" ")
    }

    fn code_in(language: &str, snippets: &[Snippet]) -> String {
        let snippet = snippets.iter().find(|snippet| snippet.language == language);
        snippet.unwrap_or_else(|| panic!("nothing in {language}")).code.to_string()
    }

    const ALGS: [&str; 15] = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
        "ES512", "ES256K", "EdDSA", "Ed25519",
    ];

    #[test]
    fn languages_whose_library_does_not_know_the_algorithm_are_left_out() {
        assert_eq!(languages("HS256", None), "javascript python ruby php go rust java csharp");
        assert_eq!(languages("PS256", None), "javascript python ruby go rust java csharp");
        assert_eq!(languages("ES256", None), "javascript python ruby php go rust java csharp");
        assert_eq!(languages("ES512", None), "javascript python ruby go java csharp");
        assert_eq!(languages("ES256K", None), "python ruby php");
        assert_eq!(languages("EdDSA", None), "javascript python php go rust java");
        let ed448 = Key::Okp(Okp { curve: OkpCurve::Ed448, x: vec![0; 57], d: None });
        assert_eq!(languages("EdDSA", Some(&ed448)), "python java");
        assert_eq!(languages("Ed25519", None), "javascript python");
        assert_eq!(languages("Ed448", None), "python");
        assert_eq!(languages("ML-DSA-65", None), "javascript");
    }

    #[test]
    fn libraries_that_refuse_a_subject_that_is_no_text_are_left_out() {
        let count = |sub: Value, alg| {
            code_for(json!({ "alg": alg }), json!({ "sub": sub }), None, SecretEncoding::Pem).len()
        };
        assert_eq!([count(json!("7"), "RS256"), count(json!(7), "RS256")], [8, 7]);
        assert_eq!([count(json!("7"), "Ed448"), count(json!(7), "Ed448")], [1, 0]);
    }

    #[test]
    fn what_should_not_be_verified_has_no_code() {
        for header in [
            json!({ "alg": "none" }),
            json!({ "alg": "hs256" }),
            json!({ "alg": "HS1" }),
            json!({ "alg": "" }),
            json!({ "alg": 1 }),
            json!({}),
            json!({ "alg": "HS256", "crit": ["b64"], "b64": false }),
            json!({ "alg": "HS256", "typ": "a\nb" }),
            json!({ "alg": "RSA1_5", "enc": "A128GCM" }),
            json!({ "alg": "dir", "enc": "A1GCM" }),
            json!({ "alg": "dir" }),
            json!({ "alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 1_000_000_000 }),
        ] {
            let code = code_for(header.clone(), json!({}), None, SecretEncoding::Utf8);
            assert_eq!(code, [], "{header}");
        }
        let header = object(json!({ "alg": "HS256" }));
        let token = Token { header: &header, claims: None, key: None, reading: SecretEncoding::Utf8 };
        assert_eq!(verify(&token), [], "a payload that is no claims");
    }

    #[test]
    fn nothing_is_left_open() {
        let readings = [
            SecretEncoding::Utf8,
            SecretEncoding::Hex,
            SecretEncoding::Base64,
            SecretEncoding::Base64url,
            SecretEncoding::Jwks,
            SecretEncoding::Pem,
        ];
        let claims = [
            json!({}),
            json!({ "iss": "Köln", "aud": ["a", "b"], "exp": 1, "sub": 7 }),
            json!({ "iss": "a", "aud": "b" }),
        ];
        let open = [
            "ALG",
            "ENC",
            "ISS",
            "AUD",
            "TYP",
            "COUNT",
            "REQUIRED",
            "HMAC",
            "FROM_PEM",
            "PARSE_PEM",
            "KEY_FACTORY",
            "KEY_CLASS",
            "KEY_BYTES",
            "SECRET_ENV",
        ];
        let headers = ALGS.map(|alg| json!({ "alg": alg, "kid": "a", "typ": "at+jwt" })).into_iter().chain([
            json!({ "alg": "dir", "enc": "A256GCM" }),
            json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "zip": "DEF" }),
            json!({ "alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT" }),
            json!({ "alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": 600_000 }),
        ]);
        for header in headers {
            for (claims, reading) in
                claims.iter().flat_map(|claims| readings.map(|reading| (claims, reading)))
            {
                let snippets = code_for(header.clone(), claims.clone(), None, reading);
                assert!(!snippets.is_empty(), "{header}");
                for Snippet { file, code, .. } in &snippets {
                    assert_eq!(snippet::words(code).find(|word| open.contains(word)), None, "{file}: {code}");
                    assert!(code.lines().all(|line| !line.starts_with('?')), "{file}: {code}");
                    let alg = header["alg"].as_str().unwrap_or_default();
                    // Words of Rust and Java, or texts: whole, in any case.
                    assert!(code.contains(alg), "{file}: the algorithm is not pinned: {code}");
                    let reads = ["JWT_SECRET", "JWT_PUBLIC_KEY", "JWT_PRIVATE_KEY", "JWKS_URL"]
                        .map(|name| code.contains(name));
                    assert_eq!(
                        reads.into_iter().filter(|reads| *reads).count(),
                        1,
                        "{file}: one key: {code}"
                    );
                }
            }
        }
    }

    #[test]
    fn issuer_and_audience_are_checked_where_the_token_has_them() {
        let checks = ["iss", "aud", "issuer", "audience", "ISSUER", "AUDIENCE"];
        for alg in ALGS {
            let header = json!({ "alg": alg });
            for snippet in code_for(header.clone(), json!({ "sub": "a" }), None, SecretEncoding::Pem) {
                let is_check = |word: &&str| {
                    checks.contains(word) || word.ends_with("Issuer") && *word != "ValidateIssuer"
                };
                assert_eq!(snippet::words(&snippet.code).find(is_check), None, "{}", snippet.code);
            }
            let claims = json!({ "iss": "the issuer", "aud": ["the audience", "another"], "exp": 1 });
            for Snippet { file, code, .. } in code_for(header, claims, None, SecretEncoding::Pem) {
                assert!(code.contains("the issuer") && code.contains("the audience"), "{file}: {code}");
                assert!(!code.contains("another") && code.contains("several"), "{file}: {code}");
            }
        }
    }

    #[test]
    fn a_type_is_checked_where_it_tells_something() {
        let code =
            |typ: &str| code_for(json!({ "alg": "RS256", "typ": typ }), json!({}), None, SecretEncoding::Pem);
        assert!(code("at+jwt").iter().all(|snippet| snippet.code.contains("at+jwt")));
        assert_eq!(code("JWT"), code_for(json!({ "alg": "RS256" }), json!({}), None, SecretEncoding::Pem));
        assert_eq!(code("application/jwt"), code("JWT"));
    }

    #[test]
    fn claims_cannot_leave_their_literal() {
        // A quote of each language, what begins an expression in one, and an escape.
        let hostile = r##"a"b'c`d\e#{f}$g${h}*/?x: %>"##;
        let code = |language| {
            let claims = json!({ "iss": hostile, "aud": hostile });
            let code =
                code_in(language, &code_for(json!({ "alg": "RS256" }), claims, None, SecretEncoding::Pem));
            assert!(code.lines().count() < 40, "{code}");
            code
        };
        let double = r##""a\"b'c`d\\e#{f}$g${h}*/?x: %>""##;
        for language in ["javascript", "python", "go", "rust", "java", "csharp"] {
            assert_eq!(code(language).matches(double).count(), 2, "{language}: {}", code(language));
        }
        assert_eq!(code("ruby").matches(&double.replace('#', r"\#")).count(), 2, "{}", code("ruby"));
        let single = r#"'a"b\'c`d\\e#{f}$g${h}*/?x: %>'"#;
        assert_eq!(code("php").matches(single).count(), 2, "{}", code("php"));
    }

    #[test]
    fn what_a_literal_would_not_show_has_no_code() {
        let lines = |iss: &str| {
            code_for(json!({ "alg": "HS256" }), json!({ "iss": iss }), None, SecretEncoding::Utf8).len()
        };
        assert_eq!(lines("https://issuer.example/é鍵"), 8);
        for unseen in ["a\nb", "a\0", "a\u{202e}b", "\u{feff}", "a\u{200b}", "\u{2028}", "\u{85}"] {
            assert_eq!(lines(unseen), 0, "{unseen:?}");
        }
        assert_eq!(lines(&"a".repeat(MAX_LITERAL + 1)), 0);
    }

    #[test]
    fn the_key_is_read_as_it_was_given() {
        let code = |alg: &str, kid: bool, reading| {
            let header = if kid { json!({ "alg": alg, "kid": "1" }) } else { json!({ "alg": alg }) };
            code_in("python", &code_for(header, json!({}), None, reading))
        };
        assert!(
            code("HS256", false, SecretEncoding::Utf8).contains(r#"key = os.environ["JWT_SECRET"].encode()"#)
        );
        assert!(
            code("HS256", false, SecretEncoding::Hex).contains(r#"bytes.fromhex(os.environ["JWT_SECRET"])"#)
        );
        assert!(code("HS256", true, SecretEncoding::Jwk).contains("urlsafe_b64decode"));
        assert!(code("RS256", false, SecretEncoding::Jwk).contains("JWT_PUBLIC_KEY"));
        assert!(code("RS256", true, SecretEncoding::Jwks).contains("JWKS_URL"));
        // Nobody could tell which of the set it is.
        assert!(code("RS256", false, SecretEncoding::Jwks).contains("JWT_PUBLIC_KEY"));
    }

    #[test]
    fn encrypted_tokens_pin_both_algorithms() {
        let ec = Key::Ec(Ec { curve: Curve::Secp256k1, x: vec![0; 32], y: vec![0; 32], d: None });
        let header = json!({ "alg": "ECDH-ES+A128KW", "enc": "A256GCM", "kid": "a", "epk": { "kty": "OKP", "crv": "X25519" } });
        let snippets = code_for(header.clone(), json!({ "iss": "a" }), None, SecretEncoding::Jwks);
        let code = code_in("javascript", &snippets);
        assert!(code.contains(r#"keyManagementAlgorithms: ["ECDH-ES+A128KW"]"#), "{code}");
        assert!(code.contains(r#"contentEncryptionAlgorithms: ["A256GCM"]"#), "{code}");
        let code = code_in("python", &snippets);
        assert!(code.contains("OKPKey.import_key(os.environ[\"JWT_PRIVATE_KEY\"])"), "{code}");
        let snippets = code_for(header, json!({}), Some(&ec), SecretEncoding::Pem);
        assert_eq!(snippets.len(), 1, "jose has no such curve");
        assert!(code_in("python", &snippets).contains("ECKey"));
        let header = json!({ "alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": 600_000, "cty": "JWT" });
        let code = code_in("javascript", &code_for(header, json!({}), None, SecretEncoding::Utf8));
        assert!(code.contains("compactDecrypt") && code.contains("maxPBES2Count: 600000"), "{code}");
    }
}
