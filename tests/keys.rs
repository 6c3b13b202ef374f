//! Keys as real libraries read and write them, and what they refused.
//!
//! Runs `tests/vectors/jwk.json`, and of the folder that the environment variable `KEYJAR_VECTORS` names every file of that
//! scheme and every case with `options.kind` `jwk`. The forms that are compared are written by those libraries. The keys in
//! `tests/keys/` were made with OpenSSL, as `make.sh` there says.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keyjar::inspect::inspect;
use keyjar::jose::key::jwk::{self, Half};
use keyjar::jose::key::{Akp, Jwk, Key, KeyError, MlDsa, pem};
use keyjar::protocol::{Ask, FactValue};
use keyjar::scheme::kit::digest::Digest;
use keyjar::secret::Secret;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

/// A case: its file and name, and itself.
type Case = (String, Value);

#[test]
fn keys_are_read_as_by_the_libraries() {
    let cases = cases();
    assert!(cases.len() >= 38, "only {} cases", cases.len());
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|(name, case)| check(case).err().map(|failure| format!("{name}: {failure}")))
        .collect();
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn check(case: &Value) -> Result<(), String> {
    let keys = read(case);
    if case["valid"] == false {
        return match keys {
            Err(error) if error.message.is_empty() || error.hint.is_empty() => Err("no reason".into()),
            Err(_) => Ok(()),
            Ok(_) => Err("read, but must be refused".into()),
        };
    }
    let keys = keys.map_err(|error| format!("refused: {error}"))?;
    let payload = &case["payload"];
    if let Some(expected) = payload["keys"].as_array() {
        assert_eq!(keys.len(), expected.len());
        return keys.iter().zip(expected).try_for_each(|(key, expected)| check_key(key, expected, case));
    }
    match &keys[..] {
        [key] => check_key(key, payload, case),
        _ => Err(format!("{} keys", keys.len())),
    }
}

fn read(case: &Value) -> Result<Vec<Jwk>, KeyError> {
    let text = case["cookie_value"].as_str().expect("a text");
    match case["options"]["input"].as_str() {
        Some("pem") => pem::read(text),
        _ => jwk::read(text),
    }
}

/// Compares every member of `expected` with what the key says.
fn check_key(key: &Jwk, expected: &Value, case: &Value) -> Result<(), String> {
    let digest = case["options"]["digest"].as_str().unwrap_or("sha256");
    let digest = Digest::by_name(digest).ok_or("an unknown digest")?;
    for (name, expected) in expected.as_object().expect("members") {
        let found = match name.as_str() {
            "thumbprint" => Value::from(key.thumbprint(digest)),
            "kty" => key.key.kty().into(),
            "crv" => key.key.curve().into(),
            "private" => key.key.is_secret().into(),
            "modulus_bits" => match &key.key {
                Key::Rsa(rsa) => rsa.bits().into(),
                _ => Value::Null,
            },
            "pem_spki" => pem::write_public(&key.key).into(),
            "pem_pkcs8" => pem::write_private(&key.key).map(|text| text.to_string()).into(),
            "jwk" => serde_json::from_str(&jwk::write(key, Half::Public).ok_or("no public half")?)
                .map_err(|error| format!("the JWK is no JSON: {error}"))?,
            other => return Err(format!("nothing is known of {other}")),
        };
        if &found != expected {
            return Err(format!("{name} is {found}, not {expected}"));
        }
    }
    is_read_back(key)
}

/// The key as it is written is read as the same key.
fn is_read_back(key: &Jwk) -> Result<(), String> {
    let written = jwk::write(key, Half::Whole).ok_or("not written")?;
    let again = jwk::read(&written).map_err(|error| format!("its own JWK is refused: {error}"))?;
    let pem = pem::write_private(&key.key).map(|text| pem::read(&text));
    let pem = pem.transpose().map_err(|error| format!("its own PEM is refused: {error}"))?;
    let mut all = again.iter().chain(pem.iter().flatten());
    if all.all(|again| again.key == key.key) { Ok(()) } else { Err("it is not read back".into()) }
}

fn cases() -> Vec<Case> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut files = files(&shipped);
    if let Some(folder) = std::env::var_os("KEYJAR_VECTORS") {
        files.extend(self::files(Path::new(&folder)));
    }
    files.iter().flat_map(|path| cases_of(path)).collect()
}

