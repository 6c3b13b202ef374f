//! Sessions, signed cookies or JWTs: a few questions that end in advice, with the reasons and what would change it.
//!
//! The rule is `suits`: a few lines that weigh who checks the login, how soon it must be possible to end it, and what
//! it carries. The reasons are sentences tied to an answer, and what would change the advice is found by asking the rule
//! again with one answer changed, so the three can never disagree.

/// A question, its choices in the order in which they are offered.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub text: &'static str,
    pub choices: &'static [(Choice, &'static str)],
}

/// An answer to one of the [`QUESTIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    OneApplication,
    SeveralServices,
    OthersToo,
    AtOnce,
    WithinMinutes,
    WhenItExpires,
    BrowsersOnly,
    ProgramsToo,
    SharedStore,
    NoSharedStore,
    WhoItIs,
    FewFacts,
    MuchOrPrivate,
}

use Choice::*;

/// In the order in which they are asked.
pub static QUESTIONS: [Question; 5] = [
    Question {
        text: "Who checks the login?",
        choices: &[
            (OneApplication, "One application"),
            (SeveralServices, "Several services of mine"),
            (OthersToo, "Other people’s services too"),
        ],
    },
    Question {
        text: "How soon must a log-out or a ban count everywhere?",
        choices: &[
            (AtOnce, "At once"),
            (WithinMinutes, "Within minutes"),
            (WhenItExpires, "When the login expires by itself"),
        ],
    },
    Question {
        text: "Who sends the requests?",
        choices: &[(BrowsersOnly, "Browsers only"), (ProgramsToo, "Apps and programs too")],
    },
    Question {
        text: "Can all that check the login reach one store, such as a database or Redis?",
        choices: &[(SharedStore, "Yes"), (NoSharedStore, "No")],
    },
    Question {
        text: "What has to come with each request?",
        choices: &[
            (WhoItIs, "Who it is"),
            (FewFacts, "A few facts that the visitor may read"),
            (MuchOrPrivate, "Much, or what the visitor must not read"),
        ],
    },
];

/// One answer a question, in the order of [`QUESTIONS`]; `None` where there is none yet.
pub type Answers = [Option<Choice>; QUESTIONS.len()];

/// A way to keep someone logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A random ID in the cookie, the record on the server.
    Sessions,
    /// The facts themselves in a cookie, signed by the application that reads them.
    SignedCookies,
    /// JSON Web Tokens (RFC 7519).
    Jwts,
    /// A session on the server that hands out JWTs which last for minutes.
    SessionsAndJwts,
}

impl Kind {
    /// The name that people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sessions => "Sessions on the server",
            Self::SignedCookies => "A signed cookie",
            Self::Jwts => "JWTs",
            Self::SessionsAndJwts => "Sessions on the server, with short-lived JWTs behind them",
        }
    }

    /// What that means, in a sentence.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Sessions => "The cookie holds a random ID; what it stands for is kept on your side.",
            Self::SignedCookies => {
                "Your application writes the facts into the cookie, signs them, and checks the signature on each request."
            }
            Self::Jwts => {
                "Whoever logs people in signs a token with an issuer, an audience and an end; the services check it."
            }
            Self::SessionsAndJwts => {
                "The login is a session; from it the browser or app gets tokens that last for minutes, and the services check those."
            }
        }
    }
}

/// What suits, why, and what would change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    pub kind: Kind,
    /// Whole sentences.
    pub reasons: Vec<&'static str>,
    /// Single other answers that would lead to another kind, in the order of the questions.
    pub changes: Vec<Change>,
}

/// If `question` were answered with `choice`, `kind` would suit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub question: &'static str,
    pub choice: &'static str,
    pub kind: Kind,
}

/// The advice, once every question is answered.
pub fn advise(answers: &Answers) -> Option<Advice> {
    let kind = suits(answers)?;
    let reasons = answers.iter().flatten().filter_map(|&choice| reason(kind, choice)).collect();
    Some(Advice { kind, reasons, changes: changes(answers, kind) })
}

/// The rule itself.
fn suits(answers: &Answers) -> Option<Kind> {
    if answers.contains(&None) {
        return None;
    }
    let said = |choice| answers.contains(&Some(choice));
    Some(if said(OthersToo) {
        // They cannot ask your store, so they need something that carries itself.
        if said(WhenItExpires) { Kind::Jwts } else { Kind::SessionsAndJwts }
    } else if said(SeveralServices) {
        match (said(SharedStore), said(WhenItExpires)) {
            (true, false) => Kind::Sessions,
            (true, true) if said(MuchOrPrivate) => Kind::Sessions,
            (false, false) => Kind::SessionsAndJwts,
            (_, true) => Kind::Jwts,
        }
    } else if !said(WhenItExpires) || (said(MuchOrPrivate) && said(SharedStore)) {
        Kind::Sessions
    } else if said(ProgramsToo) {
        Kind::Jwts
    } else {
        Kind::SignedCookies
    })
}

fn changes(answers: &Answers, kind: Kind) -> Vec<Change> {
    let mut changes = Vec::new();
    for (asked, question) in QUESTIONS.iter().enumerate() {
        for &(choice, label) in question.choices {
            let mut other = *answers;
            if let Some(answer) = other.get_mut(asked) {
                *answer = Some(choice);
            }
            if let Some(suiting) = suits(&other).filter(|&suiting| suiting != kind) {
                changes.push(Change { question: question.text, choice: label, kind: suiting });
            }
        }
    }
    changes
}

