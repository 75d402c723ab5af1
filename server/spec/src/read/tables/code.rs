//! Data models in fences of other languages than SQL.
//!
//! Each notation is recognised by what only it has; blocks in braces that no notation claims count
//! only where a heading says that data is modelled, which the caller knows.

use super::attributes::{self, column};
use super::names;
use super::sql::{Ddl, Declared, split_top};
use crate::facts::ColumnFact;
use crate::pattern::{compile, compile_code};
use model::Span;
use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Which notation a fence is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Prisma,
    Dbml,
    Mermaid,
    Drizzle,
    Convex,
    Mongoose,
    /// Classes mapped by decorators: TypeORM, JPA.
    Entity,
    Python,
    /// `Name { field … }` in any language with braces.
    Braces,
    Firestore,
    Json,
}

impl Notation {
    /// Kebab-case name of the reader.
    pub(super) const fn reader(self) -> &'static str {
        match self {
            Self::Prisma => "prisma",
            Self::Dbml => "dbml",
            Self::Mermaid => "mermaid-er",
            Self::Drizzle => "drizzle",
            Self::Convex => "convex",
            Self::Mongoose => "mongoose",
            Self::Entity => "entity-class",
            Self::Python => "python-model",
            Self::Braces => "type-block",
            Self::Firestore => "firestore-path",
            Self::Json => "json-sample",
        }
    }

    /// Whether the notation itself says that the data is stored.
    pub(super) const fn is_storage(self) -> bool {
        !matches!(self, Self::Braces | Self::Json)
    }
}

/// Tells the notation of a fence; `None` when it holds no model.
pub(super) fn detect(lang: &str, code: &str) -> Option<Notation> {
    let has = |needle: &str| memchr::memmem::find(code.as_bytes(), needle.as_bytes()).is_some();
    if lang == "prisma" || (has("model ") && (has("@id") || has("@relation") || has("@unique"))) {
        return Some(Notation::Prisma);
    }
    if has("erDiagram") {
        return Some(Notation::Mermaid);
    }
    if lang == "mermaid" {
        return None;
    }
    if lang == "dbml" || DBML.is_match(code) {
        return Some(Notation::Dbml);
    }
    if has("defineTable(") {
        return Some(Notation::Convex);
    }
    if has("pgTable(") || has("sqliteTable(") || has("mysqlTable(") {
        return Some(Notation::Drizzle);
    }
    if has("Schema({") || has("Schema(\n") {
        return Some(Notation::Mongoose);
    }
    if has("@Entity") || has("@PrimaryGeneratedColumn") {
        return Some(Notation::Entity);
    }
    let python = has("__tablename__")
        || has("mapped_column(")
        || has("= Column(")
        || has("db.Column(")
        || has("models.Model")
        || has("table=True");
    if python {
        return Some(Notation::Python);
    }
    if lang == "json" || lang == "jsonc" {
        return Some(Notation::Json);
    }
    // `/shop/[slug]` is a page, not a document.
    let has_routes = has("GET ") || has("POST ") || has("http") || has("/[");
    if FIRESTORE.is_match(code) && !has_routes {
        return Some(Notation::Firestore);
    }
    BLOCK.is_match(code).then_some(Notation::Braces)
}

/// Whether blocks have keys as tables do: an `id` of its own, and one marked as `FK` or `PK`.
pub(super) fn has_keys(code: &str) -> bool {
    static KEY: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(r"(?m)^[ \t]*id\??\s*:?\s+(?:UUID|uuid|PK|pk|SERIAL|serial|BIGINT|bigint)\b")
    });
    static MARK: LazyLock<Regex> = LazyLock::new(|| compile_code(r"\b(?:FK|PK)\b|\bREFERENCES\b"));
    KEY.is_match(code) && MARK.is_match(code)
}

pub(super) fn read(notation: Notation, code: &str) -> Ddl {
    match notation {
        Notation::Prisma => prisma(code),
        Notation::Dbml => dbml(code),
        Notation::Mermaid => mermaid(code),
        Notation::Drizzle => calls(code, &DRIZZLE, drizzle_field),
        Notation::Convex => calls(code, &CONVEX, convex_field),
        Notation::Mongoose => mongoose(code),
        Notation::Entity => entities(code),
        Notation::Python => python(code),
        Notation::Braces => braces(code),
        Notation::Firestore => firestore(code),
        Notation::Json => Ddl::default(),
    }
}

static DBML: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"(?im)^\s*table\s+["`]?[\w.]+["`]?(?:\s+as\s+\w+)?\s*(?:\[[^\]]*\])?\s*\{"#)
});
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?m)^[ \t]*(?:export\s+)?(?:(?:default|abstract|public|internal|sealed|partial|final|data|pub)\s+)*",
        r"(?:(?:interface|type|class|struct|model|entity|table|collection|record|message|enum)\s+)?",
        r"([A-Za-z_]\w*)(?:<[^>\n]*>)?(?:\s+(?:extends|implements)\s+[\w, <>]+|\s+struct|\s*=|\s*:|\s*:\s+[A-Z][\w, <>]*)?\s*\{",
    ))
});
static FIRESTORE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?m)^[ \t/│├└─*-]*/?([a-z][A-Za-z_]+)/\{?[:$]?(\w+)\}?(?:/|\s|$)"));

/// A block `head {` … `}`: where its body lies.
struct Body<'a> {
    keyword: &'a str,
    name: &'a str,
    name_at: usize,
    text: &'a str,
    text_at: usize,
}

/// Blocks in braces at the outermost level, with what stands before each.
fn bodies(code: &str) -> Vec<Body<'_>> {
    let mut out = Vec::new();
    let mut after = 0;
    for found in BLOCK.captures_iter(code) {
        let (whole, name) = (found.get(0).expect("whole"), found.get(1).expect("named"));
        if whole.start() < after {
            continue;
        }
        let open = whole.end() - 1;
        // Nothing behind a bracket that never closes can be told apart from its inside.
        let Some(close) = closing(code, open) else { break };
        after = close;
        let head = code[whole.start()..name.start()].trim();
        out.push(Body {
            keyword: head.rsplit(' ').next().unwrap_or_default(),
            name: name.as_str(),
            name_at: name.start(),
            text: &code[open + 1..close],
            text_at: open + 1,
        });
    }
    out
}

