//! What the person typed, and where in the page they are. What can be derived from it is nowhere stored.
//!
//! Kept in memory alone: nothing of it ever stands in the address, the title, the browser's storage or its console.

use std::sync::Arc;

use keyjar::intake::dropped;
use keyjar::keygen::{Key, KeygenError, Recipe, Written};
use keyjar::preset::Preset;
use keyjar::protocol::{CookieDraft, KeyReport, Options, PayloadDraft, PayloadForm, Request, Response};
use keyjar::scheme::{About, OptionKind};
use keyjar::secret::SecretText;
use leptos::prelude::*;

use super::platform::engine::{Desk, Engine};
use super::platform::seal::{self, Seal};
use super::platform::{clock, element, hash, start};

/// The id of the element that the panels are in.
pub const PANEL_ID: &str = "panel";

/// The four panels, in the order of the head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panel {
    #[default]
    Generate,
    Inspect,
    Sign,
    Guide,
}

impl Panel {
    pub const ALL: [Self; 4] = [Self::Generate, Self::Inspect, Self::Sign, Self::Guide];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Generate => "Generate",
            Self::Inspect => "Inspect",
            Self::Sign => "Sign",
            Self::Guide => "Guide",
        }
    }

    /// Its place in the address: `#inspect`.
    pub const fn route(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Inspect => "inspect",
            Self::Sign => "sign",
            Self::Guide => "guide",
        }
    }

    /// The panel and, in the Guide, the article that a hash names. None at all is the first panel.
    pub fn of_route(hash: &str) -> Option<(Self, &str)> {
        if hash.is_empty() {
            return Some((Self::default(), ""));
        }
        let (route, article) = hash.split_once('/').unwrap_or((hash, ""));
        Self::ALL.into_iter().find(|panel| panel.route() == route).map(|panel| (panel, article))
    }
}

/// Everything that several parts of the page share. Of handles alone, so it is copied freely.
#[derive(Clone, Copy)]
pub struct State {
    pub panel: RwSignal<Panel>,
    /// The Guide's article, as its address names it; empty for the first.
    pub article: RwSignal<String>,
    pub sealed: ReadSignal<Seal>,
    pub engine: Engine,
    /// Unix seconds; goes on every few seconds.
    pub now: ReadSignal<i64>,
    /// The schemes that the engine knows; empty until it runs.
    pub catalogue: Signal<Vec<About>>,
    pub generated: Generated,
    pub given: Given,
    pub drafted: Drafted,
    /// How often the person cleared the secrets: what is making one stops.
    pub clearings: RwSignal<u32>,
    /// What the Guide's examples sign with.
    pub example_secrets: RwSignal<Vec<SecretText>>,
    /// What the page has to say at its foot, until it is closed or the next one comes.
    pub notice: RwSignal<Option<Notice>>,
    /// What only a screen reader is told.
    pub spoken: RwSignal<String>,
}

/// What Generate holds.
#[derive(Clone, Copy)]
pub struct Generated {
    pub keys: RwSignal<Keys>,
    /// The framework that they are for; none for any.
    pub preset: RwSignal<Option<&'static Preset>>,
    /// The key pair or JWK that was made last.
    pub pair: RwSignal<Option<KeyReport>>,
}

/// The keys that were drawn: one for each variable of the preset, the main one first.
#[derive(Clone, PartialEq, Eq)]
pub enum Keys {
    Drawn(Vec<Key>),
    /// The random source failed, or the size cannot be made: the reason.
    Failed(String),
    /// The person cleared the secrets.
    Cleared,
}

/// What Inspect was given.
#[derive(Clone, Copy)]
pub struct Given {
    pub text: RwSignal<String>,
    pub secrets: RwSignal<Vec<SecretText>>,
    /// The item chosen among those found.
    pub item: RwSignal<Option<usize>>,
    /// The id of the scheme chosen for it.
    pub scheme: RwSignal<Option<String>>,
    pub options: RwSignal<Options>,
    /// The question for which the person would wait, exactly as it is asked; none once anything of it changes.
    pub patient: RwSignal<Option<Request>>,
    /// The tokens that the one in the box was taken out of, the outermost first.
    pub outer: RwSignal<Vec<Outer>>,
    /// What was typed over the parts of the token in the box.
    pub edited: RwSignal<Option<Edited>>,
}

