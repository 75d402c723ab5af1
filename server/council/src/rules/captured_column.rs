use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::{Schema, Table, policy_object};
use crate::sql::{Cursor, Token, TokenKind, pieces};
use model::{Risk, Stake};
use std::collections::BTreeMap;

declare_rule! {
    /// A policy means a column of its row, and asks one of the table in its query, which has a column of that name too.
    ///
    /// In a query a name belongs to the query's own table first: `m.org_id = org_id` compares a row with itself, and the policy holds for every row. Write the name of the table before it.
    ///
    /// ```sql,bad
    /// create table members (org_id bigint, user_id bigint);
    /// create table docs (id bigint primary key, org_id bigint);
    /// alter table docs enable row level security;
    /// -- migration
    /// create policy own on docs using (exists (select 1 from members m where m.org_id = org_id and m.user_id = current_setting('app.user')::bigint));
    /// ```
    /// ```sql,good
    /// create table members (org_id bigint, user_id bigint);
    /// -- migration
    /// create table docs (id bigint primary key, org_id bigint);
    /// alter table docs enable row level security;
    /// create policy own on docs using (exists (select 1 from members m where m.org_id = docs.org_id and m.user_id = current_setting('app.user')::bigint)) with check (false);
    /// ```
    pub(super) static RULE = {
        name: "captured-column",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: captured_column,
    }
}

fn captured_column(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx).filter(|it| it.1.is_permissive) {
        for text in policy.using.iter().chain(&policy.check) {
            let Some((column, inner)) = captured(text, table, &cx.change.after) else { continue };
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{column}` in the query of `{}` is that of `{inner}`, and not of `{}`",
                policy.name, table.name
            );
            sink.whole(&object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Name the table of the row", format!("{}.{column}", table.name));
            break;
        }
    }
}

/// A column that both tables have and that stands without its table beside the inner one, with the
/// inner table.
fn captured(text: &str, outer: &Table, schema: &Schema) -> Option<(String, String)> {
    let tokens: Vec<Token> = pieces(text).into_iter().flat_map(|it| it.tokens).collect();
    let names = named(&tokens);
    let is_name = |it: &Token| matches!(it.kind, TokenKind::Word | TokenKind::Name);
    let sign = |at: usize, sign: &str| tokens.get(at).is_some_and(|it| it.text == sign);
    for at in (0..tokens.len()).filter(|at| tokens[*at].text == "=") {
        if let Some(inner) = of_itself(&tokens, at, &names, schema, outer) {
            return Some(inner);
        }
        // `a.x = y`, or `y = a.x`.
        let sides = [
            (at >= 3 && sign(at - 2, "."), at.wrapping_sub(3), at + 1, at + 2),
            (sign(at + 2, "."), at + 1, at.wrapping_sub(1), at.wrapping_sub(2)),
        ];
        for (_, qualifier, bare, beside) in sides.into_iter().filter(|it| it.0) {
            let (Some(qualifier), Some(bare)) = (tokens.get(qualifier), tokens.get(bare)) else {
                continue;
            };
            let is_bare = is_name(bare) && !sign(beside, ".") && !sign(beside, "(");
            let inner = names.get(&qualifier.text).filter(|it| **it != outer.name && is_bare);
            let Some(inner) = inner.and_then(|it| schema.table(it)) else { continue };
            let has_it = |it: &Table| it.column(&bare.text).is_some();
            if has_it(inner) && has_it(outer) {
                return Some((bare.text.clone(), inner.name.clone()));
            }
        }
    }
    None
}

/// `a = a` without a table on either side, where the query's own table has the column.
fn of_itself(
    tokens: &[Token],
    at: usize,
    names: &BTreeMap<String, String>,
    schema: &Schema,
    outer: &Table,
) -> Option<(String, String)> {
    let (left, right) = (tokens.get(at.checked_sub(1)?)?, tokens.get(at + 1)?);
    let is_sign = |at: usize| tokens.get(at).is_some_and(|it| it.text == "." || it.text == "(");
    if left.text != right.text || left.kind == TokenKind::Text || is_sign(at + 2) {
        return None;
    }
    let has_it = |it: &&Table| it.id != outer.id && it.column(&left.text).is_some();
    let inner = names.values().filter_map(|it| schema.table(it)).find(has_it)?;
    (at < 2 || !is_sign(at - 2)).then(|| (left.text.clone(), inner.name.clone()))
}

/// Tables of the queries in a text, by what these call them.
fn named(tokens: &[Token]) -> BTreeMap<String, String> {
    const NO_ALIAS: [&str; 9] =
        ["where", "on", "join", "inner", "left", "using", "group", "order", "limit"];
    let mut out = BTreeMap::new();
    for at in 0..tokens.len() {
        let mut cursor = Cursor::new(&tokens[at..]);
        if cursor.eat_any(&["from", "join"]).is_none() {
            continue;
        }
        let Some(table) = cursor.name() else { continue };
        cursor.eat("as");
        let is_alias = !NO_ALIAS.iter().any(|it| cursor.sees(it));
        let alias = if is_alias { cursor.ident() } else { None };
        let bare = table.rsplit('.').next().unwrap_or(&table).to_owned();
        out.insert(alias.unwrap_or(bare), table);
    }
    out
}
