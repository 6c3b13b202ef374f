//! Parts that several panels use. Each has the style sheet of its name in `style/`.

pub mod code_block;
pub mod copy_button;
pub mod icon;
pub mod prose;
pub mod secret_field;
pub mod segmented;
pub mod tabs;
pub mod trouble;
