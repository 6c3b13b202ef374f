//! Bombs for tokens and keys of JOSE, and for the tokens that are like them.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use keyjar::limits::{MAX_INPUT, MAX_JWE_INFLATED, MAX_KEYS, MAX_P2C, MAX_SECRETS, SLOW_P2C};
use keyjar::protocol::{Ask, Draft, Options, PayloadForm};
use keyjar::scheme::kit::base64::{BASE64_PADDED, BASE64URL};
use keyjar::scheme::kit::digest::Digest;
use keyjar::scheme::kit::inflate;
use keyjar::scheme::kit::jwe::{self, Enc};
use keyjar::secret::{Secret, SecretText};
use serde_json::{Value, json};

use super::{Bomb, Door, LEVELS, SECRET, ask, draft};

/// The schemes of tokens.
const SCHEMES: [&str; 5] = ["jws", "jwe", "sd-jwt", "paseto", "branca"];

/// A private RSA key, as long as one may be.
const LONG_KEY: &str = include_str!("rsa-16384.pem");

// ------------------------------------------------------------------------------------------------------------- secrets

/// Keys as others use them: every one of some files of the vectors, once.
static REAL_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut keys = Vec::new();
    for file in ["jws-rsa", "jws-ec", "jws-eddsa", "rfc-jose"] {
        let text = std::fs::read(folder.join(file).with_extension("json")).expect("readable");
        let json: Value = serde_json::from_slice(&text).expect("JSON");
        let cases = json["cases"].as_array().expect("cases").iter();
        let secrets = cases.filter_map(|case| match &case["secret"] {
            Value::String(text) => Some(text.clone()),
            Value::Object(members) => Some(Value::Object(members.clone()).to_string()),
            _ => None,
        });
        keys.extend(secrets.filter(|text| text.contains("-----BEGIN") || text.contains("\"kty\"")));
    }
    keys.sort();
    keys.dedup();
    keys
});

/// The members of an RSA public key with so many bits, each another one.
fn rsa(bits: usize, number: usize, e: &str) -> Value {
    let mut n = vec![0xfb; bits / 8];
    let at = n.len() - 4;
    n[at..].copy_from_slice(&(2 * u32::try_from(number).expect("few") + 1).to_be_bytes());
    json!({ "kty": "RSA", "n": BASE64URL.encode(&n), "e": e, "kid": number.to_string() })
}

/// The longest exponent that is read: all of 33 bits.
const HUGE_E: &str = "Af____8";

fn set(keys: impl Iterator<Item = Value>) -> String {
    json!({ "keys": keys.collect::<Vec<_>>() }).to_string()
}

