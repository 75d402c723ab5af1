use crate::lint::cx::{LintCx, Sink};
use crate::policy::foreign_keys;
use crate::schema::{Access, Type};

declare_lint! {
    /// A reference to a row that a user may not see tells him that it is there.
    ///
    /// The insert fails when it is not. Random keys (`pk`, a uuid) cannot be guessed; numbers can.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id bigint pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, about_id fk->users.id not null]
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
    ///   columns: [id pk, user_id fk->users.id not null, about_id fk->users.id not null]
    ///   rls: own-row(user_id)
    /// ```
    pub(super) static RULE = {
        name: "key-tells-existence",
        group: Access,
        severity: Hint,
        on_by_default: false,
        since: "0.1.0",
        check: key_tells_existence,
    }
}

fn key_tells_existence(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for (column, to, target) in foreign_keys(table) {
            let Some(to) = cx.after.table(&to).filter(|it| it.access != Access::Public) else {
                continue;
            };
            let is_own = match &table.access {
                Access::OwnRow { column: own } | Access::OwnOrPublic { column: own, .. } => {
                    *own == column
                }
                _ => false,
            };
            let guessed = [Type::SmallInt, Type::Integer, Type::BigInt];
            let is_guessed = to.column(&target).is_some_and(|it| guessed.contains(&it.kind));
            let Some(column) = table.column(&column).filter(|_| is_guessed && !is_own) else {
                continue;
            };
            let message = format!("`{}` tells which rows `{}` has", column.name, to.name);
            sink.report(column.origin, message);
        }
    }
}
