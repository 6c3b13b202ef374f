//! Rails, Laravel and gorilla/securecookie, of Debian's packages: `scripts/install.sh debian-peers` installs them where
//! there is apt. Where they are missing, the tests say so loudly, and pass.

use std::io::{Write, stderr};
use std::process::Stdio;

use keyjar::protocol::Options;
use serde_json::{Value, json};

use crate::peer::{Peer, SECRETS, text_of};
use crate::process::interpreter;
use crate::values::{any_text, anything, objects};

/// Asks the peers, if the interpreter of their language runs `check`.
fn exchange(framework: &str, language: &str, check: &[&str], peers: &[Peer]) {
    let mut command = interpreter(language);
    command.args(check).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) {
        peers.iter().for_each(Peer::exchange);
    } else {
        // Not with eprintln!, which is heard only when a test fails.
        let line =
            format!("NOT TRIED: {framework}: it is not here; `scripts/install.sh debian-peers` says more\n");
        stderr().write_all(line.as_bytes()).expect("writable");
    }
}

fn rails(peers: &[Peer]) {
    let check = ["-e", "require 'active_support/all'; require 'action_dispatch'"];
    exchange("Ruby on Rails", "rb", &check, peers);
}

/// Those of an application that had others before.
const ROTATED: &[&[&str]] = SECRETS.split_at(2).1;

#[test]
fn rails_signed_cookies() {
    let peer = Peer::new("rails-cookies.rb signed json", "rails-signed-cookie", rails_values);
    rails(&[
        Peer { options: |_| cookies_serializer("json"), ..peer },
        Peer {
            script: "rails-cookies.rb signed marshal",
            options: |_| cookies_serializer("marshal"),
            secrets: ROTATED,
            ..peer
        },
    ]);
}

#[test]
fn rails_encrypted_cookies() {
    let peer = Peer::new("rails-cookies.rb encrypted json", "rails-encrypted-cookie", rails_values);
    rails(&[
        Peer { options: |_| cookies_serializer("json"), ..peer },
        Peer {
            script: "rails-cookies.rb encrypted marshal",
            options: |_| cookies_serializer("marshal"),
            secrets: ROTATED,
            ..peer
        },
    ]);
}

/// No `false`, which Rails itself does not read: it takes that for a failure, and goes on to the older secrets. And not
/// too many: without optimisation, the keys of a Rails application take their time.
fn rails_values() -> Vec<Value> {
    let texts = ["", "dots.and--more", "a=b&c;d,e \"f\" %41+/.~\\ <i> Köln 北京 🔑"].map(Value::from);
    objects().into_iter().chain(texts).chain([json!([7, -1.5, null, true])]).collect()
}

fn cookies_serializer(name: &str) -> Options {
    Options::from([("cookies_serializer".into(), name.into())])
}

#[test]
fn rails_message_verifier() {
    let peer = Peer::new("rails-messages.rb Verifier JSON", "rails-message-verifier", rails_values);
    rails(&[
        Peer { options: |_| message("JSON"), ..peer },
        Peer {
            script: "rails-messages.rb Verifier Marshal",
            options: |_| message("Marshal"),
            secrets: ROTATED,
            ..peer
        },
    ]);
}

#[test]
fn rails_message_encryptor() {
    let peer = Peer::new("rails-messages.rb Encryptor JSON", "rails-message-encryptor", rails_values);
    rails(&[
        Peer { options: |_| encrypted("JSON"), ..peer },
        Peer {
            script: "rails-messages.rb Encryptor Marshal",
            options: |_| encrypted("Marshal"),
            secrets: ROTATED,
            ..peer
        },
    ]);
}

fn message(serializer: &str) -> Options {
    Options::from([("serializer".into(), serializer.into()), ("purpose".into(), "login".into())])
}

fn encrypted(serializer: &str) -> Options {
    let mut options = message(serializer);
    options.extend([("cipher".into(), "aes-256-gcm".into()), ("salt".into(), "salt of the peer".into())]);
    options
}

#[test]
fn laravel() {
    let strings = Peer {
        secrets: &[&["base64:kPKDc4VpFtFhLXkL7ONgnerZrv3SeENtcAgXYpQ0uUE="]],
        wrong: "base64:bm90IHRoZSBrZXksIHRob3VnaCBhcyBsb25nIGFzIGk=",
        options: |_| laravel_options("AES-256-CBC", "false"),
        read: text_of,
        ..Peer::new("laravel-encrypter.php AES-256-CBC false", "laravel-encrypter", any_text)
    };
    let serialized = Peer {
        script: "laravel-encrypter.php AES-256-GCM true",
        options: |_| laravel_options("AES-256-GCM", "true"),
        values: php_values,
        ..Peer::new("", "laravel-encrypter", php_values)
    };
    let serialized = Peer { secrets: strings.secrets, wrong: strings.wrong, ..serialized };
    let check = ["-r", "require_once 'Illuminate/Encryption/autoload.php';"];
    exchange("Laravel", "php", &check, &[strings, serialized]);
}

fn laravel_options(cipher: &str, serialize: &str) -> Options {
    Options::from([("cipher".into(), cipher.into()), ("serialize".into(), serialize.into())])
}

/// Where an object may be a list: an empty one is.
fn php_values() -> Vec<Value> {
    let text = Value::to_string;
    anything().into_iter().filter(|value| !text(value).contains("{}")).collect()
}

#[test]
fn gorilla_securecookie() {
    let peer = Peer::new("gorilla-securecookie.go JSONEncoder", "gorilla-securecookie", objects);
    let json = Peer { options: |_| gorilla("JSONEncoder", ""), ..peer };
    let gob = Peer {
        script: "gorilla-securecookie.go GobEncoder 000102030405060708090a0b0c0d0e0f",
        options: |_| gorilla("GobEncoder", "000102030405060708090a0b0c0d0e0f"),
        values: sessions,
        ..peer
    };
    exchange("gorilla/securecookie", "go", &["list", "github.com/gorilla/securecookie"], &[json, gob]);
}

/// gorilla/sessions has no nulls, and only the types that a program tells gob of.
fn sessions() -> Vec<Value> {
    vec![
        json!({ "user": 7 }),
        json!({ "user": "Köln 北京 🔑", "admin": true, "left": -1.5, "": "", "marks": ".;,=~%41+|*/\\\u{0}" }),
        json!({ "much": "of the same 北京, ".repeat(60) }),
    ]
}

fn gorilla(serializer: &str, block_key: &str) -> Options {
    let mut options = Options::from([("serializer".into(), json!(serializer))]);
    if !block_key.is_empty() {
        options.insert("block_key".into(), block_key.into());
    }
    options
}
