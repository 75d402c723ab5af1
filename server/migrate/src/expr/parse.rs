//! Reads an expression from text: precedence climbing with a limit to depth and size.
//!
//! From loose to tight: `or`, `and`, `not`, comparison (one, not a chain), `||`, `+ -`, `* / %`,
//! sign. Keywords and function names are read in any case.

use super::lex::{Token, lex};
use super::{Comparison, Expr, ExprError, Operator};
use model::Span;

/// Brackets, `not`s, signs and operators within each other.
pub const MAX_DEPTH: usize = 64;

/// Names, constants and operators of one expression; SQLite refuses trees of height 1 000.
pub const MAX_NODES: usize = 500;

const MAX_BYTES: usize = 65_536;

/// Where each part of an expression is in its text; the same shape as the [`Expr`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    pub span: Span,
    children: Vec<Place>,
}

impl Place {
    /// One place for an expression and all in it, where no text is at hand.
    #[must_use]
    pub fn all(span: Span) -> Self {
        Self { span, children: Vec::new() }
    }

    /// The same tree in other places: those that `to` makes of these.
    #[must_use]
    pub fn map(&self, to: &impl Fn(Span) -> Span) -> Self {
        let children = self.children.iter().map(|it| it.map(to)).collect();
        Self { span: to(self.span), children }
    }

    /// The place of the child at `index` of [`Expr::children`].
    #[must_use]
    pub fn child(&self, index: usize) -> &Self {
        self.children.get(index).unwrap_or(self)
    }
}

/// An expression with the places of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub expr: Expr,
    pub place: Place,
}

/// Reads one expression; the whole text must belong to it.
///
/// # Errors
/// What is wrong with the grammar, in order. Names and types are not looked at.
pub fn parse(text: &str) -> Result<Expr, Vec<ExprError>> {
    parse_placed(text, None).map(|it| it.expr)
}

/// As [`parse`], with places. `table` is the table of the row at hand where that is known:
/// `table.column` then means the same as `row.column`.
///
/// # Errors
/// As [`parse`].
pub fn parse_placed(text: &str, table: Option<&str>) -> Result<Placed, Vec<ExprError>> {
    if text.len() > MAX_BYTES {
        let message = format!("an expression has at most {MAX_BYTES} bytes");
        return Err(vec![ExprError::new(Span::new(0, text.len()), message)]);
    }
    let tokens = lex(text)?;
    let mut parser = Parser { tokens, at: 0, depth: 0, n_nodes: 0, table, inner: Vec::new() };
    let read = parser.expression().and_then(|it| parser.end().map(|()| it));
    read.map_err(|it| vec![it])
}

type Read = Result<Placed, ExprError>;

/// A binary operator, its operands and the node that they make.
type Join = fn(Operator, Box<Expr>, Box<Expr>) -> Expr;

struct Parser<'a> {
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: usize,
    n_nodes: usize,
    table: Option<&'a str>,
    /// Tables of the `exists` around the place, innermost last.
    inner: Vec<String>,
}

/// Words that cannot be a bare column.
pub(super) const KEYWORDS: [&str; 13] = [
    "and", "or", "not", "is", "null", "in", "like", "between", "true", "false", "exists", "where",
    "row",
];

