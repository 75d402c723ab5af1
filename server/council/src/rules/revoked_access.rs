use super::cx::{Cx, Sink};
use super::support::is_anybody;
use crate::ddl::Action;
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// A role loses a privilege that it has, and programs that use it fail.
    ///
    /// What is taken from everybody is not told: that is what narrowing access looks like.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// grant select, update on accounts to app;
    /// -- migration
    /// revoke update on accounts from app;
    /// ```
    /// ```sql,bad
    /// create table clinics (id bigint primary key, name text, listed boolean);
    /// create view directory as select id, name from clinics where listed;
    /// grant select on directory to anon;
    /// -- migration
    /// drop view directory;
    /// create view directory as select id, name from clinics where listed;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text);
    /// grant select on accounts to public;
    /// -- migration
    /// revoke all on accounts from public;
    /// ```
    pub(super) static RULE = {
        name: "revoked-access",
        group: Access,
        class: Compatibility,
        since: "0.1.0",
        check: revoked_access,
    }
}

fn revoked_access(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    let mut told = BTreeSet::new();
    for (object, role, privilege) in before.grants.difference(&after.grants) {
        let is_there = after.table(object).is_some()
            || after.view(object).is_some()
            || after.functions.iter().any(|it| it.name == *object)
            || ["schema", "sequence"].iter().any(|kind| after.has_other(kind, object));
        let has_all = after.grants.contains(&(object.clone(), role.clone(), "all".to_owned()));
        if is_there
            && !has_all
            && (!is_anybody(role) || is_remade(cx, object, role))
            && told.insert((object, role))
        {
            let claim = format!("`{role}` no longer has `{privilege}` on `{object}`");
            sink.whole(object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
    for (role, of) in before.members.difference(&after.members) {
        let claim = format!("`{role}` no longer has what `{of}` may");
        sink.whole(role, Risk::Medium, claim).stake(Stake::Service);
    }
    for (role, privilege) in before.default_grants.difference(&after.default_grants) {
        if !is_anybody(role) {
            let claim = format!("`{role}` does not get `{privilege}` on what comes");
            sink.whole(role, Risk::Medium, claim).stake(Stake::Service);
        }
    }
    for step in &cx.change.steps {
        let Action::Revoke(it) = &step.action else { continue };
        let known = |role: &String| {
            let own = |of: &&(String, String, String)| of.1 == *role;
            // Where grants of the role are known, one that is not among them was none.
            it.kind == "table" && before.grants.iter().any(|of| own(&of))
        };
        let has_again = |role: &String| {
            after.grants.iter().any(|of| of.1 == *role && it.objects.contains(&of.0))
        };
        let loses = |role: &&String| !is_anybody(role) && !known(role) && !has_again(role);
        let is_old = it.kind != "table"
            || it.objects.iter().any(|name| {
                cx.change.old_table(step, name).is_some() || before.view(name).is_some()
            });
        let is_role = it.kind == "role";
        if let Some(role) = it.roles.iter().find(loses).filter(|_| is_old && !is_role) {
            let object = it.objects.join(", ");
            let claim = format!("`{role}` can no longer {} `{object}`", it.privileges.join(", "));
            sink.report(step, &object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

/// Whether something was dropped and made again, and nobody spoke of what a role had on it.
fn is_remade(cx: &Cx, object: &str, role: &str) -> bool {
    let is_dropped =
        |it: &Action| matches!(it, Action::Drop(it) if it.names.iter().any(|it| it == object));
    let is_named = |it: &Action| matches!(it, Action::Revoke(it) if it.roles.iter().any(|it| it == role) && it.objects.iter().any(|it| it == object));
    let mut actions = cx.change.steps.iter().map(|it| &it.action);
    actions.clone().any(is_dropped) && !actions.any(is_named)
}
