use super::cx::{Cx, Sink};
use crate::ddl::{Action, Delete};
use model::{Risk, Stake};

declare_rule! {
    /// Rows that say which migrations have run are deleted: the program that runs them believes that they have not, and runs them again.
    ///
    /// Let the program write its own table.
    ///
    /// ```sql,bad
    /// create table schema_migrations (version text primary key);
    /// -- migration
    /// delete from schema_migrations where version < '2025';
    /// ```
    /// ```sql,good
    /// create table schema_migrations (version text primary key);
    /// -- migration
    /// insert into schema_migrations (version) values ('20260101');
    /// ```
    pub(super) static RULE = {
        name: "erased-history",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: erased_history,
    }
}

const HISTORIES: [&str; 12] = [
    "schema_migrations",
    "ar_internal_metadata",
    "django_migrations",
    "alembic_version",
    "_prisma_migrations",
    "flyway_schema_history",
    "databasechangelog",
    "knex_migrations",
    "goose_db_version",
    "__drizzle_migrations",
    "__efmigrationshistory",
    "_sqlx_migrations",
];

fn erased_history(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let table = match &step.action {
            Action::Delete(Delete { table, .. }) => table,
            Action::Truncate { tables, .. } => &tables[0],
            _ => continue,
        };
        let bare = table.rsplit('.').next().unwrap_or(table).to_lowercase();
        if HISTORIES.contains(&bare.as_str()) {
            let claim = format!("migrations that `{table}` no longer names count as not run");
            sink.report(step, table, Risk::High, claim).stake(Stake::Data);
        }
    }
}
