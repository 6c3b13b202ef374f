//! What the library says that a browser stores, against what browsers stored.
//!
//! `cookies/stored.json` holds `Set-Cookie` lines that a server sent to Chromium 156 and Firefox 153 on
//! `https://app.example.test/account/login`, with an empty cookie store before each, and what was in the store after
//! it. It has the lines on which both agree, and that need no more than one line to be judged.

use keyjar::cookie::parse::Expiry;
use keyjar::cookie::store::refusal;
use keyjar::cookie::{SetCookie, parse, review};
use keyjar::finding::Severity;
use keyjar::protocol::SameSite;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    line: String,
    /// Unix seconds when the response left.
    at: i64,
    /// The cookie in the store; none if it was dropped, or deleted at once.
    stored: Option<Stored>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    name: String,
    value: String,
    domain: String,
    host_only: bool,
    path: String,
    secure: bool,
    http_only: bool,
    same_site: Option<String>,
    partitioned: bool,
    /// Unix seconds.
    expires: Option<i64>,
}

/// Lines on which Chromium and Firefox agree with each other and not with RFC 6265bis, which the library follows: a tab,
/// a value that starts with an equals sign, letters behind the day or year, years outside 1601 to 9999, and a second
/// `Expires` or `Max-Age` that is no date or number.
const OTHERWISE: &[&str] = &[
    "control-038",
    "nameless-011",
    "nameless-013",
    "expires-045",
    "expires-095",
    "expires-110",
    "expires-123",
    "age-cap-010",
    "mutation-101",
    "mutation-174",
];

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("cookies/stored.json")).expect("the cases can be read")
}

fn predicted(case: &Case) -> Option<Stored> {
    let SetCookie { name, value, domain, path, secure, http_only, same_site, partitioned, .. } =
        parse(&case.line).ok().filter(|cookie| refusal(cookie).is_none())?;
    let expires = match parse(&case.line).ok()?.expiry(Some(case.at)) {
        Expiry::Deleted => return None,
        Expiry::At(unix) => Some(unix),
        Expiry::Session | Expiry::After(_) => None,
    };
    let same_site = same_site.map(|same_site| match same_site {
        SameSite::Strict => "Strict".into(),
        SameSite::Lax => "Lax".into(),
        SameSite::None => "None".into(),
    });
    Some(Stored {
        name,
        value,
        host_only: domain.is_none(),
        domain: domain.unwrap_or_else(|| "app.example.test".into()),
        path: path.unwrap_or_else(|| "/account".into()),
        secure,
        http_only,
        same_site,
        partitioned,
        expires,
    })
}

#[test]
fn browsers_store_what_is_predicted() {
    let cases = cases();
    let mut otherwise = Vec::new();
    for case in &cases {
        let mut predicted = predicted(case);
        // The clocks of the server and the browser are up to three seconds apart.
        if let (Some(Stored { expires: Some(predicted), .. }), Some(Stored { expires: Some(seen), .. })) =
            (&mut predicted, &case.stored)
            && predicted.abs_diff(*seen) <= 3
        {
            *predicted = *seen;
        }
        if predicted != case.stored {
            otherwise.push(case.id.as_str());
            println!("{} {:?}\n  predicted {predicted:?}\n  stored    {:?}", case.id, case.line, case.stored);
        }
    }
    assert!(cases.len() > 400);
    assert_eq!(otherwise, OTHERWISE);
}

#[test]
fn a_line_that_browsers_refuse_is_gravely_remarked_on() {
    for case in cases().into_iter().filter(|case| case.stored.is_none()) {
        let review = review(&case.line, Some(case.at));
        let is_deletion = review.cookie.is_ok_and(|cookie| cookie.is_deletion(Some(case.at)));
        let gravest = review.findings.first().map(|finding| finding.severity);
        let is_known = OTHERWISE.contains(&case.id.as_str()) && gravest.is_some();
        assert!(is_deletion || is_known || gravest == Some(Severity::High), "{} {:?}", case.id, case.line);
    }
}
