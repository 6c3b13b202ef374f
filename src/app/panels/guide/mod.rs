//! The Guide: articles in a column of 65 characters, with live examples that the real engine answers, and the list of
//! them beside it.
//!
//! An article's text is one HTML file of this folder, constant and without anything typed. Where it says `<!--live-->`,
//! its example stands, which is a component in a file of its own.

mod attributes;
mod questions;
mod reading;
mod schemes;
mod signed;
mod tampering;

use leptos::prelude::*;

use crate::app::parts::live::{by, live};

use crate::app::parts::icon::{Glyph, Icon};
use crate::app::platform::element;
use crate::app::state::State;

struct Article {
    /// Its place in the address: `#guide/the-seal`.
    id: &'static str,
    title: &'static str,
    text: &'static str,
    /// Stands where the text says `<!--live-->`.
    live: Option<fn() -> AnyView>,
}

static SESSIONS_AND_TOKENS: Article = Article {
    id: "sessions-and-tokens",
    title: "Sessions on the server, or self-contained tokens",
    text: include_str!("sessions_and_tokens.html"),
    live: None,
};
static WHICH_ONE: Article = Article {
    id: "which-one",
    title: "Sessions, signed cookies or JWTs?",
    text: include_str!("which_one.html"),
    live: Some(|| questions::Questions().into_any()),
};
static HOW_SIGNING_WORKS: Article = Article {
    id: "how-signing-works",
    title: "How cookie signing works",
    text: include_str!("how_signing_works.html"),
    live: Some(|| tampering::Tampering().into_any()),
};
static SIGNED_OR_ENCRYPTED: Article = Article {
    id: "signed-or-encrypted",
    title: "Signed or encrypted",
    text: include_str!("signed_or_encrypted.html"),
    live: Some(|| reading::Reading().into_any()),
};
static THE_SECRET: Article = Article {
    id: "the-secret",
    title: "The secret: what it must be, and where it belongs",
    text: include_str!("the_secret.html"),
    live: None,
};
static COOKIE_ATTRIBUTES: Article = Article {
    id: "cookie-attributes",
    title: "What each cookie attribute does, and does not",
    text: include_str!("cookie_attributes.html"),
    live: Some(|| attributes::GoodLine().into_any()),
};
static SCHEMES: Article = Article {
    id: "schemes",
    title: "Every scheme that Keyjar knows",
    text: include_str!("schemes.html"),
    live: Some(|| schemes::SchemeList().into_any()),
};
static THE_SEAL: Article = Article {
    id: "the-seal",
    title: "How this page proves that nothing leaves it",
    text: include_str!("the_seal.html"),
    live: None,
};

/// The list, under its headings.
static SHELVES: [(&str, &[&Article]); 4] = [
    ("Logins", &[&SESSIONS_AND_TOKENS, &WHICH_ONE]),
    ("Signing", &[&HOW_SIGNING_WORKS, &SIGNED_OR_ENCRYPTED, &THE_SECRET, &SCHEMES]),
    ("Cookies", &[&COOKIE_ATTRIBUTES]),
    ("This page", &[&THE_SEAL]),
];

/// The ids of the list and of the open article's title.
const LIST: &str = "articles";
const TITLE: &str = "article-title";

/// The article of that id; the first for every other text.
fn article(id: &str) -> &'static Article {
    SHELVES
        .iter()
        .flat_map(|(_, articles)| articles.iter())
        .find(|article| article.id == id)
        .unwrap_or(&&SESSIONS_AND_TOKENS)
}

#[component]
pub fn GuidePanel() -> impl IntoView {
    let state = State::get();
    let open = Memo::new(move |_| article(&state.article.read()).id);
    // A new article is read from its title on; the first one is what the panel opened with.
    Effect::new(move |before: Option<&'static str>| {
        let open = open.get();
        if before.is_some_and(|before| before != open) {
            request_animation_frame(|| element::focus_in_place(TITLE));
        }
        open
    });
    let shelf = move |(heading, articles): &(&'static str, &'static [&'static Article])| {
        let links = articles
            .iter()
            .map(|article| {
                view! {
                    <li>
                        <a
                            href=format!("#guide/{}", article.id)
                            aria-current=by(move || (open.get() == article.id).then_some("page"))
                            on:click=|_| element::close_popover(LIST)
                        >
                            {article.title}
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <h2>{*heading}</h2>
            <ul>{links}</ul>
        }
    };
    view! {
        <div class="guide">
            <button class="button guide-open" type="button" popovertarget=LIST>
                <Icon glyph=Glyph::Book />
                "All articles"
            </button>
            <nav class="guide-list" id=LIST popover="auto" aria-label="Articles">
                {SHELVES.iter().map(shelf).collect_view()}
            </nav>
            {live(move || page(article(open.get())))}
        </div>
    }
}

fn page(article: &'static Article) -> impl IntoView {
    let (before, after) = article.text.split_once("<!--live-->").unwrap_or((article.text, ""));
    view! {
        <article class="article" aria-labelledby=TITLE>
            <h1 id=TITLE tabindex="-1">{article.title}</h1>
            <div class="prose" inner_html=before></div>
            {article.live.map(|live| live())}
            <div class="prose" inner_html=after></div>
        </article>
    }
}
