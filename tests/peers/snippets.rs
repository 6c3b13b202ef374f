//! The code that the Sign panel shows beside a value: it is what its language can read, and where its framework is
//! installed, it sets a cookie that Keyjar finds valid, and reads the one that Keyjar made.
//!
//! Every option is tried in every choice. Scripts in `snippets/` run the code as it is, and say what they add: a server
//! around an application, `req` and `res` for a fragment. What is not installed is said loudly. Elixir is only read by
//! people.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keyjar::inspect::inspect;
use keyjar::protocol::{
    About, Ask, CookieDraft, Draft, ItemReport, OptionKind, OptionSpec, Options, PayloadDraft, PayloadForm,
    Signed, Verdict,
};
use keyjar::scheme::ALL;
use keyjar::secret::{SecretEncoding, SecretText};
use keyjar::sign::sign;
use serde_json::{Value, json};

use crate::peer::now;
use crate::process::{interpreter, root, run};

#[test]
fn javascript() {
    let cases = cases("javascript");
    for (index, case) in cases.iter().enumerate() {
        checked(Command::new("node").arg("--check").arg(written(case, index, "mjs", "")));
    }
    exchange("run.mjs", &cases, |id| !id.starts_with("adonisjs") && id != "authjs-csrf");
}

#[test]
fn python() {
    let cases = cases("python");
    let files = cases.iter().enumerate().map(|(index, case)| written(case, index, "py", ""));
    let check = "import sys\nfor file in sys.argv[1:]: compile(open(file).read(), file, 'exec')";
    checked(interpreter("py").args(["-c", check]).args(files));
    // Which does not go with the Werkzeug that Flask needs.
    exchange("run.py", &cases, |id| id != "werkzeug-secure-cookie");
}

#[test]
fn ruby() {
    let cases = cases("ruby");
    if !is_here("Ruby", Command::new("ruby").arg("-v")) {
        return;
    }
    let files = cases.iter().enumerate().map(|(index, case)| written(case, index, "rb", ""));
    let check = "ARGV.each { |file| RubyVM::InstructionSequence.compile(File.read(file), file) }";
    checked(Command::new("ruby").args(["-e", check]).args(files));
    if is_here("Rack", Command::new("ruby").args(["-e", "require 'rack'"])) {
        // Debian's Rails is 6.1, and has no `Rails.application` without the application.
        let cases: Vec<Case> =
            cases.into_iter().filter(|case| !case.options.contains_key("verifier_name")).collect();
        exchange("run.rb", &cases, |id| !id.starts_with("rails8"));
    }
}

#[test]
fn php() {
    let cases = cases("php");
    if !is_here("PHP", Command::new("php").arg("-v")) {
        return;
    }
    for (index, case) in cases.iter().enumerate() {
        checked(Command::new("php").arg("-l").arg(written(case, index, "php", "<?php\n")));
    }
    exchange("run.php", &cases, |id| id != "laravel-cookie");
}

#[test]
fn perl() {
    if is_here("Mojolicious", Command::new("perl").arg("-MMojolicious").args(["-e", "1"])) {
        exchange("run.pl", &cases("perl"), |_| true);
    }
}

#[test]
fn rust() {
    let cases = cases("rust");
    let files = cases.iter().enumerate().map(|(index, case)| written(case, index, "rs", ""));
    checked(Command::new("rustfmt").args(["--edition", "2024", "--emit", "stdout"]).args(files));
}

