//! Writes an expression for a dialect, so that both engines compute the same.
//!
//! Constants are written out and quoted: the text has no parameters. The expression must have
//! passed [`check`](super::check()) for the same [`Cx`]; what has not is written as it stands.

use super::check::{Kind, Typer, canonical};
use super::parse::Place;
use super::{Cx, Expr, Operator, Use};
use crate::plan::Dialect;
use crate::schema::{DefaultValue, Schema, Table, Type};

/// The moment of the statement, in the one form in which SQLite keeps moments.
const SQLITE_NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/// A random uuid of version 4, in brackets.
const SQLITE_UUID: &str = "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || \
     substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || \
     substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))";

/// Writes `expr` for `dialect`. A default that is no plain constant is put in brackets, as SQLite
/// wants it; a key of an index is not.
#[must_use]
pub fn render(expr: &Expr, cx: &Cx<'_>, dialect: Dialect) -> String {
    Renderer { cx, dialect, row: None, outer: None, exists: None, inner: Vec::new() }.whole(expr)
}

/// Writes what a column of type `kind` starts as; `None` for a number of a sequence, which both
/// engines make themselves. On SQLite anything but a constant is in brackets.
#[must_use]
pub fn default_sql(value: &DefaultValue, kind: &Type, dialect: Dialect) -> Option<String> {
    let is_sqlite = dialect == Dialect::Sqlite;
    Some(match value {
        DefaultValue::Identity => return None,
        DefaultValue::RandomUuid if is_sqlite => SQLITE_UUID.to_owned(),
        DefaultValue::RandomUuid => "gen_random_uuid()".to_owned(),
        DefaultValue::Now if is_sqlite => format!("({})", sqlite_now(kind)),
        DefaultValue::Now => postgres_now(kind).to_owned(),
        DefaultValue::Expr(expr) => {
            let (schema, table) = (Schema::default(), Table::default());
            let cx = Cx { schema: &schema, table: &table, purpose: Use::Default(kind) };
            render(expr, &cx, dialect)
        }
    })
}

fn sqlite_now(kind: &Type) -> &'static str {
    match kind {
        Type::Date => "strftime('%Y-%m-%d', 'now')",
        Type::Time => "strftime('%H:%M:%f', 'now')",
        Type::Timestamp => "strftime('%Y-%m-%dT%H:%M:%f', 'now')",
        _ => SQLITE_NOW,
    }
}

fn postgres_now(kind: &Type) -> &'static str {
    match kind {
        Type::Date => "(now() at time zone 'utc')::date",
        Type::Time => "(now() at time zone 'utc')::time",
        Type::Timestamp => "(now() at time zone 'utc')",
        _ => "now()",
    }
}

/// Quotes a name for both dialects.
#[must_use]
pub fn quote_ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Quotes text for both dialects (PostgreSQL with `standard_conforming_strings`, its default).
#[must_use]
pub fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Writes an `exists` in another way than as a query: gets its table, its filter and the
/// renderer, for what of the row at hand it uses.
pub(crate) type WriteExists<'a> = dyn Fn(&str, &Expr, &Renderer<'_>) -> Option<String> + 'a;

#[derive(Clone)]
pub(crate) struct Renderer<'a> {
    pub(crate) cx: &'a Cx<'a>,
    pub(crate) dialect: Dialect,
    /// What stands before the columns of the row at hand, quoted where it needs to be (`NEW`);
    /// without, they are bare, and within an `exists` named by their table.
    pub(crate) row: Option<&'a str>,
    /// What columns of the row at hand are within an `exists`, where they are not columns there.
    pub(crate) outer: Option<&'a [(String, String)]>,
    pub(crate) exists: Option<&'a WriteExists<'a>>,
    /// Tables of the `exists` around, outermost first.
    pub(crate) inner: Vec<String>,
}

