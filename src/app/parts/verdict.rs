//! The first thing of a report: icon, word, sentence. Four states, each with its own colour, icon, outline and word.

use keyjar::protocol::{CaveatKind, Verdict};
use keyjar::secret::SecretEncoding;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::prose::Prose;

/// The four states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Valid,
    /// The signature is right, but a server should still refuse the value.
    But,
    Invalid,
    Unchecked,
}

impl State {
    pub const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Valid { but, .. } if but.is_empty() => Self::Valid,
            Verdict::Valid { .. } => Self::But,
            Verdict::Invalid { .. } => Self::Invalid,
            Verdict::Unchecked { .. } => Self::Unchecked,
        }
    }

    /// As the style sheets call it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::But => "but",
            Self::Invalid => "invalid",
            Self::Unchecked => "unchecked",
        }
    }
}

/// `Valid, but expired`
pub fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Valid { but, .. } => match but.first().map(|caveat| caveat.kind) {
            None => "Valid",
            Some(CaveatKind::Expired) => "Valid, but expired",
            Some(CaveatKind::NotYetValid) => "Valid, but not yet",
            Some(CaveatKind::WeakSecret) => "Valid, but the secret is weak",
            Some(CaveatKind::Claim) => "Valid, but not what is expected",
        },
        Verdict::Invalid { .. } => "Not valid",
        Verdict::Unchecked { .. } => "Not checked yet",
    }
}

/// What the verdict rests on. `secrets` is how many there are to choose from.
fn sentence(verdict: &Verdict, secrets: usize, is_encrypted: bool) -> String {
    match verdict {
        Verdict::Valid { secret, encoding, but } => {
            use SecretEncoding::{Jwk, Jwks, Pem};
            let what = if matches!(encoding, Pem | Jwk | Jwks) { "key" } else { "secret" };
            let which = if secrets > 1 { format!("{what} {}", secret + 1) } else { format!("this {what}") };
            // Whoever has the public key can encrypt: only that it is decrypted is sure.
            let done = if is_encrypted { "Decrypted" } else { "Signed" };
            let signed = format!("{done} with {which}, read as {}.", encoding.label());
            if but.is_empty() {
                return signed + " Nothing was changed since.";
            }
            but.iter().fold(signed, |said, caveat| said + " " + &caveat.message)
        }
        Verdict::Invalid { message, .. } => message.clone(),
        Verdict::Unchecked { missing } => missing.clone(),
    }
}

/// What a verdict card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub state: State,
    pub word: String,
    pub sentence: String,
}

impl Said {
    /// What is said of `verdict`, where there are `secrets` secrets to choose from.
    pub fn of(verdict: &Verdict, secrets: usize, is_encrypted: bool) -> Self {
        Self {
            state: State::of(verdict),
            word: word(verdict).to_owned(),
            sentence: sentence(verdict, secrets, is_encrypted),
        }
    }
}

/// The verdict as a card: `remarks` is a link to the remarks, `offer` a line at its foot.
pub fn card(said: &Said, remarks: Option<AnyView>, offer: Option<AnyView>) -> AnyView {
    view! {
        <section class="verdict" data-verdict=said.state.key() aria-label="Verdict">
            <Icon glyph=outline(said.state) />
            <h2 class="verdict-word">{said.word.clone()}</h2>
            <p><Prose text=said.sentence.clone() /></p>
            {remarks}
            {offer.map(|offer| view! { <div class="verdict-more">{offer}</div> })}
        </section>
    }
    .into_any()
}

/// The same in one line, for tables: `said` beside the state's sign.
pub fn mark(state: State, said: impl Into<String>) -> AnyView {
    let glyph = match state {
        State::Valid => Glyph::Check,
        State::But => Glyph::Warning,
        State::Invalid => Glyph::Cross,
        State::Unchecked => Glyph::Minus,
    };
    view! { <span class="verdict-mark" data-verdict=state.key()><Icon glyph />{said.into()}</span> }
        .into_any()
}

/// Circle, triangle, square, dashed circle: the state is told by its form as well.
const fn outline(state: State) -> Glyph {
    match state {
        State::Valid => Glyph::Valid,
        State::But => Glyph::But,
        State::Invalid => Glyph::Invalid,
        State::Unchecked => Glyph::Unchecked,
    }
}
