//! From the values of a file to operations.

use super::column::{self, ColumnReader};
use super::cx::{Cx, Sink};
use super::fields::{self, Fields, Item, fields, is_null, words};
use super::operation::{
    AddTable, AlterColumn, ColumnDef, ConstraintDef, HeldDef, IndexDef, KeyDef, Name, Named,
    Operation, OperationKind, PlainDef, PolicyDef, RawSql, Setting, Spanned,
};
use super::{rls, seed};
use crate::rules;
use crate::schema::Command;
use model::{Diagnostic, Span};
use std::sync::Arc;
use text::suggest;
use text::yaml::{self, Fault, FaultKind, Node, Pair, Value};

/// Reads the value of one keyword; `None` when it is beyond use, which has been reported.
type ReadKind = for<'a> fn(&mut Cx<'a>, (&str, Span), &Node<'a>) -> Option<OperationKind>;

/// Every operation, in the order of the guide.
const KINDS: &[(&str, ReadKind)] = &[
    ("add_table", add_table),
    ("drop_table", drop_table),
    ("rename_table", rename_table),
    ("add_column", add_column),
    ("drop_column", drop_column),
    ("rename_column", rename_column),
    ("alter_column", alter_column),
    ("add_index", add_index),
    ("drop_index", drop_index),
    ("add_constraint", add_constraint),
    ("drop_constraint", drop_constraint),
    ("set_rls", set_rls),
    ("add_policy", add_policy),
    ("drop_policy", drop_policy),
    ("comment", comment),
    ("seed", seed::read),
    ("sql", sql),
    ("purge", purge),
];

/// The words that name operations, for completion.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|it| it.0)
}

/// Reads one file; places are in `file`.
pub(super) fn file(file: u32, name: &str, text: &str) -> (Vec<Operation>, Vec<Diagnostic>) {
    let documents = yaml::read(text);
    let damages = documents.faults.iter().filter(|it| it.kind == FaultKind::Syntax);
    let damages = damages.map(|it| it.span);
    let mut cx = Cx {
        file,
        text,
        damages: damages.collect(),
        comments: documents.comments,
        columns: ColumnReader::new(),
        sink: Sink::default(),
    };
    let mut reader = Reader { migration: name.into(), out: Vec::new() };
    report_faults(&mut cx, &documents.faults);
    for root in &documents.roots {
        reader.document(&mut cx, root);
    }
    (reader.out, cx.sink.out)
}

fn report_faults(cx: &mut Cx<'_>, faults: &[Fault]) {
    for fault in faults {
        let at = fault.span;
        match &fault.kind {
            FaultKind::CutByComment(item) => {
                let short = cx.slice(*item);
                let quoted = yaml::scalar::in_quotes(short);
                let message = format!(
                    "YAML takes the rest of the line for a comment: put `{short}` in quotes"
                );
                cx.report(&rules::cut_by_comment::RULE, *item, message).fix(
                    "Put it in quotes",
                    vec![(*item, quoted)],
                    true,
                );
            }
            FaultKind::Syntax => {
                let message = "this is no YAML: a text with `: `, ` #` or brackets needs quotes, and \
                               each level two blanks more";
                // The first line is enough of a place.
                let end = cx.line_end(at.start).clamp(at.start, at.end.max(at.start));
                cx.report(&rules::yaml_syntax::RULE, Span { start: at.start, end }, message);
            }
            FaultKind::Brackets(item) => {
                let short = cx.slice(*item);
                let quoted = yaml::scalar::in_quotes(short);
                let message =
                    format!("YAML takes the brackets for a list: put `{short}` in quotes");
                cx.report(&rules::brackets_in_text::RULE, *item, message).fix(
                    "Put it in quotes",
                    vec![(*item, quoted)],
                    true,
                );
            }
            FaultKind::Alias => {
                let message = "aliases are not in the language: write the value out";
                cx.report(&rules::yaml_syntax::RULE, at, message);
            }
            FaultKind::TooDeep => {
                cx.report(&rules::yaml_syntax::RULE, at, "this is nested too deeply to be read");
            }
            FaultKind::Escape => {
                let message = format!(
                    "`{}` is no escape of YAML: write `\\\\` for a backslash",
                    cx.slice(at)
                );
                cx.report(&rules::yaml_syntax::RULE, at, message);
            }
        }
    }
}

