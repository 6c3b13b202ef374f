//! What was given: the box, the secrets, the options. The left column.

use keyjar::preset::algorithm::{Wanted, wanted};
use keyjar::protocol::{ItemReport, Payload, Problem, Role, Segment};
use keyjar::scheme::About;
use keyjar::secret::{SecretEncoding, SecretText};
use keyjar::span::Span;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::report::section_of;
use super::token::{is_token, of_token};
use crate::app::incoming;
use crate::app::parts::file_button::file_button;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::live::{heard, live};
use crate::app::parts::option_form::option_form;
use crate::app::parts::prose::Prose;
use crate::app::parts::secret_field::SecretField;
use crate::app::parts::secret_note::{is_key, key_notes, secret_note};
use crate::app::parts::token_view::{Legend, Lit, TokenBox};
use crate::app::parts::trouble::Trouble;
use crate::app::parts::words::capital;
use crate::app::platform::engine::Answer;
use crate::app::platform::{element, mark};
use crate::app::state::{Given, Outer, State};

/// The id of the box.
pub const BOX: &str = "inspect-box";

/// The secrets' ids: as many fields as can be added.
const SECRETS: [&str; 6] = [
    "inspect-secret",
    "inspect-secret-2",
    "inspect-secret-3",
    "inspect-secret-4",
    "inspect-secret-5",
    "inspect-secret-6",
];

/// Selects `span` in the box.
pub fn show(given: Given, span: Span) {
    given.text.with_untracked(|text| mark::select_in(BOX, text, span));
}

/// Puts `text` into the box as something new: what was chosen for the old text is forgotten.
pub fn replace(given: Given, text: String) {
    forget_choices(given);
    given.text.set(text);
}

fn forget_choices(given: Given) {
    given.item.set(None);
    given.scheme.set(None);
    given.options.update(|options| options.clear());
    given.outer.set(Vec::new());
    given.edited.set(None);
}

/// What puts the panel back to how it is now.
pub fn restore(given: Given) -> impl Fn() + Send + Sync + 'static {
    let (text, secrets) = (given.text.get_untracked(), given.secrets.get_untracked());
    let (item, scheme, options) =
        (given.item.get_untracked(), given.scheme.get_untracked(), given.options.get_untracked());
    let outer = given.outer.get_untracked();
    move || {
        given.item.set(item);
        given.scheme.set(scheme.clone());
        given.options.set(options.clone());
        given.secrets.set(secrets.clone());
        given.outer.set(outer.clone());
        given.text.set(text.clone());
        element::focus(BOX);
    }
}

/// Empties the panel; a line at the foot of the page takes it back.
pub fn clear(state: State) {
    let restore = restore(state.given);
    replace(state.given, String::new());
    state.given.secrets.set(Vec::new());
    element::focus(BOX);
    state.say_undoable("The box and its secrets are cleared.", restore);
}

/// The left column.
#[component]
pub fn GivenColumn(
    is_empty: Memo<bool>,
    segments: Memo<Vec<Segment>>,
    answer: Signal<Answer>,
    problem: Memo<Option<Problem>>,
    fault: Memo<Option<Span>>,
    /// The scheme that the chosen item is read as.
    about: Memo<Option<About>>,
    item: Memo<Option<ItemReport>>,
    lit: Lit,
) -> impl IntoView {
    // Who empties the box by hand begins anew.
    let given = State::get().given;
    Effect::new(move |_| {
        if is_empty.get() {
            forget_choices(given);
        }
    });
    view! {
        <section class="given" aria-label="What was given">
            <OuterToken />
            <Sheet is_empty segments answer problem fault item lit />
            <Secrets is_empty about item />
            <OptionFold about item />
        </section>
    }
}

#[component]
fn Sheet(
    is_empty: Memo<bool>,
    segments: Memo<Vec<Segment>>,
    answer: Signal<Answer>,
    problem: Memo<Option<Problem>>,
    fault: Memo<Option<Span>>,
    item: Memo<Option<ItemReport>>,
    lit: Lit,
) -> impl IntoView {
    let state = State::get();
    let given = state.given;
    let mended = of_token(item, |token| token.mended.clone());
    let go = move |index: usize| {
        let section =
            segments.with_untracked(|segments| segments.get(index).map(|segment| section_of(index, segment)));
        if let Some(section) = section {
            element::focus(&section);
        }
    };
    let has_parts = Memo::new(move |_| segments.with(|segments| !segments.is_empty()));
    view! {
        <div class="sheet">
            <div class="sheet-head">
                <div class="sheet-title"><label for=BOX>"Cookie, token or request"</label></div>
                <span class="sheet-actions">
                    {file_button("Open", "is-quiet", true, move |file| incoming::to_box(state, file))}
                    // Hidden, not left out: the way back that it offers lives as long as the button.
                    <button class="button is-quiet" type="button" hidden=is_empty on:click=heard(move |_| clear(state))>
                        "Clear"
                    </button>
                </span>
            </div>
            <div class="token-place" on:paste=heard(move |_| forget_choices(given))>
                <TokenBox
                    id=BOX
                    text=given.text
                    segments
                    fault
                    placeholder="Paste it here, or drop a file"
                    described_by="inspect-reads"
                    lit
                />
            </div>
            {live(move || has_parts.get().then(|| view! { <Legend segments text=given.text go /> }))}
            <div class="box-note" id="inspect-reads">
                <Trouble answer />
                {live(move || problem.get().map(|problem| problem_view(given, problem)))}
                {live(move || mended.with(|mended| (!mended.is_empty()).then(|| mended_view(mended))))}
                {live(move || is_empty.get().then(reads))}
            </div>
        </div>
    }
}

