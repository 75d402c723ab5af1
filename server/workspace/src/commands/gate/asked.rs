//! What the product specs ask of the tables that a change touches.

use super::super::CommandCx;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A spec of these tables alone: what a spec says besides is no part of what is reviewed, so that
/// another sentence makes no other subject. `None` where no spec asks for any of them.
pub(super) fn asked(cx: &CommandCx<'_>, tables: &BTreeSet<&str>) -> Option<String> {
    let views = cx.snapshot.specs().into_iter().filter_map(|it| cx.snapshot.view(it));
    let mut out = String::new();
    for view in views {
        let all = view.analysis.detection.tables.iter();
        for table in all.filter(|it| it.is_required() && tables.contains(it.name.as_str())) {
            let _ = writeln!(out, "\n### {}\n\n| Field | Type |\n| --- | --- |", table.name);
            for column in &table.columns {
                let kind = column.ty.as_deref().unwrap_or_default();
                let _ = writeln!(out, "| {} | {} |", column.name, kind.replace('|', " "));
            }
        }
    }
    (!out.is_empty()).then(|| format!("# Asked for\n\n## Data model\n{out}"))
}