/// The offset of the brace or bracket that closes the one at `open`.
fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Lines with their offsets, comments included.
fn lines(text: &str, offset: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = offset;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start + (line.len() - line.trim_start().len()), line.trim())
    })
}

fn comment(line: &str) -> (&str, &str) {
    for mark in ["//", "--", " #"] {
        if let Some((code, note)) = line.split_once(mark) {
            return (code.trim_end(), note.trim());
        }
    }
    (line, "")
}

fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|it| it.is_alphabetic() || it == '_')
        && chars.all(|it| it.is_alphanumeric() || it == '_')
        && word.len() <= 60
}

fn declared(name: &str, at: usize, columns: Vec<ColumnFact>) -> Declared {
    Declared {
        label: name.to_owned(),
        name: names::of_model(name),
        columns,
        span: Span::new(at, at + name.len()),
    }
}

fn prisma(code: &str) -> Ddl {
    static MAP: LazyLock<Regex> = LazyLock::new(|| compile(r#"@@map\("(\w+)"\)"#));
    static RELATION: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"@relation\([^)]*fields:\s*\[\s*(\w+)[^\]]*\][^)]*references:\s*\[\s*(\w+)")
    });
    let bodies = bodies(code);
    let enums: FxHashMap<&str, Vec<String>> = bodies
        .iter()
        .filter(|it| it.keyword == "enum")
        .map(|it| {
            let values = lines(it.text, 0).filter_map(|(_, line)| line.split_whitespace().next());
            (it.name, values.filter(|it| is_name(it)).map(str::to_owned).collect())
        })
        .collect();
    let models: Vec<&str> =
        bodies.iter().filter(|it| it.keyword == "model").map(|it| it.name).collect();
    let mut ddl = Ddl::default();
    for body in bodies.iter().filter(|it| it.keyword == "model") {
        let mut columns: Vec<ColumnFact> = Vec::new();
        let mut links = Vec::new();
        for (at, line) in lines(body.text, body.text_at) {
            let (line, _) = comment(line);
            let mut words = line.split_whitespace();
            let (Some(name), Some(ty)) = (words.next(), words.next()) else { continue };
            if !is_name(name) {
                continue;
            }
            let base = ty.trim_end_matches(['?', ']', '[']);
            if let Some(found) = RELATION.captures(line) {
                links.push((
                    names::snake(&found[1]),
                    names::of_model(base),
                    names::snake(&found[2]),
                ));
            }
            if models.contains(&base) {
                continue;
            }
            let mut it = column(name, Span::new(at, at + name.len()));
            it.ty = Some(ty.trim_end_matches('?').to_lowercase());
            it.nullable = Some(ty.ends_with('?'));
            it.primary = line.contains("@id");
            it.unique = line.contains("@unique");
            if let Some(values) = enums.get(base) {
                it.values.clone_from(values);
            }
            columns.push(it);
        }
        for (from, table, to) in links {
            if let Some(it) = columns.iter_mut().find(|it| it.name == from) {
                it.references = Some((table, Some(to)));
            }
        }
        let mut table = declared(body.name, body.name_at, columns);
        if let Some(map) = MAP.captures(body.text) {
            map[1].clone_into(&mut table.name);
        }
        ddl.tables.push(table);
    }
    ddl
}

fn dbml(code: &str) -> Ddl {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?im)^\s*(table|enum)\s+["`]?(?:\w+\.)?(\w+)["`]?(?:\s+as\s+\w+)?\s*(?:\[[^\]]*\])?\s*\{"#,
        )
    });
    static REF: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"(?im)^\s*ref\b[^:\n]*:\s*(\w+)\.(\w+)\s*([<>-])\s*(\w+)\.(\w+)")
    });
    static INLINE: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i)ref:\s*[<>-]\s*(?:\w+\.)??(\w+)\.(\w+)"));
    let mut ddl = Ddl::default();
    let mut enums: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for found in HEAD.captures_iter(code) {
        let (whole, name) = (found.get(0).expect("whole"), found.get(2).expect("named"));
        let open = whole.end() - 1;
        // Nothing behind a bracket that never closes can be told apart from its inside.
        let Some(close) = closing(code, open) else { break };
        let body = &code[open + 1..close];
        if found[1].eq_ignore_ascii_case("enum") {
            let values = lines(body, 0).filter_map(|(_, line)| line.split_whitespace().next());
            enums.insert(name.as_str().to_lowercase(), values.map(str::to_owned).collect());
            continue;
        }
        let mut columns = Vec::new();
        for (at, line) in lines(body, open + 1) {
            let (line, _) = comment(line);
            let mut words = line.split_whitespace();
            let (Some(first), Some(ty)) = (words.next(), words.next()) else { continue };
            let bare = first.trim_matches(['"', '`']);
            if !is_name(bare) || bare.eq_ignore_ascii_case("note") || ty == "{" {
                continue;
            }
            let at = at + (first.len() - first.trim_start_matches(['"', '`']).len());
            let mut it = column(bare, Span::new(at, at + bare.len()));
            it.ty = Some(ty.to_lowercase());
            attributes::apply(&mut it, line.split_once('[').map_or("", |(_, it)| it));
            it.references =
                INLINE.captures(line).map(|it| (names::snake(&it[1]), Some(names::snake(&it[2]))));
            columns.push(it);
        }
        let mut table = declared(name.as_str(), name.start(), columns);
        table.name = names::snake(name.as_str());
        ddl.tables.push(table);
    }
    for it in ddl.tables.iter_mut().flat_map(|it| &mut it.columns) {
        if let Some(values) = it.ty.as_ref().and_then(|it| enums.get(it)) {
            it.values.clone_from(values);
        }
    }
    for it in REF.captures_iter(code) {
        let whole = it.get(0).expect("whole");
        let span = Span::new(whole.start(), whole.end());
        let left = (names::snake(&it[1]), names::snake(&it[2]));
        let right = (names::snake(&it[4]), names::snake(&it[5]));
        let (from, to) = if &it[3] == "<" { (right, left) } else { (left, right) };
        ddl.references.push((from.0, from.1, to.0, Some(to.1), span));
    }
    ddl
}

