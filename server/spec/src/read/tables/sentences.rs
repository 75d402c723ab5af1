//! Sentences that declare: "the `bicks` table", "adds a source_url column to the bicks table", "THE
//! Media_Record SHALL contain fields: …", "create a task with title, due date and status".

use super::lists;
use super::{Reading, names};
use crate::facts::{Fact, TableFact};
use crate::pattern::compile;
use crate::read::Language;
use model::Span;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// Longer blocks are not prose.
const BLOCK_BYTES_MAX: usize = 16 * 1024;

pub(super) fn read(rd: &mut Reading<'_, '_>, block: &Block) {
    if matches!(block.kind, BlockKind::Table { .. }) {
        arrows(rd, rd.slice(block.span), block.span.range().start);
    }
    if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item { .. }) {
        return;
    }
    let text = rd.slice(block.text);
    if text.len() > BLOCK_BYTES_MAX {
        return;
    }
    let base = block.text.range().start;
    arrows(rd, text, base);
    dotted(rd, text, base);
    named(rd, text, base);
    added(rd, text, base);
    contained(rd, text, base);
    enumerated(rd, text, base);
    filled(rd, text, base);
}

/// `study_members.status` in code ticks: a table and its column.
fn dotted(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    static DOTTED: LazyLock<Regex> =
        LazyLock::new(|| compile(r"`([a-z][a-z0-9_]{2,})\.([a-z][a-z0-9_]+)`"));
    const SUFFIXES: &[&str] = &[
        "js", "ts", "tsx", "jsx", "md", "json", "py", "com", "io", "org", "net", "yaml", "yml",
        "toml", "html", "css", "sql", "rs", "go", "env", "txt", "csv", "sh", "app", "dev", "png",
        "svg", "xml", "lock", "config", "log", "db", "pdf", "exe", "local", "length", "map",
        "test",
    ];
    if !text.contains('.') {
        return;
    }
    for found in DOTTED.captures_iter(text) {
        let (Some(table), Some(column)) = (found.get(1), found.get(2)) else { continue };
        let name = table.as_str();
        let singular = names::singular(name);
        let is_plural = names::plural(name) == name && singular != name;
        // `tasks.send_mail_task` is a function of a module.
        let is_function = column.as_str().ends_with(&format!("_{singular}"));
        if !is_plural || is_function || SUFFIXES.contains(&column.as_str()) {
            continue;
        }
        let fact = super::attributes::column(column.as_str(), place(&column, base));
        let sighting = rd.sighting(place(&table, base), "dotted-column", 72);
        rd.out.push(Fact::Citation(TableFact {
            label: name.to_owned(),
            name: name.to_owned(),
            columns: vec![fact],
            sighting,
        }));
    }
}

/// "PostgreSQL keeps `campaigns`, `leads` and `email_logs`": names in code, one after the other, in a
/// sentence about a database.
fn enumerated(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    const NAMES_MIN: usize = 3;
    static RUN: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"`[A-Za-z]\w*`(?:\s*\([^()\n]{0,120}\))?",
            r"(?:(?:\s*[,、，/·+]\s*|\s+)(?:and |or |und |et |y |e |и |dan |和|と|및 |plus )?`[A-Za-z]\w*`(?:\s*\([^()\n]{0,120}\))?){2,}",
        ))
    });
    static NAME: LazyLock<Regex> = LazyLock::new(|| compile(r"`([A-Za-z]\w*)`"));
    static ABOUT: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\btables?\b|\bcollections?\b|\bdatabase\b|\brelational\b|postgres|mysql|mariadb|mongodb|firestore|supabase|\bsqlite\b|\bschema\b|\bmigrations?\b|\bentit(?:y|ies)\b|\bmodels\b",
            r"|tabellen?\b|datenbank|entitäten|base de données|entités|tablas?\b|base de datos|entidades|tabelas?\b|banco de dados|таблиц|базы? данных|базе данных|сущност",
            r"|\btabel\b|basis data|entitas|数据库|数据表|实体|データベース|テーブル|エンティティ|데이터베이스|테이블|엔티티",
        ))
    });
    if text.bytes().filter(|it| *it == b'`').count() < NAMES_MIN * 2 {
        return;
    }
    for run in RUN.find_iter(text) {
        let before = text[..run.start()].rsplit(['\n', '。']).next().unwrap_or_default();
        let after = text[run.end()..].split(['\n', '。']).next().unwrap_or_default();
        if !(ABOUT.is_match(before) || ABOUT.is_match(after)) {
            continue;
        }
        let found: Vec<_> = NAME.captures_iter(run.as_str()).filter_map(|it| it.get(1)).collect();
        let n_tables = found.iter().filter(|it| is_table_name(it.as_str())).count();
        if n_tables * 4 < found.len() * 3 {
            continue;
        }
        for name in found {
            identifier(rd, &name, base + run.start(), Vec::new());
        }
    }
}

