//! The engine's worker: questions out, answers in, a time limit, and a new start after a crash.
//!
//! Each [`Desk`] of the page has one question at a time. At most one message is on its way; the others wait, and a newer
//! question takes the place of an older one of its desk. So a person who types fast costs no more than one who waits.

use std::collections::BTreeMap;
use std::time::Duration;

use keyjar::protocol::{self, Numbered, Request, Response};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

use super::seal::{self, Seal};

/// What an answer may take. The slowest honest question (1 MiB of text, with every reading of a secret tried) takes well
/// under a second on a slow telephone; beyond five a person believes that the page hangs.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);

/// What an answer may take that the person asked for knowing that it is slow (Argon2id with 256 MiB on an old telephone).
const PATIENT_LIMIT: Duration = Duration::from_secs(120);

const CRASHED: &str = "The engine stopped on this input and was started again. What you typed is kept.";
const TOO_SLOW: &str =
    "The engine took longer than 5 seconds on this input and was started again. What you typed is kept.";

const MUCH_TOO_SLOW: &str =
    "The engine took longer than 2 minutes on this input and was started again. What you typed is kept.";

/// When no question was on its way.
const STOPPED: &str = "The engine stopped and was started again. What you typed is kept.";

const NO_START: &str = "The engine does not start in this browser. Reload the page.";

/// Who asks. One place in the page a desk: two that shared one would take the answers of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Desk {
    /// The list of schemes, asked by the frame.
    Catalogue,
    Inspect,
    /// The examples that the empty Inspect panel makes.
    Examples,
    /// What is typed over the parts of a token that Inspect shows.
    Edit,
    Sign,
    /// Keys that Generate, Inspect and Sign make.
    GenerateKey,
    InspectKey,
    SignKey,
    /// The Guide's examples: what they sign, and what they check.
    Guide,
    GuideCheck,
}

/// What a desk has been told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The last answer that came, which may be the one to an earlier question: see `current`.
    pub response: Option<Response>,
    /// Whether `response` is the answer to the question as it stands.
    pub current: bool,
    /// Why the question as it stands has no answer, and will have none until it changes.
    pub trouble: Option<String>,
}

/// How the engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineStatus {
    /// Its files are still coming, or it has just been started.
    Loading,
    Ready,
    /// It cannot run: why, and what to try.
    Failed(String),
    /// It was started again and no desk's question is to blame: why. (A desk that is to blame hears it in its
    /// [`Answer::trouble`].)
    Restarted(String),
}

/// The page's handle on the engine.
#[derive(Clone, Copy)]
pub struct Engine {
    office: StoredValue<Office, LocalStorage>,
    status: RwSignal<EngineStatus>,
}

/// The desks, the worker, and what is on its way between them.
#[derive(Default)]
struct Office {
    desks: BTreeMap<Desk, Line>,
    worker: Option<Hired>,
    on_its_way: Option<Sent>,
    last_number: u32,
}

/// A desk's question.
struct Line {
    answer: RwSignal<Answer>,
    /// The number of the newest question.
    number: u32,
    /// The newest question, if it has not been sent yet.
    waiting: Option<Request>,
    /// The question that the engine stopped on, without its time. It is not asked again, however late it gets.
    blamed: Option<Request>,
}

struct Sent {
    desk: Desk,
    number: u32,
    /// Without its time.
    question: Request,
    limit: Option<TimeoutHandle>,
}

