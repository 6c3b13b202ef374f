//! A fresh key for an algorithm: one press, and it is the secret.

use keyjar::keygen::{Key, Recipe, Written};
use keyjar::preset::algorithm::Wanted;
use keyjar::protocol::{FactValue, KeyForm, KeyReport};
use keyjar::secret::{SecretEncoding, SecretText};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::key_card::key_card;
use super::key_maker::KeyMaker;
use super::live::{heard, live};
use crate::app::platform::engine::Desk;
use crate::app::state::State;

/// Random bytes of a password: beyond any list of guesses.
const PASSWORD_BYTES: usize = 24;

/// Makes keys, and puts them where a secret stands.
#[derive(Clone, Copy)]
pub struct FreshKey {
    maker: KeyMaker,
    /// What was made, while it stands there.
    made: RwSignal<Option<KeyReport>>,
    take: Callback<KeyReport>,
}

impl FreshKey {
    /// `secrets` is where they are put.
    pub fn new(desk: Desk, secrets: RwSignal<Vec<SecretText>>) -> Self {
        let state = State::get();
        let made = RwSignal::new(None::<KeyReport>);
        let take = Callback::new(move |key: KeyReport| {
            let Some(secret) = usable(&key) else { return };
            let before = secrets.get_untracked();
            made.set(Some(key));
            secrets.set(vec![secret]);
            let said = "A fresh key is in the field.";
            if before.iter().all(|secret| secret.text.is_empty()) {
                state.say(said);
            } else {
                state.say_undoable(said, move || secrets.set(before.clone()));
            }
        });
        Effect::new(move |_| {
            let first = secrets.with(|secrets| secrets.first().map(|secret| secret.text.clone()));
            let is_there = made.with(|made| made.as_ref().and_then(usable).map(|made| made.text) == first);
            if !is_there && made.with_untracked(Option::is_some) {
                made.set(None);
            }
        });
        Self { maker: KeyMaker::new(desk, take), made, take }
    }

    /// A button that makes what `alg` wants, while there is such a key to be made, and how far it has come.
    pub fn offer(self, class: &'static str, wanted: Signal<Option<Wanted>>, alg: Signal<String>) -> AnyView {
        let press = move |wanted: Wanted| {
            let alg = alg.get_untracked();
            match (wanted.order(&alg), drawn(wanted)) {
                (Some(order), _) => self.maker.start(order),
                (None, Some(Ok(key))) => self.take.run(key),
                (None, Some(Err(why))) => State::get().say(why),
                (None, None) => {}
            }
        };
        let button = move || {
            let wanted = wanted.get().filter(|wanted| !self.maker.is_going.get() && is_made(*wanted))?;
            Some(view! {
                <button class=format!("button {class}") type="button" on:click=heard(move |_| press(wanted))>
                    <Icon glyph=Glyph::Key />
                    "Make one for this algorithm"
                </button>
            })
        };
        view! {
            {live(button)}
            {self.maker.progress()}
        }
        .into_any()
    }

    /// What was made, to be taken elsewhere: the other half of a pair is needed there.
    pub fn card(self, id: &'static str) -> AnyView {
        live(move || {
            self.made.get().map(|key| {
                view! {
                    <details class="fold">
                        <summary>
                            <Icon glyph=Glyph::Right />
                            <span>"The key that was made"</span>
                            <span class="quiet">"to copy or save"</span>
                        </summary>
                        {key_card(id, &key, None)}
                    </details>
                }
            })
        })
        .into_any()
    }
}

fn is_made(wanted: Wanted) -> bool {
    !matches!(wanted, Wanted::Private(None) | Wanted::Public(None))
}

/// The form of a key that is given to sign or decrypt with: PEM where there is one.
pub fn usable(key: &KeyReport) -> Option<SecretText> {
    let mut secret = key.forms.iter().filter(|form| form.is_secret);
    let is_pem = |form: &&KeyForm| form.text.text.starts_with("-----BEGIN ");
    let pem = secret.clone().find(is_pem);
    pem.or_else(|| secret.next()).or_else(|| key.forms.first()).map(|form| form.text.clone())
}

/// The algorithm that a key says it is for.
pub fn algorithm(key: &KeyReport) -> Option<String> {
    let fact = key.facts.iter().find(|fact| fact.from.as_deref() == Some("alg"))?;
    match &fact.value {
        FactValue::Text(alg) => Some(alg.clone()),
        FactValue::Time { .. } => None,
    }
}

/// A shared secret is drawn in the page: it needs no engine. None for a key pair.
fn drawn(wanted: Wanted) -> Option<Result<KeyReport, String>> {
    let (name, recipe, encoding) = match wanted {
        Wanted::Secret(bytes) => ("secret", Recipe::new(bytes, Written::Hex), None),
        Wanted::Shared(bytes) => ("key", Recipe::new(bytes, Written::Hex), Some(SecretEncoding::Hex)),
        Wanted::Password => ("password", Recipe::new(PASSWORD_BYTES, Written::Base64url), None),
        Wanted::Private(_) | Wanted::Public(_) => return None,
    };
    let report = |key: Key| KeyReport {
        title: format!("{name}, {} bits", recipe.bits()),
        is_secret: true,
        facts: Vec::new(),
        forms: vec![KeyForm {
            name: format!("{recipe}"),
            file: format!("{name}.txt"),
            text: SecretText::new(key.text(), encoding),
            is_secret: true,
        }],
        findings: Vec::new(),
    };
    Some(Key::generate(recipe).map(report).map_err(|error| error.to_string()))
}
