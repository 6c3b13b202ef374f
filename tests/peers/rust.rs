//! The crate cookie, whose jars axum, Rocket and actix-web have.

use cookie::{Cookie, CookieJar, Key};
use keyjar::protocol::Options;
use serde_json::Value;

use crate::peer::{Framework, Peer, text_of};
use crate::values::any_text;

const SIGNED: Peer = Peer {
    secrets: &[
        &["the first half of these bytes signs, and the second one encrypts"],
        &["🔑 the first half of these bytes signs, the second encrypts, and there are more"],
    ],
    wrong: "not the secret, though that must have 64 bytes at least, as this",
    read: text_of,
    ..Peer::new("the crate cookie", "rust-cookie-signed", any_text)
};

const PRIVATE: Peer = Peer { scheme: "rust-cookie-private", ..SIGNED };

#[test]
fn signed() {
    SIGNED.exchange_with(&Jar { secrets: SIGNED.secrets, key: Key::from, is_private: false });
}

#[test]
fn signed_with_a_derived_key() {
    let jar = Jar { secrets: SIGNED.secrets, key: Key::derive_from, is_private: false };
    Peer { options: derived, ..SIGNED }.exchange_with(&jar);
}

#[test]
fn private() {
    PRIVATE.exchange_with(&Jar { secrets: SIGNED.secrets, key: Key::from, is_private: true });
}

#[test]
fn private_with_a_derived_key() {
    let jar = Jar { secrets: SIGNED.secrets, key: Key::derive_from, is_private: true };
    Peer { options: derived, ..PRIVATE }.exchange_with(&jar);
}

fn derived(_: &[&str]) -> Options {
    Options::from([("key".into(), "derive_from".into())])
}

struct Jar {
    secrets: &'static [&'static [&'static str]],
    key: fn(&[u8]) -> Key,
    is_private: bool,
}

impl Jar {
    fn key(&self, path: &str) -> Key {
        let index: usize = path.trim_start_matches('/').parse().expect("a number");
        (self.key)(self.secrets[index][0].as_bytes())
    }
}

impl Framework for Jar {
    fn set(&self, path: &str, value: &Value) -> String {
        let (mut jar, key) = (CookieJar::new(), self.key(path));
        let cookie = Cookie::new("peer", value.as_str().expect("a text").to_owned());
        if self.is_private {
            jar.private_mut(&key).add(cookie)
        } else {
            jar.signed_mut(&key).add(cookie)
        }
        format!("Set-Cookie: {}", jar.get("peer").expect("was added").encoded())
    }

    fn read(&self, path: &str, cookie: &str) -> Value {
        let (mut jar, key) = (CookieJar::new(), self.key(path));
        jar.add_original(Cookie::parse_encoded(cookie.to_owned()).expect("a cookie"));
        let cookie =
            if self.is_private { jar.private(&key).get("peer") } else { jar.signed(&key).get("peer") };
        cookie.map_or(Value::Null, |cookie| cookie.value().into())
    }
}
