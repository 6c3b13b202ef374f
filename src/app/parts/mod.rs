//! Parts that several panels use. Each has the style sheet of its name in `style/`.

pub mod copy_button;
pub mod icon;
pub mod secret_field;
pub mod segmented;
pub mod tabs;
