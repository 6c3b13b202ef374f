//! The Inspect panel: one box for anything; what it is, whether it holds, and why.
//!
//! The box and the secrets are [`given`], the engine's answer is the [`report`]; with nothing in the box there are
//! [`examples`]. Everything between the two is derived here.

mod edit;
mod examples;
mod given;
mod keys;
mod report;
mod token;

use std::time::Duration;

use keyjar::protocol::{
    Ask, CookieDraft, ItemReport, PayloadDraft, PayloadForm, Problem, Reading, Report, Request, Response,
    Segment, Source, Verdict,
};
use keyjar::span::Span;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;

use crate::app::parts::item_table::item_table;
use crate::app::parts::live::{by, live};
use crate::app::parts::token_view::Lit;
use crate::app::parts::verdict::Said;
use crate::app::parts::words::plain;
use crate::app::platform::element;
use crate::app::platform::engine::{self, Desk, forget_patience, patient};
use crate::app::state::{Outer, Panel, State};
use edit::Edit;
use examples::{Example, Examples};
use given::GivenColumn;
use keys::Keys;
use report::Actions;

/// How long a verdict must stand before it is read out: longer than the pause between two keys.
const QUIET: Duration = Duration::from_millis(800);

#[component]
pub fn InspectPanel() -> impl IntoView {
    let state = State::get();
    let given = state.given;
    let is_empty = Memo::new(move |_| given.text.with(|text| text.trim().is_empty()));
    let asked = request(state, is_empty);
    let answer = state.engine.follow(Desk::Inspect, asked.into());
    let report: Memo<Option<Report>> = Memo::new(move |_| {
        answer.with(|answer| match &answer.response {
            Some(Response::Inspected(report)) => Some((**report).clone()),
            _ => None,
        })
    });
    let item: Memo<Option<ItemReport>> = Memo::new(move |_| {
        report.with(|report| report.as_ref().and_then(|report| report.items.get(report.chosen).cloned()))
    });
    let keys = Memo::new(move |_| {
        report.with(|report| report.as_ref().map(|report| report.keys.clone()).unwrap_or_default())
    });
    let has_item = Memo::new(move |_| item.with(Option::is_some));
    let problem =
        Memo::new(move |_| report.with(|report| report.as_ref().and_then(|report| report.problem.clone())));
    let segments = Memo::new(move |_| item.with(|item| parts_of(item.as_ref())));
    let fault =
        Memo::new(move |_| problem.with(|problem| problem.as_ref()?.at).or_else(|| item.with(fault_of)));
    let about = Memo::new(move |_| {
        let scheme = item.with(|item| item.as_ref()?.opened.as_ref().map(|opened| opened.scheme.clone()))?;
        state.catalogue.with(|all| all.iter().find(|about| about.id == scheme).cloned())
    });
    let secrets = Memo::new(move |_| given.secrets.with(Vec::len));
    forget_patience(asked, given.patient);
    let is_running = Memo::new(move |_| {
        let waits = answer.with(|answer| !answer.current && answer.trouble.is_none());
        waits && given.patient.with(Option::is_some)
    });
    let edit = Edit::new(state, item);
    let lit = Lit::new();
    let actions = Actions {
        read_as: Callback::new(move |reading| read_as(state, reading)),
        choose_scheme: Callback::new(move |id| {
            given.options.update(|options| options.clear());
            given.scheme.set(Some(id));
        }),
        show: Callback::new(move |span| given::show(given, span)),
        check_now: Callback::new(move |()| {
            if is_running.get_untracked() {
                given.patient.set(None);
                state.engine.stop(Desk::Inspect);
            } else {
                given.patient.set(asked.get_untracked().map(patient));
            }
        }),
        is_running,
        sign: Callback::new(move |()| item.with_untracked(|item| sign(state, item.as_ref()))),
        open_inner: Callback::new(move |inner| open_inner(state, inner)),
        edit,
    };
    speak(state, problem, item, secrets);
    let take = Callback::new(move |example: Example| {
        given.secrets.set(vec![example.secret]);
        given::replace(given, example.text);
        // The pressed card is gone: the focus goes where the answer will be read from.
        element::to_top();
        state.focus_panel();
    });
    view! {
        <div class:inspect-empty=is_empty>
            <div class="empty-title">
                <h1 class:visually-hidden=by(move || !is_empty.get())>"Inspect a cookie or token"</h1>
                <p class="quiet" hidden=by(move || !is_empty.get())>
                    "Paste it as you found it. Keyjar finds what is in it and says who signed it."
                </p>
            </div>
            <Found report />
            <div class="inspect lights" data-lit=by(move || lit.key())>
                <GivenColumn is_empty segments answer problem fault about item lit />
                <Keys keys />
                <report::Verdict item secrets actions />
                {live(move || has_item.get().then(|| view! { <report::Report item secrets catalogue=state.catalogue actions /> }))}
            </div>
            <section class="example-place" aria-labelledby="inspect-examples" hidden=by(move || !is_empty.get())>
                <h2 id="inspect-examples">"Or look at one of these"</h2>
                <p class="quiet small">"Made just now, each with a fresh key that is filled in for you."</p>
                <Examples engine=state.engine is_empty take />
            </section>
        </div>
    }
}

