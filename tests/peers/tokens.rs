//! JSON Web Tokens: npm jose and PyPI PyJWT.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keyjar::inspect::inspect;
use keyjar::protocol::{
    Ask, CookieDraft, Draft, Options, Payload, PayloadDraft, PayloadForm, Signed, Verdict,
};
use keyjar::secret::{SecretEncoding, SecretText};
use keyjar::sign::sign;
use serde_json::{Value, json};

use crate::process::run;

#[test]
fn jose_and_keyjar_accept_each_others_tokens() {
    exchange("jose.mjs");
}

#[test]
fn pyjwt_and_keyjar_accept_each_others_tokens() {
    exchange("pyjwt.py");
}

/// Tokens of Keyjar to the other side and back, for every algorithm and several secrets.
fn exchange(script: &str) {
    let claims = json!({ "sub": "7", "name": "Köln 北京 🔑", "roles": ["a", "b"], "exp": 4_102_444_800_u64, "n": 1.5 });
    let keys: [Vec<u8>; 3] = [(0..=255).collect(), vec![0xff; 64], "π".repeat(40).into_bytes()];
    let combinations: Vec<(&str, String)> = ["HS256", "HS384", "HS512"]
        .into_iter()
        .flat_map(|alg| keys.iter().map(move |key| (alg, BASE64_STANDARD.encode(key))))
        .collect();

    let theirs = run(
        script,
        &combinations.iter().map(|(alg, key)| json!({ "sign": claims, "alg": alg, "key": key })).collect(),
    );
    for ((alg, key), token) in combinations.iter().zip(&theirs) {
        let secret = SecretText::new(key.as_str(), Some(SecretEncoding::Base64));
        let ask = Ask { secrets: vec![secret], now: Some(1_800_000_000), ..Ask::default() };
        let report = inspect(&format!("Bearer {}", token.as_str().expect("a token")), &ask);
        let opened = report.items[0].opened.as_ref().expect("recognised");
        assert!(
            matches!(&opened.verdict, Verdict::Valid { but, .. } if but.is_empty()),
            "{alg} {:?}",
            opened.verdict
        );
        let payload = opened.payload.as_ref().map(Payload::bytes).expect("has a payload");
        assert_eq!(serde_json::from_slice::<Value>(payload).expect("JSON"), claims);
    }

    let ours: Vec<String> = combinations.iter().map(|(alg, key)| token(alg, key, &claims)).collect();
    let verify = |tokens: &[String]| {
        let jobs = combinations.iter().zip(tokens);
        run(
            script,
            &jobs.map(|((alg, key), token)| json!({ "verify": token, "alg": alg, "key": key })).collect(),
        )
    };
    assert!(verify(&ours).iter().all(|payload| *payload == claims), "every token of ours is accepted");
    let tampered: Vec<String> = ours.iter().map(|token| token.replacen(".ey", ".fy", 1)).collect();
    assert!(tampered != ours && verify(&tampered).iter().all(Value::is_null), "no tampered one is");
}

fn token(alg: &str, key: &str, claims: &Value) -> String {
    let draft = Draft {
        scheme: "jws".into(),
        payload: PayloadDraft { form: PayloadForm::Json, text: claims.to_string() },
        secrets: vec![SecretText::new(key, Some(SecretEncoding::Base64))],
        options: Options::from([("alg".into(), alg.into())]),
        cookie: CookieDraft::default(),
        now: None,
        patient: false,
    };
    let Signed { value, .. } = sign(&draft).expect("can be signed");
    value
}