/// "A record is created in `email_drafts`": rows go into what is named in code.
fn filled(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    static INTO: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\b(?:records?|rows?|entry|entries|insert(?:s|ed)?|persist(?:s|ed)?|stor(?:e|es|ed|ing)|sav(?:e|es|ed|ing)|writ(?:e|es|ten|ing)|log(?:s|ged)?|datensatz|datensätze|gespeichert|enregistr\w+|guarda\w*|almacena\w*|salv[ao]\w*|armazena\w*|сохраня\w+|запис\w+|disimpan|simpan)",
            r"\b[^`.\n]{0,50}?\b(?:in|into|to|dans|en|em|na|no|в|ke|di)\s+(?:the |der |die |la |le |a |o )?`([a-z][a-z0-9_]{2,})`",
        ))
    });
    if !text.contains('`') {
        return;
    }
    for found in INTO.captures_iter(text) {
        if let Some(name) = found.get(1).filter(|it| is_table_name(it.as_str())) {
            identifier(rd, &name, base, columns_with(text, name.end(), base));
        }
    }
}

/// The columns in "inserts a row in `sessions` with the user's email, name and `expires_at`".
fn columns_with(text: &str, after: usize, base: usize) -> Vec<crate::facts::ColumnFact> {
    static WITH: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^`?(?: table)?,?\s*(?:with|including|containing|avec|con|com|mit|с|dengan)\s+(?:the\s+|its\s+|their\s+)?(?:\w+['’]s\s+)?",
        )
    });
    let Some(lead) = WITH.find(&text[after..]) else { return Vec::new() };
    let start = after + lead.end();
    let end = text[start..].find(['.', ';']).map_or(text.len(), |it| start + it);
    lists::sentence_list(&text[start..end], base + start)
}

/// Whether tables are called so: several of something, and nothing that fields are called.
fn is_table_name(name: &str) -> bool {
    let name = names::snake(name);
    names::plural(&name) == name && names::singular(&name) != name && !lists::is_usual_field(&name)
}

/// `orders.user_id -> users.id`, in either direction: the side that is no `id` holds the key.
fn arrows(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    static ARROW: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b([A-Za-z]\w*)\.([a-z]\w*)`?\s*(?:->|→|=>|⟶|>|references)\s*`?([A-Za-z]\w*)\.([a-z]\w*)\b",
        )
    });
    for found in ARROW.captures_iter(text) {
        let whole = found.get(0).expect("group 0 is the match");
        let left = (names::snake(&found[1]), names::snake(&found[2]));
        let right = (names::snake(&found[3]), names::snake(&found[4]));
        let (from, to) =
            if left.1 == "id" && right.1 != "id" { (right, left) } else { (left, right) };
        rd.relation(
            &from.0,
            Some(from.1),
            &to.0,
            Some(to.1),
            place(&whole, base),
            "relation-arrow",
            88,
        );
    }
}

fn place(found: &regex::Match<'_>, base: usize) -> Span {
    Span::new(base + found.start(), base + found.end())
}

/// An identifier beside the word "table", with the fields in brackets behind it.
fn named(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?:`([A-Za-z][\w-]{2,})`|\b([a-z][a-z0-9]*_[a-z0-9_]+)\b)\s*\**(?:(?i:database |db |dynamodb |firestore |mongodb )?(?i:table|collection|tabelle|tabla|tabela)\b|テーブル|테이블|表)",
            r"(?:[^().\n]{0,40}\(([^()\n]*)\))?",
        ))
    });
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)(?:\btable|\bcollection|\btabelle|\btabla|\btabela|\btabel|таблиц\p{L}+|коллекци\p{L}+|数据表|表|テーブル|테이블)",
            r"\s+(?:named\s+|called\s+|namens\s+|nommée?\s+|llamada\s+|chamada\s+)?`([a-z][\w-]{2,})(?:-\{\w+\})?`",
        ))
    });
    if !text.contains(['`', '_']) {
        return;
    }
    for found in BEHIND.captures_iter(text) {
        let Some(name) = found.get(1).or(found.get(2)) else { continue };
        let columns =
            found.get(3).map_or_else(Vec::new, |it| lists::field_list(rd, place(&it, base)));
        identifier(rd, &name, base, columns);
    }
    for found in BEFORE.captures_iter(text) {
        if let Some(name) = found.get(1) {
            identifier(rd, &name, base, Vec::new());
        }
    }
}