struct Reader {
    migration: Arc<str>,
    out: Vec<Operation>,
}

impl Reader {
    fn document<'a>(&mut self, cx: &mut Cx<'a>, root: &Node<'a>) {
        match &root.value {
            Value::Empty | Value::Unread => {}
            Value::Map(pairs) => self.pairs(cx, pairs, true),
            Value::List(items) => {
                let at = Span::at(root.span.start as usize);
                let message = "a list of operations stands under `operations:`";
                cx.report(&rules::wrong_shape::RULE, root.span, message).fix(
                    "Put `operations:` before it",
                    vec![(at, "operations:\n".to_owned())],
                    true,
                );
                self.items(cx, items);
            }
            Value::Scalar(_) => {
                let message = "a document is an operation such as `add_table:`";
                cx.report(&rules::wrong_shape::RULE, root.span, message);
            }
        }
    }

    fn items<'a>(&mut self, cx: &mut Cx<'a>, items: &[Node<'a>]) {
        for item in items {
            match &item.value {
                Value::Map(pairs) => self.pairs(cx, pairs, false),
                Value::Unread => {}
                _ => fields::wrong_shape(cx, "operations", "a list of operations", item),
            }
        }
    }

    /// The entries of a document or of an item of `operations`: one, or the list of all.
    fn pairs<'a>(&mut self, cx: &mut Cx<'a>, pairs: &[Pair<'a>], is_root: bool) {
        for (number, pair) in pairs.iter().enumerate() {
            let Value::Scalar(key) = &pair.key.value else { continue };
            if is_root && key.text == "operations" {
                match &pair.value.value {
                    Value::List(items) => self.items(cx, items),
                    Value::Empty | Value::Unread => {}
                    _ => fields::wrong_shape(cx, "operations", "a list", &pair.value),
                }
                continue;
            }
            if number > 0 {
                self.report_second(cx, pair, is_root);
            }
            self.operation(cx, &key.text, pair);
        }
    }

    fn report_second(&self, cx: &mut Cx<'_>, pair: &Pair<'_>, is_root: bool) {
        let message = "a document holds one operation, or a list under `operations`";
        let start = cx.line_start(pair.key.span.start);
        let report = cx.report(&rules::several_operations::RULE, pair.key.span, message);
        if is_root {
            let edit = (Span::at(start as usize), "---\n".to_owned());
            report.fix("Start a document with `---`", vec![edit], true);
        }
    }

    fn operation<'a>(&mut self, cx: &mut Cx<'a>, word: &str, pair: &Pair<'a>) {
        let keyword = pair.key.span;
        let Some((_, read)) = KINDS.iter().find(|it| it.0 == word) else {
            let near = nearest_operation(word);
            let mut message = format!("`{word}` is no operation");
            if let Some(near) = near {
                message += &format!(": did you mean `{near}`?");
            }
            let report = cx.report(&rules::unknown_operation::RULE, keyword, message);
            if let Some(near) = near {
                report.fix(format!("Write `{near}`"), vec![(keyword, near.to_owned())], false);
            }
            return;
        };
        let Some(kind) = read(cx, (word, keyword), &pair.value) else { return };
        self.out.push(Operation {
            migration: Arc::clone(&self.migration),
            origin: cx.origin(pair.span),
            keyword: cx.origin(keyword),
            kind,
        });
    }
}

/// `create_table` and `table` are both near `add_table`.
fn nearest_operation(word: &str) -> Option<&'static str> {
    let ours = word
        .replace("create", "add")
        .replace("delete", "drop")
        .replace("remove", "drop")
        .replace("change", "alter")
        .replace("modify", "alter")
        .replace("insert", "seed");
    suggest::nearest(&ours, keywords())
}

const INDEX_KEYS: &[&str] = &["columns", "unique", "where", "name"];
const POLICY_KEYS: &[&str] = &["name", "for", "using", "check"];

