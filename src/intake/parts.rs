//! Values that one cookie cannot hold: frameworks cut them over several, `NAME.0`, `NAME.1` and so on, and join them
//! again when they read. How each names its parts is the scheme's to say, as a [`Split`].

use super::Item;
use crate::protocol::Part;
use crate::span::Span;

/// Parts that one value may have. No server takes headers of that size.
const MOST: usize = 128;

/// How a framework cuts a long value over several cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// What stands between the cookie's name and the part's number.
    pub mark: &'static str,
    /// The number of the first part.
    pub first: usize,
    /// What the cookie of the plain name then holds, in front of how many parts there are; empty if there is no such
    /// cookie.
    pub head: &'static str,
    /// Whether the parts are joined in the order of their names as text, in which 10 stands before 2.
    pub as_text: bool,
    /// What one cookie takes.
    pub room: Room,
    /// If it is not so by default: when it is, behind a comma.
    pub only: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

/// What a framework puts into one cookie at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// So many bytes of the value.
    Value(usize),
    /// So many bytes of the whole `Set-Cookie` line, its attributes too.
    Line(usize),
}

impl Split {
    /// Parts with numbers from 0 behind a dot, as NextAuth.js began it.
    pub const fn dotted(room: Room, source: &'static str) -> Self {
        Self { mark: ".", first: 0, head: "", as_text: false, room, only: "", source }
    }

    /// Whether both name their parts in the same way.
    pub fn is_alike(&self, other: &Self) -> bool {
        Self { room: other.room, only: other.only, source: other.source, ..*self } == *other
    }

    /// The name of a part.
    pub fn name(&self, base: &str, number: usize) -> String {
        format!("{base}{}{number}", self.mark)
    }

    /// The name of the whole and the part's number, if `name` is one of a part.
    fn read<'a>(&self, name: &'a str) -> Option<(&'a str, usize)> {
        let (base, digits) = name.rsplit_once(self.mark)?;
        let number = number(digits)?;
        (!base.is_empty() && (self.first..self.first + MOST).contains(&number)).then_some((base, number))
    }
}

/// A number as a program writes it.
fn number(digits: &str) -> Option<usize> {
    digits.parse().ok().filter(|number: &usize| number.to_string() == digits)
}

/// Joins the parts that stand among `items`; each value stays where its first part stood. Where the names alone do not
/// tell, `is_one` says whether what was joined is a value that was cut.
pub fn join(mut items: Vec<Item>, splits: &[Split], is_one: impl Fn(&Split, &Item) -> bool) -> Vec<Item> {
    for split in splits {
        let mut whole: Vec<Option<Item>> = items.iter().map(|_| None).collect();
        let mut is_part = vec![false; items.len()];
        for group in groups(split, &items) {
            let joined = joined(split, &group, &items);
            if split.head.is_empty() && !is_one(split, &joined) {
                continue;
            }
            for place in group.places() {
                is_part.get_mut(place).into_iter().for_each(|is_part| *is_part = true);
            }
            let first = group.places().min().and_then(|first| whole.get_mut(first));
            first.into_iter().for_each(|slot| *slot = Some(joined.clone()));
        }
        let rest = items.into_iter().zip(is_part).zip(whole);
        items = rest
            .filter_map(|((item, is_part), whole)| whole.or_else(|| (!is_part).then_some(item)))
            .collect();
    }
    items
}

/// The parts of one value, as indices of items.
#[derive(Default)]
struct Group {
    base: String,
    /// The cookie of the plain name, where the framework sets one.
    head: Option<usize>,
    /// The number of each part, and where it is.
    parts: Vec<(usize, usize)>,
    /// How many parts there should be, where that is said.
    count: Option<usize>,
}

impl Group {
    fn places(&self) -> impl Iterator<Item = usize> {
        self.head.into_iter().chain(self.parts.iter().map(|(_, place)| *place))
    }
}

