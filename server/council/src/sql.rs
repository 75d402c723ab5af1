//! SQL text as statements of tokens, for both dialects.
//!
//! The dialect's own parser says what is no SQL and where a statement ends; what a statement means
//! is read from its tokens by [`crate::ddl`].

mod cursor;

pub(crate) use crate::sql::cursor::{Cursor, by_commas};

use migrate::plan::Dialect;
use model::Span;
use sqlite3_parser::lexer::Scanner;
use sqlite3_parser::lexer::sql::{Parser, Tokenizer};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

/// Texts above this are not reviewed: 8 MiB.
const TEXT_BYTES_MAX: usize = 8 << 20;

/// Parentheses within each other; the parsers recurse.
const DEPTH_MAX: usize = 256;

/// One word, name, text, number or sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Words in lower case, names and texts without their quotes.
    pub(crate) text: String,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword, or a name without quotes.
    Word,
    /// A name in quotes.
    Name,
    Text,
    Number,
    Sign,
}

/// The tokens of one statement, without its semicolon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawStatement {
    pub(crate) tokens: Vec<Token>,
    pub(crate) span: Span,
}

/// A text that its dialect's parser refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotSql {
    pub(crate) message: String,
    /// From 1.
    pub(crate) line: u32,
}

/// Cuts a text into statements.
///
/// # Errors
/// The first place that is not in the dialect.
pub(crate) fn statements(dialect: Dialect, text: &str) -> Result<Vec<RawStatement>, NotSql> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("it is longer than {TEXT_BYTES_MAX} bytes");
        return Err(NotSql { message, line: 1 });
    }
    if let Some(line) = too_deep(text) {
        let message = format!("parentheses are nested deeper than {DEPTH_MAX}");
        return Err(NotSql { message, line });
    }
    match dialect {
        Dialect::Postgres => postgres(text),
        Dialect::Sqlite => sqlite(text),
    }
}

/// Cuts a text into statements as well as it goes, whatever it is; for bodies of functions.
pub(crate) fn pieces(text: &str) -> Vec<RawStatement> {
    let root = SourceFile::parse(text).tree();
    let root = squawk_syntax::ast::AstNode::syntax(&root).clone();
    split(tokens_of(&root), false)
}

/// The line where a text goes deeper than the parsers follow, texts and comments included.
fn too_deep(text: &str) -> Option<u32> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Some(line_of(text, at));
        }
    }
    None
}

/// From 1.
pub(crate) fn line_of(text: &str, offset: usize) -> u32 {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let n_breaks = before.iter().filter(|it| **it == b'\n').count();
    u32::try_from(n_breaks + 1).unwrap_or(u32::MAX)
}

fn postgres(text: &str) -> Result<Vec<RawStatement>, NotSql> {
    let parse = SourceFile::parse(text);
    if let Some(error) = parse.errors().first() {
        let at = usize::from(error.range().start());
        return Err(NotSql { message: error.message().to_owned(), line: line_of(text, at) });
    }
    let root = parse.tree();
    let root = squawk_syntax::ast::AstNode::syntax(&root).clone();
    let nodes = root.children().map(|it| tokens_of(&it));
    // A node may hold its semicolon.
    Ok(nodes.flat_map(|it| split(it, true)).collect())
}

fn tokens_of(node: &SyntaxNode) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let tokens = node.descendants_with_tokens().filter_map(|it| it.into_token());
    for token in tokens {
        let range = token.text_range();
        let span = Span::new(range.start().into(), range.end().into());
        push(&mut out, token.kind(), token.text(), span);
    }
    out
}