/// Of a token that was taken out of another: the way back.
#[component]
fn OuterToken() -> impl IntoView {
    let given = State::get().given;
    let back = move |_| {
        let mut outer = given.outer.get_untracked();
        if let Some(Outer { text, item, scheme, options }) = outer.pop() {
            replace(given, text);
            given.item.set(item);
            given.scheme.set(scheme);
            given.options.set(options);
            given.outer.set(outer);
            element::focus(BOX);
        }
    };
    let is_inner = Memo::new(move |_| given.outer.with(|outer| !outer.is_empty()));
    live(move || {
        is_inner.get().then(|| {
            view! {
                <div class="outer">
                    <span>"This token was inside of another one."</span>
                    <button class="button is-quiet is-strong" type="button" on:click=heard(back)>
                        <Icon glyph=Glyph::Back />
                        "Back to the outer token"
                    </button>
                </div>
            }
        })
    })
}

/// What had to be mended before it could be read.
fn mended_view(mended: &[String]) -> AnyView {
    let line = |sentence: &String| view! { <li><Prose text=sentence.clone() /></li> };
    view! {
        <div class="mended">
            <Icon glyph=Glyph::Note />
            <div>
                <strong>"Mended to be read"</strong>
                <ul>{mended.iter().map(line).collect_view()}</ul>
            </div>
        </div>
    }
    .into_any()
}

/// What is read, said while there is nothing.
fn reads() -> impl IntoView {
    let state = State::get();
    let known = move || {
        let count = state.catalogue.with(Vec::len);
        (count > 0).then(|| view! { " Knows " <a href="#guide/schemes">{count}" schemes"</a>"." })
    };
    view! {
        <p class="reads">
            "Reads a bare value, a Cookie header, a Set-Cookie line, and a token with or without Bearer." {live(known)}
        </p>
    }
}

fn problem_view(given: Given, problem: Problem) -> AnyView {
    let place = problem.at.map(|span| {
        view! {
            " "
            <button class="link" type="button" on:click=heard(move |_| show(given, span))>"Show the place"</button>
        }
    });
    view! {
        <p class="error problem">
            <Icon glyph=Glyph::Warning />
            <span><Prose text=problem.message /> " " <Prose text=problem.hint /> {place}</span>
        </p>
    }
    .into_any()
}