fn add_table<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let keys = [
        "name",
        "columns",
        "rls",
        "indices",
        "constraints",
        "policies",
        "soft_delete",
        "audit_columns",
        "sqlite",
        "postgres",
        "comment",
    ];
    let it = fields(cx, owner, node, &keys)?;
    let name = it.need_name(cx, "name");
    let columns = match it.need(cx, "columns") {
        Some(list) => columns(cx, list),
        None => Vec::new(),
    };
    let rls = it.get("rls").filter(|it| it.value != Value::Empty).and_then(|it| rls::read(cx, it));
    if it.get("rls").is_none_or(|it| it.value == Value::Empty) {
        report_missing_rls(cx, owner.1, node);
    }
    Some(OperationKind::AddTable(Box::new(AddTable {
        columns,
        rls,
        indexes: it.get("indices").map(|list| indexes(cx, list)).unwrap_or_default(),
        constraints: it.get("constraints").map(|list| constraints(cx, list)).unwrap_or_default(),
        policies: it.get("policies").map(|list| policies(cx, list)).unwrap_or_default(),
        soft_delete: it.flag(cx, "soft_delete"),
        audit_columns: it.flag(cx, "audit_columns"),
        plain: it.get("sqlite").and_then(|it| plain(cx, it)),
        held: it.get("postgres").and_then(|it| held(cx, it)),
        comment: it.text(cx, "comment").map(|it| it.value),
        name: name?,
    })))
}

/// A table without `rls` is refused; the mends are the choices.
fn report_missing_rls(cx: &mut Cx<'_>, at: Span, node: &Node<'_>) {
    let message = "a table says who may see and write its rows: `rls` is missing";
    let Value::Map(pairs) = &node.value else { return };
    let Some(last) = pairs.last() else { return };
    let (start, end) = (last.key.span.start, last.span.end);
    let line = cx.line_start(start);
    let before = cx.slice(Span { start: line, end: start });
    let is_block = before.chars().all(|it| it == ' ');
    let glue = if is_block { format!("\n{before}") } else { ", ".to_owned() };
    let mut report = cx.report(&rules::missing_rls::RULE, at, message);
    for choice in ["own-row", "own-or-public", "deny", "public"] {
        let edit = (Span::at(end as usize), format!("{glue}rls: {choice}"));
        report = report.fix(format!("Add `rls: {choice}`"), vec![edit], false);
    }
}

fn columns<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Vec<ColumnDef> {
    let items = fields::list(cx, "columns", node, |_| false);
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        if let Item::Words(it) = item {
            out.extend(column::column(cx, &it));
        }
    }
    out
}

fn indexes<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Vec<IndexDef> {
    let items = fields::list(cx, "indices", node, |it| has_key_of(it, INDEX_KEYS));
    let read = items.into_iter().filter_map(|item| match item {
        Item::Words(it) => column::index(cx, &it),
        Item::Node(it) => {
            let owner = ("indices", it.span);
            let found = fields(cx, owner, it, INDEX_KEYS)?;
            index(cx, &found, it.span)
        }
    });
    read.collect()
}

fn has_key_of(node: &Node<'_>, keys: &[&str]) -> bool {
    let Value::Map(pairs) = &node.value else { return false };
    pairs.iter().any(|it| matches!(&it.key.value, Value::Scalar(key) if keys.contains(&&*key.text)))
}

/// An index as a mapping: `columns`, `unique`, `where`, `name`.
fn index<'a>(cx: &mut Cx<'a>, found: &Fields<'_, 'a>, at: Span) -> Option<IndexDef> {
    let list = found.need(cx, "columns")?;
    let mut keys: Vec<KeyDef> = Vec::new();
    let mut unique = found.flag(cx, "unique");
    let mut filter = match found.get("where").filter(|it| !is_null(it)) {
        Some(it) => Some(formula(cx, "where", it)?),
        None => None,
    };
    for item in fields::list(cx, "columns", list, |_| false) {
        let Item::Words(it) = item else { continue };
        let read = column::index(cx, &it)?;
        keys.extend(read.keys);
        unique |= read.unique;
        filter = filter.or(read.filter);
    }
    let name = found.name(cx, "name");
    Some(IndexDef { name, keys, unique, filter, origin: cx.origin(at) })
}

fn constraints<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Vec<ConstraintDef> {
    let items = fields::list(cx, "constraints", node, |_| false);
    let read = items.into_iter().filter_map(|item| match item {
        Item::Words(it) => column::constraint(cx, &it),
        Item::Node(_) => None,
    });
    read.collect()
}

fn policies<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Vec<PolicyDef> {
    let Value::List(items) = &node.value else {
        fields::wrong_shape(cx, "policies", "a list", node);
        return Vec::new();
    };
    let read = items.iter().filter_map(|it| {
        let found = fields(cx, ("policies", it.span), it, POLICY_KEYS)?;
        policy(cx, &found, it.span)
    });
    read.collect()
}

