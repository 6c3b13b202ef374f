//! Symfony: signed URIs (`UriSigner`).
//!
//! PHP parses the query, sorts its names and writes it again; the hash is the standard Base64 of HMAC-SHA256(secret, the
//! whole URI so written), and stands in the parameter `_hash` among the others. Newer releases write it in Base64url
//! without padding and read both; they can add `_expiration`, which is signed like any parameter. Source:
//! `HttpKernel/UriSigner.php`, since 6.4 `HttpFoundation/UriSigner.php`.

use std::borrow::Cow;

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{bare, segment};
use super::kit::options;
use super::kit::php_base64;
use super::kit::php_query::{self, Variable, Variables};
use super::kit::verdict::{doubt, malformed, unusable, wrong_option};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::moment;
use crate::protocol::{
    Ask, Candidate, CaveatKind, Draft, Excerpt, Fact, Field, Opened, Options, Payload, PayloadForm, Role,
    Segment, SignError, SignaturePair, Step,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct SymfonyUriSigner;

static ABOUT: About = About {
    id: Cow::Borrowed("symfony-uri-signer"),
    title: Cow::Borrowed("Symfony signed URI"),
    framework: Cow::Borrowed("Symfony"),
    language: Cow::Borrowed("PHP"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://symfony.com/doc/current/routing.html#signing-uris"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("URI with _hash = base64(HMAC-SHA256(secret, URI with sorted query))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text]),
    example: Cow::Borrowed("https://example.com/reset?user=7"),
    options: Cow::Borrowed(&[OptionSpec {
        name: Cow::Borrowed("parameter"),
        kind: OptionKind::Text,
        default: Cow::Borrowed(PARAMETER),
        help: Cow::Borrowed("The name of the parameter that holds the hash."),
        when_making: true,
        when_opening: true,
    }]),
};

const PARAMETER: &str = "_hash";
const EXPIRATION: &[u8] = b"_expiration";
const DIGEST: Digest = Digest::Sha256;

/// A URI cut around its query.
struct Uri<'a> {
    base: &'a str,
    query: &'a str,
    /// With its `#`.
    fragment: &'a str,
}

impl<'a> Uri<'a> {
    fn of(text: &'a str) -> Self {
        let (rest, fragment) =
            text.split_at_checked(text.find('#').unwrap_or(text.len())).unwrap_or((text, ""));
        let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
        Self { base, query, fragment }
    }

    /// `buildUrl`
    fn with(&self, mut variables: Variables) -> String {
        variables.sort_by(|(one, _), (other, _)| one.cmp(other));
        let query = php_query::build(&variables);
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}{}", self.base, self.fragment)
    }

    /// The parameters without that of the hash, and the hash.
    fn parts(&self, parameter: &str) -> (Variables, Option<String>) {
        let mut variables = php_query::parse(self.query);
        let place = variables.iter().position(|(name, _)| name == parameter.as_bytes());
        let hash = match place.map(|place| variables.remove(place).1) {
            Some(Variable::Text(hash)) if !hash.is_empty() => String::from_utf8(hash).ok(),
            _ => None,
        };
        (variables, hash)
    }
}