fn cases_of(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let scheme = file["scheme"].as_str().unwrap_or_default();
    let cases = file["cases"].as_array().into_iter().flatten();
    cases
        .filter(|case| scheme == "jwk" || case["options"]["kind"] == "jwk")
        .map(|case| (format!("{scheme}: {}", case["name"]), case.clone()))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// A file of `tests/keys/`.
fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn one(text: &str) -> Jwk {
    let keys = pem::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(keys.len(), 1, "{text}");
    keys.into_iter().next().expect("one")
}

/// What stands between the lines of one block.
fn der(text: &str) -> Vec<u8> {
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).expect("Base64")
}

fn refused(text: &str) -> KeyError {
    pem::read(text).expect_err(text)
}

/// Names of the private keys, each with the same in `.pub.pem`.
const PAIRS: [&str; 9] =
    ["ed25519", "ed448", "x25519", "x448", "prime256v1", "secp384r1", "secp521r1", "secp256k1", "rsa"];

#[test]
fn what_openssl_wrote_is_written_again() {
    for name in PAIRS {
        let (private, public) = (file(&format!("{name}.pem")), file(&format!("{name}.pub.pem")));
        let key = one(&private).key;
        assert_eq!(pem::write_private(&key).as_deref(), Some(&private), "{name}");
        assert_eq!(pem::write_public(&key), Some(public.clone()), "{name}");
        assert_eq!(Some(one(&public).key), key.public(), "{name}");
        assert_eq!(pem::write_private(&one(&public).key), None, "{name}");
    }
}

#[test]
fn the_other_forms_are_the_same_keys() {
    for name in ["prime256v1", "secp384r1", "secp521r1", "secp256k1"] {
        let key = one(&file(&format!("{name}.pem"))).key;
        assert_eq!(one(&file(&format!("{name}.sec1.pem"))).key, key);
        assert_eq!(Some(one(&file(&format!("{name}.compressed.pem"))).key), key.public());
    }
    let rsa = one(&file("rsa.pem")).key;
    assert_eq!(one(&file("rsa.pkcs1.pem")).key, rsa);
    assert_eq!(Some(one(&file("rsa.pkcs1.pub.pem")).key), rsa.public());
    assert_eq!(one(&file("rsa-pss.pem")).key.kty(), "RSA");
}

#[test]
fn pem_that_suffered_on_its_way_is_read() {
    for name in ["rsa.pem", "prime256v1.sec1.pem", "ed25519.pub.pem", "leaf.crt.pem"] {
        let text = file(name);
        let key = one(&text);
        let one_line = text.replace('\n', "");
        let variants = [
            text.trim_end().to_owned(),
            text.replace('\n', "\r\n"),
            text.replace('\n', "\\n"),
            text.replace('\n', "\\r\\n"),
            text.replace('\n', "\\n\\\n"),
            text.replace('\n', " "),
            format!("KEY=\"{}\"", text.replace('\n', "\\n")),
            format!("\u{feff}  '{text}'  "),
            text.replace('\n', "\n    "),
            text.replace('\n', "\n\n"),
            one_line,
            format!("{{\"private_key\": {}}}", serde_json::json!(text)),
            format!("Bag Attributes\n    friendlyName: x\n{text}and more"),
        ];
        for variant in variants {
            assert_eq!(one(&variant), key, "{variant}");
        }
    }
}

#[test]
fn several_blocks_are_several_keys() {
    let both = file("ed25519.pub.pem") + &file("rsa.pub.pem");
    let keys = pem::read(&both).expect("two keys");
    assert_eq!(keys.iter().map(|key| key.key.kty()).collect::<Vec<_>>(), ["OKP", "RSA"]);
    // But of a chain only the first is a key to use, in whichever order it stands.
    let leaf = one(&file("leaf.crt.pem"));
    assert_eq!(one(&file("chain.crt.pem")), leaf);
    assert_eq!(one(&(file("root.crt.pem") + &file("leaf.crt.pem"))), leaf);
    assert_eq!(pem::read(&file("root.crt.pem").repeat(2)).map(|keys| keys.len()), Ok(2));
    assert!(refused(&file("ed25519.pub.pem").repeat(65)).message.contains("more than 64"));
}

