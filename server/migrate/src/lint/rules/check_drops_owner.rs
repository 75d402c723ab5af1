use crate::lint::cx::{LintCx, Sink, owner_columns};
use crate::schema::Command;

declare_lint! {
    /// A user can change his row so that it belongs to somebody else.
    ///
    /// `using` asks whose row it is, `check` does not ask whose it becomes. Ask for the owner in both, or leave `check` out: then it is the same.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, body text]
    ///   rls: deny
    ///   policies:
    ///     - {name: own, for: [select, update], using: user_id = currentUser(), check: body <> ''}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, body text]
    ///   rls: deny
    ///   policies:
    ///     - {name: own, for: [select, update], using: user_id = currentUser(), check: user_id = currentUser() and body <> ''}
    /// ```
    pub(super) static RULE = {
        name: "check-drops-owner",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: check_drops_owner,
    }
}

fn check_drops_owner(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for policy in table.policies.iter().filter(|it| it.commands.contains(&Command::Update)) {
            let (Some(using), Some(check)) = (&policy.using, &policy.check) else { continue };
            let kept = owner_columns(check);
            for column in owner_columns(using).into_iter().filter(|it| !kept.contains(it)) {
                let message = format!(
                    "`{}` does not keep `{column}`: a user can give his row away",
                    policy.name
                );
                sink.report(policy.origin, message);
            }
        }
    }
}
