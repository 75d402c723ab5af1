use super::cx::{Cx, Sink};
use crate::logic::is_always_true;
use crate::schema::{Function, Policy, Schema, policy_object};
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A function that policies ask has another body, and with it each of these policies lets others by.
    ///
    /// Read it as a change of the policies. One that gives the same to everybody stops the change; others ask.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// create function org() returns bigint language sql stable set search_path = '' as $$ select current_setting('app.org')::bigint $$;
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = org());
    /// -- migration
    /// create or replace function org() returns bigint language sql stable set search_path = '' as $$ select coalesce(current_setting('app.org', true)::bigint, 1) $$;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// create function org() returns bigint language sql stable set search_path = '' as $$ select current_setting('app.org')::bigint $$;
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = org());
    /// -- migration
    /// create or replace function org() returns bigint language sql stable set search_path = '' as $$
    ///   select current_setting('app.org')::bigint
    /// $$;
    /// ```
    pub(super) static RULE = {
        name: "changed-guard",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: changed_guard,
    }
}

fn changed_guard(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for now in &after.functions {
        let Some(was) = before.functions.iter().find(|it| it.id == now.id) else { continue };
        if words(&was.body) == words(&now.body) {
            continue;
        }
        let Some((table, policy)) = asked_by(after, now) else { continue };
        let object = policy_object(&policy.name, table);
        let (risk, claim) = match is_same_for_all(now) {
            true => (Risk::High, format!("`{}`, which `{object}` asks, says yes to all", now.name)),
            false => {
                (Risk::Medium, format!("`{}`, which `{object}` asks, has another body", now.name))
            }
        };
        sink.whole(&now.object(), risk, claim).stake(Stake::Access);
    }
}

/// A policy that asks the function, with its table.
fn asked_by<'s>(schema: &'s Schema, function: &Function) -> Option<(&'s str, &'s Policy)> {
    let call = format!("{}(", function.name);
    let asks = |it: &&Policy| {
        let texts = it.using.iter().chain(&it.check);
        texts.filter(|text| text.contains(&call)).any(|text| mentions(text, &function.name))
    };
    schema.tables.iter().find_map(|it| Some((it.name.as_str(), it.policies.iter().find(asks)?)))
}

/// Whether the body is a constant that holds.
fn is_same_for_all(function: &Function) -> bool {
    let body = words(&function.body).join(" ").to_lowercase();
    let body = body.trim_end_matches(';').trim();
    let value = body.strip_prefix("select ").or_else(|| {
        let inner = body.strip_prefix("begin return ")?;
        inner.strip_suffix("end").map(|it| it.trim().trim_end_matches(';'))
    });
    value.is_some_and(|it| is_always_true(it.trim()))
}

fn words(body: &str) -> Vec<&str> {
    body.split_whitespace().collect()
}
