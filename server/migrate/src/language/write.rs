//! Writes operations as a migration spec; reading it gives the same operations.

use super::operation::{
    AddTable, AlterColumn, Cell, ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, Formula,
    HeldDef, IndexDef, KeyDef, Name, Named, Operation, OperationKind, PolicyDef, RawSql,
    ReferenceDef, RlsDef, RlsKind, Seed, Setting, Spanned,
};
use super::types;
use crate::expr::Expr;
use crate::schema::{Action, Command};
use text::yaml::scalar::{in_quotes, written};

/// Writes `operations` as documents of one file.
#[must_use]
pub fn write(operations: &[Operation]) -> String {
    let mut out = String::new();
    for (number, it) in operations.iter().enumerate() {
        out.push_str(if number == 0 { "" } else { "---\n" });
        let (word, body) = entry(&it.kind);
        out.push_str(word);
        out.push(':');
        body.write(0, &mut out);
    }
    out
}

/// A value to be written.
enum Yaml {
    /// As it stands, on one line.
    Raw(String),
    /// Lines below `|`.
    Block(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    fn text(text: &str) -> Self {
        Self::Raw(written(text))
    }

    /// Writes the value behind `key:` or `-`, up to the end of its last line.
    fn write(&self, indent: usize, out: &mut String) {
        let blanks = " ".repeat(indent + 2);
        match self {
            Self::Raw(text) => {
                out.push(' ');
                out.push_str(text);
                out.push('\n');
            }
            Self::Block(text) => {
                out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
                for line in text.lines() {
                    let line =
                        if line.is_empty() { String::new() } else { format!("{blanks}{line}") };
                    out.push_str(&line);
                    out.push('\n');
                }
            }
            Self::List(items) if items.is_empty() => out.push_str(" []\n"),
            Self::List(items) => {
                out.push('\n');
                for it in items {
                    out.push_str(&blanks);
                    out.push('-');
                    it.write_item(indent + 2, out);
                }
            }
            Self::Map(pairs) if pairs.is_empty() => out.push_str(" {}\n"),
            Self::Map(pairs) => {
                out.push('\n');
                for (key, value) in pairs {
                    out.push_str(&format!("{blanks}{key}:"));
                    value.write(indent + 2, out);
                }
            }
        }
    }

    /// Writes an item behind its dash: a mapping starts on the same line.
    fn write_item(&self, indent: usize, out: &mut String) {
        let Self::Map(pairs) = self else { return self.write(indent, out) };
        for (number, (key, value)) in pairs.iter().enumerate() {
            let gap = if number == 0 { " ".to_owned() } else { " ".repeat(indent + 2) };
            out.push_str(&format!("{gap}{key}:"));
            value.write(indent + 2, out);
        }
    }
}

/// A name for the column language: in quotes unless it is a plain word.
#[must_use]
pub fn name_in_words(name: &str) -> String {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    let is_plain = starts
        && letters.all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !GRAMMAR_WORDS.contains(&name.to_ascii_lowercase().as_str());
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Words that start a constraint where a name could stand.
const GRAMMAR_WORDS: [&str; 8] =
    ["constraint", "unique", "check", "pk", "primary", "fk", "null", "not"];

fn name(it: &Name) -> Yaml {
    let text = &it.value;
    let is_quoted = text.starts_with('"') && text.ends_with('"');
    if is_quoted || text.trim() != text {
        return Yaml::text(&format!("\"{}\"", text.replace('"', "\"\"")));
    }
    Yaml::text(text)
}

type Pairs = Vec<(String, Yaml)>;

fn put(out: &mut Pairs, key: &str, value: Yaml) {
    out.push((key.to_owned(), value));
}

fn flag(value: bool) -> Yaml {
    Yaml::Raw(value.to_string())
}

fn entry(kind: &OperationKind) -> (&'static str, Yaml) {
    let mut out = Pairs::new();
    let word = match kind {
        OperationKind::AddTable(it) => {
            add_table(it, &mut out);
            "add_table"
        }
        OperationKind::DropTable { table, purge } => {
            put(&mut out, "table", name(table));
            put_flag(&mut out, "purge", *purge);
            "drop_table"
        }
        OperationKind::RenameTable { was, name: new } => {
            put(&mut out, "was", name(was));
            put(&mut out, "name", name(new));
            "rename_table"
        }
        OperationKind::AddColumn { table, columns } => {
            put(&mut out, "table", name(table));
            put(&mut out, "columns", list(columns, |it| Yaml::text(&column(it))));
            "add_column"
        }
        OperationKind::DropColumn { table, column, purge } => {
            put(&mut out, "table", name(table));
            put(&mut out, "column", name(column));
            put_flag(&mut out, "purge", *purge);
            "drop_column"
        }
        OperationKind::RenameColumn { table, was, name: new } => {
            put(&mut out, "table", name(table));
            put(&mut out, "was", name(was));
            put(&mut out, "name", name(new));
            "rename_column"
        }
        OperationKind::AlterColumn(it) => {
            alter_column(it, &mut out);
            "alter_column"
        }
        OperationKind::AddIndex { table, index } => {
            put(&mut out, "table", name(table));
            index_pairs(index, &mut out);
            "add_index"
        }
        OperationKind::DropIndex { table, index } => {
            put(&mut out, "table", name(table));
            match index {
                Named::Name(it) => put(&mut out, "name", name(it)),
                Named::Like(it) => index_pairs(it, &mut out),
            }
            "drop_index"
        }
        OperationKind::AddConstraint { table, constraint: it } => {
            put(&mut out, "table", name(table));
            put(&mut out, "constraint", Yaml::text(&constraint(it)));
            "add_constraint"
        }
        OperationKind::DropConstraint { table, constraint: it } => {
            put(&mut out, "table", name(table));
            match it {
                Named::Name(it) => put(&mut out, "name", name(it)),
                Named::Like(it) => put(&mut out, "constraint", Yaml::text(&constraint(it))),
            }
            "drop_constraint"
        }
        OperationKind::SetRls { table, rls: it } => {
            put(&mut out, "table", name(table));
            put(&mut out, "rls", Yaml::text(&rls(it)));
            "set_rls"
        }
        OperationKind::AddPolicy { table, policy: it } => {
            put(&mut out, "table", name(table));
            out.extend(policy(it));
            "add_policy"
        }
        OperationKind::DropPolicy { table, policy } => {
            put(&mut out, "table", name(table));
            put(&mut out, "name", name(policy));
            "drop_policy"
        }
        OperationKind::Comment { table, column, text } => {
            put(&mut out, "table", name(table));
            out.extend(column.iter().map(|it| ("column".to_owned(), name(it))));
            let text = text.as_ref().map_or(Yaml::Raw("null".to_owned()), |it| prose(it));
            put(&mut out, "text", text);
            "comment"
        }
        OperationKind::Seed(it) => {
            seed(it, &mut out);
            "seed"
        }
        OperationKind::Sql(it) => {
            sql(it, &mut out);
            "sql"
        }
        OperationKind::Purge { table, column } => {
            put(&mut out, "table", name(table));
            out.extend(column.iter().map(|it| ("column".to_owned(), name(it))));
            "purge"
        }
    };
    (word, Yaml::Map(out))
}

fn put_flag(out: &mut Pairs, key: &str, value: bool) {
    if value {
        put(out, key, flag(true));
    }
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Yaml) -> Yaml {
    Yaml::List(items.iter().map(write).collect())
}

fn put_list<T>(out: &mut Pairs, key: &str, items: &[T], write: impl Fn(&T) -> Yaml) {
    if !items.is_empty() {
        put(out, key, list(items, write));
    }
}

/// A text for people or engines: over lines where it has some and YAML keeps them as they are.
fn prose(text: &str) -> Yaml {
    let is_plain_line = |it: &str| {
        it.trim_end() == it && !it.starts_with([' ', '\t']) && !it.chars().any(char::is_control)
    };
    let n_ends = text.len() - text.trim_end_matches('\n').len();
    let is_block = text.trim_end_matches('\n').contains('\n')
        && n_ends <= 1
        && text.lines().all(is_plain_line)
        && text.lines().next().is_some_and(|it| !it.is_empty());
    if is_block { Yaml::Block(text.to_owned()) } else { Yaml::Raw(prose_line(text)) }
}

fn prose_line(text: &str) -> String {
    if text.is_empty() { "\"\"".to_owned() } else { written(text) }
}

fn add_table(it: &AddTable, out: &mut Pairs) {
    put(out, "name", name(&it.name));
    put(out, "columns", list(&it.columns, |it| Yaml::text(&column(it))));
    out.extend(it.rls.iter().map(|it| ("rls".to_owned(), Yaml::text(&rls(it)))));
    put_list(out, "indices", &it.indexes, index);
    put_list(out, "constraints", &it.constraints, |it| Yaml::text(&constraint(it)));
    put_list(out, "policies", &it.policies, |it| Yaml::Map(policy(it)));
    put_flag(out, "soft_delete", it.soft_delete);
    put_flag(out, "audit_columns", it.audit_columns);
    if let Some(it) = &it.plain {
        let mut plain = vec![("plain".to_owned(), flag(true))];
        put_flag(&mut plain, "strict", it.strict);
        if !it.types.is_empty() {
            let types =
                it.types.iter().map(|(column, kind)| (key(&column.value), Yaml::text(kind)));
            plain.push(("types".to_owned(), Yaml::Map(types.collect())));
        }
        put(out, "sqlite", Yaml::Map(plain));
    }
    if let Some(it) = &it.held {
        put(out, "postgres", Yaml::Map(held(it)));
    }
    out.extend(it.comment.iter().map(|it| ("comment".to_owned(), prose(it))));
}

fn held(it: &HeldDef) -> Pairs {
    let mut out = Pairs::new();
    for (word, pairs) in [("types", &it.types), ("defaults", &it.defaults)] {
        if !pairs.is_empty() {
            let pairs = pairs.iter().map(|it| (key(&it.0.value), Yaml::text(&it.1.value)));
            put(&mut out, word, Yaml::Map(pairs.collect()));
        }
    }
    put_list(&mut out, "serial", &it.serial, name);
    put_list(&mut out, "always", &it.always, name);
    out
}

/// A name as a key.
fn key(text: &str) -> String {
    match name(&Spanned { value: text.to_owned(), origin: Default::default() }) {
        Yaml::Raw(it) => it,
        _ => in_quotes(text),
    }
}

/// A column in its language.
pub(crate) fn column(it: &ColumnDef) -> String {
    let mut out = name_in_words(&it.name.value);
    if let Some(kind) = &it.kind {
        out += &format!(" {}", types::write(&kind.value));
    }
    if it.primary_key.is_some() {
        out += " pk";
    }
    if it.unique.is_some() {
        out += " unique";
    }
    if let Some(nullable) = &it.nullable {
        out += if nullable.value { " null" } else { " not null" };
    }
    match &it.default {
        Some(DefaultDef::Identity(_)) => out += " identity",
        Some(other) => out += &format!(" default {}", default(other)),
        None => {}
    }
    if let Some(reference) = &it.references {
        out += &format!(" fk->{}", reference_text(reference));
    }
    if let Some(check) = &it.check {
        out += &format!(" check ({})", check.expr);
    }
    out
}

fn default(it: &DefaultDef) -> String {
    match it {
        DefaultDef::RandomUuid(_) => "uuid()".to_owned(),
        DefaultDef::Identity(_) => "identity".to_owned(),
        DefaultDef::Expr(it) => match &it.expr {
            Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Now => {
                it.expr.to_string()
            }
            other => format!("({other})"),
        },
    }
}

fn reference_text(it: &ReferenceDef) -> String {
    let mut out = name_in_words(&it.table.value);
    if let Some(column) = &it.column {
        out += &format!(".{}", name_in_words(&column.value));
    }
    out + &actions(it.on_delete, it.on_update)
}

fn actions(on_delete: Action, on_update: Action) -> String {
    let mut out = String::new();
    for (event, action) in [("delete", on_delete), ("update", on_update)] {
        let effect = match action {
            Action::NoAction => continue,
            Action::Restrict => "restrict",
            Action::Cascade => "cascade",
            Action::SetNull => "set null",
            Action::SetDefault => "set default",
        };
        out += &format!(" on {event} {effect}");
    }
    out
}

fn names(list: &[Name]) -> String {
    list.iter().map(|it| name_in_words(&it.value)).collect::<Vec<_>>().join(", ")
}

fn constraint(it: &ConstraintDef) -> String {
    let label = it.name.as_ref().map(|it| format!("constraint {} ", name_in_words(&it.value)));
    let body = match &it.kind {
        ConstraintDefKind::PrimaryKey(columns) => format!("pk ({})", names(columns)),
        ConstraintDefKind::Unique(columns) => format!("unique ({})", names(columns)),
        ConstraintDefKind::Check(it) => format!("check ({})", it.expr),
        ConstraintDefKind::ForeignKey { columns, table, target, on_delete, on_update } => {
            let table = name_in_words(&table.value);
            let target =
                if target.is_empty() { String::new() } else { format!(" ({})", names(target)) };
            let actions = actions(*on_delete, *on_update);
            format!("fk ({}) -> {table}{target}{actions}", names(columns))
        }
    };
    label.unwrap_or_default() + &body
}

fn key_text(it: &KeyDef) -> String {
    let direction = if it.descending { " desc" } else { "" };
    match &it.value.expr {
        Expr::Column { name, outer: false } => format!("{}{direction}", name_in_words(name)),
        other => format!("({other}){direction}"),
    }
}

/// An index in a list: in words, or as a mapping where it has a name.
fn index(it: &IndexDef) -> Yaml {
    if it.name.is_some() {
        let mut out = Pairs::new();
        index_pairs(it, &mut out);
        return Yaml::Map(out);
    }
    let mut out = it.keys.iter().map(key_text).collect::<Vec<_>>().join(", ");
    if it.unique {
        out += " unique";
    }
    if let Some(filter) = &it.filter {
        out += &format!(" where {}", filter.expr);
    }
    Yaml::text(&out)
}

fn index_pairs(it: &IndexDef, out: &mut Pairs) {
    put(out, "columns", list(&it.keys, |it| Yaml::text(&key_text(it))));
    put_flag(out, "unique", it.unique);
    out.extend(it.filter.iter().map(|it| ("where".to_owned(), formula(it))));
    out.extend(it.name.iter().map(|it| ("name".to_owned(), name(it))));
}

fn formula(it: &Formula) -> Yaml {
    Yaml::text(&it.expr.to_string())
}

fn policy(it: &PolicyDef) -> Pairs {
    let mut out = vec![("name".to_owned(), name(&it.name))];
    put_list(&mut out, "for", &it.commands, |it| {
        Yaml::Raw(
            match it {
                Command::Select => "select",
                Command::Insert => "insert",
                Command::Update => "update",
                Command::Delete => "delete",
            }
            .to_owned(),
        )
    });
    out.extend(it.using.iter().map(|it| ("using".to_owned(), formula(it))));
    out.extend(it.check.iter().map(|it| ("check".to_owned(), formula(it))));
    out
}

fn rls(it: &RlsDef) -> String {
    let word = |it: &Name| name_in_words(&it.value);
    match &it.kind {
        RlsKind::Public => "public".to_owned(),
        RlsKind::Deny => "deny".to_owned(),
        RlsKind::OwnRow { column: None } => "own-row".to_owned(),
        RlsKind::OwnRow { column: Some(column) } => format!("own-row({})", word(column)),
        RlsKind::OwnOrPublic { column: Some(column), flag: Some(flag) } => {
            format!("own-or-public({}, {})", word(column), word(flag))
        }
        RlsKind::OwnOrPublic { column: Some(column), flag: None } => {
            format!("own-or-public({})", word(column))
        }
        RlsKind::OwnOrPublic { column: None, .. } => "own-or-public".to_owned(),
        RlsKind::MemberOf { table, via } => {
            format!("member-of({} via {})", word(table), word(via))
        }
        RlsKind::Role(role) => format!("role({})", name_in_words(role)),
        RlsKind::Expr(it) => match &it.expr {
            // A bare word would be taken for a word of the language.
            Expr::Column { .. } => format!("({})", it.expr),
            other => other.to_string(),
        },
    }
}

fn alter_column(it: &AlterColumn, out: &mut Pairs) {
    put(out, "table", name(&it.table));
    put(out, "column", name(&it.column));
    out.extend(it.was.iter().map(|it| ("was".to_owned(), name(it))));
    out.extend(it.kind.iter().map(|it| ("type".to_owned(), Yaml::text(&types::write(&it.value)))));
    out.extend(it.nullable.iter().map(|it| ("nullable".to_owned(), flag(it.value))));
    out.extend(it.unique.iter().map(|it| ("unique".to_owned(), flag(it.value))));
    // Numbers and words of YAML are texts here as well.
    let words = |it: &str| Yaml::Raw(in_quotes(it));
    out.extend(
        it.default.iter().map(|it| ("default".to_owned(), setting(it, |it| words(&default(it))))),
    );
    out.extend(it.check.iter().map(|it| ("check".to_owned(), setting(it, formula))));
    out.extend(
        it.references
            .iter()
            .map(|it| ("fk".to_owned(), setting(it, |it| Yaml::text(&reference_text(it))))),
    );
}

fn setting<T>(it: &Setting<T>, write: impl Fn(&T) -> Yaml) -> Yaml {
    match it {
        Setting::To(it) => write(it),
        Setting::Drop(_) => Yaml::Raw("null".to_owned()),
    }
}

fn seed(it: &Seed, out: &mut Pairs) {
    put(out, "table", name(&it.table));
    put_list(out, "key", &it.key, name);
    if it.update {
        put(out, "existing", Yaml::Raw("update".to_owned()));
    }
    put(
        out,
        "rows",
        list(&it.rows, |row| {
            Yaml::Map(
                row.iter().map(|(name, cell)| (key(&name.value), value(&cell.value))).collect(),
            )
        }),
    );
}

fn value(cell: &Cell) -> Yaml {
    Yaml::Raw(match cell {
        Cell::Null => "null".to_owned(),
        Cell::Bool(it) => it.to_string(),
        Cell::Number(it) => it.clone(),
        Cell::Text(it) => in_quotes(it),
        Cell::Json(it) => spaced_json(it),
    })
}

/// JSON with a blank behind each comma and colon, as YAML wants it.
fn spaced_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 8);
    let (mut in_text, mut escaped) = (false, false);
    for letter in json.chars() {
        out.push(letter);
        match letter {
            '"' if !escaped => in_text = !in_text,
            ',' | ':' if !in_text => out.push(' '),
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    out
}

fn sql(it: &RawSql, out: &mut Pairs) {
    let text = |it: &Option<Spanned<String>>| {
        it.as_ref().map_or(Yaml::Raw("null".to_owned()), |it| prose(&it.value))
    };
    put(out, "sqlite", text(&it.sqlite));
    put(out, "postgres", text(&it.postgres));
    let mut down = Pairs::new();
    if it.sqlite_down.is_some() {
        put(&mut down, "sqlite", text(&it.sqlite_down));
    }
    if it.postgres_down.is_some() {
        put(&mut down, "postgres", text(&it.postgres_down));
    }
    if !down.is_empty() {
        put(out, "down", Yaml::Map(down));
    }
}