#[test]
fn go() {
    let cases = cases("go");
    let check = &mut interpreter("go");
    if !is_here("gorilla/securecookie", check.args(["list", "github.com/gorilla/securecookie"])) {
        return;
    }
    let folder = folder("go");
    let mut failures = Vec::new();
    fs::copy(root().join("tests/peers/snippets/main.go"), folder.join("main.go")).expect("writable");
    for case in cases {
        let file = folder.join("snippet.go");
        fs::write(&file, case.go_file()).expect("writable");
        assert_eq!(checked(Command::new("gofmt").arg("-l").arg(&file)), b"", "not formatted: {}", case.code);
        let mut command = interpreter("go");
        command.current_dir(&folder).args(["run", "main.go", "snippet.go", &case.cookie]).envs(case.env());
        failures.extend(case.fault(&serde_json::from_slice(&checked(&mut command)).expect("JSON")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// What a snippet is shown for, and what it should make and read.
struct Case {
    about: &'static About,
    code: String,
    options: Options,
    secret: SecretText,
    payload: Value,
    /// The cookie's name.
    name: String,
    /// The `Cookie` header with what Keyjar made.
    cookie: String,
    value: String,
}

/// One for each option's every choice, of the schemes whose code is in the language.
fn cases(language: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for scheme in ALL {
        let about = scheme.about();
        if !scheme.snippets().iter().any(|snippet| snippet.language == language) {
            continue;
        }
        let before = cases.len();
        for (options, reading) in variants(about) {
            let draft = draft(about, options, reading);
            let Ok(signed) = sign(&draft) else { continue };
            for snippet in &signed.snippets {
                if snippet.language == language {
                    cases.push(Case::new(about, &draft, &signed, &snippet.code));
                }
            }
        }
        assert!(cases.len() > before, "{}: no code", about.id);
    }
    cases
}

/// The options that are tried: each in every choice, and those that go together. And the ways in which a secret is read.
fn variants(about: &About) -> Vec<(Options, SecretEncoding)> {
    let with = |pairs: &[(&str, &str)]| -> Options {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    };
    let bases = match &*about.id {
        "beaker-cookie-session" => vec![with(&[]), with(&[("encrypt_key", "another")])],
        "django-signing" => vec![with(&[]), with(&[("class", "Signer")])],
        "gorilla-securecookie" => {
            vec![with(&[]), with(&[("block_key", "0123456789abcdef"), ("block_key_encoding", "utf8")])]
        }
        "rails-encrypted-cookie" => {
            vec![with(&[]), with(&[("use_authenticated_cookie_encryption", "false")])]
        }
        "rails-message-encryptor" | "rails8-message-encryptor" => vec![
            with(&[]),
            with(&[("salt", "a salt")]),
            with(&[("salt", "a salt"), ("sign_salt", "another"), ("cipher", "aes-256-cbc")]),
        ],
        "tornado-v2" => {
            vec![
                with(&[]),
                with(&[
                    ("cookie_secret", &json!({ "3": secret(about, &with(&[])) }).to_string()),
                    ("key_version", "3"),
                ]),
            ]
        }
        _ => vec![with(&[])],
    };
    let mut variants = Vec::new();
    for base in bases {
        for spec in about.options.iter().filter(|spec| spec.when_making) {
            for value in values(spec) {
                let mut options = base.clone();
                options.insert(spec.name.to_string(), value);
                variants.push((options, about.secret_encoding));
            }
        }
        variants.push((base, about.secret_encoding));
    }
    use SecretEncoding::{Base64, Base64url, Hex, Utf8};
    variants.extend([Utf8, Hex, Base64, Base64url].map(|reading| (Options::new(), reading)));
    variants
}

fn values(spec: &OptionSpec) -> Vec<Value> {
    match (&*spec.name, &spec.kind) {
        (_, OptionKind::Choice(choices)) => choices.iter().map(|choice| Value::from(&**choice)).collect(),
        ("expires" | "expires_at", OptionKind::Text) => vec!["2099-01-31T12:00:00Z".into()],
        ("block_key", _) => vec!["000102030405060708090a0b0c0d0e0f".into()],
        ("protected_header", _) => vec![json!({ "kid": "a key" })],
        ("expires", _) => vec![(now() + 3600).into()],
        ("ttl" | "localtimeOffsetMsec", _) => vec![0.into(), 3_600_000.into()],
        (_, OptionKind::Text) => vec!["another, \"quoted\" #{one} \\ 'ö'".into(), "_other".into()],
        (_, OptionKind::Number) => vec![1234.into()],
        (_, OptionKind::Json) => vec![json!({ "iterations": 3 }), json!(3600)],
        (_, OptionKind::Secret) => vec!["another".into()],
        (_, OptionKind::Hex) => Vec::new(),
    }
}

fn draft(about: &About, options: Options, reading: SecretEncoding) -> Draft {
    let fixed = ["django-messages", "rack-session-encrypted", "better-auth-session-data", "better-auth-jwe"];
    let is_fixed = fixed.contains(&&*about.id);
    let name = about.cookie_names.first().filter(|_| is_fixed).map_or("sid", |name| name).to_owned();
    let name = options.get("key").and_then(Value::as_str).map_or(name, str::to_owned);
    let text = match reading {
        SecretEncoding::Utf8 => secret(about, &options),
        SecretEncoding::Hex => "6b657".repeat(12) + "6b65",
        SecretEncoding::Base64 => "a2V5+2V5/2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=".into(),
        _ => "a2V5-2V5_2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=".into(),
    };
    // What the snippet reads.
    let example =
        if about.id == "django-session-signed-cookies" { r#"{"user_id":7}"# } else { &*about.example };
    let form = about.payload_forms.first().copied().unwrap_or(PayloadForm::Text);
    Draft {
        scheme: about.id.to_string(),
        payload: PayloadDraft { form, text: example.into() },
        secrets: vec![SecretText::new(text, Some(reading))],
        options,
        cookie: CookieDraft { name, ..CookieDraft::default() },
        now: Some(now()),
        patient: true,
    }
}

/// A secret that is long enough, or just long enough.
fn secret(about: &About, options: &Options) -> String {
    let is = |name: &str, start: &str| {
        options.get(name).and_then(Value::as_str).is_some_and(|value| value.to_lowercase().starts_with(start))
    };
    let text = "a secret of sixty-four bytes: enough even for those who use half";
    let takes_all = about.id.ends_with("message-encryptor") && !options.contains_key("salt");
    match &*about.id {
        id if id.starts_with("laravel") && is("cipher", "aes-128") => {
            "base64:kPKDc4VpFtFhLXkL7ONgng==".into()
        }
        id if id.starts_with("laravel") => "base64:kPKDc4VpFtFhLXkL7ONgnerZrv3SeENtcAgXYpQ0uUE=".into(),
        _ if takes_all && is("cipher", "aes-128") => text[..16].into(),
        _ if takes_all || about.id.starts_with("litestar") => text[..32].into(),
        _ => text.into(),
    }
}

impl Case {
    fn new(about: &'static About, draft: &Draft, signed: &Signed, code: &str) -> Self {
        let pairs =
            signed.set_cookie.lines().filter_map(|line| line.strip_prefix("Set-Cookie: ")?.split(';').next());
        let text = &draft.payload.text;
        Self {
            about,
            code: code.to_owned(),
            options: draft.options.clone(),
            secret: draft.secrets[0].clone(),
            payload: serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str())),
            name: draft.cookie.name.clone(),
            cookie: pairs.collect::<Vec<_>>().join("; "),
            value: signed.value.clone(),
        }
    }

    /// The environment: the page writes the variable's own name for `SECRET_ENV`.
    fn env(&self) -> BTreeMap<String, String> {
        let mut env = BTreeMap::from([("SECRET_ENV".to_owned(), self.secret.text.to_string())]);
        for name in ["block_key", "encrypt_key"] {
            if let Some(key) = self.options.get(name).and_then(Value::as_str) {
                env.insert(name.to_uppercase(), key.to_owned());
            }
        }
        env
    }

    fn job(&self, folder: &Path) -> Value {
        json!({
            "scheme": self.about.id, "code": self.code, "env": self.env(), "folder": folder,
            "name": self.name, "value": self.value, "cookie": format!("{}{}", self.cookie, self.beside()),
        })
    }

    /// Better Auth reads its cache only beside a token.
    fn beside(&self) -> String {
        let Some(token) = self.payload.pointer("/session/token").and_then(Value::as_str) else {
            return String::new();
        };
        let draft = Draft {
            scheme: "better-auth".into(),
            payload: PayloadDraft { form: PayloadForm::Text, text: token.to_owned() },
            secrets: vec![self.secret.clone()],
            options: Options::new(),
            cookie: CookieDraft::default(),
            now: Some(now()),
            patient: true,
        };
        format!("; better-auth.session_token={}", sign(&draft).expect("can be signed").cookie_value)
    }

    /// As an editor fills in the imports.
    fn go_file(&self) -> String {
        let is_used = |path: &&&str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            self.code.contains(&format!("{name}."))
        };
        let known = [
            "crypto/sha1",
            "crypto/sha512",
            "encoding/hex",
            "fmt",
            "net/http",
            "os",
            "github.com/gorilla/securecookie",
        ];
        let imports: String =
            known.iter().filter(is_used).map(|path| format!("import \"{path}\"\n")).collect();
        format!("package main\n\n{imports}\n{}\n", self.code)
    }

    /// What is wrong with what a script says of it, if something is.
    fn fault(&self, result: &Value) -> Option<String> {
        let fault = |what: &str| {
            Some(format!("{}: {what}\n{:?}\n{}\n{result:#}", self.about.id, self.options, self.code))
        };
        if let Some(error) = result["error"].as_str() {
            return fault(error);
        }
        if !self.is_read(&result["before"]) {
            return fault("it does not read what Keyjar made");
        }
        // Django 5.2.15 and later read such cookies, but write others.
        if result["set"].is_null() || self.about.id == "django-signed-cookie-legacy" {
            return None;
        }
        let lines = result["set"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let header: String = lines.map(|line| format!("Set-Cookie: {line}\n")).collect();
        let is_it = |item: &ItemReport| item.name.as_deref() == Some(&self.name);
        let Some(item) = inspect(&header, &Ask::default()).items.iter().position(is_it) else {
            return fault("it sets no such cookie");
        };
        let ask = Ask {
            secrets: vec![self.secret.clone()],
            item: Some(item),
            scheme: Some(self.about.id.to_string()),
            options: self.options.clone(),
            now: Some(now()),
            patient: true,
        };
        let opened = inspect(&header, &ask).items.swap_remove(item).opened.expect("is opened");
        match opened.verdict {
            Verdict::Valid { .. } => None,
            verdict => fault(&format!("Keyjar does not find it valid: {verdict:?}")),
        }
    }

    /// Whether it is the value, the payload, perhaps with what the framework adds or written as text, or one of its members.
    fn is_read(&self, before: &Value) -> bool {
        let written = before.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let is_it = |value: &Value| {
            is_in(value, before)
                || before.as_str().is_some_and(|text| text.contains(&value.to_string()))
                || written.as_ref().is_some_and(|before| is_in(value, before))
        };
        // Django's messages, without what is beside their texts.
        let is_text_of_it =
            |text: &Value| self.payload.is_array() && self.payload.to_string().contains(&text.to_string());
        before.as_str() == Some(&self.value)
            || before.get(0).is_some_and(is_text_of_it)
            || is_it(&self.payload)
            || self.payload.as_object().is_some_and(|object| object.values().any(is_it))
    }
}

/// Whether `whole` is `value`, or an object with all that it has. Forms know texts only.
fn is_in(value: &Value, whole: &Value) -> bool {
    match (value, whole) {
        (Value::Object(value), Value::Object(whole)) => {
            value.iter().all(|(name, value)| whole.get(name).is_some_and(|whole| is_in(value, whole)))
        }
        (Value::Number(value), Value::String(whole)) => value.to_string() == *whole,
        _ => value == whole,
    }
}

/// Has the script run those cases whose scheme `runs`.
fn exchange(script: &str, cases: &[Case], runs: fn(&str) -> bool) {
    let cases: Vec<&Case> = cases.iter().filter(|case| runs(&case.about.id)).collect();
    let folder = folder(script);
    let jobs: Vec<Value> = cases.iter().map(|case| case.job(&folder)).collect();
    let results = run(&format!("snippets/{script}"), &Value::from(jobs));
    assert_eq!(results.len(), cases.len());
    let (mut missing, mut failures) = (BTreeSet::new(), Vec::new());
    for (case, result) in cases.iter().zip(&results) {
        match result["missing"].as_str() {
            Some(name) => {
                assert!(MAY_BE_MISSING.contains(&name), "{} needs {name}\n{}", case.about.id, case.code);
                missing.insert(name);
            }
            None => failures.extend(case.fault(result)),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    if !missing.is_empty() {
        let names: Vec<&str> = missing.into_iter().collect();
        say(&format!("NOT TRIED: snippets that need {}: not installed here\n", names.join(", ")));
    }
}

/// What `make test-peers` does not install, or only where there is apt.
const MAY_BE_MISSING: &[&str] = &[
    "@fastify/secure-session",
    "@hapi/hapi",
    "@hapi/iron",
    "elysia",
    "express-openid-connect",
    "CryptX",
    "Crypto",
    "aiohttp",
    "aiohttp_session",
    "beaker",
    "branca",
    "fastapi",
    "flask_login",
    "litestar",
    "paseto-ts",
    "pyseto",
    "quart",
    "action_dispatch",
    "active_support/all",
    "rack/session",
    "Illuminate\\Encryption\\Encrypter",
    "Illuminate\\Contracts\\Encryption\\DecryptException",
    "Illuminate\\Support\\Str",
    "Symfony\\Component\\HttpFoundation\\UriSigner",
];

/// Whether a command works that needs what it is called; if not, that is said.
pub fn is_here(name: &str, command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let is_here = command.status().is_ok_and(|status| status.success());
    if !is_here {
        say(&format!("NOT TRIED: snippets for {name}: it is not here\n"));
    }
    is_here
}

/// Not with eprintln!, which is heard only when a test fails.
pub fn say(line: &str) {
    stderr().write_all(line.as_bytes()).expect("writable");
}

/// Below the project's folder, where Node looks for packages.
pub fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/snippets").join(name);
    fs::create_dir_all(&folder).expect("writable");
    folder
}

fn written(case: &Case, index: usize, extension: &str, head: &str) -> PathBuf {
    let file = folder(extension).join(format!("{}-{index}.{extension}", case.about.id));
    fs::write(&file, format!("{head}{}\n", case.code)).expect("writable");
    file
}

/// What it printed.
pub fn checked(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
