//! What stands around the panels.

mod foot;
mod head;
mod key_list;
mod notice;
mod sealed;

pub use foot::Foot;
pub use head::Head;
pub use key_list::{KEY_LIST_ID, KeyList};
pub use notice::NoticeLine;
