//! Remarks on a `Set-Cookie` line: one [`Rule`] each, in a table a group, its text beside its test for the condition.
//!
//! A rule has two examples, one line that it remarks on and one that it does not; one test runs those of every rule. A
//! correction changes attributes only: name and value stay, because the server reads them. What a rule cannot know
//! from one line (the host, other cookies, the payload) comes into [`Context`] when a rule needs it.

use crate::cookie::parse::{Attribute, AttributeName, Dropped, SetCookie};
use crate::cookie::{date, edit};
use crate::finding::{Finding, Severity, gravest_first};
use crate::span::Span;

mod kind;
mod lifetime;
mod prefix;
mod scope;
mod security;
mod syntax;

/// A remark that can be made on a line.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable, lower-case kebab.
    pub id: &'static str,
    /// Unless the check says otherwise.
    pub severity: Severity,
    /// What is so, and why it matters, where the check has no values to name.
    pub message: &'static str,
    /// What to do, where the check has nothing more exact.
    pub fix: &'static str,
    /// Where that is written.
    pub source: &'static str,
    /// The ids of rules that say the same better: not said beside one of them.
    pub unless: &'static [&'static str],
    pub check: Check,
    /// A line that the rule remarks on, at 2026-12-01 00:00:00 UTC. `{x*9}` stands for nine x.
    pub triggers: &'static str,
    /// A line that it does not remark on.
    pub does_not_trigger: &'static str,
}

/// When a rule has something to say.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// On a line that gives no cookie.
    Dropped(fn(&Dropped) -> Option<Hit>),
    /// On a line that a browser can read.
    Cookie(fn(&Context) -> Option<Hit>),
}

/// What a check can look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub line: &'a str,
    pub cookie: &'a SetCookie,
    /// Unix seconds.
    pub now: Option<i64>,
}

/// What a check found; what it leaves open is as the rule has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hit {
    about: Option<Span>,
    severity: Option<Severity>,
    message: Option<String>,
    fix: Option<String>,
    corrected: Option<String>,
}

impl Hit {
    /// About a place in the line.
    pub fn at(about: Span) -> Self {
        Self { about: Some(about), ..Self::default() }
    }

    /// With the values that matter, instead of the rule's message.
    pub fn saying(mut self, message: String) -> Self {
        self.message = Some(message);
        self
    }

    /// With more exact advice than the rule's.
    pub fn advising(mut self, fix: String) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Graver or less grave than the rule usually is.
    pub fn as_severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With the corrected line, if it can be written.
    pub fn corrected(mut self, line: impl Into<Option<String>>) -> Self {
        self.corrected = line.into();
        self
    }
}

/// Every rule, group by group.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [syntax::RULES, lifetime::RULES, scope::RULES, prefix::RULES, security::RULES].into_iter().flatten()
}

/// The remarks on `line`, the gravest first, then as they stand in the line.
pub fn findings(line: &str, cookie: &Result<SetCookie, Dropped>, now: Option<i64>) -> Vec<Finding> {
    let check = |rule: &Rule| match (rule.check, cookie) {
        (Check::Dropped(check), Err(dropped)) => check(dropped),
        (Check::Cookie(check), Ok(cookie)) => check(&Context { line, cookie, now }),
        _ => None,
    };
    let hits: Vec<(&Rule, Hit)> = all().filter_map(|rule| check(rule).map(|hit| (rule, hit))).collect();
    let is_said = |id: &&str| hits.iter().any(|(rule, _)| rule.id == *id);
    let mut findings: Vec<Finding> = hits
        .iter()
        .filter(|(rule, _)| !rule.unless.iter().any(&is_said))
        .map(|(rule, hit)| finding(rule, hit.clone(), line))
        .collect();
    findings.sort_by_cached_key(|finding| finding.about.map_or(0, |about| about.start + 1));
    gravest_first(&mut findings);
    findings
}