fn identifier(
    rd: &mut Reading<'_, '_>,
    name: &regex::Match<'_>,
    base: usize,
    columns: Vec<crate::facts::ColumnFact>,
) {
    let canonical = names::snake(name.as_str());
    let sighting = rd.sighting(place(name, base), "named-table", 84);
    rd.out.push(Fact::Citation(TableFact {
        label: name.as_str().to_owned(),
        name: canonical,
        columns,
        sighting,
    }));
}

/// A column that a sentence adds to a table.
fn added(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    static TO: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?i)\badd(?:s|ing|ed)?\s+(?:an?|the)?\s*(?:new\s+)?(?:optional\s+)?(?:\w+\s+)?`?([a-z]\w*)`?\s+(?:column|field|attribute)s?\s+(?:to|on)\s+(?:the\s+|each\s+)?`?([a-z]\w*)`?",
        )
    });
    if !text.contains("dd") {
        return;
    }
    for found in TO.captures_iter(text) {
        let (Some(column), Some(table)) = (found.get(1), found.get(2)) else { continue };
        let fact = super::attributes::column(column.as_str(), place(&column, base));
        let span = place(&table, base);
        rd.table(table.as_str(), span, vec![fact], "added-column", 80);
    }
}

/// "THE Media_Record SHALL contain fields: a, b" and "create a task with a, b and c".
fn contained(rd: &mut Reading<'_, '_>, text: &str, base: usize) {
    static FIELDS: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?:\b(?:THE|The|the|Each|Every|each|every|A|An)\s+)?\**`?([A-Z]\w+|[a-z]+_[a-z_]+)`?\**(?:\s+(?:model|record|table|entity|document|object))?\s+",
            r"(?i:shall|must|should|will|has|have)?\s*(?i:contains?|includes?|stores?|has|have)\s+(?i:the\s+)?(?i:following\s+)?",
            r"(?i:fields|columns|attributes|properties)\s*[:：]?\s*([^.\n]+)",
        ))
    });
    static WITH: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)\b(?:create|creates|creating|add|adds|store|stores|save|saves|register|registers|record|records|submit|submits)\s+(?:an?|the|new|each|every)\s+(?:new\s+)?",
            r"\**`?([a-z][a-z_]+(?: [a-z]+)?)`?\**\s+(?:record\s+)?(?:with|containing|including)\s+(?:the\s+)?(?:following\s+)?(?:required\s+)?(?:fields|attributes)?\s*:?\s*([^.;\n]+)",
        ))
    });
    /// What stands there without naming anything: "THE table SHALL include fields".
    const NO_LABEL: [&str; 9] =
        ["system", "the", "shall", "must", "should", "will", "each", "every", "this"];
    if rd.cx.language != Language::English {
        return;
    }
    for (pattern, percent) in [(&*FIELDS, 82), (&*WITH, 66)] {
        for found in pattern.captures_iter(text) {
            let (Some(label), Some(list)) = (found.get(1), found.get(2)) else { continue };
            let word = label.as_str().to_ascii_lowercase();
            if NO_LABEL.contains(&word.as_str()) || word.contains(" with") {
                continue;
            }
            let columns = lists::sentence_list(list.as_str(), base + list.start());
            if columns.len() >= 3 {
                let span = place(&label, base);
                rd.table(label.as_str(), span, columns, "fields-sentence", percent);
            }
        }
    }
}