fn mermaid(code: &str) -> Ddl {
    static HEAD: LazyLock<Regex> =
        LazyLock::new(|| compile(r#"(?m)^[ \t]*"?([A-Za-z_][\w\\-]*)"?(?:\[[^\]]*\])?\s*\{\s*$"#));
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?m)^[ \t]*"?([A-Za-z_][\w-]*)"?\s+([|}][|o])(?:--|\.\.)([|o][|{])\s+"?([A-Za-z_][\w-]*)"?"#,
        )
    });
    let mut ddl = Ddl::default();
    for found in HEAD.captures_iter(code) {
        let (whole, name) = (found.get(0).expect("whole"), found.get(1).expect("named"));
        let open = whole.start() + whole.as_str().rfind('{').unwrap_or(0);
        let end = code[open..].find('}').map_or(code.len(), |it| open + it);
        let mut columns = Vec::new();
        for (at, line) in lines(&code[open + 1..end], open + 1) {
            let mut words = line.split_whitespace();
            let (Some(ty), Some(name)) = (words.next(), words.next()) else { continue };
            let bare: String = name.replace('\\', "");
            if !is_name(&bare) || ty.starts_with("%%") {
                continue;
            }
            let at = at + line[ty.len()..].find(name).unwrap_or(0) + ty.len();
            let mut it = column(&bare, Span::new(at, at + name.len()));
            it.ty = Some(ty.to_lowercase());
            let notes = line.split_once(name).map_or("", |(_, it)| it);
            it.primary = words_of(notes).any(|it| it == "PK");
            it.unique = words_of(notes).any(|it| it == "UK");
            it.values = attributes::values(notes.trim().trim_matches('"'));
            columns.push(it);
        }
        push_model(&mut ddl, name.as_str(), name.start(), columns);
    }
    for it in LINK.captures_iter(code) {
        let (left, right) = (it.get(1).expect("named"), it.get(4).expect("named"));
        for name in [left, right] {
            let canonical = names::of_model(name.as_str());
            if !ddl.tables.iter().any(|it| it.name == canonical) {
                push_model(&mut ddl, name.as_str(), name.start(), Vec::new());
            }
        }
        // The side with the crow's foot holds the key.
        let many_right = it[3].contains('{');
        let many_left = it[2].contains('}');
        if many_left == many_right {
            continue;
        }
        let (one, many) = if many_right { (left, right) } else { (right, left) };
        let (one, many) = (names::of_model(one.as_str()), names::of_model(many.as_str()));
        let key = format!("{}_id", names::singular(&one));
        let whole = it.get(0).expect("whole");
        let span = Span::new(whole.start(), whole.end());
        ddl.references.push((many, key, one, Some("id".to_owned()), span));
    }
    ddl
}

fn push_model(ddl: &mut Ddl, name: &str, at: usize, columns: Vec<ColumnFact>) {
    let mut table = declared(name, at, columns);
    if name.contains('_') || name.chars().all(|it| !it.is_uppercase()) {
        table.name = names::plural(&names::snake(name));
    }
    ddl.tables.push(table);
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !it.is_alphanumeric())
}

static DRIZZLE: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"\b(?:pg|sqlite|mysql)Table\(\s*["'`](\w+)["'`]\s*,\s*(?:\(\w*\)\s*=>\s*\(?)?\{"#)
});
static CONVEX: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"["']?(\w+)["']?\s*:\s*defineTable\(\s*\{"#));

/// Tables that are made by calls with an object of fields.
fn calls(code: &str, head: &Regex, field: fn(&str, &str, &mut ColumnFact)) -> Ddl {
    let mut ddl = Ddl::default();
    for found in head.captures_iter(code) {
        let (whole, name) = (found.get(0).expect("whole"), found.get(1).expect("named"));
        let open = whole.end() - 1;
        // Nothing behind a bracket that never closes can be told apart from its inside.
        let Some(close) = closing(code, open) else { break };
        let mut table = declared(name.as_str(), name.start(), Vec::new());
        table.name = names::snake(name.as_str());
        for (at, key, value) in properties(&code[open + 1..close], open + 1) {
            let mut it = column(key, Span::new(at, at + key.len()));
            field(key, value, &mut it);
            table.columns.push(it);
        }
        ddl.tables.push(table);
    }
    ddl
}

/// `key: value` pairs of an object's body, with the key's offset.
fn properties(body: &str, offset: usize) -> Vec<(usize, &str, &str)> {
    let mut out = Vec::new();
    for (start, part) in split_top(body) {
        let Some((start, part)) = after_comments(start, part) else { continue };
        let Some((key, value)) = part.split_once(':') else { continue };
        let bare = key.trim().trim_matches(['"', '\'', '`', '?']);
        if is_name(bare) {
            let at = start + key.find(bare).unwrap_or(0);
            out.push((offset + at, bare, value.trim()));
        }
    }
    out
}

/// Skips lines of comments before a property.
fn after_comments(mut start: usize, mut part: &str) -> Option<(usize, &str)> {
    loop {
        let trimmed = part.trim_start();
        start += part.len() - trimmed.len();
        part = trimmed;
        if !(part.starts_with("//") || part.starts_with('#')) {
            return Some((start, part));
        }
        let end = part.find('\n')?;
        start += end;
        part = &part[end..];
    }
}