/// One field, and more for rotation. They stand there as soon as there is something to check, or a key from Generate.
#[component]
fn Secrets(
    is_empty: Memo<bool>,
    about: Memo<Option<About>>,
    item: Memo<Option<ItemReport>>,
) -> impl IntoView {
    let secrets = State::get().given.secrets;
    let usual = Signal::derive(move || {
        let reading = |about: &About| State::get().given.options.with(|options| about.reading(options));
        about.with(|about| about.as_ref().map_or(SecretEncoding::Utf8, reading))
    });
    let count = Memo::new(move |_| secrets.with(|secrets| secrets.len().clamp(1, SECRETS.len())));
    let is_shown = Memo::new(move |_| {
        !is_empty.get() || secrets.with(|secrets| secrets.iter().any(|secret| !secret.text.is_empty()))
    });
    let keys = of_token(item, |token| token.keys.clone());
    let is_token = is_token(item);
    let note = move |index: usize| {
        let is_key =
            secrets.with(|secrets| secrets.get(index).is_some_and(|secret| is_key(secret, usual.get())));
        if is_token.get() && is_key {
            let notes = keys.with(|keys| key_notes(keys, index));
            return notes.into_iter().map(key_note).collect::<Vec<_>>();
        }
        let sentences = secrets.with(|secrets| {
            secrets.get(index).map(|secret| secret_note(secret, usual.get())).unwrap_or_default()
        });
        sentences.into_iter().map(|sentence| view! { <span>{sentence}</span> }.into_any()).collect::<Vec<_>>()
    };
    // What a token's header asks for; a word that suits any where there are several.
    let wanted = Memo::new(move |_| item.with(|item| item.as_ref().and_then(key_wanted)));
    let field = move |(index, id): (usize, &'static str)| {
        let number = index + 1;
        let label = Signal::derive(move || match (count.get() > 1, wanted.get()) {
            (true, None | Some(Wanted::Secret(_))) => format!("Secret {number}"),
            (true, Some(_)) => format!("Key {number}"),
            (false, wanted) => wanted.map_or("Secret", Wanted::other_label).to_owned(),
        });
        view! {
            <div class="secret-entry">
                <SecretField id label secrets index usual note=move || move || note(index) />
                {(index > 0)
                    .then(|| {
                        view! {
                            <button
                                class="button is-quiet"
                                type="button"
                                on:click=heard(move |_| remove(secrets, index))
                            >
                                <Icon glyph=Glyph::Cross />
                                {format!("Remove secret {number}")}
                            </button>
                        }
                    })}
            </div>
        }
    };
    let add = move |_| {
        let index = secrets.with_untracked(|secrets| secrets.len().max(1));
        secrets.update(|secrets| secrets.resize(index + 1, SecretText::default()));
        if let Some(id) = SECRETS.get(index) {
            element::focus(id);
        }
    };
    let fields = move || SECRETS.into_iter().enumerate().take(count.get()).map(field).collect::<Vec<_>>();
    let more = move || {
        (count.get() < SECRETS.len()).then(|| {
            view! {
                <div class="buttons">
                    <button class="button is-quiet" type="button" on:click=add>
                        <Icon glyph=Glyph::Plus />
                        "Add a secret"
                    </button>
                    <span class="hint">"for a server that rotates them"</span>
                </div>
            }
        })
    };
    move || is_shown.get().then(|| view! { <div class="secrets">{live(fields)}{live(more)}</div> })
}

/// What the algorithm of a token wants of who checks it.
fn key_wanted(item: &ItemReport) -> Option<Wanted> {
    let opened = item.opened.as_ref().filter(|opened| opened.token.is_some())?;
    let header = opened.segments.iter().find(|segment| segment.role == Role::Header)?;
    let Some(Payload::Json(header)) = &header.decoded else { return None };
    let header: Map<String, Value> = serde_json::from_str(header).ok()?;
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    wanted(text("alg"), text("enc"))
}

/// What was understood of a key, and whether it is the one that fits.
fn key_note((used, text): (bool, String)) -> AnyView {
    let fits = used.then(|| {
        view! { <Icon glyph=Glyph::Check /><span class="visually-hidden">"This key was used: "</span> }
    });
    view! { <span class="key-note" class:is-used=used>{fits}<Prose text=capital(&text) /></span> }.into_any()
}

fn remove(secrets: RwSignal<Vec<SecretText>>, index: usize) {
    secrets.update(|secrets| {
        if index < secrets.len() {
            drop(secrets.remove(index));
        }
    });
    if let Some(id) = SECRETS.get(index - 1) {
        element::focus(id);
    }
}

/// What servers expect first of all; the rest comes behind it.
const FIRST_EXPECTED: [&str; 8] = ["iss", "aud", "typ", "sub", "require", "max_age", "leeway", "now"];

/// The options that matter when a value is opened: of a token, what the server expects of it.
#[component]
fn OptionFold(about: Memo<Option<About>>, item: Memo<Option<ItemReport>>) -> impl IntoView {
    let options = State::get().given.options;
    let specs = Memo::new(move |_| {
        let mut specs =
            about.with(|about| about.as_ref().map(|about| about.options.to_vec())).unwrap_or_default();
        specs.retain(|spec| spec.when_opening);
        specs.sort_by_key(|spec| {
            let place = FIRST_EXPECTED.iter().position(|name| spec.name == *name);
            place.unwrap_or(FIRST_EXPECTED.len())
        });
        specs
    });
    let is_token = is_token(item);
    // Those that are set, else all that there are.
    let names = move || {
        specs.with(|specs| {
            let set = specs.iter().filter(|spec| options.with(|options| options.contains_key(&*spec.name)));
            let set = set.map(|spec| spec.name.to_string()).collect::<Vec<_>>();
            match &set[..] {
                [] => specs.iter().map(|spec| spec.name.to_string()).collect::<Vec<_>>().join(", "),
                set => format!("{} set", set.join(", ")),
            }
        })
    };
    move || {
        let specs = specs.get();
        let title = if is_token.get() { "What the server expects" } else { "Options" };
        (!specs.is_empty()).then(|| {
            view! {
                <details class="fold">
                    <summary>
                        <Icon glyph=Glyph::Right />
                        <span>{title}</span>
                        <span class="quiet">{live(names)}</span>
                    </summary>
                    {option_form("inspect-option", specs, options)}
                </details>
            }
        })
    }
}