fn groups(split: &Split, items: &[Item]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    if !split.head.is_empty() {
        let heads = items.iter().enumerate().filter_map(|(place, item)| {
            let count =
                number(item.value.strip_prefix(split.head)?).filter(|count| (1..=MOST).contains(count))?;
            let base = item.name.clone().filter(|_| item.parts.is_empty() && item.missing.is_empty())?;
            Some(Group { base, head: Some(place), parts: Vec::new(), count: Some(count) })
        });
        groups.extend(heads);
    }
    for (place, item) in items.iter().enumerate().filter(|(_, item)| item.parts.is_empty()) {
        let Some((base, number)) = item.name.as_deref().and_then(|name| split.read(name)) else { continue };
        // The same number twice is the beginning of another value: of two headers, say.
        let is_free =
            |group: &&mut Group| group.base == base && group.parts.iter().all(|(other, _)| *other != number);
        let fits = |group: &Group| group.count.is_none_or(|count| number < split.first + count);
        match groups.iter_mut().find(is_free) {
            Some(group) if fits(group) => group.parts.push((number, place)),
            Some(_) => {}
            None if split.head.is_empty() => {
                groups.push(Group {
                    base: base.to_owned(),
                    parts: vec![(number, place)],
                    ..Group::default()
                });
            }
            None => {}
        }
    }
    for group in &mut groups {
        group.parts.sort_by_key(|(number, _)| (split.as_text.then(|| number.to_string()), *number));
    }
    groups
}

/// The value as the framework joins it.
fn joined(split: &Split, group: &Group, items: &[Item]) -> Item {
    let parts = || group.parts.iter().filter_map(|(_, place)| items.get(*place));
    let head = group.head.and_then(|head| items.get(head));
    let first = parts().next().or(head);
    let mut whole = first.cloned().unwrap_or_else(|| Item::bare(None, ""));
    whole.name = Some(group.base.clone());
    if !group.parts.is_empty() {
        whole.value = parts().map(|part| &*part.value).collect();
    }
    let part =
        |item: &Item| Part { name: item.name.clone().unwrap_or_default(), span: item.span, line: item.line };
    whole.parts = parts().map(part).collect();
    let places = parts().flat_map(|part| (0..part.value.len()).map(|at| part.at(at)));
    let end = parts().next_back().map_or(whole.span.end, |last| last.span.end);
    whole.places = Some(places.chain([end]).collect()).filter(|_| !group.parts.is_empty());
    let there = |number: usize| group.parts.iter().any(|(other, _)| *other == number);
    let end = group.count.map(|count| split.first + count);
    let end = end.or_else(|| group.parts.iter().map(|(number, _)| number + 1).max()).unwrap_or_default();
    // No framework cuts a value into one part.
    let end = if end == split.first + 1 && group.count.is_none() { end + 1 } else { end };
    whole.missing = (split.first..end)
        .filter(|number| !there(*number))
        .map(|number| split.name(&group.base, number))
        .collect();
    whole
}