/// What an answer has to say for a kind, or about it.
fn reason(kind: Kind, choice: Choice) -> Option<&'static str> {
    Some(match (kind, choice) {
        (Kind::Sessions, AtOnce) => {
            "A session ends at once: delete its record. A signed value cannot be called back before it expires."
        }
        (Kind::Sessions, WithinMinutes) => {
            "A session can be ended whenever you like; a signed value would need a short life and a way to renew it."
        }
        (Kind::Sessions, OneApplication) => {
            "One application with its own store has no use for a token’s independence."
        }
        (Kind::Sessions, SeveralServices) => {
            "All your services reach the store, so each can look the session up."
        }
        (Kind::Sessions, NoSharedStore) => {
            "You need a store for it, if only one table: what can be ended early must be looked up."
        }
        (Kind::Sessions, ProgramsToo) => {
            "Apps and programs can send the session’s ID as well, in an Authorization header instead of a cookie."
        }
        (Kind::Sessions, MuchOrPrivate) => {
            "What is on the server may be large and private. A cookie holds 4,096 bytes, and a signed one can be read."
        }
        (Kind::SignedCookies, OneApplication) => {
            "One application both writes and reads the cookie, so its framework’s own signed cookie is all it takes."
        }
        (Kind::SignedCookies, WhenItExpires) => {
            "You can wait for it to expire. Until then a copy works: write its end into it, and keep that near."
        }
        (Kind::SignedCookies, NoSharedStore) => "Nothing is kept on the server, so it needs no store.",
        (Kind::SignedCookies, SharedStore) => "It spares the look-up that a session costs on each request.",
        (Kind::SignedCookies, MuchOrPrivate) => {
            "Use your framework’s encrypted cookie for it, not the signed one, and keep it under 4,096 bytes."
        }
        (Kind::Jwts | Kind::SessionsAndJwts, OthersToo) => {
            "Other people’s services cannot ask your store. Sign with a private key (ES256, EdDSA, RS256), so that they can check tokens and not make them."
        }
        (Kind::Jwts | Kind::SessionsAndJwts, SeveralServices) => {
            "Each service checks a token by itself, with nothing but the key."
        }
        (Kind::Jwts, WhenItExpires) => {
            "You can wait for a token to expire. It cannot be called back, so let it live no longer than you can bear."
        }
        (Kind::Jwts, ProgramsToo) => {
            "Apps and programs handle a token in an Authorization header as easily as a browser does a cookie."
        }
        (Kind::Jwts | Kind::SessionsAndJwts, MuchOrPrivate) => {
            "A signed token can be read, and goes along with each request: let it name the user, and keep the rest on your side."
        }
        (Kind::SessionsAndJwts, AtOnce) => {
            "Ending the session stops new tokens at once, and those handed out last for minutes. Where even minutes are too many, that service has to ask you."
        }
        (Kind::SessionsAndJwts, WithinMinutes) => {
            "Ending the session stops new tokens, and those handed out last for minutes: as soon as you need it."
        }
        (Kind::SessionsAndJwts, NoSharedStore) => {
            "Only the service that logs people in needs a store; the others check the tokens."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(answers: [Choice; 5]) -> Kind {
        advise(&answers.map(Some)).expect("all are answered").kind
    }

    /// Every way to answer all the questions.
    fn all() -> Vec<Answers> {
        QUESTIONS.iter().enumerate().fold(vec![[None; QUESTIONS.len()]], |partial, (asked, question)| {
            let with = |answers: Answers| {
                question.choices.iter().map(move |&(choice, _)| {
                    let mut more = answers;
                    more[asked] = Some(choice);
                    more
                })
            };
            partial.into_iter().flat_map(with).collect()
        })
    }

    #[test]
    fn one_rendered_application_that_can_wait_takes_a_signed_cookie() {
        assert_eq!(
            kind([OneApplication, WhenItExpires, BrowsersOnly, SharedStore, WhoItIs]),
            Kind::SignedCookies
        );
    }

    #[test]
    fn what_must_end_at_once_is_a_session() {
        assert_eq!(kind([OneApplication, AtOnce, BrowsersOnly, SharedStore, FewFacts]), Kind::Sessions);
        assert_eq!(kind([SeveralServices, AtOnce, ProgramsToo, SharedStore, WhoItIs]), Kind::Sessions);
    }

    #[test]
    fn services_without_a_common_store_take_tokens() {
        assert_eq!(kind([SeveralServices, WhenItExpires, ProgramsToo, NoSharedStore, FewFacts]), Kind::Jwts);
        assert_eq!(
            kind([SeveralServices, AtOnce, ProgramsToo, NoSharedStore, FewFacts]),
            Kind::SessionsAndJwts
        );
    }

    #[test]
    fn no_advice_before_the_last_answer() {
        for answers in all() {
            for open in 0..answers.len() {
                let mut partial = answers;
                partial[open] = None;
                assert_eq!(advise(&partial), None);
            }
        }
    }

    #[test]
    fn every_advice_has_reasons_and_something_that_would_change_it() {
        assert_eq!(all().len(), 3 * 3 * 2 * 2 * 3);
        for answers in all() {
            let advice = advise(&answers).expect("all are answered");
            assert!(advice.reasons.len() >= 2, "{answers:?}: {advice:?}");
            assert!(!advice.changes.is_empty(), "{answers:?}: {advice:?}");
        }
    }

    #[test]
    fn only_what_ends_by_itself_is_never_called_back() {
        for answers in all() {
            let kind = advise(&answers).expect("all are answered").kind;
            if matches!(kind, Kind::SignedCookies | Kind::Jwts) {
                assert!(answers.contains(&Some(WhenItExpires)), "{answers:?}");
            }
        }
    }
}
