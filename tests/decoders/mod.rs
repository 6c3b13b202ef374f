//! Everything that reads what anybody may have written, as one list: the tests of properties and bounds, and the fuzz
//! targets (`fuzz/`), go through it.

use std::borrow::Cow;

use keyjar::intake::{self, Item};
use keyjar::jose::key::jwk::Half;
use keyjar::jose::key::{Jwk, jwk, pem};
use keyjar::jose::rules::{self, Subject};
use keyjar::jose::{claims, jws, raw};
use keyjar::payload::{
    self, draft, etf, flask_json, gob, javascript, json, json_style, marshal, member, messagepack,
    php_serialize, pickle, python_json,
};
use keyjar::protocol::{Ask, Numbered, Options, Payload, PayloadDraft, PayloadForm, Request};
use keyjar::scheme::kit::base64::{BASE64, BASE64_PADDED, BASE64URL, BASE64URL_PADDED};
use keyjar::scheme::kit::{
    base62, cookie_signature, django, fernet, inflate, iron, itsdangerous, jwe, php_base64, php_query,
    plug_crypto, python_base64, rails_encryptor, rails_message, rails_verifier, ruby_value,
};
use keyjar::secret::{Secret, SecretEncoding, SecretText};
use keyjar::span::Span;
use keyjar::{cookie, inspect, protocol, scheme};

