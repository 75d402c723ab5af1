use super::cx::{Cx, Sink};
use super::shown::{shown, unqualified};
use super::support::{asks_who_calls, is_anybody, is_trusted};
use crate::ddl::Action;
use crate::schema::Schema;
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A function that runs with its owner's rights reads a table with row security, and asks nowhere who calls.
    ///
    /// Anybody may call a function that is not revoked. Ask for the caller in it, or revoke it from `public`.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create function emails() returns setof text language sql security definer set search_path = '' as $$ select email from public.accounts $$;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create function emails() returns setof text language sql security definer set search_path = '' as $$ select email from public.accounts where org_id = current_setting('app.org')::bigint $$;
    /// ```
    pub(super) static RULE = {
        name: "definer-reads-guarded",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: definer_reads_guarded,
    }
}

fn definer_reads_guarded(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for it in after.functions.iter().filter(|it| it.is_definer && it.returns != "trigger") {
        if before
            .functions
            .iter()
            .any(|old| old.is_definer && old.name == it.name && old.body == it.body)
        {
            continue;
        }
        let body = it.body.to_lowercase();
        // What reads as much as before is no worse, unless it asked who calls.
        let was = before.functions.iter().find(|old| old.is_definer && old.id == it.id);
        let was = was.map(|it| it.body.to_lowercase()).unwrap_or_default();
        let is_known = |name: &str| mentions(&was, name) && !asks_who_calls(before, &was);
        let guarded = after.tables.iter().find(|table| {
            table.row_security && mentions(&body, &table.name) && !is_known(&table.name)
        });
        // A role that policies hold back is as good as anybody.
        let is_granted = cx.change.steps.iter().any(|step| {
            matches!(&step.action, Action::Grant(grant) if grant.kind == "function" && grant.objects.contains(&it.name) && grant.roles.iter().any(|it| !is_trusted(it) && !after.bypassing.contains(it)))
        });
        let is_revoked = !is_granted && cx.change.steps.iter().any(|step| {
            matches!(&step.action, Action::Revoke(grant) if grant.kind == "function" && grant.objects.contains(&it.name) && grant.roles.iter().any(|it| it == "public"))
        });
        if let Some(table) = guarded.filter(|_| {
            !is_revoked && !asks_who_calls(after, &body) && !body.contains("current_user")
        }) {
            let claim = format!(
                "whoever calls `{}` gets past the policies of `{}`",
                it.object(),
                table.name
            );
            // Without a word about it everybody may call it.
            let gives_rows = ["setof", "table"].iter().any(|word| mentions(&it.returns, word));
            let risk = match gives_rows && !is_shown(before, &body, &table.name) {
                true => Risk::High,
                false => Risk::Medium,
            };
            sink.whole(&it.object(), risk, claim).stake(Stake::Access).fix(
                "Revoke it from everybody",
                format!("revoke execute on function {} from public;", it.object()),
            );
        }
    }
}

/// Whether a view that was granted shows rows of the table by conditions that a body asks too.
fn is_shown(schema: &Schema, body: &str, table: &str) -> bool {
    let body = unqualified(&body.split_whitespace().collect::<Vec<_>>().join(" "));
    schema.views.iter().filter(|it| !it.is_invoker && it.reads == [table]).any(|it| {
        let is_granted = schema.grants.iter().any(|of| of.0 == it.name && is_anybody(&of.1));
        let asked = shown(it).map(|it| it.conditions).unwrap_or_default();
        is_granted && !asked.is_empty() && asked.iter().all(|it| body.contains(it.as_str()))
    })
}
