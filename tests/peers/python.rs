//! The frameworks of Python.

use keyjar::protocol::{Options, Payload};
use serde_json::{Map, Value};

use crate::peer::{Peer, SECRETS, text_of, value_of};
use crate::values::{any_text, anything, header_texts, objects};

#[test]
fn flask() {
    Peer { cookie: "session", ..Peer::new("flask-session.py", "flask-session", objects) }.exchange();
}

#[test]
fn django_session() {
    Peer::new("django-cookies.py session", "django-session-signed-cookies", objects).exchange();
}

#[test]
fn django_signed_cookie() {
    let peer = Peer::new("django-cookies.py cookie", "django-signed-cookie", header_texts);
    Peer { read: text_of, ..peer }.exchange();
}

#[test]
fn django_signing() {
    Peer::new("django-cookies.py signing", "django-signing", anything).exchange();
}

#[test]
fn starlette() {
    let peer = Peer::new("starlette-session.py", "starlette-session", objects);
    Peer { secrets: &SECRETS[..2], ..peer }.exchange();
}

#[test]
fn tornado_version_1() {
    let peer = Peer::new("tornado-cookies.py 1", "tornado-v1", any_text);
    Peer { secrets: &SECRETS[..2], read: text_of, ..peer }.exchange();
}

const TORNADO: Peer = Peer { read: text_of, ..Peer::new("tornado-cookies.py 2", "tornado-v2", any_text) };

#[test]
fn tornado() {
    Peer { secrets: SECRETS.split_at(2).0, ..TORNADO }.exchange();
}

#[test]
fn tornado_key_versions() {
    Peer { secrets: SECRETS.split_at(2).1, options: numbered, ..TORNADO }.exchange();
}

/// The newest has the largest number.
fn numbered(secrets: &[&str]) -> Options {
    let numbers = (1..=secrets.len()).rev().map(|number| number.to_string());
    let map: Map<String, Value> =
        numbers.zip(secrets).map(|(number, secret)| (number, Value::from(*secret))).collect();
    Options::from([("cookie_secret".into(), map.into()), ("key_version".into(), secrets.len().into())])
}

#[test]
fn pyramid() {
    let peer = Peer::new("pyramid-session.py", "pyramid-session", objects);
    // Beside the session stand the times when it was used and made.
    let state = |payload: &Payload| value_of(payload)[2].take();
    Peer { secrets: &SECRETS[..2], read: state, ..peer }.exchange();
}

#[test]
fn bottle() {
    let peer = Peer::new("bottle-cookies.py", "bottle-cookie", anything);
    Peer { secrets: &SECRETS[..2], ..peer }.exchange();
}

#[test]
fn itsdangerous_serializer() {
    let peer = Peer::new("itsdangerous-values.py URLSafeSerializer", "itsdangerous-url-safe", anything);
    peer.exchange();
    let options = |_: &[&str]| Options::from([("serializer".into(), "URLSafeTimedSerializer".into())]);
    Peer { script: "itsdangerous-values.py URLSafeTimedSerializer", options, ..peer }.exchange();
}

#[test]
fn itsdangerous_signer() {
    let peer = Peer::new("itsdangerous-values.py Signer", "itsdangerous-signer", header_texts);
    let peer = Peer { read: text_of, ..peer };
    peer.exchange();
    let options = |_: &[&str]| Options::from([("signer".into(), "TimestampSigner".into())]);
    Peer { script: "itsdangerous-values.py TimestampSigner", options, ..peer }.exchange();
}

#[test]
fn fernet() {
    let peer = Peer::new("fernet.py", "fernet", any_text);
    Peer {
        secrets: FERNET_KEYS,
        wrong: "bm90IHRoZSBrZXksIHRob3VnaCBhcyBsb25nIGFzIGk=",
        read: text_of,
        ..peer
    }
    .exchange();
}

const FERNET_KEYS: &[&[&str]] = &[
    &["cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="],
    &["VGhlIG5ld2VzdCBrZXksIDMyIGJ5dGVzIG9mIGl0Li4=", "VGhlIG9uZSBiZWZvcmUsIGFsc28gMzIgYnl0ZXMuLi4="],
];
