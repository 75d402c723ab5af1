use crate::lint::cx::{LintCx, Sink};
use crate::policy::user_column;
use crate::schema::Access;

declare_lint! {
    /// A table is `public` though its rows belong to users.
    ///
    /// `public` lets everyone write all rows, those of others too. `own-or-public` lets everyone read and only the owner write.
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
    ///   rls: public
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
    ///   rls: own-or-public
    /// ```
    pub(super) static RULE = {
        name: "public-with-owner",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: public_with_owner,
    }
}

fn public_with_owner(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed().filter(|it| it.access == Access::Public) {
        if let Some(owner) = user_column(table, cx.after) {
            let message = format!(
                "everyone can write all rows of `{}`, which belong to `{owner}`",
                table.name
            );
            sink.report(cx.access_origin(table), message);
        }
    }
}
