//! The corridor itself. Read this file first.
use crate::protocol::{Ask, Report};
pub fn inspect(_input: &str, _ask: &Ask) -> Report {
    Report::default()
}
