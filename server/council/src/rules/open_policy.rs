use super::cx::{Cx, Sink};
use super::exposed_column::is_personal;
use super::support::{is_anybody, is_trusted, new_policies};
use crate::logic::{is_always_true, is_always_true_of};
use crate::reach::COMMANDS;
use crate::schema::{Policy, Schema, Table, policy_object};
use model::{Risk, Stake};

declare_rule! {
    /// A policy holds for every row: `true`, `1 = 1`, `… or true`.
    ///
    /// Permissive policies add up, so that one is enough to open a table. For writing, a `with check (true)` lets a row be given to anybody. A policy that only lets read a table of its own is told and not refused: there are public tables. `id > 0` holds for every row where the database counts the key, and is told alone where programs write it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy all_of_it on accounts for select using (true);
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy move on accounts for update using (org_id = current_setting('app.org')::bigint) with check (true);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy service on accounts to service_role using (true) with check (true);
    /// ```
    pub(super) static RULE = {
        name: "open-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: open_policy,
    }
}

fn open_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx).filter(|it| it.1.is_permissive) {
        if policy.roles.iter().all(|it| is_trusted(it) || cx.change.after.bypassing.contains(it)) {
            continue;
        }
        let stated = without_assumed_keys(table);
        let open_of = |command: &str, table: &Table| {
            let part = match command {
                "insert" | "update" => policy.check.as_ref().or(policy.using.as_ref()),
                _ => policy.using.as_ref(),
            };
            let takes_any = command == "update"
                && policy.check.is_some()
                && policy.using.as_ref().is_some_and(|it| is_always_true_of(it, table));
            takes_any || part.is_none_or(|it| is_always_true_of(it, table))
        };
        let open = |command: &str| open_of(command, &stated);
        let has = |command: &str| policy.command == "all" || policy.command == command;
        let writes: Vec<&str> =
            ["insert", "update", "delete"].into_iter().filter(|it| has(it) && open(it)).collect();
        let reads = has("select") && open("select");
        let was_kept = cx
            .change
            .before
            .table_of(table.id)
            .is_some_and(|it| it.row_security && !it.policies.is_empty());
        let was_open = cx.change.before.table_of(table.id).is_some_and(|it| !it.row_security);
        let object = policy_object(&policy.name, &table.name);
        let who = policy.roles.join(", ");
        let is_narrow = policy.roles.iter().all(|it| reads_columns(&cx.change.after, table, it));
        let is_service = policy.roles.iter().all(|it| sees_all(&cx.change.before, it));
        let (risk, claim) = match (writes.is_empty(), reads) {
            (true, true) if was_kept && (is_narrow || is_service) => (
                if is_narrow { Risk::Low } else { Risk::Medium },
                format!("`{who}` may read every row of `{}`", table.name),
            ),
            (false, true) => (
                // Where no policy kept anybody out, it lets in nobody who was kept out.
                if is_service && was_open { Risk::Low } else { Risk::Critical },
                format!(
                    "`{who}` may read every row of `{}`, and {}",
                    table.name,
                    writes.join(", ")
                ),
            ),
            (false, false) => (
                Risk::High,
                format!(
                    "`{who}` may {} rows of `{}` as anybody's",
                    writes.join(" and "),
                    table.name
                ),
            ),
            (true, true) if was_kept => {
                (Risk::Critical, format!("`{who}` may read every row of `{}`", table.name))
            }
            (true, true) => (Risk::Low, format!("`{who}` may read every row of `{}`", table.name)),
            (true, false) if COMMANDS.iter().any(|it| has(it) && open_of(it, table)) => (
                Risk::Low,
                format!(
                    "`{who}` may use every row of `{}` whose key is above zero, as nothing but custom keeps keys",
                    table.name
                ),
            ),
            (true, false) => continue,
        };
        sink.whole(&object, risk, claim).stake(Stake::Access).fix("Say whose rows", "");
    }
}

/// Whether a role of its own reads some columns of a table alone, and none of them is about people.
fn reads_columns(schema: &Schema, table: &Table, role: &str) -> bool {
    let own = |of: &str, by: &str, what: &str| {
        of == table.name && by == role && matches!(what, "select" | "all")
    };
    let is_whole = schema.grants.iter().any(|it| own(&it.0, &it.1, &it.2));
    let mut named = schema.column_grants.iter().filter(|it| own(&it.0, &it.1, &it.2)).peekable();
    !is_common(role) && !is_whole && named.peek().is_some() && named.all(|it| !is_personal(&it.3))
}

/// Whether policies that were there let a role of its own see every row of other tables.
fn sees_all(schema: &Schema, role: &str) -> bool {
    let all = |it: &Policy| {
        it.is_permissive && it.roles == [role] && it.using.as_deref().is_some_and(is_always_true)
    };
    !is_common(role) && schema.tables.iter().any(|it| it.policies.iter().any(all))
}

fn is_common(role: &str) -> bool {
    is_anybody(role) || role == "authenticated"
}

/// The table with the keys alone that it counts itself, which are above zero; others hold what
/// programs write.
fn without_assumed_keys(table: &Table) -> Table {
    let is_counted = |name: &String| {
        table.column(name).is_some_and(|it| it.is_identity || it.kind.base.ends_with("serial"))
    };
    let mut out = table.clone();
    out.constraints.retain(|it| it.columns.iter().all(is_counted));
    out
}