fn drizzle_field(_: &str, value: &str, it: &mut ColumnFact) {
    static TYPE: LazyLock<Regex> = LazyLock::new(|| compile(r#"^(\w+)\(\s*(?:["'`](\w+)["'`])?"#));
    static TARGET: LazyLock<Regex> =
        LazyLock::new(|| compile(r"references\(\s*\(\)[^=]*=>\s*(\w+)\.(\w+)"));
    if let Some(found) = TYPE.captures(value) {
        it.ty = Some(found[1].to_lowercase());
        if let Some(name) = found.get(2) {
            it.name = names::snake(name.as_str());
        }
    }
    it.primary = value.contains("primaryKey(");
    it.unique = value.contains(".unique(");
    it.nullable = Some(!value.contains("notNull(") && !it.primary);
    it.references =
        TARGET.captures(value).map(|it| (names::snake(&it[1]), Some(names::snake(&it[2]))));
    it.values = attributes::values(value);
}

fn convex_field(_: &str, value: &str, it: &mut ColumnFact) {
    static ID: LazyLock<Regex> = LazyLock::new(|| compile(r#"v\.id\(\s*["'](\w+)["']"#));
    static TYPE: LazyLock<Regex> = LazyLock::new(|| compile(r"v\.(\w+)\("));
    static LITERAL: LazyLock<Regex> =
        LazyLock::new(|| compile(r#"v\.literal\(\s*["']([^"']+)["']"#));
    it.nullable = Some(value.starts_with("v.optional("));
    it.ty = TYPE.captures_iter(value).map(|it| it[1].to_lowercase()).find(|it| it != "optional");
    it.references = ID.captures(value).map(|it| (names::snake(&it[1]), None));
    it.values = LITERAL.captures_iter(value).map(|it| it[1].to_owned()).collect();
}

fn mongoose(code: &str) -> Ddl {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?:const|let|var)\s+(\w+?)(?:Schema)?\s*(?::[^=]+)?=\s*new\s+(?:\w+\.)?Schema(?:<[^>]*>)?\(\s*\{",
        )
    });
    static REF: LazyLock<Regex> = LazyLock::new(|| compile(r#"ref:\s*["'](\w+)["']"#));
    static TYPE: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?:type:\s*)?\[?\{?\s*(?:type:\s*)?(?:[\w.]+\.)?(\w+)"));
    let mut ddl = calls(code, &HEAD, |_, value, it| {
        it.ty = TYPE.captures(value).map(|it| it[1].to_lowercase());
        it.references = REF.captures(value).map(|it| (names::of_model(&it[1]), None));
        it.unique = value.contains("unique: true");
        if value.contains("required: true") {
            it.nullable = Some(false);
        }
        it.values = attributes::values(value);
    });
    for table in &mut ddl.tables {
        table.name = names::of_model(&table.label);
    }
    ddl
}

fn entities(code: &str) -> Ddl {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?s)@(?:Entity|Table)(?:\(\s*(?:\{?\s*name\s*[:=]\s*)?(?:["'](\w+)["'])?[^)]*\))?[^{]*?\bclass\s+(\w+)[^{]*\{"#,
        )
    });
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^(?:(?:private|public|protected|readonly|final)\s+)*(?:(\w+)([?!])?\s*:\s*([\w\[\]<>| ]+)|([\w<>]+)\s+(\w+));?$",
        )
    });
    let mut ddl = Ddl::default();
    for found in HEAD.captures_iter(code) {
        let (whole, class) = (found.get(0).expect("whole"), found.get(2).expect("named"));
        let open = whole.end() - 1;
        // Nothing behind a bracket that never closes can be told apart from its inside.
        let Some(close) = closing(code, open) else { break };
        let mut table = declared(class.as_str(), class.start(), Vec::new());
        if let Some(name) = found.get(1) {
            table.name = names::snake(name.as_str());
        }
        let mut marks = String::new();
        for (at, line) in lines(&code[open + 1..close], open + 1) {
            let (decorators, rest) = decorators(line);
            marks.push_str(decorators);
            if rest.is_empty() {
                continue;
            }
            let at = at + (line.len() - rest.len());
            let Some(field) = FIELD.captures(rest) else {
                marks.clear();
                continue;
            };
            let (name, ty) = match (field.get(1), field.get(5)) {
                (Some(name), _) => (name, field.get(3)),
                (None, Some(name)) => (name, field.get(4)),
                (None, None) => continue,
            };
            let many = marks.contains("OneToMany") || marks.contains("ManyToMany");
            if !many {
                let span = Span::new(at + name.start(), at + name.end());
                let mut it = column(name.as_str(), span);
                it.ty = ty.map(|it| it.as_str().trim().to_lowercase());
                it.primary = marks.contains("Primary") || marks.contains("@Id");
                it.unique = marks.contains("unique: true") || marks.contains("unique = true");
                if marks.contains("ManyToOne") || marks.contains("OneToOne") {
                    let target = ty.map(|it| names::of_model(it.as_str().trim()));
                    it.references = target.map(|it| (it, None));
                    it.name = format!("{}_id", it.name.trim_end_matches("_id"));
                }
                table.columns.push(it);
            }
            marks.clear();
        }
        ddl.tables.push(table);
    }
    ddl
}

/// Splits `@A() @B({…}) rest` into its decorators and the rest.
fn decorators(line: &str) -> (&str, &str) {
    let mut at = 0;
    while line[at..].starts_with('@') {
        let word = line[at + 1..]
            .find(|it: char| !(it.is_alphanumeric() || it == '_'))
            .map_or(line.len(), |it| at + 1 + it);
        at = if line[word..].starts_with('(') {
            closing(line, word).map_or(line.len(), |it| it + 1)
        } else {
            word
        };
        at += line[at..].len() - line[at..].trim_start().len();
    }
    (&line[..at], &line[at..])
}

fn python(code: &str) -> Ddl {
    static CLASS: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?m)^([ \t]*)class\s+(\w+)\s*(?:\(([^)]*)\))?\s*:"));
    static TABLE: LazyLock<Regex> = LazyLock::new(|| {
        compile(r#"__tablename__\s*(?::[^=]+)?=\s*["'](\w+)["']|db_table\s*=\s*["'](\w+)["']"#)
    });
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| compile(r"^(\w+)\s*(?::\s*([^=]+?))?\s*(?:=\s*(.*))?$"));
    static KEY: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?:ForeignKey|OneToOneField)\(\s*["']?(?:[\w]+\.)??(\w+)(?:\.(\w+))?["']?|foreign_key\s*=\s*["'](\w+)\.(\w+)["']"#,
        )
    });
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"(?:Mapped\[\s*)?(?:sa\.|db\.|models\.|Optional\[)?\s*([A-Za-z_][\w.]*)")
    });
    let heads: Vec<_> = CLASS.captures_iter(code).collect();
    let enums: FxHashMap<&str, Vec<String>> = heads
        .iter()
        .enumerate()
        .filter(|(_, it)| it.get(3).is_some_and(|it| it.as_str().contains("Enum")))
        .map(|(index, it)| {
            static VALUE: LazyLock<Regex> =
                LazyLock::new(|| compile(r#"(?m)^\s+\w+\s*=\s*["']([^"']+)["']"#));
            let start = it.get(0).expect("whole").end();
            let end =
                heads.get(index + 1).map_or(code.len(), |it| it.get(0).expect("whole").start());
            let values = VALUE.captures_iter(&code[start..end]).map(|it| it[1].to_owned());
            (it.get(2).expect("named").as_str(), values.collect())
        })
        .collect();
    let mut ddl = Ddl::default();
    for (index, head) in heads.iter().enumerate() {
        let name = head.get(2).expect("named");
        if head.get(3).is_some_and(|it| it.as_str().contains("Enum")) {
            continue;
        }
        let start = head.get(0).expect("whole").end();
        let end = heads.get(index + 1).map_or(code.len(), |it| it.get(0).expect("whole").start());
        let body = &code[start..end];
        let mut table = declared(name.as_str(), name.start(), Vec::new());
        if let Some(found) = TABLE.captures(body) {
            let own = found.get(1).or(found.get(2)).expect("one alternative matched");
            table.name = names::snake(own.as_str());
        }
        for (at, line) in lines(body, start) {
            let Some(field) = FIELD.captures(comment(line).0) else { continue };
            let (name, annotation, value) = (
                field.get(1).expect("named").as_str(),
                field.get(2).map_or("", |it| it.as_str()),
                field.get(3).map_or("", |it| it.as_str()),
            );
            let is_link = value.contains("relationship(") || value.contains("Relationship(");
            let is_field = value.contains("olumn(")
                || value.contains("Field(")
                || value.contains("models.")
                || value.contains("ForeignKey")
                || !annotation.is_empty();
            if name.starts_with("__") || is_link || !is_field || value.contains("ManyToMany") {
                continue;
            }
            let mut it = column(name, Span::new(at, at + name.len()));
            let source = if annotation.is_empty() {
                value.trim_start_matches("db.Column(").trim_start_matches("Column(")
            } else {
                annotation
            };
            it.ty = TYPE.captures(source).map(|it| it[1].to_lowercase());
            it.primary = value.contains("primary_key=True");
            it.unique = value.contains("unique=True");
            let optional = annotation.contains("None")
                || annotation.contains("Optional")
                || value.contains("null=True")
                || value.contains("nullable=True");
            if optional {
                it.nullable = Some(true);
            } else if value.contains("nullable=False") {
                it.nullable = Some(false);
            }
            if let Some(found) = KEY.captures(value) {
                let django = value.contains("models.");
                let table = found.get(1).or(found.get(3)).map(|it| it.as_str()).unwrap_or_default();
                let column = found.get(2).or(found.get(4)).map(|it| names::snake(it.as_str()));
                let target = if django { names::of_model(table) } else { names::snake(table) };
                it.references = Some((target, column));
                if django {
                    it.name = format!("{}_id", it.name.trim_end_matches("_id"));
                }
            }
            if let Some(values) = it.ty.as_ref().and_then(|ty| {
                enums.iter().find(|(name, _)| name.eq_ignore_ascii_case(ty)).map(|(_, it)| it)
            }) {
                it.values.clone_from(values);
            }
            table.columns.push(it);
        }
        if !table.columns.is_empty() {
            ddl.tables.push(table);
        }
    }
    ddl
}

/// `Name { a: T, b: T }` and `Name { a, b }` in any notation with braces.
fn braces(code: &str) -> Ddl {
    const NO_MODEL: &[&str] = &[
        "if",
        "for",
        "while",
        "else",
        "try",
        "function",
        "return",
        "switch",
        "import",
        "export",
        "const",
        "query",
        "mutation",
        "subscription",
    ];
    const WRAPPERS: &[&str] =
        &["collections", "tables", "entities", "models", "schema", "database", "db"];
    let mut ddl = Ddl::default();
    let mut enums: FxHashMap<String, Vec<String>> = FxHashMap::default();
    let mut queue = bodies(code);
    let mut index = 0;
    while index < queue.len() {
        let body = &queue[index];
        index += 1;
        let lower = body.name.to_lowercase();
        if WRAPPERS.contains(&lower.as_str()) && index < 50 {
            let (text, at) = (body.text, body.text_at);
            let inner: Vec<Body<'_>> = bodies(text)
                .into_iter()
                .map(|it| Body { name_at: it.name_at + at, text_at: it.text_at + at, ..it })
                .collect();
            queue.extend(inner);
            continue;
        }
        if NO_MODEL.contains(&lower.as_str()) || body.keyword == "const" {
            continue;
        }
        if body.keyword == "enum" {
            let values = body.text.split([',', '\n', ';']).map(|it| comment(it.trim()).0.trim());
            let values =
                values.filter_map(|it| it.split([' ', '=']).next()).filter(|it| is_name(it));
            enums.insert(lower, values.map(str::to_owned).collect());
            continue;
        }
        let columns = fields(body.text, body.text_at);
        if !columns.is_empty() {
            ddl.tables.push(declared(body.name, body.name_at, columns));
        }
    }
    let models: Vec<String> = ddl.tables.iter().map(|it| it.label.to_lowercase()).collect();
    for it in &mut ddl.tables {
        drop_ways(&mut it.columns, &models);
    }
    for it in ddl.tables.iter_mut().flat_map(|it| &mut it.columns) {
        if let Some(values) = it.ty.as_ref().and_then(|it| enums.get(it)) {
            it.values.clone_from(values);
        }
    }
    ddl
}

/// Leaves out what leads from an object to others and is in no row: `List<Item> Items`, and `User Owner`
/// beside `int OwnerId`.
fn drop_ways(columns: &mut Vec<ColumnFact>, models: &[String]) {
    let names: Vec<String> = columns.iter().map(|it| it.name.clone()).collect();
    columns.retain(|it| {
        let Some(ty) = &it.ty else { return true };
        let inner = ty.split_once('<').map(|(_, inner)| inner.trim_end_matches(['>', '?']));
        let is_model = |ty: &str| models.iter().any(|it| it == ty.trim_end_matches("[]"));
        match inner {
            Some(inner) => !is_model(inner),
            None => !(is_model(ty) && names.contains(&format!("{}_id", it.name))),
        }
    });
}

/// Fields in the body of a block, one a line or separated by commas.
pub(super) fn fields(body: &str, offset: usize) -> Vec<ColumnFact> {
    let mut out: Vec<ColumnFact> = Vec::new();
    let mut depth = 0i32;
    for (at, whole) in lines(body, offset) {
        let inside = depth > 0;
        depth += whole.matches(['{', '[', '(']).count() as i32
            - whole.matches(['}', ']', ')']).count() as i32;
        if inside || whole.is_empty() || whole.starts_with(['/', '*', '#', '@', '.', '}', '-']) {
            continue;
        }
        let (line, note) = comment(whole);
        let line_body = line.trim_end_matches([',', ';']);
        let has_type = line_body.contains(':') && !line_body.contains(',');
        if has_type || !line_body.contains(',') || line_body.contains(['<', '(', '[', '{']) {
            field(line_body, note, at, &mut out);
        } else {
            for (start, part) in split_top(line_body) {
                let lead = part.len() - part.trim_start().len();
                field(part.trim(), "", at + start + lead, &mut out);
            }
        }
    }
    out
}

/// A member of a class as C#, Java, Kotlin and Swift declare it, `public DateTime? DueDate { get; set; }`,
/// `private val name: String = ""`: where its name stands, its name and its type.
fn member(text: &str) -> Option<(usize, &str, &str)> {
    static TYPE_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^(?:[a-z]+\s+)+?([A-Za-z_][\w.]*(?:<[^{}=]*>)?(?:\[\])?\??)\s+([A-Za-z_]\w*)\s*(?:\{[^}]*\}.*|=.*)?$",
        )
    });
    static NAME_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"^(?:[a-z]+\s+)+?([A-Za-z_]\w*)[?!]?\s*:\s*(\[?[A-Za-z_][\w.]*(?:<[^{}=]*>)?\]?(?:\[\])?\??)",
        )
    });
    let found = |of: &Regex, name: usize, ty: usize| {
        let found = of.captures(text)?;
        let name = found.get(name)?;
        Some((name.start(), &text[name.range()], &text[found.get(ty)?.range()]))
    };
    found(&NAME_FIRST, 1, 2).or_else(|| found(&TYPE_FIRST, 2, 1))
}

