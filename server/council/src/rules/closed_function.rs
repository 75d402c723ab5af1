use super::cx::{Cx, Sink};
use super::support::{calls, is_trusted};
use crate::schema::{Schema, policy_object};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// A function is revoked from everybody, and what a role reads or writes calls it: a policy, a view, a default or a check.
    ///
    /// These run with the rights of who asks, so that each of his statements fails. Grant the function to the roles that need it.
    ///
    /// ```sql,bad
    /// create function tenant() returns bigint language sql stable as $$ select 1::bigint $$;
    /// create table accounts (id bigint primary key, tenant_id bigint not null);
    /// alter table accounts enable row level security;
    /// create policy own on accounts to app using (tenant_id = tenant());
    /// grant select on accounts to app;
    /// -- migration
    /// revoke execute on function tenant() from public;
    /// ```
    /// ```sql,good
    /// create function tenant() returns bigint language sql stable as $$ select 1::bigint $$;
    /// create table accounts (id bigint primary key, tenant_id bigint not null);
    /// alter table accounts enable row level security;
    /// create policy own on accounts to app using (tenant_id = tenant());
    /// grant select on accounts to app;
    /// -- migration
    /// revoke execute on all functions in schema public from public;
    /// grant execute on all functions in schema public to app;
    /// ```
    /// ```sql,good
    /// create function tenant() returns bigint language sql stable as $$ select 1::bigint $$;
    /// create table accounts (id bigint primary key, tenant_id bigint not null);
    /// alter table accounts enable row level security;
    /// create policy own on accounts to app using (tenant_id = tenant());
    /// grant select on accounts to app;
    /// -- migration
    /// revoke execute on function tenant() from public;
    /// grant execute on function tenant() to app;
    /// ```
    pub(super) static RULE = {
        name: "closed-function",
        group: Access,
        class: Compatibility,
        since: "0.1.0",
        check: closed_function,
    }
}

fn closed_function(cx: &Cx, sink: &mut Sink<'_>) {
    let was: BTreeSet<_> = shut_out(&cx.change.before).into_iter().collect();
    let mut told = BTreeSet::new();
    for (function, user, role) in shut_out(&cx.change.after) {
        let is_known = was.contains(&(function.clone(), user.clone(), role.clone()));
        if is_known || !told.insert(function.clone()) {
            continue;
        }
        let claim = format!("`{user}` calls `{function}`, which `{role}` may not");
        sink.whole(&function, Risk::High, claim)
            .stake(Stake::Service)
            .fix("Grant it", format!("grant execute on function {function} to {role};"));
    }
}

/// Functions that not everybody may call, what calls them, and a role that uses that and may not.
fn shut_out(schema: &Schema) -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    for function in &schema.closed {
        let bare = function.rsplit('.').next().unwrap_or(function);
        for (user, roles) in users(schema, bare) {
            let lacks = |it: &String| !is_trusted(it) && !may_call(schema, function, it);
            out.extend(
                roles.into_iter().filter(lacks).map(|it| (function.clone(), user.clone(), it)),
            );
        }
    }
    out
}

/// What calls a function with the rights of who asks, and the roles that ask.
fn users(schema: &Schema, function: &str) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    let granted = |object: &str, privileges: &[&str]| -> Vec<String> {
        let own = |it: &&(String, String, String)| {
            it.0 == object && (privileges.contains(&it.2.as_str()) || it.2 == "all")
        };
        schema
            .grants
            .iter()
            .filter(own)
            .map(|it| it.1.clone())
            .filter(|it| !schema.bypassing.contains(it))
            .collect()
    };
    let asks = |it: &String| calls(&it.to_lowercase(), function);
    for table in &schema.tables {
        for policy in table.policies.iter().filter(|_| table.row_security) {
            if !policy.using.iter().chain(&policy.check).any(asks) {
                continue;
            }
            let mut roles = granted(&table.name, &["select", "insert", "update", "delete"]);
            if !policy.roles.iter().any(|it| it == "public") {
                roles.retain(|it| policy.roles.contains(it));
            }
            out.push((policy_object(&policy.name, &table.name), roles));
        }
        let mut defaults = table.columns.iter().filter_map(|it| it.default.as_ref());
        let mut checks = table.constraints.iter().map(|it| &it.expr);
        if defaults.any(asks) || checks.any(asks) {
            out.push((table.name.clone(), granted(&table.name, &["insert"])));
        }
    }
    let views = schema.views.iter().filter(|it| asks(&it.query));
    out.extend(views.map(|it| (it.name.clone(), granted(&it.name, &["select"]))));
    out
}

fn may_call(schema: &Schema, function: &str, role: &str) -> bool {
    // What is granted of all functions of a schema is kept under its name.
    let of = function.rsplit_once('.').map_or("public", |it| it.0);
    let has = |role: &str| {
        let own = |it: &&(String, String, String)| (it.0 == function || it.0 == of) && it.1 == role;
        schema
            .grants
            .iter()
            .filter(own)
            .any(|it| it.2 == "execute" || it.2 == "all" && it.0 == function)
            || schema.default_grants.contains(&(role.to_owned(), "execute".to_owned()))
    };
    has(role) || schema.members.iter().any(|(member, of)| member == role && has(of))
}
