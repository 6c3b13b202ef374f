//! The corridor itself: what was pasted → items → candidates → open → review → report.

use crate::cookie;
use crate::diagnose::reading;
use crate::diagnose::settings::{self, Reach};
use crate::finding::{self, Finding, Severity};
use crate::intake::parts::{self, Split};
use crate::intake::{self, Item, key};
use crate::opaque;
use crate::protocol::{Ask, Candidate, ItemReport, Opened, Options, Problem, Report, Segment, Verdict, Why};
use crate::scheme::kit::opened;
use crate::scheme::{self, Scheme};
use crate::secret;
use crate::span::Span;
use crate::work::{self, Call};

/// Takes `input` apart with what `ask` holds. Any input gives a report; what cannot be used says why.
pub fn inspect(input: &str, ask: &Ask) -> Report {
    let _call = Call::begin();
    if let Some(message) = secret::too_long(&ask.secrets) {
        let hint = "Give only those that may be the right one.".into();
        return Report { problem: Some(Problem { message, hint, at: None }), ..Report::default() };
    }
    match key::find(input, ask.now) {
        Some(Ok(keys)) => return Report { keys, ..Report::default() },
        Some(Err(problem)) => return Report { problem: Some(problem), ..Report::default() },
        None => {}
    }
    let items = match intake::find(input) {
        Ok(items) => joined(items),
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
    Report { items: reports, chosen, ..Report::default() }
}

/// The items with those joined over which a framework cut one value.
fn joined(items: Vec<Item>) -> Vec<Item> {
    let mut splits: Vec<Split> = vec![opaque::ASPNET_CORE_SPLIT];
    for split in scheme::ALL.iter().filter_map(|scheme| scheme.split()) {
        // Names that are cut in the same way are looked for once, whatever fits into each.
        if !splits.iter().any(|known| known.is_alike(&split)) {
            splits.push(split);
        }
    }
    parts::join(items, &splits, |split, item| {
        let reads = |scheme: &dyn Scheme| scheme.split().is_some_and(|own| own.is_alike(split));
        scheme::ALL.iter().any(|scheme| reads(*scheme) && is_cut(*scheme, item))
    })
}

/// Bytes below which a part tells nothing by its size: only what is too long is cut.
const LONG: usize = 1024;

/// Whether `item`, which was joined, is a value that the scheme's framework cut: by its form, or by a name of the
/// framework's own and its size.
fn is_cut(scheme: &dyn Scheme, item: &Item) -> bool {
    let form = detected(scheme, item, item.percent_decoded().as_ref());
    let is_long = item.parts.iter().any(|part| part.span.len() >= LONG);
    let is_named = || item.name.as_deref().is_some_and(|name| opened::is_prefixed(scheme.about(), name));
    form.is_some_and(|form| form.likelihood >= GUESS && item.parts.len() > 1) || (is_long && is_named())
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
    let mut making = Options::new();
    let mut open = || match ask.scheme.as_deref().and_then(scheme::by_id) {
        Some(scheme) => Some(open(scheme, item, &candidates, ask)),
        None => likeliest(item, &candidates, ask, &mut settings),
    };
    let opened = if unchecked.is_some() { work::for_verdict(open) } else { open() };
    let (opened, readings) = match opened {
        Some((mut opened, scheme, item)) => {
            if !item.missing.is_empty() && !matches!(opened.verdict, Verdict::Valid { .. }) {
                opened.verdict = Verdict::Invalid { why: Why::Malformed, message: missing(&item), at: None };
            }
            let failed = matches!(opened.verdict, Verdict::Invalid { .. }) && item.missing.is_empty();
            making = self::making(scheme, &item, &opened, ask, &settings);
            let is_token = opened.token.is_some();
            let readings = if failed { reading::readings(scheme, &item, ask, is_token) } else { Vec::new() };
            let opened = if work::is_too_much() { curtailed(opened, unchecked.is_some()) } else { opened };
            (Some(placed(opened, &item)), readings)
        }
        None => (None, Vec::new()),
    };
    let mut findings: Vec<Finding> = opened.iter().flat_map(|opened| opened.findings.clone()).collect();
    if !item.missing.is_empty() {
        findings.push(part_missing(item));
    }
    let lines = lines(item);
    let mut stored = None;
    for line in &lines {
        let review = cookie::review(line.of(input), ask.now);
        let known: Vec<String> = findings.iter().map(|finding| finding.rule.clone()).collect();
        // What is so of every part is said of the first.
        let fresh =
            review.findings.into_iter().filter(|finding| stored.is_none() || !known.contains(&finding.rule));
        findings.extend(fresh.map(|finding| moved(finding, line.start)));
        stored.get_or_insert(review.facts);
    }
    finding::gravest_first(&mut findings);
    let on_request = opened.as_ref().is_some_and(|opened| waits(opened, item, ask));
    ItemReport {
        name: item.name.clone(),
        source: item.source,
        span: item.span,
        parts: item.parts.clone(),
        candidates,
        opened,
        settings,
        making,
        known: opaque::known(item),
        stored: stored.unwrap_or_default(),
        corrected: corrected(&lines, input, ask.now),
        findings,
        readings,
        on_request,
    }
}

/// The options to make such a value again with: those that were set, that it verifies with, or that it shows.
fn making(
    scheme: &'static dyn Scheme,
    item: &Item,
    opened: &Opened,
    ask: &Ask,
    settings: &Options,
) -> Options {
    let mut making = scheme.shown(item, opened);
    making.extend(ask.options.iter().chain(settings).map(|(name, value)| (name.clone(), value.clone())));
    if matches!(opened.verdict, Verdict::Valid { .. }) && !scheme.is_slow(item, &ask.options) {
        settings::stated(scheme, item, ask, &mut making);
    }
    let specs = &scheme.about().options;
    making.retain(|name, _| specs.iter().any(|spec| spec.when_making && spec.name == *name));
    making
}

/// The `Set-Cookie` lines of the item: one, or one for each part.
fn lines(item: &Item) -> Vec<Span> {
    if item.parts.is_empty() {
        return item.line.into_iter().collect();
    }
    item.parts.iter().filter_map(|part| part.line).collect()
}

/// The lines with their corrections, if there are any.
fn corrected(lines: &[Span], input: &str, now: Option<i64>) -> Option<String> {
    let corrected: Vec<Option<String>> =
        lines.iter().map(|line| cookie::corrected(line.of(input), now)).collect();
    corrected.iter().any(Option::is_some).then(|| {
        let lines = lines.iter().zip(corrected);
        let lines = lines.map(|(line, corrected)| corrected.unwrap_or_else(|| line.of(input).to_owned()));
        lines.collect::<Vec<_>>().join("\n")
    })
}

/// Which parts of a cut value are not there.
fn missing(item: &Item) -> String {
    let names: Vec<String> = item.missing.iter().map(|name| format!("`{name}`")).collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    let whole = item.name.as_deref().unwrap_or_default();
    let names = match &names[..] {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        _ => names.join(" and "),
    };
    format!("The value of `{whole}` is cut over several cookies, and {names} {is} not there.")
}

fn part_missing(item: &Item) -> Finding {
    Finding {
        rule: "cookie-part-missing".into(),
        severity: Severity::High,
        about: None,
        message: missing(item),
        fix: "Copy all the cookies of the request, and look whether the browser, a proxy or the server's limit for headers \
              dropped one."
            .into(),
        corrected: None,
        source: "https://www.rfc-editor.org/rfc/rfc6265#section-6.1".into(),
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
fn waits(opened: &Opened, item: &Item, ask: &Ask) -> bool {
    let has_secret = ask.secrets.iter().any(|secret| !secret.text.is_empty());
    let is_slow = scheme::by_id(&opened.scheme).is_some_and(|scheme| scheme.is_slow(item, &ask.options));
    is_slow && has_secret && !ask.patient && matches!(opened.verdict, Verdict::Unchecked { .. })
}

/// Every scheme that could have made the value, as it stands or percent-decoded; the likeliest first.
pub fn candidates(item: &Item) -> Vec<Candidate> {
    let decoded = item.percent_decoded();
    let mut candidates: Vec<Candidate> =
        scheme::ALL.iter().filter_map(|scheme| detected(*scheme, item, decoded.as_ref())).collect();
    if candidates.is_empty() && !item.missing.is_empty() {
        let name = item.name.as_deref().unwrap_or_default();
        let named = scheme::ALL.iter().map(|scheme| (scheme.about(), scheme.split()));
        let named = named.filter(|(about, split)| split.is_some() && opened::is_prefixed(about, name));
        candidates = named
            .map(|(about, _)| opened::candidate(about, GUESS, &["Its name and its parts are."]))
            .collect();
    }
    if opaque::known(item).is_some() {
        candidates.retain(|candidate| candidate.likelihood >= GUESS);
    }
    candidates.sort_by_cached_key(|candidate| usize::from(u8::MAX - candidate.likelihood));
    candidates
}

/// What the scheme sees in the item, as it stands or percent-decoded.
fn detected(scheme: &dyn Scheme, item: &Item, decoded: Option<&Item>) -> Option<Candidate> {
    scheme.detect(item).or_else(|| {
        let mut candidate = scheme.detect(decoded?)?;
        candidate.percent_decoded = true;
        candidate.reasons.push("It was percent-encoded, as in a header.".into());
        Some(candidate)
    })
}

/// An item opened: the result, the scheme that did it, and the item as that scheme read it.
type Outcome = (Opened, &'static dyn Scheme, Item);

/// From here on, a scheme's form is one that few others share.
const PLAIN_FORM: u8 = 60;

/// What a token with an algorithm in its header is at least.
const TOKEN_FORM: u8 = 95;

/// A scheme that is so many times less likely than the likeliest is tried with its defaults alone: a token that names
/// itself is not searched for under every other framework's settings at each keystroke.
const FAR_BEHIND: u8 = 5;

/// The first candidate whose signature verifies, else the first that verifies with other settings than the defaults,
/// which are then put into `settings`; else the likeliest.
fn likeliest(item: &Item, candidates: &[Candidate], ask: &Ask, settings: &mut Options) -> Option<Outcome> {
    let likeliest = candidates.first().map(|candidate| candidate.likelihood).unwrap_or_default();
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
        // A value that names its algorithm is not checked as one that names none: a token with `alg` none or RS256, or with
        // HS512 and the tag of HS256, must not pass because its last part happens to be somebody's HMAC.
        let names_itself = result.0.token.is_some() && candidate.likelihood >= TOKEN_FORM;
        let is_refused = why == Some(Why::WrongAlgorithm) && candidate.likelihood >= PLAIN_FORM;
        if is_refused || (why.is_some() && names_itself) {
            return first.or(Some(result));
        }
        // It says itself that only an option is another, so that comes before schemes that fit less.
        if why == Some(Why::WrongOption) {
            if let Some((found, used)) = with_settings(scheme, item, candidates, ask, Reach::All) {
                *settings = used;
                return Some(found);
            }
        } else if candidate.likelihood >= likeliest / FAR_BEHIND {
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
        let tried = work::for_verdict(|| open(scheme, item, candidates, &ask));
        is_valid(&tried).then(|| {
            let mut result = open(scheme, item, candidates, &ask);
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
    let segments = std::mem::take(&mut opened.segments);
    opened.segments = segments.into_iter().flat_map(|segment| over_parts(segment, item)).collect();
    if let Verdict::Invalid { at: Some(at), .. } = &mut opened.verdict {
        *at = item.place(*at);
    }
    for finding in &mut opened.findings {
        finding.about = finding.about.map(|about| item.place(about));
    }
    opened
}

/// The segment where it stands; what of it is in a later part of the value is a segment of its own.
fn over_parts(segment: Segment, item: &Item) -> Vec<Segment> {
    let places = item.places(segment.span);
    let later = places.iter().skip(1).map(|span| {
        let part = item.parts.iter().find(|part| part.span.start <= span.start && span.end <= part.span.end);
        let name = part.map(|part| format!("{}, in {}", segment.name, part.name));
        Segment { name: name.unwrap_or_default(), role: segment.role, span: *span, decoded: None }
    });
    let later: Vec<Segment> = later.collect();
    let first = places.first().copied().unwrap_or(item.span);
    std::iter::once(Segment { span: first, ..segment }).chain(later).collect()
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
        for (rest, why) in [
            (r#""none""#, Why::WrongAlgorithm),
            (r#""RS256""#, Why::WrongAlgorithm),
            (r#""HS999""#, Why::WrongAlgorithm),
            (r#""HS256","crit":["absent"]"#, Why::Malformed),
        ] {
            let header = BASE64URL.encode(format!("{{\"alg\":{rest}}}").as_bytes());
            let signed = format!("{header}.{}", BASE64URL.encode(b"{\"sub\":\"anna\"}"));
            let token =
                format!("{signed}.{}", BASE64URL.encode(&Digest::Sha256.tag(b"secret", signed.as_bytes())));
            let ask = Ask { secrets: vec![SecretText::new("secret", None)], ..Ask::default() };
            let report = inspect(&token, &ask);
            let opened = report.items.first().and_then(|item| item.opened.as_ref()).expect("recognised");
            assert_eq!(opened.scheme, "jws");
            let Verdict::Invalid { why: found, .. } = opened.verdict else { panic!("{rest}: {opened:?}") };
            assert_eq!(found, why, "{rest}");
        }
    }
}
