use super::cx::{Cx, Sink};
use super::support::calls;
use crate::schema::{Function, Schema};
use crate::simulate::sources;
use crate::sql::pieces;
use model::{Risk, Stake};

declare_rule! {
    /// A function that policies ask no longer reads past row security.
    ///
    /// What it looks up is hidden now from the very users whom the policy is about, so that it finds nothing: the policy lets them by, or keeps everybody out. Leave it `security definer`, with a fixed search path.
    ///
    /// ```sql,bad
    /// create table blocks (by_id text, of_id text);
    /// alter table blocks enable row level security;
    /// create policy own on blocks using (by_id = current_setting('app.me'));
    /// create function blocked_me(other text) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select from public.blocks where by_id = other and of_id = current_setting('app.me')) $$;
    /// create table profiles (id text primary key, name text);
    /// alter table profiles enable row level security;
    /// create policy seen on profiles for select using (not blocked_me(id));
    /// -- migration
    /// create or replace function blocked_me(other text) returns boolean language sql stable set search_path = '' as $$ select exists (select from public.blocks where by_id = other and of_id = current_setting('app.me')) $$;
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, title text);
    /// create function n_notes() returns bigint language sql stable security definer set search_path = '' as $$ select count(*) from public.notes $$;
    /// -- migration
    /// alter function n_notes() security invoker;
    /// ```
    pub(super) static RULE = {
        name: "lost-definer",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: lost_definer,
    }
}

fn lost_definer(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for old in before.functions.iter().filter(|it| it.is_definer) {
        let new = after.functions.iter().find(|it| it.id == old.id && !it.is_definer);
        let Some(table) = new.and_then(|it| hidden(after, it)) else { continue };
        let bare = old.name.rsplit('.').next().unwrap_or(&old.name);
        let asks = |text: &String| calls(text, bare);
        let asked = after.tables.iter().find(|it| {
            let policies = it.policies.iter();
            policies.flat_map(|it| it.using.iter().chain(&it.check)).any(asks)
        });
        if let Some(asked) = asked {
            let claim = format!(
                "policies of `{}` ask `{}`, which no longer sees the rows of `{table}` that its caller does not",
                asked.name, old.name
            );
            sink.whole(&old.object(), Risk::High, claim)
                .stake(Stake::Access)
                .fix("Leave it `security definer`", "");
        }
    }
}

/// A table with row security that a function reads.
fn hidden(schema: &Schema, function: &Function) -> Option<String> {
    let read = pieces(&function.body);
    let mut read = read.iter().flat_map(|it| sources(&it.tokens));
    read.find(|it| schema.table(it).is_some_and(|it| it.row_security))
}