impl Item {
    /// The places in what was pasted of a place in this item's value: one for each part of the value that it reaches into.
    pub fn places(&self, span: Span) -> Vec<Span> {
        let bytes =
            self.places.as_deref().and_then(|places| places.get(span.start..span.end)).unwrap_or_default();
        let mut found: Vec<Span> = self
            .parts
            .iter()
            .filter_map(|part| {
                let within = |at: &usize| part.span.start <= *at && *at < part.span.end;
                let first = bytes.iter().position(within)?;
                let last = bytes.iter().rposition(within)?;
                let end = Some(self.at(span.start + last + 1)).filter(within).unwrap_or(part.span.end);
                Some(Span::new(bytes.get(first).copied()?, end))
            })
            .collect();
        if found.is_empty() {
            found.push(Span::new(self.at(span.start), self.at(span.end).max(self.at(span.start))));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    const DOTTED: Split = Split::dotted(Room::Value(10), "");
    const HEADED: Split = Split { first: 1, head: "chunks-", mark: "C", ..DOTTED };

    fn joined_of(input: &str, splits: &[Split]) -> Vec<Item> {
        join(find(input).expect("has items"), splits, |_, item| item.name.as_deref() == Some("sid"))
    }

    fn names(items: &[Item]) -> Vec<(&str, &str)> {
        items.iter().map(|item| (item.name.as_deref().unwrap_or_default(), &*item.value)).collect()
    }

    #[test]
    fn parts_are_joined_in_the_order_of_their_numbers() {
        let parts: Vec<String> =
            (0..11).rev().map(|number| format!("sid.{number}={}", (b'a' + number) as char)).collect();
        let header = format!("Cookie: x=1; {}; ab.0=2; ab.1=3", parts.join("; "));
        let items = joined_of(&header, &[DOTTED]);
        assert_eq!(names(&items), [("x", "1"), ("sid", "abcdefghijk"), ("ab.0", "2"), ("ab.1", "3")]);
        assert!(items[1].missing.is_empty());
        let as_text = joined_of(&header, &[Split { as_text: true, ..DOTTED }]);
        assert_eq!(as_text[1].value, "abkcdefghij");
    }

    #[test]
    fn each_place_is_in_its_part() {
        let input = "Set-Cookie: sid.1=d%65f; Path=/\nSet-Cookie: sid.0=\"ab%63\"; Path=/";
        let items = joined_of(input, &[DOTTED]);
        let [item] = &items[..] else { panic!("one item: {items:?}") };
        let item = item.percent_decoded().expect("has escapes");
        assert_eq!(item.value, "abcdef");
        let shown = |start, end| {
            item.places(Span::new(start, end)).into_iter().map(|place| place.of(input)).collect::<Vec<_>>()
        };
        assert_eq!(shown(0, 6), ["ab%63", "d%65f"]);
        assert_eq!(shown(1, 2), ["b"]);
        assert_eq!(shown(2, 4), ["%63", "d"]);
        assert_eq!(shown(4, 5), ["%65"]);
        assert_eq!(item.place(Span::new(2, 4)).of(input), "%63");
        assert!(
            item.parts.iter().all(|part| part.line.is_some_and(|line| line.of(input).ends_with("Path=/")))
        );
    }

    #[test]
    fn a_part_that_is_not_there_is_named() {
        let missing = |input: &str, split: Split| joined_of(input, &[split]).remove(0).missing;
        assert_eq!(missing("sid.0=a; sid.2=c", DOTTED), ["sid.1"]);
        assert_eq!(missing("sid.1=a; x=c", DOTTED), ["sid.0"]);
        assert_eq!(missing("sid.0=a", DOTTED), ["sid.1"]);
        assert_eq!(missing("sid=chunks-3; sidC2=b", HEADED), ["sidC1", "sidC3"]);
        assert_eq!(missing("sid=chunks-1; sidC1=b", HEADED), [""; 0]);
    }

    #[test]
    fn a_head_says_how_many_there_are() {
        let items = joined_of("a=chunks-2; aC1=x; aC3=z; aC2=y; b=chunks-0; c=chunks-999", &[HEADED]);
        assert_eq!(names(&items), [("a", "xy"), ("aC3", "z"), ("b", "chunks-0"), ("c", "chunks-999")]);
    }

    #[test]
    fn two_headers_have_two_values() {
        let items = joined_of("Cookie: sid.0=a; sid.1=b\nCookie: sid.0=c; sid.1=d", &[DOTTED]);
        assert_eq!(names(&items), [("sid", "ab"), ("sid", "cd")]);
    }

    #[test]
    fn names_that_only_look_alike_stay() {
        let input = "Cookie: sid.01=a; sid.1x=b; .0=c; sid.=d; sid.4096=e";
        let before = find(input).expect("has items");
        assert_eq!(joined_of(input, &[DOTTED, HEADED]), before);
    }
}
