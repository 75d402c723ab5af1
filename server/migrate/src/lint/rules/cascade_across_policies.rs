use crate::lint::cx::{LintCx, Sink};
use crate::schema::{Access, Action, Command};

declare_lint! {
    /// Deleting a row deletes rows that its deleter may not delete.
    ///
    /// What a foreign key does asks no policy. Use `on delete restrict` where the rows are somebody else's.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null]
    ///   rls: own-row
    /// ---
    /// add_table:
    ///   name: comments
    ///   columns: [id pk, user_id fk->users.id not null, note_id fk->notes.id on delete cascade]
    ///   rls: own-row(user_id)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null]
    ///   rls: own-row
    /// ---
    /// add_table:
    ///   name: comments
    ///   columns: [id pk, user_id fk->users.id not null, note_id fk->notes.id on delete restrict]
    ///   rls: own-row(user_id)
    /// ```
    pub(super) static RULE = {
        name: "cascade-across-policies",
        group: Access,
        severity: Info,
        since: "0.1.0",
        check: cascade_across_policies,
    }
}

fn cascade_across_policies(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed().filter(|it| it.access != Access::Public) {
        for column in &table.columns {
            let to = column.references.as_ref().filter(|it| it.on_delete == Action::Cascade);
            let Some(parent) = to.and_then(|it| cx.after.table(&it.table)) else { continue };
            // Rows that hang on their own owner, or are of nobody, go with him.
            let is_own = matches!(&table.access, Access::OwnRow { column: own }
                | Access::OwnOrPublic { column: own, .. } if *own == column.name);
            let is_same = parent.access == table.access
                && !matches!(parent.access, Access::OwnRow { .. } | Access::OwnOrPublic { .. });
            let is_internal = table.access == Access::Deny;
            if is_own || is_same || is_internal || !cx.owner_may(parent, Command::Delete) {
                continue;
            }
            let message = format!(
                "who deletes a row of `{}` deletes rows of `{}`, whatever its policies say",
                parent.name, table.name
            );
            sink.report(column.origin, message)
                .related(parent.origin, "its rows can be deleted by users");
        }
    }
}
