//! The corridor itself: what was pasted → items → candidates → open → review → report.

use crate::cookie;
use crate::diagnose::reading;
use crate::diagnose::settings::{self, Reach};
use crate::finding::Finding;
use crate::intake::{self, Item};
use crate::opaque;
use crate::protocol::{Ask, Candidate, ItemReport, Opened, Options, Report, Verdict, Why};
use crate::scheme::{self, Scheme};
use crate::work::{self, Call};

/// Takes `input` apart with what `ask` holds. Any input gives a report; what cannot be used says why.
pub fn inspect(input: &str, ask: &Ask) -> Report {
    let _call = Call::begin();
    let items = match intake::find(input) {
        Ok(items) => items,
        Err(problem) => return Report { problem: Some(problem), ..Report::default() },
    };
    // A scheme and its options are chosen for one item; all others are read with every default.
    let plain = Ask { scheme: None, options: Options::new(), ..ask.clone() };
    let alone = (items.len() == 1).then_some(0);
    let asked = ask.item.filter(|&index| index < items.len()).or(alone);
    // The one that is looked at comes first: what one call may do in all is then done for it.
    let mut first = asked.and_then(|index| Some(look(input, items.get(index)?, ask)));
    let report_on = |(index, item)| {
        let known = if asked == Some(index) { first.take() } else { None };
        known.unwrap_or_else(|| look(input, item, &plain))
    };
    let mut reports: Vec<ItemReport> = items.iter().enumerate().map(report_on).collect();
    let chosen = asked.unwrap_or_else(|| most_telling(&reports));
    if let (None, Some(item), Some(report)) = (asked, items.get(chosen), reports.get_mut(chosen))
        && plain != *ask
    {
        work::start_over();
        *report = look(input, item, ask);
    }
    Report { items: reports, chosen, problem: None }
}

/// The first item that verifies, else the first that a scheme knows, else the first.
fn most_telling(reports: &[ItemReport]) -> usize {
    let verdict = |report: &ItemReport| report.opened.as_ref().map(|opened| opened.verdict.clone());
    let valid = reports.iter().position(|report| matches!(verdict(report), Some(Verdict::Valid { .. })));
    valid.or_else(|| reports.iter().position(|report| report.opened.is_some())).unwrap_or(0)
}

fn look(input: &str, item: &Item, ask: &Ask) -> ItemReport {
    // What was pasted before it took too long: this one is shown, but not checked.
    let unchecked = work::is_too_much().then(|| Ask { secrets: Vec::new(), ..ask.clone() });
    let ask = unchecked.as_ref().unwrap_or(ask);
    let candidates = candidates(item);
    let mut settings = Options::new();
    let opened = match ask.scheme.as_deref().and_then(scheme::by_id) {
        Some(scheme) => Some(open(scheme, item, &candidates, ask)),
        None => likeliest(item, &candidates, ask, &mut settings),
    };
    let (opened, readings) = match opened {
        Some((opened, scheme, item)) => {
            let failed = matches!(opened.verdict, Verdict::Invalid { .. });
            let readings = if failed { reading::readings(scheme, &item, ask) } else { Vec::new() };
            let opened = if work::is_too_much() { curtailed(opened, unchecked.is_some()) } else { opened };
            (Some(placed(opened, &item)), readings)
        }
        None => (None, Vec::new()),
    };
    let mut findings: Vec<Finding> = opened.iter().flat_map(|opened| opened.findings.clone()).collect();
    let stored = item.line.map(|line| {
        let review = cookie::review(line.of(input), ask.now);
        findings.extend(review.findings.into_iter().map(|finding| moved(finding, line.start)));
        review.facts
    });
    findings.sort_by_key(|finding| finding.severity);
    let on_request = opened.as_ref().is_some_and(|opened| waits(opened, ask));
    ItemReport {
        name: item.name.clone(),
        source: item.source,
        span: item.span,
        candidates,
        opened,
        settings,
        known: opaque::known(item),
        stored: stored.unwrap_or_default(),
        corrected: item.line.and_then(|line| cookie::corrected(line.of(input), ask.now)),
        findings,
        readings,
        on_request,
    }
}

