use crate::sqlite::catalog::Fragment;
use sqlite3_parser::dialect::{TokenType, keyword_token};
use sqlite3_parser::lexer::Scanner;
use sqlite3_parser::lexer::sql::Tokenizer;
use std::collections::BTreeSet;
use std::ops::Range;

/// A name as SQL needs it: bare where that reads the same, else in double quotes.
#[must_use]
pub fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !is_keyword(name);
    if is_plain { name.to_owned() } else { quoted(name) }
}

fn is_keyword(name: &str) -> bool {
    /// Length of `CURRENT_TIMESTAMP`.
    const BYTES_MAX: usize = 17;
    // The table of keywords is built for words of these lengths only.
    (2..=BYTES_MAX).contains(&name.len())
        && keyword_token(name.to_ascii_uppercase().as_bytes()).is_some()
}

/// A name in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a SQL string.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Names as a list of identifiers.
pub(super) fn identifiers<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(identifier).collect::<Vec<_>>().join(", ")
}

/// The name that a token spells, without its quotes.
pub(super) fn unquote(token: &str) -> String {
    let inner = |it: &str| it.get(1..it.len().saturating_sub(1)).unwrap_or_default().to_owned();
    match token.as_bytes().first() {
        Some(b'[') => inner(token),
        Some(quote @ (b'"' | b'`' | b'\'')) => {
            let quote = char::from(*quote).to_string();
            inner(token).replace(&quote.repeat(2), &quote)
        }
        _ => token.to_owned(),
    }
}

/// One token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenType,
    pub(super) range: Range<usize>,
}

/// The tokens of a text without spaces and comments, up to the first that is none.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let mut scanner = Scanner::new(Tokenizer::new());
    let mut out = Vec::new();
    while let Ok((start, Some((bytes, kind)), _)) = scanner.scan(sql.as_bytes()) {
        // A blob's token leaves out its prefix and quotes.
        let start = if kind == TokenType::TK_BLOB { start } else { find(sql, bytes, start) };
        let end =
            if kind == TokenType::TK_BLOB { start + bytes.len() + 3 } else { start + bytes.len() };
        out.push(Token { kind, range: start..end.min(sql.len()) });
    }
    out
}

fn find(sql: &str, bytes: &[u8], start: usize) -> usize {
    debug_assert!(
        sql.as_bytes()[start..].starts_with(bytes),
        "tokens start where they are said to"
    );
    start
}

/// Whether a token is a name, or may be one.
fn is_name(kind: TokenType, text: &str) -> bool {
    kind == TokenType::TK_ID
        || text.starts_with(['"', '`', '['])
        || text.starts_with(|it: char| it.is_alphabetic() || it == '_')
}

/// An expression with the key it is compared by; `own_table` may qualify its columns.
pub(super) fn fragment(sql: String, own_table: &str) -> Fragment {
    let key = key(&sql, Some(own_table), true);
    Fragment { sql, key }
}

/// Tokens in one spelling; names of columns lose the qualifier `own_table`.
pub(super) fn key(sql: &str, own_table: Option<&str>, lower: bool) -> String {
    key_of(sql, &tokens(sql), own_table, lower)
}

fn key_of(sql: &str, tokens: &[Token], own_table: Option<&str>, lower: bool) -> String {
    let text = |at: usize| &sql[tokens[at].range.clone()];
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let kind = tokens[at].kind;
        let is_own = own_table.is_some_and(|own| unquote(text(at)).eq_ignore_ascii_case(own));
        let before_dot = tokens.get(at + 1).is_some_and(|it| it.kind == TokenType::TK_DOT);
        if is_own && before_dot && is_name(kind, text(at)) {
            at += 2;
            continue;
        }
        out.push(spelling(kind, text(at), lower));
        at += 1;
    }
    out.join(" ")
}

