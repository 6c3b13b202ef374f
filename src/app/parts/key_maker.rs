//! A key that the engine makes: at once, or in as many steps as it takes, between which it answers other questions.

use keyjar::protocol::{KeyMaking, KeyOrder, KeyReport, Request, Response};
use leptos::prelude::*;

use super::elapsed::elapsed;
use super::icon::{Glyph, Icon};
use super::live::{heard, live};
use super::words::count;
use crate::app::platform::engine::{Answer, Desk, Engine};
use crate::app::state::State;

/// One place where keys are made.
#[derive(Clone, Copy)]
pub struct KeyMaker {
    engine: Engine,
    desk: Desk,
    making: RwSignal<Making>,
    pub is_going: Memo<bool>,
    seconds: ReadSignal<u32>,
}

/// How far it has come.
#[derive(Clone, PartialEq, Eq)]
enum Making {
    Nothing,
    Going { found: usize, tried: u32 },
    Failed(String),
}

impl KeyMaker {
    /// `done` is given each key that is made.
    pub fn new(desk: Desk, done: Callback<KeyReport>) -> Self {
        let State { engine, clearings, .. } = State::get();
        let answer = engine.open(desk);
        let making = RwSignal::new(Making::Nothing);
        let is_going = Memo::new(move |_| making.with(|making| matches!(making, Making::Going { .. })));
        let maker = Self { engine, desk, making, is_going, seconds: elapsed(is_going) };
        Effect::new(move |_| {
            let answer = answer.get();
            if is_going.get_untracked() {
                maker.hear(answer, done);
            }
        });
        Effect::new(move |before: Option<()>| {
            clearings.track();
            if before.is_some() {
                maker.cancel();
            }
        });
        maker
    }

    /// Begins anew with `order`.
    pub fn start(self, order: KeyOrder) {
        self.making.set(Making::Going { found: 0, tried: 0 });
        self.engine.ask(self.desk, None);
        self.engine.ask(self.desk, Some(Request::MakeKey(order)));
    }

    /// Gives up: what is on its way is not heard any more.
    pub fn cancel(self) {
        self.end(Making::Nothing);
    }

    fn hear(self, answer: Answer, done: Callback<KeyReport>) {
        let Answer { response, current, trouble } = answer;
        match response {
            _ if trouble.is_some() => self.end(Making::Failed(trouble.unwrap_or_default())),
            Some(Response::KeyMade(made)) if current => match made {
                Ok(KeyMaking::Done(key)) => {
                    self.end(Making::Nothing);
                    done.run(*key);
                }
                Ok(KeyMaking::Going { order, tried }) => {
                    // The first of what it keeps is how many were tried.
                    let found = order.found.len().saturating_sub(1);
                    self.making.set(Making::Going { found, tried });
                    self.engine.ask(self.desk, Some(Request::MakeKey(order)));
                }
                Err(why) => self.end(Making::Failed(why)),
            },
            _ => {}
        }
    }

    /// Nothing is left of it at the desk either.
    fn end(self, making: Making) {
        self.making.set(making);
        self.engine.ask(self.desk, None);
    }

    /// How far it has come, with a way out; or why it failed.
    pub fn progress(self) -> AnyView {
        let says =
            move || if self.is_going.get() { "The key is being made. The page stays usable." } else { "" };
        let so_far = move || match self.making.get() {
            Making::Going { found, tried } if tried > 0 => Some(format!(
                "{found} of 2 primes found, {} tried, {}",
                count(tried as usize, "candidate"),
                count(self.seconds.get() as usize, "second")
            )),
            _ => None,
        };
        let failed = move || match self.making.get() {
            Making::Failed(why) => {
                let error = view! {
                    <p class="error" role="alert"><Icon glyph=Glyph::Warning /><span>{why}</span></p>
                };
                Some(error)
            }
            _ => None,
        };
        let cancel = move || {
            self.is_going.get().then(|| {
                view! {
                    <button class="button" type="button" on:click=heard(move |_| self.cancel())>"Cancel"</button>
                }
            })
        };
        view! {
            <div class="key-progress">
                <p class="quiet small">
                    <span role="status">{live(says)}</span>
                    // Beside what a screen reader says: it would read out every step.
                    <span class="so-far" aria-hidden="true">{live(so_far)}</span>
                </p>
                {live(failed)}
                {live(cancel)}
            </div>
        }
        .into_any()
    }
}
