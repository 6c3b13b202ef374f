//! A token edited where it is looked at: what is typed over its header or payload is signed at once, and the token in the
//! box is the new one.

use keyjar::payload::member;
use keyjar::preset::algorithm::wanted;
use keyjar::protocol::{
    CookieDraft, Draft, Field, ItemReport, Payload, PayloadDraft, PayloadForm, Request, Response, Role,
    SignError, Verdict,
};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::app::panels::sign::{HEADER, SIGNED, is_token, write_header};
use crate::app::parts::claim_fields::claim_fields;
use crate::app::parts::error_line::{error_line, place};
use crate::app::parts::fresh_key::FreshKey;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::live::{by, heard, live};
use crate::app::parts::run_button::run_button;
use crate::app::parts::token_view::{part, part_text};
use crate::app::parts::verdict::{Said, State as Standing};
use crate::app::platform::element;
use crate::app::platform::engine::{self, Desk, forget_patience, patient};
use crate::app::state::{Edited, State};

const HEADER_ID: &str = "inspect-edit-header";
const PAYLOAD_ID: &str = "inspect-edit-payload";

/// Members of an encrypted token's header that are made anew with each token.
const MADE_ANEW: [&str; 4] = ["epk", "iv", "tag", "p2s"];

/// The editing of the token in the box.
#[derive(Clone, Copy)]
pub struct Edit {
    /// Whether its parts stand there to be edited.
    pub is_on: RwSignal<bool>,
    /// The parts as they stand in the token.
    begun: Memo<Option<Edited>>,
    /// Why what was typed is not the token in the box.
    pub refused: Memo<Option<SignError>>,
    fresh: FreshKey,
    /// Whether what is slow by design is being made.
    is_running: Memo<bool>,
    make_now: Callback<()>,
}

impl Edit {
    pub fn new(state: State, item: Memo<Option<ItemReport>>) -> Self {
        let given = state.given;
        let begun = Memo::new(move |_| {
            let text = given.text.get();
            item.with(|item| item.as_ref().and_then(|item| begin(state, item, &text)))
        });
        let patience = RwSignal::new(None::<Request>);
        let asked = Memo::new(move |_| {
            let request = given.edited.with(|edited| request(state, edited.as_ref()?).ok())?;
            Some(patience.with(|waited_for| engine::asked(request, waited_for.as_ref())))
        });
        forget_patience(asked, patience);
        let answer = state.engine.follow(Desk::Edit, asked.into());
        let is_running = Memo::new(move |_| {
            let waits = answer.with(|answer| !answer.current && answer.trouble.is_none());
            waits && patience.with(Option::is_some)
        });
        let make_now = Callback::new(move |()| {
            if is_running.get_untracked() {
                patience.set(None);
                state.engine.stop(Desk::Edit);
            } else {
                patience.set(asked.get_untracked().map(patient));
            }
        });
        Effect::new(move |_| {
            let value = answer.with(|answer| match &answer.response {
                Some(Response::Signed(Ok(signed))) if answer.current => Some(signed.value.clone()),
                _ => None,
            });
            if let Some(value) = value {
                put(state, &value);
            }
        });
        // Whoever changes the box by hand has done with what was typed over its parts; who empties it, with editing.
        let is_on = RwSignal::new(false);
        Effect::new(move |_| {
            let (is_other, is_empty) = given.text.with(|text| {
                let edited = given.edited.get_untracked();
                (edited.is_some_and(|edited| edited.text != *text), text.trim().is_empty())
            });
            if is_other {
                given.edited.set(None);
            }
            if is_empty {
                is_on.set(false);
            }
        });
        let refused = Memo::new(move |before: Option<&Option<SignError>>| {
            let typed =
                given.edited.with(|edited| edited.as_ref().map(|edited| request(state, edited).err()))?;
            if typed.is_some() {
                return typed;
            }
            let answer = answer.get();
            match answer.response {
                _ if answer.trouble.is_some() => answer.trouble.map(|message| SignError {
                    field: Field::Scheme,
                    message,
                    hint: String::new(),
                    at: None,
                }),
                Some(Response::Signed(made)) if answer.current => made.err(),
                _ => before.cloned().flatten(),
            }
        });
        Self {
            is_on,
            begun,
            refused,
            fresh: FreshKey::new(Desk::InspectKey, given.secrets),
            is_running,
            make_now,
        }
    }

    /// Whether there is a token whose parts can be edited.
    pub fn is_possible(self) -> bool {
        self.begun.with(Option::is_some)
    }

