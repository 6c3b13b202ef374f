//! What the members of a token's header and claims mean, and where that is written.
//!
//! One table a kind: a line a name, with what it means and its source. Registered names are those of IANA's registries
//! "JSON Web Token Claims" and "JSON Object Signing and Encryption"; those that only a service uses say whose they are.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::protocol::{Meaning, Role};

/// One line of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: &'static str,
    pub meaning: &'static str,
    source: &'static str,
}

/// Lines `name|meaning|source`.
#[derive(Clone, Copy, Debug)]
pub struct Table(&'static str);

impl Entry {
    /// `RFC 7519 section 4.1.1`
    pub fn source(&self) -> Cow<'static, str> {
        if self.source.contains('§') {
            self.source.replace('§', "section ").into()
        } else {
            self.source.into()
        }
    }

    fn shown(&self, part: Role, name: String) -> Meaning {
        Meaning { part, name, meaning: self.meaning.into(), source: self.source().into_owned() }
    }
}

impl Table {
    pub fn entries(self) -> impl Iterator<Item = Entry> {
        self.0.lines().filter_map(|line| {
            let (name, rest) = line.split_once('|')?;
            let (meaning, source) = rest.split_once('|')?;
            Some(Entry { name, meaning, source })
        })
    }

    pub fn find(self, name: &str) -> Option<Entry> {
        self.entries().find(|entry| entry.name == name)
    }
}

/// What is known of the members of `header` and `claims`, in the order in which they stand there. Of `typ`, `cnf`, `amr`
/// and keys in the header also what is inside: `typ: at+jwt`, `cnf.jkt`, `amr: pwd`, `jwk.kty`.
pub fn meanings(header: &Map<String, Value>, claims: Option<&Map<String, Value>>) -> Vec<Meaning> {
    let mut out = Vec::new();
    for (name, value) in header {
        named(&mut out, Role::Header, HEADERS, "", name);
        match (name.as_str(), value) {
            ("typ", Value::String(kind)) => kind_of_token(&mut out, kind),
            ("jwk" | "epk", Value::Object(key)) => {
                members(&mut out, Role::Header, KEY_MEMBERS, name, key);
            }
            _ => (),
        }
    }
    for (name, value) in claims.into_iter().flatten() {
        named(&mut out, Role::Payload, CLAIMS, "", name);
        match (name.as_str(), value) {
            ("cnf", Value::Object(proof)) => members(&mut out, Role::Payload, CONFIRMATIONS, name, proof),
            ("amr", Value::Array(ways)) => {
                for way in ways.iter().filter_map(Value::as_str).take(MAX_VALUES) {
                    named(&mut out, Role::Payload, LOGINS, "amr: ", way);
                }
            }
            _ => (),
        }
    }
    out
}

/// Values of one array that are explained.
const MAX_VALUES: usize = 32;

fn named(out: &mut Vec<Meaning>, part: Role, table: Table, before: &str, name: &str) {
    if let Some(entry) = table.find(name) {
        let name = [before, name].concat();
        if !out.iter().any(|meaning| meaning.part == part && meaning.name == name) {
            out.push(entry.shown(part, name));
        }
    }
}

fn members(out: &mut Vec<Meaning>, part: Role, table: Table, of: &str, inside: &Map<String, Value>) {
    let before = format!("{of}.");
    for name in inside.keys() {
        named(out, part, table, &before, name);
    }
}

/// `typ` is a media type, where `application/` may be left out (RFC 7515 section 4.1.9).
fn kind_of_token(out: &mut Vec<Meaning>, kind: &str) {
    if let Some(entry) = token_type(kind) {
        out.push(entry.shown(Role::Header, format!("typ: {kind}")));
    }
}

/// What a value of `typ` means.
pub fn token_type(kind: &str) -> Option<Entry> {
    let lower = kind.to_ascii_lowercase();
    let short = lower.strip_prefix("application/").unwrap_or(&lower);
    TOKEN_TYPES.entries().find(|entry| entry.name.eq_ignore_ascii_case(short))
}