fn push(out: &mut Vec<Token>, kind: SyntaxKind, text: &str, span: Span) {
    use SyntaxKind as Kind;
    let (kind, text) = match kind {
        Kind::WHITESPACE | Kind::COMMENT => return,
        Kind::STRING | Kind::ESC_STRING | Kind::UNICODE_ESC_STRING | Kind::NATIONAL_STRING => {
            (TokenKind::Text, unquoted_text(text))
        }
        Kind::DOLLAR_QUOTED_STRING => (TokenKind::Text, dollar_body(text).to_owned()),
        Kind::INT_NUMBER | Kind::NUMERIC_NUMBER => (TokenKind::Number, text.to_lowercase()),
        _ if text.starts_with('"') => (TokenKind::Name, unquoted_name(text)),
        _ if text.starts_with(is_word_start) => (TokenKind::Word, text.to_lowercase()),
        _ => return push_sign(out, text, span),
    };
    out.push(Token { kind, text, span });
}

/// Signs that touch are one operator.
fn push_sign(out: &mut Vec<Token>, text: &str, span: Span) {
    const JOINING: &[char] =
        &['+', '-', '*', '/', '<', '>', '=', '~', '!', '@', '#', '%', '^', '&', '|', '?', ':'];
    let joins = |it: &str| it.chars().all(|it| JOINING.contains(&it));
    if let Some(last) = out.last_mut()
        && last.kind == TokenKind::Sign
        && last.span.end == span.start
        && joins(text)
        && joins(&last.text)
    {
        last.text.push_str(text);
        last.span = last.span.cover(span);
        return;
    }
    out.push(Token { kind: TokenKind::Sign, text: text.to_owned(), span });
}

