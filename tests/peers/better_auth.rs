//! Better Auth: the signed token, and the session beside it.

use keyjar::protocol::Verdict;
use serde_json::{Value, json};

use crate::peer::{PASSWORDS, Peer, value_of};
use crate::process::Server;

const TOKEN: Peer =
    Peer { cookie: "better-auth.session_token", ..Peer::new("better-auth.mjs", "better-auth", Vec::new) };

const COMPACT: Peer =
    Peer { cookie: "better-auth.session_data", scheme: "better-auth-session-data", ..TOKEN };

const JWE: Peer = Peer { scheme: "better-auth-jwe", ..COMPACT };

#[test]
fn better_auth() {
    let server = Server::start(TOKEN.script, PASSWORDS);
    for (index, secrets) in PASSWORDS.iter().enumerate() {
        exchange(&server, &format!("/{index}/compact"), &secrets[..1], &COMPACT);
        exchange(&server, &format!("/{index}/jwe"), &secrets[..1], &JWE);
    }
}

fn exchange(server: &Server, path: &str, secrets: &[&str], data: &Peer) {
    let person =
        json!({ "name": "Köln 北京 🔑 \"q\" ;,=%41", "email": "a@example.com", "password": "correct horse" });
    let signed_up = server.post(&format!("{path}/sign-up/email"), &person);
    let cookies = signed_up.set_cookie();
    let read = |peer: &Peer| {
        let opened = peer.look(&cookies, secrets).opened.expect("it was opened");
        assert!(
            matches!(opened.verdict, Verdict::Valid { secret: 0, .. }),
            "{cookies}: {:?}",
            opened.verdict
        );
        value_of(opened.payload.as_ref().expect("has a payload"))
    };
    let token = read(&TOKEN);
    assert_eq!(token, signed_up.json()["token"]);
    let session = read(data);
    assert_eq!(session["user"]["name"], person["name"]);

    // The token alone leads to the database.
    let name =
        |cookie: &str| server.get(&format!("{path}/get-session"), cookie).json()["user"]["name"].take();
    let ours = TOKEN.cookie(&token, secrets);
    assert_eq!(name(&ours), person["name"]);
    let wrong = ["not the secret, though it is long enough"];
    assert_eq!(name(&TOKEN.cookie(&token, &wrong)), Value::Null, "a forged token");

    // With the session beside it, that is what counts.
    let mut other = session;
    other["user"]["name"] = "Another 名字".into();
    assert_eq!(name(&format!("{ours}; {}", data.cookie(&other, secrets))), other["user"]["name"]);
    assert_eq!(name(&format!("{ours}; {}", data.cookie(&other, &wrong))), person["name"], "a forged session");
}
