//! Tables of a spec that no migration makes yet, and columns that their tables lack, as one
//! migration spec.

use super::access;
use super::columns::{self, comment};
use super::{Added, HEADER, Input, Proposal, Refusal};
use crate::evidence::Mark;
use migrate::language::name_in_words;
use migrate::schema::{self, USERS};
use model::{Column, ColumnKey, Confidence, DocumentId, Modality, Table};
use spec::mentions::{Names, same_word};
use std::collections::BTreeSet;
use text::yaml::scalar::written;

/// What a migration spec is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Draft {
    New(Box<NewTable>),
    /// Columns for a table that is there.
    More {
        table: String,
        columns: Vec<columns::Draft>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewTable {
    pub(super) name: String,
    pub(super) mark: Option<Mark>,
    pub(super) chosen: Option<String>,
    pub(super) columns: Vec<columns::Draft>,
    access: access::Draft,
}

/// The table of the schema that a table of the spec is: by name, by the name it had before a
/// rename, or by the other number.
#[must_use]
pub(crate) fn declared<'s>(schema: &'s schema::Schema, name: &str) -> Option<&'s schema::Table> {
    let by_stem = || schema.tables.iter().find(|it| it.stem() == name);
    let by_number = || schema.tables.iter().find(|it| same_word(&it.name, name));
    schema.table(name).or_else(by_stem).or_else(by_number)
}

/// The column of a table that a column of the spec is.
#[must_use]
pub(crate) fn has_column(table: &schema::Table, name: &str) -> bool {
    table.columns.iter().any(|it| it.name == name || it.stem() == name)
}

/// Drafts of everything that is wanted and missing.
pub(super) fn draft(input: &Input<'_>, out: &mut Proposal) -> Result<Vec<Draft>, Refusal> {
    let wanted = wanted(input);
    let names = Names::new(input.analysis);
    let documents = (0u32..).map(DocumentId).zip(input.documents);
    let mentions = documents.map(|(id, it)| names.of(it, id)).collect();
    let known = Known { input, wanted: &wanted };
    let mut drafts = Vec::new();
    for table in &wanted {
        match declared(input.schema, &table.name) {
            Some(there) => drafts.extend(more(&known, table, there, out)),
            None => drafts.push(Draft::New(Box::new(new(&known, &mentions, table, out)?))),
        }
    }
    Ok(drafts)
}

/// The tables that are asked for, and those that they point at.
fn wanted<'a>(input: &Input<'a>) -> Vec<&'a Table> {
    let required: Vec<&Table> =
        input.analysis.detection.tables.iter().filter(|it| it.is_required()).collect();
    let mut names: BTreeSet<&str> = required
        .iter()
        .filter(|it| input.is_wanted(&format!("tables/{}", it.name), &it.evidence))
        .map(|it| it.name.as_str())
        .collect();
    loop {
        let pointed = required.iter().filter(|it| names.contains(it.name.as_str()));
        let targets: Vec<&str> = pointed.flat_map(|it| targets(input, it)).collect();
        let n_before = names.len();
        let is_known = |name: &&str| required.iter().any(|it| it.name == *name);
        names.extend(targets.into_iter().filter(is_known));
        if names.len() == n_before {
            break;
        }
    }
    required.into_iter().filter(|it| names.contains(it.name.as_str())).collect()
}

/// The tables that a table's columns and relations point at.
fn targets<'a>(input: &Input<'a>, table: &'a Table) -> Vec<&'a str> {
    let columns = table.columns.iter().filter_map(|it| match &it.key {
        Some(ColumnKey::Foreign { table, .. }) => Some(table.as_str()),
        _ => None,
    });
    let relations = relations(input, table).map(|it| it.to_table.as_str());
    columns.chain(relations).collect()
}

fn relations<'a>(input: &Input<'a>, table: &Table) -> impl Iterator<Item = &'a model::Relation> {
    let name = table.name.clone();
    input.analysis.detection.relations.iter().filter(move |it| {
        it.from_table == name
            && it.modality == Modality::InScope
            && it.confidence >= Confidence::REQUIRED
    })
}

/// What a reference can point at.
struct Known<'a, 'i> {
    input: &'i Input<'a>,
    wanted: &'i [&'a Table],
}