/// Whether a line begins as a member of a class does.
fn is_member(text: &str) -> bool {
    const MODIFIERS: [&str; 13] = [
        "public",
        "private",
        "protected",
        "internal",
        "readonly",
        "final",
        "required",
        "virtual",
        "override",
        "lateinit",
        "var",
        "val",
        "let",
    ];
    let mut words = text.split_whitespace();
    words.next().is_some_and(|it| MODIFIERS.contains(&it)) && words.nth(1).is_some()
}

fn field(text: &str, note: &str, at: usize, out: &mut Vec<ColumnFact>) {
    if is_member(text) {
        let is_value = |it: &&str| !matches!(*it, "static" | "const");
        if text.split_whitespace().all(|it| is_value(&it))
            && !text.split(['{', '=']).next().unwrap_or_default().contains('(')
            && let Some((start, name, ty)) = member(text)
        {
            let n_before = out.len();
            // `[Date]` in Swift.
            let ty = match ty.strip_prefix('[').and_then(|it| it.split_once(']')) {
                Some((inner, _)) => format!("{inner}[]"),
                None => ty.to_owned(),
            };
            field(&format!("{name}: {ty}"), note, at, out);
            if let Some(it) = out.get_mut(n_before) {
                it.span = Span::new(at + start, at + start + name.len());
            }
        }
        return;
    }
    let (raw, rest) = match text.split_once([':', ' ', '\t']) {
        Some((raw, rest)) => (raw, rest.trim_start_matches([':', ' ', '\t'])),
        None => (text, ""),
    };
    if text.contains('(') && text.find('(') < text.find([':', ' ']) {
        return; // a method
    }
    let quoted = raw.trim_start_matches(['"', '\'', '`', '+', '-']);
    let at = at + (raw.len() - quoted.len());
    let name = quoted.trim_end_matches(['"', '\'', '`', '?', '!']);
    if !is_name(name)
        || matches!(name, "return" | "const" | "let" | "fun" | "def" | "func" | "constructor")
    {
        return;
    }
    // `String name;` puts the type first.
    let second = rest.split_whitespace().next().unwrap_or_default().trim_end_matches(';');
    let swapped = !text.contains(':')
        && attributes::is_type(name)
        && is_name(second)
        && rest.split_whitespace().nth(1).is_none();
    let (name, at, ty) = if swapped {
        (second, at + text.rfind(second).unwrap_or(0), name)
    } else {
        (name, at, rest)
    };
    let mut it = column(name, Span::new(at, at + name.len()));
    let ty = ty.trim_end_matches([',', ';']).trim();
    if !ty.is_empty() {
        let word = ty.split([' ', '/']).next().unwrap_or(ty).trim_matches(['\'', '"']);
        let is_union = ty.contains('|');
        let word = if word.starts_with('{') { "object" } else { word };
        it.ty = (!is_union).then(|| word.trim_end_matches(['?', '!']).to_lowercase());
        it.values = attributes::values(ty);
        let before = it.nullable;
        attributes::apply(&mut it, &format!("{ty} {note}"));
        it.nullable = it.nullable.or(before);
    }
    if quoted.ends_with('?') || ty.ends_with('?') {
        it.nullable = Some(true);
    }
    out.push(it);
}

