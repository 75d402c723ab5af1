use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink};
use crate::schema::Command;

declare_lint! {
    /// Rows can be changed or deleted by policy, but not seen, so nothing is ever changed.
    ///
    /// Who changes or deletes a row must be allowed to see it: without that, the statement finds no row and says nothing.
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
    ///   rls: deny
    ///   policies:
    ///     - {name: tidy, for: [delete], using: user_id = currentUser()}
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
    ///   rls: deny
    ///   policies:
    ///     - {name: tidy, for: [select, delete], using: user_id = currentUser()}
    /// ```
    pub(super) static RULE = {
        name: "write-without-read",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: write_without_read,
    }
}

fn write_without_read(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let reads = cx.guarded(table).is_none_or(|it| it.select.using != Expr::Bool(false));
        if reads {
            continue;
        }
        for policy in &table.policies {
            let writes = [Command::Update, Command::Delete];
            if policy.commands.iter().any(|it| writes.contains(it)) {
                let message = format!(
                    "`{}` changes nothing: no policy lets anyone see rows of `{}`",
                    policy.name, table.name
                );
                sink.report(policy.origin, message);
            }
        }
    }
}
