use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink, claims, owner_compared};
use crate::schema::Command;

declare_lint! {
    /// A policy trusts a column that users can change in their own row.
    ///
    /// `exists(users where id = currentUser() and is_admin)` means nothing when everyone may set his own `is_admin`. Keep such columns in a table that users cannot write, or ask for `currentRole()`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, is_admin boolean not null]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: settings
    ///   columns: [id pk, value text]
    ///   rls: exists(users where id = currentUser() and is_admin)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, is_admin boolean not null]
    ///   rls: deny
    ///   policies:
    ///     - {name: see, for: [select], using: id = currentUser()}
    /// ---
    /// add_table:
    ///   name: settings
    ///   columns: [id pk, value text]
    ///   rls: exists(users where id = currentUser() and is_admin)
    /// ```
    pub(super) static RULE = {
        name: "self-granted-claim",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: self_granted_claim,
    }
}

fn self_granted_claim(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.live() {
        let mut seen: Vec<(String, String)> = Vec::new();
        for (expr, origin) in cx.policy_exprs(table) {
            for (name, filter) in claims(&expr) {
                let Some(claimed) = cx.after.table(name) else { continue };
                let is_new = cx.is_changed(table) || cx.is_changed(claimed);
                if !is_new || !cx.owner_may(claimed, Command::Update) {
                    continue;
                }
                for column in claimed_columns(filter) {
                    let key = (name.to_owned(), column.to_owned());
                    if seen.contains(&key) {
                        continue;
                    }
                    seen.push(key);
                    let message = format!(
                        "users can change `{name}.{column}` of their own row, which opens `{}`",
                        table.name
                    );
                    sink.report(origin, message).related(claimed.origin, "may be changed by users");
                }
            }
        }
    }
}

/// Columns of the user's row that decide, besides the one that says whose it is.
fn claimed_columns(filter: &Expr) -> Vec<&str> {
    let parts = match filter {
        Expr::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut out = Vec::new();
    // What is matched with the row at hand is the business of `self-enrolled-member`.
    let is_matched = |it: &&Expr| it.contains(|it| matches!(it, Expr::Column { outer: true, .. }));
    for part in parts.iter().filter(|it| owner_compared(it).is_none() && !is_matched(it)) {
        part.walk(&mut |it| {
            if let Expr::Column { name, outer: false } = it {
                out.push(name.as_str());
            }
        });
    }
    out
}
