//! Laravel: what `Crypt` encrypts, and the cookies that the middleware `EncryptCookies` makes with it.
//!
//! Base64 of the JSON `{"iv":…,"value":…,"mac":…,"tag":…}`. In CBC mode `mac` is the lower-case hex of
//! HMAC-SHA256(key, iv text + value text) and `tag` is empty; in GCM mode it is the other way round. The key is used as
//! it is for both. A cookie's plaintext is hex HMAC-SHA1(key, name + `v2`) + `|` + value, so that no cookie passes for
//! another. `Crypt::encrypt` encrypts what PHP's `serialize` writes, cookies and `encryptString` the text itself.
//! Sources: `Illuminate/Encryption/Encrypter.php`, `Illuminate/Cookie/CookieValuePrefix.php`,
//! `Illuminate/Cookie/Middleware/EncryptCookies.php`.

use std::borrow::Cow;

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::kit::base64::BASE64_PADDED;
use super::kit::cipher::{Aead, TAG, cbc_decrypt, cbc_encrypt};
use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::opened::{bare, segment};
use super::kit::options;
use super::kit::verdict::{malformed, unusable, wrong_option};
use super::kit::{php_base64, random};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::{self, php_serialize};
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Fact, FactValue, Field, Opened, Options, Payload, PayloadForm, Role,
    SignError, SignaturePair, Step, Verdict,
};
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Laravel {
    about: &'static About,
    /// Whether the plaintext names its cookie.
    is_cookie: bool,
}

/// `EncryptCookies`
pub static COOKIE: Laravel = Laravel { about: &COOKIE_ABOUT, is_cookie: true };

/// `Crypt::encrypt` and `Crypt::encryptString`
pub static ENCRYPTER: Laravel = Laravel { about: &ENCRYPTER_ABOUT, is_cookie: false };

static COOKIE_ABOUT: About = About {
    id: Cow::Borrowed("laravel-cookie"),
    title: Cow::Borrowed("Laravel encrypted cookie"),
    framework: Cow::Borrowed("Laravel"),
    language: Cow::Borrowed("PHP"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("laravel_session"), Cow::Borrowed("XSRF-TOKEN")]),
    docs: Cow::Borrowed("https://laravel.com/docs/responses#cookies-and-encryption"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64(json(iv, value = AES-CBC(key, hmac-sha1(key, name v2) | text), mac = HMAC-SHA256(key, iv value)))",
    ),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json, PayloadForm::Hex]),
    example: Cow::Borrowed("4b5db1ff223295afce3a1fa1a7f65b55a377b063"),
    options: Cow::Borrowed(&[
        CIPHER,
        OptionSpec {
            name: Cow::Borrowed("serialize"),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("false"), Cow::Borrowed("true")])),
            default: Cow::Borrowed("false"),
            help: Cow::Borrowed(
                "`EncryptCookies::$serialize`: whether the text is serialized before it is encrypted.",
            ),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("laravel_version"),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "Releases before 6.18.27 and 7.22.4 do not put the name of the cookie into it.",
            ),
            when_making: true,
            when_opening: true,
        },
    ]),
};

