//! Statements that a body of PL/pgSQL or SQL runs: those that stand there, and those that it puts
//! together from constants and executes.
//!
//! Nothing is run. What is put together from what only the server knows is [`Found::Unread`].

use crate::sql::{self, Cursor, RawStatement, Token, TokenKind, by_commas};
use model::Span;
use std::collections::BTreeMap;

/// What a body runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Statement(RawStatement),
    /// Something is executed of which no more than the verb can be told, if that.
    Unread {
        verb: Option<String>,
        raw: RawStatement,
    },
}

/// How a body runs its statements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Course {
    /// Some of them again and again.
    pub(crate) loops: bool,
    /// It ends transactions by itself.
    pub(crate) commits: bool,
}

/// Where a body stands, for the places of what it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// It starts at this offset of the migration.
    At(usize),
    /// It stands elsewhere; this statement of the migration runs it.
    CalledBy(Span),
}

/// What stands for the part of a text that only the server knows.
const UNKNOWN: &str = "…";

/// Values that one text may have; more are not followed.
const VALUES_MAX: usize = 16;

/// Variables of a body, and the texts that they may hold.
type Variables = BTreeMap<String, Vec<String>>;

/// What a body runs, in its order; branches and loops count as run once.
pub(crate) fn statements(body: &str, place: Place) -> Vec<Found> {
    const VERBS: [&str; 15] = [
        "alter", "create", "drop", "update", "delete", "truncate", "grant", "revoke", "reindex",
        "insert", "select", "merge", "perform", "call", "set",
    ];
    let mut out = Vec::new();
    let mut variables = Variables::new();
    for piece in sql::pieces(body) {
        let tokens = &piece.tokens;
        let is_word = |at: usize, word: &str| {
            tokens.get(at).is_some_and(|it| it.kind == TokenKind::Word && it.text == word)
        };
        let starts_here = |at: usize| {
            at == 0 || ["begin", "then", "else", "loop"].iter().any(|it| is_word(at - 1, it))
        };
        learn(tokens, &mut variables);
        let start = (0..tokens.len())
            .find(|at| starts_here(*at) && VERBS.iter().any(|it| is_word(*at, it)));
        if let Some(start) = start {
            out.push(Found::Statement(placed(&tokens[start..], place)));
        } else if let Some(at) = (0..tokens.len()).find(|at| is_word(*at, "execute")) {
            executed(body, &tokens[at + 1..], &variables, place, &mut out);
        }
    }
    out
}

/// How a body runs what [`statements`] finds in it.
pub(crate) fn course(body: &str) -> Course {
    let is_word = |it: &Token, word: &str| it.kind == TokenKind::Word && it.text == word;
    let mut out = Course::default();
    for piece in sql::pieces(body) {
        let tokens = &piece.tokens;
        let starts = tokens
            .iter()
            .enumerate()
            .any(|(at, it)| is_word(it, "loop") && (at == 0 || !is_word(&tokens[at - 1], "end")));
        let ends = tokens.last().is_some_and(|it| is_word(it, "commit") || is_word(it, "rollback"));
        out.loops |= starts;
        out.commits |= ends;
    }
    out
}

fn placed(tokens: &[Token], place: Place) -> RawStatement {
    let span = |it: &Token| match place {
        Place::At(offset) => it.span.shift(offset),
        Place::CalledBy(span) => span,
    };
    let tokens: Vec<Token> =
        tokens.iter().map(|it| Token { span: span(it), ..it.clone() }).collect();
    let span = tokens[0].span.cover(tokens[tokens.len() - 1].span);
    RawStatement { tokens, span }
}

/// Statements of the texts that `execute` may be given.
fn executed(
    body: &str,
    tokens: &[Token],
    variables: &Variables,
    place: Place,
    out: &mut Vec<Found>,
) {
    let expr = Cursor::new(tokens).until(&["using", "into"]).to_vec();
    if expr.is_empty() {
        return;
    }
    let raw = placed(&expr, place);
    for text in values(&expr, variables) {
        // A single constant stands in the migration itself.
        let inner = match (place, &expr[..]) {
            (Place::At(offset), [one]) if one.kind == TokenKind::Text => {
                Place::At(sql::body_offset(body, one) + offset)
            }
            _ => Place::CalledBy(raw.span),
        };
        for piece in sql::pieces(&text) {
            let first = &piece.tokens[0];
            let is_known = first.kind == TokenKind::Word;
            let is_whole = is_known && !piece.tokens.iter().any(|it| it.text.contains(UNKNOWN));
            out.push(match is_whole {
                true => Found::Statement(placed(&piece.tokens, inner)),
                false => {
                    let verb = is_known.then(|| first.text.clone());
                    Found::Unread { verb, raw: raw.clone() }
                }
            });
        }
    }
}

/// Takes note of what a variable is set to: `x text := 'a'`, `x := 'a'`, `foreach x in array …`.
fn learn(tokens: &[Token], variables: &mut Variables) {
    const BEFORE: [&str; 5] = ["declare", "begin", "then", "else", "loop"];
    let mut cursor = Cursor::new(tokens);
    if let Some(at) = tokens.iter().position(|it| it.text == "foreach") {
        cursor = Cursor::new(&tokens[at + 1..]);
        let name = cursor.ident();
        if cursor.eat("in array") && cursor.eat("array [") {
            let list = cursor.until(&["]"]);
            let all = by_commas(list).into_iter().flat_map(|it| values(it, variables)).collect();
            variables.extend(name.map(|it| (it, all)));
        }
        return;
    }
    while BEFORE.iter().any(|it| cursor.eat(it)) {}
    let Some(name) = cursor.ident() else { return };
    cursor.until(&[":=", "default"]);
    if cursor.eat(":=") || cursor.eat("default") {
        let values = values(cursor.rest(), variables);
        variables.insert(name, values);
    }
}