fn policy<'a>(cx: &mut Cx<'a>, found: &Fields<'_, 'a>, at: Span) -> Option<PolicyDef> {
    let name = found.need_name(cx, "name")?;
    let commands = found.get("for").map(|it| commands(cx, it)).unwrap_or_default();
    let using = found.get("using").and_then(|it| formula(cx, "using", it));
    let check = found.get("check").and_then(|it| formula(cx, "check", it));
    if found.get("using").is_none() && found.get("check").is_none() {
        let message = "a policy has `using`, `check`, or both";
        cx.report(&rules::missing_key::RULE, at, message);
        return None;
    }
    Some(PolicyDef { name, commands, using, check })
}

fn commands<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Vec<Command> {
    let mut out = Vec::new();
    for it in fields::names(cx, "for", node) {
        match it.value.to_ascii_lowercase().as_str() {
            "select" => out.push(Command::Select),
            "insert" => out.push(Command::Insert),
            "update" => out.push(Command::Update),
            "delete" => out.push(Command::Delete),
            "all" => {
                out.extend([Command::Select, Command::Insert, Command::Update, Command::Delete]);
            }
            other => {
                let message = format!(
                    "`{other}` is no command: `for` takes `select`, `insert`, `update`, `delete`"
                );
                cx.report(&rules::wrong_shape::RULE, it.origin.span, message);
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    if out.len() == 4 { Vec::new() } else { out }
}

fn plain<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Option<PlainDef> {
    let it = fields(cx, ("sqlite", node.span), node, &["plain", "strict", "types"])?;
    let is_plain = it.flag(cx, "plain");
    let types = named_words(cx, &it, "types").into_iter();
    let types = types.map(|(name, kind)| (name, kind.value)).collect();
    let strict = it.flag(cx, "strict");
    is_plain.then_some(PlainDef { strict, types })
}

fn held<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Option<HeldDef> {
    let keys = ["types", "defaults", "serial", "always"];
    let it = fields(cx, ("postgres", node.span), node, &keys)?;
    let mut names = |key| it.get(key).map(|list| fields::names(cx, key, list)).unwrap_or_default();
    let (serial, always) = (names("serial"), names("always"));
    let (types, defaults) = (named_words(cx, &it, "types"), named_words(cx, &it, "defaults"));
    Some(HeldDef { types, defaults, serial, always })
}

/// A mapping of names of columns to words.
fn named_words<'a>(cx: &mut Cx<'a>, it: &Fields<'_, 'a>, key: &'static str) -> Vec<(Name, Name)> {
    let mut out = Vec::new();
    if let Some(Node { value: Value::Map(pairs), .. }) = it.get(key) {
        for pair in pairs {
            let name = fields::name(cx, key, &pair.key);
            out.extend(name.zip(fields::name(cx, key, &pair.value)));
        }
    }
    out
}

/// An expression on its own.
fn formula<'a>(cx: &mut Cx<'a>, key: &str, node: &Node<'a>) -> Option<super::operation::Formula> {
    let scalar = words(cx, key, node)?;
    let text = &*scalar.text;
    let start = text.len() - text.trim_start().len();
    column::formula(cx, &scalar, Span::new(start, start + text.trim().len()))
}

/// `posts` or `posts.title`.
fn path(cx: &mut Cx<'_>, key: &str, node: &Node<'_>) -> Option<(Name, Option<Name>)> {
    let Value::Scalar(scalar) = &node.value else {
        fields::wrong_shape(cx, key, "a name", node);
        return None;
    };
    let text = &*scalar.text;
    let part = |from: usize, to: usize| Spanned {
        value: column::unquoted(&text[from..to]),
        origin: crate::schema::Origin { file: cx.file, span: scalar.place(Span::new(from, to)) },
    };
    match text.split_once('.') {
        Some((table, _)) => {
            let at = table.len();
            Some((part(0, at), Some(part(at + 1, text.len()))))
        }
        None => Some((part(0, text.len()), None)),
    }
}

fn drop_table<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    if matches!(node.value, Value::Scalar(_)) {
        let table = fields::name(cx, owner.0, node)?;
        return Some(OperationKind::DropTable { table, purge: false });
    }
    let it = fields(cx, owner, node, &["table", "purge"])?;
    let purge = it.flag(cx, "purge");
    Some(OperationKind::DropTable { table: it.need_name(cx, "table")?, purge })
}

