use super::cx::{Cx, Sink};
use super::support::is_trusted;
use crate::ddl::Action;
use crate::schema::{Schema, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A role that policies keep to rows of its own is let at a table that has none, and that holds rows of all.
    ///
    /// The table has the column by which policies of other tables tell whose a row is. Turn row security on and write a policy, or show the role a view of its rows.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, tenant_id bigint);
    /// create table items (id bigint primary key, tenant_id bigint);
    /// create table outbox (id bigint primary key, tenant_id bigint, payload jsonb);
    /// alter table orders enable row level security;
    /// alter table items enable row level security;
    /// create policy own on orders using (tenant_id = current_setting('app.tenant')::bigint);
    /// create policy own on items using (tenant_id = current_setting('app.tenant')::bigint);
    /// grant select on orders, items to app;
    /// -- migration
    /// grant select on outbox to app;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, tenant_id bigint);
    /// create table items (id bigint primary key, tenant_id bigint);
    /// create table outbox (id bigint primary key, tenant_id bigint, payload jsonb);
    /// alter table orders enable row level security;
    /// alter table items enable row level security;
    /// create policy own on orders using (tenant_id = current_setting('app.tenant')::bigint);
    /// create policy own on items using (tenant_id = current_setting('app.tenant')::bigint);
    /// grant select on orders, items to app;
    /// -- migration
    /// grant insert on outbox to app;
    /// ```
    pub(super) static RULE = {
        name: "unguarded-grant",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: unguarded_grant,
    }
}

fn unguarded_grant(cx: &Cx, sink: &mut Sink<'_>) {
    let before = &cx.change.before;
    for step in &cx.change.steps {
        let Action::Grant(it) = &step.action else { continue };
        let reads = |it: &String| matches!(it.as_str(), "select" | "all");
        if it.kind != "table" || !it.privileges.iter().any(reads) {
            continue;
        }
        for table in it.objects.iter().filter_map(|it| cx.change.old_table(step, it)) {
            let is_open = cx.change.after.table_of(table.id).is_some_and(|it| !it.row_security);
            let Some(column) = owner(before, table).filter(|_| is_open) else { continue };
            let is_new = |role: &&String| {
                !is_trusted(role)
                    && !before.bypassing.contains(*role)
                    && !may_read(before, &table.name, role)
                    && before
                        .tables
                        .iter()
                        .any(|it| it.row_security && may_read(before, &it.name, role))
            };
            if let Some(role) = it.roles.iter().find(is_new) {
                let claim = format!(
                    "`{role}` may read every row of `{}`, whatever its `{column}` is",
                    table.name
                );
                sink.report(step, &table.name, Risk::Medium, claim)
                    .stake(Stake::Access)
                    .fix("Turn row security on, with a policy", "");
            }
        }
    }
}

fn may_read(schema: &Schema, table: &str, role: &str) -> bool {
    let own = |of: &str, by: &str, what: &str| {
        of == table && by == role && matches!(what, "select" | "all")
    };
    schema.grants.iter().any(|it| own(&it.0, &it.1, &it.2))
        || schema.column_grants.iter().any(|it| own(&it.0, &it.1, &it.2))
}

/// The column of a table by which policies of several others tell whose a row is.
fn owner<'t>(schema: &Schema, table: &'t Table) -> Option<&'t str> {
    const TABLES_MIN: usize = 2;
    // What it is compared with is computed: a constant is nobody.
    let is_owner = |text: &str, column: &str| {
        let compared = format!("{column} = ");
        text.match_indices(&compared).any(|(at, _)| {
            let is_name = text[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
            let value = &text[at + compared.len()..];
            !is_name && value.starts_with(|it: char| it.is_alphabetic() || it == '(')
        })
    };
    let asks = |of: &Table, column: &str| {
        let mut texts = of.policies.iter().filter_map(|it| it.using.as_deref());
        of.id != table.id && of.column(column).is_some() && texts.any(|it| is_owner(it, column))
    };
    let mut names = table.columns.iter().map(|it| it.name.as_str()).filter(|it| *it != "id");
    names.find(|name| schema.tables.iter().filter(|it| asks(it, name)).count() >= TABLES_MIN)
}