/// Claims: RFC 7519 section 4 and IANA's "JSON Web Token Claims".
pub const CLAIMS: Table = Table(
    "\
iss|Who issued the token. A verifier compares it, letter by letter, with the issuer that it trusts.|RFC 7519 §4.1.1
sub|Whom the token is about: one person or thing among those that this issuer knows.|RFC 7519 §4.1.2
aud|Whom the token is meant for. A service that does not find itself here refuses it.|RFC 7519 §4.1.3
exp|When it expires: from this second on it is refused.|RFC 7519 §4.1.4
nbf|When it begins: before this second it is refused.|RFC 7519 §4.1.5
iat|When it was issued.|RFC 7519 §4.1.6
jti|The token's own id: to revoke this one token, or to refuse it the second time.|RFC 7519 §4.1.7
azp|The client that the id token was issued to.|OpenID Connect Core §2
nonce|What the client sent when the login began. It must come back unchanged.|OpenID Connect Core §2
auth_time|When the person last signed in themselves.|OpenID Connect Core §2
at_hash|The left half of a hash of the access token that came with this id token.|OpenID Connect Core §3.1.3.6
c_hash|The left half of a hash of the authorization code.|OpenID Connect Core §3.3.2.11
s_hash|The left half of a hash of the state.|FAPI 1.0 Advanced
acr|The level of the login, by a name that issuer and client agree on.|OpenID Connect Core §2
amr|How the person signed in: a list of methods.|RFC 8176 §1
sub_jwk|The public key of an identity that issues its own tokens.|OpenID Connect Core §7.4
sid|The session at the provider, by which both sides sign out.|OpenID Connect Front-Channel Logout §3
name|The full name, as it is to be shown.|OpenID Connect Core §5.1
given_name|First names.|OpenID Connect Core §5.1
family_name|Last names.|OpenID Connect Core §5.1
middle_name|Middle names.|OpenID Connect Core §5.1
nickname|What friends call the person.|OpenID Connect Core §5.1
preferred_username|The name that the person likes to be shown by. It may change, and two may have the same: no key.|OpenID Connect Core §5.1
profile|Address of the profile page.|OpenID Connect Core §5.1
picture|Address of the profile picture.|OpenID Connect Core §5.1
website|Address of the person's own page.|OpenID Connect Core §5.1
email|E-mail address. Worth something only where `email_verified` is true.|OpenID Connect Core §5.1
email_verified|Whether the issuer has seen that the address is theirs.|OpenID Connect Core §5.1
gender|Gender.|OpenID Connect Core §5.1
birthdate|Date of birth, YYYY-MM-DD. The year 0000 stands for one that is not told.|OpenID Connect Core §5.1
zoneinfo|Time zone, by its name in the tz database.|OpenID Connect Core §5.1
locale|Language, as a tag: en-GB.|OpenID Connect Core §5.1
phone_number|Phone number, best in the form of E.164.|OpenID Connect Core §5.1
phone_number_verified|Whether the issuer has seen that the number is theirs.|OpenID Connect Core §5.1
address|Postal address.|OpenID Connect Core §5.1.1
updated_at|When these details last changed.|OpenID Connect Core §5.1
_claim_names|Which claims another source has.|OpenID Connect Core §5.6.2
_claim_sources|Where those sources are.|OpenID Connect Core §5.6.2
cnf|The key that its holder has to prove. Who only has the token cannot use it.|RFC 7800 §3.1
act|Who acts for the subject; inside of it may stand who acted before.|RFC 8693 §4.1
may_act|Who may act for the subject.|RFC 8693 §4.4
scope|What it may be used for: names, separated by blanks.|RFC 8693 §4.2
client_id|The OAuth client that requested the token.|RFC 8693 §4.3
scp|What it may be used for, as some services write `scope`.|Microsoft, Okta
roles|Roles that the person has.|RFC 9068 §2.2.3.1
groups|Groups that the person is in.|RFC 9068 §2.2.3.1
entitlements|Single rights that the person has.|RFC 9068 §2.2.3.1
permissions|Rights, as some services list them.|Auth0
authorization_details|Rights in detail: objects, each of a type.|RFC 9396 §9.1
token_introspection|What the issuer answered when it was asked about a token.|RFC 9701 §5
events|What happened, each under the address of its kind.|RFC 8417 §2.2
toe|When that happened.|RFC 8417 §2.2
txn|The transaction that this and other tokens belong to.|RFC 8417 §2.2
sub_id|The subject, as an object that says what kind of name it is.|RFC 9493 §4.1
htm|The HTTP method of the request that this proof is for.|RFC 9449 §4.2
htu|The address of the request that this proof is for, without query and fragment.|RFC 9449 §4.2
ath|A hash of the access token that is sent with this proof.|RFC 9449 §4.2
vot|Vector of trust: how the person was proven and signed in, as a few letters.|RFC 8485
vtm|Where the letters of `vot` are explained.|RFC 8485
at_use_nbr|How many times the access token may be used.|ETSI GS NFV-SEC 022
vc|A verifiable credential.|W3C Verifiable Credentials 1.1 §6.3.1
vp|A verifiable presentation: credentials, as their holder shows them.|W3C Verifiable Credentials 1.1 §6.3.1
vct|The type of the credential.|SD-JWT VC (IETF draft)
status|Where to see whether it was revoked.|Token Status List (IETF draft)
status_list|The statuses of many tokens: a compressed list of bits.|Token Status List (IETF draft)
ttl|Seconds for which the status list may be kept.|Token Status List (IETF draft)
_sd|Digests of claims that the holder may disclose or withhold.|RFC 9901 §4.2.4.1
_sd_alg|The hash that made these digests; SHA-256 if absent.|RFC 9901 §4.1.1
...|The digest of an element that the holder may disclose or withhold.|RFC 9901 §4.2.4.2
sd_hash|A hash over what the holder has presented.|RFC 9901 §4.3
verified_claims|Claims, together with how they were verified.|OpenID Connect for Identity Assurance
place_of_birth|Place of birth.|OpenID Connect for Identity Assurance
nationalities|Nationalities.|OpenID Connect for Identity Assurance
birth_family_name|Last names at birth.|OpenID Connect for Identity Assurance
birth_given_name|First names at birth.|OpenID Connect for Identity Assurance
birth_middle_name|Middle names at birth.|OpenID Connect for Identity Assurance
salutation|How the person is addressed: Ms, Mr.|OpenID Connect for Identity Assurance
title|A title, such as Dr.|OpenID Connect for Identity Assurance
msisdn|Mobile phone number in the form of E.164.|OpenID Connect for Identity Assurance
also_known_as|Stage name or another name.|OpenID Connect for Identity Assurance
ace_profile|How a small device talks to the server: the profile's number.|RFC 9200 §5.10
cnonce|What a device without a clock sent, to see that the token is fresh.|RFC 9200 §5.10
exi|Seconds that it lasts from when it was first seen.|RFC 9200 §5.10.3
eat_nonce|What the asking side sent, to see that the attestation is fresh.|RFC 9711 §4.1
ueid|The id of the device, which never changes.|RFC 9711 §4.2.1
sueids|Ids of the device that change rarely.|RFC 9711 §4.2.2
oemid|Who made the hardware.|RFC 9711 §4.2.3
hwmodel|Model of the hardware.|RFC 9711 §4.2.4
hwversion|Version of the hardware.|RFC 9711 §4.2.5
swname|Name of the software.|RFC 9711 §4.2.6
swversion|Version of the software.|RFC 9711 §4.2.7
oemboot|Whether only software that the maker approved has been started.|RFC 9711 §4.2.8
dbgstat|Whether the device can be debugged.|RFC 9711 §4.2.9
location|Where the device is.|RFC 9711 §4.2.10
uptime|Seconds since the device was started.|RFC 9711 §4.2.11
bootcount|How many times it has been started.|RFC 9711 §4.2.12
bootseed|A random value, another at each start.|RFC 9711 §4.2.13
dloas|Certifications of the device: letters of approval.|RFC 9711 §4.2.14
manifests|Lists of the software that is installed.|RFC 9711 §4.2.15
measurements|Measurements of the software as it runs.|RFC 9711 §4.2.16
measres|What came of comparing measurements.|RFC 9711 §4.2.17
submods|Claims about parts of the device.|RFC 9711 §4.2.18
intuse|What the attestation is meant for.|RFC 9711 §4.3.3
eat_profile|The profile that the attestation follows.|RFC 9711 §4.3.2
orig|Who is calling.|RFC 8225 §5.2.1
dest|Who is called.|RFC 8225 §5.2.1
mky|Fingerprints of the keys that encrypt the call.|RFC 8225 §5.2.2
attest|How sure the carrier is of the caller: A, B or C.|RFC 8588 §4
origid|Where the call came from, for the carrier.|RFC 8588 §5
div|Whom the call was meant for before it was diverted.|RFC 8946 §3
opt|The token of the call before it was diverted.|RFC 8946 §6
rph|Priority of the call.|RFC 8443 §3
sph|The call's SIP priority header.|RFC 9027
rcd|Name and picture of the caller.|RFC 9795
rcdi|Hashes that protect them.|RFC 9795
crn|Why the caller calls.|RFC 9795
msgi|A hash of the message's text.|RFC 9475
jcard|A contact card.|RFC 8688
atc|Proof that someone may have a certificate for a name or number.|RFC 9447
cdniv|Version of the claims for content networks.|RFC 9246 §2.1.8
cdnicrit|Claims for content networks that must be understood.|RFC 9246 §2.1
cdniip|The address of the client that may fetch the content.|RFC 9246 §2.1
cdniuc|Which addresses may be fetched: a pattern.|RFC 9246 §2.1
cdniets|Seconds that a renewed token lasts.|RFC 9246 §2.1
cdnistt|How a renewed token is sent.|RFC 9246 §2.1
cdnistd|How much of the path a renewed token is for.|RFC 9246 §2.1
sig_val_claims|What came of validating a signature.|RFC 9321 §3.2.3
sip_from_tag|The call's From tag.|RFC 8055
sip_date|The call's date.|RFC 8055
sip_callid|The call's id.|RFC 8055
sip_cseq_num|The call's sequence number.|RFC 8055
sip_via_branch|The call's Via branch.|RFC 8055
rdap_allowed_purposes|For what the holder may ask for registration data.|RFC 9560
rdap_dnt_allowed|Whether the holder may ask without being recorded.|RFC 9560
tid|Tenant, by its id.|Microsoft
oid|The user's object, by its id: the same in all applications of the tenant.|Microsoft
upn|The user's principal name. It may change: no key.|Microsoft
ver|Version of the token's form.|Microsoft, Okta
hd|The domain of the user's organisation.|Google
realm_access|Roles in the realm.|Keycloak
resource_access|Roles in each client.|Keycloak
session_state|The session at the provider.|Keycloak
typ|What kind of token it is: Bearer, ID, Refresh. It stands among the claims here, where RFC 8725 does not look.|Keycloak
token_use|`id` or `access`: what kind of token it is.|Amazon Cognito
cid|The client, by its id.|Okta
gty|How the client got the token.|Auth0",
);