    /// Lets the part of that role be edited.
    pub fn begin(self, role: Role) {
        self.is_on.set(true);
        let id = if role == Role::Header { HEADER_ID } else { PAYLOAD_ID };
        request_animation_frame(move || element::focus_in_place(id));
    }

    /// Back to looking. What could not be signed is dropped, and can be had back.
    fn end(self) {
        let given = State::get().given;
        let dropped = given.edited.get_untracked().filter(|_| self.refused.with_untracked(Option::is_some));
        self.is_on.set(false);
        given.edited.set(None);
        if let Some(dropped) = dropped {
            State::get().say_undoable("What could not be signed is dropped.", move || {
                given.edited.set(Some(dropped.clone()));
                self.is_on.set(true);
            });
        }
    }

    /// What is typed, or what stands in the token.
    fn shown<T>(self, read: impl Fn(&Edited) -> T) -> Option<T> {
        let edited = State::get().given.edited;
        edited.with(|edited| match edited {
            Some(edited) => Some(read(edited)),
            None => self.begun.with(|begun| begun.as_ref().map(&read)),
        })
    }

    fn change(self, change: impl FnOnce(&mut Edited)) {
        let given = State::get().given;
        if let Some(mut edited) = given.edited.get_untracked().or_else(|| self.begun.get_untracked()) {
            change(&mut edited);
            given.edited.set(Some(edited));
        }
    }

    /// What the verdict's card says instead of a verdict: that on the token in the box would be one on another text than what
    /// is typed.
    pub fn said(error: &SignError) -> Said {
        let sentence = format!("{} {}", error.message, error.hint);
        Said {
            state: Standing::Unchecked,
            word: "Not signed".to_owned(),
            sentence: sentence.trim().to_owned(),
        }
    }

    /// What that card offers.
    pub fn offer(self, error: &SignError) -> Option<AnyView> {
        let wanted = Memo::new(move |_| {
            let (alg, enc) = self.shown(algorithms)?;
            wanted(&alg, &enc)
        });
        let alg = Signal::derive(move || self.shown(algorithms).unwrap_or_default().0);
        match error.field {
            Field::Secret => Some(self.fresh.offer("is-primary", wanted.into(), alg)),
            Field::Patience => Some(run_button("Make it now", self.is_running, self.make_now)),
            _ => None,
        }
    }

    /// The key that was made here, to be taken elsewhere.
    pub fn made_key(self) -> AnyView {
        self.fresh.card("inspect-made-key")
    }
}

/// The parts of a token as they are to be edited; `None` of a value that is none, or whose parts are not known.
fn begin(state: State, item: &ItemReport, text: &str) -> Option<Edited> {
    let opened = item.opened.as_ref().filter(|_| item.parts.is_empty())?;
    let forms = state.catalogue.with(|all| {
        let about = all.iter().find(|about| about.id == opened.scheme && is_token(about))?;
        Some(about.payload_forms.to_vec())
    })?;
    let header = opened.segments.iter().find(|segment| segment.role == Role::Header)?;
    let Some(Payload::Json(header)) = &header.decoded else { return None };
    let mut header = header.clone();
    if opened.scheme != SIGNED {
        header =
            MADE_ANEW.iter().fold(header, |header, name| member::without(&header, name).unwrap_or(header));
    }
    let (form, payload) = opened.payload.as_ref()?.typed(&forms);
    let payload = if form == PayloadForm::Json { member::tidy(&payload) } else { payload };
    let secret = match opened.verdict {
        Verdict::Valid { secret, .. } => secret,
        Verdict::Invalid { .. } | Verdict::Unchecked { .. } => 0,
    };
    Some(Edited {
        scheme: opened.scheme.clone(),
        header: member::tidy(&header),
        payload: PayloadDraft { form, text: payload },
        options: item.making.clone(),
        secret,
        before: text.get(..item.span.start)?.to_owned(),
        after: text.get(item.span.end..)?.to_owned(),
        text: text.to_owned(),
    })
}

/// `alg` and `enc` of the header as it is typed; empty where it has none.
fn algorithms(edited: &Edited) -> (String, String) {
    let header: Map<String, Value> = serde_json::from_str(&edited.header).unwrap_or_default();
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("alg"), text("enc"))
}

