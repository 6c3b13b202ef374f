//! Parts that several panels use. Each has the style sheet of its name in `style/`.

pub mod code;
pub mod code_block;
pub mod combobox;
pub mod copy_button;
pub mod example_list;
pub mod fact_list;
pub mod finding_list;
pub mod icon;
pub mod item_table;
pub mod json_view;
pub mod live;
pub mod option_form;
pub mod prose;
pub mod reading_list;
pub mod run_button;
pub mod scheme_select;
pub mod secret_field;
pub mod secret_note;
pub mod segmented;
pub mod signature_pair;
pub mod step_list;
pub mod tabs;
pub mod token_view;
pub mod trouble;
pub mod verdict;
pub mod words;
