//! A value of another language's format, laid out to read: shared by the readers of such formats.

/// Levels that are broken into lines; deeper ones share a line.
const MAX_DEPTH: usize = 64;

/// A group without others in it stays on one line up to this many characters.
const ONE_LINE: usize = 60;

/// A value in its language's own notation.
#[derive(Clone, Debug)]
pub enum Outline {
    Leaf(String),
    Group {
        /// `[`, `%{`, `User {`
        open: String,
        close: &'static str,
        /// Each with what stands in front of it: its key and an arrow, or nothing.
        items: Vec<(String, Outline)>,
    },
}

impl Outline {
    /// The whole in lines.
    pub fn shown(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::Group { open, close, items } => {
                out.push_str(open);
                let broken = depth < MAX_DEPTH && !is_short(items);
                for (i, (key, item)) in items.iter().enumerate() {
                    match (broken, i) {
                        (true, _) => new_line(out, depth + 1),
                        (false, 0) => {}
                        (false, _) => out.push(' '),
                    }
                    out.push_str(key);
                    item.write(out, depth + 1);
                    if i + 1 < items.len() {
                        out.push(',');
                    }
                }
                if broken {
                    new_line(out, depth);
                }
                out.push_str(close);
            }
        }
    }
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

fn is_short(items: &[(String, Outline)]) -> bool {
    let mut width = 0;
    items.iter().all(|(key, item)| match item {
        Outline::Leaf(text) => {
            width += key.chars().count() + text.chars().count() + 2;
            width <= ONE_LINE
        }
        Outline::Group { items, .. } => items.is_empty(),
    })
}

/// Bytes as a text in double quotes, or as hex where they are not UTF-8.
pub fn quoted(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| format!("<{}>", hex::encode(bytes)), json_text)
}

/// A text as JSON writes it.
pub fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(items: Vec<(String, Outline)>) -> Outline {
        Outline::Group { open: "[".into(), close: "]", items }
    }

    #[test]
    fn short_groups_stay_on_a_line() {
        let one =
            group(vec![(String::new(), Outline::Leaf("1".into())), ("\"k\" => ".into(), group(vec![]))]);
        assert_eq!(one.shown(), "[1, \"k\" => []]");
        assert_eq!(group(vec![(String::new(), one)]).shown(), "[\n  [1, \"k\" => []]\n]");
    }
}
