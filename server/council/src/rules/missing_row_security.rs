use super::cx::{Cx, Sink};
use super::support::{is_trusted, new_tables};
use crate::ddl::Action;
use crate::schema::{Table, TableKind};
use crate::simulate::sources;
use model::{Risk, Stake};

declare_rule! {
    /// A new table has no row security: who may read it may read all of it.
    ///
    /// Enable it, and write a policy for each command that clients use.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, org_id bigint);
    /// ```
    /// ```sql,bad
    /// create role app;
    /// create table readings (id bigint, org_id bigint, day date) partition by range (day);
    /// alter table readings enable row level security;
    /// create policy own on readings using (org_id = current_setting('app.org')::bigint);
    /// grant select on readings to app;
    /// -- migration
    /// create table readings_2027 partition of readings for values from ('2027-01-01') to ('2028-01-01');
    /// grant select on readings_2027 to app;
    /// ```
    /// ```sql,good
    /// create role app;
    /// create table readings (id bigint, org_id bigint, day date) partition by range (day);
    /// alter table readings enable row level security;
    /// create policy own on readings using (org_id = current_setting('app.org')::bigint);
    /// grant select on readings to app;
    /// -- migration
    /// create table readings_2027 partition of readings for values from ('2027-01-01') to ('2028-01-01');
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, org_id bigint);
    /// alter table invoices enable row level security;
    /// create policy own on invoices using (org_id = current_setting('app.org')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "missing-row-security",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: missing_row_security,
    }
}

fn missing_row_security(cx: &Cx, sink: &mut Sink<'_>) {
    let before = &cx.change.before;
    let uses_it = |it: &Table| it.row_security || !it.policies.is_empty();
    let own = before.tables.iter().filter(|it| !it.assumed);
    // A database that keeps rows apart in another way is not told about each table.
    let risk =
        if own.clone().any(uses_it) || own.clone().count() == 0 { Risk::High } else { Risk::Low };
    let is_open = |it: &&Table| cx.is_postgres() && !it.row_security && !is_reached_above(cx, it);
    for table in new_tables(cx).filter(is_open) {
        let schema = table.name.rsplit_once('.').map(|it| it.0);
        let is_hidden = schema.is_some_and(|it| {
            !own.clone().any(|of| uses_it(of) && of.name.starts_with(&format!("{it}.")))
        });
        let risk = match is_hidden || table.kind == TableKind::Foreign {
            // What somebody may read of it was guarded where it comes from.
            true if is_open_copy(cx, table) => Risk::Medium,
            true => risk.min(Risk::Low),
            false => risk,
        };
        let claim =
            format!("`{}` has no row security: who may read it reads all of it", table.name);
        sink.whole(&table.name, risk, claim).stake(Stake::Access).fix(
            "Enable it, and write policies",
            format!("alter table {} enable row level security;", table.name),
        );
    }
}

/// Whether a table is a partition that is granted to nobody, as its table is: its rows are read
/// through that one, and what holds for it holds for them.
fn is_reached_above(cx: &Cx, table: &Table) -> bool {
    let schema = &cx.change.after;
    let above = table.partition_of.as_ref().and_then(|it| schema.table(it));
    let is_granted = |name: &str| schema.grants.iter().any(|it| it.0 == name);
    above.is_some_and(|it| is_granted(&it.name)) && !is_granted(&table.name)
}

/// Whether a table is made of a guarded one, and is granted to somebody.
fn is_open_copy(cx: &Cx, table: &Table) -> bool {
    let is_guarded = |it: &String| cx.change.before.table(it).is_some_and(|it| it.row_security);
    let is_copy = cx.change.steps.iter().any(|step| match &step.action {
        Action::CreateTable(it) if it.name == table.name => {
            it.query.as_deref().is_some_and(|it| sources(it).iter().any(is_guarded))
        }
        Action::Insert { table: into, .. } if *into == table.name => {
            sources(&step.raw.tokens).iter().any(is_guarded)
        }
        _ => false,
    });
    is_copy && cx.change.after.grants.iter().any(|it| it.0 == table.name && !is_trusted(&it.1))
}