/// Header parameters: RFC 7515 section 4.1, RFC 7516 section 4.1 and IANA's registry.
pub const HEADERS: Table = Table(
    "\
alg|The algorithm. A verifier compares it with its own list and does not just obey.|RFC 7515 §4.1.1
enc|How the content is encrypted.|RFC 7516 §4.1.2
zip|How the content was compressed before it was encrypted.|RFC 7516 §4.1.3
typ|What kind of token it is.|RFC 7515 §4.1.9
cty|What kind of content is inside; `JWT` for another token.|RFC 7515 §4.1.10
kid|Which key to use: a hint.|RFC 7515 §4.1.4
jku|An address of keys. Who follows it lets the token choose its own key.|RFC 7515 §4.1.2
jwk|A public key. It proves nothing unless the verifier knows it already.|RFC 7515 §4.1.3
x5u|An address of certificates. Who follows it lets the token choose its own key.|RFC 7515 §4.1.5
x5c|A chain of certificates. It proves nothing unless it ends at one that the verifier trusts.|RFC 7515 §4.1.6
x5t|SHA-1 hash of the certificate.|RFC 7515 §4.1.7
x5t#S256|SHA-256 hash of the certificate.|RFC 7515 §4.1.8
crit|Parameters that a verifier must understand, or refuse the token.|RFC 7515 §4.1.11
b64|If false, the payload was signed as it is, without Base64url.|RFC 7797 §3
epk|The sender's public key for this one token.|RFC 7518 §4.6.1.1
apu|Who sends, mixed into the key.|RFC 7518 §4.6.1.2
apv|Who receives, mixed into the key.|RFC 7518 §4.6.1.3
iv|Initialization vector with which the content's key was encrypted.|RFC 7518 §4.7.1.1
tag|Tag of the content's encrypted key.|RFC 7518 §4.7.1.2
p2s|Salt with which the password was stretched.|RFC 7518 §4.8.1.1
p2c|How many rounds it was stretched for.|RFC 7518 §4.8.1.2
iss|The claim of that name, where it can be read without decrypting.|RFC 7519 §5.3
sub|The claim of that name, where it can be read without decrypting.|RFC 7519 §5.3
aud|The claim of that name, where it can be read without decrypting.|RFC 7519 §5.3
url|The address that the request is sent to (ACME).|RFC 8555 §6.4.1
nonce|A value that the server takes once (ACME).|RFC 8555 §6.5.2
ppt|The extension that a call's token uses.|RFC 8225 §8.1
svt|A token that says that this signature was validated.|RFC 9321
trust_chain|The statements that lead to an issuer that both trust.|OpenID Federation 1.0
iheSSId|The session of a document exchange in health care.|IHE IT Infrastructure",
);

