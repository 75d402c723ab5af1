use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::{Policy, Schema, Table, policy_object};
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// A policy reads its own table, whose policy reads the table: every query fails with an endless recursion.
    ///
    /// Ask in a `security definer` function, which no policy stops.
    ///
    /// ```sql,bad
    /// create table members (team_id bigint, user_id bigint, primary key (team_id, user_id));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table members enable row level security;
    /// create policy team on members using (team_id in (select m.team_id from members m where m.user_id = current_setting('app.user')::bigint));
    /// ```
    /// ```sql,good
    /// create table members (team_id bigint, user_id bigint, primary key (team_id, user_id));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table members enable row level security;
    /// create policy team on members using (user_id = current_setting('app.user')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "self-reading-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: self_reading_policy,
    }
}

fn self_reading_policy(cx: &Cx, sink: &mut Sink<'_>) {
    let after = &cx.change.after;
    for (table, policy) in new_policies(cx) {
        let Some(way) = way_back(after, table, policy) else { continue };
        let object = policy_object(&policy.name, &table.name);
        let through = match way.as_slice() {
            [] => String::new(),
            way => format!(" through `{}`", way.join("`, `")),
        };
        let claim = format!(
            "`{}` reads `{}`{through}, whose policies it is one of: queries fail",
            policy.name, table.name
        );
        sink.whole(&object, Risk::High, claim)
            .fix("Ask in a `security definer` function with a `search_path`", "");
    }
}

/// The tables whose policies lead from a policy back to its own table.
fn way_back(schema: &Schema, table: &Table, policy: &Policy) -> Option<Vec<String>> {
    if reads(policy, table) {
        return Some(Vec::new());
    }
    let is_other = |it: &&Table| it.id != table.id && it.row_security;
    let others: Vec<&Table> = schema.tables.iter().filter(is_other).collect();
    let first = |it: &&&Table| reads(policy, it);
    let mut ways: Vec<Vec<&Table>> = others.iter().filter(first).map(|it| vec![*it]).collect();
    while let Some(way) = ways.pop() {
        let last = *way.last()?;
        if last.policies.iter().any(|it| reads(it, table)) {
            return Some(way.iter().map(|it| it.name.clone()).collect());
        }
        let next = others.iter().filter(|it| !way.iter().any(|of| of.id == it.id));
        let next = next.filter(|it| last.policies.iter().any(|of| reads(of, it)));
        ways.extend(next.map(|it| [way.as_slice(), &[*it]].concat()));
        if way.len() > TABLES_MAX {
            return None;
        }
    }
    None
}

/// Longer ways are not followed.
const TABLES_MAX: usize = 4;

fn reads(policy: &Policy, table: &Table) -> bool {
    let named = |it: &String| {
        ["from", "join"].iter().any(|word| {
            let read = format!("{word} {}", table.name);
            let qualified = format!("{word} public.{}", table.name);
            mentions(it, &read) || mentions(it, &qualified)
        })
    };
    policy.using.iter().chain(&policy.check).any(named)
}
