//! The browser's abilities, one file each. Nothing outside this folder touches `web_sys` or `js_sys`.

pub mod clipboard;
pub mod clock;
pub mod download;
pub mod element;
pub mod engine;
pub mod file;
pub mod hash;
pub mod keys;
pub mod mark;
pub mod seal;
pub mod start;
pub mod theme;
pub mod title;
