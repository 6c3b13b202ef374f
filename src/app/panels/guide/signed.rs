//! What the Guide's examples share: a payload and a secret that are typed, and the plain signed value of them.

use keyjar::keygen::{Recipe, Written};
use keyjar::protocol::{
    Ask, CookieDraft, Draft, ItemReport, Options, PayloadDraft, PayloadForm, Request, Response,
};
use keyjar::secret::{SecretEncoding, SecretText};
use leptos::prelude::*;

use crate::app::platform::engine::Desk;
use crate::app::state::{Keys, State};

/// The scheme of the examples: `base64url(payload).base64url(HMAC)`.
const SCHEME: &str = "signed-value";

/// A payload and a secret, and what the engine makes of them.
#[derive(Clone, Copy)]
pub struct Example {
    pub payload: RwSignal<String>,
    pub secrets: RwSignal<Vec<SecretText>>,
    /// The signed value, or why there is none.
    pub value: Signal<Result<String, String>>,
}

impl Example {
    /// Begins with `payload` and a fresh key.
    pub fn new(payload: &str) -> Self {
        let payload = RwSignal::new(payload.to_owned());
        let state = State::get();
        let secrets = state.example_secrets;
        secrets.set(fresh_key());
        let request = move || {
            Some(Request::Sign(Draft {
                scheme: SCHEME.into(),
                payload: PayloadDraft { form: PayloadForm::Text, text: payload.get() },
                secrets: secrets.get(),
                options: Options::new(),
                cookie: CookieDraft::default(),
                now: None,
                patient: false,
            }))
        };
        let answer = state.engine.follow(Desk::Guide, Signal::derive(request));
        let value = Signal::derive(move || {
            answer.with(|answer| match (&answer.trouble, &answer.response) {
                (Some(trouble), _) => Err(trouble.clone()),
                (None, Some(Response::Signed(Ok(signed)))) => Ok(signed.value.clone()),
                (None, Some(Response::Signed(Err(error)))) => {
                    Err(format!("{} {}", error.message, error.hint))
                }
                _ => Err("The engine is still loading.".into()),
            })
        });
        Self { payload, secrets, value }
    }

    /// Back to `payload`, with another fresh key.
    pub fn start_over(self, payload: &str) {
        self.payload.set(payload.to_owned());
        self.secrets.set(fresh_key());
    }
}

/// What the engine makes of `value`, checked with `secrets`.
pub fn inspected(
    value: impl Fn() -> Option<String> + Send + Sync + 'static,
    secrets: impl Fn() -> Vec<SecretText> + Send + Sync + 'static,
) -> Signal<Option<ItemReport>> {
    let request = move || {
        let ask = Ask { secrets: secrets(), scheme: Some(SCHEME.into()), ..Ask::default() };
        Some(Request::Inspect { input: value()?, ask })
    };
    let answer = State::get().engine.follow(Desk::GuideCheck, Signal::derive(request));
    Signal::derive(move || {
        answer.with(|answer| match &answer.response {
            Some(Response::Inspected(report)) => report.items.first().cloned(),
            _ => None,
        })
    })
}

fn fresh_key() -> Vec<SecretText> {
    let keys = Keys::draw([Recipe::new(32, Written::Hex)]);
    keys.all().iter().map(|key| SecretText::new(key.text(), Some(SecretEncoding::Utf8))).collect()
}

/// The value with its two parts coloured, or why there is none.
#[component]
pub fn Value(value: Signal<Result<String, String>>) -> impl IntoView {
    move || match value.get() {
        Ok(value) => {
            let (payload, signature) = value.rsplit_once('.').unwrap_or((&value, ""));
            view! {
                <p class="token values">
                    <span class="part" data-part="payload">{payload.to_owned()}</span>
                    <span class="rest">"."</span>
                    <span class="part" data-part="signature">{signature.to_owned()}</span>
                </p>
            }
            .into_any()
        }
        Err(why) => view! { <p class="quiet">{why}</p> }.into_any(),
    }
}
