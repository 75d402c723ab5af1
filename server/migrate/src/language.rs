//! The language of migration specs: reads files to operations, replays operations over a schema.
//!
//! Everything here is pure. A file that cannot be read gives findings and as many operations as can
//! be told; nothing here runs SQL or knows an engine.

mod column;
mod cx;
mod fields;
mod format;
mod grammar;
#[cfg(test)]
mod guide;
mod highlight;
pub(crate) mod names;
mod operation;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod queries;
mod read;
pub(crate) mod replay;
mod rls;
mod seed;
mod types;
mod write;

pub use crate::language::format::format;
pub use crate::language::highlight::highlights;
pub use crate::language::names::DROPPED;
pub use crate::language::operation::{
    AddTable, AlterColumn, Cell, ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, Formula,
    HeldDef, IndexDef, KeyDef, Name, Named, Operation, OperationKind, PlainDef, PolicyDef, RawSql,
    ReferenceDef, RlsDef, RlsKind, Seed, Setting, Spanned,
};
pub use crate::language::read::keywords;
pub use crate::language::replay::{Replayed, replay};
pub use crate::language::rls::WORDS as RLS_WORDS;
pub use crate::language::types::{
    enum_word, type_like, type_of, words as type_words, write as type_text,
};
pub use crate::language::write::{name_in_words, write};
pub(crate) use text::yaml::scalar::in_json as scalar_json;

use model::Diagnostic;

/// A migration spec as text.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Without folder and ending: `0004_add_posts`. Names what is dropped softly.
    pub name: &'a str,
    pub text: &'a str,
}

/// What files say, and what is wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// In the order of files and of entries in them.
    pub operations: Vec<Operation>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads all files; `document` of a finding and `file` of an origin are indexes into `files`.
#[must_use]
pub fn read(files: &[File<'_>]) -> Read {
    let mut out = Read::default();
    for (index, file) in (0u32..).zip(files) {
        let (operations, diagnostics) = read_file(index, *file);
        out.operations.extend(operations);
        out.diagnostics.extend(diagnostics);
    }
    out
}

/// Reads one file, which is `index` in all places. Depends on nothing else, so that callers can
/// keep the answer for as long as the text is the same.
#[must_use]
pub fn read_file(index: u32, file: File<'_>) -> (Vec<Operation>, Vec<Diagnostic>) {
    read::file(index, file.name, file.text)
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
