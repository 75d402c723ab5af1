use crate::lint::cx::{LintCx, Sink, claims};
use crate::schema::Command;

declare_lint! {
    /// A policy trusts a table of members into which users can write themselves.
    ///
    /// `member-of(members via team_id)` opens a team's rows to whoever has a row in `members`. When users may insert rows of their own there, everyone can join every team. Let members be written by a role, or by nobody but the service.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: members
    ///   columns: [id pk, team_id uuid not null, user_id fk->users.id not null]
    ///   rls: own-row
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, team_id uuid not null]
    ///   rls: member-of(members via team_id)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: members
    ///   columns: [id pk, team_id uuid not null, user_id fk->users.id not null]
    ///   rls: deny
    ///   policies:
    ///     - {name: see, for: [select], using: user_id = currentUser()}
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, team_id uuid not null]
    ///   rls: member-of(members via team_id)
    /// ```
    pub(super) static RULE = {
        name: "self-enrolled-member",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: self_enrolled_member,
    }
}

fn self_enrolled_member(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.live() {
        let mut seen: Vec<String> = Vec::new();
        for (expr, origin) in cx.policy_exprs(table) {
            for (name, _) in claims(&expr) {
                let Some(members) = cx.after.table(name).filter(|it| it.name != table.name) else {
                    continue;
                };
                let is_new = cx.is_changed(table) || cx.is_changed(members);
                let may = cx.owner_may(members, Command::Insert);
                if !is_new || !may || seen.iter().any(|it| it == name) {
                    continue;
                }
                seen.push(name.to_owned());
                let message = format!(
                    "whoever is signed in can insert his own row into `{name}`, which opens `{}`",
                    table.name
                );
                sink.report(origin, message).related(members.origin, "may be written by users");
            }
        }
    }
}
