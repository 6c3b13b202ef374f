//! What was pasted, as items.
use crate::protocol::Source;
use crate::span::Span;

/// One cookie or token found in what was pasted.
#[derive(Clone, Debug)]
pub struct Item {
    pub name: Option<String>,
    pub source: Source,
    pub value: String,
    pub span: Span,
}
