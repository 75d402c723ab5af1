use super::cx::{Cx, Sink};
use super::support::calls;
use crate::ddl::{Action, AlterPart};
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// An index or a computed column asks for the time or for chance, and the server refuses it.
    ///
    /// What is stored must be the same whenever it is computed. Compare with a constant, or ask when reading.
    ///
    /// ```sql,bad
    /// create table visits (id bigint primary key, starts timestamptz not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists coming on visits (starts) where starts > now();
    /// ```
    /// ```sql,good
    /// create table visits (id bigint primary key, starts timestamptz not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists coming on visits (starts) where starts > '2026-01-01';
    /// ```
    pub(super) static RULE = {
        name: "unstable-expression",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: unstable_expression,
    }
}

fn unstable_expression(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let (object, texts) = match &step.action {
            Action::CreateIndex(it) => {
                let texts = it.index.keys.iter().chain(&it.index.filter).cloned().collect();
                (it.table.clone(), texts)
            }
            Action::AlterTable { table, parts } => {
                let computed = |it: &AlterPart| match it {
                    AlterPart::AddColumn { column, .. } if column.generated.is_some() => {
                        column.expression.clone()
                    }
                    _ => None,
                };
                (table.clone(), parts.iter().filter_map(computed).collect::<Vec<String>>())
            }
            _ => continue,
        };
        if texts.iter().any(|it| is_unstable(it)) {
            let claim = format!(
                "what is stored of `{object}` depends on when it is computed: the server refuses it"
            );
            sink.report(step, &object, Risk::High, claim).fix("Compare with a constant", "");
        }
    }
}

fn is_unstable(text: &str) -> bool {
    const MOVING: [&str; 9] = [
        "now()",
        "current_timestamp",
        "current_date",
        "localtimestamp",
        "clock_timestamp()",
        "random()",
        "gen_random_uuid()",
        "current_user",
        "current_setting(",
    ];
    let text = text.to_lowercase();
    MOVING.iter().any(|it| match it.split_once('(') {
        Some((name, _)) => calls(&text, name),
        None => mentions(&text, it),
    })
}
