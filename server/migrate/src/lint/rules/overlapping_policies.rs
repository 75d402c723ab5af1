use crate::lint::cx::{LintCx, Sink};
use crate::policy::{COMMANDS, singles, word};

declare_lint! {
    /// Two policies are for the same command, so PostgreSQL asks both for every row.
    ///
    /// They are joined by `or` in any case: write one policy, which the planner can use an index for.
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
    ///   rls: own-row
    ///   policies:
    ///     - {name: open, for: [select], using: is_open}
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
    ///   rls: own-or-public(user_id, is_open)
    /// ```
    pub(super) static RULE = {
        name: "overlapping-policies",
        group: Access,
        severity: Info,
        since: "0.1.0",
        check: overlapping_policies,
    }
}

fn overlapping_policies(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let all = singles(table, cx.after).unwrap_or_default();
        for command in COMMANDS {
            let same: Vec<_> = all.iter().filter(|it| it.command == command).collect();
            let [first, .., last] = same.as_slice() else { continue };
            let message =
                format!("{} policies of `{}` are for `{}`", same.len(), table.name, word(command));
            sink.report(last.origin, message).related(first.origin, "the first of them");
        }
    }
}
