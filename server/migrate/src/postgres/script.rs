//! Cuts a SQL script into statements, as `psql` would.

use std::ops::Range;

/// The places of the statements of a script, without their semicolons and what is around them.
///
/// Strings, quoted names, dollar quotes, nested comments and `BEGIN ATOMIC` bodies keep their
/// semicolons. A line that starts with a backslash between statements is a command to `psql` and
/// left out.
#[must_use]
pub fn statements(sql: &str) -> Vec<Range<usize>> {
    let bytes = sql.as_bytes();
    let mut out = Vec::new();
    let (mut at, mut start, mut atomic) = (0, None, Atomic::default());
    while at < bytes.len() {
        let after = token_end(sql, at);
        let is_blank = bytes[at].is_ascii_whitespace() || is_comment(&sql[at..]);
        match (bytes[at], start) {
            (b'\\', None) => {
                at = sql[at..].find('\n').map_or(bytes.len(), |it| at + it + 1);
                continue;
            }
            (b';', _) if !atomic.is_open() => {
                out.extend(start.take().map(|start| trimmed(sql, start..at)));
                atomic = Atomic::default();
            }
            (_, None) if !is_blank => start = Some(at),
            _ => {}
        }
        if !is_blank {
            atomic.see(&sql[at..after]);
        }
        at = after;
    }
    out.extend(start.map(|start| trimmed(sql, start..bytes.len())));
    out
}

/// Follows `BEGIN ATOMIC … END` with the `CASE … END` inside it.
#[derive(Default)]
struct Atomic {
    depth: u32,
    was_begin: bool,
}

impl Atomic {
    fn is_open(&self) -> bool {
        self.depth > 0
    }

    fn see(&mut self, token: &str) {
        let is = |word: &str| token.eq_ignore_ascii_case(word);
        if is("atomic") && self.was_begin || is("case") && self.is_open() {
            self.depth += 1;
        } else if is("end") {
            self.depth = self.depth.saturating_sub(1);
        }
        self.was_begin = is("begin");
    }
}

fn trimmed(sql: &str, range: Range<usize>) -> Range<usize> {
    let start = range.start;
    start..start + sql[range].trim_end().len()
}

fn is_comment(rest: &str) -> bool {
    rest.starts_with("--") || rest.starts_with("/*")
}

/// The end of the token that starts at `at`; at least one character further.
fn token_end(sql: &str, at: usize) -> usize {
    let rest = &sql[at..];
    let letter = rest.chars().next().expect("`at` is before the end");
    let length = match letter {
        '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
        '/' if rest.starts_with("/*") => comment_length(rest),
        '\'' => string_length(rest, '\'', sql[..at].ends_with(['e', 'E']) && !word_before(sql, at)),
        '"' => string_length(rest, '"', false),
        '$' => dollar_length(rest),
        it if it.is_alphabetic() || it == '_' => rest
            .find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '$'))
            .unwrap_or(rest.len()),
        it => it.len_utf8(),
    };
    at + length
}

/// Whether the letter before `at` ends a longer word, so that it is no `E''` prefix.
fn word_before(sql: &str, at: usize) -> bool {
    let mut letters = sql[..at].chars().rev().skip(1);
    letters.next().is_some_and(|it| it.is_alphanumeric() || it == '_' || it == '$')
}

fn comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn string_length(rest: &str, quote: char, has_escapes: bool) -> usize {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && has_escapes {
            letters.next();
        } else if letter == quote && letters.next_if(|it| it.1 == quote).is_none() {
            return at + 1;
        }
    }
    rest.len()
}

fn dollar_length(rest: &str) -> usize {
    let tag = rest[1..].find('$').map(|it| &rest[..it + 2]);
    let is_tag = |tag: &&str| {
        let name = &tag[1..tag.len() - 1];
        name.chars().all(|it| it.is_alphanumeric() || it == '_')
            && !name.starts_with(|it: char| it.is_ascii_digit())
    };
    let Some(tag) = tag.filter(is_tag) else { return 1 };
    rest[tag.len()..].find(tag).map_or(rest.len(), |it| it + 2 * tag.len())
}

#[cfg(test)]
mod tests {
    use super::statements;
    use expect_test::{Expect, expect};

    fn check(sql: &str, expect: Expect) {
        let parts: Vec<&str> = statements(sql).into_iter().map(|it| &sql[it]).collect();
        expect.assert_eq(&parts.join("\n--\n"));
    }

    #[test]
    fn semicolons_within_quotes_end_nothing() {
        check(
            "\\connect x\nselect ';', E'\\';', \"a;b\", $x$;$x$ /* ; /* ; */ ; */; -- ;\nselect 1 ; ;",
            expect![[r#"
                select ';', E'\';', "a;b", $x$;$x$ /* ; /* ; */ ; */
                --
                select 1"#]],
        );
    }

    #[test]
    fn an_atomic_body_is_one_statement() {
        check(
            "create function f() returns int begin atomic select case when true then 1 end; select 2; end; begin; commit",
            expect![[r#"
                create function f() returns int begin atomic select case when true then 1 end; select 2; end
                --
                begin
                --
                commit"#]],
        );
    }

    #[test]
    fn what_never_closes_reaches_to_the_end() {
        check("select 'a; b", expect!["select 'a; b"]);
        check("select $a$ ;", expect!["select $a$ ;"]);
        check("/* ;", expect![""]);
    }
}