/// A token that another one was taken out of, and how it was looked at.
#[derive(Clone)]
pub struct Outer {
    pub text: String,
    pub item: Option<usize>,
    pub scheme: Option<String>,
    pub options: Options,
}

/// A token that is written anew with each keystroke.
#[derive(Clone, PartialEq)]
pub struct Edited {
    /// The scheme's id.
    pub scheme: String,
    /// JSON text.
    pub header: String,
    pub payload: PayloadDraft,
    /// What it is made with besides.
    pub options: Options,
    /// Which of the secrets makes it.
    pub secret: usize,
    /// What stands around it in the box.
    pub before: String,
    pub after: String,
    /// All of the box as it was written last. Once another text stands there, what was typed is done with.
    pub text: String,
}

/// What Sign is to make.
#[derive(Clone, Copy)]
pub struct Drafted {
    /// The scheme's id.
    pub scheme: RwSignal<String>,
    pub payload: RwSignal<PayloadDraft>,
    pub secrets: RwSignal<Vec<SecretText>>,
    pub options: RwSignal<Options>,
    pub cookie: RwSignal<CookieDraft>,
    /// The question for which the person would wait, exactly as it is asked; none once anything of it changes.
    pub patient: RwSignal<Option<Request>>,
}

/// A line at the foot of the page.
#[derive(Clone)]
pub struct Notice {
    pub text: String,
    /// Takes back what the line tells of.
    pub undo: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl State {
    /// Makes the state and puts it where [`State::get`] finds it.
    pub fn provide() -> Self {
        let sealed = seal::state();
        let engine = Engine::new(sealed);
        let schemes = engine.follow(Desk::Catalogue, Signal::stored(Some(Request::Catalogue)));
        let catalogue = Memo::new(move |_| {
            schemes.with(|answer| match &answer.response {
                Some(Response::Catalogue(abouts)) => abouts.clone(),
                _ => Vec::new(),
            })
        });
        let state = Self {
            panel: RwSignal::new(Panel::default()),
            article: RwSignal::new(String::new()),
            sealed,
            engine,
            now: clock::ticking(),
            catalogue: catalogue.into(),
            generated: Generated::new(),
            given: Given::new(),
            drafted: Drafted::new(),
            clearings: RwSignal::new(0),
            example_secrets: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
            spoken: RwSignal::new(String::new()),
        };
        provide_context(state);
        state
    }

    /// The state that [`State::provide`] made.
    pub fn get() -> Self {
        expect_context()
    }

    /// Shows the place that `hash` names; a hash that names none changes nothing.
    pub fn show(self, hash: &str) {
        if let Some((panel, article)) = Panel::of_route(hash) {
            self.panel.set(panel);
            if panel == Panel::Guide {
                self.article.set(article.to_owned());
            }
        }
    }

    /// Goes to a panel as its link does, and takes the focus there.
    pub fn go(self, panel: Panel) {
        hash::go(panel.route());
        self.show(panel.route());
        self.focus_panel();
    }

    /// Moves the focus to the panel once it is drawn: a screen reader then reads its name. Who was quicker and is in one of
    /// its fields already stays there.
    pub fn focus_panel(self) {
        request_animation_frame(|| {
            if !element::holds_focus(PANEL_ID) {
                element::focus_in_place(PANEL_ID);
            }
        });
    }

    /// Clears the main box of the panel that is shown, if there is something in it. Says whether there was.
    pub fn clear_main_box(self) -> bool {
        let Self { given, drafted, .. } = self;
        match self.panel.get_untracked() {
            Panel::Inspect => {
                let text = given.text.get_untracked();
                self.clear(text, move |text| given.text.set(text))
            }
            Panel::Sign => {
                let text = drafted.payload.with_untracked(|payload| payload.text.clone());
                self.clear(text, move |text| drafted.payload.update(|payload| payload.text = text))
            }
            Panel::Generate | Panel::Guide => false,
        }
    }

    fn clear(self, text: String, set: impl Fn(String) + Send + Sync + 'static) -> bool {
        if text.is_empty() {
            return false;
        }
        set(String::new());
        self.say_undoable("The box is cleared.", move || set(text.clone()));
        true
    }

    /// Wipes every secret in the page.
    pub fn clear_secrets(self) {
        self.clearings.update(|times| *times += 1);
        self.generated.keys.set(Keys::Cleared);
        self.generated.pair.set(None);
        // A key that is looked at is a secret, as one that is used.
        if self.given.text.with_untracked(|text| dropped::is_key(text)) {
            self.given.text.set(String::new());
        }
        self.given.secrets.set(Vec::new());
        self.drafted.secrets.set(Vec::new());
        self.example_secrets.set(Vec::new());
        // Options that hold keys as well.
        self.catalogue.with_untracked(|all| {
            let specs = all.iter().flat_map(|about| about.options.iter());
            for spec in specs.filter(|spec| spec.kind == OptionKind::Secret) {
                for options in [self.given.options, self.drafted.options] {
                    options.update(|options| drop(options.remove(&*spec.name)));
                }
            }
        });
        self.given.patient.set(None);
        self.drafted.patient.set(None);
        self.say("All secrets are cleared.");
    }

    /// Shows a line at the foot of the page, which a screen reader also reads.
    pub fn say(self, text: impl Into<String>) {
        self.notice.set(Some(Notice { text: text.into(), undo: None }));
    }

    /// As [`State::say`], with a button that takes back what was done.
    pub fn say_undoable(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.notice.set(Some(Notice { text: text.into(), undo: Some(Arc::new(undo)) }));
    }
}

impl Generated {
    fn new() -> Self {
        let recipe = Recipe::new(32, Written::Hex);
        let keys = match start::take_first_key() {
            Some(bytes) => Keys::of(std::iter::once(Key::of_bytes(bytes, recipe.written))),
            None => Keys::draw([recipe]),
        };
        Self { keys: RwSignal::new(keys), preset: RwSignal::new(None), pair: RwSignal::new(None) }
    }

