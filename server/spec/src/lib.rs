//! Reads specs: from Markdown text to the backend it implies and to diagnostics about it.
//!
//! The way of a keystroke: [`Document`] cuts the text into chunks and keeps what is unchanged;
//! readers turn each chunk, under the [`Scope`](scope::Scope) its headings give it, into
//! [`Fact`](facts::Fact)s (cached by content); the judge joins the facts of all documents of a spec
//! into one [`model::Detection`]; rules look at both and report. Everything here is a pure function
//! of texts and rule levels: no clock, no files, no catalog.

pub mod analysis;
pub mod cron;
pub mod document;
pub mod facts;
pub mod format;
mod judge;
pub mod mentions;
mod number;
mod parallel;
mod pattern;
mod read;
pub mod requirements;
pub mod rules;
pub mod scope;
pub mod titles;

pub use crate::analysis::{Analysis, Analyzer};
pub use crate::document::Document;

/// Makes the word lists and patterns that the first analysis would have to make, which takes as
/// long as reading a hundred pages. Later calls do nothing; what else is called meanwhile waits
/// for what it needs, no longer than it would have taken by itself.
pub fn warm_up() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let document = Document::new(None, include_str!("warm_up.md").into());
        Analyzer::default().analyze(&[document]);
    });
}
