//! Values that are known and cannot be verified here: random session ids, values whose keys a server makes for itself,
//! cookies that are no session at all. They are named and explained, and never called broken.

use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::protocol::Known;
use crate::scheme::kit::base64::{BASE64_PADDED, BASE64URL};

/// One kind of such values.
struct Kind {
    id: &'static str,
    title: &'static str,
    /// The names under which it is set; `*` at the end stands for anything.
    names: &'static [&'static str],
    /// What its value looks like.
    form: fn(&str) -> bool,
    /// Whether the form alone tells, without a name.
    by_form: bool,
    /// What it is, and why it cannot be verified here.
    text: &'static str,
    /// What more this very value says.
    more: fn(&str) -> Option<String>,
    source: &'static str,
}

/// Tells nothing more.
const NOTHING: fn(&str) -> Option<String> = |_| None;

/// Of any form, as long as there is something.
const ANY: fn(&str) -> bool = |value| !value.is_empty();

static KINDS: &[Kind] = &[
    Kind {
        id: "aspnet-core-data-protection",
        title: "ASP.NET Core Data Protection",
        names: &[".AspNetCore.*", ".AspNet.*"],
        form: |value| data_protection(value).is_some(),
        by_form: true,
        text: "ASP.NET Core encrypted and signed it. The keys are in the key ring of the server, which makes and replaces \
               them by itself, and each use has a purpose that the value does not show; so there is no secret that could \
               be pasted here.",
        more: |value| Some(format!("The key's id is `{}`.", key_id(&data_protection(value)?)?)),
        source: "https://learn.microsoft.com/aspnet/core/security/data-protection/implementation/authenticated-encryption-details",
    },
    Kind {
        id: "aspnet-forms-authentication",
        title: "ASP.NET forms authentication ticket",
        names: &[".ASPXAUTH", ".ASPXROLES", ".ASPXANONYMOUS"],
        form: ANY,
        by_form: false,
        text: "ASP.NET encrypted and signed it with keys that come from `decryptionKey` and `validationKey` of the \
               `machineKey` in web.config. Unless those are set, the server makes them itself. Keyjar cannot check it.",
        more: NOTHING,
        source: "https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/w8h3skw9(v=vs.100)",
    },
    Kind {
        id: "aspnet-viewstate",
        title: "ASP.NET view state",
        names: &["__VIEWSTATE*"],
        form: is_view_state,
        by_form: true,
        text: "The state of a page's controls, as ASP.NET's ObjectStateFormatter writes it. At its end stands a MAC whose \
               key comes from `validationKey` of the `machineKey` in web.config and, since .NET 4.5, from the page. Keyjar \
               cannot check it.",
        more: NOTHING,
        source: "https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/w8h3skw9(v=vs.100)",
    },
    Kind {
        id: "aspnet-session-id",
        title: "ASP.NET session id",
        names: &["ASP.NET_SessionId"],
        form: |value| value.len() == 24 && is_of(value, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'5')),
        by_form: false,
        text: "A random number in 24 characters. The session itself is on the server; nothing in the value is signed.",
        more: NOTHING,
        source: "https://learn.microsoft.com/dotnet/api/system.web.sessionstate.sessionidmanager",
    },
    Kind {
        id: "asp-session-id",
        title: "Classic ASP session id",
        names: &["ASPSESSIONID*"],
        form: |value| is_of(value, |byte| byte.is_ascii_uppercase()),
        by_form: false,
        text: "An id that IIS chose. The session itself is in the server's memory; Keyjar cannot check the value.",
        more: NOTHING,
        source: "https://learn.microsoft.com/previous-versions/office/developer/server-technologies/ms972338(v=msdn.10)",
    },
    Kind {
        id: "php-session-id",
        title: "PHP session id",
        names: &["PHPSESSID"],
        form: |value| is_of(value, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b',' | b'-')),
        by_form: false,
        text: "A random id. The session itself is on the server; nothing in the value is signed, so there is nothing to \
               verify.",
        more: NOTHING,
        source: "https://www.php.net/manual/en/session.security.php",
    },
    Kind {
        id: "java-session-id",
        title: "Java session id",
        // The second is Tomcat's: https://tomcat.apache.org/tomcat-11.0-doc/config/valve.html#Single_Sign_On_Valve
        names: &["JSESSIONID", "JSESSIONIDSSO"],
        form: ANY,
        by_form: false,
        text: "The id that a servlet container such as Tomcat or Jetty chose at random. The session itself is on the server; \
               what may stand behind a `.` or `!` only names the machine that has it.",
        more: NOTHING,
        source: "https://jakarta.ee/specifications/servlet/6.0/jakarta-servlet-spec-6.0#session-tracking-mechanisms",
    },
    Kind {
        id: "spring-session-id",
        title: "Spring Session id",
        names: &["SESSION"],
        form: |value| text_of(value).is_some_and(|text| is_uuid(&text)),
        by_form: false,
        text: "A random UUID in Base64, as Spring Session writes it, and Micronaut too. The session itself is in the server's \
               store; nothing in the value is signed.",
        more: |value| Some(format!("The id is `{}`.", text_of(value)?)),
        source: "https://docs.spring.io/spring-session/docs/current/api/org/springframework/session/web/http/DefaultCookieSerializer.html",
    },
    Kind {
        id: "spring-remember-me",
        title: "Spring Security remember-me",
        names: &["remember-me"],
        form: |value| text_of(value).is_some_and(|text| (2..=4).contains(&text.split(':').count())),
        by_form: false,
        text: "Either a user, a time and a hash, or the two random texts of a persistent login. The hash goes over the \
               user's stored password too, so that the application's key alone cannot verify it; the random texts are \
               compared with the server's table.",
        more: NOTHING,
        source: "https://docs.spring.io/spring-security/reference/servlet/authentication/rememberme.html",
    },
    Kind {
        id: "django-session-id",
        title: "Django session id",
        names: &["sessionid"],
        form: |value| value.len() == 32 && is_of(value, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9')),
        by_form: false,
        text: "The random key of a session that Django keeps in its database, cache or files. Nothing in it is signed; what \
               the store holds can be looked at here as `session_data`.",
        more: NOTHING,
        source: "https://docs.djangoproject.com/en/stable/topics/http/sessions/",
    },
    Kind {
        id: "django-csrf",
        title: "Django CSRF token",
        names: &["csrftoken"],
        form: |value| matches!(value.len(), 32 | 64) && is_of(value, |byte| byte.is_ascii_alphanumeric()),
        by_form: false,
        text: "A random text that Django compares with the one in a form. It is no session and is not signed.",
        more: NOTHING,
        source: "https://docs.djangoproject.com/en/stable/ref/csrf/",
    },
    Kind {
        id: "shiro-remember-me",
        title: "Apache Shiro remember-me",
        names: &["rememberMe"],
        form: |value| value == "deleteMe" || is_base64(value),
        by_form: false,
        text: "A serialized Java object, encrypted with AES under the application's cipher key. Keyjar reads no Java \
               serialization. If the key is one that stood in an example or in Shiro before 1.2.5, anyone can run code on \
               the server with such a cookie (CVE-2016-4437): set one of your own.",
        more: |value| (value == "deleteMe").then(|| "`deleteMe` tells the browser to forget it.".to_owned()),
        source: "https://shiro.apache.org/security-reports.html",
    },
    Kind {
        id: "ltpa",
        title: "LTPA token",
        names: &["LtpaToken", "LtpaToken2"],
        form: is_base64,
        by_form: false,
        text: "A login of IBM's WebSphere or Domino: user, expiry and an RSA signature, encrypted with the keys of the \
               server's LTPA key file, which is itself under a password. Keyjar cannot check it.",
        more: NOTHING,
        source: "https://www.ibm.com/docs/en/was/9.0.5?topic=authentication-ltpa",
    },
    Kind {
        id: "play-session",
        title: "Play session",
        names: &["PLAY_SESSION", "PLAY_FLASH"],
        form: |value| value.starts_with("eyJ"),
        by_form: false,
        text: "Play writes its session as a JWT with the pairs in the member `data`. It is signed with \
               `play.http.secret.key`: give that as the secret.",
        more: NOTHING,
        source: "https://www.playframework.com/documentation/latest/SettingsSession",
    },
    Kind {
        id: "play-session-legacy",
        title: "Play session, before 2.6",
        names: &["PLAY_SESSION", "PLAY_FLASH"],
        form: |value| {
            value
                .split_once('-')
                .is_some_and(|(tag, _)| tag.len() == 40 && is_of(tag, |byte| byte.is_ascii_hexdigit()))
        },
        by_form: false,
        text: "The hex of an HMAC-SHA1 tag, a `-`, and the session's pairs as in a URL. Keyjar does not check this old form; \
               Play 2.6 and later write a JWT.",
        more: NOTHING,
        source: "https://www.playframework.com/documentation/latest/SettingsSession",
    },
    Kind {
        id: "wordpress-login",
        title: "WordPress login",
        // https://developer.wordpress.org/reference/functions/wp_cookie_constants/
        names: &["wordpress_logged_in_*", "wordpress_sec_*", "wordpress_*"],
        form: |value| value.replace("%7C", "|").split('|').count() == 4,
        by_form: false,
        text: "User, expiry, a session's token and an HMAC. Its key is made of the site's keys and salts and of a piece of the \
               user's stored password hash, so that it cannot be verified without the database.",
        more: NOTHING,
        source: "https://developer.wordpress.org/reference/functions/wp_generate_auth_cookie/",
    },
    Kind {
        id: "google-analytics",
        title: "Google Analytics, not a session",
        // `_ga_*` is that of Google Analytics 4: https://support.google.com/analytics/answer/11397207
        names: &["_ga", "_gid", "_gat*", "_gac_*", "_ga_*"],
        form: ANY,
        by_form: false,
        text: "A script of Google's set it in the browser to count visits. It holds random numbers, times or an \
               advertisement's id, is not signed, and says nothing about a login.",
        more: NOTHING,
        source: "https://developers.google.com/analytics/resources/concepts/gaConceptsCookies",
    },
    Kind {
        id: "meta-pixel",
        title: "Meta Pixel, not a session",
        names: &["_fbp", "_fbc"],
        form: |value| value.starts_with("fb."),
        by_form: false,
        text: "A script of Meta's set it in the browser to recognise it for advertising. It holds a time and a random number \
               or a click's id, and is not signed.",
        more: NOTHING,
        source: "https://developers.facebook.com/documentation/ads-commerce/conversions-api/parameters/fbp-and-fbc",
    },
    Kind {
        id: "cloudflare",
        title: "Cloudflare, not the application's",
        names: &[
            "__cf_bm",
            "cf_clearance",
            "_cfuvid",
            "__cfruid",
            "__cflb",
            "__cfwaitingroom",
            "cf_ob_info",
            "cf_use_ob",
        ],
        form: ANY,
        by_form: false,
        text: "Cloudflare set it in front of the application: to tell people from programs, to limit or queue requests, or to \
               keep them with one server. It is read there alone, and says nothing about a login.",
        more: NOTHING,
        source: "https://developers.cloudflare.com/fundamentals/reference/policies-compliances/cloudflare-cookies/",
    },
    Kind {
        id: "aws-load-balancer",
        title: "AWS load balancer, not the application's",
        // The last two are the Classic Load Balancer's:
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-sticky-sessions.html
        names: &["AWSALB", "AWSALBCORS", "AWSALBAPP-*", "AWSALBTG", "AWSALBTGCORS", "AWSELB", "AWSELBCORS"],
        form: ANY,
        by_form: false,
        text: "A load balancer of AWS set it to send a browser to the same machine again. An Application Load Balancer \
               encrypts it with a key that AWS replaces and keeps to itself.",
        more: NOTHING,
        source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html",
    },
];

