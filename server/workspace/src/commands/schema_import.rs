//! `schema.import`: a migration spec from a database or a dump of one.

use super::schema::{self, DialectWord};
use super::{CommandCx, CommandError, FileEdit, TextPatch, schema_postgres, store};
use migrate::import::Imported;
use migrate::language::{Operation, OperationKind, write};
use model::{AbsPath, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Writes a migration spec of what a database holds.
    ///
    /// A table comes over exactly or not at all: planning right after is empty. What stays outside of
    /// the spec is listed with the reason. Every table starts with `rls: deny`; nothing is opened by
    /// an import. The spec is a new file; one that is there is never overwritten. The database is
    /// only read.
    pub(super) static COMMAND = {
        name: "schema.import",
        effect: Write,
        gate: None,
        run: run,
    }
}

const OUT: &str = "forge/migrations/0001_import.yaml";

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// SQLite file, SQL file (a dump without rows is enough), or the URL of a PostgreSQL database.
    pub from: String,
    /// `sqlite` or `postgres`; told by `from` when left out, where a SQL file is taken for SQLite's
    /// unless it says that it is a dump of PostgreSQL.
    #[serde(default)]
    pub dialect: Option<DialectWord>,
    /// The new file; `forge/migrations/0001_import.yaml` of the workspace folder when left out.
    #[serde(default)]
    pub out: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// The new file.
    pub path: String,
    /// How many tables the spec has.
    pub n_tables: usize,
    /// What the database has and the spec has not.
    pub left_out: Vec<LeftOutData>,
    /// The new file as an edit, which the front applies; none when no table came over.
    pub edits: Vec<FileEdit>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LeftOutData {
    pub name: String,
    /// A fragment to follow the name: "is a view".
    pub why: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the database or dump cannot be read, or the new file is there already.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let out = match &input.out {
        Some(path) => super::resolve(&cx.cwd, path)?,
        None => store::below(store::root(cx)?, OUT),
    };
    if cx.system.exists(&out) {
        let error = CommandError::user(format!("import to `{out}`: there is such a file"));
        return Err(error.hint("name a new file with `out`; an import never overwrites one"));
    }
    let imported = import(cx, input, &migration_name(&out)?)?;
    let text = write(&imported.operations);
    let edit = FileEdit {
        path: out.to_string(),
        edits: vec![TextPatch::new(Span { start: 0, end: 0 }, text)],
    };
    let is_table = |it: &&Operation| matches!(it.kind, OperationKind::AddTable(_));
    let n_tables = imported.operations.iter().filter(is_table).count();
    let left_out = imported.left_out.into_iter();
    Ok(Output {
        path: out.to_string(),
        n_tables,
        left_out: left_out.map(|it| LeftOutData { name: it.name, why: it.why }).collect(),
        edits: if n_tables == 0 { Vec::new() } else { vec![edit] },
    })
}

fn migration_name(out: &AbsPath) -> Result<String, CommandError> {
    let path = out.as_path();
    let is_yaml = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
    let name = path.file_stem().and_then(|it| it.to_str()).filter(|_| is_yaml);
    name.map(str::to_owned).ok_or_else(|| {
        CommandError::user(format!("import to `{out}`: a migration spec ends in `.yaml`"))
            .hint("name it as `forge/migrations/0001_import.yaml`")
    })
}

fn import(cx: &CommandCx<'_>, input: &Input, migration: &str) -> Result<Imported, CommandError> {
    match dialect(cx, input)? {
        DialectWord::Sqlite => {
            let catalog = schema::sqlite_schema(cx, sqlite_path(&input.from))?;
            Ok(migrate::import::sqlite::import(&catalog, migration))
        }
        DialectWord::Postgres => schema_postgres::import(cx, &input.from, migration),
    }
}

fn sqlite_path(from: &str) -> &str {
    let path = from.strip_prefix("sqlite:").unwrap_or(from);
    path.strip_prefix("//").unwrap_or(path)
}