/// What others call the functions of the language.
const FOREIGN: [(&str, &str); 8] = [
    ("current_user", "currentUser()"),
    ("auth_uid", "currentUser()"),
    ("user_id", "currentUser()"),
    ("current_role", "currentRole()"),
    ("auth_role", "currentRole()"),
    ("current_timestamp", "now()"),
    ("datetime", "now()"),
    ("char_length", "length(…)"),
];

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn span(&self) -> Span {
        self.tokens[self.at].1
    }

    /// The place from `start` to the token before the next.
    fn since(&self, start: Span) -> Span {
        let end = self.tokens[self.at.saturating_sub(1)].1.end;
        Span { start: start.start, end: end.max(start.end) }
    }

    fn bump(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(it) if it.eq_ignore_ascii_case(word))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let there = self.is_word(word);
        if there {
            self.bump();
        }
        there
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(it) if *it == sign)
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let there = self.is_sign(sign);
        if there {
            self.bump();
        }
        there
    }

    fn expect_sign(&mut self, sign: &str, what: &str) -> Result<(), ExprError> {
        if self.eat_sign(sign) { Ok(()) } else { Err(self.unexpected(what)) }
    }

    fn unexpected(&self, wanted: &str) -> ExprError {
        let found = match self.peek() {
            Token::Word(it) => format!("`{it}`"),
            Token::Quoted(it) => format!("the name \"{it}\""),
            Token::Number(it) => format!("the number {it}"),
            Token::Text(_) => "text".to_owned(),
            Token::Sign(it) => format!("`{it}`"),
            Token::End => "the end".to_owned(),
        };
        let error = ExprError::new(self.span(), format!("expected {wanted}, found {found}"));
        match self.peek() {
            Token::Sign("==") => error.hint("equality is written `=`"),
            Token::Sign("&&") => error.hint("write `and`"),
            Token::Sign("!") => error.hint("write `not`"),
            Token::Sign("::") => error.hint("values are not cast: compare values of one type"),
            Token::Sign("->") => {
                error.hint("the inside of a JSON value is not part of the language")
            }
            _ => error,
        }
    }

    fn end(&self) -> Result<(), ExprError> {
        match self.peek() {
            Token::End => Ok(()),
            Token::Word(it) if it.eq_ignore_ascii_case("ilike") => {
                let error = ExprError::new(self.span(), "`ilike` is not part of the language");
                Err(error.hint("write `lower(a) like 'b%'`"))
            }
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    fn node(&mut self, expr: Expr, start: Span, children: Vec<Place>) -> Read {
        self.n_nodes += 1;
        let span = self.since(start);
        if self.n_nodes > MAX_NODES {
            let message = format!("an expression has at most {MAX_NODES} parts");
            return Err(ExprError::new(span, message));
        }
        Ok(Placed { expr, place: Place { span, children } })
    }

    /// Runs `read` one level deeper.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.depth == MAX_DEPTH {
            let message = format!("an expression is at most {MAX_DEPTH} levels deep");
            return Err(ExprError::new(self.span(), message));
        }
        self.depth += 1;
        let out = read(self);
        self.depth -= 1;
        out
    }

    fn expression(&mut self) -> Read {
        self.deeper(|it| it.chain("or", Self::conjunction, Expr::Or))
    }

    fn conjunction(&mut self) -> Read {
        self.chain("and", Self::negation, Expr::And)
    }

    fn chain(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Read,
        make: fn(Vec<Expr>) -> Expr,
    ) -> Read {
        let start = self.span();
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let (mut parts, mut places) = (vec![first.expr], vec![first.place]);
        while self.eat_word(word) {
            let next = part(self)?;
            parts.push(next.expr);
            places.push(next.place);
        }
        self.node(make(parts), start, places)
    }

    fn negation(&mut self) -> Read {
        let start = self.span();
        if !self.eat_word("not") {
            return self.predicate();
        }
        let inner = self.deeper(Self::negation)?;
        self.node(Expr::Not(Box::new(inner.expr)), start, vec![inner.place])
    }

    fn predicate(&mut self) -> Read {
        let start = self.span();
        let left = self.concatenation()?;
        let out = self.after_operand(start, left)?;
        if self.comparison().is_some() {
            let error = ExprError::new(self.span(), "comparisons do not chain");
            return Err(error.hint("join them: `a < b and b < c`"));
        }
        Ok(out)
    }

    fn comparison(&self) -> Option<Comparison> {
        let Token::Sign(sign) = self.peek() else { return None };
        Some(match *sign {
            "=" => Comparison::Equal,
            "<>" | "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    fn after_operand(&mut self, start: Span, left: Placed) -> Read {
        if let Some(op) = self.comparison() {
            self.bump();
            let right = self.concatenation()?;
            let expr = Expr::compare(left.expr, op, right.expr);
            return self.node(expr, start, vec![left.place, right.place]);
        }
        if self.eat_word("is") {
            return self.is_null(start, left);
        }
        let negated = self.eat_word("not");
        if self.eat_word("in") {
            return self.in_list(start, left, negated);
        }
        if self.eat_word("like") {
            let pattern = self.concatenation()?;
            let (value, places) = (Box::new(left.expr), vec![left.place, pattern.place]);
            let expr = Expr::Like { value, pattern: Box::new(pattern.expr), negated };
            return self.node(expr, start, places);
        }
        if self.eat_word("between") {
            return self.between(start, left, negated);
        }
        if negated { Err(self.unexpected("`in`, `like` or `between`")) } else { Ok(left) }
    }

    fn is_null(&mut self, start: Span, left: Placed) -> Read {
        let negated = self.eat_word("not");
        let value = match self.peek() {
            _ if self.is_word("null") => None,
            _ if self.is_word("true") => Some(true),
            _ if self.is_word("false") => Some(false),
            _ => return Err(self.unexpected("`null`, `true` or `false`")),
        };
        self.bump();
        let Some(wanted) = value else {
            let expr = Expr::IsNull { value: Box::new(left.expr), negated };
            return self.node(expr, start, vec![left.place]);
        };
        // `x is true` is `coalesce(x, false) = true`, in words that the language has.
        let span = left.place.span;
        let known =
            Expr::Call { name: "coalesce".to_owned(), args: vec![left.expr, Expr::Bool(!wanted)] };
        let known = self.node(known, span, vec![left.place])?;
        let expr = Expr::compare(known.expr, Comparison::Equal, Expr::Bool(wanted != negated));
        self.node(expr, start, vec![known.place])
    }

    fn in_list(&mut self, start: Span, left: Placed, negated: bool) -> Read {
        let (mut list, mut places) = (Vec::new(), vec![left.place]);
        self.expect_sign("(", "`(` and the values")?;
        if self.is_word("select") {
            let error = ExprError::new(self.span(), "a query is not part of the language");
            return Err(error.hint("write `exists(members where user_id = currentUser())`"));
        }
        loop {
            let item = self.expression()?;
            list.push(item.expr);
            places.push(item.place);
            if !self.eat_sign(",") {
                break;
            }
        }
        self.expect_sign(")", "`,` or `)`")?;
        self.node(Expr::In { value: Box::new(left.expr), list, negated }, start, places)
    }

    fn between(&mut self, start: Span, left: Placed, negated: bool) -> Read {
        let low = self.concatenation()?;
        if !self.eat_word("and") {
            return Err(self.unexpected("`and` and the upper end"));
        }
        let high = self.concatenation()?;
        let places = vec![left.place, low.place, high.place];
        let (low, high) = (Box::new(low.expr), Box::new(high.expr));
        self.node(Expr::Between { value: Box::new(left.expr), low, high, negated }, start, places)
    }

    fn concatenation(&mut self) -> Read {
        self.operators(&[("||", Operator::Concatenate)], Self::sum)
    }

    fn sum(&mut self) -> Read {
        self.operators(&[("+", Operator::Add), ("-", Operator::Subtract)], Self::product)
    }

    fn product(&mut self) -> Read {
        const SIGNS: [(&str, Operator); 3] =
            [("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];
        self.operators(&SIGNS, Self::signed)
    }

    /// Operators of one precedence, from left to right; each makes the tree one level deeper.
    fn operators(&mut self, signs: &[(&str, Operator)], part: fn(&mut Self) -> Read) -> Read {
        const JOIN: Join = |op, left, right| Expr::Arithmetic { op, left, right };
        let start = self.span();
        let mut left = part(self)?;
        let mut n_levels = 0;
        while let Some((_, op)) = signs.iter().find(|it| self.is_sign(it.0)) {
            n_levels += 1;
            if self.depth + n_levels > MAX_DEPTH {
                let message = format!("an expression is at most {MAX_DEPTH} levels deep");
                return Err(ExprError::new(self.span(), message));
            }
            self.bump();
            let right = part(self)?;
            let expr = JOIN(*op, Box::new(left.expr), Box::new(right.expr));
            left = self.node(expr, start, vec![left.place, right.place])?;
        }
        Ok(left)
    }

    fn signed(&mut self) -> Read {
        let start = self.span();
        if self.eat_sign("+") {
            return self.deeper(Self::signed);
        }
        if !self.eat_sign("-") {
            return self.primary();
        }
        if let Token::Number(digits) = self.peek() {
            let expr = Expr::Number(format!("-{digits}"));
            self.bump();
            return self.node(expr, start, Vec::new());
        }
        let inner = self.deeper(Self::signed)?;
        let zero = Box::new(Expr::Number("0".to_owned()));
        let expr =
            Expr::Arithmetic { op: Operator::Subtract, left: zero, right: Box::new(inner.expr) };
        self.node(expr, start, vec![Place::all(start), inner.place])
    }

    fn primary(&mut self) -> Read {
        let start = self.span();
        let expr = match self.peek().clone() {
            Token::Number(it) => Expr::Number(it),
            Token::Text(it) => Expr::Text(it),
            Token::Sign("(") => {
                self.bump();
                let mut inner = self.expression()?;
                self.expect_sign(")", "`)`")?;
                inner.place.span = self.since(start);
                return Ok(inner);
            }
            Token::Word(it) => return self.word(start, &it),
            Token::Quoted(it) => {
                self.bump();
                return self.column(start, it, true);
            }
            Token::Sign(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.bump();
        self.node(expr, start, Vec::new())
    }

    fn word(&mut self, start: Span, word: &str) -> Read {
        let lower = word.to_ascii_lowercase();
        let constant = match lower.as_str() {
            "null" => Some(Expr::Null),
            "true" => Some(Expr::Bool(true)),
            "false" => Some(Expr::Bool(false)),
            _ => None,
        };
        if let Some(constant) = constant {
            self.bump();
            return self.node(constant, start, Vec::new());
        }
        if lower == "exists" {
            self.bump();
            return self.exists(start);
        }
        if lower != "row" && KEYWORDS.contains(&lower.as_str()) {
            return Err(self.unexpected("a value"));
        }
        self.bump();
        if self.is_sign("(") {
            return self.call(start, word, lower);
        }
        if let Some((_, instead)) =
            FOREIGN.iter().find(|it| it.0 == lower && lower.starts_with("current_"))
        {
            let message = format!("`{word}` is not part of the language");
            return Err(ExprError::new(start, message).hint(format!("write `{instead}`")));
        }
        self.column(start, word.to_owned(), false)
    }

    fn column(&mut self, start: Span, first: String, quoted: bool) -> Read {
        if !self.eat_sign(".") {
            if !quoted && first.eq_ignore_ascii_case("row") {
                let error = ExprError::new(start, "`row` is a row, not a value");
                return Err(error.hint("write `row.column`, or \"row\" for a column of that name"));
            }
            return self.node(Expr::column(first), start, Vec::new());
        }
        let (Token::Word(name) | Token::Quoted(name)) = self.peek().clone() else {
            return Err(self.unexpected("the name of a column"));
        };
        self.bump();
        if self.is_sign("(") {
            let message = format!("no function `{first}.{name}`");
            let error = ExprError::new(self.since(start), message);
            return Err(
                error.hint("`currentUser()` is the signed-in user, `currentRole()` the role")
            );
        }
        let outer = self.is_outer(start, &first, quoted)?;
        self.node(Expr::Column { name, outer }, start, Vec::new())
    }

    /// Whether `qualifier` names the row at hand from within an `exists`.
    fn is_outer(&self, start: Span, qualifier: &str, quoted: bool) -> Result<bool, ExprError> {
        let within = !self.inner.is_empty();
        if !quoted && qualifier.eq_ignore_ascii_case("row") {
            return Ok(within);
        }
        if self.inner.last().is_some_and(|it| it == qualifier) {
            return Ok(false);
        }
        if self.inner.iter().any(|it| it == qualifier) {
            let message = format!("`{qualifier}` is the table of an outer `exists`");
            let error = ExprError::new(start, message);
            return Err(
                error.hint("an `exists` sees its own row and, as `row.column`, the row at hand")
            );
        }
        if self.table == Some(qualifier) {
            return Ok(within);
        }
        let error = ExprError::new(start, format!("no row of `{qualifier}` is at hand"));
        Err(error.hint(format!(
            "write `row.column` for the row at hand, or `exists({qualifier} where …)`"
        )))
    }

    fn call(&mut self, start: Span, word: &str, lower: String) -> Read {
        self.expect_sign("(", "`(`")?;
        let (mut args, mut places) = (Vec::new(), Vec::new());
        if !self.is_sign(")") {
            loop {
                let arg = self.expression()?;
                args.push(arg.expr);
                places.push(arg.place);
                if !self.eat_sign(",") {
                    break;
                }
            }
        }
        self.expect_sign(")", "`,` or `)`")?;
        let expr = match lower.as_str() {
            "currentuser" if args.is_empty() => Expr::CurrentUser,
            "currentrole" if args.is_empty() => Expr::CurrentRole,
            "now" if args.is_empty() => Expr::Now,
            "currentuser" | "currentrole" | "now" => {
                let message = format!("`{word}` takes no arguments");
                return Err(ExprError::new(self.since(start), message));
            }
            _ => Self::known_call(self.since(start), word, lower, args)?,
        };
        self.node(expr, start, places)
    }

    fn known_call(
        span: Span,
        word: &str,
        name: String,
        args: Vec<Expr>,
    ) -> Result<Expr, ExprError> {
        let Some(function) = super::check::FUNCTIONS.iter().find(|it| it.name == name) else {
            let error = ExprError::new(span, format!("no function `{word}`"));
            let instead = FOREIGN.iter().find(|it| it.0 == name);
            return Err(match instead {
                Some((_, instead)) => error.hint(format!("write `{instead}`")),
                None => error.hint(format!("there are {}", super::check::function_names())),
            });
        };
        if !function.arity.contains(&args.len()) {
            let message = format!("`{name}` takes {}", function.arity_words());
            return Err(ExprError::new(span, message));
        }
        Ok(Expr::Call { name, args })
    }

    fn exists(&mut self, start: Span) -> Read {
        self.expect_sign("(", "`(` and a table")?;
        let table = match self.peek().clone() {
            Token::Word(it) if it.eq_ignore_ascii_case("select") => {
                let error = ExprError::new(self.span(), "a query is not part of the language");
                return Err(error.hint("write `exists(members where user_id = currentUser())`"));
            }
            Token::Word(it) if KEYWORDS.contains(&it.to_ascii_lowercase().as_str()) => {
                return Err(self.unexpected("the name of a table"));
            }
            Token::Word(it) | Token::Quoted(it) => it,
            _ => return Err(self.unexpected("the name of a table")),
        };
        self.bump();
        if !self.eat_word("where") {
            return Err(self.unexpected("`where`"));
        }
        self.inner.push(table.clone());
        let filter = self.expression();
        self.inner.pop();
        let filter = filter?;
        self.expect_sign(")", "`)`")?;
        let expr = Expr::Exists { table, filter: Box::new(filter.expr) };
        self.node(expr, start, vec![filter.place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::testing::{any_expr, underline};
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&match parse(text) {
            Ok(expr) => format!("{expr}\n"),
            Err(errors) => underline(text, &errors),
        });
    }

    #[test]
    fn reads_what_binds_first() {
        check(
            "a = 1 OR NOT b AND c <> 'it''s' or - x * 2 + 3 % 4 > 5",
            expect![[r#"
                a = 1 or not b and c <> 'it''s' or (0 - x) * 2 + 3 % 4 > 5
            "#]],
        );
        check(
            "(a or b) and (c)",
            expect![[r#"
            (a or b) and c
        "#]],
        );
        check(
            "a - (b - c) - -5",
            expect![[r#"
            a - (b - c) - -5
        "#]],
        );
        check(
            "a || b || 'c' like '%x'",
            expect![[r#"
            a || b || 'c' like '%x'
        "#]],
        );
    }

    #[test]
    fn reads_predicates() {
        check(
            "a is not null and b not in (1, 2) and c not between 1 and 2 and d is not true",
            expect![[r#"
                a is not null and b not in (1, 2) and c not between 1 and 2 and coalesce(d, false) = false
            "#]],
        );
        check(
            "a is false or a is not false",
            expect![[r#"
            coalesce(a, true) = false or coalesce(a, true) = true
        "#]],
        );
        check(
            "owner_id = CURRENTUSER() or visibility = 'public'",
            expect![[r#"
            owner_id = currentUser() or visibility = 'public'
        "#]],
        );
    }

    #[test]
    fn tells_the_inner_row_from_the_row_at_hand() {
        check(
            "exists(members where members.team_id = row.team_id and user_id = currentUser())",
            expect![[r#"
                exists(members where team_id = row.team_id and user_id = currentUser())
            "#]],
        );
        check(
            "row.a = 1",
            expect![[r#"
            a = 1
        "#]],
        );
        check(
            "exists(m where exists(n where m.x = n.x))",
            expect![[r#"
            exists(m where exists(n where m.x = n.x))
                                          ^ `m` is the table of an outer `exists`
              hint: an `exists` sees its own row and, as `row.column`, the row at hand
        "#]],
        );
        check(
            "posts.a = 1",
            expect![[r#"
            posts.a = 1
            ^^^^^ no row of `posts` is at hand
              hint: write `row.column` for the row at hand, or `exists(posts where …)`
        "#]],
        );
    }

    #[test]
    fn knows_the_table_that_it_is_for() {
        let read = parse_placed("exists(m where id = posts.m_id) and posts.a", Some("posts"));
        let text = read.expect("it parses").expr.to_string();
        expect!["exists(m where id = row.m_id) and a"].assert_eq(&text);
    }

    #[test]
    fn says_what_to_write_instead() {
        for (text, expect) in [
            (
                "a == 1",
                expect![[r#"
                a == 1
                  ^^ expected an operator or the end, found `==`
                  hint: equality is written `=`
            "#]],
            ),
            (
                "a && b",
                expect![[r#"
                a && b
                  ^^ expected an operator or the end, found `&&`
                  hint: write `and`
            "#]],
            ),
            (
                "a < b < c",
                expect![[r#"
                a < b < c
                      ^ comparisons do not chain
                  hint: join them: `a < b and b < c`
            "#]],
            ),
            (
                "auth.uid() = a",
                expect![[r#"
                auth.uid() = a
                ^^^^^^^^ no function `auth.uid`
                  hint: `currentUser()` is the signed-in user, `currentRole()` the role
            "#]],
            ),
            (
                "a = current_user",
                expect![[r#"
                a = current_user
                    ^^^^^^^^^^^^ `current_user` is not part of the language
                  hint: write `currentUser()`
            "#]],
            ),
            (
                "a in (select 1)",
                expect![[r#"
                a in (select 1)
                      ^^^^^^ a query is not part of the language
                  hint: write `exists(members where user_id = currentUser())`
            "#]],
            ),
            (
                "a ilike 'b'",
                expect![[r#"
                a ilike 'b'
                  ^^^^^ `ilike` is not part of the language
                  hint: write `lower(a) like 'b%'`
            "#]],
            ),
            (
                "md5(a) = 'b'",
                expect![[r#"
                md5(a) = 'b'
                ^^^^^^ no function `md5`
                  hint: there are `abs`, `coalesce`, `length`, `lower`, `ltrim`, `nullif`, `replace`, `rtrim`, `substr`, `trim`, `upper`, `now`, `currentUser`, `currentRole`
            "#]],
            ),
            (
                "",
                expect![[r#"

                ^ expected a value, found the end
            "#]],
            ),
            (
                "a = 'open",
                expect![[r#"
                a = 'open
                    ^^^^^ the quote ' is never closed
            "#]],
            ),
            (
                "a = “b” and 1x",
                expect![[r#"
                a = “b” and 1x
                    ^ `“` is not part of an expression
                  hint: text is written in straight single quotes
                      ^ `”` is not part of an expression
                  hint: text is written in straight single quotes
                            ^^ `1x` is not a number
                  hint: write digits such as `10` or `2.5`
            "#]],
            ),
            (
                "a; drop table b",
                expect![[r#"
                a; drop table b
                 ^ `;` is not part of an expression
            "#]],
            ),
        ] {
            check(text, expect);
        }
    }

    #[test]
    fn refuses_what_is_too_deep_or_too_long() {
        let message = |text: &str| parse(text).expect_err("it is refused")[0].message.clone();
        let deep = "an expression is at most 64 levels deep";
        assert_eq!(message(&"(".repeat(100_000 / 2)), deep);
        assert_eq!(message(&"not ".repeat(10_000)), deep);
        assert_eq!(message(&"- ".repeat(10_000)), deep);
        assert_eq!(message(&format!("1{}", " + 1".repeat(10_000))), deep);
        assert_eq!(message(&"exists(a where ".repeat(1_000)), deep);
        let wide = format!("a{}", " or a".repeat(1_000));
        assert_eq!(message(&wide), "an expression has at most 500 parts");
        assert_eq!(message(&"a".repeat(70_000)), "an expression has at most 65536 bytes");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn what_is_written_reads_back(expr in any_expr()) {
            let text = expr.to_string();
            let placed = parse_placed(&text, None).expect("it parses");
            prop_assert_eq!(&placed.expr, &expr, "{}", text);
            let mut nodes = vec![(&placed.expr, &placed.place)];
            while let Some((expr, place)) = nodes.pop() {
                let children = expr.children();
                prop_assert_eq!(children.len(), place.children.len());
                prop_assert!(text.get(place.span.range()).is_some());
                nodes.extend(children.into_iter().zip(&place.children));
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in "[ a-c(),.'\"0-9=<>!|*/%+-]{0,40}|\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
