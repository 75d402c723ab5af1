use crate::lint::cx::{LintCx, Sink};
use crate::schema::Access;

declare_lint! {
    /// The column that says whose row it is may be empty.
    ///
    /// A row without owner is nobody's: no user sees it again. Say `not null`, or `on delete cascade` instead of `set null`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id on delete set null]
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
    ///   columns: [id pk, user_id fk->users.id not null]
    ///   rls: own-row
    /// ```
    pub(super) static RULE = {
        name: "nullable-owner",
        group: Access,
        severity: Info,
        since: "0.1.0",
        check: nullable_owner,
    }
}

fn nullable_owner(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let (Access::OwnRow { column } | Access::OwnOrPublic { column, .. }) = &table.access else {
            continue;
        };
        let Some(column) = table.column(column).filter(|it| it.nullable) else { continue };
        let message = format!("rows of `{}` without `{}` are nobody's", table.name, column.name);
        sink.report(column.origin, message);
    }
}