/// Values of `typ`, without `application/`.
pub const TOKEN_TYPES: Table = Table(
    "\
JWT|A token, of no kind in particular.|RFC 7519 §5.1
at+jwt|An access token.|RFC 9068 §2.1
dpop+jwt|A proof that the sender of a request has a key.|RFC 9449 §4.2
secevent+jwt|A security event.|RFC 8417 §2.3
logout+jwt|A logout token: the provider ends a session.|OpenID Connect Back-Channel Logout §2.4
oauth-authz-req+jwt|An authorization request, signed.|RFC 9101 §4
token-introspection+jwt|What the issuer answered when it was asked about a token.|RFC 9701 §5
kb+jwt|Proof that the holder of an SD-JWT has its key.|RFC 9901 §4.3
dc+sd-jwt|A credential whose claims are disclosed one by one.|SD-JWT VC (IETF draft)
vc+sd-jwt|A credential whose claims are disclosed one by one, by its older name.|SD-JWT VC (IETF draft)
statuslist+jwt|The statuses of many tokens.|Token Status List (IETF draft)
entity-statement+jwt|What one member of a federation says about another.|OpenID Federation 1.0 §3
passport|Who calls whom: a token of a phone call.|RFC 8225 §4.1
client-authentication+jwt|A client's login at the token endpoint.|draft-ietf-oauth-rfc7523bis",
);