/// A running worker and the closures that it calls.
struct Hired {
    worker: Worker,
    has_answered: bool,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Engine {
    /// A handle whose worker starts as soon as the page is sealed.
    pub fn new(sealed: ReadSignal<Seal>) -> Self {
        let engine = Self {
            office: StoredValue::new_local(Office::default()),
            status: RwSignal::new(EngineStatus::Loading),
        };
        Effect::new(move |_| match sealed.get() {
            Seal::Loading => {}
            Seal::Sealed => engine.start(),
            Seal::Failed(why) => engine.fail(why),
        });
        engine
    }

    pub fn status(&self) -> Signal<EngineStatus> {
        self.status.into()
    }

    /// Asks what `request` holds whenever it changes, and gives what is known of it. Nothing is asked while it is `None`.
    pub fn follow(&self, desk: Desk, request: Signal<Option<Request>>) -> Signal<Answer> {
        let engine = *self;
        let answer = engine.open(desk);
        Effect::new(move |before: Option<Option<Request>>| {
            let request = request.get();
            if before.is_none_or(|before| before != request) {
                engine.ask(desk, request.clone());
            }
            request
        });
        answer
    }

    /// A desk that [asks](Self::ask) by hand, and what it is told. Each answer is told, also one that is the same again.
    pub fn open(&self, desk: Desk) -> Signal<Answer> {
        let answer = RwSignal::new(Answer::default());
        self.office.update_value(|office| {
            office.desks.insert(desk, Line { answer, number: 0, waiting: None, blamed: None });
        });
        answer.into()
    }

    /// Asks `request` in the place of what the desk asked before; `None` takes that back.
    pub fn ask(self, desk: Desk, request: Option<Request>) {
        let failed = self.status.with_untracked(|status| match status {
            EngineStatus::Failed(why) => Some(why.clone()),
            _ => None,
        });
        self.office.update_value(|office| {
            office.last_number = office.last_number.wrapping_add(1);
            let number = office.last_number;
            let Some(line) = office.desks.get_mut(&desk) else { return };
            line.number = number;
            line.waiting = None;
            let Some(request) = request else {
                line.blamed = None;
                return line.answer.set(Answer { trouble: failed, ..Answer::default() });
            };
            if line.blamed.as_ref() == Some(&timeless(&request)) {
                return;
            }
            line.blamed = None;
            line.answer.update(|answer| {
                answer.current = false;
                answer.trouble = failed;
            });
            line.waiting = Some(request);
        });
        self.send_next();
    }

    /// Sends the question that has waited longest, if the worker is free.
    fn send_next(self) {
        let to_send = self.office.try_update_value(|office| {
            let worker = office.worker.as_ref()?.worker.clone();
            if office.on_its_way.is_some() {
                return None;
            }
            let (&desk, line) = office
                .desks
                .iter_mut()
                .filter(|(_, line)| line.waiting.is_some())
                .min_by_key(|(_, line)| line.number)?;
            let number = line.number;
            let body = line.waiting.take()?;
            office.on_its_way = Some(Sent { desk, number, question: timeless(&body), limit: None });
            Some((worker, Numbered { number, body }))
        });
        let Some((worker, question)) = to_send.flatten() else { return };
        let (time, too_slow) = match &question.body {
            question if is_patient(question) => (PATIENT_LIMIT, MUCH_TOO_SLOW),
            _ => (TIME_LIMIT, TOO_SLOW),
        };
        let message = js_sys::Uint8Array::from(protocol::to_bytes(&question).as_slice());
        if worker.post_message(&message).is_err() {
            return self.restart(CRASHED);
        }
        let limit = set_timeout_with_handle(move || self.restart(too_slow), time).ok();
        self.office.update_value(|office| {
            if let Some(sent) = &mut office.on_its_way {
                sent.limit = limit;
            }
        });
    }

    fn hear(self, message: &[u8]) {
        let Some(Numbered { number, body }) = protocol::from_bytes::<Numbered<Response>>(message) else {
            return self.restart(CRASHED);
        };
        let answer = self.office.try_update_value(|office| {
            if let Some(hired) = &mut office.worker {
                hired.has_answered = true;
            }
            let sent = office.on_its_way.take_if(|sent| sent.number == number)?;
            if let Some(limit) = sent.limit {
                limit.clear();
            }
            let line = office.desks.get(&sent.desk)?;
            (line.number == number).then_some(line.answer)
        });
        if self.status.with_untracked(|status| *status != EngineStatus::Ready) {
            self.status.set(EngineStatus::Ready);
        }
        if let Some(answer) = answer.flatten() {
            answer.set(Answer { response: Some(body), current: true, trouble: None });
        }
        self.send_next();
    }

    /// Ends the work on the question of `desk`, if it is that which runs: the person would not wait for it.
    pub fn stop(self, desk: Desk) {
        let stopped = self.office.try_update_value(|office| {
            let sent = office.on_its_way.take_if(|sent| sent.desk == desk)?;
            if let Some(limit) = sent.limit {
                limit.clear();
            }
            office.dismiss()
        });
        if stopped.flatten().is_some() {
            self.status.set(EngineStatus::Loading);
            self.start();
        }
    }

    /// Ends the worker and starts another. The question that it stopped on is not asked again.
    fn restart(self, why: &'static str) {
        let status = self.office.try_update_value(|office| {
            let hired = office.dismiss();
            match office.on_its_way.take() {
                Some(sent) => {
                    office.blame(sent, why);
                    EngineStatus::Loading
                }
                None if hired.is_some_and(|hired| hired.has_answered) => {
                    EngineStatus::Restarted(STOPPED.to_owned())
                }
                None => EngineStatus::Failed(NO_START.to_owned()),
            }
        });
        match status {
            Some(EngineStatus::Failed(why)) => self.fail(why),
            Some(status) => {
                self.status.set(status);
                self.start();
            }
            None => {}
        }
    }

    fn start(self) {
        match hire(self) {
            Ok(hired) => {
                self.office.update_value(|office| office.worker = Some(hired));
                self.send_next();
            }
            Err(why) => self.fail(format!("The engine cannot be started ({why}). Reload the page.")),
        }
    }

    /// There is no engine and will be none: every desk hears why.
    fn fail(self, why: String) {
        self.office.with_value(|office| {
            for line in office.desks.values() {
                line.answer.update(|answer| answer.trouble = Some(why.clone()));
            }
        });
        self.status.set(EngineStatus::Failed(why));
    }
}

impl Office {
    /// Ends the worker.
    fn dismiss(&mut self) -> Option<Hired> {
        let hired = self.worker.take()?;
        hired.worker.set_onmessage(None);
        hired.worker.set_onerror(None);
        hired.worker.terminate();
        Some(hired)
    }

