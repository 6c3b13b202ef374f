//! A value with its parts coloured, underlined and named; and the box in which it is typed.
//!
//! Pointing at a part anywhere lights it up everywhere: that is CSS alone (`style/token_view.css`, `.lights`), through
//! the attribute `data-part`. Only in the box the textarea lies above the parts: what is pointed at there is a [`Lit`].

use keyjar::protocol::{Role, Segment};
use keyjar::span::Span;
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};
use crate::app::platform::mark;

/// Bytes up to which the box shows colours: more is slow to lay out twice, and no token is that long.
const MAX_MIRROR: usize = 32 * 1024;

/// The part that is pointed at in a box, by the pointer or by the arrow keys.
#[derive(Clone, Copy)]
pub struct Lit(RwSignal<Option<Role>>);

impl Lit {
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// As the style sheets call it, for the attribute `data-lit` of `.lights`.
    pub fn key(self) -> Option<&'static str> {
        self.0.get().map(part)
    }

    fn set(self, role: Option<Role>) {
        if self.0.get_untracked() != role {
            self.0.set(role);
        }
    }
}

/// A role as the style sheets call it.
pub const fn part(role: Role) -> &'static str {
    match role {
        Role::Prefix => "prefix",
        Role::Header => "header",
        Role::Payload => "payload",
        Role::Meta => "meta",
        Role::Signature => "signature",
    }
}

/// The role that the style sheets call so.
fn role(key: &str) -> Option<Role> {
    let all = [Role::Prefix, Role::Header, Role::Payload, Role::Meta, Role::Signature];
    all.into_iter().find(|role| part(*role) == key)
}

/// `text` in the colours of a part.
pub fn part_text(role: Role, text: &str) -> AnyView {
    view! { <span class="part" data-part=part(role)>{text.to_owned()}</span> }.into_any()
}

/// `text` with its segments coloured and the place of a fault marked.
pub fn token(text: &str, segments: &[Segment], fault: Option<Span>) -> Vec<AnyView> {
    let mut cuts = vec![0, text.len()];
    for span in segments.iter().map(|segment| segment.span).chain(fault) {
        cuts.extend([span.start, span.end].into_iter().filter(|&at| text.is_char_boundary(at)));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.iter().zip(cuts.iter().skip(1)).map(|(&start, &end)| Span::new(start, end));
    pieces
        .map(|piece| {
            let holds = |span: Span| span.start <= piece.start && piece.end <= span.end;
            let words = piece.of(text).to_owned();
            let fault = fault.is_some_and(holds);
            match segments.iter().find(|segment| holds(segment.span)) {
                Some(segment) => {
                    view! { <span class="part" class:is-fault=fault data-part=part(segment.role)>{words}</span> }
                        .into_any()
                }
                None => view! { <span class="rest" class:is-fault=fault>{words}</span> }.into_any(),
            }
        })
        .collect()
}

/// The box: a mirror with the colours under a textarea with clear text. The mirror makes the height, so the box grows
/// by itself; a very large text is shown by the textarea alone.
#[component]
pub fn TokenBox(
    id: &'static str,
    text: RwSignal<String>,
    /// The coloured parts of `text`.
    #[prop(into)]
    segments: Signal<Vec<Segment>>,
    /// The place of a fault in `text`.
    #[prop(into)]
    fault: Signal<Option<Span>>,
    placeholder: &'static str,
    /// The id of what describes the box.
    described_by: &'static str,
    lit: Lit,
) -> impl IntoView {
    // The parts' colours lie beneath the textarea, in the order of the segments' roles.
    let point =
        move |event: leptos::ev::MouseEvent| lit.set(mark::part_under(&event).and_then(|key| role(&key)));
    let step = move |event: leptos::ev::KeyboardEvent| {
        let is_step = event.key().starts_with("Arrow") || matches!(&*event.key(), "Home" | "End");
        let at = text.with_untracked(|text| mark::caret(id, text)).filter(|_| is_step);
        let holds =
            |segment: &&Segment| at.is_some_and(|at| segment.span.start <= at && at < segment.span.end);
        lit.set(segments.with_untracked(|segments| segments.iter().find(holds).map(|segment| segment.role)));
    };
    let is_large = Memo::new(move |_| text.with(|text| text.len() > MAX_MIRROR));
    let mirror = move || {
        (!is_large.get()).then(|| {
            let coloured =
                move || text.with(|text| segments.with(|segments| token(text, segments, fault.get())));
            // A last line that is empty has no height of its own, so there is always one more.
            view! { <pre class="token" aria-hidden="true">{coloured}"\n"</pre> }
        })
    };
    view! {
        <div class="token-edit" class:is-plain=is_large>
            <div class="token-layers">
                {live(mirror)}
                <textarea
                    id=id
                    data-main-box
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    placeholder=placeholder
                    aria-describedby=described_by
                    aria-invalid=by(move || fault.get().is_some().then_some("true"))
                    prop:value=text
                    on:input=heard(move |event| text.set(event_target_value(&event)))
                    on:mousemove=heard(point)
                    on:mouseleave=heard(move |_| lit.set(None))
                    on:keyup=heard(step)
                    on:blur=heard(move |_| lit.set(None))
                ></textarea>
            </div>
        </div>
    }
}

/// The names of the parts, each a button that goes to what it means.
#[component]
pub fn Legend(
    #[prop(into)] segments: Signal<Vec<Segment>>,
    /// The text that the segments are of.
    #[prop(into)]
    text: Signal<String>,
    #[prop(into)] go: Callback<usize>,
) -> impl IntoView {
    let entry = move |index: usize, segment: &Segment| {
        let length = text.with(|text| segment.span.of(text).chars().count());
        let unit = (index == 0).then(|| view! { <span class="unit">" characters"</span> });
        view! {
            <li>
                <button type="button" data-part=part(segment.role) on:click=heard(move |_| go.run(index))>
                    {part_text(segment.role, &segment.name)}
                    " "
                    <span class="quiet">{length}{unit}</span>
                </button>
            </li>
        }
        .into_any()
    };
    let entries = move || {
        segments.with(|segments| {
            segments.iter().enumerate().map(|(index, segment)| entry(index, segment)).collect::<Vec<_>>()
        })
    };
    view! { <ul class="token-legend" aria-label="Parts of the value">{live(entries)}</ul> }
}
