use crate::lint::cx::{LintCx, Sink, owner_columns};
use crate::policy::leads_an_index;
use crate::schema::Access;

declare_lint! {
    /// A policy compares a column with `currentUser()`, and no index starts with it.
    ///
    /// Every query of every user then reads the whole table. `own-row`, `own-or-public` and `member-of` bring their index; expressions and named policies do not.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, is_open boolean not null]
    ///   rls: user_id = currentUser() or is_open
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, is_open boolean not null]
    ///   rls: user_id = currentUser() or is_open
    ///   indices: [user_id]
    /// ```
    pub(super) static RULE = {
        name: "policy-without-index",
        group: Access,
        severity: Info,
        since: "0.1.0",
        check: policy_without_index,
    }
}

fn policy_without_index(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        // These bring their index.
        let own = match &table.access {
            Access::OwnRow { column } | Access::OwnOrPublic { column, .. } => Some(column),
            _ => None,
        };
        let mut seen: Vec<String> = own.into_iter().cloned().collect();
        for (expr, origin) in cx.policy_exprs(table) {
            for column in owner_columns(&expr) {
                if !leads_an_index(table, column) && !seen.iter().any(|it| it == column) {
                    let message = format!(
                        "no index starts with `{}.{column}`, which a policy asks for",
                        table.name
                    );
                    sink.report(origin, message);
                    seen.push(column.to_owned());
                }
            }
        }
    }
}
