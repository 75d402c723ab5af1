//! Text as editors and grammars see it: positions in three encodings, Markdown blocks and YAML trees
//! with places.
//!
//! Knows nothing of specs: which heading means "data model" is decided in `spec`.

pub mod address;
pub mod inline;
pub mod line_index;
pub mod markdown;
pub mod rule_docs;
pub mod secrets;
pub mod suggest;
pub mod yaml;