#[test]
fn a_certificate_says_for_whom_it_is() {
    let leaf = one(&file("leaf.crt.pem"));
    assert_eq!(Some(&leaf.key), one(&file("ed25519.pem")).key.public().as_ref());
    let certificate = leaf.certificate.as_ref().expect("a certificate");
    assert_eq!(certificate.subject, "CN=keys.example, OU=Keys, O=Größe\\, Tests");
    assert_eq!(certificate.issuer, "CN=Root, O=Keyjar Tests, C=DE");
    assert_eq!(certificate.not_after - certificate.not_before, 365 * 86_400);
    assert_eq!(
        leaf.title(),
        "Ed25519 public key, from a certificate for CN=keys.example, OU=Keys, O=Größe\\, Tests that expires 2027-11-26"
    );
    let facts = leaf.report(Some(certificate.not_before)).facts;
    let fact = |term: &str| facts.iter().find(|fact| fact.term == term).map(|fact| fact.value.clone());
    let expires = FactValue::Time {
        unix: certificate.not_after,
        utc: "2027-11-26 00:38:38 UTC".into(),
        distance: Some("in 365 days".into()),
    };
    assert_eq!(fact("Certificate expires"), Some(expires));
    let fingerprint = FactValue::Text(URL_SAFE_NO_PAD.encode(FINGERPRINT));
    assert_eq!(fact("Certificate’s SHA-256"), Some(fingerprint));
    assert_eq!(fact("Certified by"), Some(FactValue::Text("CN=Root, O=Keyjar Tests, C=DE".into())));
}

/// Of `leaf.crt.pem`, as `openssl x509 -fingerprint -sha256` shows it.
const FINGERPRINT: [u8; 32] = [
    0x1D, 0x84, 0x77, 0xD9, 0x9F, 0x73, 0xDD, 0x6C, 0x02, 0xF3, 0xAA, 0xF0, 0x97, 0x8B, 0xE8, 0xA6, 0x90,
    0xCA, 0xEF, 0x16, 0xC1, 0x7B, 0xD3, 0x3B, 0x3B, 0x61, 0x09, 0xB3, 0x1E, 0xDA, 0xAC, 0x48,
];

#[test]
fn what_cannot_be_used_is_named_with_what_to_do() {
    let hint = |name: &str| refused(&file(name)).hint;
    assert!(hint("encrypted.pem").contains("openssl pkey -in"));
    assert!(hint("encrypted.sec1.pem").contains("openssl pkey -in"));
    assert!(hint("explicit.sec1.pem").contains("named_curve"));
    assert!(hint("leaf.csr.pem").contains("openssl req"));
    assert!(refused(&file("rsa-3-primes.pem")).message.contains("two primes"));
    let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
    assert!(refused(openssh).hint.contains("ssh-keygen"));
    assert!(refused("no key").message.contains("no key"));
    let text = file("rsa.pub.pem");
    assert!(refused(&text.replace("END PUBLIC", "END PRIVATE")).message.contains("ends as"));
    assert!(refused(text.trim_end().trim_end_matches('-')).message.contains("END line"));
    assert!(refused(&text.replace('M', "Ä")).message.contains("Base64 character"));
    assert!(refused(&text.replacen('M', "", 1)).message.contains("missing"));
    let missing_line: String =
        text.lines().enumerate().filter(|(index, _)| *index != 2).map(|(_, l)| l).collect();
    assert!(refused(&missing_line).message.contains("cut off"));
    // A key of a kind that no token uses: DSA, named by its object identifier.
    let dsa = "-----BEGIN PUBLIC KEY-----\nMBEwCQYHKoZIzjgEAQMEAAIBAQ==\n-----END PUBLIC KEY-----";
    assert!(refused(dsa).message.contains("1.2.840.10040.4.1"), "{}", refused(dsa));
}

/// The private JWK of a file, as a JSON object.
fn private_jwk(name: &str) -> Value {
    let jwk = one(&file(name));
    serde_json::from_str(&jwk::write(&jwk, Half::Whole).expect("all of it")).expect("JSON")
}

fn read_json(value: &Value) -> Result<Jwk, KeyError> {
    jwk::read(&value.to_string()).map(|keys| keys.into_iter().next().expect("one"))
}

