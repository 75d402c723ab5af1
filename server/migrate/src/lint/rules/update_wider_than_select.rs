use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink};
use crate::schema::Command;

declare_lint! {
    /// A policy changes or deletes rows that no policy shows.
    ///
    /// SQLite applies what may be seen to every change; PostgreSQL only where the statement reads a column. An `update` without `where` would do different things, so let the reading policies cover what the writing ones do.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, is_old boolean]
    ///   rls: own-row
    ///   policies:
    ///     - {name: tidy, for: [delete], using: is_old}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, is_old boolean]
    ///   rls: own-row
    ///   policies:
    ///     - {name: tidy, for: [select, delete], using: is_old}
    /// ```
    pub(super) static RULE = {
        name: "update-wider-than-select",
        group: Access,
        severity: Info,
        since: "0.1.0",
        check: update_wider_than_select,
    }
}

fn update_wider_than_select(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let Some(compiled) = cx.guarded(table) else { continue };
        let select = &compiled.select.using;
        if matches!(select, Expr::Bool(_)) {
            continue;
        }
        for policy in &table.policies {
            let writes = [Command::Update, Command::Delete];
            let is_write = policy.commands.iter().any(|it| writes.contains(it));
            let Some(using) = policy.using.as_ref().filter(|_| is_write) else { continue };
            if !implies(using, select) {
                let message =
                    format!("`{}` reaches rows that `select` may hide: `{using}`", policy.name);
                sink.report(policy.origin, message);
            }
        }
    }
}

/// Whether a row for which `narrow` holds is surely one of `wide`.
fn implies(narrow: &Expr, wide: &Expr) -> bool {
    let covers = |wide: &Expr| match narrow {
        Expr::And(parts) => parts.contains(wide) || narrow == wide,
        _ => narrow == wide,
    };
    match (narrow, wide) {
        (Expr::Or(parts), _) if narrow != wide => parts.iter().all(|it| implies(it, wide)),
        (_, Expr::Or(parts)) => covers(wide) || parts.iter().any(covers),
        _ => covers(wide),
    }
}