fn rename_table<'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &Node<'a>,
) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["was", "name"])?;
    let (was, name) = (it.need_name(cx, "was"), it.need_name(cx, "name"));
    Some(OperationKind::RenameTable { was: was?, name: name? })
}

fn add_column<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "column", "columns"])?;
    let table = it.need_name(cx, "table");
    let key = if it.get("columns").is_some() { "columns" } else { "column" };
    let list = it.need(cx, key)?;
    let columns = match &list.value {
        Value::List(_) => columns(cx, list),
        _ => words(cx, key, list).and_then(|it| column::column(cx, &it)).into_iter().collect(),
    };
    Some(OperationKind::AddColumn { table: table?, columns })
}

fn drop_column<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    if matches!(node.value, Value::Scalar(_)) {
        let (table, column) = path(cx, owner.0, node)?;
        let Some(column) = column else {
            let message = "`drop_column` takes `table.column`";
            cx.report(&rules::wrong_shape::RULE, node.span, message);
            return None;
        };
        return Some(OperationKind::DropColumn { table, column, purge: false });
    }
    let it = fields(cx, owner, node, &["table", "column", "purge"])?;
    let (table, column) = (it.need_name(cx, "table"), it.need_name(cx, "column"));
    let purge = it.flag(cx, "purge");
    Some(OperationKind::DropColumn { table: table?, column: column?, purge })
}

fn rename_column<'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &Node<'a>,
) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "was", "name"])?;
    let table = it.need_name(cx, "table");
    let (was, name) = (it.need_name(cx, "was"), it.need_name(cx, "name"));
    Some(OperationKind::RenameColumn { table: table?, was: was?, name: name? })
}

fn alter_column<'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &Node<'a>,
) -> Option<OperationKind> {
    let keys = ["table", "column", "was", "type", "nullable", "unique", "default", "check", "fk"];
    let it = fields(cx, owner, node, &keys)?;
    let (table, column) = (it.need_name(cx, "table"), it.need_name(cx, "column"));
    let kind = it.get("type").and_then(|it| words(cx, "type", it));
    let kind = kind.and_then(|it| column::type_alone(cx, &it));
    let flag = |cx: &mut Cx<'a>, key| it.get(key).and_then(|it| fields::boolean(cx, key, it));
    let (nullable, unique) = (flag(cx, "nullable"), flag(cx, "unique"));
    Some(OperationKind::AlterColumn(Box::new(AlterColumn {
        was: it.name(cx, "was"),
        kind,
        nullable,
        unique,
        default: it.get("default").and_then(|it| setting(cx, it, default_alone)),
        check: it.get("check").and_then(|it| setting(cx, it, |cx, it| formula(cx, "check", it))),
        references: it.get("fk").and_then(|it| {
            setting(cx, it, |cx, it| {
                let scalar = words(cx, "fk", it)?;
                column::reference_alone(cx, &scalar)
            })
        }),
        table: table?,
        column: column?,
    })))
}

/// `null` takes a part away; anything else is read.
fn setting<'a, T>(
    cx: &mut Cx<'a>,
    node: &Node<'a>,
    read: impl FnOnce(&mut Cx<'a>, &Node<'a>) -> Option<T>,
) -> Option<Setting<T>> {
    if is_null(node) {
        return Some(Setting::Drop(Spanned { value: (), origin: cx.origin(node.span) }));
    }
    read(cx, node).map(Setting::To)
}

fn default_alone<'a>(cx: &mut Cx<'a>, node: &Node<'a>) -> Option<super::operation::DefaultDef> {
    let scalar = words(cx, "default", node)?;
    let text = &*scalar.text;
    let is_word = !text.is_empty()
        && text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | ' '))
        && text.starts_with(char::is_alphabetic)
        && !["true", "false", "identity"].contains(&text);
    if is_word {
        let quoted = format!("'{text}'");
        let message = format!("`{text}` is a name here: a text is written `\"{quoted}\"`");
        let edit = (node.span, yaml::scalar::in_quotes(&quoted));
        let report = cx.report(&rules::bare_default::RULE, node.span, message);
        report.fix(format!("Write `\"{quoted}\"`"), vec![edit], false);
        return None;
    }
    column::default(cx, &scalar, Span::new(0, text.len()))
}