#[test]
fn halves_that_do_not_belong_together_are_refused() {
    for name in ["ed25519", "ed448", "x25519", "x448", "prime256v1", "secp384r1", "secp521r1", "secp256k1"] {
        let mut jwk = private_jwk(&format!("{name}.pem"));
        assert!(read_json(&jwk).expect(name).key.is_secret());
        let d = jwk["d"].as_str().expect("d").to_owned();
        // One bit within the number, which no curve's private keys ignore.
        let middle = d.len() / 2;
        let other = if &d[middle..=middle] == "A" { "B" } else { "A" };
        jwk["d"] = format!("{}{other}{}", &d[..middle], &d[middle + 1..]).into();
        assert!(read_json(&jwk).expect_err(name).message.contains("belong together"));
        jwk["d"] = d[..d.len() - 4].into();
        assert!(read_json(&jwk).is_err());
        jwk["d"] = Value::Null;
        assert!(read_json(&jwk).expect_err(name).message.contains("`d`"));
    }
}

#[test]
fn numbers_of_rsa_are_checked_and_found() {
    let whole = private_jwk("rsa.pem");
    let key = read_json(&whole).expect("whole").key;
    let without = |names: &[&str]| {
        let mut jwk = whole.clone();
        jwk.as_object_mut().expect("an object").retain(|name, _| !names.contains(&name.as_str()));
        read_json(&jwk)
    };
    assert_eq!(without(&["dp", "dq", "qi"]).map(|jwk| jwk.key), Ok(key.clone()));
    let found = without(&["p", "q", "dp", "dq", "qi"]).expect("the primes are found");
    let Key::Rsa(rsa) = found.key else { panic!("RSA") };
    let private = rsa.private.expect("private");
    let primes = [private.p.bytes(), private.q.bytes()].map(|prime| URL_SAFE_NO_PAD.encode(prime));
    assert!(
        primes
            .iter()
            .all(|prime| prime == whole["p"].as_str().unwrap() || prime == whole["q"].as_str().unwrap())
    );
    assert_eq!(without(&["d", "p", "q", "dp", "dq", "qi"]).map(|jwk| jwk.key.is_secret()), Ok(false));
    assert!(without(&["q"]).expect_err("one prime").message.contains("only one"));
    assert!(without(&["d"]).expect_err("no d").message.contains("`d`"));
    let with = |name: &str, value: &str| {
        let mut jwk = whole.clone();
        jwk[name] = value.into();
        read_json(&jwk)
    };
    let text = |name: &str| whole[name].as_str().expect(name).to_owned();
    assert!(with("dp", &text("dq")).expect_err("swapped").message.contains("remainder"));
    assert!(with("p", &text("q")).expect_err("not of n").message.contains("modulus"));
    assert!(with("d", &text("dp")).expect_err("another d").message.contains("belong together"));
    assert!(with("d", "AA").expect_err("zero").message.contains("belong together"));
    assert!(with("e", "AQ").expect_err("one").message.contains("exponent"));
    assert!(with("e", "AQAA").expect_err("even").message.contains("exponent"));
    assert!(with("e", &text("d")).expect_err("long").message.contains("exponent"));
    assert!(with("n", &text("dp")).is_err());
    assert!(with("n", "AQAB").expect_err("short").message.contains("bits"));
    assert!(with("oth", "").expect_err("more primes").message.contains("two primes"));
    // Too small for the primes to be found by it.
    let mut small = whole.clone();
    small.as_object_mut().expect("an object").retain(|name, _| matches!(name.as_str(), "kty" | "n" | "d"));
    small["e"] = "Aw".into();
    assert!(read_json(&small).expect_err("e is 3").message.contains("primes"));
    // Leading zeros are no part of a number; but the thumbprint goes over what is written.
    let mut zeros = whole.clone();
    zeros["e"] = "AAEAAQ".into();
    let zeros = read_json(&zeros).expect("the same key");
    assert_eq!(zeros.key, key);
    let thumbprint = |jwk: &Jwk| jwk.thumbprint(Digest::Sha256);
    assert_ne!(thumbprint(&zeros), thumbprint(&read_json(&whole).expect("whole")));
}