impl Known<'_, '_> {
    /// The table as it is called where it is, with the column that is its key.
    fn target(&self, table: &str) -> Option<String> {
        let there = declared(self.input.schema, table).map(|it| it.name.clone());
        there.or_else(|| self.wanted.iter().find(|it| it.name == table).map(|it| it.name.clone()))
    }

    /// Whether `table.column` will be there to point at.
    fn has(&self, table: &str, column: &str) -> bool {
        if let Some(there) = declared(self.input.schema, table) {
            return has_column(there, column) && there.primary_key == [column];
        }
        let Some(drawn) = self.wanted.iter().find(|it| it.name == table) else { return false };
        let keys: Vec<&str> = drawn
            .columns
            .iter()
            .filter(|it| it.key == Some(ColumnKey::Primary))
            .map(|it| it.name.as_str())
            .collect();
        keys == [column] || keys.is_empty() && column == "id"
    }
}

fn new(
    known: &Known<'_, '_>,
    mentions: &access::Mentions,
    table: &Table,
    out: &mut Proposal,
) -> Result<NewTable, Refusal> {
    let input = known.input;
    let mut columns: Vec<columns::Draft> = Vec::new();
    for column in &table.columns {
        if !columns.iter().any(|it| it.name == column.name) {
            columns.push(column_of(known, table, column, out));
        }
    }
    add_relations(known, table, &mut columns);
    add_key(table, &mut columns);
    let (access, question) = access::draft(input, mentions, table)?;
    out.questions.extend(question);
    add_owner(known, &access, &mut columns);
    require_owner(&access, &mut columns);
    let mark = input.mark(&table.evidence);
    let is_asked = input.is_wanted(&format!("tables/{}", table.name), &table.evidence);
    let chosen = (!is_asked).then(|| "another table points at it".to_owned());
    let draft = NewTable { name: table.name.clone(), mark: mark.clone(), chosen, columns, access };
    out.added.push(Added {
        primitive: format!("tables/{}", table.name),
        mark,
        chosen: draft.choices(),
    });
    Ok(draft)
}

/// Columns that the spec has come to list since the table was declared.
fn more(
    known: &Known<'_, '_>,
    table: &Table,
    there: &schema::Table,
    out: &mut Proposal,
) -> Option<Draft> {
    let mut columns = Vec::new();
    for column in table.columns.iter().filter(|it| !has_column(there, &it.name)) {
        let mut draft = column_of(known, table, column, out);
        draft.clauses.retain(|it| it != "pk");
        let is_required = draft.clauses.iter().any(|it| it == "not null");
        let has_default = draft.clauses.iter().any(|it| it.starts_with("default"));
        if is_required && !has_default {
            // Rows that are there have no value for it.
            draft.clauses.retain(|it| it != "not null");
            draft.chosen = Some("may be null, because rows may be there".to_owned());
        }
        columns.push(draft);
    }
    if columns.is_empty() {
        return None;
    }
    out.added.push(Added {
        primitive: format!("tables/{}", table.name),
        mark: columns.first().and_then(|it: &columns::Draft| it.mark.clone()),
        chosen: choices(&columns),
    });
    Some(Draft::More { table: there.name.clone(), columns })
}

