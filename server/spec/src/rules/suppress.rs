//! `<!-- specwright: allow RULE -->` silences the next block, `allow-file RULE` the whole file.

use crate::analysis::Analysis;
use crate::document::Document;
use model::Diagnostic;

pub(super) fn drop_silenced(
    _documents: &[Document],
    _analysis: &Analysis,
    _diagnostics: &mut Vec<Diagnostic>,
) {
}