#[test]
fn a_jwk_keeps_what_it_is_for() {
    let mut jwk = private_jwk("prime256v1.pem");
    jwk["kid"] = "\"quoted\" \u{e9}".into();
    jwk["alg"] = "ES256".into();
    jwk["use"] = "sig".into();
    jwk["key_ops"] = serde_json::json!(["sign"]);
    jwk["x5t"] = "abc".into();
    jwk["unknown"] = 1.into();
    let key = read_json(&jwk).expect("whole");
    assert_eq!((key.kid.as_deref(), key.usage.as_deref()), (Some("\"quoted\" é"), Some("sig")));
    let whole: Value = serde_json::from_str(&jwk::write(&key, Half::Whole).expect("whole")).expect("JSON");
    let mut expected = jwk.clone();
    expected.as_object_mut().expect("an object").remove("unknown");
    assert_eq!(whole, expected);
    let public = jwk::write(&key, Half::Public).expect("public");
    let read: Value = serde_json::from_str(&public).expect("JSON");
    expected.as_object_mut().expect("an object").remove("d");
    expected["key_ops"] = serde_json::json!(["verify"]);
    assert_eq!(read, expected);
    let bare: Vec<String> = jwk::public_members(&key.key).keys().cloned().collect();
    assert_eq!(bare, ["kty", "crv", "x", "y"]);
    assert!(public.starts_with("{\n  \"kty\": \"EC\",\n  \"kid\": \"\\\"quoted"), "{}", *public);
    let set = jwk::write_set(&[&key, &key], Half::Public).expect("a set");
    assert_eq!(serde_json::from_str::<Value>(&set).expect("JSON"), serde_json::json!({"keys": [read, read]}));
    assert_eq!(jwk::read(&set).map(|keys| keys.len()), Ok(2));
    let secret = jwk::read(r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw"}"#).expect("a secret").remove(0);
    assert_eq!(jwk::write(&secret, Half::Public), None);
    assert_eq!(jwk::write_set(&[&secret], Half::Public), None);
    assert!(jwk::public_members(&secret.key).is_empty());
}

#[test]
fn a_certificate_in_a_jwk_is_shown_if_it_is_the_keys_own() {
    let mut jwk = private_jwk("ed25519.pem");
    jwk["x5c"] = serde_json::json!([STANDARD.encode(der(&file("leaf.crt.pem")))]);
    assert_eq!(read_json(&jwk).expect("whole").certificate, one(&file("leaf.crt.pem")).certificate);
    let mut other = private_jwk("ed448.pem");
    other["x5c"] = jwk["x5c"].clone();
    assert_eq!(read_json(&other).expect("whole").certificate, None);
}

#[test]
fn ml_dsa_keys_go_around() {
    for (set, oid) in [(MlDsa::MlDsa44, 17), (MlDsa::MlDsa65, 18), (MlDsa::MlDsa87, 19)] {
        let key = Akp::of_seed(set, Secret::new((0..32).collect())).expect("a seed");
        assert_eq!(key.public.len(), set.public_size());
        let key = Jwk::of(Key::Akp(key));
        is_read_back(&key).expect("read back");
        let private = pem::write_private(&key.key).expect("private");
        // RFC 9881 section 6: the object identifier, then the seed as [0].
        let seed: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
        let expected = format!("3034020100300b06096086480165030403{oid:02x}04228020{seed}");
        assert_eq!(hex::encode(der(&private)), expected);
        let public = pem::write_public(&key.key).expect("public");
        assert_eq!(Some(one(&public).key), key.key.public());
        let oid = format!("300b06096086480165030403{oid:02x}03");
        assert!(hex::encode(der(&public)).contains(&oid));
        let mut jwk: Value =
            serde_json::from_str(&jwk::write(&key, Half::Whole).expect("JWK")).expect("JSON");
        jwk["priv"] = URL_SAFE_NO_PAD.encode([7; 32]).into();
        assert!(read_json(&jwk).expect_err("another seed").message.contains("belong together"));
        jwk["priv"] = "AAAA".into();
        assert!(read_json(&jwk).expect_err("short").message.contains("3 bytes"));
        jwk["alg"] = "ML-DSA-1".into();
        assert!(read_json(&jwk).expect_err("unknown").message.contains("`alg`"));
    }
}

#[test]
fn a_private_key_is_reported_in_every_form() {
    let report = one(&file("prime256v1.pem")).report(None);
    assert!(report.is_secret && report.title == "EC private key, P-256");
    let forms: Vec<(&str, bool)> = report.forms.iter().map(|form| (&*form.file, form.is_secret)).collect();
    let expected = [
        ("public.pem", false),
        ("private.pem", true),
        ("public.jwk.json", false),
        ("private.jwk.json", true),
        ("jwks.json", false),
    ];
    assert_eq!(forms, expected);
    for form in report.forms.iter().filter(|form| !form.is_secret) {
        let shown = &*form.text.text;
        assert!(!shown.contains("\"d\"") && !shown.contains("PRIVATE"), "{shown}");
    }
    let public = one(&file("rsa.pub.pem")).report(None);
    assert!(!public.is_secret && public.forms.iter().all(|form| !form.is_secret));
    assert_eq!(public.title, "RSA public key, 1024 bits");
    let secret =
        jwk::read(r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw","kid":"1"}"#).expect("a secret").remove(0);
    let forms: Vec<_> = secret.report(None).forms;
    assert!(forms.iter().all(|form| form.is_secret));
    assert_eq!(
        forms.iter().map(|form| &*form.file).collect::<Vec<_>>(),
        ["secret.jwk.json", "secret.base64url.txt", "secret.hex.txt"]
    );
    assert_eq!(&**forms[2].text.text, "000102030405060708090a0b0c0d0e0f");
}

#[test]
fn pasted_keys_are_reported_and_tokens_are_not_keys() {
    let ask = Ask { now: Some(1_800_000_000), ..Ask::default() };
    for (text, count) in [(file("chain.crt.pem"), 1), (private_jwk("rsa.pem").to_string(), 1)] {
        let report = inspect(&text, &ask);
        assert_eq!((report.keys.len(), report.items.len(), report.problem), (count, 0, None));
    }
    let broken = inspect(&file("encrypted.pem"), &ask);
    assert!(broken.keys.is_empty() && broken.items.is_empty());
    assert!(broken.problem.expect("a problem").message.contains("encrypted"));
    let token = inspect("eyJhbGciOiJIUzI1NiJ9.e30.AA", &ask);
    assert!(token.keys.is_empty() && token.items.len() == 1);
}

/// Every block of `tests/keys/` with each of its bytes changed: refused, or another key, but never a panic.
#[test]
fn no_changed_byte_panics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
    let names =
        std::fs::read_dir(folder).expect("is there").map(|entry| entry.expect("readable").file_name());
    let names = names.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".pem"));
    let texts: String = names.map(|name| file(&name)).collect();
    let mut read = 0;
    for block in texts.split("-----BEGIN ").skip(1) {
        let (label, body) = block.split_once("-----\n").expect("a label");
        if body.contains("ENCRYPTED") {
            continue;
        }
        let (base64, _) = body.split_once("-----END").expect("an end");
        let whole = STANDARD.decode(base64.replace('\n', "")).expect("Base64");
        for at in 0..whole.len() {
            for bit in [1, 0x40, 0x80] {
                let mut changed = whole.clone();
                changed[at] ^= bit;
                let base64 = STANDARD.encode(&changed);
                let keys = pem::read(&format!("-----BEGIN {label}-----{base64}-----END {label}-----"));
                let keys = keys.unwrap_or_default();
                read += keys.iter().filter(|key| !key.report(None).title.is_empty()).count();
            }
        }
    }
    assert!(read > 0, "what a certificate says can be changed");
}

proptest! {
    /// Numbers that belong to no key, short and long, even and odd, are refused without a panic.
    #[test]
    fn no_numbers_of_rsa_panic(
        n in vec(any::<u8>(), 64..80),
        rest in vec(vec(any::<u8>(), 0..82), 7),
        usual in any::<bool>(),
        primes in any::<bool>(),
    ) {
        let mut jwk = serde_json::json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n)});
        for (name, number) in ["e", "d", "p", "q", "dp", "dq", "qi"].into_iter().zip(rest) {
            if primes || matches!(name, "e" | "d") {
                jwk[name] = URL_SAFE_NO_PAD.encode(number).into();
            }
        }
        if usual {
            jwk["e"] = "AQAB".into();
        }
        prop_assert!(read_json(&jwk).is_err());
    }
}