static ENCRYPTER_ABOUT: About = About {
    id: Cow::Borrowed("laravel-encrypter"),
    title: Cow::Borrowed("Laravel encrypted value"),
    framework: Cow::Borrowed("Laravel"),
    language: Cow::Borrowed("PHP"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://laravel.com/docs/encryption"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64(json(iv, value = AES-CBC(key, serialize(payload)), mac = HMAC-SHA256(key, iv value)))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        CIPHER,
        OptionSpec {
            name: Cow::Borrowed("serialize"),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("true"), Cow::Borrowed("false")])),
            default: Cow::Borrowed("true"),
            help: Cow::Borrowed("true for `Crypt::encrypt`, false for `Crypt::encryptString`."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const CIPHER: OptionSpec = OptionSpec {
    name: Cow::Borrowed("cipher"),
    kind: OptionKind::Choice(Cow::Borrowed(&[
        Cow::Borrowed("AES-256-CBC"),
        Cow::Borrowed("AES-128-CBC"),
        Cow::Borrowed("AES-256-GCM"),
        Cow::Borrowed("AES-128-GCM"),
    ])),
    default: Cow::Borrowed("AES-256-CBC"),
    help: Cow::Borrowed("`cipher` of `config/app.php`."),
    when_making: true,
    when_opening: true,
};

/// Bytes of an initialisation vector in CBC mode, and of the nonce in GCM mode.
const CBC_IV: usize = 16;
const GCM_IV: usize = 12;
/// The first characters of Base64 of `{"iv":"`.
const BEGINNING: &str = "eyJpdiI6I";
/// What stands before the characters of an `APP_KEY` in Base64.
const KEY_PREFIX: &[u8] = b"base64:";

/// What the options say.
struct Settings {
    name: &'static str,
    key: usize,
    is_gcm: bool,
    serialize: bool,
    /// Whether a cookie's name is in its plaintext.
    prefixed: bool,
}

impl Settings {
    const CIPHERS: [(&'static str, usize, bool); 4] = [
        ("AES-256-CBC", 32, false),
        ("AES-128-CBC", 16, false),
        ("AES-256-GCM", 32, true),
        ("AES-128-GCM", 16, true),
    ];

    fn of(options: &Options, scheme: &Laravel) -> Result<Self, SignError> {
        let chosen = options::text(options, "cipher")?.unwrap_or("AES-256-CBC");
        let cipher = Self::CIPHERS.into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(chosen));
        let (name, key, is_gcm) = cipher.ok_or_else(|| {
            let names = "Laravel has AES-128-CBC, AES-256-CBC, AES-128-GCM and AES-256-GCM.";
            options::bad_option("cipher", format!("{chosen:?} is no cipher of Laravel's."), names)
        })?;
        let serialize = options::flag(options, "serialize")?.unwrap_or(!scheme.is_cookie);
        let version = options::text(options, "laravel_version")?.unwrap_or_default();
        Ok(Self { name, key, is_gcm, serialize, prefixed: scheme.is_cookie && has_prefix(version) })
    }

    const fn iv(&self) -> usize {
        if self.is_gcm { GCM_IV } else { CBC_IV }
    }
}

/// Whether that release puts a cookie's name into its plaintext: 6.18.27, 7.22.4 and later ones do.
fn has_prefix(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
    let mut next = || numbers.next().flatten();
    let Some(major) = next() else { return true };
    let rest = (next().unwrap_or_default(), next().unwrap_or_default());
    match major {
        ..6 => false,
        6 => rest >= (18, 27),
        7 => rest >= (22, 4),
        _ => true,
    }
}

impl Scheme for Laravel {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let is_usual = item.value.starts_with(BEGINNING);
        // Other orders of the members are read too, but only what begins a JSON object, and is no token in parts, is worth
        // the work.
        if !is_usual && (!item.value.starts_with("eyJ") || item.value.contains('.')) {
            return None;
        }
        Envelope::of(&item.value).ok()?;
        let name = item.name.as_deref();
        let is_known = name.is_some_and(|name| COOKIE_ABOUT.cookie_names.iter().any(|known| known == name));
        let likelihood = match (self.is_cookie, name) {
            (true, Some(_)) if is_known => 97,
            (true, Some(_)) => 93,
            (false, None) => 92,
            (true, None) => 91,
            (false, Some(_)) => 85,
        };
        let mut reasons = vec![
            "Base64 of a JSON object with `iv`, `value` and `mac`, as Laravel's Encrypter writes it.".into(),
        ];
        if let Some(name) = name.filter(|_| self.is_cookie && is_known) {
            reasons.push(format!("The name `{name}` is one of Laravel's own."));
        }
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let (envelope, json) = match Envelope::of(&item.value) {
            Ok(read) => read,
            Err(verdict) => return bare(self.about, verdict),
        };
        let whole = Span::new(0, item.value.len());
        let segments = vec![segment("Payload", Role::Payload, whole, Some(Payload::Json(json)))];
        let settings = match Settings::of(&ask.options, self) {
            Ok(settings) => settings,
            Err(error) => return Opened { segments, ..bare(self.about, unusable(&error)) },
        };
        let keys = app_keys(&ask.secrets);
        let (verdict, plain) = envelope.judged(&settings, &keys, ask, whole);
        let expected = keys.first().filter(|_| !settings.is_gcm).map(|key| envelope.mac_for(key));
        let mut steps = envelope.steps(&settings, &keys, plain.as_deref());
        let (verdict, payload) = match plain {
            None => (verdict, None),
            Some(plain) => match self.unwrapped(&plain, &settings, &keys, item.name.as_deref()) {
                Ok((payload, prefix)) => {
                    steps.splice(0..0, prefix);
                    (verdict, Some(payload))
                }
                Err(refused) => (refused, Some(Payload::of(plain))),
            },
        };
        Opened {
            title: format!("{}, {}", self.about.title, settings.name),
            encrypted: true,
            facts: envelope.facts(&settings),
            signature: (!settings.is_gcm).then(|| SignaturePair { found: envelope.mac.clone(), expected }),
            segments,
            payload,
            steps,
            ..bare(self.about, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let settings = Settings::of(&draft.options, self)?;
        let keys = app_keys(&draft.secrets);
        let key = keys.signing()?;
        if key.len() != settings.key {
            return Err(SignError {
                field: Field::Secret,
                message: key_length(&settings, key),
                hint: "Write it as Laravel does: `base64:` and then the key in Base64.".into(),
                at: None,
            });
        }
        let plain = self.plain(draft, &settings, key)?;
        let envelope = Envelope::seal(&settings, key, &plain)?;
        let json = envelope.json();
        let mut steps = envelope.steps(&settings, &keys, Some(&plain));
        steps.push(Step::new("Envelope", "json(iv, value, mac, tag)", Excerpt::text(&json), None));
        Ok(Made { value: BASE64_PADDED.encode(json.as_bytes()), steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        match &*self.about().id {
            "laravel-cookie" => vec![super::Snippet::new(
                "routes/web.php",
                "php",
                r#"use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

// config/app.php: 'key' => env('SECRET_ENV'), 'cipher' => 'OPTION_cipher'
?serialize: // app/Http/Middleware/EncryptCookies.php: protected static $serialize = true;
Route::get('/', function (Request $request) {
    $before = $request->cookie('NAME'); // null if it cannot be decrypted
    $cookie = cookie('NAME', 'user-7', minutes: 60, secure: true, httpOnly: true, sameSite: 'lax');
    return response()->json(['before' => $before])->cookie($cookie);
});"#,
            )],
            _ => vec![super::Snippet::new(
                "PHP",
                "php",
                r#"use Illuminate\Contracts\Encryption\DecryptException;
use Illuminate\Encryption\Encrypter;
use Illuminate\Support\Str;

$key = base64_decode(Str::after(getenv('SECRET_ENV'), 'base64:'));
$encrypter = new Encrypter($key, 'OPTION_cipher'); // Crypt, with the application's own key
$value = $encrypter->encrypt('user-7', OPTION_serialize);
try {
    $data = $encrypter->decrypt($value, OPTION_serialize);
} catch (DecryptException) {
    $data = null;
}"#,
            )],
        }
    }
}

impl Laravel {
    /// What is encrypted.
    fn plain(&self, draft: &Draft, settings: &Settings, key: &Secret) -> Result<Vec<u8>, SignError> {
        let mut text = payload::draft::bytes(&draft.payload)?;
        if settings.prefixed {
            let mut prefixed = name_prefix(key, &draft.cookie.name).into_bytes();
            prefixed.extend(text);
            text = prefixed;
        }
        if !settings.serialize {
            return Ok(text);
        }
        if !self.is_cookie
            && draft.payload.form == PayloadForm::Json
            && let Ok(value) = serde_json::from_slice::<Value>(&text)
        {
            return Ok(php_serialize::from_json(&value));
        }
        Ok(php_serialize::from_text(&text))
    }

    /// What the application gets of the plaintext, with the steps that lead to it.
    fn unwrapped(
        &self,
        plain: &[u8],
        settings: &Settings,
        keys: &Keys,
        name: Option<&str>,
    ) -> Result<(Payload, Option<Step>), Verdict> {
        let value = if settings.serialize {
            let value = php_serialize::read(plain).map_err(|what| {
                wrong_option(format!(
                    "The decrypted text {what}. Where it was not serialized, set `serialize` to false."
                ))
            })?;
            match value {
                php_serialize::Php::Text(text) if self.is_cookie => text,
                value => return Ok((php_serialize::payload(&value, plain.to_vec()), None)),
            }
        } else {
            plain.to_vec()
        };
        if !settings.prefixed {
            return Ok((Payload::of(value), None));
        }
        let prefix = match name {
            Some(name) => {
                let right = keys.usable.iter().map(|key| name_prefix(&key.secret, name));
                let mut found = right.filter(|prefix| begins_with(&value, prefix.as_bytes()));
                found.next().ok_or_else(|| {
                    wrong_option(format!(
                        "The key is right, but the decrypted text does not begin with the mark of a cookie named \
                         `{name}`: it was made under another name, or by a release that writes none."
                    ))
                })?
            }
            // Without a name there is nothing to compare with, but a mark has to be there.
            None => mark(&value).ok_or_else(|| {
                wrong_option(
                    "The key is right, but the decrypted text does not begin with the mark of a cookie.",
                )
            })?,
        };
        let rest = value.get(prefix.len()..).unwrap_or_default().to_vec();
        let formula = match name {
            Some(name) => format!("hex(HMAC-SHA1(key, \"{name}v2\")) |"),
            None => "hex(HMAC-SHA1(key, name v2)) |; give the cookie's name to check it".into(),
        };
        Ok((Payload::of(rest), Some(Step::new("Name prefix", formula, Excerpt::text(&prefix), None))))
    }
}

/// The 40 hex digits and the bar that a cookie's plaintext begins with, if it does.
fn mark(value: &[u8]) -> Option<String> {
    let (hash, rest) = value.split_at_checked(40)?;
    let is_mark = rest.starts_with(b"|") && hash.iter().all(u8::is_ascii_hexdigit);
    is_mark.then(|| format!("{}|", String::from_utf8_lossy(hash)))
}

fn name_prefix(key: &Secret, name: &str) -> String {
    format!("{}|", hex::encode(Digest::Sha1.tag(key.bytes(), format!("{name}v2").as_bytes())))
}

fn begins_with(value: &[u8], prefix: &[u8]) -> bool {
    value.get(..prefix.len()).is_some_and(|beginning| beginning.ct_eq(prefix).into())
}

/// The secrets as Laravel reads an `APP_KEY`: Base64 behind `base64:`, or else the characters themselves.
fn app_keys(secrets: &[SecretText]) -> Keys {
    let mut keys = Keys::of(secrets, SecretEncoding::Utf8);
    for key in &mut keys.usable {
        if let Some(base64) = key.secret.bytes().strip_prefix(KEY_PREFIX) {
            key.secret = Secret::new(php_base64::lenient(&String::from_utf8_lossy(base64)));
        }
    }
    keys
}

fn key_length(settings: &Settings, key: &Secret) -> String {
    format!("{} takes a key of {} bytes; this one has {}.", settings.name, settings.key, key.len())
}

/// The members of the JSON object.
#[derive(Debug)]
struct Envelope {
    iv: String,
    value: String,
    mac: String,
    /// Empty, or absent in older releases, where the cipher has none.
    tag: Option<String>,
}

impl Envelope {
    /// Reads the value as `getJsonPayload` does; with the JSON text.
    fn of(value: &str) -> Result<(Self, String), Verdict> {
        let whole = Span::new(0, value.len());
        let json = String::from_utf8(php_base64::lenient(value)).ok();
        let object = json.as_deref().and_then(|json| serde_json::from_str::<Value>(json).ok());
        let Some((json, object)) = json.zip(object).filter(|(_, value)| value.is_object()) else {
            return Err(malformed(
                "It is not Base64 of a JSON object, so nothing that Laravel encrypted.",
                whole,
            ));
        };
        let text = |name: &str| match object.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(malformed(format!("`{name}` in the JSON is no text."), whole)),
            None => Err(malformed(format!("There is no `{name}` in the JSON."), whole)),
        };
        let tag = match object.get("tag") {
            None | Some(Value::Null) => None,
            Some(_) => Some(text("tag")?),
        };
        let envelope = Self { iv: text("iv")?, value: text("value")?, mac: text("mac")?, tag };
        Ok((envelope, json))
    }

    fn seal(settings: &Settings, key: &Secret, plain: &[u8]) -> Result<Self, SignError> {
        let impossible =
            || options::bad_option("cipher", "The text could not be encrypted.", "Choose another cipher.");
        if settings.is_gcm {
            let iv = random::bytes::<GCM_IV>()?;
            let mut sealed = Aead::AesGcm.seal(key.bytes(), &iv, b"", plain).ok_or_else(impossible)?;
            let tag = sealed.split_off(sealed.len().saturating_sub(TAG));
            let encode = |bytes: &[u8]| BASE64_PADDED.encode(bytes);
            return Ok(Self {
                iv: encode(&iv),
                value: encode(&sealed),
                mac: String::new(),
                tag: Some(encode(&tag)),
            });
        }
        let iv = random::bytes::<CBC_IV>()?;
        let sealed = cbc_encrypt(key.bytes(), &iv, plain).ok_or_else(impossible)?;
        let (iv, value) = (BASE64_PADDED.encode(&iv), BASE64_PADDED.encode(&sealed));
        let mut envelope = Self { iv, value, mac: String::new(), tag: Some(String::new()) };
        envelope.mac = envelope.mac_for(key);
        Ok(envelope)
    }

    /// As PHP's `json_encode` writes it: Base64 and hex need no escapes.
    fn json(&self) -> String {
        let Self { iv, value, mac, tag } = self;
        let tag = tag.as_deref().unwrap_or_default();
        format!("{{\"iv\":\"{iv}\",\"value\":\"{value}\",\"mac\":\"{mac}\",\"tag\":\"{tag}\"}}")
    }

    fn signed(&self) -> Vec<u8> {
        format!("{}{}", self.iv, self.value).into_bytes()
    }

    fn mac_for(&self, key: &Secret) -> String {
        hex::encode(Digest::Sha256.tag(key.bytes(), &self.signed()))
    }

    /// The verdict, and the plaintext if a key authenticated it.
    fn judged(&self, settings: &Settings, keys: &Keys, ask: &Ask, whole: Span) -> (Verdict, Option<Vec<u8>>) {
        let fitting: Vec<&Key> = keys.usable.iter().filter(|key| key.secret.len() == settings.key).collect();
        let iv = match self.well_formed(settings, whole) {
            Ok(iv) => iv,
            Err(verdict) => return (verdict, None),
        };
        if let Some(key) = keys.first().filter(|_| fitting.is_empty()) {
            return (wrong_option(key_length(settings, key)), None);
        }
        let right =
            fitting.into_iter().find_map(|key| Some((key, self.decrypted(settings, &key.secret, &iv)?)));
        match right {
            None => (mac::judge(ask, keys, None), None),
            Some((_, None)) => {
                (wrong_option("The MAC is right, but the ciphertext is not padded as it should be."), None)
            }
            Some((key, Some(plain))) => {
                let mut verdict = mac::judge(ask, keys, Some(key));
                // The key has the length that its cipher takes: it is no weak one.
                if let Verdict::Valid { but, .. } = &mut verdict {
                    but.clear();
                }
                (verdict, Some(plain))
            }
        }
    }

    /// The initialisation vector, if the cipher that is set could have made this.
    fn well_formed(&self, settings: &Settings, whole: Span) -> Result<Vec<u8>, Verdict> {
        let Some(iv) = php_base64::strict(&self.iv) else {
            return Err(malformed("`iv` is not Base64.", whole));
        };
        let tag = self.tag.as_deref().unwrap_or_default();
        let other = if settings.is_gcm { CBC_IV } else { GCM_IV };
        if iv.len() == other {
            let mode = if settings.is_gcm { "CBC" } else { "GCM" };
            return Err(wrong_option(format!(
                "`iv` has {other} bytes, as {mode} mode wants; the cipher is set to {}.",
                settings.name
            )));
        }
        if iv.len() != settings.iv() {
            let (found, wanted) = (iv.len(), settings.iv());
            return Err(malformed(
                format!("`iv` has {found} bytes; {} takes {wanted}.", settings.name),
                whole,
            ));
        }
        if !settings.is_gcm && !tag.is_empty() {
            return Err(wrong_option(format!("There is a `tag`, which {} does not make.", settings.name)));
        }
        if settings.is_gcm && php_base64::lenient(tag).len() != TAG {
            let found = php_base64::lenient(tag).len();
            return Err(malformed(format!("`tag` has {found} bytes; a whole one has {TAG}."), whole));
        }
        Ok(iv)
    }

    /// `None` if the key is another; the plaintext, if the ciphertext can be read.
    fn decrypted(&self, settings: &Settings, key: &Secret, iv: &[u8]) -> Option<Option<Vec<u8>>> {
        let mut sealed = php_base64::lenient(&self.value);
        if settings.is_gcm {
            sealed.extend(php_base64::lenient(self.tag.as_deref().unwrap_or_default()));
            return Aead::AesGcm.open(key.bytes(), iv, b"", &sealed).map(Some);
        }
        // The hex digits are compared as text: upper-case ones are another text.
        let right: bool = self.mac_for(key).as_bytes().ct_eq(self.mac.as_bytes()).into();
        right.then(|| cbc_decrypt(key.bytes(), iv, &sealed))
    }

    fn facts(&self, settings: &Settings) -> Vec<Fact> {
        let fact = |term: &str, from: &str, text: &str| Fact {
            term: term.into(),
            from: Some(from.into()),
            value: FactValue::Text(text.into()),
        };
        let mut facts =
            vec![fact("Cipher", "cipher", settings.name), fact("Initialisation vector", "iv", &self.iv)];
        if let Some(tag) = self.tag.as_deref().filter(|tag| !tag.is_empty()) {
            facts.push(fact("Authentication tag", "tag", tag));
        }
        facts
    }

    fn steps(&self, settings: &Settings, keys: &Keys, plain: Option<&[u8]>) -> Vec<Step> {
        let mut steps: Vec<Step> = plain
            .map(|plain| Step::new("Plaintext", "", Excerpt::of(plain), Some(Role::Payload)))
            .into_iter()
            .collect();
        let value = format!("base64({}(key, iv, plaintext))", settings.name);
        steps.push(Step::new("iv", "base64(random bytes)", Excerpt::text(&self.iv), None));
        if settings.is_gcm {
            steps.extend(keys.step("Key"));
            steps.push(Step::new("value", value, Excerpt::text(&self.value), None));
            let tag = Excerpt::text(self.tag.as_deref().unwrap_or_default());
            steps.push(Step::new("tag", "base64(the tag of GCM)", tag, Some(Role::Signature)));
            return steps;
        }
        steps.push(Step::new("value", value, Excerpt::text(&self.value), None));
        let signed = self.signed();
        steps.push(Step::new("MAC input", "iv value", Excerpt::of(&signed), None));
        steps.extend(keys.steps(Digest::Sha256, "MAC input", &signed, |tag| hex::encode(tag), "hex"));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_before_the_name_prefix() {
        for (version, prefixed) in [
            ("", true),
            ("8.83.26", true),
            ("5.8.1", false),
            ("6.18.26", false),
            ("7.22.4", true),
            ("x", true),
        ] {
            assert_eq!(has_prefix(version), prefixed, "{version}");
        }
    }
}
