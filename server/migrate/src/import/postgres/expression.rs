//! Expressions as PostgreSQL writes them down, in the words of the language.
//!
//! `pg_get_expr` spells out casts, collations and rewritten operators. They are dropped here: what
//! that changes does not come out the same, and is then refused by the caller.

use crate::expr::{self, Expr};

/// What a text of the catalog says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// `gen_random_uuid()`.
    RandomUuid,
    Expr(Expr),
}

/// Reads an expression.
pub(super) fn read(text: &str) -> Result<Text, ()> {
    if text == "gen_random_uuid()" {
        return Ok(Text::RandomUuid);
    }
    let tokens = tokens(text).ok_or(())?;
    let spelt = respelt(&without_casts(&tokens));
    expr::parse(&spelt.join(" ")).map(Text::Expr).map_err(|_| ())
}

/// The parts of an index behind its table's name.
pub(super) struct IndexParts {
    pub(super) keys: Vec<String>,
    pub(super) filter: Option<String>,
}

/// Cuts `public.t USING btree (a, lower(b) DESC) WHERE (c)`; `None` for what the language has not.
pub(super) fn index_parts(tail: &str) -> Option<IndexParts> {
    const METHOD: &str = " USING btree (";
    let start = tail.find(METHOD)? + METHOD.len();
    let (mut depth, mut quote, mut from) = (0_usize, None, start);
    let mut keys = Vec::new();
    for (at, letter) in tail[start..].char_indices().map(|(at, it)| (start + at, it)) {
        match (quote, letter) {
            (Some(it), letter) => quote = Some(it).filter(|it| *it != letter),
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') if depth > 0 => depth -= 1,
            (None, ',' | ')') if depth == 0 => {
                keys.push(tail[from..at].trim().to_owned());
                from = at + 1;
            }
            _ => {}
        }
        if from == at + 1 && letter == ')' {
            break;
        }
    }
    let rest = tail.get(from..)?.trim();
    let filter = match rest.strip_prefix("WHERE ") {
        Some(filter) => Some(filter.to_owned()),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(IndexParts { keys, filter })
}

/// Cuts a text into words, names and texts with their quotes, numbers and signs.
fn tokens(text: &str) -> Option<Vec<&str>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => quoted_end(rest, first)?,
            it if it.is_alphabetic() || it == '_' => {
                let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
                rest.find(|it| !is_word(it)).unwrap_or(rest.len())
            }
            it if it.is_ascii_digit() => {
                rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '.').unwrap_or(rest.len())
            }
            ':' if rest.starts_with("::") => 2,
            '(' | ')' | '[' | ']' | ',' | '.' => 1,
            it if it.is_ascii_punctuation() => {
                rest.find(|it| !"+-*/<>=~!@#%^&|?".contains(it)).filter(|it| *it > 0)?
            }
            _ => return None,
        };
        out.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    Some(out)
}

fn quoted_end(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text[at..].find(quote)? + 1;
        if !text[at..].starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

const NUMBERS: [&str; 6] = ["integer", "bigint", "smallint", "numeric", "real", "double"];

/// Leaves casts and collations away; a number in quotes is one again.
fn without_casts<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at] {
            "::" => {
                let kind = tokens.get(at + 1).copied().unwrap_or_default();
                let is_list = tokens.get(at + 2) == Some(&"[");
                if NUMBERS.contains(&kind)
                    && !is_list
                    && let Some(last) = out.last_mut().filter(|it| is_quoted_number(it))
                {
                    *last = last.trim_matches('\'');
                }
                at = type_end(tokens, at + 1);
            }
            "COLLATE" => at = name_end(tokens, at + 1),
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
    out
}

fn is_quoted_number(token: &str) -> bool {
    let inner = token.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
    inner.is_some_and(|it| it.parse::<f64>().is_ok_and(f64::is_finite))
}

/// Behind a name that may have a schema.
fn name_end(tokens: &[&str], at: usize) -> usize {
    if tokens.get(at + 1) == Some(&".") { at + 3 } else { at + 1 }
}

