//! What was pasted, explained: the right column, top to bottom.
//!
//! Each section is drawn from a memo of its own, so that what a keystroke does not change stays as it is: open
//! folds, the focus, a selection.

use keyjar::finding::Finding;
use keyjar::moment::grouped;
use keyjar::protocol::{
    Candidate, Fact, FactValue, ItemReport, Known, Meaning, Opened, Outcome, Payload, Reading, Role, Segment,
    SignaturePair, Source, Step,
};
use keyjar::scheme::About;
use keyjar::span::Span;
use leptos::prelude::*;

use super::edit::{Edit, Editor};
use super::token::{Checks, Code, Disclosures, Nested};
use crate::app::parts::live::{by, heard, live};

use crate::app::parts::code_block::CodeBlock;
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::fact_list::{fact_list, term};
use crate::app::parts::finding_list::{FindingList, gravest, summary};
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::json_view::{self, Note, json_view};
use crate::app::parts::prose::Prose;
use crate::app::parts::reading_list::reading_list;
use crate::app::parts::run_button::run_button;
use crate::app::parts::scheme_select::SchemeSelect;
use crate::app::parts::signature_pair::{difference, signature_pair};
use crate::app::parts::step_list::{hex_groups, step_list};
use crate::app::parts::token_view::{part, part_text};
use crate::app::parts::verdict::{Said, State, card};
use crate::app::parts::words::count;
use crate::app::platform::element;

/// The item that is looked at; absent while there is none.
type Item = Memo<Option<ItemReport>>;

/// What a person can do in the report.
#[derive(Clone, Copy)]
pub struct Actions {
    /// Read the secret as this reading did.
    pub read_as: Callback<Reading>,
    /// Read the value as the scheme of that id.
    pub choose_scheme: Callback<String>,
    /// Show that place in the box.
    pub show: Callback<Span>,
    /// Make the check that is slow by design, or stop it.
    pub check_now: Callback<()>,
    /// Whether it runs.
    pub is_running: Memo<bool>,
    /// Take it to the Sign panel.
    pub sign: Callback<()>,
    /// Look at the token inside.
    pub open_inner: Callback<String>,
    /// Edit a token's parts where they stand.
    pub edit: Edit,
}

/// What is said of an item: the verdict, or of one that no scheme could open, what it is known to be.
pub fn said(item: &ItemReport, secrets: usize) -> Said {
    match (&item.opened, &item.known) {
        (Some(opened), _) => Said::of(&opened.verdict, secrets, opened.encrypted),
        (None, Some(known)) => {
            Said { state: State::Unchecked, word: known.title.clone(), sentence: known.text.clone() }
        }
        (None, None) => Said {
            state: State::Unchecked,
            word: "Not a signed value".to_owned(),
            sentence: "It has the form of no scheme that Keyjar knows, so there is no signature to check."
                .to_owned(),
        },
    }
}

/// The verdict, with the offer that a reading that verified makes.
#[component]
pub fn Verdict(item: Item, secrets: Memo<usize>, actions: Actions) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let secrets = secrets.get();
        item.with(|item| {
            item.as_ref().map(|item| {
                let matching =
                    item.readings.iter().find(|reading| matches!(reading.outcome, Outcome::Matches { .. }));
                let offer = match matching {
                    Some(reading) => Offer::ReadAs(reading.clone()),
                    None if item.opened.is_none() => Offer::ReadAnyway,
                    None if item.on_request => Offer::CheckNow,
                    None => Offer::Nothing,
                };
                (said(item, secrets), remarks_link(&item.findings), offer)
            })
        })
    });
    let edit = actions.edit;
    move || {
        // What is typed and cannot be signed has no verdict; that on the token in the box would be taken for one.
        if let Some(error) = edit.refused.get() {
            return Some(card(&Edit::said(&error), None, edit.offer(&error)));
        }
        shown.get().map(|(said, remarks, offered)| {
            let offer = match offered {
                Offer::ReadAs(reading) => Some(offer(reading, actions.read_as)),
                Offer::ReadAnyway => Some(read_anyway(actions.choose_scheme)),
                Offer::CheckNow => Some(run_button("Check it now", actions.is_running, actions.check_now)),
                Offer::Nothing => None,
            };
            card(&said, remarks.map(RemarksLink::view), offer)
        })
    }
}

