use super::Rule;
use crate::read::{Around, Declared};
use crate::resources::Resources;
use model::{Diagnostic, DocumentId, Fix, FixEdit, Span};

/// What a rule looks at.
pub(crate) struct Cx<'a> {
    pub(crate) text: &'a str,
    pub(crate) declared: &'a Declared,
    pub(crate) around: Around<'a>,
}

impl<'a> Cx<'a> {
    pub(crate) fn resources(&self) -> &'a Resources {
        &self.declared.resources
    }

    /// The value at `path`, or the nearest key above it.
    pub(crate) fn value(&self, path: &[&str]) -> Span {
        let place = self.declared.places.of(path).filter(|it| !it.value.is_empty());
        place.map_or_else(|| self.declared.places.key(path), |it| it.value)
    }

    /// The key of `path`, or the nearest one above it.
    pub(crate) fn key(&self, path: &[&str]) -> Span {
        self.declared.places.key(path)
    }

    /// The edits that add `entry` to the mapping at `path`.
    pub(crate) fn adding(
        &self,
        path: &[&str],
        entry: crate::provision::edit::Entry,
    ) -> Vec<(Span, String)> {
        crate::provision::edit::add_at(self.text, path, entry)
    }
}

/// Findings of one pass, of document 0.
#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) out: Vec<Diagnostic>,
}

impl Sink {
    pub(crate) fn report(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
    ) -> Report<'_> {
        self.out.push(Diagnostic {
            rule: rule.name,
            severity: rule.severity,
            document: DocumentId(0),
            span,
            message: message.into(),
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
        });
        Report { diagnostic: self.out.last_mut().expect("it was just pushed") }
    }
}

/// A finding that can be given its mends.
pub(crate) struct Report<'a> {
    diagnostic: &'a mut Diagnostic,
}

impl Report<'_> {
    /// Offers edits; `safe` ones may be applied unasked.
    pub(crate) fn fix(
        self,
        title: impl Into<String>,
        edits: Vec<(Span, String)>,
        safe: bool,
    ) -> Self {
        let document = DocumentId(0);
        let edits = edits.into_iter().map(|(span, text)| FixEdit { document, span, text });
        self.diagnostic.fixes.push(Fix { title: title.into(), edits: edits.collect(), safe });
        self
    }
}
