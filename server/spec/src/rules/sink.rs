use super::Rule;
use crate::analysis::Analysis;
use crate::document::Document;
use crate::requirements::{self, Requirement};
use model::{Diagnostic, DocumentId, Fix, FixEdit, Related, Severity, Span, Tag};
use std::cell::OnceCell;

/// What a spec rule sees.
pub(crate) struct SpecCx<'a> {
    pub(crate) documents: &'a [Document],
    pub(crate) analysis: &'a Analysis,
    requirements: OnceCell<Vec<Vec<Requirement>>>,
}

impl<'a> SpecCx<'a> {
    pub(super) fn new(documents: &'a [Document], analysis: &'a Analysis) -> Self {
        Self { documents, analysis, requirements: OnceCell::new() }
    }

    /// The requirements of each document, joined once for all rules.
    pub(crate) fn requirements(&self) -> impl Iterator<Item = (DocumentId, &[Requirement])> {
        let all = self.requirements.get_or_init(|| {
            let documents = (0u32..).map(DocumentId).take(self.documents.len());
            documents.map(|it| requirements::requirements(self.analysis, it)).collect()
        });
        (0u32..).map(DocumentId).zip(all.iter().map(Vec::as_slice))
    }
}

/// Where a rule reports.
pub(crate) struct Sink<'a> {
    rule: &'static Rule,
    severity: Severity,
    out: &'a mut Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(
        rule: &'static Rule,
        severity: Severity,
        out: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self { rule, severity, out }
    }

    /// Reports at `span`; for block rules spans count from the chunk's start and `document` is 0.
    pub(crate) fn report(
        &mut self,
        document: DocumentId,
        span: Span,
        message: impl Into<String>,
    ) -> Report<'_> {
        self.out.push(Diagnostic {
            rule: self.rule.name,
            severity: self.severity,
            document,
            span,
            message: message.into(),
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
        });
        Report { diagnostic: self.out.last_mut().expect("it was just pushed") }
    }

    /// Reports from a block rule, at a span of its chunk.
    pub(crate) fn report_here(&mut self, span: Span, message: impl Into<String>) -> Report<'_> {
        self.report(DocumentId(0), span, message)
    }
}

/// An edit of a block rule, in its chunk.
pub(crate) fn edit_here(span: Span, text: impl Into<String>) -> FixEdit {
    FixEdit { document: DocumentId(0), span, text: text.into() }
}

/// A diagnostic that can be given its other side and its mends.
pub(crate) struct Report<'a> {
    diagnostic: &'a mut Diagnostic,
}

impl Report<'_> {
    pub(crate) fn related(
        self,
        document: DocumentId,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        self.diagnostic.related.push(Related { document, span, message: message.into() });
        self
    }

    /// Offers an edit; `safe` ones are applied by `check --fix`.
    pub(crate) fn fix(self, title: impl Into<String>, edits: Vec<FixEdit>, safe: bool) -> Self {
        self.diagnostic.fixes.push(Fix { title: title.into(), edits, safe });
        self
    }

    /// Lets editors draw the place faded: it can go without loss.
    pub(crate) fn unnecessary(self) -> Self {
        self.diagnostic.tag = Some(Tag::Unnecessary);
        self
    }
}

/// Moves a block rule's finding from its chunk to its document.
pub(super) fn place(it: &Diagnostic, document: DocumentId, start: usize) -> Diagnostic {
    let mut it = it.clone();
    it.document = document;
    it.span = it.span.shift(start);
    for related in &mut it.related {
        related.document = document;
        related.span = related.span.shift(start);
    }
    for edit in it.fixes.iter_mut().flat_map(|it| &mut it.edits) {
        edit.document = document;
        edit.span = edit.span.shift(start);
    }
    it
}