/// ASP.NET Core's `ChunkingCookieManager`, which Microsoft's older OWIN middleware has too.
pub const ASPNET_CORE_SPLIT: Split = Split {
    mark: "C",
    first: 1,
    head: "chunks-",
    ..Split::dotted(
        Room::Line(4050),
        "https://github.com/dotnet/aspnetcore/blob/main/src/Shared/ChunkingCookieManager/ChunkingCookieManager.cs",
    )
};

/// What kind of value it is, if it is one of these: by its name and form, or by a form that cannot be taken for another.
pub fn known(item: &Item) -> Option<Known> {
    let decoded = item.percent_decoded();
    let value = decoded.as_ref().map_or(item.value.as_str(), |decoded| decoded.value.as_str());
    let named =
        |kind: &&Kind| item.name.as_deref().is_some_and(|name| kind.has_name(name)) && (kind.form)(value);
    let kind =
        KINDS.iter().find(named).or_else(|| KINDS.iter().find(|kind| kind.by_form && (kind.form)(value)))?;
    let more = (kind.more)(value).map(|more| format!(" {more}")).unwrap_or_default();
    Some(Known {
        id: kind.id.to_owned(),
        title: kind.title.to_owned(),
        text: format!("{}{more}", kind.text),
        source: kind.source.to_owned(),
    })
}

