use super::cx::{Cx, Sink};
use super::support::{asks_session, asks_who_calls, is_anybody, written_by};
use crate::ddl::{Action, Grant};
use crate::schema::{Function, Schema};
use model::{Risk, Stake};

declare_rule! {
    /// A function that runs with its owner's rights changes data or the schema, anybody may call it, and it asks nowhere who calls.
    ///
    /// Every role may call a new function until that is revoked from `public`. `current_user` within it is its owner. Ask for the caller (`auth.uid()`, `session_user`, a setting of the session), or revoke it from `public`.
    ///
    /// ```sql,bad
    /// create table people (id uuid primary key, email text);
    /// -- migration
    /// create function forget(who uuid) returns void language plpgsql security definer set search_path = '' as $$ begin delete from public.people where id = who; end $$;
    /// ```
    /// ```sql,good
    /// create table people (id uuid primary key, email text);
    /// -- migration
    /// create function forget_me() returns void language plpgsql security definer set search_path = '' as $$ begin delete from public.people where id = auth.uid(); end $$;
    /// create function forget(who uuid) returns void language plpgsql security definer set search_path = '' as $$ begin delete from public.people where id = who; end $$;
    /// revoke execute on function forget(uuid) from public;
    /// ```
    /// ```sql,good
    /// create table readings (id bigint primary key, value float8);
    /// create function store(it float8) returns void language sql security definer set search_path = '' as $$ update public.readings set value = it where id = 1 $$;
    /// -- migration
    /// create or replace function store(it float8) returns void language sql security definer set search_path = '' as $$ update public.readings set value = round(it) where id = 1 $$;
    /// ```
    pub(super) static RULE = {
        name: "unguarded-definer",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: unguarded_definer,
    }
}

fn unguarded_definer(cx: &Cx, sink: &mut Sink<'_>) {
    became_definer(cx, sink);
    let (before, after) = (&cx.change.before, &cx.change.after);
    for it in after.functions.iter().filter(|it| it.is_definer && it.returns != "trigger") {
        let old = before.functions.iter().find(|old| old.is_definer && old.id == it.id);
        // What replaces it does no more to others' things.
        let is_known = old.is_some_and(|old| old.body == it.body || is_as_open(before, old, it));
        if is_known && !is_granted(cx, it) {
            continue;
        }
        let Some((risk, what)) = effect(it) else { continue };
        if asks_caller(&it.body) || asks_who_calls(after, &it.body) || !is_open(cx, it) {
            continue;
        }
        let claim = format!("whoever calls `{}` {what} with its owner's rights", it.object());
        sink.whole(&it.object(), risk, claim).stake(Stake::Access).fix(
            "Revoke it from everybody",
            format!("revoke execute on function {} from public;", it.object()),
        );
    }
}

fn is_as_open(before: &Schema, old: &Function, new: &Function) -> bool {
    let tables = |it: &Function| written_by(&it.body);
    let is_guarded = asks_caller(&old.body) || asks_who_calls(before, &old.body);
    !is_guarded
        && effect(old) == effect(new)
        && tables(new).iter().all(|it| tables(old).contains(it))
}

/// Functions that ran with their callers' rights, and whose bodies tell nothing worse.
fn became_definer(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::AlterFunction { name, options, .. } = &step.action else { continue };
        let known = step.schema.functions.iter().find(|it| it.name == *name);
        let is_harmless = known
            .is_none_or(|it| !it.is_definer && (it.returns == "trigger" || effect(it).is_none()));
        if options.is_definer == Some(true) && is_harmless {
            let claim = format!("`{name}` runs with its owner's rights from here");
            sink.report(step, name, Risk::Medium, claim).stake(Stake::Access);
        }
    }
}

/// What its body does to others' things. A new row harms less than one that is gone.
fn effect(function: &Function) -> Option<(Risk, &'static str)> {
    let body = function.body.to_lowercase();
    let words: Vec<&str> = body.split(|it: char| !it.is_alphanumeric() && it != '_').collect();
    let has = |all: &[&str]| words.windows(all.len()).any(|it| it == all);
    let changes = has(&["delete", "from"])
        || has(&["update"]) && !written_by(&function.body).is_empty()
        || ["truncate", "alter", "drop", "grant", "execute"].iter().any(|it| has(&[it]));
    if changes {
        return Some((Risk::High, "changes data"));
    }
    has(&["insert", "into"]).then_some((Risk::Medium, "writes rows"))
}

fn asks_caller(body: &str) -> bool {
    const ASKS: [&str; 6] =
        ["is_admin(", "is_owner(", "has_role(", "has_permission(", "authorize", "pg_has_role("];
    let body = body.to_lowercase();
    asks_session(&body) || ASKS.iter().any(|it| body.contains(it))
}

/// Whether the migration lets anybody call it who signs up.
fn is_granted(cx: &Cx, function: &Function) -> bool {
    let is_open = |it: &Grant| {
        names(it, function) && it.roles.iter().any(|it| is_anybody(it) || it == "authenticated")
    };
    cx.change.steps.iter().any(|step| matches!(&step.action, Action::Grant(it) if is_open(it)))
}

fn names(grant: &Grant, function: &Function) -> bool {
    let is_all =
        grant.kind.ends_with("functions in schema") || grant.kind.ends_with("routines in schema");
    (grant.kind == "function" && grant.objects.contains(&function.name)) || is_all
}

/// Whether anybody may call it: it is not revoked, or it is granted.
fn is_open(cx: &Cx, function: &Function) -> bool {
    let is_to = |it: &Grant, who: &dyn Fn(&str) -> bool| {
        names(it, function) && it.roles.iter().any(|it| who(it))
    };
    let mut is_open = true;
    for step in &cx.change.steps {
        match &step.action {
            Action::Revoke(it) if is_to(it, &|it| it == "public") => is_open = false,
            Action::Grant(it) if is_to(it, &|it| is_anybody(it) || it == "authenticated") => {
                is_open = true;
            }
            _ => {}
        }
    }
    is_open
}