/// What may be given to check a token with: a name, and the secrets.
fn rings() -> Vec<(&'static str, Vec<String>)> {
    let real = || REAL_KEYS.iter().cloned();
    let texts = (0..4).map(|number| format!("{SECRET}{number}"));
    let private =
        real().filter(|key| key.contains("RSA") && (key.contains("PRIVATE") || key.contains("\"d\"")));
    let many: Vec<String> = texts.chain(real()).take(MAX_SECRETS).collect();
    let every = |key: &dyn Fn(usize) -> String| (0..MAX_SECRETS).map(key).collect::<Vec<String>>();
    vec![
        ("keys of every kind", many),
        ("private RSA keys", private.cycle().take(MAX_SECRETS).collect()),
        ("sets of RSA keys", every(&|_| set((0..MAX_KEYS).map(|number| rsa(2048, number, "AQAB"))))),
        ("RSA keys of 16,384 bits", every(&|number| rsa(16_384, number, HUGE_E).to_string())),
        ("a private RSA key of 16,384 bits", vec![LONG_KEY.into(); MAX_SECRETS]),
        ("a set of 5,000 keys", vec![set((0..5_000).map(|number| rsa(1024, number, "AQAB")))]),
        ("a nested set", vec![nest(r#"{"keys":["#, "[", "]", "]}")]),
        ("a nested key", vec![nest(r#"{"kty":"RSA","n":"#, r#"{"a":"#, "}", "}")]),
    ]
}

fn given(secrets: &[String]) -> Vec<SecretText> {
    secrets.iter().map(|text| SecretText::new(text.as_str(), None)).collect()
}

/// With some of [`SECRET`] and keys of every kind.
fn with_keys() -> Ask {
    let (_, mut secrets) = rings().swap_remove(0);
    secrets.insert(0, SECRET.into());
    Ask { secrets: given(&secrets), ..ask() }
}

// --------------------------------------------------------------------------------------------------------------- doors

/// The same through every door: pasted without keys and with many, and as each scheme of tokens opens it.
fn everywhere(bombs: &mut Vec<Bomb>, keys: &Ask, name: &str, value: String) {
    let value: Arc<str> = value.into();
    let none = Ask { secrets: Vec::new(), ..keys.clone() };
    bombs.push(Bomb::pasted(name, Arc::clone(&value), none, ""));
    bombs.push(Bomb::pasted(format!("{name}, with many keys"), Arc::clone(&value), keys.clone(), ""));
    bombs.extend(SCHEMES.map(|scheme| Bomb {
        name: format!("{name}, opened as {scheme}"),
        door: Door::Open { scheme, value: Arc::clone(&value), ask: keys.clone() },
        says: "",
    }));
}

/// Signed with [`SECRET`], where the header says HS256.
fn token(header: &str, payload: &[u8]) -> String {
    let signed = format!("{}.{}", BASE64URL.encode(header.as_bytes()), BASE64URL.encode(payload));
    let tag = Digest::Sha256.tag(SECRET.as_bytes(), signed.as_bytes());
    format!("{signed}.{}", BASE64URL.encode(&tag))
}

const HS256: &str = r#"{"alg":"HS256"}"#;

/// Encrypted with 32 bytes as the content's key.
fn encrypted(header: &Value, plain: &[u8]) -> String {
    let header = header.as_object().expect("an object");
    let key = Secret::new(SECRET.as_bytes()[..32].to_vec());
    jwe::write(header, Enc::A256Gcm, b"", &key, &[7; 12], plain).expect("can be written")
}

/// A token of five parts with this header, and nothing right in it.
fn five(header: &str) -> String {
    let part = |length: usize| BASE64URL.encode(&vec![7; length]);
    let header = BASE64URL.encode(header.as_bytes());
    format!("{header}.{}.{}.{}.{}", part(256), part(12), part(64), part(16))
}

fn nest(before: &str, open: &str, close: &str, after: &str) -> String {
    [before, &open.repeat(LEVELS), "0", &close.repeat(LEVELS), after].concat()
}

// --------------------------------------------------------------------------------------------------------------- kinds

/// 10^5 levels wherever JSON stands.
pub fn nested() -> Vec<Bomb> {
    let keys = with_keys();
    let mut bombs = Vec::new();
    for (what, open, close) in [("lists", "[", "]"), ("objects", r#"{"a":"#, "}")] {
        let member = |name: &str| nest(&format!(r#"{{"alg":"HS256","{name}":"#), open, close, "}");
        let in_json = |before: &str, after: &str| nest(before, open, close, after);
        let bare = in_json("", "");
        let half = BASE64URL.encode(&bare.as_bytes()[..bare.len() / 2]);
        for (place, value) in [
            ("claims", token(HS256, bare.as_bytes())),
            ("`aud`", token(HS256, in_json(r#"{"aud":"#, "}").as_bytes())),
            ("the header's `jwk`", token(&member("jwk"), b"{}")),
            ("the header's `crit`", token(&member("crit"), b"{}")),
            (
                "the header's `epk`",
                five(&nest(r#"{"alg":"ECDH-ES","enc":"A256GCM","epk":"#, open, close, "}")),
            ),
            ("a header that is cut off", format!("{half}.e30.AAAA")),
            (
                "the protected header",
                json!({"payload": "e30", "protected": BASE64URL.encode(bare.as_bytes()), "signature": "AA"})
                    .to_string(),
            ),
            ("the unprotected header", in_json(r#"{"payload":"e30","signature":"AA","header":"#, "}")),
            ("a JWE in JSON", in_json(r#"{"ciphertext":"AA","iv":"AA","tag":"AA","unprotected":"#, "}")),
            ("signatures", in_json(r#"{"payload":"e30","signatures":["#, "]}")),
            ("recipients", in_json(r#"{"ciphertext":"AA","recipients":["#, "]}")),
            ("a disclosure", format!("{}~{}~", token(HS256, b"{}"), BASE64URL.encode(bare.as_bytes()))),
            ("a set of keys", in_json(r#"{"keys":["#, "]}")),
            ("a key", in_json(r#"{"kty":"RSA","n":"AQAB","e":"#, "}")),
            (
                "a footer",
                format!("v4.public.{}.{}", BASE64URL.encode(&[7; 100]), BASE64URL.encode(bare.as_bytes())),
            ),
            ("a PASETO", format!("v4.public.{}", BASE64URL.encode(&[bare.as_bytes(), &[7; 64]].concat()))),
        ] {
            everywhere(&mut bombs, &keys, &format!("10^5 {what} in {place}"), value);
        }
    }
    bombs
}

/// A piece, repeated until a mebibyte is full once it is encoded.
fn filled(before: &str, piece: impl Fn(usize) -> String, after: &str) -> String {
    let mut text = before.to_owned();
    let most = MAX_INPUT * 3 / 4 - 200;
    for number in 0.. {
        let piece = piece(number);
        if text.len() + piece.len() + after.len() > most {
            break;
        }
        text += &piece;
    }
    text + after
}

/// The same without another encoding.
fn full(before: &str, piece: impl Fn(usize) -> String, after: &str) -> String {
    let half = filled(before, &piece, "");
    let rest = (0..).map(|number| piece(1_000_000 + number));
    let mut text = half;
    for piece in rest {
        if text.len() + piece.len() + after.len() > MAX_INPUT {
            break;
        }
        text += &piece;
    }
    text + after
}

/// A mebibyte of what is read member by member.
pub fn large() -> Vec<Bomb> {
    let keys = with_keys();
    let mut bombs = Vec::new();
    for (what, claims) in claims() {
        everywhere(&mut bombs, &keys, &format!("1 MiB of {what} as claims"), token(HS256, claims.as_bytes()));
    }
    for (what, header) in headers() {
        everywhere(&mut bombs, &keys, &format!("1 MiB of {what} in a header"), token(&header, b"{}"));
        let header = header.replacen("HS256", "dir\",\"enc\":\"A256GCM", 1);
        everywhere(&mut bombs, &keys, &format!("1 MiB of {what} in the header of a JWE"), five(&header));
    }
    for (what, value) in texts() {
        everywhere(&mut bombs, &keys, what, value);
    }
    bombs
}

fn claims() -> Vec<(&'static str, String)> {
    let members =
        |piece: fn(usize) -> String| filled("{\"a\":0", move |number| format!(",{}", piece(number)), "}");
    let list = |name: &str, piece: &'static str| {
        filled(&format!("{{\"{name}\":[0"), move |_| format!(",{piece}"), "]}")
    };
    let text = |name: &str, piece: &'static str| {
        filled(&format!("{{\"{name}\":\""), move |_| piece.to_owned(), "\"}")
    };
    vec![
        ("60,000 members", members(|number| format!("\"a{number}\":{number}"))),
        ("texts", members(|number| format!("\"a{number}\":\"it's {number}\""))),
        ("one name", members(|_| "\"a\":1".into())),
        ("one name with escapes", members(|number| format!("\"\\u0061{}\":1", number % 9))),
        ("names of secrets", members(|number| format!("\"passwordIsSafe{number}\":null"))),
        ("names that are misspelled", members(|number| format!("\"Issuer_{number}\":1"))),
        ("registered names, inside", list("a", r#"{"iss":1,"aud":2}"#)),
        ("tokens", list("a", "\"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjB9.AA\"")),
        ("addresses", list("a", "\"http://10a.example:80/a?b=c\"")),
        ("keys of AWS", text("a", "AKIAAAAAAAAAAAAAAAA")),
        ("halves of characters", text("a", "\\ud800")),
        ("at signs", text("a", "a@b.")),
        ("one token", text("a", "eyJ.")),
        ("an issuer", text("iss", "https://a.example/")),
        ("an audience", list("aud", "\"a\"")),
        ("a scope", text("scope", "a,b ")),
        ("ways to sign in", list("amr", "\"pwd\"")),
        ("roles", list("roles", "\"user\"")),
        ("cards", list("a", "4111111111111112")),
        ("long numbers", list("a", "9007199254740993")),
        ("long numbers in one", filled("{\"a\":", |_| "12345".into(), "}")),
        ("digests", list("_sd", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")),
        ("blanks", filled("{\"a\":1", |_| " \n".into(), "}")),
        ("a proof", filled("{\"cnf\":{\"a\":0", |number| format!(",\"jkt{number}\":1"), "}}")),
    ]
}

fn headers() -> Vec<(&'static str, String)> {
    let header = |before: &str, piece: fn(usize) -> String, after: &str| {
        filled(&format!("{{\"alg\":\"HS256\"{before}"), piece, &format!("{after}}}"))
    };
    vec![
        ("members", header("", |number| format!(",\"a{number}\":1"), "")),
        ("`kid`", header(",\"kid\":\"", |_| "a".into(), "\"")),
        ("`kid` with words", header(",\"kid\":\"", |_| "or 1 = union ".into(), "\"")),
        ("`typ`", header(",\"typ\":\"", |_| "JWT".into(), "\"")),
        ("`cty`", header(",\"cty\":\"", |_| "JWT".into(), "\"")),
        ("`jku`", header(",\"jku\":\"https://a.example/", |_| "@a.b".into(), "\"")),
        ("`crit`", header(",\"crit\":[\"b64\"", |number| format!(",\"a{number}\""), "]")),
        ("`x5c`", header(",\"x5c\":[\"AA\"", |_| format!(",\"{}\"", "MIIB".repeat(180)), "]")),
        (
            "`key_ops`",
            header(
                ",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\",\"key_ops\":[\"sign\"",
                |number| format!(",\"a{number}\""),
                "]}",
            ),
        ),
        ("`jwk`", header(",\"jwk\":{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"", |_| "-_-_".into(), "\"}")),
        ("`epk`", header(",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"", |_| "-_-_".into(), "\"}")),
        ("`p2s`", header(",\"p2c\":1000,\"p2s\":\"", |_| "-_-_".into(), "\"")),
        ("`alg`", filled("{\"alg\":\"HS256", |_| "a".into(), "\"}")),
        ("`enc`", header(",\"enc\":\"", |_| "a".into(), "\"")),
    ]
}

/// What is no header and no claims.
fn texts() -> Vec<(&'static str, String)> {
    let repeated = |piece: &str| piece.repeat(MAX_INPUT / piece.len());
    let hs256 = BASE64URL.encode(HS256.as_bytes());
    let plain = token(HS256, b"{}");
    let disclosure =
        |number: usize| format!("{}~", BASE64URL.encode(format!("[\"salt\",\"a{number}\",1]").as_bytes()));
    let digests = {
        let digest = |number: usize| {
            let hash = Digest::Sha256.hash(disclosure(number).trim_end_matches('~').as_bytes());
            format!(",\"{}\"", BASE64URL.encode(&hash))
        };
        let list: String = (0..8_000).map(digest).collect();
        token(HS256, format!("{{\"_sd\":[0{list}]}}").as_bytes())
    };
    let signature = |number: usize| {
        let header = BASE64URL.encode(format!("{{\"alg\":\"HS256\",\"kid\":\"{number}\"}}").as_bytes());
        format!(",{{\"protected\":\"{header}\",\"signature\":\"{:043}\"}}", number)
    };
    let recipient = |number: usize| {
        format!(",{{\"header\":{{\"alg\":\"A128KW\",\"kid\":\"{number}\"}},\"encrypted_key\":\"AA\"}}")
    };
    let wide: String = (0..20_000).map(|number| format!(",\"b{number}\":1")).collect();
    let zeros = vec![0; 16 * MAX_INPUT];
    let zipped = inflate::to_deflate(&zeros);
    let text = [b"\"", &vec![b'x'; MAX_JWE_INFLATED - 2][..], b"\""].concat();
    let members = filled("{\"a\":0", |number| format!(",\"a{number}\":1"), "}");
    let just = inflate::to_deflate(&members.as_bytes()[..MAX_JWE_INFLATED]);
    let dir = json!({ "alg": "dir", "enc": "A256GCM", "zip": "DEF" });
    let in_json = |compact: String| {
        let parts: Vec<&str> = compact.split('.').collect();
        json!({ "protected": parts[0], "iv": parts[2], "ciphertext": parts[3], "tag": parts[4] }).to_string()
    };
    let pem = |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    let der = [&[0x30, 0x83, 0x0b, 0xff, 0x00][..], &[7; MAX_INPUT * 3 / 4 - 100]].concat();
    let paseto = |kind: &str| format!("{kind}{}", BASE64URL.encode(&[7; MAX_INPUT * 3 / 4 - 20]));
    let asn1 = [[0x30, 0x80].repeat(100_000), vec![0; 1000]].concat();
    let mut texts = vec![
        ("1 MiB of `eyJ`", repeated("eyJ")),
        ("1 MiB of `eyJ` behind a header", format!("{hs256}{}", &repeated("eyJ")[hs256.len()..])),
        ("1 MiB of `eyJ` with dots", repeated("eyJ.")),
        ("1 MiB of `eyJ` with line ends", repeated("eyJ\n")),
        ("1 MiB of dots behind `eyJ`", format!("eyJ{}", &repeated(".")[3..])),
        ("1 MiB of percent signs behind `eyJ`", format!("eyJ{}", &repeated("%")[3..])),
        ("1 MiB of `%2525` behind `eyJ`", format!("eyJ{}", &repeated("%2525")[3..])),
        ("1 MiB of quotes around `eyJ`", format!("{0}eyJ{0}", &repeated("\"")[..MAX_INPUT / 2 - 2])),
        ("1 MiB of `Bearer`", repeated("Bearer ")),
        ("1 MiB of `Bearer eyJ`", repeated("Bearer eyJ ")),
        ("Base64 in Base64", {
            let mut text = plain.clone();
            while text.len() < MAX_INPUT * 3 / 4 - 4 {
                text = BASE64URL.encode(text.as_bytes());
            }
            text
        }),
        ("1 MiB in Base64 once more", BASE64URL.encode(&token(HS256, &vec![b'a'; MAX_INPUT * 9 / 16 - 200]).into_bytes())),
        ("a token in a token, often", {
            let mut text = plain.clone();
            while text.len() < MAX_INPUT * 3 / 4 - 200 {
                text = token(HS256, text.as_bytes());
            }
            text
        }),
        ("a token with 1 MiB of dots", format!("{plain}{}", &repeated(".")[plain.len()..])),
        ("an SD-JWT with 1 MiB of tildes", format!("{plain}{}", &repeated("~")[plain.len()..])),
        ("an SD-JWT with disclosures", full(&format!("{plain}~"), disclosure, "")),
        ("an SD-JWT with digests and disclosures", {
            let list: String = (0..8_000).map(disclosure).collect();
            format!("{digests}~{list}")
        }),
        ("an SD-JWT with one long disclosure", format!("{plain}~{}~", BASE64URL.encode(filled("[\"a\",\"b\",[0", |_| ",{}".into(), "]]").as_bytes()))),
        ("a JWS with 10,000 signatures", full("{\"payload\":\"e30\",\"signatures\":[{}", signature, "]}")),
        ("a JWS with 10,000 signatures of 100 KB", {
            let payload = BASE64URL.encode(&vec![b'a'; 75_000]);
            full(&format!("{{\"payload\":\"{payload}\",\"signatures\":[{{}}"), signature, "]}")
        }),
        ("a JWS with 60,000 empty signatures", full("{\"payload\":\"e30\",\"signatures\":[{}", |_| ",{\"signature\":\"\"}".into(), "]}")),
        ("a JWE with 10,000 recipients", full("{\"protected\":\"eyJlbmMiOiJBMjU2R0NNIn0\",\"iv\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"AA\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"recipients\":[{}", recipient, "]}")),
        ("a JWE with 10,000 recipients and a long header", full(&format!("{{\"unprotected\":{{\"enc\":\"A256GCM\"{wide}}},\"iv\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"AA\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"recipients\":[{{}}"), recipient, "]}")),
        ("a JWS in JSON with dots", format!("{{\"payload\":\"e30\",\"signature\":\"AA\",\"x\":\"{}\"}}", &repeated(".")[100..])),
        ("a JWS in JSON with members", full("{\"payload\":\"e30\",\"signature\":\"AA\"", |number| format!(",\"x{number}\":1"), "}")),
        ("a JWE that inflates to 16 MiB", encrypted(&dir, &zipped)),
        ("a JWE in JSON that inflates to 16 MiB", in_json(encrypted(&dir, &zipped))),
        ("a JWE that inflates to a text as long as may be", encrypted(&dir, &inflate::to_deflate(&text))),
        ("a JWE that inflates to members", encrypted(&dir, &just)),
        ("a JWE with 1 MiB of members", encrypted(&json!({ "alg": "dir", "enc": "A256GCM" }), members.as_bytes())),
        ("1 MiB of BEGIN lines", repeated("-----BEGIN PUBLIC KEY-----\n")),
        ("1 MiB of BEGIN lines without end", repeated("-----BEGIN ")),
        ("1 MiB of empty PEM", repeated(&pem("PUBLIC KEY", ""))),
        ("1 MiB of parameters in PEM", repeated(&pem("EC PARAMETERS", "AAAA"))),
        ("1 MiB of a PEM key", pem("PUBLIC KEY", &BASE64_PADDED.encode(&der))),
        ("1 MiB of a certificate", pem("CERTIFICATE", &BASE64_PADDED.encode(&der))),
        ("nested ASN.1", pem("PRIVATE KEY", &BASE64_PADDED.encode(&asn1))),
        ("long RSA keys in PEM", full("", |_| LONG_KEY.to_owned(), "")),
        ("a set of 5,000 keys", set((0..3_000).map(|number| rsa(1024, number, "AQAB")))),
        ("a set of long keys", set((0..MAX_KEYS).map(|number| rsa(16_384, number, HUGE_E)))),
        ("a set of usual keys", set((0..MAX_KEYS).map(|number| rsa(2_048, number, "AQAB")))),
        ("a set of keys of 4,096 bits", set((0..MAX_KEYS).map(|number| rsa(4_096, number, "AQAB")))),
        ("a set of keys on curves", set((0..MAX_KEYS).map(|_| json!({"kty": "EC", "crv": "P-521", "x": BASE64URL.encode(&[1; 66]), "y": BASE64URL.encode(&[1; 66]), "d": BASE64URL.encode(&[1; 66])})))),
        ("a set of broken keys", full("{\"keys\":[{\"kty\":\"RSA\"}", |_| ",{\"kty\":\"RSA\"}".into(), "]}")),
        ("a key with 60,000 members", full("{\"kty\":\"oct\",\"k\":\"AA\"", |number| format!(",\"a{number}\":1"), "}")),
        ("a key with 60,000 operations", full("{\"kty\":\"oct\",\"k\":\"AA\",\"key_ops\":[\"sign\"", |number| format!(",\"a{number}\""), "]}")),
        ("a key with 60,000 right operations", full("{\"kty\":\"oct\",\"k\":\"AA\",\"key_ops\":[\"sign\"", |_| ",\"verify\"".into(), "]}")),
        ("a key with a long secret", full("{\"kty\":\"oct\",\"k\":\"", |_| "-_-_".into(), "\"}")),
        ("a key with 1,000 certificates", full("{\"kty\":\"oct\",\"k\":\"AA\",\"x5c\":[\"AA\"", |_| format!(",\"{}\"", "MIIB".repeat(250)), "]}")),
        ("1 MiB in base62", repeated("z")),
        ("a Branca token as long as is read", "z".repeat(8_192)),
    ];
    for kind in [
        "v1.local.",
        "v2.local.",
        "v3.local.",
        "v4.local.",
        "v1.public.",
        "v2.public.",
        "v3.public.",
        "v4.public.",
    ] {
        texts.push((kind, paseto(kind)));
    }
    texts
}

/// Keys that take their time, each with every kind of token that they may be tried on.
pub fn keys() -> Vec<Bomb> {
    let signature = BASE64URL.encode(&vec![7; 256]);
    let signed = |alg: &str| {
        format!("{}.e30.{signature}", BASE64URL.encode(format!("{{\"alg\":\"{alg}\"}}").as_bytes()))
    };
    let long = |alg: &str| {
        let header = BASE64URL.encode(format!("{{\"alg\":\"{alg}\"}}").as_bytes());
        format!("{header}.{}.{}", BASE64URL.encode(&[7; 780_000]), BASE64URL.encode(&[7; 32]))
    };
    let wrapped = |header: Value| five(&header.to_string());
    let general = |alg: &str| {
        let header = BASE64URL.encode(format!("{{\"alg\":\"{alg}\"}}").as_bytes());
        let one = json!({ "protected": header, "signature": signature });
        json!({ "payload": "e30", "signatures": vec![one; 64] }).to_string()
    };
    let recipients = |alg: &str| {
        let one = json!({ "header": { "alg": alg }, "encrypted_key": signature });
        json!({ "protected": "eyJlbmMiOiJBMjU2R0NNIn0", "iv": "AAAAAAAAAAAAAAAA", "ciphertext": "AA", "tag": "AAAAAAAAAAAAAAAAAAAAAA", "recipients": vec![one; 64] }).to_string()
    };
    let mut tokens: Vec<(String, String)> = Vec::new();
    for alg in ["HS256", "RS256", "PS256", "PS512", "ES512", "EdDSA", "ML-DSA-87"] {
        tokens.push((alg.into(), signed(alg)));
        tokens.push((format!("64 signatures with {alg}"), general(alg)));
    }
    for alg in ["HS256", "HS512", "RS256"] {
        tokens.push((format!("1 MiB with {alg}"), long(alg)));
    }
    for alg in ["RSA-OAEP", "RSA-OAEP-256", "RSA1_5"] {
        tokens.push((alg.into(), wrapped(json!({ "alg": alg, "enc": "A256GCM" }))));
        tokens.push((format!("64 recipients with {alg}"), recipients(alg)));
    }
    let epk = json!({"kty": "EC", "crv": "P-256", "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"});
    tokens
        .push(("ECDH-ES".into(), wrapped(json!({ "alg": "ECDH-ES+A256KW", "enc": "A256GCM", "epk": epk }))));
    let embedded = json!({ "alg": "RS256", "jwk": rsa(16_384, 1, HUGE_E) }).to_string();
    let embedded = BASE64URL.encode(embedded.as_bytes());
    tokens.push((
        "a long key in the header".into(),
        format!("{embedded}.e30.{}", BASE64URL.encode(&[7; 2048])),
    ));
    for version in [1, 2, 3, 4] {
        tokens.push((
            format!("v{version}.public"),
            format!("v{version}.public.{}", BASE64URL.encode(&[7; 400])),
        ));
    }
    let mut bombs = Vec::new();
    for (ring, secrets) in rings() {
        let ask = Ask { secrets: given(&secrets), ..ask() };
        for (name, value) in &tokens {
            bombs.push(Bomb::pasted(format!("{name}, with {ring}"), value.as_str(), ask.clone(), ""));
        }
    }
    bombs.extend(rounds());
    bombs
}

/// Keys of passwords: with as many rounds as are run at once, as are run for who waits, and more.
fn rounds() -> Vec<Bomb> {
    let mut bombs = Vec::new();
    let passwords = Ask {
        secrets: (0..MAX_SECRETS).map(|number| SecretText::new(format!("password {number}"), None)).collect(),
        ..ask()
    };
    for (count, says, patient) in [
        (1_000_000_000, "runs at most", false),
        (1_000_000_000, "runs at most", true),
        (u64::from(MAX_P2C) + 1, "runs at most", false),
        (u64::from(MAX_P2C) + 1, "runs at most", true),
        (u64::from(MAX_P2C), "takes a moment", false),
        (u64::from(SLOW_P2C), "", false),
    ] {
        for alg in ["PBES2-HS256+A128KW", "PBES2-HS512+A256KW"] {
            let header = json!({ "alg": alg, "enc": "A256GCM", "p2c": count, "p2s": "AAAAAAAAAAAAAA" });
            let one = json!({ "header": header, "encrypted_key": BASE64URL.encode(&[7; 40]) });
            let several = json!({ "iv": "AAAAAAAAAAAAAAAA", "ciphertext": "AA", "tag": "AAAAAAAAAAAAAAAAAAAAAA", "recipients": vec![one; 64] });
            let tokens =
                [("in a header", five(&header.to_string())), ("for 64 recipients", several.to_string())];
            for ((place, value), scheme) in
                tokens.into_iter().flat_map(|token| [(token.clone(), None), (token, Some("jwe"))])
            {
                let ask = Ask { patient, scheme: scheme.map(str::to_owned), ..passwords.clone() };
                let name = format!("{count} rounds {place}, {alg}, patient: {patient}, scheme: {scheme:?}");
                bombs.push(Bomb::pasted(name, value, ask, says));
            }
        }
    }
    bombs
}

/// Tokens to be made.
pub fn made() -> Vec<Bomb> {
    let mut bombs = Vec::new();
    let mut add = |name: String, draft: Draft, says| {
        bombs.push(Bomb { name, door: Door::Sign(Box::new(draft)), says });
    };
    let payloads = [
        ("1 MiB", format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_INPUT))),
        ("60,000 members", filled("{\"a\":0", |number| format!(",\"a{number}\":1"), "}")),
        ("10^5 lists", nest("", "[", "]", "")),
    ];
    for scheme in ["jws", "jwe", "paseto", "branca"] {
        for (what, text) in &payloads {
            let draft = Draft { options: key_of(scheme), ..draft(scheme, PayloadForm::Json, text) };
            let secrets = vec![SecretText::new(&SECRET[..32], None)];
            let secrets = if matches!(scheme, "paseto" | "branca") { draft.secrets.clone() } else { secrets };
            add(format!("{what}, made by {scheme}"), Draft { secrets, ..draft }, "");
        }
    }
    for (count, patient, says) in [
        (1_000_000_000, true, "at most"),
        (u64::from(MAX_P2C) + 1, true, "at most"),
        (u64::from(MAX_P2C), false, "rounds"),
    ] {
        let header = json!({ "p2c": count, "p2s": "AAAAAAAAAAAAAA" });
        let options = options(&json!({ "alg": "PBES2-HS256+A128KW", "protected_header": header }));
        let draft = Draft { options, patient, ..draft("jwe", PayloadForm::Text, "text") };
        add(format!("{count} rounds to be made, patient: {patient}"), draft, says);
    }
    for (what, header) in headers() {
        let header: Value = serde_json::from_str(&header).expect("JSON");
        let options = options(&json!({ "protected_header": header }));
        for scheme in ["jws", "jwe"] {
            let draft = Draft { options: options.clone(), ..draft(scheme, PayloadForm::Json, "{}") };
            add(format!("1 MiB of {what} in a header, made by {scheme}"), draft, "");
        }
    }
    for (ring, secrets) in rings() {
        for (scheme, alg) in
            [("jws", "HS256"), ("jws", "RS256"), ("jws", "PS256"), ("jwe", "RSA-OAEP"), ("paseto", "")]
        {
            let options = if alg.is_empty() {
                options(&json!({ "version": "1", "purpose": "public" }))
            } else {
                options(&json!({ "alg": alg }))
            };
            let draft = draft(scheme, PayloadForm::Json, "{}");
            let draft = Draft { options, secrets: given(&secrets), ..draft };
            add(format!("{scheme} {alg} made with {ring}"), draft, "");
        }
    }
    bombs
}

fn options(json: &Value) -> Options {
    let members = json.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn key_of(scheme: &str) -> Options {
    if scheme == "jwe" { options(&json!({ "alg": "dir", "enc": "A256GCM" })) } else { Options::new() }
}