/// Members of `cnf`: RFC 7800 section 3 and IANA's "JWT Confirmation Methods".
pub const CONFIRMATIONS: Table = Table(
    "\
jwk|The holder's public key.|RFC 7800 §3.2
jwe|The key that issuer, holder and recipient share, encrypted for the recipient.|RFC 7800 §3.3
kid|The id of a key that the recipient knows.|RFC 7800 §3.4
jku|An address of keys, of which `kid` names one.|RFC 7800 §3.5
x5t#S256|SHA-256 hash of the certificate that the holder's connection has to use.|RFC 8705 §3.1
jkt|Thumbprint of the key that has to sign the DPoP proof.|RFC 9449 §6.1
osc|Parameters of OSCORE, which protects the messages of small devices.|RFC 9203 §3.2.1",
);

/// Values of `amr`: RFC 8176 section 2.
pub const LOGINS: Table = Table(
    "\
face|Face, recognised.|RFC 8176 §2
fpt|Fingerprint.|RFC 8176 §2
geo|Where the person or device is.|RFC 8176 §2
hwk|A key that hardware holds.|RFC 8176 §2
iris|Iris, scanned.|RFC 8176 §2
kba|Answers that only the person should know.|RFC 8176 §2
mca|Over several channels.|RFC 8176 §2
mfa|With several factors.|RFC 8176 §2
otp|A code for one use.|RFC 8176 §2
pin|A PIN, or a pattern.|RFC 8176 §2
pop|Proof of having a key.|RFC 8176 §2
pwd|A password.|RFC 8176 §2
rba|Judged by risk.|RFC 8176 §2
retina|Retina, scanned.|RFC 8176 §2
sc|A smart card.|RFC 8176 §2
sms|A text message to a known number.|RFC 8176 §2
swk|A key that software holds.|RFC 8176 §2
tel|A phone call to a known number.|RFC 8176 §2
user|The person was there: a button or a touch.|RFC 8176 §2
vbm|Voice.|RFC 8176 §2
wia|Windows' own login.|RFC 8176 §2",
);

