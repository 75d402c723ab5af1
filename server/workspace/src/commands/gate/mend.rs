//! Mends in the words of a migration spec, for findings in the statements that it becomes.

use super::super::applied;
use super::Source;
use migrate::language::{Operation, OperationKind};
use model::{Class, CouncilFinding, FindingFix, Span};

/// What to write instead, and in the place of what; `None` where the spec has no words for it.
pub(super) fn mend(
    source: &Source,
    operation: &Operation,
    finding: &CouncilFinding,
) -> Option<(Span, FindingFix)> {
    match &operation.kind {
        OperationKind::SetRls { table, rls } if finding.class == Class::Security => {
            let [was, is] = [&source.file.before, &source.file.after]
                .map(|it| it.table(&table.value).map(|it| &it.access));
            let was = was.filter(|was| Some(*was) != is)?;
            let words = applied::access(was);
            let text = scalar(&words);
            let title = format!("Keep `rls: {words}`");
            Some((rls.origin.span, FindingFix { title, text, replaces_place: true }))
        }
        OperationKind::DropColumn { purge: true, .. }
        | OperationKind::DropTable { purge: true, .. }
            if finding.class == Class::DataLoss =>
        {
            let span = word(source, operation.origin.span, "purge: true")?;
            let fix = FindingFix {
                title: "Put it aside, and drop it for good in a later migration".to_owned(),
                text: "purge: false".to_owned(),
                replaces_place: true,
            };
            Some((span, fix))
        }
        _ => None,
    }
}

/// Where a text stands in an operation.
fn word(source: &Source, operation: Span, text: &str) -> Option<Span> {
    let inside = source.text.get(operation.range())?;
    let start = operation.range().start + inside.find(text)?;
    Some(Span::new(start, start + text.len()))
}

/// A value as it may stand anywhere in YAML.
fn scalar(text: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '(' | ')' | ' ');
    match text.chars().all(is_plain) {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_yaml_would_read_them_otherwise() {
        assert_eq!(scalar("own-row(owner_id)"), "own-row(owner_id)");
        assert_eq!(scalar("own-or-public(a, b)"), r#""own-or-public(a, b)""#);
        assert_eq!(scalar("a = 'x' or b"), r#""a = 'x' or b""#);
    }
}
