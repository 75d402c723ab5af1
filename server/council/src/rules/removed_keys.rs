use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use crate::sql::{Cursor, Token, TokenKind};
use model::{Risk, Stake};

declare_rule! {
    /// Keys of documents are removed, and their values were copied nowhere.
    ///
    /// A key of a `jsonb` column is a column without a name in the catalog: what it held is gone. Copy it first.
    ///
    /// ```sql,bad
    /// create table teams (id bigint primary key, settings jsonb not null default '{}');
    /// -- migration
    /// update teams set settings = settings - 'billing' where id < 1000;
    /// ```
    /// ```sql,good
    /// create table teams (id bigint primary key, settings jsonb not null default '{}', billing text);
    /// -- migration
    /// update teams set billing = settings ->> 'billing', settings = settings - 'billing' where id < 1000;
    /// ```
    pub(super) static RULE = {
        name: "removed-keys",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: removed_keys,
    }
}

fn removed_keys(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        for (column, value) in &it.sets {
            let keys = removed(column, value);
            let lost = keys.iter().find(|key| !is_copied(cx, step, key));
            let Some(key) = lost else { continue };
            let object = format!("{}.{column}", table.name);
            let claim = format!("takes `{key}` out of `{object}`, and it was copied nowhere");
            sink.report(step, &object, Risk::High, claim).stake(Stake::Data);
        }
    }
}

/// Keys that an expression takes out of its own column: `c - 'k'`, `c #- '{k}'`, `json_remove`.
fn removed(column: &str, value: &[Token]) -> Vec<String> {
    let mut cursor = Cursor::new(value);
    if cursor.eat_any(&["json_remove", "jsonb_remove"]).is_some() {
        let texts = value.iter().filter(|it| it.kind == TokenKind::Text);
        return texts.map(|it| it.text.trim_start_matches("$.").to_owned()).collect();
    }
    if cursor.ident().as_deref() != Some(column) {
        return Vec::new();
    }
    let mut out = Vec::new();
    while cursor.eat_any(&["-", "#-"]).is_some() {
        let text = cursor.next().filter(|it| it.kind == TokenKind::Text);
        out.extend(text.map(|it| it.text.trim_matches(['{', '}']).to_owned()));
        if cursor.eat("::") {
            cursor.name();
        }
    }
    out
}

/// Whether the migration reads the key into something, here or before.
fn is_copied(cx: &Cx, step: &Step, key: &str) -> bool {
    let last = key.rsplit([',', '.']).next().unwrap_or(key);
    let is_read = |raw: &[Token]| {
        raw.windows(2).any(|it| {
            let reads = matches!(it[0].text.as_str(), "->" | "->>" | "#>" | "#>>" | ",");
            reads
                && it[1].kind == TokenKind::Text
                && it[1].text.trim_matches(['{', '}', '$', '.']).ends_with(last)
        })
    };
    let mut until = cx.change.steps.iter().take_while(|it| !std::ptr::eq(*it, step));
    until.any(|it| is_read(&it.raw.tokens)) || is_read_before(&step.raw.tokens, last)
}

/// Whether the statement itself reads it with an arrow.
fn is_read_before(raw: &[Token], key: &str) -> bool {
    raw.windows(2).any(|it| {
        matches!(it[0].text.as_str(), "->" | "->>" | "#>" | "#>>")
            && it[1].kind == TokenKind::Text
            && it[1].text.trim_matches(['{', '}']).ends_with(key)
    })
}