fn finding(rule: &Rule, hit: Hit, line: &str) -> Finding {
    Finding {
        rule: rule.id.into(),
        severity: hit.severity.unwrap_or(rule.severity),
        about: hit.about,
        message: hit.message.unwrap_or_else(|| rule.message.into()),
        fix: hit.fix.unwrap_or_else(|| rule.fix.into()),
        corrected: hit.corrected.filter(|corrected| corrected != line),
        source: rule.source.into(),
    }
}

// ------------------------------------------------------------------------------- what several groups' checks need

impl Context<'_> {
    /// A remark on the cookie's name, or on the value of a cookie without one.
    fn hit_name(&self) -> Hit {
        Hit::at(if self.cookie.name.is_empty() { self.cookie.value_span } else { self.cookie.name_span })
    }

    /// A remark that an attribute is missing: about the name, corrected by appending it.
    fn hit_missing(&self, attribute: &str) -> Hit {
        self.hit_name().corrected(edit::appended(self.line, attribute))
    }

    /// The attribute of this name that a browser goes by.
    fn last(&self, kind: AttributeName) -> Option<&Attribute> {
        self.cookie.named(kind).next_back()
    }

    /// The line with other text in the place of an attribute's value.
    fn with_value(&self, attribute: &Attribute, value: &str) -> String {
        edit::replaced(self.line, attribute.text, &format!("{}={value}", attribute.name))
    }

    /// The line with the `Expires` that is meant, as a server must write it.
    fn with_expires(&self, attribute: &Attribute, unix: i64) -> Option<String> {
        date::imf_fixdate(unix).map(|date| self.with_value(attribute, &date))
    }
}

/// Text from the line as a message quotes it, cut where it is long.
fn quoted(text: &str) -> String {
    const MOST: usize = 48;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("“{}…”", text.get(..end).unwrap_or("")),
        None => format!("“{text}”"),
    }
}