/// The same, with what was not tried since it would have taken too long.
fn curtailed(mut opened: Opened, is_unchecked: bool) -> Opened {
    match &mut opened.verdict {
        Verdict::Unchecked { missing } if is_unchecked => *missing = NOT_CHECKED.into(),
        Verdict::Invalid { why: Why::BadSignature | Why::WrongOption, message, .. } => {
            message.push_str(NOT_ALL_TRIED);
        }
        _ => {}
    }
    opened
}

const NOT_CHECKED: &str =
    "It takes too long to check all of this at once. Choose this one, or paste it alone.";
const NOT_ALL_TRIED: &str = " Keyjar did not try everything else that may explain it, since that would take too long: say which scheme it is and \
     how it is set up.";

/// Below this, a scheme only says that nothing speaks against it: Base64 of any bytes. What is known to be something
/// else is not offered as that.
const GUESS: u8 = 20;

/// Whether a check that is slow by design is all that is missing.
fn waits(opened: &Opened, ask: &Ask) -> bool {
    let has_secret = ask.secrets.iter().any(|secret| !secret.text.is_empty());
    let is_slow = scheme::by_id(&opened.scheme).is_some_and(|scheme| scheme.is_slow(&ask.options));
    is_slow && has_secret && !ask.patient && matches!(opened.verdict, Verdict::Unchecked { .. })
}

/// Every scheme that could have made the value, as it stands or percent-decoded; the likeliest first.
pub fn candidates(item: &Item) -> Vec<Candidate> {
    let decoded = item.percent_decoded();
    let mut candidates: Vec<Candidate> = scheme::ALL
        .iter()
        .filter_map(|scheme| {
            scheme.detect(item).or_else(|| {
                let mut candidate = scheme.detect(decoded.as_ref()?)?;
                candidate.percent_decoded = true;
                candidate.reasons.push("It was percent-encoded, as in a header.".into());
                Some(candidate)
            })
        })
        .collect();
    if opaque::known(item).is_some() {
        candidates.retain(|candidate| candidate.likelihood >= GUESS);
    }
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.likelihood));
    candidates
}