impl Kind {
    fn has_name(&self, name: &str) -> bool {
        // What a browser demands of these cookies stands in front of their names.
        let bare =
            ["__Host-", "__Secure-"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        self.names.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => bare.starts_with(start),
            None => bare == *known,
        })
    }
}

fn is_of(value: &str, allowed: fn(u8) -> bool) -> bool {
    !value.is_empty() && value.bytes().all(allowed)
}

fn is_base64(value: &str) -> bool {
    value.len() >= 16 && BASE64_PADDED.decode(value).is_ok()
}

/// The text in the Base64, padded or not.
fn text_of(value: &str) -> Option<String> {
    let bytes =
        BASE64_PADDED.decode(value).or_else(|_| BASE64URL.decode(value.trim_end_matches('='))).ok()?;
    String::from_utf8(bytes).ok()
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && is_of(part, |byte| byte.is_ascii_hexdigit()))
}

/// The bytes of a protected value: magic header, key's id, and what the key's own way of encrypting made.
fn data_protection(value: &str) -> Option<Vec<u8>> {
    const MAGIC: [u8; 4] = [0x09, 0xf0, 0xc9, 0xf0];
    const SHORTEST: usize = 4 + 16 + 16 + 16;
    let bytes = BASE64URL.decode(value.trim_end_matches('=')).ok()?;
    (bytes.starts_with(&MAGIC) && bytes.len() >= SHORTEST).then_some(bytes)
}