/// What the verdict's card offers.
#[derive(Clone, PartialEq)]
enum Offer {
    ReadAs(Reading),
    ReadAnyway,
    CheckNow,
    Nothing,
}

#[derive(Clone, PartialEq)]
struct RemarksLink {
    kind: &'static str,
    glyph: Glyph,
    words: String,
}

fn remarks_link(findings: &[Finding]) -> Option<RemarksLink> {
    gravest(findings).map(|(kind, glyph)| RemarksLink { kind, glyph, words: summary(findings) })
}

impl RemarksLink {
    fn view(self) -> AnyView {
        view! {
            <button class="verdict-remarks" type="button" data-severity=self.kind on:click=|_| element::focus("inspect-remarks")>
                <Icon glyph=self.glyph />
                <span>{self.words}</span>
            </button>
        }
        .into_any()
    }
}

fn offer(reading: Reading, read_as: Callback<Reading>) -> AnyView {
    let bytes = match &reading.outcome {
        Outcome::Matches { bytes, .. } => *bytes,
        _ => 0,
    };
    let label = reading.label.clone();
    let press = format!("Read it as {label}");
    view! {
        <p>
            <strong>"Valid if the secret is read as "{label}"."</strong>
            " "
            <span class="quiet">"It then means "{count(bytes, "byte")}"."</span>
        </p>
        <button class="button is-primary" type="button" on:click=heard(move |_| read_as.run(reading.clone()))>{press}</button>
    }
    .into_any()
}

/// For a value that no scheme was seen in: to have it read as one, and hear where it differs.
fn read_anyway(choose: Callback<String>) -> AnyView {
    view! {
        <div class="field read-anyway">
            <label for="inspect-read-as">"If it should be one, read it as"</label>
            <SchemeSelect id="inspect-read-as" offered=|_| true chosen=Signal::stored(String::new()) choose />
        </div>
    }
    .into_any()
}

/// Everything below the verdict.
#[component]
pub fn Report(
    item: Item,
    secrets: Memo<usize>,
    catalogue: Signal<Vec<About>>,
    actions: Actions,
) -> impl IntoView {
    view! {
        <div class="report">
            <Tried item secrets />
            <Scheme item catalogue actions />
            <Nested item open=actions.open_inner />
            <Decoded item edit=actions.edit />
            <Disclosures item />
            <Checks item />
            <Stored item />
            <Remarks item show=actions.show />
            <Code item />
            <Made item />
        </div>
    }
}

/// How the secret was read, and the signature that it makes beside the value's own.
#[component]
fn Tried(item: Item, secrets: Memo<usize>) -> impl IntoView {
    let tried: Memo<(Vec<Reading>, Option<SignaturePair>)> = Memo::new(move |_| {
        item.with(|item| {
            let item = item.as_ref();
            let pair = item.and_then(|item| item.opened.as_ref()).and_then(|opened| opened.signature.clone());
            (item.map(|item| item.readings.clone()).unwrap_or_default(), pair)
        })
    });
    let pair = move |pair: SignaturePair| {
        let expected = pair.expected.filter(|expected| *expected != pair.found)?;
        Some(view! {
            <section aria-labelledby="inspect-compared">
                <div class="report-head">
                    <h2 id="inspect-compared">"Found and expected"</h2>
                    <span class="count">{difference(&pair.found, &expected)}</span>
                </div>
                {signature_pair(&pair.found, &expected)}
            </section>
        })
    };
    let readings = move |readings: Vec<Reading>| {
        view! {
            <section aria-labelledby="inspect-tried">
                <div class="report-head">
                    <h2 id="inspect-tried">"What was tried"</h2>
                    <span class="count">"the secret, read in every way it could be"</span>
                </div>
                <div class="sheet">{reading_list(&readings, secrets.get())}</div>
            </section>
        }
    };
    move || {
        let (tried, found) = tried.get();
        // Where a reading verifies, the list below already has both signatures.
        let is_explained = tried.iter().any(|reading| matches!(reading.outcome, Outcome::Matches { .. }));
        let found = found.filter(|_| !is_explained);
        (found.and_then(pair), (!tried.is_empty()).then(|| readings(tried)))
    }
}

