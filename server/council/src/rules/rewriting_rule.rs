use super::cx::{Cx, Sink};
use crate::sql::Token;
use model::{Risk, Stake};

declare_rule! {
    /// A rule of PostgreSQL does something else in the place of a write.
    ///
    /// `do instead` swallows or redirects writes of clients that are told of success. Use a trigger that refuses, or take the privilege away.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// create rule quiet as on insert to orders do instead nothing;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// revoke insert on orders from public;
    /// ```
    pub(super) static RULE = {
        name: "rewriting-rule",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: rewriting_rule,
    }
}

fn rewriting_rule(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Some((event, table, is_instead)) = read(&step.raw.tokens) else { continue };
        if cx.change.old_table(step, table).is_none() || event == "select" {
            continue;
        }
        let (risk, claim) = match is_instead {
            true => (
                Risk::High,
                format!(
                    "does something else in the place of each {event} of `{table}`, and tells the client of success"
                ),
            ),
            false => (
                Risk::Medium,
                format!(
                    "does something more with each {event} of `{table}`, once for each time that its values are computed"
                ),
            ),
        };
        sink.report(step, table, risk, claim).stake(Stake::Data).fix("Write a trigger", "");
    }
}

/// Event, table, and whether it is `instead`, of `create rule`.
fn read(tokens: &[Token]) -> Option<(&str, &str, bool)> {
    let words: Vec<&str> = tokens.iter().map(|it| it.text.as_str()).collect();
    let (["create", "or", "replace", "rule", rest @ ..] | ["create", "rule", rest @ ..]) =
        words.as_slice()
    else {
        return None;
    };
    let at = rest.iter().position(|it| *it == "on")?;
    let (event, mut table) = (*rest.get(at + 1)?, *rest.get(at + 3)?);
    if rest.get(at + 4) == Some(&".") {
        table = rest.get(at + 5)?;
    }
    Some((event, table, rest[at..].contains(&"instead")))
}
