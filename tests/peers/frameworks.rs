//! The frameworks whose cookie is set to a value and read again.

use keyjar::protocol::{Options, Verdict};
use serde_json::{Map, Value, json};

use crate::peer::{PASSWORDS, Peer, SECRETS, text_of, value_of};
use crate::process::Server;
use crate::values::{any_text, anything, header_texts, objects, texts_and_objects};

/// Express makes a text of a number.
const EXPRESS: Peer = Peer::new("express.mjs", "express-cookie-signature", texts_and_objects);

#[test]
fn express() {
    EXPRESS.exchange();
}

#[test]
fn express_session_goes_on_with_a_cookie_of_keyjar() {
    let peer = Peer { cookie: "connect.sid", ..EXPRESS };
    let (path, secrets) = ("/2/session", SECRETS[2]);
    let server = Server::start(peer.script, SECRETS);
    let first = server.get(path, "");
    let opened = peer.look(&first.set_cookie(), secrets).opened.expect("it was opened");
    assert!(matches!(opened.verdict, Verdict::Valid { secret: 0, .. }), "{:?}", opened.verdict);
    let id = value_of(opened.payload.as_ref().expect("has a payload"));
    assert_eq!(first.json()["id"], id);

    let with = |secret| server.get(path, &peer.cookie(&id, &[secret])).json();
    assert_eq!(with(secrets[0]), json!({ "id": id, "visits": 2 }));
    assert_eq!(with(secrets[2]), json!({ "id": id, "visits": 3 }), "an older secret of the list");
    assert_eq!(with("not the secret")["visits"], json!(1), "a forged id begins a new session");
}

#[test]
fn koa() {
    Peer::new("koa.mjs", "keygrip", header_texts).exchange();
}

#[test]
fn koa_writes_texts_that_keyjar_reads_and_does_not_make() {
    let peer = Peer::new("koa.mjs", "keygrip", header_texts);
    let server = Server::start(peer.script, SECRETS);
    for text in ["a,b", "\\", "a\"", "a \"b\" c", "{\"n\":[1,2]}"] {
        peer.keyjar_reads(&server, "/0", SECRETS[0], &text.into());
    }
}

#[test]
fn cookie_session() {
    Peer { cookie: "session", ..Peer::new("cookie-session.mjs", "keygrip", objects) }.exchange();
}

#[test]
fn fastify() {
    Peer { read: text_of, ..Peer::new("fastify.mjs", "fastify-cookie", any_text) }.exchange();
}

#[test]
fn hono() {
    let peer = Peer::new("hono.mjs", "hono-signed-cookie", any_text);
    Peer { secrets: &SECRETS[..2], read: text_of, ..peer }.exchange();
}

#[test]
fn react_router() {
    Peer::new("react-router.mjs", "react-router-cookie", anything).exchange();
}

#[test]
fn iron_session() {
    let peer = Peer::new("iron-session.mjs", "iron-session", objects);
    Peer { secrets: PASSWORDS, options: numbered, ..peer }.exchange();
}

/// Several passwords have numbers, the newest the largest.
fn numbered(passwords: &[&str]) -> Options {
    if passwords.len() < 2 {
        return Options::new();
    }
    let numbers = (1..=passwords.len()).rev().map(|number| number.to_string());
    let map: Map<String, Value> =
        numbers.zip(passwords).map(|(number, password)| (number, Value::from(*password))).collect();
    Options::from([("password".into(), map.into())])
}

const H3: Peer = Peer {
    cookie: "h3",
    secrets: PASSWORDS.split_at(2).0,
    own: |session| session.get("data").cloned().unwrap_or(session),
    ..Peer::new("h3.mjs", "h3-session-v2", objects)
};

#[test]
fn h3() {
    H3.exchange();
}

#[test]
fn h3_version_1() {
    Peer { script: "h3-v1.mjs", scheme: "h3-session", ..H3 }.exchange();
}

const AUTHJS: Peer = Peer {
    cookie: "authjs.session-token",
    own: without_jwt_claims,
    ..Peer::new("authjs.mjs", "authjs-jwe", objects)
};

#[test]
fn authjs() {
    AUTHJS.exchange();
}

#[test]
fn authjs_csrf_token() {
    let peer = Peer { cookie: "authjs.csrf-token", scheme: "authjs-csrf", ..AUTHJS };
    let server = Server::start(peer.script, SECRETS);
    for (index, secrets) in SECRETS.iter().enumerate() {
        let path = format!("/{index}/auth/csrf");
        let new = server.get(&path, "");
        let opened = peer.look(&new.set_cookie(), secrets).opened.expect("it was opened");
        assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{:?}", opened.verdict);
        assert_eq!(value_of(opened.payload.as_ref().expect("has a payload")), new.json()["csrfToken"]);

        let token = Value::from("5e".repeat(32));
        let with = |secrets| server.get(&path, &peer.cookie(&token, secrets)).json()["csrfToken"].take();
        assert_eq!(with(secrets), token);
        assert_ne!(with(&["not the secret"]), token, "a forged token is replaced");
    }
}

#[test]
fn nextauth() {
    let peer = Peer { script: "nextauth.mjs", scheme: "nextauth-jwe", ..AUTHJS };
    Peer { cookie: "next-auth.session-token", secrets: &SECRETS[..2], ..peer }.exchange();
}

/// The claims that Auth.js adds, of the moment and by chance.
fn without_jwt_claims(mut claims: Value) -> Value {
    if let Some(members) = claims.as_object_mut() {
        members.retain(|name, _| !["iat", "exp", "jti"].contains(&name.as_str()));
    }
    claims
}