/// What a definition says, whatever it is called.
#[derive(Debug, Clone)]
pub(super) struct Gist {
    /// Everything after the name, by tokens.
    pub(super) tail_key: String,
    pub(super) mentions: BTreeSet<String>,
}

impl Gist {
    pub(super) fn of_definition(sql: &str) -> Self {
        let tokens = tokens(sql);
        let tail = name_at(&tokens).map_or(0, |it| it + 1);
        Self {
            tail_key: key_of(sql, &tokens[tail..], None, false),
            mentions: mentions_of(sql, &tokens),
        }
    }
}

fn spelling(kind: TokenType, text: &str, lower: bool) -> String {
    match text {
        "==" => return "=".to_owned(),
        "!=" => return "<>".to_owned(),
        _ => {}
    }
    let is_keyword = kind != TokenType::TK_ID && kind != TokenType::TK_STRING;
    if kind == TokenType::TK_STRING || text.starts_with('\'') {
        return text.to_owned();
    }
    let bare = unquote(text);
    if lower || is_keyword { bare.to_ascii_lowercase() } else { bare }
}

/// Every name in a text, in lower case.
pub(super) fn mentions(sql: &str) -> BTreeSet<String> {
    mentions_of(sql, &tokens(sql))
}

fn mentions_of(sql: &str, tokens: &[Token]) -> BTreeSet<String> {
    names(sql, tokens).collect()
}

/// The names among some tokens, in lower case, in their order.
pub(super) fn names<'a>(sql: &'a str, tokens: &'a [Token]) -> impl Iterator<Item = String> + 'a {
    let names = tokens.iter().map(|it| (it.kind, &sql[it.range.clone()]));
    // A string may be a name too: SQLite takes `'t'` for one where only a name can stand.
    let names = names.filter(|(kind, it)| is_name(*kind, it) || it.starts_with('\''));
    names.map(|(_, it)| unquote(it).to_ascii_lowercase())
}

/// The place of the name in `CREATE TABLE name …`, `CREATE VIEW name …` and so on, as the engine
/// keeps them.
fn name_range(sql: &str) -> Option<Range<usize>> {
    let tokens = tokens(sql);
    name_at(&tokens).map(|it| tokens[it].range.clone())
}

fn name_at(tokens: &[Token]) -> Option<usize> {
    let at = tokens.iter().position(|it| {
        use TokenType::{TK_TABLE, TK_TRIGGER, TK_VIEW};
        matches!(it.kind, TK_TABLE | TK_VIEW | TK_TRIGGER)
    })?;
    (at + 1 < tokens.len()).then_some(at + 1)
}

/// Where the name starts in such a definition.
pub(crate) fn name_start(sql: &str) -> Option<usize> {
    name_range(sql).map(|it| it.start)
}

/// The same definition under another name; columns lose the old name as qualifier.
pub(super) fn renamed(sql: &str, old: &str, new: &str) -> Option<String> {
    let name = name_range(sql)?;
    let mut out = format!("{}{}", &sql[..name.start], quoted(new));
    let rest = &sql[name.end..];
    let tokens = tokens(rest);
    let mut copied = 0;
    for pair in tokens.windows(2) {
        let text = &rest[pair[0].range.clone()];
        let is_qualifier = pair[1].kind == TokenType::TK_DOT
            && is_name(pair[0].kind, text)
            && unquote(text).eq_ignore_ascii_case(old);
        if is_qualifier {
            out.push_str(&rest[copied..pair[0].range.start]);
            copied = pair[1].range.end;
        }
    }
    out.push_str(&rest[copied..]);
    Some(out)
}

/// A declared type in one spelling: upper case, spaces only between words.
pub(super) fn type_key(declared: &str) -> String {
    let mut out = String::new();
    for word in declared.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out += &word.to_ascii_uppercase();
    }
    for (loose, tight) in [(" (", "("), ("( ", "("), (" )", ")"), (" ,", ","), (", ", ",")] {
        out = out.replace(loose, tight);
    }
    out
}
