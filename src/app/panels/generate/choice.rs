//! What kind of key the person chose, and the keys that follow from it.

use keyjar::keygen::{Recipe, Written};
use keyjar::preset::{Fit, Preset, strength};
use leptos::prelude::*;

use crate::app::state::{Keys, State};

/// Without a framework: the name that most of them use, and a size that is enough for all.
const ANY_NAME: &str = "SESSION_SECRET";
const ANY_RECIPE: Recipe = Recipe::new(32, Written::Hex);

#[derive(Clone, Copy)]
pub struct Choice {
    pub keys: RwSignal<Keys>,
    preset: RwSignal<Option<&'static Preset>>,
    bytes: RwSignal<usize>,
    written: RwSignal<Written>,
    /// The name of the main variable.
    pub name: RwSignal<String>,
    /// Whether the keys are masked.
    pub hidden: RwSignal<bool>,
    spoken: RwSignal<String>,
}

impl Choice {
    pub fn new() -> Self {
        let State { generated, spoken, .. } = State::get();
        Self {
            keys: generated.keys,
            preset: generated.preset,
            bytes: RwSignal::new(ANY_RECIPE.bytes),
            written: RwSignal::new(ANY_RECIPE.written),
            name: RwSignal::new(ANY_NAME.to_owned()),
            hidden: RwSignal::new(false),
            spoken,
        }
    }

    pub fn preset(self) -> Option<&'static Preset> {
        self.preset.get()
    }

    pub fn bytes(self) -> usize {
        self.bytes.get()
    }

    pub fn written(self) -> Written {
        self.written.get()
    }

    /// Takes what a framework wants; `None` for any framework, which leaves size and form as they are.
    pub fn take_preset(self, preset: Option<&'static Preset>) {
        self.preset.set(preset);
        self.name.set(preset.map_or(ANY_NAME, |preset| preset.main.name).to_owned());
        if let Some(preset) = preset {
            self.bytes.set(preset.main.recipe.bytes);
            self.written.set(preset.main.recipe.written);
        }
        self.remake();
    }

    pub fn take_bytes(self, bytes: usize) {
        self.bytes.set(bytes);
        self.remake();
    }

    pub fn take_written(self, written: Written) {
        self.written.set(written);
        self.remake();
    }

    pub fn draw_again(self) {
        self.keys.set(Keys::draw(self.recipes()));
        self.spoken.set("A new key was drawn.".to_owned());
    }

    /// Each variable's name and the comment to stand above it, the main one first.
    pub fn variables(self) -> Vec<(String, &'static str)> {
        let mut variables = match self.preset() {
            Some(preset) => {
                preset.variables().map(|variable| (variable.name.to_owned(), variable.purpose)).collect()
            }
            None => vec![(String::new(), "")],
        };
        if let Some(main) = variables.first_mut() {
            main.0 = self.name.get();
        }
        variables
    }

    /// Whether such a key is what the framework wants.
    pub fn fit(self) -> Option<Fit> {
        self.preset().map(|preset| preset.fits(self.bytes(), self.written()))
    }

    /// What the key is enough for.
    pub fn strength(self) -> String {
        let framework = self.preset().filter(|_| matches!(self.fit(), Some(Fit::Fits(_))));
        strength::sentence(self.bytes() * 8, framework.map(|preset| preset.title))
    }

    /// The keys in the form chosen: the same where only their spelling changes, new ones where it cannot.
    fn remake(self) {
        let keys = self.keys.with_untracked(|keys| keys.rewrite(self.recipes()));
        self.keys.set(keys);
    }

    fn recipes(self) -> Vec<Recipe> {
        let (bytes, written) = (self.bytes.get_untracked(), self.written.get_untracked());
        match self.preset.get_untracked() {
            Some(preset) => preset.recipes(bytes, written).map(|(_, recipe)| recipe).collect(),
            None => vec![Recipe::new(bytes, written)],
        }
    }
}