/// Which engine `from` is of.
fn dialect(cx: &CommandCx<'_>, input: &Input) -> Result<DialectWord, CommandError> {
    if let Some(dialect) = input.dialect {
        return Ok(dialect);
    }
    if schema_postgres::is_url(&input.from) {
        return Ok(DialectWord::Postgres);
    }
    let path = sqlite_path(&input.from);
    if migrate::sqlite::is_database_file(super::resolve(&cx.cwd, path)?.as_path()) {
        return Ok(DialectWord::Sqlite);
    }
    let text = schema::read_text(cx, path)?;
    let is_of_postgres = text.lines().take(20).any(|it| it.contains("PostgreSQL database dump"));
    Ok(if is_of_postgres { DialectWord::Postgres } else { DialectWord::Sqlite })
}

#[cfg(test)]
mod tests {
    use super::{Input, run};
    use crate::commands::{CommandCx, apply_patches};
    use migrate::language::{File, read, replay};
    use migrate::plan::Dialect;
    use migrate::schema::Schema;
    use migrate::sqlite::{Capabilities, catalog_of_sql, plan};
    use model::AbsPath;
    use std::path::Path;
    use std::sync::Arc;
    use system::{System as _, TestSystem};

    fn path(text: &str) -> AbsPath {
        AbsPath::new(Path::new(text)).expect("it is absolute")
    }

    /// Imports `dump` with `/w/taken.yaml` in the way: the text of the spec and what is left out, or
    /// the error.
    fn check(dump: &str, out: Option<&str>) -> Result<(String, Vec<String>), String> {
        let system = TestSystem::new();
        system.set_file(&path("/w/dump.sql"), dump.as_bytes());
        system.set_file(&path("/w/taken.yaml"), b"");
        let workspace = crate::Workspace::with_system(Arc::default(), Arc::new(TestSystem::new()));
        let cx = CommandCx {
            system: &system,
            cwd: path("/w"),
            root: Some(path("/w")),
            settings: Arc::default(),
            snapshot: workspace.snapshot(),
            client: "test".to_owned(),
            problems: Vec::new(),
            progress: &|_, _| true,
        };
        let input = Input { from: "dump.sql".into(), dialect: None, out: out.map(str::to_owned) };
        let output = run(&cx, &input).map_err(|it| it.to_string())?;
        assert!(!system.exists(&path(&output.path)), "the front writes");
        let text = output.edits.first().map(|it| apply_patches("", &it.edits));
        let left_out = output.left_out.iter().map(|it| format!("{} {}", it.name, it.why));
        Ok((text.unwrap_or_default(), left_out.collect()))
    }

    #[test]
    fn planning_right_after_an_import_is_empty() {
        let dump = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n\
            CREATE TABLE a (id INTEGER PRIMARY KEY, n VARCHAR(9) NOT NULL);\n\
            INSERT INTO a VALUES(1,'x');\n\
            CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INT REFERENCES a(id));\nCOMMIT;\n";
        let (text, left_out) = check(dump, None).expect("it is a dump");
        assert_eq!(left_out, Vec::<String>::new());
        let read = read(&[File { name: "0001_import", text: &text }]);
        assert_eq!(read.diagnostics, [], "{text}");
        let replayed = replay(&Schema::default(), &read.operations);
        let sql = migrate::render::schema(&replayed.schema, Dialect::Sqlite).sql();
        let (from, to) = (catalog_of_sql(dump), catalog_of_sql(&sql));
        let (from, to) = (from.expect("it is SQL"), to.expect("it is SQL"));
        let plan = plan(&from, &to, &replayed.renames, Capabilities::PORTABLE);
        assert_eq!((from.tables.len(), plan.expect("it can be planned").steps), (2, vec![]));
    }

    #[test]
    fn what_stays_outside_is_named_and_nothing_is_overwritten() {
        let dump = "CREATE TABLE a (x); CREATE VIEW v AS SELECT 1;";
        let (text, left_out) = check(dump, None).expect("it is a dump");
        assert_eq!((text.as_str(), left_out.len()), ("", 2), "{left_out:?}");
        for out in ["taken.yaml", "new.txt"] {
            let error = check(dump, Some(out)).expect_err("it cannot be written");
            assert!(error.contains(out), "{error}");
        }
        let error = check("CREATE TABLE a (", None).expect_err("it is no SQL");
        assert!(error.contains("read the schema `dump.sql`"), "{error}");
    }
}
