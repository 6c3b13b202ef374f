//! A key pair or JWK: what kind of key, for what, and what was made.

use keyjar::preset::algorithm::algorithms;
use keyjar::protocol::{KeyKind, KeyOrder};
use leptos::prelude::*;

use crate::app::panels::sign::choose_algorithm;
use crate::app::parts::fresh_key::{algorithm, usable};
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::key_card::key_card;
use crate::app::parts::key_maker::KeyMaker;
use crate::app::parts::live::{by, heard, live};
use crate::app::parts::segmented::Segmented;
use crate::app::platform::element;
use crate::app::platform::engine::Desk;
use crate::app::state::{Panel, State};

/// What can be made, with what it is good for.
const KINDS: [(&str, &str, KeyKind); 12] = [
    ("P-256", "EC: short and quick; ES256", KeyKind::P256),
    ("P-384", "EC; ES384", KeyKind::P384),
    ("P-521", "EC; ES512", KeyKind::P521),
    ("secp256k1", "EC: Bitcoin’s curve; ES256K", KeyKind::Secp256k1),
    ("Ed25519", "Edwards curve: short and quick; EdDSA", KeyKind::Ed25519),
    ("X25519", "encrypts only; ECDH-ES", KeyKind::X25519),
    ("RSA 2048", "understood everywhere; RS256, PS256", KeyKind::Rsa(2048)),
    ("RSA 3072", "takes a few seconds", KeyKind::Rsa(3072)),
    ("RSA 4096", "takes some seconds, on a phone up to a minute", KeyKind::Rsa(4096)),
    ("HMAC 256", "a shared secret as JWK; HS256", KeyKind::Oct(32)),
    ("HMAC 384", "a shared secret as JWK; HS384", KeyKind::Oct(48)),
    ("HMAC 512", "a shared secret as JWK; HS512", KeyKind::Oct(64)),
];

/// What is made to begin with.
const FIRST: usize = 0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Usage {
    Sign,
    Encrypt,
    Unsaid,
}

const USAGES: [(&str, Usage); 3] =
    [("Sign", Usage::Sign), ("Encrypt", Usage::Encrypt), ("Not said", Usage::Unsaid)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kid {
    Thumbprint,
    Own,
    Unsaid,
}

const KIDS: [(&str, Kid); 3] = [("Thumbprint", Kid::Thumbprint), ("My own", Kid::Own), ("None", Kid::Unsaid)];

/// What is chosen.
#[derive(Clone, Copy)]
struct Choice {
    kind: RwSignal<usize>,
    usage: RwSignal<Usage>,
    /// Empty for none.
    alg: RwSignal<String>,
    kid: RwSignal<Kid>,
    own_kid: RwSignal<String>,
}

impl Choice {
    fn kind(self) -> KeyKind {
        KINDS.get(self.kind.get()).map_or(KeyKind::P256, |(_, _, kind)| *kind)
    }

    /// The algorithms that the key can be for, as it is to be used.
    fn algs(self) -> Vec<&'static str> {
        let (signing, encrypting) = algorithms(self.kind());
        match self.usage.get() {
            Usage::Sign => signing.to_vec(),
            Usage::Encrypt => encrypting.to_vec(),
            Usage::Unsaid => [signing, encrypting].concat(),
        }
    }

    /// Puts right what the new kind of key, or its new use, does not allow.
    fn settle(self) {
        let (signing, encrypting) = algorithms(untrack(|| self.kind()));
        self.usage.update(|usage| match usage {
            Usage::Sign if signing.is_empty() => *usage = Usage::Encrypt,
            Usage::Encrypt if encrypting.is_empty() => *usage = Usage::Sign,
            _ => {}
        });
        let algs = untrack(|| self.algs());
        self.alg.update(|alg| {
            if !algs.contains(&alg.as_str()) {
                *alg = if untrack(|| self.usage.get()) == Usage::Unsaid {
                    String::new()
                } else {
                    algs.first().map(|alg| (*alg).to_owned()).unwrap_or_default()
                };
            }
        });
    }

    fn order(self) -> KeyOrder {
        let usage = match self.usage.get_untracked() {
            Usage::Sign => "sig",
            Usage::Encrypt => "enc",
            Usage::Unsaid => "",
        };
        let kid = match self.kid.get_untracked() {
            Kid::Thumbprint => KeyOrder::BY_THUMBPRINT.to_owned(),
            Kid::Own => self.own_kid.get_untracked(),
            Kid::Unsaid => String::new(),
        };
        KeyOrder {
            kind: untrack(|| self.kind()),
            alg: self.alg.get_untracked(),
            usage: usage.to_owned(),
            kid,
            found: Vec::new(),
        }
    }
}

