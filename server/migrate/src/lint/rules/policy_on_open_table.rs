use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink};
use crate::schema::Access;

declare_lint! {
    /// A policy trusts a table that everyone can write.
    ///
    /// What `exists(…)` finds in a `public` table proves nothing: a guest may have put it there.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: switches
    ///   columns: [id pk, name text, is_on boolean]
    ///   rls: public
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, body text]
    ///   rls: exists(switches where name = 'open' and is_on)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: switches
    ///   columns: [id pk, name text, is_on boolean]
    ///   rls: role(admin)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, body text]
    ///   rls: exists(switches where name = 'open' and is_on)
    /// ```
    pub(super) static RULE = {
        name: "policy-on-open-table",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: policy_on_open_table,
    }
}

fn policy_on_open_table(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.live() {
        let mut seen: Vec<String> = Vec::new();
        for (expr, origin) in cx.policy_exprs(table) {
            expr.walk(&mut |it| {
                let Expr::Exists { table: name, .. } = it else { return };
                let open = cx.after.table(name).filter(|it| it.access == Access::Public);
                let Some(open) = open else { return };
                let is_new = cx.is_changed(table) || cx.is_changed(open);
                if !is_new || seen.contains(name) {
                    return;
                }
                seen.push(name.clone());
                let message =
                    format!("everyone can write `{name}`, which opens rows of `{}`", table.name);
                sink.report(origin, message).related(open.origin, "is `public`");
            });
        }
    }
}