#[derive(Clone, PartialEq)]
struct Identity {
    scheme: String,
    title: String,
    candidates: Vec<Candidate>,
    known: Option<Known>,
    facts: Vec<Fact>,
}

/// What it is, what else it could be, and the facts that it carries.
#[component]
fn Scheme(item: Item, catalogue: Signal<Vec<About>>, actions: Actions) -> impl IntoView {
    let shown: Memo<Option<Identity>> = Memo::new(move |_| {
        item.with(|item| {
            let item = item.as_ref()?;
            let opened = item.opened.as_ref()?;
            Some(Identity {
                scheme: opened.scheme.clone(),
                title: opened.title.clone(),
                candidates: item.candidates.clone(),
                known: item.known.clone(),
                facts: facts(item, opened),
            })
        })
    });
    move || {
        shown.get().map(|Identity { scheme, title, candidates, known, facts }| {
            let is_made = catalogue
                .with(|all| all.iter().any(|about| about.id == scheme && !about.payload_forms.is_empty()));
            let sign = is_made.then(|| {
                view! {
                    <button class="button is-quiet is-strong" type="button" on:click=heard(move |_| actions.sign.run(()))>
                        <Icon glyph=Glyph::Pen />
                        "Edit and sign again"
                    </button>
                }
            });
            view! {
                <section aria-labelledby="inspect-scheme">
                    <div class="read-as">
                        <h2 id="inspect-scheme" tabindex="-1">{title}</h2>
                        {sign}
                    </div>
                    {known.map(|Known { title, text, .. }| view! { <p><strong>{title}". "</strong><Prose text /></p> })}
                    {(!facts.is_empty()).then(|| fact_list(&facts))}
                    {candidate_list(&scheme, &candidates, &catalogue.get(), actions.choose_scheme)}
                </section>
            }
        })
    }
}

/// The value's own facts, and the cookie around it.
fn facts(item: &ItemReport, opened: &Opened) -> Vec<Fact> {
    let mut facts = opened.facts.clone();
    if let (Some(name), Source::Cookie) = (&item.name, item.source) {
        let value = FactValue::Text(format!("`{name}`, a value of {} bytes", grouped(item.size() as u64)));
        facts.push(Fact { term: "Cookie".to_owned(), from: None, value });
    }
    if !item.parts.is_empty() {
        let names: Vec<String> = item.parts.iter().map(|part| format!("`{}`", part.name)).collect();
        let value = FactValue::Text(format!("{}, in this order", names.join(", ")));
        facts.push(Fact { term: "Parts".to_owned(), from: None, value });
    }
    facts
}