fn column_of(
    known: &Known<'_, '_>,
    table: &Table,
    column: &Column,
    out: &mut Proposal,
) -> columns::Draft {
    let mut draft = columns::Draft::new(&column.name, &[]);
    draft.mark = Mark::of(known.input.documents, &access::evidence_of(column));
    if let Some(ColumnKey::Foreign { table: to, column: key }) = &column.key {
        match known.target(to).filter(|_| known.has(to, key)) {
            Some(target) => {
                let clause = format!("fk->{}.{}", name_in_words(&target), name_in_words(key));
                let is_owner = table.owner.as_ref() == Some(&column.name);
                if column.nullable == Some(false) || is_owner {
                    draft.clauses.push("not null".to_owned());
                }
                if is_owner && column.nullable.is_none() {
                    draft.chosen = Some("not null, as it says whose a row is".to_owned());
                }
                draft.clauses.push(clause);
                draft.target = Some(target);
                return draft;
            }
            None => out.notes.push(format!(
                "`{}.{}` points at `{to}.{key}`, which is no key of a table that the spec asks for: it is \
                 declared without the reference",
                table.name, column.name
            )),
        }
    }
    let kind = columns::type_of(column);
    draft.chosen = kind.why;
    let is_primary = column.key == Some(ColumnKey::Primary);
    let n_keys = table.columns.iter().filter(|it| it.key == Some(ColumnKey::Primary)).count();
    draft.clauses.push(kind.word.clone());
    if is_primary {
        draft.clauses.push("pk".to_owned());
        if n_keys == 1 && columns::is_whole_number(&kind.word) {
            draft.clauses.push("identity".to_owned());
        }
        return draft;
    }
    if column.key == Some(ColumnKey::Unique) {
        draft.clauses.push("unique".to_owned());
    }
    let is_moment =
        matches!(column.name.as_str(), "created_at" | "updated_at") && kind.word == "timestamptz";
    let is_flag = kind.word == "boolean";
    if column.nullable == Some(false) || is_moment || is_flag && column.nullable.is_none() {
        draft.clauses.push("not null".to_owned());
    }
    if is_moment {
        draft.clauses.push("default now()".to_owned());
        draft.chosen = Some("now, when a row is made".to_owned());
    } else if is_flag {
        draft.clauses.push("default false".to_owned());
        let before = draft.chosen.take().map(|it| format!("{it}, ")).unwrap_or_default();
        draft.chosen = Some(format!("{before}false at first"));
    }
    draft
}

/// References that prose shows and no column is listed for.
fn add_relations(known: &Known<'_, '_>, table: &Table, columns: &mut Vec<columns::Draft>) {
    for it in relations(known.input, table) {
        let is_there = columns.iter().any(|column| column.name == it.from_column);
        if is_there || !known.has(&it.to_table, &it.to_column) {
            continue;
        }
        let Some(target) = known.target(&it.to_table) else { continue };
        let clause = format!("fk->{}.{}", name_in_words(&target), name_in_words(&it.to_column));
        let mut draft = columns::Draft::new(&it.from_column, &[&clause])
            .chosen(format!("a reference, as {} belong to {}", table.name, target));
        draft.mark = known.input.mark(&it.evidence);
        draft.target = Some(target);
        columns.push(draft);
    }
}

fn add_key(table: &Table, columns: &mut Vec<columns::Draft>) {
    if columns.iter().any(columns::Draft::is_key) {
        return;
    }
    match columns.iter_mut().find(|it| it.name == "id") {
        Some(id) => {
            id.clauses.retain(|it| it != "unique" && it != "not null");
            id.clauses.push("pk".to_owned());
            if id.clauses.first().is_some_and(|it| columns::is_whole_number(it)) {
                id.clauses.push("identity".to_owned());
            }
        }
        None => {
            let why = format!("a key, as none is listed for {}", table.name);
            columns.insert(0, columns::Draft::new("id", &["uuid", "pk"]).chosen(why));
        }
    }
}

/// The column for whose a row is, where the text shows an owner and lists no column for one.
fn add_owner(known: &Known<'_, '_>, access: &access::Draft, columns: &mut Vec<columns::Draft>) {
    let Some(owner) = access.owner.as_deref() else { return };
    if columns.iter().any(|it| it.name == owner) {
        return;
    }
    let mut draft = match known.target(USERS).filter(|_| known.has(USERS, "id")) {
        Some(users) => {
            let clause = format!("fk->{}.id", name_in_words(&users));
            let mut draft = columns::Draft::new(owner, &["not null", &clause, "on delete cascade"]);
            draft.target = Some(users);
            draft
        }
        None => columns::Draft::new(owner, &["uuid", "not null"]),
    };
    draft.mark.clone_from(&access.mark);
    columns.push(draft.chosen("whose a row is"));
}

/// A row without an owner would be nobody's.
fn require_owner(access: &access::Draft, columns: &mut [columns::Draft]) {
    let Some(owner) = access.owner_column() else { return };
    let own = columns.iter_mut().find(|it| name_in_words(&it.name) == owner);
    let Some(own) = own.filter(|it| !it.is_key() && !it.clauses.iter().any(|it| it == "not null"))
    else {
        return;
    };
    let at = own.clauses.iter().position(|it| it.starts_with("fk->")).unwrap_or(own.clauses.len());
    own.clauses.insert(at, "not null".to_owned());
    own.chosen.get_or_insert_with(|| "not null, as it says whose a row is".to_owned());
}

