use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A policy names one user by his id.
    ///
    /// He leaves, the id is another one in the next environment, and nobody finds the line. Give him a role.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: id = currentUser() or currentUser() = '6f1e3c52-0d5c-4c5e-9c2f-0a1b2c3d4e5f'
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: id = currentUser() or currentRole() = 'admin'
    /// ```
    pub(super) static RULE = {
        name: "hard-coded-user",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: hard_coded_user,
    }
}

fn hard_coded_user(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for (expr, origin) in cx.written_exprs(table) {
            expr.walk(&mut |it| {
                if let Some(id) = named_user(it) {
                    sink.report(origin, format!("one user is named here: {id}"));
                }
            });
        }
    }
}

/// The constant that the user's id is compared with.
fn named_user(expr: &Expr) -> Option<&Expr> {
    let is_constant = |it: &&Expr| matches!(it, Expr::Text(_) | Expr::Number(_));
    let operands = match expr {
        Expr::Compare { .. } | Expr::In { .. } => expr.children(),
        _ => return None,
    };
    let asks = operands.contains(&&Expr::CurrentUser);
    operands.into_iter().find(is_constant).filter(|_| asks)
}