impl Scheme for SymfonyUriSigner {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let uri = Uri::of(&item.value);
        let is_uri = uri.base.contains("://") || uri.base.starts_with('/');
        let is_tag = |text: &str| tag(text).is_some_and(|tag| tag.len() == DIGEST.size());
        let (likelihood, reason) = if uri.query.contains(PARAMETER) {
            let is_signed = uri.parts(PARAMETER).1.is_some_and(|hash| is_tag(&hash));
            let likelihood = if is_uri { 95 } else { 50 };
            is_signed.then_some((likelihood, "A URI whose parameter `_hash` is a SHA-256 tag in Base64."))?
        } else {
            let has_tag = |(_, value): (_, Variable)| matches!(value, Variable::Text(text) if std::str::from_utf8(&text).is_ok_and(is_tag));
            let is_signed = is_uri && php_query::parse(uri.query).into_iter().any(has_tag);
            is_signed.then_some((
                40,
                "A URI with a parameter that could be a SHA-256 tag in Base64; Symfony calls it `_hash` unless told otherwise.",
            ))?
        };
        let reasons = vec![reason.to_owned()];
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let parameter = match parameter(&ask.options) {
            Ok(parameter) => parameter,
            Err(error) => return bare(&ABOUT, unusable(&error)),
        };
        let uri = Uri::of(&item.value);
        let (variables, hash) = uri.parts(parameter);
        let Some(hash) = hash else {
            let verdict = if parameter != PARAMETER && uri.parts(PARAMETER).1.is_some() {
                wrong_option(format!(
                    "There is a parameter `{PARAMETER}`, but none of the name {parameter:?}."
                ))
            } else {
                let at = Span::new(item.value.len(), item.value.len());
                malformed(format!("There is no parameter {parameter:?} in it, and so no signature."), at)
            };
            return bare(&ABOUT, verdict);
        };
        let expires = variables.iter().find_map(|(name, value)| match value {
            Variable::Text(text) if name == EXPIRATION => std::str::from_utf8(text).ok()?.parse::<i64>().ok(),
            _ => None,
        });
        let signed = uri.with(variables);
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let mut verdict = mac::verdict(ask, &keys, DIGEST, signed.as_bytes(), tag(&hash).as_deref());
        if let Some((now, expires)) = ask.now.zip(expires).filter(|(now, expires)| now >= expires) {
            let message = format!("It expired {}. Symfony refuses it.", moment::distance(expires, now));
            doubt(&mut verdict, CaveatKind::Expired, message);
        }
        let expected =
            keys.first().map(|key| BASE64_PADDED.encode(&DIGEST.tag(key.bytes(), signed.as_bytes())));
        let fact = |expires| Fact {
            term: "Expires".into(),
            from: Some("_expiration".into()),
            value: moment::fact(expires, ask.now),
        };
        Opened {
            findings: mac::remarks(&verdict, &keys, DIGEST),
            segments: segments(&item.value, &uri, parameter),
            facts: expires.map(fact).into_iter().collect(),
            steps: steps(&signed, &keys),
            payload: Some(Payload::Text(signed)),
            signature: Some(SignaturePair { found: hash, expected }),
            ..bare(&ABOUT, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let parameter = parameter(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let uri = Uri::of(&draft.payload.text);
        let mut variables = php_query::parse(uri.query);
        if variables.iter().any(|(name, _)| name == parameter.as_bytes()) {
            return Err(SignError {
                field: Field::Payload,
                message: format!("The URI has a parameter {parameter:?} already."),
                hint: "Take it out; it is added with the hash.".into(),
                at: None,
            });
        }
        let signed = uri.with(variables.clone());
        let hash = BASE64_PADDED.encode(&DIGEST.tag(key.bytes(), signed.as_bytes()));
        variables.push((parameter.as_bytes().to_vec(), Variable::Text(hash.clone().into_bytes())));
        let value = uri.with(variables);
        // PHP changes some names when it reads them; what is signed has to come back.
        let (again, found) = Uri::of(&value).parts(parameter);
        if found.as_deref() != Some(hash.as_str()) || uri.with(again) != signed {
            let message = format!("PHP does not read a parameter {parameter:?} back as it was written.");
            return Err(options::bad_option("parameter", message, "Take letters, digits and `_`."));
        }
        Ok(Made { value, steps: steps(&signed, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "PHP",
            "php",
            r#"use Symfony\Component\HttpFoundation\UriSigner;

$signer = new UriSigner($_ENV['SECRET_ENV'], 'OPTION_parameter');
$uri = $signer->sign('https://example.com/reset?user=7');

if (!$signer->check($uri)) {
    throw new RuntimeException('The link was changed.');
}"#,
        )]
    }
}

fn parameter(options: &Options) -> Result<&str, SignError> {
    Ok(options::text(options, "parameter")?.unwrap_or(PARAMETER))
}

/// The tag that the hash spells, in either alphabet.
fn tag(hash: &str) -> Option<Vec<u8>> {
    let standard = hash.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = php_base64::strict(&standard)?;
    // Symfony compares the text, so only the one canonical spelling counts.
    (BASE64_PADDED.encode(&bytes).trim_end_matches('=') == standard).then_some(bytes)
}

/// The hash's pair, and what stands around it.
fn segments(value: &str, uri: &Uri, parameter: &str) -> Vec<Segment> {
    let mut at = uri.base.len() + 1;
    let mut pair = None;
    for piece in uri.query.split('&') {
        let name = piece.split('=').next().unwrap_or_default();
        if php_query::decoded(name) == parameter.as_bytes() {
            pair = Some(Span::new(at, at + piece.len()));
        }
        at += piece.len() + 1;
    }
    let Some(pair) = pair else { return Vec::new() };
    let mut segments = vec![
        segment("URI", Role::Payload, Span::new(0, pair.start), None),
        segment("Hash", Role::Signature, pair, None),
    ];
    if pair.end < value.len() {
        segments.push(segment("Rest of the URI", Role::Payload, Span::new(pair.end, value.len()), None));
    }
    segments
}

fn steps(signed: &str, keys: &Keys) -> Vec<Step> {
    let formula = "the URI without the hash, its query sorted and written by http_build_query";
    let mut steps = vec![Step::new("URI", formula, Excerpt::text(signed), Some(Role::Payload))];
    steps.extend(keys.steps(DIGEST, "URI", signed.as_bytes(), |tag| BASE64_PADDED.encode(tag), "base64"));
    steps
}