/// An item opened: the result, the scheme that did it, and the item as that scheme read it.
type Outcome = (Opened, &'static dyn Scheme, Item);

/// From here on, a scheme's form is one that few others share.
const PLAIN_FORM: u8 = 60;

/// The first candidate whose signature verifies, else the first that verifies with other settings than the defaults,
/// which are then put into `settings`; else the likeliest.
fn likeliest(item: &Item, candidates: &[Candidate], ask: &Ask, settings: &mut Options) -> Option<Outcome> {
    let mut first = None;
    let mut later = Vec::new();
    for candidate in candidates {
        if first.is_some() && work::is_too_much() {
            return first;
        }
        let Some(scheme) = scheme::by_id(&candidate.scheme) else { continue };
        let result = open(scheme, item, candidates, ask);
        let why = match &result.0.verdict {
            Verdict::Valid { .. } => return Some(result),
            Verdict::Invalid { why, .. } => Some(*why),
            Verdict::Unchecked { .. } => None,
        };
        // A value that names its algorithm is not checked as one that names none: a token with `alg` none or RS256 must
        // not pass because its last part happens to be somebody's HMAC.
        if why == Some(Why::WrongAlgorithm) && candidate.likelihood >= PLAIN_FORM {
            return first.or(Some(result));
        }
        // It says itself that only an option is another, so that comes before schemes that fit less.
        if why == Some(Why::WrongOption) {
            if let Some((found, used)) = with_settings(scheme, item, candidates, ask, Reach::All) {
                *settings = used;
                return Some(found);
            }
        } else {
            later.push((scheme, if why == Some(Why::BadSignature) { Reach::Mac } else { Reach::All }));
        }
        first.get_or_insert(result);
    }
    let mut found =
        later.into_iter().filter_map(|(scheme, reach)| with_settings(scheme, item, candidates, ask, reach));
    match found.next() {
        Some((found, used)) => {
            *settings = used;
            Some(found)
        }
        None => first,
    }
}

/// The item as the scheme reads it with settings other than the defaults, if it verifies with some.
fn with_settings(
    scheme: &'static dyn Scheme,
    item: &Item,
    candidates: &[Candidate],
    ask: &Ask,
    reach: Reach,
) -> Option<(Outcome, Options)> {
    if ask.secrets.iter().all(|secret| secret.text.is_empty()) {
        return None;
    }
    let options = settings::settings(scheme.about(), item, reach).into_iter();
    options.take_while(|_| !work::is_too_much()).find_map(|options| {
        let ask = Ask { options, ..ask.clone() };
        let mut result = open(scheme, item, candidates, &ask);
        is_valid(&result).then(|| {
            result.0.facts.insert(0, settings::fact(&ask.options));
            (result, ask.options)
        })
    })
}

fn is_valid(result: &Outcome) -> bool {
    matches!(result.0.verdict, Verdict::Valid { .. })
}

/// Opens the item as `scheme` reads it. Where that framework percent-encodes and the value could be either, the reading
/// that verifies counts.
fn open(scheme: &'static dyn Scheme, item: &Item, candidates: &[Candidate], ask: &Ask) -> Outcome {
    let about = scheme.about();
    let known = candidates.iter().find(|candidate| candidate.scheme == about.id);
    let decoded = item.percent_decoded().filter(|_| about.percent_encoded);
    let prefer_decoded = known.is_some_and(|candidate| candidate.percent_decoded);
    let readings = match decoded {
        None => vec![item.clone()],
        Some(decoded) if prefer_decoded => vec![decoded, item.clone()],
        Some(decoded) => vec![item.clone(), decoded],
    };
    let open = |item: Item| {
        work::spend_on(item.value.len(), ask.secrets.len());
        (scheme.open(&item, ask), scheme, item)
    };
    let mut results = readings.into_iter().map(open);
    let Some(first) = results.next() else { return (scheme.open(item, ask), scheme, item.clone()) };
    if is_valid(&first) { first } else { results.find(is_valid).unwrap_or(first) }
}

/// The same with every place in what was pasted instead of in the item's value.
fn placed(mut opened: Opened, item: &Item) -> Opened {
    for segment in &mut opened.segments {
        segment.span = item.place(segment.span);
    }
    if let Verdict::Invalid { at: Some(at), .. } = &mut opened.verdict {
        *at = item.place(*at);
    }
    for finding in &mut opened.findings {
        finding.about = finding.about.map(|about| item.place(about));
    }
    opened
}

fn moved(finding: Finding, offset: usize) -> Finding {
    Finding { about: finding.about.map(|about| about.moved(offset)), ..finding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::kit::base64::BASE64URL;
    use crate::scheme::kit::digest::Digest;
    use crate::secret::SecretText;

    #[test]
    fn a_token_that_names_another_algorithm_passes_as_nothing_else() {
        for alg in ["none", "RS256", "HS999"] {
            let header = BASE64URL.encode(format!("{{\"alg\":\"{alg}\"}}").as_bytes());
            let signed = format!("{header}.{}", BASE64URL.encode(b"{\"sub\":\"anna\"}"));
            let token =
                format!("{signed}.{}", BASE64URL.encode(&Digest::Sha256.tag(b"secret", signed.as_bytes())));
            let ask = Ask { secrets: vec![SecretText::new("secret", None)], ..Ask::default() };
            let report = inspect(&token, &ask);
            let opened = report.items.first().and_then(|item| item.opened.as_ref()).expect("recognised");
            assert_eq!(opened.scheme, "jws-hmac");
            assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::WrongAlgorithm, .. }), "{alg}");
        }
    }
}