/// Why it is read as it is, and what else it could be.
fn candidate_list(
    scheme: &str,
    candidates: &[Candidate],
    catalogue: &[About],
    choose: Callback<String>,
) -> AnyView {
    let title = |id: &str| {
        let about = catalogue.iter().find(|about| about.id == id);
        about.map_or_else(|| id.to_owned(), |about| about.title.to_string())
    };
    let entry = |candidate: &Candidate| {
        let id = candidate.scheme.clone();
        let is_chosen = id == scheme;
        let name = title(&id);
        let name = if is_chosen {
            view! { <strong>{name}</strong> }.into_any()
        } else {
            view! { <button class="link" type="button" on:click=heard(move |_| choose.run(id.clone()))>{name}</button> }
                .into_any()
        };
        let reasons = candidate.reasons.join(" ");
        view! { <li aria-current=is_chosen.then_some("true")>{name} " " <span class="quiet"><Prose text=reasons /></span></li> }
    };
    let others = candidates.len().saturating_sub(1);
    let also = match others {
        0 => "no other scheme fits".to_owned(),
        _ => format!(
            "could also be {}",
            candidates
                .iter()
                .filter(|c| c.scheme != scheme)
                .map(|c| title(&c.scheme))
                .collect::<Vec<_>>()
                .join(" or ")
        ),
    };
    view! {
        <details class="fold">
            <summary><Icon glyph=Glyph::Right /><span>"Why this scheme"</span><span class="quiet">{also}</span></summary>
            <ul class="candidates">{candidates.iter().map(entry).collect::<Vec<_>>()}</ul>
            <div class="field">
                <label for="inspect-other-scheme">"Read it as"</label>
                <SchemeSelect id="inspect-other-scheme" offered=|_| true chosen=Signal::stored(scheme.to_owned()) choose />
            </div>
        </details>
    }
    .into_any()
}

/// The id of the section that shows what a segment means.
pub fn section_of(index: usize, segment: &Segment) -> String {
    match (segment.role, &segment.decoded) {
        (Role::Payload, _) => "inspect-payload".to_owned(),
        (Role::Signature, _) => "inspect-made".to_owned(),
        _ if is_disclosure(segment) => "inspect-disclosed".to_owned(),
        (_, Some(_)) => format!("inspect-segment-{index}"),
        _ => "inspect-scheme".to_owned(),
    }
}

/// A disclosure stands in the table of them.
fn is_disclosure(segment: &Segment) -> bool {
    segment.name.starts_with("Disclosure ")
}

/// What the parts decode to: each in a sheet, the payload last; or to be edited.
#[component]
fn Decoded(item: Item, edit: Edit) -> impl IntoView {
    let opened: Memo<Option<Opened>> = Memo::new(move |_| item.with(|item| item.as_ref()?.opened.clone()));
    let explained = RwSignal::new(false);
    let is_possible = Memo::new(move |_| edit.is_possible());
    let is_edited = Memo::new(move |_| edit.is_on.get() && is_possible.get());
    live(move || {
        if is_edited.get() {
            return view! { <Editor edit /> }.into_any();
        }
        let edit = is_possible.get().then_some(edit);
        live(move || opened.with(|opened| opened.as_ref().map(|opened| decoded(opened, explained, edit))))
            .into_any()
    })
}

fn decoded(opened: &Opened, explained: RwSignal<bool>, edit: Option<Edit>) -> Vec<AnyView> {
    let mut sheets: Vec<AnyView> = Vec::new();
    let meanings = |role: Role| -> Vec<Meaning> {
        let all = opened.token.iter().flat_map(|token| &token.meanings);
        all.filter(|meaning| meaning.part == role).cloned().collect()
    };
    // Of several headers, as JSON can hold, only the first is edited.
    let mut edit_of_header = edit;
    let has_sheet = |segment: &Segment| segment.role != Role::Payload && !is_disclosure(segment);
    for (index, segment) in opened.segments.iter().enumerate().filter(|(_, segment)| has_sheet(segment)) {
        if let Some(payload) = &segment.decoded {
            let id = section_of(index, segment);
            let edit = edit_of_header.take_if(|_| segment.role == Role::Header);
            let meanings = meanings(segment.role);
            let about = SheetAbout { id: &id, name: &segment.name, role: segment.role, standing: "" };
            sheets.push(sheet(about, payload, &[], &meanings, explained, edit));
        }
    }
    let of_payload = opened.segments.iter().find(|segment| segment.role == Role::Payload);
    let payload = opened.payload.as_ref().or_else(|| of_payload.and_then(|segment| segment.decoded.as_ref()));
    if let Some(payload) = payload {
        // A token's ciphertext is its payload once it is decrypted.
        let is_read = opened.token.is_some() && opened.payload.is_some();
        let name = of_payload.filter(|_| !is_read).map_or("Payload", |segment| &segment.name);
        let standing = match State::of(&opened.verdict) {
            State::Invalid => ", not confirmed",
            _ if opened.encrypted && opened.token.is_some() => ", decrypted with the key",
            _ if opened.encrypted => ", decrypted with the secret",
            State::Valid | State::But | State::Unchecked => ", anyone can read it",
        };
        let about = SheetAbout { id: "inspect-payload", name, role: Role::Payload, standing };
        sheets.push(sheet(about, payload, &notes(&opened.facts), &meanings(Role::Payload), explained, edit));
    }
    sheets
}