/// Members of a JWK: RFC 7517 section 4, RFC 7518 section 6 and IANA's registry.
pub const KEY_MEMBERS: Table = Table(
    "\
kty|Type of the key: EC, RSA, oct, OKP or AKP.|RFC 7517 §4.1
use|What it is for: `sig` or `enc`.|RFC 7517 §4.2
key_ops|What may be done with it.|RFC 7517 §4.3
alg|The one algorithm that it is for.|RFC 7517 §4.4
kid|Its id.|RFC 7517 §4.5
x5u|Address of its certificates.|RFC 7517 §4.6
x5c|Its certificates.|RFC 7517 §4.7
x5t|SHA-1 hash of its certificate.|RFC 7517 §4.8
x5t#S256|SHA-256 hash of its certificate.|RFC 7517 §4.9
crv|The curve.|RFC 7518 §6.2.1.1
x|The public point, or its first coordinate.|RFC 7518 §6.2.1.2
y|The second coordinate of the public point.|RFC 7518 §6.2.1.3
n|The modulus.|RFC 7518 §6.3.1.1
e|The public exponent.|RFC 7518 §6.3.1.2
d|The private key, or an RSA key's private exponent. Secret.|RFC 7518 §6.2.2.1
p|The first prime. Secret.|RFC 7518 §6.3.2.2
q|The second prime. Secret.|RFC 7518 §6.3.2.3
dp|A number that makes computing faster. Secret.|RFC 7518 §6.3.2.4
dq|A number that makes computing faster. Secret.|RFC 7518 §6.3.2.5
qi|A number that makes computing faster. Secret.|RFC 7518 §6.3.2.6
oth|The primes beyond two. Secret.|RFC 7518 §6.3.2.7
k|The shared secret itself.|RFC 7518 §6.4.1
pub|The public key (ML-DSA).|IANA, JSON Web Key Parameters
priv|The private key, as its seed (ML-DSA). Secret.|IANA, JSON Web Key Parameters
ext|Whether a browser may give the key out again.|Web Cryptography API
iat|When the key was issued.|OpenID Federation 1.0 §8.7
nbf|From when on it is used.|OpenID Federation 1.0 §8.7
exp|When it expires.|OpenID Federation 1.0 §8.7
revoked|When it was revoked, and why.|OpenID Federation 1.0 §8.7",
);

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Table; 6] = [CLAIMS, HEADERS, TOKEN_TYPES, CONFIRMATIONS, LOGINS, KEY_MEMBERS];

    #[test]
    fn every_line_has_three_fields_and_no_name_stands_twice() {
        for table in ALL {
            let mut names = Vec::new();
            for line in table.0.lines() {
                let fields: Vec<&str> = line.split('|').collect();
                assert_eq!(fields.len(), 3, "{line}");
                assert!(fields.iter().all(|field| !field.is_empty() && field.trim() == *field), "{line}");
                assert!(fields[1].ends_with('.') && !fields[1].contains("(from memory)"), "{line}");
                assert!(!names.contains(&fields[0]), "{line}");
                names.push(fields[0]);
            }
            assert_eq!(table.entries().count(), names.len());
        }
    }

    #[test]
    fn what_is_known_of_a_token_is_said_in_its_order_and_once() {
        let header = serde_json::from_str(
            r#"{"typ":"application/AT+JWT","alg":"ES256","x-own":1,"jwk":{"kty":"EC","odd":1}}"#,
        );
        let claims = serde_json::from_str(
            r#"{"sub":"1","theme":"dark","cnf":{"jkt":"a","foo":1},"amr":["pwd","pwd",7,"none"],"typ":"Bearer"}"#,
        );
        let meanings = meanings(&header.expect("a header"), Some(&claims.expect("claims")));
        let names: Vec<(Role, &str)> = meanings.iter().map(|m| (m.part, m.name.as_str())).collect();
        let (header, payload) = (Role::Header, Role::Payload);
        let expected = [
            (header, "typ"),
            (header, "typ: application/AT+JWT"),
            (header, "alg"),
            (header, "jwk"),
            (header, "jwk.kty"),
            (payload, "sub"),
            (payload, "cnf"),
            (payload, "cnf.jkt"),
            (payload, "amr"),
            (payload, "amr: pwd"),
            (payload, "typ"),
        ];
        assert_eq!(names, expected);
        assert_eq!(meanings[5].source, "RFC 7519 section 4.1.2");
    }

    #[test]
    fn lookups_are_by_the_exact_name() {
        assert!(CLAIMS.find("exp").is_some_and(|entry| entry.meaning.contains("expires")));
        assert_eq!(CLAIMS.find("EXP"), None);
        assert_eq!(CLAIMS.find(""), None);
        assert_eq!(token_type("jwt").map(|entry| entry.name), Some("JWT"));
        assert_eq!(token_type("application/"), None);
    }
}
