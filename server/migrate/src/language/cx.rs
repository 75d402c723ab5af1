//! What reading a file shares: its text, where findings go, and how they are put together.

use super::column::ColumnReader;
use crate::expr::ExprError;
use crate::finding::{self, Report};
use crate::rules::{self, Rule};
use crate::schema::Origin;
use model::{Diagnostic, Span};

pub(super) struct Cx<'t> {
    pub(super) file: u32,
    pub(super) text: &'t str,
    /// Where the text is no YAML.
    pub(super) damages: Vec<Span>,
    /// In order.
    pub(super) comments: Vec<Span>,
    pub(super) columns: ColumnReader,
    pub(super) sink: Sink,
}

/// Findings of one pass.
#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) out: Vec<Diagnostic>,
}

impl Sink {
    pub(crate) fn report(
        &mut self,
        rule: &'static Rule,
        origin: Origin,
        message: impl Into<String>,
    ) -> Report<'_> {
        finding::push(&mut self.out, rule, origin, message)
    }
}

impl<'t> Cx<'t> {
    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin { file: self.file, span }
    }

    pub(super) fn report(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
    ) -> Report<'_> {
        let origin = self.origin(span);
        self.sink.report(rule, origin, message)
    }

    /// Reports what the expression parser refuses.
    pub(super) fn report_expr(&mut self, span: Span, error: &ExprError) {
        let mut message = error.message.clone();
        if let Some(hint) = &error.hint {
            message += &format!(": {hint}");
        }
        self.report(&rules::invalid_expression::RULE, span, message);
    }

    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The end of the line that `offset` is in.
    pub(super) fn line_end(&self, offset: u32) -> u32 {
        let rest = self.text.get(offset as usize..).unwrap_or_default();
        let line = rest.find('\n').map_or(rest, |it| &rest[..it]);
        offset + Span::new(0, line.trim_end().len()).end
    }

    /// The start of the line that `offset` is in.
    pub(super) fn line_start(&self, offset: u32) -> u32 {
        let before = &self.text[..offset as usize];
        Span::at(before.rfind('\n').map_or(0, |it| it + 1)).start
    }

    /// The comment that follows `offset` on its line.
    pub(super) fn comment_after(&self, offset: u32) -> Option<Span> {
        let next = self.comments.partition_point(|it| it.start < offset);
        let comment = *self.comments.get(next)?;
        let between = self.text.get(offset as usize..comment.start as usize)?;
        between.trim_start_matches([' ', '\t']).is_empty().then_some(comment)
    }
}