    /// Tells the desk why its question has no answer, unless it has asked another one since.
    fn blame(&mut self, sent: Sent, why: &str) {
        if let Some(limit) = sent.limit {
            limit.clear();
        }
        let Some(line) = self.desks.get_mut(&sent.desk) else { return };
        let asks_it_still = line.number == sent.number
            || line.waiting.as_ref().is_some_and(|waiting| timeless(waiting) == sent.question);
        if asks_it_still {
            line.waiting = None;
            line.answer.update(|answer| answer.trouble = Some(why.to_owned()));
        }
        line.blamed = Some(sent.question);
    }
}

/// The question without the time at which it is asked: only the clock went on between two that are the same so.
pub fn timeless(request: &Request) -> Request {
    let mut request = request.clone();
    match &mut request {
        Request::Inspect { ask, .. } => ask.now = None,
        Request::Sign(draft) => draft.now = None,
        Request::Catalogue | Request::MakeKey(_) | Request::Crash => {}
    }
    request
}

/// The same question, for which the person would wait.
pub fn patient(mut request: Request) -> Request {
    match &mut request {
        Request::Inspect { ask, .. } => ask.patient = true,
        Request::Sign(draft) => draft.patient = true,
        Request::Catalogue | Request::MakeKey(_) | Request::Crash => {}
    }
    request
}

const fn is_patient(request: &Request) -> bool {
    match request {
        Request::Inspect { ask, .. } => ask.patient,
        Request::Sign(draft) => draft.patient,
        Request::Catalogue | Request::MakeKey(_) | Request::Crash => false,
    }
}

/// What is asked, if `request` is the question as it stands: the one that the person waits for, if it is the same. For
/// that one the clock stands still, since each tick would ask it anew.
pub fn asked(request: Request, waited_for: Option<&Request>) -> Request {
    let is_same = |waited_for: &&Request| timeless(waited_for) == timeless(&patient(request.clone()));
    waited_for.filter(is_same).cloned().unwrap_or(request)
}

/// Forgets what the person would wait for once something else is asked: whoever changes the question has not said that
/// they would wait for the new one.
pub fn forget_patience(asked: Memo<Option<Request>>, waited_for: RwSignal<Option<Request>>) {
    Effect::new(move |_| {
        let is_asked = asked.with(|asked| waited_for.with(|waited_for| waited_for == asked));
        if !is_asked && waited_for.with_untracked(Option::is_some) {
            waited_for.set(None);
        }
    });
}

/// A new worker that reports to `engine`.
fn hire(engine: Engine) -> Result<Hired, String> {
    let worker = new_worker().map_err(|error| {
        error
            .dyn_ref::<js_sys::Error>()
            .map_or_else(|| "no reason given".to_owned(), |error| error.message().into())
    })?;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        engine.hear(&js_sys::Uint8Array::new(&event.data()).to_vec());
    });
    let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
        // The page tells the person; the browser need not tell its console.
        event.prevent_default();
        engine.restart(CRASHED);
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    Ok(Hired { worker, has_answered: false, _on_message: on_message, _on_error: on_error })
}

/// Asks the start script, which alone holds the engine's compiled module.
fn new_worker() -> Result<Worker, JsValue> {
    let keyjar = seal::keyjar().ok_or(JsValue::NULL)?;
    let start: js_sys::Function =
        js_sys::Reflect::get(&keyjar, &JsValue::from_str("startEngine"))?.dyn_into()?;
    start.call0(&keyjar)?.dyn_into()
}
