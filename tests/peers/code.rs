//! The code that Inspect shows for a token: it verifies that token, and refuses one with another audience, issuer, type,
//! algorithm, signature or age.
//!
//! Scripts in `code/` run it as it is, where its library is installed; in every other language that is here, it is what the
//! language can read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use keyjar::inspect::inspect;
use keyjar::jose::alg;
use keyjar::jose::code::{Token, verify};
use keyjar::jose::key::{Key, jwk};
use keyjar::protocol::{Ask, Snippet, Verdict};
use keyjar::secret::{Secret, SecretEncoding, SecretText};
use serde_json::{Map, Value, json};

use crate::peer::now;
use crate::process::{interpreter, root, run};
use crate::snippets::{checked, folder, is_here, say};

#[test]
fn javascript() {
    for (index, code) in every("javascript").iter().enumerate() {
        checked(Command::new("node").arg("--check").arg(written("mjs", index, code)));
    }
    exchange("run.mjs", "javascript", &[signed(), encrypted()].concat());
}

#[test]
fn python() {
    let files = every("python").into_iter().enumerate().map(|(index, code)| written("py", index, &code));
    let check = "import sys\nfor file in sys.argv[1:]: compile(open(file).read(), file, 'exec')";
    checked(interpreter("py").args(["-c", check]).args(files));
    exchange("run.py", "python", &[signed(), encrypted()].concat());
}

#[test]
fn ruby() {
    if !is_here("Ruby", Command::new("ruby").arg("-v")) {
        return;
    }
    let files = every("ruby").into_iter().enumerate().map(|(index, code)| written("rb", index, &code));
    let check = "ARGV.each { |file| RubyVM::InstructionSequence.compile(File.read(file), file) }";
    checked(Command::new("ruby").args(["-e", check]).args(files));
    if is_here("ruby-jwt", Command::new("ruby").args(["-e", "require 'jwt'"])) {
        exchange("run.rb", "ruby", &signed());
    }
}

#[test]
fn php() {
    if !is_here("PHP", Command::new("php").arg("-v")) {
        return;
    }
    for (index, code) in every("php").iter().enumerate() {
        checked(Command::new("php").arg("-l").arg(written("php", index, &format!("<?php\n{code}"))));
    }
    exchange("run.php", "php", &signed());
}

#[test]
fn go() {
    if !is_here("gofmt", Command::new("gofmt").arg("-h").args(["-l"])) {
        return;
    }
    let codes = every("go");
    let file = |(index, code): (usize, &String)| written("go", index, &format!("package main\n\n{code}"));
    let files: Vec<PathBuf> = codes.iter().enumerate().map(file).collect();
    let unformatted = checked(Command::new("gofmt").arg("-l").args(&files));
    assert_eq!(String::from_utf8_lossy(&unformatted), "", "not as gofmt writes it");
    if is_here("golang-jwt", interpreter("go").args(["list", "github.com/golang-jwt/jwt/v5"])) {
        for case in signed() {
            let Some(code) = case.code("go") else { continue };
            case.assert("go", &case.run_go(code));
        }
    }
}

#[test]
fn rust() {
    let files = every("rust").into_iter().enumerate().map(|(index, code)| written("rs", index, &code));
    checked(Command::new("rustfmt").args(["--edition", "2024", "--emit", "stdout"]).args(files));
    let cases: Vec<Case> = signed().into_iter().filter(|case| case.code("rust").is_some()).collect();
    let program = compiled(&cases);
    for (index, case) in cases.iter().enumerate() {
        let tokens = case.tokens.iter().map(|(_, token)| token);
        let mut command = Command::new(&program);
        let results = checked(command.arg(index.to_string()).args(tokens).envs(&case.env));
        case.assert("rust", &serde_json::from_slice(&results).expect("JSON"));
    }
}

/// A token, the code that is shown for it, and others that this code must refuse.
#[derive(Clone)]
struct Case {
    snippets: Vec<Snippet>,
    env: BTreeMap<&'static str, String>,
    claims: Value,
    /// What is wrong with it, and the token; nothing is with the first.
    tokens: Vec<(&'static str, String)>,
}

impl Case {
    fn code(&self, language: &str) -> Option<&str> {
        let snippet = self.snippets.iter().find(|snippet| snippet.language == language);
        snippet.map(|snippet| &*snippet.code)
    }

    fn job(&self, language: &str, folder: &Path) -> Value {
        let tokens: Vec<&String> = self.tokens.iter().map(|(_, token)| token).collect();
        json!({ "code": self.code(language), "env": self.env, "folder": folder, "tokens": tokens })
    }

