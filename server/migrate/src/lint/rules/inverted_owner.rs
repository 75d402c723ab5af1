use crate::expr::{Comparison, Expr};
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A policy lets through the rows that are not the user's.
    ///
    /// `<>` instead of `=` shows everybody else's rows and hides one's own. `currentUser() is null` opens rows to those who are not signed in.
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
    ///   rls: user_id <> currentUser()
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
    ///   rls: user_id = currentUser()
    /// ```
    pub(super) static RULE = {
        name: "inverted-owner",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: inverted_owner,
    }
}

fn inverted_owner(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for (expr, origin) in cx.written_exprs(table) {
            if let Some(part) = inverted(&expr) {
                let message = format!("`{part}` holds for rows that are not the user's");
                sink.report(origin, message);
            }
        }
    }
}

/// A part that lets others through by itself: within `and` another part may narrow it.
fn inverted(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Or(parts) => parts.iter().find_map(inverted),
        Expr::Compare { op: Comparison::NotEqual, left, right } => {
            let asks = [&**left, &**right].contains(&&Expr::CurrentUser);
            asks.then_some(expr)
        }
        Expr::IsNull { value, negated: false } if **value == Expr::CurrentUser => Some(expr),
        Expr::Not(inner) => crate::lint::cx::owner_compared(inner).map(|_| expr),
        _ => None,
    }
}