/// A decoder's name, and a run of it.
pub type Decoder = (&'static str, fn(&[u8]));

/// Every decoder; those of `src/payload/` have the names of their files.
pub const DECODERS: &[Decoder] = &[
    // What stands in a payload.
    ("draft", |bytes| {
        for form in [PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex] {
            let _ = draft::bytes(&PayloadDraft { form, text: text(bytes).into() });
        }
    }),
    ("etf", |bytes| drop(etf::read(bytes).map(|term| etf::payload(&term, bytes.to_vec())))),
    ("flask_json", |bytes| {
        let text = text(bytes);
        let _ = json_style::read(&text).map(flask_json::tagged);
        let _ = flask_json::payload(text.into());
    }),
    ("gob", |bytes| drop(gob::payload(bytes))),
    ("javascript", |bytes| {
        let text = text(bytes);
        let _ = (javascript::stringify(&text), javascript::members(&text), javascript::typed(&text));
        let _ = (javascript::payload(text.clone().into()), javascript::is_falsy(&text));
    }),
    ("json", |bytes| {
        let text = text(bytes);
        let _ = (json::tokens(&text), json::lines(&text, json::Outermost::Spread), payload::is_json(&text));
    }),
    ("json_style", |bytes| {
        let text = text(bytes);
        let _ = (json_style::read(&text).map(|node| node.written(&json_style::GO)), json_style::float(&text));
    }),
    ("marshal", |bytes| drop(marshal::read(bytes).map(|(tree, id)| tree.payload(id, "", bytes.to_vec())))),
    ("member", |bytes| {
        let text = text(bytes);
        let _ = (member::set(&text, "a", "1"), member::complete(&text, &[("a", "1".into())]));
        let _ = (member::without(&text, "a"), member::tidy(&text));
    }),
    ("messagepack", |bytes| {
        let _ = messagepack::read(bytes).map(|(tree, id)| tree.payload(id, "", bytes.to_vec()));
    }),
    ("php_serialize", |bytes| {
        let _ = php_serialize::read(bytes).map(|php| php_serialize::payload(&php, bytes.to_vec()));
    }),
    ("pickle", |bytes| {
        drop(pickle::Pickle::read(bytes).map(|pickle| (pickle.payload(), pickle.finding(None))))
    }),
    ("python_json", |bytes| {
        let text = text(bytes);
        let _ = (python_json::loads(&text), python_json::dumps(&text, python_json::DEFAULT));
        let _ = python_json::members(&text, python_json::COMPACT_SORTED);
    }),
    // What values are built of.
    ("base64", |bytes| {
        let text = text(bytes);
        for alphabet in [&BASE64, &BASE64_PADDED, &BASE64URL, &BASE64URL_PADDED] {
            let _ = (alphabet.decode(&text), alphabet.decode_canonical(&text));
        }
        let _ = (php_base64::lenient(&text), php_base64::strict(&text), cookie_signature::atob(&text));
        let _ = (python_base64::decode(bytes), python_base64::decode_urlsafe(bytes));
        let _ = (base62::decode(&text), base62::leading(&text), base62::odd_character(&text));
        let _ = (python_base64::decode_unpadded(bytes), ruby_value::decode64(&text, true));
    }),
    ("fernet", |bytes| drop(fernet::Token::read(&text(bytes)))),
    ("inflate", |bytes| drop((inflate::zlib(bytes), inflate::deflate(bytes)))),
    ("iron", |bytes| {
        let text = text(bytes);
        let _ = (iron::Seal::cut(&text).is_ok(), iron::segments(&text, None));
    }),
    ("jwe", |bytes| {
        let text = text(bytes);
        let _ = (
            jwe::Jwe::read(&text).map(|jwe| jwe.steps(&Secret::new(vec![7; 32]), None)),
            jwe::segments(&text, None),
        );
    }),
    ("jwk", |bytes| {
        let _ = jwk::read_all(&text(bytes)).map(|keys| keys.iter().flatten().for_each(write));
    }),
    ("jws", |bytes| {
        let text = text(bytes);
        let parts = jws::cut(&text);
        let _ = jws::header(&text, &parts).map(|header| {
            let _ = (
                jws::alg(&header, parts.header).is_ok(),
                jws::encodes_payload(&header, parts.header).is_ok(),
            );
            jws::check_crit(&header, parts.header, |_| false).is_ok()
        });
        let _ = claims::of(&Payload::of(bytes.to_vec()))
            .map(|claims| (claims::facts(&claims, Some(0)), claims::caveats(&claims, 0)));
    }),
    ("pem", |bytes| {
        let text = text(bytes);
        let _ = pem::read(&text).map(|keys| keys.iter().for_each(write));
        // What stands between the lines is reached by few texts.
        let base64 = BASE64_PADDED.encode(bytes);
        for label in ["PUBLIC KEY", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"] {
            let block = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----");
            let _ = pem::read(&block).map(|keys| keys.iter().for_each(write));
        }
    }),
    ("php_query", |bytes| drop(php_query::build(&php_query::parse(&text(bytes))))),
    ("plug_crypto", |bytes| drop(plug_crypto::form(&text(bytes)))),
    ("rails", |bytes| {
        let text = text(bytes);
        let _ = (rails_encryptor::form(&text), rails_verifier::form(&text));
        let _ = rails_message::read(bytes).map(|message| (message.facts(Some(0)), message.findings("")));
    }),
    ("ruby_value", |bytes| drop(ruby_value::read(bytes))),
    ("timestamps", |bytes| {
        let text = text(bytes);
        let _ =
            (django::read_timestamp(&text), itsdangerous::read_timestamp(&text), itsdangerous::decode(&text));
        let _ = cookie::date::parse(&text);
    }),
    ("token_rules", |bytes| {
        let text = text(bytes);
        let _ = raw::read(&text);
        // As they stand, and where parts of a token are: few texts decode to such.
        let part = BASE64URL.encode(bytes);
        for token in [text.into_owned(), format!("{part}.{part}.{part}"), format!("{part}.{part}.AA~{part}~")]
        {
            let input = rules::Input {
                pasted: &token,
                token: &token,
                options: &Options::new(),
                now: Some(0),
                keys: &[],
                secrets: &[],
                verdict: None,
                plaintext: Some(bytes),
            };
            let _ = (rules::review(&Subject::of(&input)), rules::review(&Subject::of_keys(&input)));
        }
    }),
    // The doors.
    ("cookie", |bytes| {
        let text = text(bytes);
        let _ = (cookie::review(&text, Some(0)), cookie::corrected(&text, Some(0)));
    }),
    ("intake", |bytes| {
        let items = intake::find(&text(bytes)).unwrap_or_default();
        for item in items.iter().filter_map(Item::percent_decoded) {
            let _ = item.place(Span::new(0, item.value.len()));
        }
    }),
    ("schemes", |bytes| {
        let text = text(bytes);
        let ask = Ask { secrets: secrets(), now: Some(0), ..Ask::default() };
        for scheme in scheme::ALL {
            let item = Item::bare(Some("session"), &text);
            let _ = (scheme.detect(&item), scheme.open(&item, &ask));
        }
    }),
    ("inspect", |bytes| {
        let text = text(bytes);
        let _ = inspect::inspect(&text, &Ask::default());
        let _ = inspect::inspect(&text, &Ask { secrets: secrets(), now: Some(0), ..Ask::default() });
    }),
    ("secret", |bytes| {
        for encoding in SecretEncoding::TEXTUAL.into_iter().chain([SecretEncoding::Jwk]) {
            let _ = Secret::read(&text(bytes), encoding);
        }
    }),
    ("message", |bytes| drop(protocol::from_bytes::<Numbered<Request>>(bytes))),
];

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Whatever was read can be written in every form.
fn write(key: &Jwk) {
    let _ = (key.report(Some(0)), jwk::write_set(&[key], Half::Whole));
}

fn secrets() -> Vec<SecretText> {
    vec![SecretText::new("keyboard cat", None)]
}
