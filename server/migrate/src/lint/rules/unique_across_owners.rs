use crate::lint::cx::{LintCx, Sink};
use crate::schema::{Access, ConstraintKind};

declare_lint! {
    /// A unique value is shared by users who must not know of each other.
    ///
    /// An insert that fails tells that somebody has the value. Make it unique together with the owner or the group.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, slug text unique]
    ///   rls: own-row
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, slug text]
    ///   rls: own-row
    ///   constraints: ["unique (user_id, slug)"]
    /// ```
    pub(super) static RULE = {
        name: "unique-across-owners",
        group: Access,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: unique_across_owners,
    }
}

fn unique_across_owners(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let scope = match &table.access {
            Access::OwnRow { column } => column,
            Access::MemberOf { via, .. } => via,
            _ => continue,
        };
        for column in table.columns.iter().filter(|it| it.unique && it.name != *scope) {
            let message = format!("`{}` is unique across all of `{scope}`", column.name);
            sink.report(column.origin, message);
        }
        for constraint in &table.constraints {
            let ConstraintKind::Unique(columns) = &constraint.kind else { continue };
            if !columns.contains(scope) {
                let message = format!("`{}` is unique across all of `{scope}`", columns.join(", "));
                sink.report(constraint.origin, message);
            }
        }
    }
}