/// Times, beside the claims that they were read from: `expires in 3 hours`.
fn notes(facts: &[Fact]) -> Vec<Note> {
    let note = |fact: &Fact| match (&fact.from, &fact.value) {
        (Some(member), FactValue::Time { distance: Some(distance), .. }) => {
            Some(Note { member: member.clone(), words: format!("{} {distance}", term(fact).to_lowercase()) })
        }
        _ => None,
    };
    facts.iter().filter_map(note).collect()
}

/// What a sheet is of.
struct SheetAbout<'a> {
    id: &'a str,
    name: &'a str,
    role: Role,
    /// Whether what is in it is confirmed, and who can read it.
    standing: &'a str,
}

fn sheet(
    SheetAbout { id, name, role, standing }: SheetAbout<'_>,
    payload: &Payload,
    notes: &[Note],
    meanings: &[Meaning],
    explained: RwSignal<bool>,
    edit: Option<Edit>,
) -> AnyView {
    let explained = (!meanings.is_empty()).then_some(explained);
    let said = json_view::Said { notes, meanings, explained };
    let (form, length, copy, body) = match payload {
        Payload::Json(json) => {
            ("JSON", json.len(), json.clone(), json_view(json, said, role == Role::Header))
        }
        Payload::Text(text) => ("text", text.len(), text.clone(), text_view(text.clone())),
        Payload::Bytes(bytes) => {
            let hex = hex::encode(bytes);
            ("bytes", bytes.len(), hex.clone(), text_view(hex_groups(&hex)))
        }
        Payload::Object { format, shown, bytes, .. } => {
            (format.as_str(), bytes.len(), shown.clone(), text_view(shown.clone()))
        }
    };
    let size = match form {
        "bytes" => count(length, "byte"),
        form => format!("{form}, {}", count(length, "byte")),
    };
    let title = format!("{id}-title");
    let shown = format!("{id}-shown");
    view! {
        <section id=id.to_owned() tabindex="-1" aria-labelledby=title.clone() data-part=part(role)>
            <div class="sheet">
                <div class="sheet-head">
                    <div class="sheet-title">
                        <h2 id=title.clone()>{part_text(role, name)}</h2>
                        <span class="quiet">{size}{standing.to_owned()}</span>
                    </div>
                    <span class="sheet-actions">
                        {explained.map(|explained| explain_button(name, explained))}
                        {edit.map(|edit| edit_button(name, role, edit))}
                        <CopyButton label="Copy" text=copy shown_in=shown.clone() class="is-quiet" />
                    </span>
                </div>
                <div class="sheet-body" id=shown.clone()>{body}</div>
            </div>
        </section>
    }
    .into_any()
}