/// Behind the type that starts at a token.
fn type_end(tokens: &[&str], at: usize) -> usize {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|it| *it == word);
    let mut end = name_end(tokens, at);
    if is(at, "character") && is(end, "varying")
        || is(at, "double") && is(end, "precision")
        || is(at, "bit") && is(end, "varying")
    {
        end += 1;
    }
    if is(end, "(") {
        while end < tokens.len() && !is(end, ")") {
            end += 1;
        }
        end += 1;
    }
    if (is(end, "with") || is(end, "without")) && is(end + 1, "time") {
        end += 3;
    }
    while is(end, "[") && is(end + 1, "]") {
        end += 2;
    }
    end
}

/// Rewritten operators as they are written by people.
fn respelt<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        if let Some((words, list, n_tokens)) = any_of(rest) {
            out.extend(words);
            out.push("(");
            out.extend(list);
            out.push(")");
            at += n_tokens;
        } else if let ["like_escape", "(", pattern, ",", "''", ")", ..] = rest {
            out.push(pattern);
            at += 6;
        } else if let ["TRIM", "(", "BOTH", "FROM", ..] = rest {
            out.extend(["trim", "("]);
            at += 4;
        } else if let ["now", "(", ")", "AT", "TIME", "ZONE", "'utc'", ..] = rest {
            out.extend(["now", "(", ")"]);
            at += 7;
        } else {
            match rest[0] {
                "~~" => out.push("like"),
                "!~~" => out.extend(["not", "like"]),
                other => out.push(other),
            }
            at += 1;
        }
    }
    out
}

/// `= ANY (ARRAY[…])` and `<> ALL (ARRAY[…])`: the words for it, the list, and how many tokens.
fn any_of<'t, 'a>(
    tokens: &'t [&'a str],
) -> Option<(&'static [&'static str], &'t [&'a str], usize)> {
    let words: &[&str] = match tokens {
        ["=", "ANY", "(", ..] => &["in"],
        ["<>", "ALL", "(", ..] => &["not", "in"],
        _ => return None,
    };
    let n_open = tokens[2..].iter().take_while(|it| **it == "(").count();
    let start = 2 + n_open;
    if tokens.get(start..start + 2)? != ["ARRAY", "["] {
        return None;
    }
    let mut end = start + 2;
    let mut depth = 1;
    while depth > 0 {
        match *tokens.get(end)? {
            "[" => depth += 1,
            "]" => depth -= 1,
            _ => {}
        }
        end += 1;
    }
    let n_closed = tokens[end..].iter().take_while(|it| **it == ")").count();
    (n_closed >= n_open).then_some((words, &tokens[start + 2..end - 1], end + n_open))
}

#[cfg(test)]
mod tests {
    use super::{Text, index_parts, read};
    use expect_test::{Expect, expect};

    fn check(texts: &[&str], expect: Expect) {
        let read = texts.iter().map(|it| match read(it) {
            Ok(Text::Expr(it)) => format!("{it}\n"),
            other => format!("{other:?}\n"),
        });
        expect.assert_eq(&read.collect::<String>());
    }

    #[test]
    fn casts_and_rewritten_operators_are_read_as_they_were_written() {
        check(
            &[
                "'it''s'::character varying",
                "'-1'::integer",
                "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                "(NOT (n <> ALL (ARRAY[1, 2])))",
                "(title ~~ like_escape('a%'::text, ''::text))",
                "((price >= (0)::numeric(10,2)) AND (at IS NOT NULL))",
                "lower((email COLLATE \"C\"))",
                "((now() AT TIME ZONE 'utc'::text))::timestamp(3) without time zone",
                "gen_random_uuid()",
                "nextval('public.a_id_seq'::regclass)",
                "('unclosed",
                "E'\\\\'",
            ],
            expect![[r#"
                'it''s'
                -1
                state in ('a', 'b')
                not n not in (1, 2)
                title like 'a%'
                price >= 0 and at is not null
                lower(email)
                now()
                Ok(RandomUuid)
                Err(())
                Err(())
                Err(())
            "#]],
        );
    }

    #[test]
    fn an_index_is_cut_at_its_own_commas() {
        let parts = index_parts(
            "public.t USING btree (a DESC, replace(b, ','::text, ')'::text)) WHERE (c > 1)",
        );
        let parts = parts.expect("it is a plain index");
        assert_eq!(parts.keys, ["a DESC", "replace(b, ','::text, ')'::text)"]);
        assert_eq!(parts.filter.as_deref(), Some("(c > 1)"));
        for other in ["public.t USING gin (a)", "public.t USING btree (a) INCLUDE (b)"] {
            assert!(index_parts(other).is_none(), "{other}");
        }
    }
}
