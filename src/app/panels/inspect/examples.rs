//! Nothing pasted yet: three values to look at, made on the spot with fresh keys by the engine itself.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use keyjar::keygen::{Key, Recipe, Written};
use keyjar::protocol::{
    CookieDraft, Draft, Options, PayloadDraft, PayloadForm, Request, Response, Role, Signed,
};
use keyjar::secret::{SecretEncoding, SecretText};
use leptos::prelude::*;

use crate::app::parts::example_list::{Card, ExampleList};
use crate::app::platform::clock;
use crate::app::platform::engine::{Desk, Engine};

/// An example that the engine has made: what to paste, and the secret as a person would give it.
#[derive(Clone)]
pub struct Example {
    pub text: String,
    pub secret: SecretText,
    preview: Vec<(Option<Role>, String)>,
}

/// How an example is made.
struct Plan {
    name: &'static str,
    what: &'static str,
    draft: Draft,
    finish: fn(Signed, SecretText) -> Example,
}

/// The three cards. They are made while `is_empty`, one after the other; `take` is told the one that was chosen.
#[component]
pub fn Examples(engine: Engine, is_empty: Memo<bool>, take: Callback<Example>) -> impl IntoView {
    let plans = StoredValue::new_local(plans());
    let made = RwSignal::new([const { None::<Example> }; 3]);
    let step = RwSignal::new(0_usize);
    let request = Signal::derive(move || {
        let step = is_empty.get().then(|| step.get())?;
        plans.with_value(|plans| plans.get(step).map(|plan| Request::Sign(plan.draft.clone())))
    });
    let answer = engine.follow(Desk::Examples, request);
    Effect::new(move |_| {
        let answer = answer.get();
        let now = step.get_untracked();
        if let (true, Some(Response::Signed(signed))) = (answer.current, answer.response) {
            plans.with_value(|plans| {
                if let (Ok(signed), Some(plan)) = (signed, plans.get(now)) {
                    let secret = plan.draft.secrets.first().cloned().unwrap_or_default();
                    let example = (plan.finish)(*signed, secret);
                    made.update(|made| {
                        made.iter_mut().skip(now).take(1).for_each(|place| *place = Some(example.clone()))
                    });
                }
            });
            step.set(now + 1);
        } else if answer.trouble.is_some() {
            step.set(now + 1);
        }
    });
    let cards = Signal::derive(move || {
        let made = made.get();
        plans.with_value(|plans| {
            let card = |(plan, example): (&Plan, &Option<Example>)| Card {
                name: plan.name,
                what: plan.what,
                preview: example.as_ref().map(|example| example.preview.clone()),
            };
            plans.iter().zip(made.iter()).map(card).collect::<Vec<_>>()
        })
    });
    let choose = move |index: usize| {
        if let Some(example) = made.with_untracked(|made| made.get(index).cloned().flatten()) {
            take.run(example);
        }
    };
    view! { <ExampleList cards choose /> }
}

/// None if the random source gives nothing: there is no example with a key that is not fresh.
fn plans() -> Vec<Plan> {
    let now = clock::now();
    let claims = |role: &str| {
        format!(r#"{{"sub":"user_8f3a2c","role":"{role}","iat":{now},"exp":{}}}"#, now + EXAMPLE_LIFE)
    };
    let plans = || {
        Some(vec![
            Plan {
                name: "An Express session cookie",
                what: "Valid, with attributes missing",
                draft: draft(
                    "express-cookie-signature",
                    PayloadForm::Text,
                    fresh(Written::Base64url, 24)?,
                    SecretText::new(fresh(Written::Hex, 32)?, None),
                    CookieDraft {
                        name: "connect.sid".into(),
                        secure: false,
                        same_site: None,
                        ..CookieDraft::default()
                    },
                ),
                finish: as_set_cookie,
            },
            Plan {
                name: "A JWT with a Base64 secret",
                what: "Valid only if the secret is read rightly",
                draft: draft(
                    "jws",
                    PayloadForm::Json,
                    claims("editor"),
                    SecretText::new(fresh(Written::Base64, 32)?, Some(SecretEncoding::Base64)),
                    CookieDraft::default(),
                ),
                finish: as_misread_bearer,
            },
            Plan {
                name: "A JWT that was changed",
                what: "Someone made themselves an admin",
                draft: draft(
                    "jws",
                    PayloadForm::Json,
                    claims("user"),
                    SecretText::new(fresh(Written::Hex, 32)?, None),
                    CookieDraft::default(),
                ),
                finish: as_tampered_token,
            },
        ])
    };
    plans().unwrap_or_default()
}

/// Seconds until the example tokens expire.
const EXAMPLE_LIFE: i64 = 15 * 60;

fn draft(scheme: &str, form: PayloadForm, text: String, secret: SecretText, cookie: CookieDraft) -> Draft {
    Draft {
        scheme: scheme.to_owned(),
        payload: PayloadDraft { form, text },
        secrets: vec![secret],
        options: Options::new(),
        cookie,
        now: Some(clock::now()),
        patient: false,
    }
}

fn fresh(written: Written, bytes: usize) -> Option<String> {
    let key = Key::generate(Recipe::new(bytes, written)).ok()?;
    Some(key.text().to_owned())
}

fn as_set_cookie(signed: Signed, secret: SecretText) -> Example {
    let preview = match signed.value.strip_prefix("s:").and_then(|rest| rest.split_once('.')) {
        Some((payload, signature)) => vec![
            (Some(Role::Prefix), "s:".to_owned()),
            (Some(Role::Payload), start(payload, 9)),
            (None, ".".to_owned()),
            (Some(Role::Signature), start(signature, 10)),
        ],
        None => vec![(None, start(&signed.value, 20))],
    };
    Example { text: signed.set_cookie, secret, preview }
}

/// The secret is given as most people would: without saying how it is read.
fn as_misread_bearer(signed: Signed, secret: SecretText) -> Example {
    Example {
        preview: jwt_preview(&signed.value),
        text: format!("Authorization: Bearer {}", signed.value),
        secret: SecretText { encoding: None, ..secret },
    }
}

/// Another role in the payload, the signature left as it was.
fn as_tampered_token(signed: Signed, secret: SecretText) -> Example {
    let mut parts: Vec<String> = signed.value.split('.').map(str::to_owned).collect();
    if let Some(payload) = parts.get_mut(1)
        && let Some(claims) = BASE64URL.decode(&*payload).ok().and_then(|bytes| String::from_utf8(bytes).ok())
    {
        *payload = BASE64URL.encode(claims.replace(r#""role":"user""#, r#""role":"admin""#));
    }
    let text = parts.join(".");
    Example { preview: jwt_preview(&text), text, secret }
}

fn jwt_preview(token: &str) -> Vec<(Option<Role>, String)> {
    let roles = [Role::Header, Role::Payload, Role::Signature];
    let mut preview = Vec::new();
    for (role, piece) in roles.into_iter().zip(token.split('.')) {
        if role != Role::Header {
            preview.push((None, ".".to_owned()));
        }
        preview.push((Some(role), start(piece, 7)));
    }
    preview
}

fn start(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}