/// What the engine is asked to make of it.
fn request(state: State, edited: &Edited) -> Result<Request, SignError> {
    let wrong = |message: String, at| SignError {
        field: Field::Option(HEADER.to_owned()),
        message,
        hint: String::new(),
        at,
    };
    let header: Map<String, Value> = serde_json::from_str(&edited.header).map_err(|error| {
        wrong(
            format!("The header is not a JSON object: {error}."),
            offset(&edited.header, error.line(), error.column()),
        )
    })?;
    let needed: &[&str] = if edited.scheme == SIGNED { &["alg"] } else { &["alg", "enc"] };
    if let Some(name) = needed.iter().find(|name| !header.get(**name).is_some_and(Value::is_string)) {
        return Err(wrong(format!("The header names no algorithm: `{name}` is missing, or no text."), None));
    }
    let mut options = edited.options.clone();
    write_header(&mut options, Value::Object(header), edited.scheme == SIGNED);
    let secrets = state.given.secrets.get();
    let (first, others): (Vec<_>, Vec<_>) =
        secrets.into_iter().enumerate().partition(|(index, _)| *index == edited.secret);
    Ok(Request::Sign(Draft {
        scheme: edited.scheme.clone(),
        payload: edited.payload.clone(),
        secrets: first.into_iter().chain(others).map(|(_, secret)| secret).collect(),
        options,
        cookie: CookieDraft::default(),
        now: Some(state.now.get_untracked()),
        patient: false,
    }))
}

/// The byte at which serde_json's line and column stand.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let before: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let at = before + column.saturating_sub(1);
    text.is_char_boundary(at).then_some(at)
}

/// Puts the new token in the place of the old one.
fn put(state: State, value: &str) {
    let given = state.given;
    let Some(mut edited) = given.edited.get_untracked() else { return };
    let text = [&edited.before, value, &edited.after].concat();
    if text != edited.text {
        edited.text.clone_from(&text);
        given.edited.set(Some(edited));
        given.text.set(text);
    }
}

/// The header and the payload, each to be typed over.
#[component]
pub fn Editor(edit: Edit) -> impl IntoView {
    let header = Memo::new(move |_| edit.shown(|edited| edited.header.clone()).unwrap_or_default());
    let payload = Memo::new(move |_| edit.shown(|edited| edited.payload.text.clone()).unwrap_or_default());
    let is_json = Signal::derive(move || {
        edit.shown(|edited| edited.payload.form == PayloadForm::Json).unwrap_or_default()
    });
    let set_header = Callback::new(move |text: String| edit.change(|edited| edited.header = text));
    let set_payload = Callback::new(move |text: String| edit.change(|edited| edited.payload.text = text));
    let of_header =
        Memo::new(move |_| edit.refused.get().filter(|error| matches!(error.field, Field::Option(_))));
    let of_payload = Memo::new(move |_| edit.refused.get().filter(|error| error.field == Field::Payload));
    view! {
        <div class="editor">
            {part_editor(edit, HEADER_ID, Role::Header, "Header", header, set_header, of_header, None)}
            {part_editor(edit, PAYLOAD_ID, Role::Payload, "Payload", payload, set_payload, of_payload, Some(live(move || {
                is_json.get().then(|| claim_fields("inspect", payload.into(), set_payload, is_json))
            }).into_any()))}
            {edit.made_key()}
        </div>
    }
}

#[expect(clippy::too_many_arguments)]
fn part_editor(
    edit: Edit,
    id: &'static str,
    role: Role,
    name: &'static str,
    text: Memo<String>,
    set: Callback<String>,
    error: Memo<Option<SignError>>,
    helpers: Option<AnyView>,
) -> AnyView {
    let rows = move || text.with(|text| text.split('\n').count().clamp(2, 24).to_string());
    let error_id = format!("{id}-error");
    let wrong = move || {
        error.get().map(|error| {
            let place = error.at.and_then(|at| text.with_untracked(|text| place(text, at)));
            view! { {error_line(error)} {place} }
        })
    };
    view! {
        <section class="sheet" data-part=part(role)>
            <div class="sheet-head">
                <div class="sheet-title">
                    <h2><label for=id>{part_text(role, name)}</label></h2>
                    <span class="quiet">"signed as you type"</span>
                </div>
                <span class="sheet-actions">
                    <button class="button is-quiet" type="button" on:click=heard(move |_| edit.end())>
                        <Icon glyph=Glyph::Check />
                        "Done"
                    </button>
                </span>
            </div>
            <textarea
                class="values edit-box"
                id=id
                rows=by(rows)
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                aria-invalid=by(move || error.get().map(|_| "true"))
                aria-describedby=error_id.clone()
                prop:value=text
                on:input=heard(move |event| set.run(event_target_value(&event)))
            ></textarea>
            <div class="edit-error" id=error_id>{live(wrong)}</div>
            {helpers.map(|helpers| view! { <div class="edit-helpers">{helpers}</div> })}
        </section>
    }
    .into_any()
}