#[component]
pub fn Pair() -> impl IntoView {
    let state = State::get();
    let choice = Choice {
        kind: RwSignal::new(FIRST),
        usage: RwSignal::new(Usage::Sign),
        alg: RwSignal::new("ES256".to_owned()),
        kid: RwSignal::new(Kid::Thumbprint),
        own_kid: RwSignal::new(String::new()),
    };
    let pair = state.generated.pair;
    let maker = KeyMaker::new(
        Desk::GenerateKey,
        Callback::new(move |key| {
            pair.set(Some(key));
            state.spoken.set("A new key was made.".to_owned());
            request_animation_frame(|| element::reveal_nearest("pair-made"));
        }),
    );
    let make = move || {
        (!maker.is_going.get()).then(|| {
            let again = pair.with(Option::is_some);
            view! {
                <button class="button is-primary" type="button" on:click=heard(move |_| maker.start(choice.order()))>
                    <Icon glyph=if again { Glyph::Again } else { Glyph::Key } />
                    {if again { "Make another" } else { "Make the key" }}
                </button>
            }
        })
    };
    let made = move || match pair.get() {
        Some(key) => {
            let send = {
                let key = key.clone();
                move |panel: Panel| use_in(state, &key, panel)
            };
            let (sign, inspect) = (send.clone(), send);
            let actions = view! {
                <span class="quiet">"Use it in"</span>
                <span class="buttons">
                    <button class="button" type="button" on:click=heard(move |_| sign(Panel::Sign))>
                        "Sign"
                        <Icon glyph=Glyph::Arrow />
                    </button>
                    <button class="button" type="button" on:click=heard(move |_| inspect(Panel::Inspect))>
                        "Inspect"
                        <Icon glyph=Glyph::Arrow />
                    </button>
                </span>
            };
            key_card("pair-key", &key, Some(actions.into_any()))
        }
        None => about().into_any(),
    };
    view! {
        <h1 class="visually-hidden">"Make a key pair or JWK"</h1>
        <div class="generate-rest">
            <section class="generate-form" aria-label="What kind of key">
                <KindField choice />
                <UsageField choice />
                <AlgField choice />
                <KidField choice />
                <div class="buttons">{live(make)}</div>
                {maker.progress()}
            </section>
            <div id="pair-made">{live(made)}</div>
        </div>
    }
}

/// What is said before there is a key.
fn about() -> impl IntoView {
    view! {
        <div class="sheet">
            <div class="sheet-body key-pair-about">
                <h2>"Two halves, or one secret"</h2>
                <p>
                    "Of a pair, the private key signs and stays on the server that makes the tokens; the public key checks them, and
                    anyone may have it. An HMAC key is one secret for both."
                </p>
                <p class="quiet">
                    "It is made in this page, from the browser’s secure random source, and comes as PEM, as JWK and as a set of
                    public keys to publish."
                </p>
            </div>
        </div>
    }
}

fn use_in(state: State, key: &keyjar::protocol::KeyReport, panel: Panel) {
    let Some(secret) = usable(key) else { return };
    if panel == Panel::Sign {
        state.drafted.secrets.set(vec![secret]);
        if let Some(alg) = algorithm(key) {
            choose_algorithm(state, &alg);
        }
    } else {
        state.given.secrets.set(vec![secret]);
    }
    state.go(panel);
}

#[component]
fn KindField(choice: Choice) -> impl IntoView {
    let option = |(index, (name, what, _)): (usize, &(&'static str, &'static str, KeyKind))| {
        view! {
            <option value=index.to_string() prop:selected=by(move || choice.kind.get() == index)>
                {format!("{name}: {what}")}
            </option>
        }
    };
    let choose = move |index: String| {
        if let Ok(index) = index.parse() {
            choice.kind.set(index);
            choice.settle();
        }
    };
    view! {
        <div class="field">
            <label for="pair-kind">"Kind"</label>
            <span class="select">
                <select id="pair-kind" data-main-box on:change=heard(move |event| choose(event_target_value(&event)))>
                    {KINDS.iter().enumerate().map(option).collect_view()}
                </select>
                <Icon glyph=Glyph::Down />
            </span>
        </div>
    }
}

#[component]
fn UsageField(choice: Choice) -> impl IntoView {
    let chosen = Signal::derive(move || {
        let usage = choice.usage.get();
        USAGES.iter().position(|(_, one)| *one == usage).unwrap_or_default()
    });
    let choose = move |index: usize| {
        if let Some((_, usage)) = USAGES.get(index) {
            choice.usage.set(*usage);
            choice.settle();
        }
    };
    view! { <Segmented legend="It is to" name="pair-use" choices=USAGES.map(|(label, _)| label).to_vec() chosen choose /> }
}

#[component]
fn AlgField(choice: Choice) -> impl IntoView {
    let options = move || {
        let algs = choice.algs().into_iter().map(|alg| {
            view! { <option value=alg prop:selected=by(move || choice.alg.with(|chosen| chosen == alg))>{alg}</option> }
        });
        let none = view! { <option value="" prop:selected=by(move || choice.alg.with(String::is_empty))>"not written"</option> };
        (algs.collect::<Vec<_>>(), none)
    };
    view! {
        <div class="field">
            <label for="pair-alg">"Algorithm "<code class="quiet">"alg"</code></label>
            <span class="select">
                <select id="pair-alg" aria-describedby="pair-alg-hint" on:change=heard(move |event| choice.alg.set(event_target_value(&event)))>
                    {live(options)}
                </select>
                <Icon glyph=Glyph::Down />
            </span>
            <p class="hint" id="pair-alg-hint">"Written into the JWK: servers then use the key for nothing else."</p>
        </div>
    }
}

#[component]
fn KidField(choice: Choice) -> impl IntoView {
    let chosen = Signal::derive(move || {
        let kid = choice.kid.get();
        KIDS.iter().position(|(_, one)| *one == kid).unwrap_or_default()
    });
    let choose = move |index: usize| {
        if let Some((_, kid)) = KIDS.get(index) {
            choice.kid.set(*kid);
        }
    };
    let own = move || {
        (choice.kid.get() == Kid::Own).then(|| {
            view! {
                <div class="field">
                    <label for="pair-kid" class="visually-hidden">"Key ID"</label>
                    <input
                        class="input values"
                        id="pair-kid"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        placeholder="2026-key-1"
                        prop:value=choice.own_kid
                        on:input=heard(move |event| choice.own_kid.set(event_target_value(&event)))
                    />
                </div>
            }
        })
    };
    view! {
        <div class="key-pair-kid">
            <Segmented legend="Key ID" name="pair-kid" choices=KIDS.map(|(label, _)| label).to_vec() chosen choose />
            {live(own)}
            <p class="hint">"By its "<code>"kid"</code>" a server finds the key among others, while keys are rotated."</p>
        </div>
    }
}
