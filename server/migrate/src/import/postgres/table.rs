//! One table of a catalog as the operation that adds it.

use super::super::{formula, name, spanned};
use super::expression::{self, Text};
use crate::expr::Expr;
use crate::language::names::derive;
use crate::language::{
    AddTable, ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, HeldDef, IndexDef, KeyDef,
    Name, ReferenceDef, RlsDef, RlsKind,
};
use crate::postgres::catalog::{
    Body, Catalog, Column, Constraint, ConstraintKind, Index, Key, Kind, unquoted,
};
use crate::render::HELD_NOW;
use crate::schema::{Action, Origin, Type};

/// Reads a table; whether it comes out the same is for the caller to find out.
///
/// # Errors
/// A fragment that says what the language has no words for.
pub(super) fn add_table(catalog: &Catalog, key: &Key) -> Result<AddTable, String> {
    let own = OwnTable::read(catalog, key);
    let mut held = HeldDef::default();
    let columns = catalog.columns(key).into_iter();
    let columns = columns.map(|it| own.column(catalog, it.0, it.2, &mut held));
    let columns = columns.collect::<Result<_, _>>()?;
    let constraints = own.constraints()?;
    let indexes = catalog.parts(key, Kind::Index).filter_map(|(key, object)| match &object.body {
        Body::Index(it) => Some(index(key, it)),
        _ => None,
    });
    Ok(AddTable {
        name: name(&own.name),
        columns,
        rls: Some(RlsDef { kind: RlsKind::Deny, origin: Origin::default() }),
        indexes: indexes.collect::<Result<_, _>>()?,
        constraints,
        policies: Vec::new(),
        soft_delete: false,
        audit_columns: false,
        plain: None,
        held: (held != HeldDef::default()).then_some(held),
        comment: catalog.get(key).and_then(|it| it.comment.clone()),
    })
}

/// A table's name and constraints, each of these with its own name.
struct OwnTable<'a> {
    name: String,
    constraints: Vec<(String, &'a Constraint)>,
}

impl<'a> OwnTable<'a> {
    fn read(catalog: &'a Catalog, key: &Key) -> Self {
        let constraints = catalog.parts(key, Kind::Constraint);
        let constraints = constraints.filter_map(|(key, object)| match &object.body {
            Body::Constraint(it) => Some((unquoted(&key.part), it)),
            _ => None,
        });
        Self { name: unquoted(&key.name), constraints: constraints.collect() }
    }

    /// The constraint that the column itself can carry: the only one of its kind that has the name
    /// which the language derives.
    fn of_column(
        &self,
        kind: ConstraintKind,
        column: &str,
        suffix: &str,
    ) -> Option<&'a Constraint> {
        let derived = derive(&[&self.name, column, suffix]);
        let is_own = |it: &&(String, &Constraint)| {
            it.0 == derived && it.1.kind == kind && is_only(&it.1.columns, column)
        };
        self.constraints.iter().find(is_own).map(|it| it.1)
    }

    fn words(&self, column: &str) -> Option<Vec<String>> {
        let form = self.of_column(ConstraintKind::Check, column, "form")?;
        let is_column =
            |it: &Expr| matches!(it, Expr::Column { name, outer: false } if name == column);
        let list = match check(form).ok()? {
            Expr::In { value, list, negated: false } if is_column(&value) => list,
            Expr::Compare { op: crate::expr::Comparison::Equal, left, right }
                if is_column(&left) =>
            {
                vec![*right]
            }
            _ => return None,
        };
        let word = |it| match it {
            Expr::Text(word) => Some(word),
            _ => None,
        };
        list.into_iter().map(word).collect()
    }

    fn column(
        &self,
        catalog: &Catalog,
        key: &Key,
        column: &Column,
        held: &mut HeldDef,
    ) -> Result<ColumnDef, String> {
        let own = unquoted(&key.part);
        if let Some((expr, _)) = &column.generated {
            return Err(format!("has a generated column: `{own}` is `{expr}`"));
        }
        let (mut kind, word) = kind(catalog, &own, &column.kind)?;
        held.types.extend(word.map(|it| (name(&own), name(&it))));
        if kind == Type::Text
            && let Some(words) = self.words(&own)
        {
            kind = Type::Enum(words);
        }
        let primary = self.constraints.iter().find(|it| it.1.kind == ConstraintKind::Primary);
        let is_in_key = primary.is_some_and(|it| it.1.columns.iter().any(|it| unquoted(it) == own));
        let is_key = primary.is_some_and(|it| is_only(&it.1.columns, &own));
        let numbered = || Some(DefaultDef::Identity(spanned(())));
        let default = match (catalog.default_of(key), &column.identity) {
            (_, Some(it)) => {
                if it.generation == "ALWAYS" {
                    held.always.push(name(&own));
                }
                numbered()
            }
            (Some(text), None) if is_serial(catalog, key, text) => {
                if !is_key {
                    return Err(format!("numbers a column that is not its key: `{own}`"));
                }
                held.serial.push(name(&own));
                numbered()
            }
            (Some(text), None) => {
                held.defaults.extend(own_now(text, &kind).map(|it| (name(&own), name(it))));
                Some(default(&own, text, &kind)?)
            }
            // A key of type uuid would get a random one.
            (None, None) if is_key && kind == Type::Uuid => {
                Some(DefaultDef::Expr(formula(Expr::Null)))
            }
            (None, None) => None,
        };
        let unique = self.of_column(ConstraintKind::Unique, &own, "key");
        let reference = self.of_column(ConstraintKind::Foreign, &own, "fkey");
        Ok(ColumnDef {
            name: name(&own),
            kind: Some(spanned(kind)),
            primary_key: is_key.then(Origin::default),
            unique: unique.map(|_| Origin::default()),
            nullable: (column.not_null && !is_in_key).then(|| spanned(false)),
            default,
            references: reference.map(reference_def).transpose()?,
            check: None,
            origin: Origin::default(),
        })
    }

    /// What no column carries.
    fn constraints(&self) -> Result<Vec<ConstraintDef>, String> {
        let mut out = Vec::new();
        for (own, it) in &self.constraints {
            let column = it.columns.first().map(|it| unquoted(it)).unwrap_or_default();
            let carried = |suffix| {
                self.of_column(it.kind, &column, suffix).is_some_and(|of| std::ptr::eq(of, *it))
            };
            let kind = match it.kind {
                ConstraintKind::Primary if it.columns.len() == 1 => continue,
                ConstraintKind::Unique if carried("key") => continue,
                ConstraintKind::Foreign if carried("fkey") => continue,
                ConstraintKind::Check if carried("form") && self.words(&column).is_some() => {
                    continue;
                }
                ConstraintKind::Primary => ConstraintDefKind::PrimaryKey(names(&it.columns)),
                ConstraintKind::Unique => ConstraintDefKind::Unique(names(&it.columns)),
                ConstraintKind::Check => ConstraintDefKind::Check(formula(check(it)?)),
                ConstraintKind::Exclusion => {
                    return Err(format!("has an exclusion constraint: `{own}`"));
                }
                ConstraintKind::Foreign => foreign_key(it)?,
            };
            let own = (it.kind != ConstraintKind::Primary).then(|| name(own));
            out.push(ConstraintDef { name: own, kind, origin: Origin::default() });
        }
        Ok(out)
    }
}