fn firestore(code: &str) -> Ddl {
    let mut ddl = Ddl::default();
    let mut current: Option<usize> = None;
    for (at, line) in lines(code, 0) {
        if line.is_empty() {
            continue;
        }
        if let Some(index) = current {
            let columns = document_fields(line, at);
            if !columns.is_empty() {
                ddl.tables[index].columns.extend(columns);
                continue;
            }
        }
        let path = line.trim_start_matches(['│', '├', '└', '─', ' ', '*', '-']);
        let at = at + (line.len() - path.len());
        let mut offset = at;
        let mut parent: Option<String> = None;
        let path = path.split_whitespace().next().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        let is_doc = |it: &str| it.starts_with(['{', ':', '$', '<', '[']);
        for (index, segment) in segments.iter().enumerate() {
            let name = segment.trim_matches(['`', '"']);
            let followed = segments.get(index + 1).is_some_and(|it| is_doc(it));
            if is_name(name) && (followed || (parent.is_some() && index + 1 == segments.len())) {
                let table = names::snake(name);
                current = ddl.tables.iter().position(|it| it.name == table);
                if current.is_none() {
                    current = Some(ddl.tables.len());
                    let mut it = declared(name, offset, Vec::new());
                    it.name.clone_from(&table);
                    ddl.tables.push(it);
                }
                if let Some(parent) = parent.replace(table.clone()) {
                    let key = format!("{}_id", names::singular(&parent));
                    let span = Span::new(offset, offset + name.len());
                    ddl.references.push((table, key, parent, Some("id".to_owned()), span));
                }
            }
            offset += segment.len() + 1;
        }
    }
    ddl
}