impl Renderer<'_> {
    fn whole(&self, expr: &Expr) -> String {
        match self.cx.purpose {
            Use::Default(kind) => {
                let text = self.default(expr, &Kind::of(kind));
                let is_constant =
                    matches!(expr, Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_));
                if is_constant { text } else { format!("({text})") }
            }
            Use::Check | Use::IndexFilter | Use::Policy => self.condition(expr),
            Use::IndexKey => self.value(expr, &self.kind(expr)),
        }
    }

    fn default(&self, expr: &Expr, kind: &Kind<'_>) -> String {
        match (expr, kind) {
            (Expr::Text(_), Kind::Opaque("a list")) => match self.dialect {
                Dialect::Sqlite => "'[]'".to_owned(),
                Dialect::Postgres => "'{}'".to_owned(),
            },
            (Expr::Text(it), _) => quote_text(&canonical(it, kind).unwrap_or_else(|| it.clone())),
            _ => self.value(expr, kind),
        }
    }

    fn is_sqlite(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    fn kind(&self, expr: &Expr) -> Kind<'_> {
        Typer::within(self.cx, &self.inner).kind(expr, &Place::default())
    }

    /// The type that operands are compared in: that of the first which has one of its own.
    fn common(&self, operands: &[&Expr]) -> Kind<'_> {
        let kinds: Vec<Kind<'_>> = operands.iter().map(|it| self.kind(it)).collect();
        let own = |it: &&Kind<'_>| !matches!(it, Kind::Literal | Kind::User | Kind::Unknown);
        let named = kinds.iter().find(own).or_else(|| kinds.iter().find(|it| **it == Kind::User));
        named.cloned().unwrap_or(Kind::Text)
    }

    /// Where a truth value is wanted.
    pub(crate) fn condition(&self, expr: &Expr) -> String {
        match expr {
            Expr::Not(inner) => match &**inner {
                Expr::Column { .. } if self.is_sqlite() => {
                    format!("{} = 0", self.value(inner, &Kind::Bool))
                }
                other => format!("not ({})", self.condition(other)),
            },
            Expr::And(parts) => self.joined(parts, " and "),
            Expr::Or(parts) => self.joined(parts, " or "),
            Expr::Column { .. } | Expr::Call { .. } if self.is_sqlite() => {
                format!("{} = 1", self.value(expr, &Kind::Bool))
            }
            Expr::Null if !self.is_sqlite() => "null::boolean".to_owned(),
            Expr::Compare { op, left, right } => {
                let kind = self.common(&[left, right]);
                let (a, b) = (self.value(left, &kind), self.value(right, &kind));
                let collation = self.collation(op.is_order(), &kind);
                format!("{a}{collation} {} {b}", op.sign())
            }
            Expr::IsNull { value, negated } => {
                let not = if *negated { " not" } else { "" };
                format!("{} is{not} null", self.value(value, &self.kind(value)))
            }
            Expr::In { value, list, negated } => {
                let kind = self.common(&expr.children());
                let list: Vec<String> = list.iter().map(|it| self.value(it, &kind)).collect();
                let not = if *negated { " not" } else { "" };
                format!("{}{not} in ({})", self.value(value, &kind), list.join(", "))
            }
            Expr::Between { value, low, high, negated } => {
                let kind = self.common(&expr.children());
                let [value, low, high] = [value, low, high].map(|it| self.value(it, &kind));
                let collation = self.collation(true, &kind);
                let not = if *negated { " not" } else { "" };
                format!("{value}{collation}{not} between {low} and {high}")
            }
            Expr::Like { value, pattern, negated } => self.like(value, pattern, *negated),
            Expr::Exists { table, filter } => self.exists(table, filter),
            other => self.value(other, &Kind::Bool),
        }
    }

    fn joined(&self, parts: &[Expr], word: &str) -> String {
        let part = |it: &Expr| match it {
            Expr::And(_) | Expr::Or(_) | Expr::Between { .. } => {
                format!("({})", self.condition(it))
            }
            _ => self.condition(it),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(word)
    }

    /// PostgreSQL orders text by the language of the database; by bytes, it does as SQLite.
    fn collation(&self, is_order: bool, kind: &Kind<'_>) -> &'static str {
        let needed = !self.is_sqlite() && is_order && kind.is_text();
        if needed { " collate \"C\"" } else { "" }
    }

    fn like(&self, value: &Expr, pattern: &Expr, negated: bool) -> String {
        let value = self.value(value, &Kind::Text);
        let not = if negated { " not" } else { "" };
        let Expr::Text(pattern) = pattern else {
            return format!("{value}{not} like {}", self.value(pattern, &Kind::Text));
        };
        if self.is_sqlite() {
            format!("{value}{not} glob {}", quote_text(&glob(pattern)))
        } else {
            format!("{value}{not} like {} escape ''", quote_text(pattern))
        }
    }

    fn exists(&self, table: &str, filter: &Expr) -> String {
        if let Some(text) = self.exists.and_then(|write| write(table, filter, self)) {
            return text;
        }
        let within = self.enter(table);
        let (alias, value) = (within.alias(), within.any_column(table));
        let condition = within.condition(filter);
        format!("exists (select {value} from {} as {alias} where {condition})", quote_ident(table))
    }

    /// What an `exists` selects. SQLite asks its authorizer for each column that is used, but for a
    /// query that uses none besides the key it asks without saying on whose behalf.
    fn any_column(&self, table: &str) -> String {
        let own = (self.cx.table.name == table).then_some(self.cx.table);
        let table = self.cx.schema.table(table).or(own).filter(|_| self.is_sqlite());
        let column =
            table.and_then(|it| it.columns.iter().find(|of| !it.primary_key.contains(&of.name)));
        column.map_or_else(|| "1".to_owned(), |it| self.column(&it.name, false))
    }

    /// The renderer for what stands within an `exists` over `table`.
    pub(crate) fn enter(&self, table: &str) -> Self {
        let mut within = self.clone();
        within.inner.push(table.to_owned());
        within
    }

    /// The name of the innermost row: no table has it, so a table may look at itself.
    pub(crate) fn alias(&self) -> String {
        quote_ident(&format!("inner_{}", self.inner.len()))
    }

    fn column(&self, name: &str, outer: bool) -> String {
        let known = self.outer.filter(|_| outer).unwrap_or(&[]);
        if let Some((_, written)) = known.iter().find(|it| it.0 == name) {
            return written.clone();
        }
        let name = quote_ident(name);
        if !outer && !self.inner.is_empty() {
            return format!("{}.{name}", self.alias());
        }
        match self.row {
            Some(row) => format!("{row}.{name}"),
            None if self.inner.is_empty() => name,
            None => format!("{}.{name}", quote_ident(&self.cx.table.name)),
        }
    }

    /// A value as what it is by itself.
    pub(crate) fn any_value(&self, expr: &Expr) -> String {
        self.value(expr, &self.kind(expr))
    }

    /// Where a value is wanted, to be used as one of `kind`; whatever binds loosely is in brackets.
    fn value(&self, expr: &Expr, kind: &Kind<'_>) -> String {
        match expr {
            Expr::Column { name, outer } => self.column(name, *outer),
            Expr::Null => "null".to_owned(),
            Expr::Bool(it) if self.is_sqlite() => u8::from(*it).to_string(),
            Expr::Bool(it) => it.to_string(),
            Expr::Number(it) if it.starts_with('-') => format!("({it})"),
            Expr::Number(it) => it.clone(),
            Expr::Text(it) => self.text(it, kind),
            Expr::CurrentUser => self.current_user(kind),
            Expr::CurrentRole if self.is_sqlite() => "auth_role()".to_owned(),
            Expr::CurrentRole => {
                "(select nullif(current_setting('app.role', true), ''))".to_owned()
            }
            Expr::Now if self.is_sqlite() => SQLITE_NOW.to_owned(),
            Expr::Now => "now()".to_owned(),
            Expr::Arithmetic { op, left, right } => self.arithmetic(*op, left, right),
            Expr::Call { name, args } => self.call(name, args, kind),
            Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Compare { .. }
            | Expr::IsNull { .. }
            | Expr::In { .. }
            | Expr::Like { .. }
            | Expr::Between { .. }
            | Expr::Exists { .. } => format!("({})", self.condition(expr)),
        }
    }

    fn text(&self, text: &str, kind: &Kind<'_>) -> String {
        let canonical = canonical(text, kind).unwrap_or_else(|| text.to_owned());
        let cast = if self.is_sqlite() { "" } else { cast(kind) };
        format!("{}{cast}", quote_text(&canonical))
    }

    /// Asked once a statement, not once a row: `(select …)` is an init-plan.
    fn current_user(&self, kind: &Kind<'_>) -> String {
        if self.is_sqlite() {
            return "auth_uid()".to_owned();
        }
        let cast = match kind {
            Kind::Int(..) => "::bigint",
            other => cast(other),
        };
        format!("(select nullif(current_setting('app.user_id', true), ''){cast})")
    }

    fn arithmetic(&self, op: Operator, left: &Expr, right: &Expr) -> String {
        if op == Operator::Concatenate {
            let [left, right] = [left, right].map(|it| self.argument(it));
            return format!("({left} || {right})");
        }
        let [left, right] = [left, right].map(|it| self.integer(it));
        let divides = matches!(op, Operator::Divide | Operator::Remainder);
        if divides && !self.is_sqlite() {
            return format!("({left} {} nullif({right}, 0))", op.sign());
        }
        format!("({left} {} {right})", op.sign())
    }

    /// An integer of 64 bits, so that no engine overflows before the other.
    fn integer(&self, expr: &Expr) -> String {
        let value = self.value(expr, &self.kind(expr));
        if self.is_sqlite() { value } else { format!("{value}::bigint") }
    }

    /// Text that PostgreSQL can tell the type of.
    fn argument(&self, expr: &Expr) -> String {
        let value = self.value(expr, &Kind::Text);
        let untyped = !self.is_sqlite() && matches!(expr, Expr::Text(_) | Expr::Null);
        if untyped { format!("{value}::text") } else { value }
    }

    fn call(&self, name: &str, args: &[Expr], wanted: &Kind<'_>) -> String {
        let args: Vec<String> = match name {
            "coalesce" | "nullif" => {
                let operands: Vec<&Expr> = args.iter().collect();
                let own = self.common(&operands);
                let is_open = matches!(own, Kind::User)
                    || args.iter().all(|it| matches!(it, Expr::Text(_) | Expr::Null));
                let kind = if is_open { wanted.clone() } else { own };
                args.iter().map(|it| self.value(it, &kind)).collect()
            }
            "abs" => args.iter().map(|it| self.integer(it)).collect(),
            "lower" | "upper" if !self.is_sqlite() => {
                args.iter().map(|it| self.argument(it) + " collate \"C\"").collect()
            }
            "substr" => {
                let mut out: Vec<String> =
                    args.iter().take(1).map(|it| self.argument(it)).collect();
                out.extend(args.iter().skip(1).map(|it| self.value(it, &Kind::Text)));
                out
            }
            _ => args.iter().map(|it| self.argument(it)).collect(),
        };
        format!("{name}({})", args.join(", "))
    }
}

/// The type of `expr` as PostgreSQL writes it, where the language lets it be compared.
pub(crate) fn kind_sql(expr: &Expr, at: &Renderer<'_>) -> Option<&'static str> {
    Some(match at.kind(expr) {
        Kind::Bool => "boolean",
        Kind::Int(..) => "bigint",
        Kind::Decimal => "numeric",
        Kind::Single => "real",
        Kind::Double => "double precision",
        Kind::Text | Kind::Literal | Kind::Words(_) => "text",
        Kind::Uuid => "uuid",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Timestamp => "timestamp",
        Kind::Moment => "timestamptz",
        Kind::User | Kind::Opaque(_) | Kind::Unknown => return None,
    })
}

fn cast(kind: &Kind<'_>) -> &'static str {
    match kind {
        Kind::Uuid => "::uuid",
        Kind::Date => "::date",
        Kind::Time => "::time",
        Kind::Timestamp => "::timestamp",
        Kind::Moment => "::timestamptz",
        _ => "",
    }
}

/// The pattern of `like` as one of `glob`, where case matters.
fn glob(pattern: &str) -> String {
    let mut out = String::new();
    for it in pattern.chars() {
        match it {
            '%' => out.push('*'),
            '_' => out.push('?'),
            '*' | '?' | '[' => out.extend(['[', it, ']']),
            other => out.push(other),
        }
    }
    out
}