    fn run_go(&self, code: &str) -> Value {
        let folder = folder("code-go");
        let paths = [
            "encoding/base64",
            "encoding/hex",
            "errors",
            "os",
            "strings",
            "time",
            "github.com/golang-jwt/jwt/v5",
        ];
        let name =
            |path: &str| path.trim_end_matches("/v5").rsplit('/').next().unwrap_or_default().to_owned();
        let imports: String = paths
            .into_iter()
            .filter(|path| code.contains(&format!("{}.", name(path))))
            .map(|path| format!("import \"{path}\"\n"))
            .collect();
        fs::write(folder.join("code.go"), format!("package main\n\n{imports}\n{code}\n")).expect("writable");
        fs::copy(root().join("tests/peers/code/main.go"), folder.join("main.go")).expect("writable");
        let mut command = interpreter("go");
        command.current_dir(&folder).args(["run", "main.go", "code.go"]).envs(&self.env);
        let results = checked(command.args(self.tokens.iter().map(|(_, token)| token)));
        serde_json::from_slice(&results).expect("JSON")
    }

    fn assert(&self, language: &str, results: &Value) {
        let code = self.code(language).unwrap_or_default();
        let Some(results) = results.as_array() else { panic!("{code}\n{results:#}") };
        assert_eq!(results.len(), self.tokens.len(), "{code}");
        assert_eq!(results.first(), Some(&self.claims), "it is not accepted: {}\n{code}", self.tokens[0].1);
        for ((what, token), result) in self.tokens.iter().zip(results).skip(1) {
            assert_eq!(*result, Value::Null, "with {what} it is accepted: {token}\n{code}");
        }
    }
}

/// Has the script run the code of every case.
fn exchange(script: &str, language: &str, cases: &[Case]) {
    let cases: Vec<&Case> = cases.iter().filter(|case| case.code(language).is_some()).collect();
    assert!(cases.len() > 8, "{} are not all", cases.len());
    let folder = folder(&format!("code-{language}"));
    let jobs: Vec<Value> = cases.iter().map(|case| case.job(language, &folder)).collect();
    let results = run(&format!("code/{script}"), &Value::from(jobs));
    if let Some(missing) = results.first().and_then(|result| result["missing"].as_str()) {
        return say(&format!("NOT TRIED: code for {missing}: it is not here\n"));
    }
    for (case, result) in cases.iter().zip(&results) {
        case.assert(language, result);
    }
}

/// The code in a language for tokens of every kind.
fn every(language: &str) -> Vec<String> {
    use SecretEncoding::{Base64, Base64url, Hex, Jwks, Pem, Utf8};
    let signed =
        alg::ALL.map(|(alg, _)| (json!({ "alg": alg, "kid": "1" }), [Utf8, Hex, Base64, Base64url, Jwks]));
    let plain = alg::ALL.map(|(alg, _)| (json!({ "alg": alg, "typ": "at+jwt" }), [Pem, Pem, Pem, Pem, Pem]));
    let sealed = ["dir", "RSA-OAEP", "ECDH-ES"].map(|alg| {
        (
            json!({ "alg": alg, "enc": "A256GCM", "cty": "JWT", "zip": "DEF" }),
            [Utf8, Hex, Base64, Base64url, Pem],
        )
    });
    let claims = [object(json!({})), object(shapes().swap_remove(1).1), object(shapes().swap_remove(3).1)];
    let mut codes = Vec::new();
    for (header, readings) in signed.into_iter().chain(plain).chain(sealed) {
        let header = object(header);
        for (reading, claims) in
            readings.into_iter().flat_map(|reading| claims.iter().map(move |c| (reading, c)))
        {
            let snippets = verify(&Token { header: &header, claims: Some(claims), key: None, reading });
            let snippets = snippets.into_iter().filter(|snippet| snippet.language == language);
            codes.extend(snippets.map(|snippet| snippet.code.into_owned()));
        }
    }
    codes.sort();
    codes.dedup();
    codes
}

/// Headers' types and claims of several shapes.
fn shapes() -> Vec<(Option<&'static str>, Value)> {
    let exp = now() + 3600;
    let hostile = r##"a"b'c`d\e#{f}$g${h}*/?x: %> "##;
    vec![
        (
            Some("JWT"),
            json!({ "iss": "https://issuer.example/", "aud": "an audience", "sub": "user-7", "exp": exp }),
        ),
        (
            Some("at+jwt"),
            json!({ "iss": "Köln 鍵", "aud": ["the first", "the second"], "sub": 7, "exp": exp }),
        ),
        (None, json!({ "sub": "user-7" })),
        (None, json!({ "iss": hostile, "aud": [hostile], "nbf": exp - 4000, "exp": exp })),
    ]
}

/// The code that Inspect shows for a token.
fn shown(token: &str, secret: SecretText) -> Vec<Snippet> {
    let ask = Ask { secrets: vec![secret], now: Some(now()), patient: true, ..Ask::default() };
    let opened = inspect(token, &ask).items.swap_remove(0).opened.expect("is opened");
    assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{token}: {:?}", opened.verdict);
    let code = opened.token.expect("is a token").code;
    assert!(!code.is_empty(), "{token}");
    code
}

/// A key, how it was given, and what the code finds in the environment.
struct Given {
    alg: &'static str,
    key: Key,
    reading: SecretEncoding,
    env: (&'static str, String),
    /// Another algorithm that a token for the same program could name, and the key for it that an attacker has.
    other: (&'static str, Key),
}

fn signed() -> Vec<Case> {
    let mut cases = Vec::new();
    for given in &keys() {
        for (typ, claims) in shapes() {
            // Every shape with one algorithm of each kind.
            if typ == Some("JWT") || matches!(given.alg, "HS256" | "RS256" | "ES256" | "EdDSA") {
                cases.push(given.case(typ, claims));
            }
        }
    }
    cases
}

impl Given {
    fn case(&self, typ: Option<&str>, claims: Value) -> Case {
        let header = header_of(self.alg, typ);
        let token = |claims: &Value| token(&header, claims, self.alg, &self.key);
        let right = token(&claims);
        let (content, signature) = right.rsplit_once('.').expect("has dots");
        let changed = format!("{content}.{}", swapped(signature));
        let mut tokens = vec![("nothing wrong", right.clone()), ("a changed signature", changed)];
        let mut with = |what, claims: Value| tokens.push((what, token(&claims)));
        with("nbf in an hour", changed_claim(&claims, "nbf", json!(now() + 3600)));
        if claims.get("iss").is_some() {
            with("another issuer", changed_claim(&claims, "iss", json!("https://another.example/")));
            with("no issuer", changed_claim(&claims, "iss", Value::Null));
        }
        if claims.get("aud").is_some() {
            with("another audience", changed_claim(&claims, "aud", json!("another")));
            with("other audiences", changed_claim(&claims, "aud", json!(["another", "and another"])));
            with("no audience", changed_claim(&claims, "aud", Value::Null));
        }
        if claims.get("exp").is_some() {
            with("exp an hour ago", changed_claim(&claims, "exp", json!(now() - 3600)));
            with("no exp", changed_claim(&claims, "exp", Value::Null));
        }
        let mut forged = |what, alg: &str, typ, key: Option<&Key>| {
            let header = header_of(alg, typ);
            tokens.push((
                what,
                key.map_or_else(|| unsigned(&header, &claims), |key| self::token(&header, &claims, alg, key)),
            ));
        };
        forged("no algorithm", "none", typ, None);
        forged("another algorithm", self.other.0, typ, Some(&self.other.1));
        if typ == Some("at+jwt") {
            forged("another type", self.alg, Some("JWT"), Some(&self.key));
        }
        let snippets = shown(&right, SecretText::new(&*self.env.1, Some(self.reading)));
        Case { snippets, env: BTreeMap::from([self.env.clone()]), claims, tokens }
    }
}

/// Keys for every algorithm that one of the libraries runs here knows, and secrets in each reading.
fn keys() -> Vec<Given> {
    let bytes: Vec<u8> = (0..=255).rev().step_by(3).collect();
    let secret = |bytes: &[u8]| Key::Oct(Secret::new(bytes.to_vec()));
    let readings = [
        (
            SecretEncoding::Utf8,
            "a secret of sixty-four bytes: enough for every one of these algs.".to_owned(),
        ),
        (SecretEncoding::Hex, hex::encode(&bytes)),
        (SecretEncoding::Base64, BASE64_STANDARD.encode(&bytes)),
        (SecretEncoding::Base64url, BASE64_URL_SAFE_NO_PAD.encode(&bytes)),
    ];
    let mut keys = Vec::new();
    for (alg, other) in [("HS256", "HS512"), ("HS384", "HS256"), ("HS512", "HS384")] {
        for (reading, text) in &readings {
            let key = || Key::Oct(Secret::read(text, *reading).expect("is of it"));
            let env = ("JWT_SECRET", text.clone());
            keys.push(Given { alg, key: key(), reading: *reading, env, other: (other, key()) });
        }
    }
    let pairs =
        [("RS256", "RSA"), ("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521"), ("EdDSA", "Ed25519")];
    let made = run("jose.mjs", &pairs.iter().map(|(_, name)| json!({ "generate": name })).collect());
    for ((made_for, _), made) in pairs.into_iter().zip(made) {
        let pem = made["public"].as_str().expect("a pair").to_owned();
        let key = || jwk::read(&made["jwk"].to_string()).expect("a JWK").swap_remove(0).key;
        let mut push = |alg, other| {
            let env = ("JWT_PUBLIC_KEY", pem.clone());
            keys.push(Given { alg, key: key(), reading: SecretEncoding::Pem, env, other });
        };
        // What everybody knows, taken for a shared secret.
        let confused = || ("HS256", secret(pem.as_bytes()));
        push(made_for, confused());
        match made_for {
            "RS256" => {
                push("RS256", ("PS256", key()));
                push("RS512", ("RS256", key()));
                push("PS256", ("RS256", key()));
                push("PS384", ("PS512", key()));
            }
            "EdDSA" => push("Ed25519", confused()),
            _ => {}
        }
    }
    keys
}

/// Tokens that npm jose encrypts.
fn encrypted() -> Vec<Case> {
    // The last is one that a token for the same key could name.
    let kinds = [
        ("dir", "A256GCM", "oct-32", "A256KW"),
        ("dir", "A128CBC-HS256", "oct-32", "A256GCMKW"),
        ("A256KW", "A128CBC-HS256", "oct-32", "A256GCMKW"),
        ("A128GCMKW", "A128GCM", "oct-16", "A128KW"),
        ("RSA-OAEP-256", "A256GCM", "RSA", "RSA-OAEP"),
        ("ECDH-ES", "A128GCM", "P-256", "ECDH-ES+A128KW"),
        ("ECDH-ES+A256KW", "A256CBC-HS512", "X25519", "ECDH-ES"),
        ("PBES2-HS256+A128KW", "A128GCM", "oct-32", "PBES2-HS512+A256KW"),
    ];
    let claims = shapes().swap_remove(0).1;
    let keys = run("jose.mjs", &kinds.iter().map(|(_, _, name, _)| json!({ "generate": name })).collect());
    let wrong = changed_claim(&claims, "aud", json!("another"));
    let expired = changed_claim(&claims, "exp", json!(now() - 3600));
    let mut jobs = Vec::new();
    for ((alg, enc, _, other), key) in kinds.iter().zip(&keys) {
        let key = public(&key["jwk"]);
        let job = |claims: &Value, alg: &str, enc: &str| json!({ "encrypt": claims, "alg": alg, "enc": enc, "key": key });
        jobs.extend([
            job(&claims, alg, enc),
            job(&wrong, alg, enc),
            job(&expired, alg, enc),
            job(&claims, other, enc),
        ]);
    }
    let tokens = run("jose.mjs", &jobs.into());
    let cases = kinds.iter().zip(&keys).zip(tokens.chunks(4)).map(|(((alg, ..), key), tokens)| {
        let token =
            |at: usize| tokens[at].as_str().unwrap_or_else(|| panic!("{alg}: {}", tokens[at])).to_owned();
        let env = match key["private"].as_str() {
            Some(pem) => ("JWT_PRIVATE_KEY", pem.to_owned()),
            None => ("JWT_SECRET", key["jwk"]["k"].as_str().expect("a secret").to_owned()),
        };
        let right = token(0);
        let snippets = shown(&right, SecretText::new(key["jwk"].to_string(), Some(SecretEncoding::Jwk)));
        assert_eq!(snippets.len(), 2, "{alg}");
        let (content, tag) = right.rsplit_once('.').expect("has dots");
        let changed = format!("{content}.{}", swapped(tag));
        let tokens = vec![
            ("nothing wrong", right.clone()),
            ("another audience", token(1)),
            ("exp an hour ago", token(2)),
            ("another algorithm", token(3)),
            ("a changed tag", changed),
        ];
        Case { snippets, env: BTreeMap::from([env]), claims: claims.clone(), tokens }
    });
    cases.collect()
}

/// The JWK's public half; a shared key itself.
fn public(jwk: &Value) -> Value {
    let mut jwk = object(jwk.clone());
    jwk.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&&**name));
    jwk.into()
}

fn header_of(alg: &str, typ: Option<&str>) -> Map<String, Value> {
    let mut header = object(json!({ "alg": alg }));
    header.extend(typ.map(|typ| ("typ".to_owned(), typ.into())));
    header
}

fn token(header: &Map<String, Value>, claims: &Value, alg: &str, key: &Key) -> String {
    let mut token = unsigned(header, claims);
    let input = token.trim_end_matches('.').to_owned();
    let signature = alg::by_name(alg).expect("is known").sign(key, input.as_bytes());
    token.push_str(&BASE64_URL_SAFE_NO_PAD.encode(signature.unwrap_or_else(|| panic!("{alg} with {key:?}"))));
    token
}

fn unsigned(header: &Map<String, Value>, claims: &Value) -> String {
    let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.", part(json!(header).to_string()), part(claims.to_string()))
}

/// The claims with another value of one; without it for null.
fn changed_claim(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = object(claims.clone());
    match value {
        Value::Null => drop(claims.remove(name)),
        value => drop(claims.insert(name.to_owned(), value)),
    }
    claims.into()
}

/// The same text with another first character.
fn swapped(text: &str) -> String {
    let first = if text.starts_with('A') { 'B' } else { 'A' };
    format!("{first}{}", text.get(1..).unwrap_or_default())
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn written(extension: &str, index: usize, code: &str) -> PathBuf {
    let file = folder(&format!("code-{extension}")).join(format!("every-{index}.{extension}"));
    fs::write(&file, format!("{code}\n")).expect("writable");
    file
}

/// A program of the Rust code of all cases: its arguments are the number of a case, and tokens.
fn compiled(cases: &[Case]) -> PathBuf {
    let module = |(index, case): (usize, &Case)| {
        let code = case.code("rust").unwrap_or_default();
        format!(
            "mod m{index} {{\n{code}\npub fn run(token: &str) -> Option<serde_json::Value> {{ verify(token).ok() }}\n}}\n"
        )
    };
    let modules: String = cases.iter().enumerate().map(module).collect();
    let names: Vec<String> = (0..cases.len()).map(|index| format!("m{index}::run")).collect();
    let main = format!(
        "fn main() {{
            let mut arguments = std::env::args().skip(1);
            let all: &[fn(&str) -> Option<serde_json::Value>] = &[{}];
            let run = all[arguments.next().and_then(|index| index.parse::<usize>().ok()).unwrap_or_default()];
            println!(\"{{}}\", serde_json::json!(arguments.map(|token| run(&token)).collect::<Vec<_>>()));
        }}",
        names.join(", ")
    );
    let folder = folder("code-rust");
    let (source, program) = (folder.join("main.rs"), folder.join("main"));
    fs::write(&source, format!("{modules}{main}\n")).expect("writable");
    let mut failure = String::new();
    // The libraries that this test was linked with; of several builds of one, those that go together.
    for libraries in combinations(&["jsonwebtoken", "serde_json", "base64", "hex"]) {
        let mut command = Command::new(interpreter("rs").get_program());
        command.args(["--edition", "2024", "-L"]).arg(format!("dependency={}", libraries_folder().display()));
        for (name, file) in &libraries {
            command.arg("--extern").arg(format!("{name}={}", file.display()));
        }
        let output = command.arg(&source).arg("-o").arg(&program).output().expect("rustc runs");
        if output.status.success() {
            return program;
        }
        failure = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    panic!("{failure}")
}

/// Where cargo put what this test was linked with.
fn libraries_folder() -> PathBuf {
    let program = std::env::current_exe().expect("it runs");
    program.parent().expect("in a folder").to_owned()
}

/// Every choice of one file for each library, the newest first.
fn combinations(names: &[&'static str]) -> Vec<Vec<(&'static str, PathBuf)>> {
    let mut all: Vec<Vec<(&'static str, PathBuf)>> = vec![Vec::new()];
    for name in names {
        let start = format!("lib{name}-");
        let mut files: Vec<PathBuf> = fs::read_dir(libraries_folder())
            .expect("readable")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
            .filter(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&start)))
            .collect();
        let time = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
        files.sort_by_key(|path| std::cmp::Reverse(time(path)));
        assert!(!files.is_empty(), "{name} is not linked");
        all = all
            .iter()
            .flat_map(|chosen| files.iter().map(move |file| [&**chosen, &[(*name, file.clone())]].concat()))
            .collect();
    }
    all
}
