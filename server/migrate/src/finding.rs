//! How a rule's finding becomes a diagnostic; shared by the language and the lint.

use crate::rules::Rule;
use crate::schema::Origin;
use model::{Diagnostic, DocumentId, Fix, FixEdit, Related, Span};

/// Adds a finding to `out`, to be given its other side and its mends.
pub(crate) fn push<'o>(
    out: &'o mut Vec<Diagnostic>,
    rule: &Rule,
    origin: Origin,
    message: impl Into<String>,
) -> Report<'o> {
    out.push(Diagnostic {
        rule: rule.name,
        severity: rule.severity,
        document: DocumentId(origin.file),
        span: origin.span,
        message: message.into(),
        related: Vec::new(),
        fixes: Vec::new(),
        tag: None,
    });
    Report { diagnostic: out.last_mut().expect("it was just pushed") }
}

/// A finding that can be given its other side and its mends.
pub(crate) struct Report<'a> {
    diagnostic: &'a mut Diagnostic,
}

impl Report<'_> {
    pub(crate) fn related(self, origin: Origin, message: impl Into<String>) -> Self {
        let document = DocumentId(origin.file);
        let message = message.into();
        self.diagnostic.related.push(Related { document, span: origin.span, message });
        self
    }

    /// Offers edits of the finding's own file; `safe` ones may be applied unasked.
    pub(crate) fn fix(
        self,
        title: impl Into<String>,
        edits: Vec<(Span, String)>,
        safe: bool,
    ) -> Self {
        let document = self.diagnostic.document;
        let edits = edits.into_iter().map(|(span, text)| FixEdit { document, span, text });
        self.diagnostic.fixes.push(Fix { title: title.into(), edits: edits.collect(), safe });
        self
    }
}