/// The texts that an expression may be, with [`UNKNOWN`] for what only the server knows.
fn values(expr: &[Token], variables: &Variables) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut cursor = Cursor::new(expr);
    while !cursor.is_done() {
        let operand = cursor.until(&["||"]);
        cursor.eat("||");
        let ends = operand_values(operand, variables);
        out = out.iter().flat_map(|it| ends.iter().map(move |end| format!("{it}{end}"))).collect();
        out.truncate(VALUES_MAX);
    }
    out
}

fn operand_values(tokens: &[Token], variables: &Variables) -> Vec<String> {
    let unknown = || vec![format!("\"{UNKNOWN}\"")];
    let mut cursor = Cursor::new(tokens);
    if let Some(group) = cursor.group() {
        return values(group, variables);
    }
    let Some(first) = cursor.next() else { return vec![String::new()] };
    match first.kind {
        TokenKind::Text | TokenKind::Number => return vec![first.text.clone()],
        TokenKind::Sign => return unknown(),
        TokenKind::Word | TokenKind::Name => {}
    }
    let Some(arguments) = cursor.group() else {
        let is_alone = cursor.is_done() || cursor.sees("::");
        let known = variables.get(&first.text).filter(|_| is_alone);
        return known.cloned().unwrap_or_else(unknown);
    };
    let arguments: Vec<Vec<String>> =
        by_commas(arguments).into_iter().map(|it| values(it, variables)).collect();
    match (first.text.as_str(), arguments.split_first()) {
        ("quote_ident" | "quote_literal" | "trim" | "btrim" | "lower", Some((first, []))) => {
            first.clone()
        }
        ("concat", Some(_)) => {
            let firsts = arguments.iter().filter_map(|it| it.first());
            vec![firsts.map(String::as_str).collect()]
        }
        ("format", Some((text, rest))) => {
            let known = text.first().filter(|it| !it.contains(UNKNOWN));
            known.map_or_else(unknown, |it| formatted(it, rest))
        }
        _ => unknown(),
    }
}

/// `format` with the arguments that are known; `%L` is a text, the rest stands as it is.
fn formatted(text: &str, arguments: &[Vec<String>]) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut next = 0;
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.iter_mut().for_each(|it| it.push_str(&rest[..at]));
        rest = &rest[at + 1..];
        // A place may be numbered: `%1$I`.
        let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if rest[n_digits..].starts_with('$') {
            next = rest[..n_digits].parse::<usize>().unwrap_or(1).saturating_sub(1);
            rest = &rest[n_digits + 1..];
        }
        let kind = rest.chars().next();
        rest = kind.map_or("", |it| &rest[it.len_utf8()..]);
        let unknown = [format!("\"{UNKNOWN}\"")];
        let own = arguments.get(next).map_or(&unknown[..], Vec::as_slice);
        match kind {
            Some('%') => out.iter_mut().for_each(|it| it.push('%')),
            Some('L') => {
                next += 1;
                let own = own.iter().map(|it| format!("'{}'", it.replace('\'', "''")));
                out = joined(&out, &own.collect::<Vec<_>>());
            }
            _ => {
                next += 1;
                out = joined(&out, own);
            }
        }
    }
    out.iter_mut().for_each(|it| it.push_str(rest));
    out
}

fn joined(starts: &[String], ends: &[String]) -> Vec<String> {
    let all = starts.iter().flat_map(|it| ends.iter().map(move |end| format!("{it}{end}")));
    all.take(VALUES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::spelt;
    use expect_test::{Expect, expect};

    fn check(body: &str, expect: Expect) {
        let found = statements(body, Place::At(0));
        let told = found.iter().map(|it| match it {
            Found::Statement(raw) => format!("{}\n", spelt(&raw.tokens)),
            Found::Unread { verb, .. } => format!("unread: {verb:?}\n"),
        });
        expect.assert_eq(&told.collect::<String>());
    }

    #[test]
    fn statements_are_read_where_they_stand() {
        check(
            "begin if a then drop table t; else perform f(1); end if; end",
            expect![[r#"
                drop table t
                perform f(1)
            "#]],
        );
    }

    #[test]
    fn texts_of_constants_are_put_together() {
        check(
            "declare t text := 'orders'; begin \
             execute 'drop table ' || quote_ident(t) || ' cascade'; \
             execute format('delete from %I where a = %L', t, 'x'); \
             foreach t in array array['a', 'b'] loop execute 'truncate ' || t; end loop; end",
            expect![[r#"
                drop table orders cascade
                delete from orders where a = 'x'
                truncate a
                truncate b
            "#]],
        );
    }

    #[test]
    fn what_only_the_server_knows_is_unread() {
        check(
            "begin for r in select tablename from pg_tables loop \
             execute format('drop table %I', r.tablename); end loop; execute query; end",
            expect![[r#"
                unread: Some("drop")
                unread: None
            "#]],
        );
    }
}