fn choices(columns: &[columns::Draft]) -> Vec<String> {
    let told =
        columns.iter().filter_map(|it| Some(format!("{}: {}", it.name, it.chosen.as_ref()?)));
    told.collect()
}

impl NewTable {
    fn choices(&self) -> Vec<String> {
        let mut out = choices(&self.columns);
        let reads = self.access.reads.as_ref().map(|it| format!(", read where {}", it.1));
        let because = self.access.chosen.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
        out.insert(0, format!("rls: {}{}{because}", self.access.rls, reads.unwrap_or_default()));
        out
    }

    fn text(&self) -> String {
        let mut out = String::from("add_table:\n");
        line(
            &mut out,
            2,
            &format!("name: {}", written(&self.name)),
            comment(self.mark.as_ref(), self.chosen.as_deref()),
        );
        out += "  columns:\n";
        for it in &self.columns {
            line(&mut out, 4, &format!("- {}", written(&it.words())), it.comment());
        }
        let access = &self.access;
        let why = comment(access.mark.as_ref(), access.chosen.as_deref());
        line(&mut out, 2, &format!("rls: {}", written(&access.rls)), why.clone());
        let looked_up = self.looked_up();
        if !looked_up.is_empty() {
            out += "  indices:  # chosen: what rows are looked up by\n";
            looked_up.iter().for_each(|it| line(&mut out, 4, &format!("- {}", written(it)), None));
        }
        if let Some((name, condition)) = &access.reads {
            out += "  policies:\n";
            let place = access.mark.clone().map(|it| it.unquoted().to_string());
            line(&mut out, 4, &format!("- name: {}", written(name)), place.or(why));
            out += &format!("      for: [select]\n      using: {}\n", written(condition));
        }
        out
    }

    /// References, and the column that the policy asks for.
    fn looked_up(&self) -> Vec<String> {
        let single = |it: &&columns::Draft| {
            it.target.is_some() && !it.clauses.iter().any(|it| it == "unique")
        };
        self.columns.iter().filter(single).map(|it| name_in_words(&it.name)).collect()
    }
}

fn line(out: &mut String, indent: usize, text: &str, comment: Option<String>) {
    let comment = comment.map(|it| format!("  # {it}")).unwrap_or_default();
    *out += &format!("{}{text}{comment}\n", " ".repeat(indent));
}

/// The migration spec of the drafts; `None` without any.
pub(super) fn text(drafts: &[Draft]) -> Option<String> {
    if drafts.is_empty() {
        return None;
    }
    let mut documents = Vec::new();
    for draft in drafts {
        documents.push(match draft {
            Draft::New(table) => table.text(),
            Draft::More { table, columns } => {
                let mut out = String::from("add_column:\n");
                line(&mut out, 2, &format!("table: {}", written(table)), None);
                out += "  columns:\n";
                for it in columns {
                    line(&mut out, 4, &format!("- {}", written(&it.words())), it.comment());
                }
                out
            }
        });
    }
    Some(format!("# {HEADER}\n{}", documents.join("---\n")))
}

/// `0003_add_posts`: the number behind the last one, and what the file is about.
pub(super) fn file_name(drafts: &[Draft], migrations: &[String]) -> String {
    /// More names would make the file's unreadable.
    const NAMED_MAX: usize = 3;
    let number = |name: &String| -> Option<u32> {
        let digits = name.find(|it: char| !it.is_ascii_digit()).unwrap_or(name.len());
        name[..digits].parse().ok()
    };
    let next = migrations.iter().filter_map(number).max().unwrap_or(0) + 1;
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '_');
        letters.take(40).collect()
    };
    let (mut new, mut more) = (Vec::new(), Vec::new());
    for it in drafts {
        match it {
            Draft::New(it) => new.push(plain(&it.name)),
            Draft::More { table, .. } => more.push(plain(table)),
        }
    }
    let what = match (new.len(), more.len()) {
        (1..=NAMED_MAX, 0) => format!("add_{}", new.join("_")),
        (0, 1) => format!("extend_{}", more[0]),
        (0, n) => format!("extend_{n}_tables"),
        (n, _) => format!("add_{n}_tables"),
    };
    format!("{next:04}_{what}")
}
