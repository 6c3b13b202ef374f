//! What was pasted, as items: each cookie or token with its name and the place where it stood.
//!
//! Bare values, `Cookie` headers, `Set-Cookie` lines, and tokens with or without `Authorization: Bearer`; one a line,
//! mixed with other header lines that are passed over; the headers of a `curl` command; or an address with tokens in it.

use crate::limits::{MAX_INPUT, MAX_ITEMS};
use crate::moment::grouped;
use crate::protocol::{Part, Problem, Source};
use crate::span::Span;

mod curl;
pub mod dropped;
pub mod fragment;
mod header;
pub mod key;
pub mod parts;
mod percent;
mod quoted;
mod token;

/// One cookie or token found in what was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The cookie's name, if it has one.
    pub name: Option<String>,
    pub source: Source,
    /// The value: as it stood, or without the escapes of a quoted one, or percent-decoded (see
    /// [`Item::percent_decoded`]).
    pub value: String,
    /// Where the value stood, in what was pasted.
    pub span: Span,
    /// The whole `Set-Cookie` line without the header's name, in what was pasted, if that is where it stood.
    pub line: Option<Span>,
    /// The value of the cookie `<name>.sig` that stood beside it: keygrip keeps the signature there.
    pub companion: Option<String>,
    /// The cookies that the value is joined of, in its order; none if it is that of one cookie. See [`parts`].
    pub parts: Vec<Part>,
    /// The names of the parts that were not there.
    pub missing: Vec<String>,
    /// What was mended before it could be read as a token, a sentence each.
    pub mended: Vec<String>,
    /// The whole text that was pasted for it, where that was mended.
    pub pasted: Option<String>,
    /// For a decoded or joined value: where each of its bytes, and its end, stood in what was pasted.
    places: Option<Vec<usize>>,
}

impl Item {
    /// A value as a server's code sees it: nothing around it, and nothing more to decode.
    pub fn bare(name: Option<&str>, value: &str) -> Self {
        Self::new(name.map(str::to_owned), Source::Bare, value, Span::new(0, value.len()))
    }

    fn new(name: Option<String>, source: Source, value: &str, span: Span) -> Self {
        Self {
            name,
            source,
            value: value.to_owned(),
            span,
            line: None,
            companion: None,
            parts: Vec::new(),
            missing: Vec::new(),
            mended: Vec::new(),
            pasted: None,
            places: None,
        }
    }

    /// The item with its value percent-decoded, as frameworks that encode with `encodeURIComponent` read it; `None` if
    /// that changes nothing or does not give UTF-8.
    pub fn percent_decoded(&self) -> Option<Self> {
        let (value, places) = percent::decode(&self.value, 0)?;
        let places = places.into_iter().map(|at| self.at(at)).collect();
        Some(Self { value, places: Some(places), ..self.clone() })
    }

    /// The place in what was pasted of a place in this item's value: in the first of its parts, if it reaches into several.
    pub fn place(&self, span: Span) -> Span {
        self.places(span).into_iter().next().unwrap_or(self.span)
    }

    /// Where the byte `index` of the value stood; its end for one behind it.
    fn at(&self, index: usize) -> usize {
        match &self.places {
            None => self.span.start + index,
            Some(places) => places.get(index).copied().unwrap_or(self.span.end),
        }
    }
}

/// Finds the items in `input`, in the order in which they stand: at most [`MAX_ITEMS`].
///
/// # Errors
/// If there is nothing in it, or more than [`MAX_INPUT`] bytes.
pub fn find(input: &str) -> Result<Vec<Item>, Problem> {
    if input.len() > MAX_INPUT {
        let (size, limit) = (grouped(input.len() as u64), grouped(MAX_INPUT as u64));
        return Err(Problem {
            message: format!("This is {size} bytes long; Keyjar takes {limit} at once."),
            hint: "Paste only the cookie or token that you want to look at.".into(),
            at: Some(Span::new(MAX_INPUT, input.len())),
        });
    }
    if let Some(token) = token::whole(input) {
        return Ok(vec![token]);
    }
    let mut items = curl::items(input).unwrap_or_else(|| header::lines(input));
    if items.is_empty() {
        items = fragment::items(input).unwrap_or_else(|| header::unnamed(input));
    }
    items.truncate(MAX_ITEMS);
    pair_up(&mut items);
    if items.is_empty() {
        return Err(Problem {
            message: "There is no cookie or token in this.".into(),
            hint: "Paste a value, a token, or a whole Cookie or Set-Cookie header.".into(),
            at: None,
        });
    }
    Ok(items)
}

/// Gives each cookie the value of its `.sig` cookie, if that stood there too.
fn pair_up(items: &mut [Item]) {
    let signatures: Vec<(String, String)> = items
        .iter()
        .filter_map(|item| Some((item.name.as_ref()?.strip_suffix(".sig")?.to_owned(), item.value.clone())))
        .collect();
    for (name, value) in signatures {
        for item in items.iter_mut().filter(|item| item.name.as_deref() == Some(&name)) {
            item.companion = Some(value.clone());
        }
    }
}