fn is_only(columns: &[String], column: &str) -> bool {
    matches!(columns, [one] if unquoted(one) == column)
}

fn names(columns: &[String]) -> Vec<Name> {
    columns.iter().map(|it| name(&unquoted(it))).collect()
}

/// Whether a default asks the sequence that goes with the column and has the name that `serial` gives.
fn is_serial(catalog: &Catalog, column: &Key, default: &str) -> bool {
    let name = derive(&[&unquoted(&column.name), &unquoted(&column.part), "seq"]);
    catalog.parts(&column.table(), Kind::Sequence).any(|(key, object)| {
        let Body::Sequence(it) = &object.body else { return false };
        let owner = format!("{}.{}", column.qualified(), column.part);
        it.owner == Some(owner)
            && unquoted(&key.name) == name
            && default == format!("nextval('{}'::regclass)", key.qualified())
    })
}

/// What the server writes for the moment, where the language would write it otherwise.
fn own_now(text: &str, kind: &Type) -> Option<&'static str> {
    let is_usual = match kind {
        Type::TimestampTz => text == "now()",
        Type::Timestamp => false,
        _ => return None,
    };
    HELD_NOW.into_iter().filter(|_| !is_usual).find(|it| *it == text)
}

/// The type of the language, and the word for what the server has otherwise.
fn kind(catalog: &Catalog, column: &str, declared: &str) -> Result<(Type, Option<String>), String> {
    let (inner, list) = match declared.strip_suffix("[]") {
        Some(inner) => (inner, "[]"),
        None => (declared, ""),
    };
    let wrapped = |kind: Type| if list.is_empty() { kind } else { Type::Array(Box::new(kind)) };
    if let Some((kind, word)) = held(catalog, inner) {
        return Ok((wrapped(kind), Some(format!("{word}{list}"))));
    }
    let spelt = match inner {
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time without time zone" => "time",
        "double precision" => "double",
        "jsonb" => "json",
        "bytea" => "bytes",
        other => other.strip_prefix("public.").unwrap_or(other),
    };
    let known = crate::language::type_of(&format!("{spelt}{list}"));
    known
        .map(|it| (it, None))
        .ok_or_else(|| format!("has a column of a type without a word: `{column}` of `{declared}`"))
}

