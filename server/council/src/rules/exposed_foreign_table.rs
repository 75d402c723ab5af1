use super::cx::{Cx, Sink};
use super::support::new_tables;
use crate::schema::TableKind;
use model::{Risk, Stake};

declare_rule! {
    /// A foreign table has no row security, whatever its server has.
    ///
    /// Keep it in a schema that clients do not reach.
    ///
    /// ```sql,bad
    /// create server there foreign data wrapper postgres_fdw;
    /// -- migration
    /// create foreign table remote_accounts (id bigint, email text) server there;
    /// ```
    /// ```sql,good
    /// create server there foreign data wrapper postgres_fdw;
    /// -- migration
    /// create foreign table internal.remote_accounts (id bigint, email text) server there;
    /// ```
    pub(super) static RULE = {
        name: "exposed-foreign-table",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: exposed_foreign_table,
    }
}

fn exposed_foreign_table(cx: &Cx, sink: &mut Sink<'_>) {
    for table in new_tables(cx).filter(|it| it.kind == TableKind::Foreign && !it.name.contains('.'))
    {
        let claim = format!("`{}` has no policies, and clients reach its schema", table.name);
        sink.whole(&table.name, Risk::Medium, claim).stake(Stake::Access);
    }
}
