use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::{Policy, policy_object};
use model::Risk;

declare_rule! {
    /// A policy calls a function for each row whose answer is the same for all.
    ///
    /// `(select auth.uid())` is asked once. Not told where the database does it everywhere.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, owner_id uuid);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner_id = auth.uid());
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, owner_id uuid);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner_id = (select auth.uid()));
    /// ```
    pub(super) static RULE = {
        name: "repeated-call",
        group: Access,
        class: Availability,
        since: "0.1.0",
        check: repeated_call,
    }
}

fn repeated_call(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        for call in ["auth.uid()", "auth.role()", "auth.jwt()"] {
            let is_bare = |it: &Policy| {
                it.using.iter().chain(&it.check).any(|it| {
                    it.matches(call).count() > it.matches(&format!("select {call}")).count()
                })
            };
            let is_custom = cx.change.before.tables.iter().flat_map(|it| &it.policies).any(is_bare);
            if is_bare(policy) && !is_custom {
                let object = policy_object(&policy.name, &table.name);
                let claim = format!("`{}` calls `{call}` for each row", policy.name);
                sink.whole(&object, Risk::Low, claim).fix("Ask once", format!("(select {call})"));
                break;
            }
        }
    }
}
