use crate::expr::users_table;
use crate::lint::cx::{LintCx, Sink};
use crate::policy::foreign_keys;
use crate::schema::Access;

declare_lint! {
    /// The column that says whose row it is does not refer to the table of users.
    ///
    /// Whoever guesses or reuses an id owns rows of a user that is gone. Write `fk->users.id`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id uuid not null]
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
    ///   rls: own-row(user_id)
    /// ```
    pub(super) static RULE = {
        name: "owner-without-reference",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: owner_without_reference,
    }
}

fn owner_without_reference(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    let Some(users) = users_table(cx.after) else { return };
    for table in cx.changed().filter(|it| it.name != users.name) {
        let (Access::OwnRow { column } | Access::OwnOrPublic { column, .. }) = &table.access else {
            continue;
        };
        // A reference to anything is enough: profiles may stand between.
        if foreign_keys(table).iter().any(|it| it.0 == *column) {
            continue;
        }
        let Some(column) = table.column(column) else { continue };
        let message =
            format!("`{}.{}` does not refer to `{}`", table.name, column.name, users.name);
        sink.report(column.origin, message);
    }
}
