use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::logic::is_always_true;
use crate::schema::policy_object;
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A policy for writing asks who is signed in, and not whose row it is.
    ///
    /// Every user may change every row. Compare a column of the row with the user.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, owner_id uuid);
    /// alter table notes enable row level security;
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy signed_in on notes for all using (auth.role() = 'authenticated');
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, owner_id uuid);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes enable row level security;
    /// create policy own on notes for all using (owner_id = (select auth.uid()));
    /// ```
    pub(super) static RULE = {
        name: "rowless-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: rowless_policy,
    }
}

fn rowless_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in
        new_policies(cx).filter(|it| it.1.is_permissive && it.1.command != "select")
    {
        let text = policy.check.as_ref().or(policy.using.as_ref());
        let Some(text) = text.filter(|it| !is_always_true(it)) else { continue };
        let asks_row = table.columns.iter().any(|it| mentions(text, &it.name));
        let asks_user = ["auth.uid()", "auth.role()", "auth.jwt()", "current_user", "session_user"]
            .iter()
            .any(|it| text.contains(it));
        let asks_more = text.contains(" from ")
            || text.contains("admin")
            || text.contains("claims")
            || text.contains("->");
        if !table.assumed && asks_user && !asks_row && !asks_more {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!("whoever is signed in may change every row of `{}`", table.name);
            sink.whole(&object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Compare a column of the row with the user", "");
        }
    }
}
