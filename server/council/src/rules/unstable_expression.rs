use super::cx::{Cx, Sink};
use super::support::{calls, without_texts};
use crate::ddl::{Action, AlterPart};
use crate::schema::Table;
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// An index or a computed column asks for the time, for chance or for what a session is set to, and the server refuses it.
    ///
    /// What is stored must be the same whenever and by whomever it is computed. Compare with a constant, or ask when reading. A `timestamptz` has a day only in a zone: write `at time zone 'UTC'`. `to_char`, `concat` and `format` depend on settings too, as `to_tsvector` does without its language.
    ///
    /// ```sql,bad
    /// create table visits (id bigint primary key, starts timestamptz not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists coming on visits (starts) where starts > now();
    /// ```
    /// ```sql,bad
    /// create table visits (id bigint primary key, starts timestamptz not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists by_day on visits ((starts::date));
    /// ```
    /// ```sql,good
    /// create table visits (id bigint primary key, starts timestamptz not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists by_day on visits (((starts at time zone 'UTC')::date));
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
        let (object, texts): (_, Vec<String>) = match &step.action {
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
        let table = cx.change.after.table(&object).or_else(|| step.schema.table(&object));
        let enums: Vec<&str> = cx.change.after.enums.iter().map(|it| it.name.as_str()).collect();
        let is_bound = |it: &str| table.is_some_and(|of| is_of_session(it, of, &enums));
        if texts.iter().any(|it| is_unstable(it) || is_bound(it)) {
            let claim = format!(
                "what is stored of `{object}` depends on when it is computed: the server refuses it"
            );
            sink.report(step, &object, Risk::High, claim).fix("Compare with a constant", "");
        }
    }
}

/// Whether an expression depends on what a session is set to: its zone, its style of dates, its
/// language, its collation.
fn is_of_session(text: &str, table: &Table, enums: &[&str]) -> bool {
    const CALLS: [&str; 9] = [
        "to_char",
        "concat",
        "concat_ws",
        "format",
        "age",
        "to_date",
        "to_timestamp",
        "unaccent",
        "array_to_string",
    ];
    let text = without_texts(&text.to_lowercase());
    // A language as first argument leaves a comma behind the text that was there.
    let has_no_language = calls(&text, "to_tsvector")
        && !text.contains("to_tsvector(,")
        && !text.contains("to_tsvector(::regconfig,");
    if has_no_language || CALLS.iter().any(|it| calls(&text, it)) {
        return true;
    }
    table.columns.iter().any(|column| {
        let name = column.name.as_str();
        let base = column.kind.base.as_str();
        let casts = |to: &str| {
            text.contains(&format!("{name}::{to}"))
                || text.contains(&format!("cast({name} as {to}"))
        };
        let moments = ["date", "time", "timestamp", "text", "varchar"];
        match base {
            "timestamptz" => {
                moments.iter().any(|it| casts(it) && !casts("timestamptz"))
                    || ["date", "to_char"].iter().any(|it| text.contains(&format!("{it}({name})")))
                    || text.contains(&format!("date_trunc(,{name})"))
                    || text.contains(&format!("date_trunc(, {name})"))
                    || text.contains(&format!("date_part(, {name})"))
                    || text.contains("extract(") && text.contains(&format!(" from {name})"))
            }
            "date" | "timestamp" => casts("text") || casts("timestamptz"),
            "text" | "varchar" => ["date", "timestamp", "timestamptz"].iter().any(|it| casts(it)),
            other => casts("text") && enums.contains(&other),
        }
    })
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
