//! What the form of a value tells without a secret.

use super::Family;
use crate::moment;
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::digest::Digest;
use crate::scheme::kit::{django, itsdangerous};

/// A value that has the form of one of these signers.
#[derive(Debug)]
pub struct Form<'a> {
    pub body: &'a str,
    /// Unix seconds.
    pub stamp: Option<i64>,
    /// The hash function whose tag has this length.
    pub digest: Digest,
}

/// The form of a value: `None` unless a canonical tag stands behind the last separator, and before it, where `timed`, a
/// timestamp.
pub fn form<'a>(value: &'a str, sep: &str, timed: bool, family: Family) -> Option<Form<'a>> {
    let (signed, tag) = value.rsplit_once(sep)?;
    let size = BASE64URL.decode_canonical(tag).map(|tag| tag.len())?;
    let digest = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512]
        .into_iter()
        .find(|digest| digest.size() == size)?;
    if !timed {
        return Some(Form { body: signed, stamp: None, digest });
    }
    let (body, stamp) = signed.rsplit_once(sep)?;
    let unix = match family {
        // Four or five bytes: the years from 1970 to 36,812.
        Family::ItsDangerous if matches!(stamp.len(), 6 | 7) => {
            BASE64URL.decode_canonical(stamp)?;
            itsdangerous::read_timestamp(stamp).ok()?
        }
        Family::Django if matches!(stamp.len(), 1..=7) => django::read_timestamp(stamp).ok()?,
        _ => return None,
    };
    Some(Form { body, stamp: Some(unix), digest })
}

impl Form<'_> {
    /// Why it could be one, for people.
    pub fn reasons(&self, is_json: bool) -> Vec<String> {
        let mut reasons = vec![format!("It ends in a tag of the length of HMAC-{}.", self.digest.name())];
        if let Some(date) = self.stamp.and_then(moment::utc) {
            reasons.insert(0, format!("A timestamp stands before the signature: {date}."));
        }
        if is_json {
            reasons.insert(0, "Its first part is JSON, written just as this framework writes it.".into());
        }
        reasons
    }
}