/// The fields on a line below the path of a document: `- x, y: number`, `title: string`.
fn document_fields(line: &str, at: usize) -> Vec<ColumnFact> {
    let body = line.trim_start_matches(['│', '├', '└', '─', ' ', '*', '-', '•']);
    let at = at + (line.len() - body.len());
    let end = body.find([':', '(']).unwrap_or(body.len());
    let (head, notes) = body.split_at(end);
    let is_listed = body.len() < line.len();
    if head.contains('/') || !(is_listed || notes.starts_with(':')) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut offset = at;
    for part in head.split(',') {
        let name = part.trim().trim_end_matches('?');
        if !is_name(name) || !name.is_ascii() {
            return Vec::new();
        }
        let start = offset + (part.len() - part.trim_start().len());
        let mut it = column(name, Span::new(start, start + name.len()));
        it.ty = attributes::leading_type(notes);
        attributes::apply(&mut it, notes);
        out.push(it);
        offset += part.len() + 1;
    }
    out
}

/// The keys of a JSON object that stands for one row.
pub(super) fn json_row(code: &str) -> Vec<ColumnFact> {
    let Some(open) = code.find('{') else { return Vec::new() };
    let Some(close) = closing(code, open) else { return Vec::new() };
    let mut out = Vec::new();
    for (at, key, value) in properties(&code[open + 1..close], open + 1) {
        let mut it = column(key, Span::new(at, at + key.len()));
        it.ty = match value.bytes().next() {
            Some(b'"') => Some("text".to_owned()),
            Some(b't' | b'f') => Some("boolean".to_owned()),
            Some(b'[' | b'{') => Some("json".to_owned()),
            Some(b'0'..=b'9' | b'-') => Some("number".to_owned()),
            _ => None,
        };
        out.push(it);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(lang: &str, code: &str, expect: Expect) {
        let notation = detect(lang, code).expect("a notation");
        let ddl = read(notation, code);
        let mut out = format!("{}\n", notation.reader());
        for table in &ddl.tables {
            out += &format!("{}\n", table.name);
            for it in &table.columns {
                assert!(code.get(it.span.range()).is_some(), "{it:?}");
                out += &format!("  {}\n", super::super::render(it));
            }
        }
        for it in &ddl.references {
            out += &format!("{}.{} -> {}.{}\n", it.0, it.1, it.2, it.3.as_deref().unwrap_or("?"));
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn prisma_models() {
        check(
            "prisma",
            "model Post {\n  id String @id @default(cuid())\n  authorId String\n  author User @relation(fields: [authorId], references: [id])\n  state State @default(DRAFT)\n  slug String? @unique\n  @@map(\"blog_posts\")\n}\nmodel User {\n  id String @id\n  posts Post[]\n}\nenum State {\n  DRAFT\n  LIVE\n}",
            expect![[r#"
                prisma
                blog_posts
                  id string pk not null
                  author_id string not null -> users.id
                  state state not null ["DRAFT", "LIVE"]
                  slug string unique null
                users
                  id string pk not null
            "#]],
        );
    }

    #[test]
    fn dbml_tables() {
        check(
            "dbml",
            "Table users {\n  id int [pk]\n  role user_role\n  email varchar [unique, not null]\n}\nTable posts {\n  id int [pk]\n  user_id int [ref: > users.id]\n}\nEnum user_role {\n  admin\n  member\n}\nRef: posts.id < comments.post_id",
            expect![[r#"
                dbml
                users
                  id int pk
                  role user_role ["admin", "member"]
                  email varchar unique not null
                posts
                  id int pk
                  user_id int -> users.id
                comments.post_id -> posts.id
            "#]],
        );
    }

    #[test]
    fn mermaid_entities() {
        check(
            "mermaid",
            "erDiagram\n    USER ||--o{ ORDER : places\n    USER {\n        uuid id PK\n        string email UK\n        text role \"admin | member\"\n    }\n    order_item }o--|| ORDER : in\n",
            expect![[r#"
                mermaid-er
                users
                  id uuid pk
                  email string unique
                  role text ["admin", "member"]
                orders
                order_items
                orders.user_id -> users.id
                order_items.order_id -> orders.id
            "#]],
        );
    }

    #[test]
    fn drizzle_and_convex_and_mongoose() {
        check(
            "ts",
            "export const posts = pgTable('posts', {\n  id: serial('id').primaryKey(),\n  // who\n  authorId: integer('author_id').notNull().references(() => users.id),\n  title: text('title'),\n});",
            expect![[r#"
                drizzle
                posts
                  id serial pk not null
                  author_id integer not null -> users.id
                  title text null
            "#]],
        );
        check(
            "ts",
            "export default defineSchema({\n  messages: defineTable({\n    body: v.string(),\n    user: v.id(\"users\"),\n    kind: v.optional(v.union(v.literal(\"a\"), v.literal(\"b\"))),\n  }).index(\"by_user\", [\"user\"]),\n});",
            expect![[r#"
                convex
                messages
                  body string not null
                  user id not null -> users.?
                  kind union null ["a", "b"]
            "#]],
        );
        check(
            "js",
            "const postSchema = new mongoose.Schema({\n  title: { type: String, required: true },\n  author: { type: mongoose.Schema.Types.ObjectId, ref: 'User' },\n  tags: [String],\n});",
            expect![[r#"
                mongoose
                posts
                  title string not null
                  author objectid -> users.? ["type: mongoose.Schema.Types.ObjectId", "ref: 'User"]
                  tags string
            "#]],
        );
    }

    #[test]
    fn classes() {
        check(
            "ts",
            "@Entity('orders')\nexport class Order {\n  @PrimaryGeneratedColumn('uuid')\n  id: string;\n\n  @ManyToOne(() => User, (user) => user.orders)\n  customer: User;\n\n  @Column({ unique: true }) code: string;\n\n  @OneToMany(() => Item, (item) => item.order)\n  items: Item[];\n}",
            expect![[r#"
                entity-class
                orders
                  id string pk
                  customer_id user -> users.?
                  code string unique
            "#]],
        );
        check(
            "python",
            "class Role(str, Enum):\n    ADMIN = \"admin\"\n    USER = \"user\"\n\nclass User(Base):\n    __tablename__ = \"users\"\n    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)\n    role: Mapped[Role] = mapped_column(default=Role.USER)\n    team_id: Mapped[int | None] = mapped_column(ForeignKey(\"teams.id\"))\n    posts = relationship(\"Post\")\n",
            expect![[r#"
                python-model
                users
                  id uuid.uuid pk
                  role role ["admin", "user"]
                  team_id int null -> teams.id
            "#]],
        );
        check(
            "python",
            "class Post(models.Model):\n    author = models.ForeignKey(User, on_delete=models.CASCADE)\n    title = models.CharField(max_length=200)\n",
            expect![[r#"
                python-model
                posts
                  author_id foreignkey -> users.?
                  title charfield
            "#]],
        );
    }

    #[test]
    fn members_of_classes() {
        check(
            "csharp",
            "// Core\npublic class TaskItem : BaseEntity\n{\n    public const int Max = 3;\n    public int Id { get; set; }\n    public required string Title { get; set; } = \"\";\n    public DateTime? DueDate { get; set; }\n    public int OwnerId { get; set; }\n    public User Owner { get; set; }\n    public ICollection<User> Watchers { get; set; } = new List<User>();\n    public bool IsLate() { return false; }\n}\n\npublic sealed class User\n{\n    public Guid Id { get; init; }\n    public string Email { get; set; }\n}",
            expect![[r#"
                type-block
                task_items
                  id int
                  title string
                  due_date datetime null
                  owner_id int
                users
                  id guid
                  email string
            "#]],
        );
        check(
            "java",
            "public class Order {\n  private static final long serialVersionUID = 1L;\n  private Long id;\n  private final BigDecimal total;\n  private List<String> tags;\n  public Long getId() { return id; }\n}",
            expect![[r#"
                type-block
                orders
                  id long
                  total bigdecimal
                  tags list<string>
            "#]],
        );
        check(
            "swift",
            "struct Habit: Codable {\n  let id: UUID\n  var name: String\n  var completedDates: [Date] = []\n  private var note: String?\n}",
            expect![[r#"
                type-block
                habits
                  id uuid
                  name string
                  completed_dates date[]
                  note string null
            "#]],
        );
        check(
            "",
            "Page {\n  id\n  public boolean\n  title text\n}",
            expect![[r#"
            type-block
            pages
              id
              public boolean
              title text
        "#]],
        );
    }

    #[test]
    fn blocks_of_fields() {
        check(
            "typescript",
            "interface Order {\n  id: string;\n  customerId: string; // FK -> customers.id\n  status: 'open' | 'paid';\n  note?: string;\n}\n\nUser {\n  id, email, created_at\n}",
            expect![[r#"
                type-block
                orders
                  id string
                  customer_id string -> customers.id
                  status ["open", "paid"]
                  note string null
                users
                  id
                  email
                  created_at
            "#]],
        );
        check(
            "",
            "/users/{userId}/orders/{orderId}\n/products/{productId}",
            expect![[r#"
            firestore-path
            users
            orders
            products
            orders.user_id -> users.id
        "#]],
        );
    }

    proptest! {
        #[test]
        fn hostile_code_is_no_crash(code in "(model |Table |erDiagram\n|class |interface |A|b_c|\\{|\\}|\\(|\\)|:|,|;|\"|'|@Entity |@Column\\(|= Column\\(|defineTable\\(|Schema\\(\\{|\n|é| |/|\\[|\\]|\\|){0,60}") {
            for lang in ["", "prisma", "dbml", "json"] {
                let Some(notation) = detect(lang, &code) else { continue };
                for table in read(notation, &code).tables {
                    prop_assert!(code.get(table.span.range()).is_some());
                    for it in table.columns {
                        prop_assert!(code.get(it.span.range()).is_some());
                    }
                }
                json_row(&code);
            }
        }
    }
}