/// Shows and hides what the members mean.
fn explain_button(name: &str, explained: RwSignal<bool>) -> AnyView {
    view! {
        <button
            class="button is-quiet"
            type="button"
            aria-label=format!("Explain: {name}")
            aria-pressed=by(move || explained.get().to_string())
            on:click=heard(move |_| explained.update(|explained| *explained = !*explained))
        >
            <Icon glyph=Glyph::Note />
            <span class="wide-only">"Explain"</span>
        </button>
    }
    .into_any()
}

fn edit_button(name: &str, role: Role, edit: Edit) -> AnyView {
    view! {
        <button class="button is-quiet" type="button" aria-label=format!("Edit: {name}") on:click=heard(move |_| edit.begin(role))>
            <Icon glyph=Glyph::Pen />
            <span class="wide-only">"Edit"</span>
        </button>
    }
    .into_any()
}

fn text_view(text: String) -> AnyView {
    view! { <pre class="json">{text}</pre> }.into_any()
}

/// What a browser keeps of the `Set-Cookie` line, and the line as it should be.
#[component]
fn Stored(item: Item) -> impl IntoView {
    let stored: Memo<(Vec<Fact>, Option<String>)> = Memo::new(move |_| {
        item.with(|item| {
            item.as_ref().map(|item| (item.stored.clone(), item.corrected.clone())).unwrap_or_default()
        })
    });
    move || {
        stored.with(|(stored, corrected)| {
            (!stored.is_empty()).then(|| {
                view! {
                    <section aria-labelledby="inspect-stored">
                        <h2 id="inspect-stored">"What the browser keeps"</h2>
                        {fact_list(stored)}
                        {corrected.clone().map(corrected_line)}
                    </section>
                }
            })
        })
    }
}

fn corrected_line(line: String) -> AnyView {
    view! {
        <div class="corrected-line">
            <CodeBlock id="inspect-corrected" title="The line, corrected" text=line />
        </div>
    }
    .into_any()
}

#[component]
fn Remarks(item: Item, show: Callback<Span>) -> impl IntoView {
    let findings: Memo<(Vec<Finding>, Vec<Segment>)> = Memo::new(move |_| {
        item.with(|item| {
            let item = item.as_ref();
            let segments = item.and_then(|item| item.opened.as_ref()).map(|opened| opened.segments.clone());
            (item.map(|item| item.findings.clone()).unwrap_or_default(), segments.unwrap_or_default())
        })
    });
    move || {
        let (findings, segments) = findings.get();
        (!findings.is_empty()).then(|| {
            view! {
                <section aria-labelledby="inspect-remarks">
                    <div class="report-head">
                        <h2 id="inspect-remarks" tabindex="-1">"Remarks"</h2>
                        <span class="count">{summary(&findings)}</span>
                    </div>
                    <FindingList id="inspect-remark" findings show segments />
                </section>
            }
        })
    }
}

/// How the value is built, with its own bytes.
#[component]
fn Made(item: Item) -> impl IntoView {
    let steps: Memo<Vec<Step>> = Memo::new(move |_| {
        item.with(|item| {
            let opened = item.as_ref().and_then(|item| item.opened.as_ref());
            opened.map(|opened| opened.steps.clone()).unwrap_or_default()
        })
    });
    let is_there = Memo::new(move |_| steps.with(|steps| !steps.is_empty()));
    // Drawn while the fold is open: each keystroke changes the steps, and few look at them.
    let is_open = RwSignal::new(false);
    let list = move || is_open.get().then(|| steps.with(|steps| step_list("inspect-step", steps)));
    move || {
        is_there.get().then(|| {
            view! {
                <section id="inspect-made" tabindex="-1" aria-label="How it is built" data-part="signature">
                    <details class="fold" prop:open=is_open on:toggle:target=move |event| is_open.set(event.target().open())>
                        <summary>
                            <Icon glyph=Glyph::Right />
                            <h2>"How it is built"</h2>
                            <span class="quiet">"with this value’s own bytes"</span>
                        </summary>
                        {live(list)}
                    </details>
                </section>
            }
        })
    }
}