/// What is asked. While another panel is shown, the last question stands.
fn request(state: State, is_empty: Memo<bool>) -> Memo<Option<Request>> {
    let given = state.given;
    Memo::new(move |before: Option<&Option<Request>>| {
        if let (Some(before), true) = (before, state.panel.get() != Panel::Inspect) {
            return before.clone();
        }
        let request = Request::Inspect {
            input: given.text.get(),
            ask: Ask {
                secrets: given.secrets.get(),
                item: given.item.get(),
                scheme: given.scheme.get(),
                options: given.options.get(),
                now: Some(state.now.get()),
                patient: false,
            },
        };
        let request = given.patient.with(|waited_for| engine::asked(request, waited_for.as_ref()));
        (!is_empty.get()).then_some(request)
    })
}

/// The coloured parts.
fn parts_of(item: Option<&ItemReport>) -> Vec<Segment> {
    item.and_then(|item| item.opened.as_ref()).map(|opened| opened.segments.clone()).unwrap_or_default()
}

/// Where the verdict says that the value is broken.
fn fault_of(item: &Option<ItemReport>) -> Option<Span> {
    match &item.as_ref()?.opened.as_ref()?.verdict {
        Verdict::Invalid { at, .. } => *at,
        Verdict::Valid { .. } | Verdict::Unchecked { .. } => None,
    }
}

/// Reads a secret as the reading that verified did.
fn read_as(state: State, reading: Reading) {
    state.given.secrets.update(|secrets| {
        if let Some(secret) = secrets.get_mut(reading.index) {
            *secret = reading.secret;
        }
    });
}

/// Puts `text` into the box as something new, and shows it. `said` tells where it comes from.
pub fn look_at(state: State, text: String, said: &str) {
    let restore = given::restore(state.given);
    let was_empty = state.given.text.with_untracked(String::is_empty);
    given::replace(state.given, text);
    if was_empty {
        state.say(said);
    } else {
        state.say_undoable(said, restore);
    }
    if state.panel.get_untracked() != Panel::Inspect {
        state.go(Panel::Inspect);
    }
}

/// Looks at a token that was taken out of the one in the box, which can be gone back to.
fn open_inner(state: State, inner: String) {
    let given = state.given;
    let outer = Outer {
        text: given.text.get_untracked(),
        item: given.item.get_untracked(),
        scheme: given.scheme.get_untracked(),
        options: given.options.get_untracked(),
    };
    let mut all = given.outer.get_untracked();
    all.push(outer);
    given::replace(given, inner);
    given.outer.set(all);
    element::to_top();
    state.focus_panel();
}

/// Takes what was opened to the Sign panel.
fn sign(state: State, item: Option<&ItemReport>) {
    let Some(opened) = item.and_then(|item| item.opened.as_ref()) else { return };
    let (given, drafted) = (state.given, state.drafted);
    let forms = state.catalogue.with_untracked(|all| {
        let about = all.iter().find(|about| about.id == opened.scheme);
        about.map(|about| about.payload_forms.to_vec()).unwrap_or_default()
    });
    let typed = opened.payload.as_ref().map(|payload| payload.typed(&forms));
    let (form, text) = typed.unwrap_or((PayloadForm::Text, String::new()));
    drafted.scheme.set(opened.scheme.clone());
    drafted.payload.set(PayloadDraft { form, text });
    drafted.secrets.set(given.secrets.get_untracked());
    drafted.options.set(item.map(|item| item.making.clone()).unwrap_or_default());
    if let Some(name) = item.and_then(|item| item.name.clone()) {
        drafted.cookie.set(CookieDraft { name, ..CookieDraft::default() });
    }
    state.go(Panel::Sign);
}

/// Tells a screen reader the verdict, or what is wrong, once the person has stopped typing.
fn speak(state: State, problem: Memo<Option<Problem>>, item: Memo<Option<ItemReport>>, secrets: Memo<usize>) {
    let words = Memo::new(move |_| {
        let problem = problem.with(|problem| problem.as_ref().map(|p| format!("{} {}", p.message, p.hint)));
        problem.or_else(|| {
            let Said { word, sentence, .. } =
                item.with(|item| item.as_ref().map(|item| report::said(item, secrets.get())))?;
            Some(format!("{word}. {sentence}"))
        })
    });
    let mut say = debounce(QUIET, move |words: Option<String>| {
        state.spoken.set(words.map(|words| plain(&words)).unwrap_or_default());
    });
    Effect::new(move |_| say(words.get()));
}

/// The table, where several were found.
#[component]
fn Found(report: Memo<Option<Report>>) -> impl IntoView {
    let given = State::get().given;
    let choose = Callback::new(move |index: usize| {
        given.scheme.set(None);
        given.options.update(|options| options.clear());
        given.item.set(Some(index));
    });
    move || {
        let report = report.get().filter(|report| report.items.len() > 1)?;
        let place = match report.items.first().map(|item| item.source) {
            Some(Source::Cookie) => " in a Cookie header",
            _ => "",
        };
        Some(view! {
            <section class="sheet found" aria-labelledby="inspect-found">
                <div class="sheet-head">
                    <div class="sheet-title">
                        <h2 id="inspect-found">{format!("{} found{place}", report.items.len())}</h2>
                        <span class="quiet">"choose one to look at"</span>
                    </div>
                </div>
                {item_table(&report.items, report.chosen, choose)}
            </section>
        })
    }
}
