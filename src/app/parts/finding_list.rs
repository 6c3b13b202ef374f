//! Remarks: what is so and why it matters, what to do, the corrected line, and where that is written.

use keyjar::finding::{Finding, Severity};
use keyjar::protocol::Segment;
use keyjar::span::Span;
use leptos::prelude::*;

use crate::app::parts::live::heard;

use super::copy_button::CopyButton;
use super::icon::{Glyph, Icon};
use super::prose::Prose;
use super::token_view::{part, part_text};
use super::words::{count, first_sentence};

/// As the style sheets call it; the icon's form tells it too.
const fn kind(severity: Severity) -> (&'static str, Glyph) {
    match severity {
        Severity::High => ("high", Glyph::Invalid),
        Severity::Medium => ("warning", Glyph::Warning),
        Severity::Low => ("advice", Glyph::Note),
        Severity::Info => ("note", Glyph::Note),
    }
}

/// The word that people read.
const fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "serious",
        Severity::Medium => "warning",
        Severity::Low => "advice",
        Severity::Info => "note",
    }
}

const SEVERITIES: [Severity; 4] = [Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// How many there are of each severity, the gravest first; none that has none.
fn tally(findings: &[Finding]) -> Vec<(Severity, usize)> {
    let of = |severity| (severity, findings.iter().filter(|finding| finding.severity == severity).count());
    SEVERITIES.map(of).into_iter().filter(|(_, number)| *number > 0).collect()
}

/// `2 serious, 1 warning`
pub fn summary(findings: &[Finding]) -> String {
    let said = |(severity, number): &(Severity, usize)| match severity {
        Severity::High | Severity::Low => format!("{number} {}", name(*severity)),
        Severity::Medium | Severity::Info => count(*number, name(*severity)),
    };
    tally(findings).iter().map(said).collect::<Vec<_>>().join(", ")
}

/// The icon of the gravest.
pub fn gravest(findings: &[Finding]) -> Option<(&'static str, Glyph)> {
    findings.iter().map(|finding| finding.severity).min().map(kind)
}

/// The same as icons and figures, for a table's cell.
pub fn figures(findings: &[Finding]) -> AnyView {
    let figure = |(severity, number): (Severity, usize)| {
        let (kind, glyph) = kind(severity);
        view! {
            <span class="count" data-severity=kind>
                <Icon glyph />
                {number}
                <span class="visually-hidden">" "{name(severity)}</span>
            </span>
        }
    };
    view! { <span class="remarks">{tally(findings).into_iter().map(figure).collect::<Vec<_>>()}</span> }
        .into_any()
}

/// The list. `show`, if given, takes a person to the place that a remark is about.
#[component]
pub fn FindingList(
    /// Begins the ids of what is in it; different from every other in the page.
    #[prop(into)]
    id: String,
    findings: Vec<Finding>,
    #[prop(optional, into)] show: Option<Callback<Span>>,
    /// The parts of the value: a remark on one of them lights up with it.
    #[prop(optional)]
    segments: Vec<Segment>,
) -> impl IntoView {
    let items = findings.into_iter().enumerate();
    let items =
        items.map(|(i, finding)| item(format!("{id}-{i}"), finding, show, &segments)).collect::<Vec<_>>();
    view! { <ul class="findings">{items}</ul> }
}

/// The part that a remark is about, if it is about one.
fn part_of<'a>(finding: &Finding, segments: &'a [Segment]) -> Option<&'a Segment> {
    let about = finding.about?;
    let holds = |segment: &&Segment| segment.span.start <= about.start && about.end <= segment.span.end;
    segments.iter().find(holds)
}

fn item(id: String, finding: Finding, show: Option<Callback<Span>>, segments: &[Segment]) -> AnyView {
    let (kind, glyph) = kind(finding.severity);
    let of = part_of(&finding, segments).map(|segment| (segment.role, segment.name.clone()));
    let lit = of.as_ref().map(|(role, _)| part(*role));
    let of = of.map(|(role, name)| view! { " in "{part_text(role, &name)} });
    let (what, why) = first_sentence(&finding.message);
    let place = finding.about.zip(show).map(|(span, show)| {
        view! { <button class="link" type="button" on:click=heard(move |_| show.run(span))>"Show the place"</button> }
    });
    let corrected = finding.corrected.map(|line| {
        view! {
            <details class="fold">
                <summary>
                    <Icon glyph=Glyph::Right />
                    <span>"The line with this corrected"</span>
                </summary>
                <div class="corrected">
                <code class="values" id=id.clone()>{line.clone()}</code>
                <CopyButton label="Copy line" text=line shown_in=id.clone() class="is-quiet" />
                </div>
            </details>
        }
    });
    view! {
        <li data-severity=kind data-part=lit>
            <Icon glyph />
            <h3><Prose text=what.to_owned() /> " " <span class="severity">{name(finding.severity)}{of}</span></h3>
            {(!why.is_empty()).then(|| view! { <p class="why"><Prose text=why.to_owned() /></p> })}
            {(!finding.fix.is_empty()).then(|| view! { <p class="do"><Prose text=finding.fix /></p> })}
            {corrected}
            <p class="source">{finding.source}{place}</p>
        </li>
    }
    .into_any()
}
