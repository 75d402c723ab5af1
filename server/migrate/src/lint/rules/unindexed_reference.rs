use crate::lint::cx::{LintCx, Sink};
use crate::plan::Dialect;
use crate::policy::{foreign_keys, leads_an_index, sqlite};

declare_lint! {
    /// No index starts with a column that refers to another table.
    ///
    /// Deleting or changing a row there reads this whole table, and so does every join from there. Add it to `indices`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: shops
    ///   columns: [id pk]
    ///   rls: role(admin)
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, shop_id fk->shops.id not null]
    ///   rls: role(admin)
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: shops
    ///   columns: [id pk]
    ///   rls: role(admin)
    /// ---
    /// add_table:
    ///   name: items
    ///   columns: [id pk, shop_id fk->shops.id not null]
    ///   rls: role(admin)
    ///   indices: [shop_id]
    /// ```
    pub(super) static RULE = {
        name: "unindexed-reference",
        group: Shape,
        severity: Info,
        since: "0.1.0",
        check: unindexed_reference,
    }
}

fn unindexed_reference(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    let implied = sqlite::indexes(cx.after, Dialect::Sqlite);
    for table in cx.changed() {
        for (name, to, _) in foreign_keys(table) {
            let by_policy = implied.iter().any(|it| {
                it.object.table == table.name && it.sql.contains(&format!("(\"{name}\")"))
            });
            let Some(column) = table.column(&name) else { continue };
            if !by_policy && !leads_an_index(table, &name) {
                let message = format!(
                    "no index starts with `{name}`: changes of `{to}` read all of `{}`",
                    table.name
                );
                sink.report(column.origin, message);
            }
        }
    }
}