    /// The main key as what signs and verifies, with the reading that its framework has for it. Several where the
    /// framework wants several, the one that signs first; none where there is no key.
    pub fn secrets(self) -> Vec<SecretText> {
        let encoding = self.preset.get().map(|preset| preset.encoding);
        self.keys.with(|keys| {
            let values = keys.main().into_iter().flat_map(Key::values);
            values.map(|text| SecretText { text, encoding }).collect()
        })
    }
}

impl Keys {
    /// New keys.
    pub fn draw(recipes: impl IntoIterator<Item = Recipe>) -> Self {
        Self::of(recipes.into_iter().map(Key::generate))
    }

    /// The same keys as `recipes` want them written; a new one where that cannot be.
    pub fn rewrite(&self, recipes: impl IntoIterator<Item = Recipe>) -> Self {
        let mut olds = self.all().iter();
        Self::of(recipes.into_iter().map(|recipe| {
            let old = olds
                .next()
                .filter(|key| (key.recipe().bytes, key.recipe().count) == (recipe.bytes, recipe.count));
            old.and_then(|key| key.rewritten(recipe.written, recipe.prefix))
                .map_or_else(|| Key::generate(recipe), Ok)
        }))
    }

    /// One for each variable; none if there are none.
    pub fn all(&self) -> &[Key] {
        match self {
            Self::Drawn(keys) => keys,
            Self::Failed(_) | Self::Cleared => &[],
        }
    }

    /// The key of the main variable.
    pub fn main(&self) -> Option<&Key> {
        self.all().first()
    }

    fn of(keys: impl Iterator<Item = Result<Key, KeygenError>>) -> Self {
        match keys.collect() {
            Ok(keys) => Self::Drawn(keys),
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

impl Given {
    fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            secrets: RwSignal::new(Vec::new()),
            item: RwSignal::new(None),
            scheme: RwSignal::new(None),
            options: RwSignal::new(Options::new()),
            patient: RwSignal::new(None),
            outer: RwSignal::new(Vec::new()),
            edited: RwSignal::new(None),
        }
    }
}

impl Drafted {
    fn new() -> Self {
        Self {
            scheme: RwSignal::new(String::new()),
            payload: RwSignal::new(PayloadDraft { form: PayloadForm::Json, text: String::new() }),
            secrets: RwSignal::new(Vec::new()),
            options: RwSignal::new(Options::new()),
            cookie: RwSignal::new(CookieDraft::default()),
            patient: RwSignal::new(None),
        }
    }
}