/// `a, b and c`; the first few where there are many.
fn listed(words: &[String]) -> String {
    const MOST: usize = 4;
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if words.len() <= MOST => format!("{} and {last}", first.join(", ")),
        _ => {
            let first: Vec<&str> = words.iter().take(MOST - 1).map(String::as_str).collect();
            format!("{} and {} more", first.join(", "), words.len() - first.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cookie::{corrected, review};

    const NOW: i64 = 1_796_083_200;

    /// The example with its repetitions written out.
    fn written_out(example: &str) -> String {
        let Some((before, rest)) = example.split_once("{x*") else { return example.into() };
        let (count, after) = rest.split_once('}').expect("a closed repetition");
        format!("{before}{}{after}", "x".repeat(count.parse().expect("a count")))
    }

    fn said(line: &str) -> Vec<String> {
        review(line, Some(NOW)).findings.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn the_clock_is_that_of_the_examples() {
        assert_eq!(crate::moment::utc(NOW).as_deref(), Some("2026-12-01 00:00:00 UTC"));
    }

    #[test]
    fn every_rule_keeps_to_its_examples() {
        for rule in all() {
            let (bad, good) = (written_out(rule.triggers), written_out(rule.does_not_trigger));
            assert!(
                said(&bad).iter().any(|id| id == rule.id),
                "{}: silent on {bad}: {:?}",
                rule.id,
                said(&bad)
            );
            assert!(!said(&good).iter().any(|id| id == rule.id), "{}: remarks on {good}", rule.id);
        }
    }

    #[test]
    fn a_correction_ends_its_remark_and_keeps_name_and_value() {
        for rule in all() {
            let bad = written_out(rule.triggers);
            let found = review(&bad, Some(NOW));
            let mine =
                found.findings.into_iter().find(|finding| finding.rule == rule.id).expect("it triggers");
            let Some(line) = mine.corrected else { continue };
            assert!(!said(&line).iter().any(|id| id == rule.id), "{}: still remarks on {line}", rule.id);
            let (before, after) =
                (found.cookie.expect("a cookie"), review(&line, Some(NOW)).cookie.expect("a cookie"));
            assert_eq!((before.name, before.value), (after.name, after.value), "{}", rule.id);
        }
    }

    #[test]
    fn ids_are_unique_and_name_rules() {
        let ids: Vec<&str> = all().map(|rule| rule.id).collect();
        for (i, rule) in all().enumerate() {
            assert!(!ids[..i].contains(&rule.id), "{} twice", rule.id);
            assert!(
                rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                rule.id
            );
            for other in rule.unless {
                let other =
                    all().find(|rule| rule.id == *other).unwrap_or_else(|| panic!("{other} is no rule"));
                assert!(!other.unless.contains(&rule.id), "{} and {} silence each other", rule.id, other.id);
            }
        }
    }

    #[test]
    fn good_cookies_are_left_in_peace() {
        const GOOD: &[&str] = &[
            "__Host-session=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200",
            "__Host-session=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly; SameSite=Lax",
            "__Host-session=eyJ1aWQiOjd9.Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE; Path=/; Secure; HttpOnly; SameSite=Strict",
            "__Host-sid=s%3A3LfkxO1H0zCzM2y8c4nV7xqGm9wQeR5t.Pq8YcJ0kUe2mB4x%2BF1hZ9sVdT6nLwAoKpR3iGtCvX7E; Path=/; \
             HttpOnly; Secure; SameSite=Lax; Expires=Tue, 01 Dec 2026 12:00:00 GMT; Max-Age=43200",
            "theme=dark; Path=/; Secure; SameSite=Lax; Max-Age=31536000",
            "__Host-XSRF-TOKEN=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Lax",
            "__Host-w=1; Path=/; Secure; SameSite=None; Partitioned; HttpOnly",
            "__Host-session=; Path=/; Secure; Max-Age=0",
            "sid=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/",
        ];
        for line in GOOD {
            let grave: Vec<_> = review(line, Some(NOW))
                .findings
                .into_iter()
                .filter(|f| f.severity < Severity::Info)
                .collect();
            assert!(grave.is_empty(), "{line}: {grave:#?}");
            assert!(review(line, Some(NOW)).findings.len() <= 2, "{line}: {:?}", said(line));
        }
    }

    #[test]
    fn what_a_browser_refuses_is_never_passed_in_silence() {
        const LINES: &[&str] = &[
            "a=1; SameSite=None",
            "a=1; Partitioned",
            "a=1; Domain=bücher.example",
            "__Secure-a=1",
            "__Host-a=1; Path=/",
            "__Host-a=1; Secure",
            "__Host-a=1; Secure; Path=/; Domain=example.com",
            "__Http-a=1; Secure",
            "__Host-Http-a=1; Secure; Path=/",
            "=__Host-a=1; Secure; Path=/",
            "a=\u{1}",
            "=",
        ];
        for line in LINES {
            let gravest = review(line, None).findings.first().map(|finding| finding.severity);
            assert_eq!(gravest, Some(Severity::High), "{line}");
        }
    }

    #[test]
    fn the_gravest_remark_comes_first() {
        let findings = review("sid=a b; Path=admin; Domain=.example.com;", Some(NOW)).findings;
        assert!(findings.len() > 5);
        assert!(findings.is_sorted_by_key(|finding| finding.severity));
    }

    #[test]
    fn lists_and_quotations_stay_short() {
        let words = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>();
        assert_eq!(listed(&words(1)), "0");
        assert_eq!(listed(&words(3)), "0, 1 and 2");
        assert_eq!(listed(&words(9)), "0, 1, 2 and 6 more");
        assert_eq!(quoted(&"é".repeat(50)), format!("“{}…”", "é".repeat(48)));
    }

    /// Lines made of pieces that rules look for.
    fn lines() -> impl Strategy<Value = String> {
        let names = prop::sample::select(vec![
            "sid",
            "a",
            "",
            "__Host-sid",
            "__Http-XSRF-TOKEN",
            "XSRF-TOKEN",
            "_csrf",
            "token",
            "Path",
            "__host_x",
            "role",
            "oidc_state",
            "__Secure-jwt",
            "my[x]",
        ]);
        let values = prop::sample::select(vec![
            "",
            "abc",
            "\"a",
            "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
            "100234",
            "a, b=2",
            "ann%40example.com",
            "é",
            "a b",
            "Jq3m9h0rU2v8Kx1bYtN5cQ",
            "__Host-x",
            "rO0ABXNy",
        ]);
        let attributes = prop::sample::select(vec![
            "Path=/",
            "Path=admin",
            "Path=\"/\"",
            "Path==/",
            "Path=/app/?x",
            "Path",
            "Path=/, Secure",
            "Domain=.a.example",
            "Domain=",
            "Domain=..a.b",
            "Domain=https://a.b:1/x",
            "Domain=127.0.0.1",
            "Domain=localhost",
            "Domain=a.b.",
            "Domain=*.a.b",
            "Secure",
            "Secure=false",
            "secure=1",
            "HttpOnly",
            "Http-Only",
            "httponly=no",
            "\"Secure\"",
            "HttpOnly yes",
            "SameSite=Lax",
            "SameSite=None",
            "SameSite=Strict",
            "SameSite=x",
            "SameSite",
            "Partitioned",
            "Max-Age=0",
            "Max-Age=-5",
            "Max-Age=60",
            "Max-Age=\"60\"",
            "Max-Age=1h",
            "Max-Age=86400000",
            "Max-Age=1811808123",
            "Max-Age=99999999999",
            "Max-Age=",
            "Expires=0",
            "Expires=1811808000",
            "Expires=2027-06-01T00:00:00Z",
            "Expires=Tue, 01-Jun-27 00:00:00 GMT",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "Expires=Tue, 01 Jun 2027 00:00:00 +0200",
            "Expires=next week",
            "Priority=x",
            "Version=1",
            "Foo=1",
            "",
            " ",
            "Pth=/x",
            "SameSite=Lax, b=2; x",
            "Path=/é",
        ]);
        (names, values, prop::collection::vec(attributes, 0..7)).prop_map(|(name, value, attributes)| {
            attributes
                .iter()
                .fold(format!("{name}={value}"), |line, attribute| format!("{line}; {attribute}"))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn corrections_come_to_an_end_and_keep_name_and_value(line in lines()) {
            if let Some(better) = corrected(&line, Some(NOW)) {
                prop_assert_eq!(corrected(&better, Some(NOW)), None, "{}", better);
                let (before, after) = (review(&line, Some(NOW)).cookie, review(&better, Some(NOW)).cookie);
                let pair = |cookie: Result<SetCookie, Dropped>| cookie.map(|cookie| (cookie.name, cookie.value));
                prop_assert_eq!(pair(before), pair(after));
            }
        }

        #[test]
        fn any_text_can_be_reviewed(line in any::<String>(), now in proptest::option::of(any::<i64>())) {
            check_places(&line, now)?;
        }

        #[test]
        fn any_clock_will_do(line in lines(), now in any::<i64>()) {
            check_places(&line, Some(now))?;
        }

        #[test]
        fn any_attribute_text_can_be_reviewed(
            name in "(__Host-)?(sid|XSRF-TOKEN|token|[ -~é]{0,6})",
            value in "[ -~é%]{0,24}",
            attribute in "(Expires|Max-Age|Domain|Path|SameSite|Priority|[ -~é]{0,8})",
            text in "[ -~é]{0,24}",
            now in proptest::option::of(any::<i64>()),
        ) {
            check_places(&format!("{name}={value}; {attribute}={text}"), now)?;
        }
    }

    /// Reviews and corrects `line`: each place lies in it, and no text is empty.
    fn check_places(line: &str, now: Option<i64>) -> Result<(), TestCaseError> {
        for finding in review(line, now).findings {
            if let Some(about) = finding.about {
                prop_assert!(line.get(about.start..about.end).is_some(), "{}: {about:?}", finding.rule);
            }
            prop_assert!(!finding.message.is_empty() && !finding.fix.is_empty());
        }
        corrected(line, now);
        Ok(())
    }
}
