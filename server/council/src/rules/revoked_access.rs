use super::cx::{Cx, Sink};
use super::support::is_anybody;
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
        let is_there = after.table(object).is_some() || after.view(object).is_some();
        let has_all = after.grants.contains(&(object.clone(), role.clone(), "all".to_owned()));
        if is_there && !has_all && !is_anybody(role) && told.insert((object, role)) {
            let claim = format!("`{role}` can no longer {privilege} rows of `{object}`");
            sink.whole(object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}