/// The key's id as .NET writes a GUID: its first three groups are stored with the last byte first.
fn key_id(bytes: &[u8]) -> Option<String> {
    let hex = |bytes: &[u8]| hex::encode(bytes);
    let reversed = |bytes: &[u8]| hex(&bytes.iter().rev().copied().collect::<Vec<u8>>());
    let group = |from: usize, to: usize| bytes.get(from..to);
    Some(format!(
        "{}-{}-{}-{}-{}",
        reversed(group(4, 8)?),
        reversed(group(8, 10)?),
        reversed(group(10, 12)?),
        hex(group(12, 14)?),
        hex(group(14, 20)?)
    ))
}

/// The marker of the format, its version, and the mark of a pair, with which pages begin.
fn is_view_state(value: &str) -> bool {
    value.starts_with("/wEP") && BASE64_PADDED.decode(value).is_ok_and(|bytes| bytes.len() > 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: Option<&str>, value: &str) -> Option<String> {
        known(&Item::bare(name, value)).map(|known| known.id)
    }

    #[test]
    fn what_it_is_shows_by_name_and_form() {
        let cases = [
            ("ASP.NET_SessionId", "fzs1zh4z0xpwfkrdz3vrwmdd", "aspnet-session-id"),
            ("ASPSESSIONIDQQBRTTCD", "KPFLGLFCMHIOKJGCEFPAJDEB", "asp-session-id"),
            (".ASPXAUTH", "0A1B2C3D4E5F60718293A4B5C6D7E8F9", "aspnet-forms-authentication"),
            ("PHPSESSID", "q6ls1tk8mq6m8d1h5v0c3n2b7a", "php-session-id"),
            ("JSESSIONID", "1A530637289A03B07199A44E8D531427.node1", "java-session-id"),
            ("SESSION", "NWY0ZGNjM2ItNWFhNy00NWQ2LThkODMtMjdkZWI4ODJjZjk5", "spring-session-id"),
            ("sessionid", "g4ysi2pl2b0k0fq6z3hj9o5h8k1w2m7x", "django-session-id"),
            ("rememberMe", "deleteMe", "shiro-remember-me"),
            ("LtpaToken2", "Wl3qcMXdvCZjScDwB18/5VYujKDYsptVWXwNVW2yKuY=", "ltpa"),
            ("PLAY_SESSION", "eyJhbGciOiJIUzI1NiJ9.eyJkYXRhIjp7fX0.c2ln", "play-session"),
            ("PLAY_SESSION", "da39a3ee5e6b4b0d3255bfef95601890afd80709-user=7", "play-session-legacy"),
            ("wordpress_logged_in_5f4dcc3b", "ann%7C1767225600%7Cq1w2e3%7C9f86d081", "wordpress-login"),
            ("_ga", "GA1.2.1234567890.1700000000", "google-analytics"),
            ("_fbp", "fb.1.1596403881668.1116446470", "meta-pixel"),
            ("__cf_bm", "k3a.x-1700000000-1.0.1.1-abc", "cloudflare"),
            ("AWSALB", "eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47s=", "aws-load-balancer"),
            ("__Host-PHPSESSID", "q6ls1tk8mq6m8d1h5v0c3n2b7a", "php-session-id"),
        ];
        for (name, value, expected) in cases {
            assert_eq!(id(Some(name), value).as_deref(), Some(expected), "{name}={value}");
            assert_eq!(id(None, value), None, "{value} tells nothing without its name");
            assert_eq!(id(Some("sid"), value), None, "{value} tells nothing by another name");
        }
    }

    #[test]
    fn a_cut_cookie_of_aspnet_is_one_value() {
        let mut bytes = hex::decode("09f0c9f0809c810c19661940953653f8aaffee57").expect("hex");
        bytes.resize(5000, 7);
        let protected = BASE64URL.encode(&bytes);
        let (first, second) = protected.split_at(4000);
        let name = ".AspNetCore.Cookies";
        let header = format!("Cookie: a=1; {name}=chunks-2; {name}C1={first}; {name}C2={second}");
        let report = crate::inspect::inspect(&header, &crate::protocol::Ask::default());
        let found: Vec<_> = report.items.iter().map(|item| (item.name.as_deref(), item.size())).collect();
        assert_eq!(found, [(Some("a"), 1), (Some(name), protected.len())]);
        let known = report.items[1].known.as_ref().map(|known| &*known.id);
        assert_eq!(known, Some("aspnet-core-data-protection"));
    }

    #[test]
    fn a_name_alone_is_not_enough_where_the_form_differs() {
        assert_eq!(
            id(Some("sessionid"), "eyJhIjoxfQ:1vb66i:WddQAEtoj7Qfb2p6r5EZvqe2YnIzw79suRskT7tUUfc"),
            None
        );
        assert_eq!(id(Some("_fbp"), "1"), None);
        assert_eq!(id(Some("rememberMe"), "no"), None);
    }

    #[test]
    fn data_protection_and_view_state_show_by_their_form() {
        let mut bytes =
            hex::decode("09f0c9f0809c810c1966194095365 3f8aaffee57".replace(' ', "")).expect("hex");
        bytes.resize(100, 7);
        let protected = BASE64URL.encode(&bytes);
        assert!(protected.starts_with("CfDJ8"));
        let known = known(&Item::bare(Some(".AspNetCore.Cookies"), &protected)).expect("known");
        assert!(
            known.text.ends_with("The key's id is `0c819c80-6619-4019-9536-53f8aaffee57`."),
            "{}",
            known.text
        );
        assert_eq!(id(None, &protected).as_deref(), Some("aspnet-core-data-protection"));
        assert_eq!(id(None, "CfDJ8"), None);
        let state = "/wEPDwUKLTU4MTYxMjQ0MWRk5a5bZ0dKq3y8J1vO1m2sXk9r";
        assert_eq!(id(None, state).as_deref(), Some("aspnet-viewstate"));
    }
}