fn is_word_start(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

fn unquoted_text(text: &str) -> String {
    let start = text.find('\'').map_or(0, |it| it + 1);
    let inner = text.get(start..).unwrap_or_default();
    inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'")
}

fn unquoted_name(text: &str) -> String {
    let close = match text.chars().next() {
        Some('[') => ']',
        Some(it) => it,
        None => return String::new(),
    };
    let inner = text.get(1..).unwrap_or_default();
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

fn dollar_body(text: &str) -> &str {
    let Some(tag) = text.get(1..).and_then(|it| it.find('$')).map(|it| it + 2) else { return text };
    text.get(tag..text.len().saturating_sub(tag)).unwrap_or_default()
}

/// Where the body of a text token starts in its source.
pub(crate) fn body_offset(source: &str, token: &Token) -> usize {
    let text = source.get(token.span.range()).unwrap_or_default();
    let inner = if text.starts_with('$') {
        text.get(1..).and_then(|it| it.find('$')).map_or(0, |it| it + 2)
    } else {
        text.find('\'').map_or(0, |it| it + 1)
    };
    token.span.start as usize + inner
}

/// Cuts tokens at semicolons; those within parentheses, and those of a body that belongs to its
/// statement (`begin … end` of a trigger or of a function), do not count.
fn split(tokens: Vec<Token>, whole: bool) -> Vec<RawStatement> {
    let mut out = Vec::new();
    let mut open: Vec<Token> = Vec::new();
    let mut depth = 0_usize;
    for token in tokens {
        match (token.kind, token.text.as_str()) {
            (TokenKind::Sign, "(") => depth += 1,
            (TokenKind::Sign, ")") => depth = depth.saturating_sub(1),
            (TokenKind::Sign, ";") if depth == 0 && (whole || !has_open_body(&open)) => {
                finish(&mut open, &mut out);
                continue;
            }
            _ => {}
        }
        open.push(token);
    }
    if whole && out.len() > 1 {
        // One node of the parser is one statement, whatever it holds.
        let tokens: Vec<Token> = out.drain(..).flat_map(|it: RawStatement| it.tokens).collect();
        open = tokens.into_iter().chain(open).collect();
    }
    finish(&mut open, &mut out);
    out
}

fn finish(open: &mut Vec<Token>, out: &mut Vec<RawStatement>) {
    let tokens = std::mem::take(open);
    if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
        let span = first.span.cover(last.span);
        out.push(RawStatement { tokens, span });
    }
}

fn has_open_body(tokens: &[Token]) -> bool {
    let is = |at: usize, word: &str| {
        tokens.get(at).is_some_and(|it| it.kind == TokenKind::Word && it.text == word)
    };
    let is_trigger = is(0, "create") && (1..4).any(|at| is(at, "trigger"));
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().filter(|it| it.1.kind == TokenKind::Word) {
        match token.text.as_str() {
            "begin" | "case" if is_trigger || depth > 0 => depth += 1,
            "begin" if is(at + 1, "atomic") => depth += 1,
            "end" if depth > 0 => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}

fn sqlite(text: &str) -> Result<Vec<RawStatement>, NotSql> {
    use sqlite3_parser::FallibleIterator as _;
    let bump = sqlite3_parser::Bump::new();
    let mut parser = Parser::new(&bump, text.as_bytes());
    loop {
        match parser.next() {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => {
                let line = u32::try_from(parser.position().line).unwrap_or(1).max(1);
                return Err(NotSql { message: error.to_string(), line });
            }
        }
    }
    Ok(split(sqlite_tokens(text), false))
}

/// The tokens of a text without spaces and comments, up to the first that is none.
pub(crate) fn sqlite_tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner::new(Tokenizer::new());
    let mut out = Vec::new();
    while let Ok((start, Some((bytes, _)), end)) = scanner.scan(text.as_bytes()) {
        let (start, end) = (start.min(text.len()), end.max(start + bytes.len()).min(text.len()));
        let Some(raw) = text.get(start..end) else { continue };
        let span = Span::new(start, end);
        let (kind, body) = match raw.chars().next() {
            Some('\'') => (TokenKind::Text, unquoted_text(raw)),
            Some('"' | '`' | '[') => (TokenKind::Name, unquoted_name(raw)),
            Some(it) if it.is_ascii_digit() => (TokenKind::Number, raw.to_lowercase()),
            Some(it) if is_word_start(it) => (TokenKind::Word, raw.to_lowercase()),
            _ => (TokenKind::Sign, raw.to_owned()),
        };
        out.push(Token { kind, text: body, span });
    }
    out
}

/// Tokens in one spelling, to compare expressions by.
pub(crate) fn spelt(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        let glued = matches!(token.text.as_str(), "." | "(" | ")" | "," | "::" | "[" | "]")
            && token.kind == TokenKind::Sign;
        let after = out.ends_with(['.', '(', '[']) || out.ends_with("::");
        if !out.is_empty() && !glued && !after {
            out.push(' ');
        }
        match token.kind {
            TokenKind::Text => out += &format!("'{}'", token.text.replace('\'', "''")),
            _ => out += &token.text,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(dialect: Dialect, text: &str, expect: Expect) {
        let read = match statements(dialect, text) {
            Ok(them) => them.iter().map(|it| format!("{}\n", spelt(&it.tokens))).collect(),
            Err(error) => format!("line {}: {}\n", error.line, error.message),
        };
        expect.assert_eq(&read);
    }

    #[test]
    fn postgres_is_cut_at_statements() {
        check(
            Dialect::Postgres,
            "-- a\nset lock_timeout='2s'; SELECT \"A\".b::int, $$x;y$$ <= 'it''s';\n\
             create function f() returns int begin atomic select 1; select 2; end; begin; commit",
            expect![[r#"
                set lock_timeout = '2s'
                select A.b::int, 'x;y' <= 'it''s'
                create function f() returns int begin atomic select 1 select 2 end
                begin
                commit
            "#]],
        );
        check(
            Dialect::Postgres,
            "select 1;\nalter tabel x;",
            expect![[r#"
            line 2: expected command, found ALTER_KW
        "#]],
        );
    }

    #[test]
    fn sqlite_is_cut_at_statements() {
        check(
            Dialect::Sqlite,
            "create trigger t after insert on p begin update p set n = case when 1 then 2 end; \
             select 1; end; drop table `a b`; pragma foreign_keys=off; select x'00' || [c];",
            expect![[r#"
                create trigger t after insert on p begin update p set n = case when 1 then 2 end ; select 1 ; end
                drop table a b
                pragma foreign_keys = off
                select x'00' || c
            "#]],
        );
        check(
            Dialect::Sqlite,
            "select 1;\nalter tabel x;",
            expect![[r#"
            line 2: near "tabel": syntax error at line: 2, column: 7
        "#]],
        );
    }
}