fn add_index<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "columns", "unique", "where", "name"])?;
    let table = it.need_name(cx, "table");
    let index = index(cx, &it, node.span);
    Some(OperationKind::AddIndex { table: table?, index: index? })
}

fn drop_index<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "name", "columns", "unique", "where"])?;
    let table = it.need_name(cx, "table");
    let index = match it.get("columns") {
        None => Named::Name(it.need_name(cx, "name")?),
        Some(_) => Named::Like(index(cx, &it, node.span)?),
    };
    Some(OperationKind::DropIndex { table: table?, index })
}

/// A constraint under `constraint`, named by `name` or in its own words.
fn one_constraint<'a>(cx: &mut Cx<'a>, it: &Fields<'_, 'a>) -> Option<ConstraintDef> {
    let node = it.need(cx, "constraint")?;
    let scalar = words(cx, "constraint", node)?;
    let mut out = column::constraint(cx, &scalar)?;
    out.name = out.name.or_else(|| it.name(cx, "name"));
    Some(out)
}

fn add_constraint<'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &Node<'a>,
) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "constraint", "name"])?;
    let table = it.need_name(cx, "table");
    let constraint = one_constraint(cx, &it);
    Some(OperationKind::AddConstraint { table: table?, constraint: constraint? })
}

fn drop_constraint<'a>(
    cx: &mut Cx<'a>,
    owner: (&str, Span),
    node: &Node<'a>,
) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "name", "constraint"])?;
    let table = it.need_name(cx, "table");
    let constraint = match it.get("constraint") {
        None => Named::Name(it.need_name(cx, "name")?),
        Some(_) => Named::Like(one_constraint(cx, &it)?),
    };
    Some(OperationKind::DropConstraint { table: table?, constraint })
}

fn set_rls<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "rls"])?;
    let table = it.need_name(cx, "table");
    let node = it.need(cx, "rls")?;
    let rls = rls::read(cx, node);
    Some(OperationKind::SetRls { table: table?, rls: rls? })
}

fn add_policy<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "name", "for", "using", "check"])?;
    let table = it.need_name(cx, "table");
    let policy = policy(cx, &it, owner.1);
    Some(OperationKind::AddPolicy { table: table?, policy: policy? })
}

fn drop_policy<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "name"])?;
    let (table, policy) = (it.need_name(cx, "table"), it.need_name(cx, "name"));
    Some(OperationKind::DropPolicy { table: table?, policy: policy? })
}

fn comment<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["table", "column", "text"])?;
    let table = it.need_name(cx, "table");
    if it.get("text").is_none() {
        it.need(cx, "text");
        return None;
    }
    let text = it.text(cx, "text").map(|it| it.value);
    Some(OperationKind::Comment { table: table?, column: it.name(cx, "column"), text })
}

fn sql<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    let it = fields(cx, owner, node, &["sqlite", "postgres", "down"])?;
    for dialect in ["sqlite", "postgres"] {
        if it.get(dialect).is_none() {
            let message = format!(
                "`sql` lacks `{dialect}`: write `{dialect}: null` when there is nothing to do"
            );
            cx.report(&rules::missing_key::RULE, owner.1, message);
        }
    }
    let down = match it.get("down").filter(|it| !is_null(it)) {
        Some(down) => Some(fields(cx, ("down", down.span), down, &["sqlite", "postgres"])?),
        None => None,
    };
    let back = |cx: &mut Cx<'a>, key| down.as_ref().and_then(|it| it.text(cx, key));
    let (sqlite_down, postgres_down) = (back(cx, "sqlite"), back(cx, "postgres"));
    let (sqlite, postgres) = (it.text(cx, "sqlite"), it.text(cx, "postgres"));
    Some(OperationKind::Sql(RawSql { sqlite, postgres, sqlite_down, postgres_down }))
}

fn purge<'a>(cx: &mut Cx<'a>, owner: (&str, Span), node: &Node<'a>) -> Option<OperationKind> {
    if matches!(node.value, Value::Scalar(_)) {
        let (table, column) = path(cx, owner.0, node)?;
        return Some(OperationKind::Purge { table, column });
    }
    let it = fields(cx, owner, node, &["table", "column"])?;
    let table = it.need_name(cx, "table")?;
    Some(OperationKind::Purge { table, column: it.name(cx, "column") })
}
