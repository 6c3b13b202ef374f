//! A key was pasted, not a token: what it is, in all its forms, and where it can be used.

use keyjar::protocol::KeyReport;
use leptos::prelude::*;

use super::given;
use crate::app::panels::sign::choose_algorithm;
use crate::app::parts::fresh_key::{algorithm, usable};
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::key_card::key_card;
use crate::app::parts::live::{heard, live};
use crate::app::parts::words::count;
use crate::app::platform::element;
use crate::app::state::{Panel, State};

/// Keys of a set that are shown; the rest is counted.
const SHOWN: usize = 24;

/// The cards.
#[component]
pub fn Keys(keys: Memo<Vec<KeyReport>>) -> impl IntoView {
    let state = State::get();
    // All of what was pasted is the secret: which key of it fits, each token decides.
    let check = move |_| {
        let text = state.given.text.get_untracked();
        state.given.secrets.set(vec![keyjar::secret::SecretText::new(text, None)]);
        given::replace(state.given, String::new());
        element::focus(given::BOX);
        state.say("The key is in the secret’s field. Paste the token that it is to check.");
    };
    let cards = move || {
        let keys = keys.get();
        let more = keys.len().saturating_sub(SHOWN);
        let heading = count(keys.len(), "key");
        let cards = keys.iter().take(SHOWN).enumerate();
        let cards = cards
            .map(|(i, key)| key_card(&format!("inspect-key-{i}"), key, actions(state, key)))
            .collect::<Vec<_>>();
        let more =
            (more > 0).then(|| view! { <p class="quiet">{format!("and {}", count(more, "more key"))}</p> });
        (!keys.is_empty()).then(|| {
            view! {
                <section class="keys-found" aria-label=heading>
                    <div class="next">
                        <button class="button is-primary" type="button" on:click=heard(check)>
                            <Icon glyph=Glyph::Lens />
                            "Check tokens with it"
                        </button>
                    </div>
                    {cards}
                    {more}
                </section>
            }
        })
    };
    live(cards)
}

/// What can be done with one of them.
fn actions(state: State, key: &KeyReport) -> Option<AnyView> {
    let secret = usable(key).filter(|_| key.is_secret)?;
    let alg = algorithm(key);
    let sign = move |_| {
        state.drafted.secrets.set(vec![secret.clone()]);
        if let Some(alg) = &alg {
            choose_algorithm(state, alg);
        }
        state.go(Panel::Sign);
    };
    Some(
        view! {
            <span class="hint">"It can sign or decrypt."</span>
            <button class="button" type="button" on:click=heard(sign)>
                "Use it in Sign"
                <Icon glyph=Glyph::Arrow />
            </button>
        }
        .into_any(),
    )
}