/// What the language has a type for, and the server another spelling.
fn held(catalog: &Catalog, declared: &str) -> Option<(Type, String)> {
    let enums = catalog.objects.iter().filter_map(|(key, object)| match &object.body {
        Body::Enum(labels) if key.schema == "public" => Some((key, labels)),
        _ => None,
    });
    if let Some((key, labels)) = enums.into_iter().find(|it| it.0.qualified() == declared) {
        let word = |it: &String| it.trim_matches('\'').replace("''", "'");
        return Some((Type::Enum(labels.iter().map(word).collect()), unquoted(&key.name)));
    }
    let digits = |head: &str, tail: &str| {
        let inner = declared.strip_prefix(head)?.strip_suffix(tail)?.strip_prefix('(')?;
        inner.strip_suffix(')').filter(|it| it.bytes().all(|it| it.is_ascii_digit()))
    };
    let found = |kind: Type, name: &str, digits: &str| Some((kind, format!("{name}({digits})")));
    match declared {
        "json" => return Some((Type::Json, "json".to_owned())),
        "character varying" => return Some((Type::Text, "varchar".to_owned())),
        _ => {}
    }
    if let Some(it) = digits("timestamp", " without time zone") {
        return found(Type::Timestamp, "timestamp", it);
    }
    if let Some(it) = digits("timestamp", " with time zone") {
        return found(Type::TimestampTz, "timestamptz", it);
    }
    if let Some(it) = digits("time", " without time zone") {
        return found(Type::Time, "time", it);
    }
    digits("character", "").and_then(|it| found(Type::Text, "char", it))
}

fn default(column: &str, text: &str, kind: &Type) -> Result<DefaultDef, String> {
    if HELD_NOW.contains(&text) {
        return Ok(DefaultDef::Expr(formula(Expr::Now)));
    }
    let expr = match expression::read(text) {
        Ok(Text::RandomUuid) => return Ok(DefaultDef::RandomUuid(spanned(()))),
        Ok(Text::Expr(it)) => it,
        Err(()) => {
            return Err(format!(
                "has a default that is no expression of the language: `{column}` is `{text}`"
            ));
        }
    };
    Ok(DefaultDef::Expr(formula(match (expr, kind) {
        // An array is written `{…}`, a list `[…]`.
        (Expr::Text(it), Type::Array(_)) if it == "{}" => Expr::Text("[]".to_owned()),
        (other, _) => other,
    })))
}

fn check(it: &Constraint) -> Result<Expr, String> {
    let body = it.definition.strip_prefix("CHECK ").unwrap_or(&it.definition);
    parse(body, "a check")
}

fn parse(text: &str, what: &str) -> Result<Expr, String> {
    match expression::read(text) {
        Ok(Text::Expr(it)) => Ok(it),
        _ => Err(format!("has {what} that is no expression of the language: `{text}`")),
    }
}

fn target(it: &Constraint) -> Result<(Name, Vec<Name>), String> {
    match &it.target {
        Some((key, columns)) if key.schema == "public" => {
            Ok((name(&unquoted(&key.name)), names(columns)))
        }
        _ => Err(format!("has a reference out of the schema `public`: `{}`", it.definition)),
    }
}

fn reference_def(it: &Constraint) -> Result<ReferenceDef, String> {
    let (table, target) = target(it)?;
    Ok(ReferenceDef {
        table,
        column: target.into_iter().next(),
        on_delete: action(it, " ON DELETE "),
        on_update: action(it, " ON UPDATE "),
        origin: Origin::default(),
    })
}

fn foreign_key(it: &Constraint) -> Result<ConstraintDefKind, String> {
    let (table, target) = target(it)?;
    Ok(ConstraintDefKind::ForeignKey {
        columns: names(&it.columns),
        table,
        target,
        on_delete: action(it, " ON DELETE "),
        on_update: action(it, " ON UPDATE "),
    })
}

fn action(it: &Constraint, event: &str) -> Action {
    let words = it.definition.rsplit_once(event).map_or("", |it| it.1);
    let actions = [
        ("CASCADE", Action::Cascade),
        ("RESTRICT", Action::Restrict),
        ("SET NULL", Action::SetNull),
        ("SET DEFAULT", Action::SetDefault),
    ];
    let found = actions.into_iter().find(|(word, _)| words.starts_with(word));
    found.map_or(Action::NoAction, |it| it.1)
}

fn index(key: &Key, it: &Index) -> Result<IndexDef, String> {
    let own = unquoted(&key.name);
    let unsaid =
        || format!("has an index that the language has no words for: `{own}` on {}", it.tail);
    let parts = expression::index_parts(&it.tail).ok_or_else(unsaid)?;
    let mut keys = Vec::with_capacity(parts.keys.len());
    for text in &parts.keys {
        let (text, descending) = match text.strip_suffix(" DESC") {
            Some(text) => (text, true),
            None => (text.as_str(), false),
        };
        let Ok(Text::Expr(expr)) = expression::read(text) else { return Err(unsaid()) };
        keys.push(KeyDef { value: formula(expr), descending });
    }
    let filter = match &parts.filter {
        Some(text) => Some(formula(parse(text, "the filter of an index")?)),
        None => None,
    };
    let (unique, origin) = (it.is_unique, Origin::default());
    Ok(IndexDef { name: Some(name(&own)), keys, unique, filter, origin })
}
