//! Who is measured, on what.

use std::path::{Path, PathBuf};
use tests::specs;

/// How a server tells diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Push,
    Pull,
}

/// A server and the document it is given.
#[derive(Debug, Clone)]
pub struct Subject {
    pub name: String,
    pub command: Vec<String>,
    pub language: &'static str,
    pub file: &'static str,
    pub text: String,
    /// Where letters are typed: before or in something that the server complains of, so that each
    /// changes what there is to tell.
    pub typed_at: usize,
    pub mode: Mode,
}

/// Marks the place to type at; taken out of the text.
const MARK: char = '\u{1}';

impl Subject {
    fn new(
        name: &str,
        command: &[&str],
        (language, file): (&'static str, &'static str),
        mode: Mode,
        marked: &str,
    ) -> Self {
        Self {
            name: name.to_owned(),
            command: command.iter().map(|it| (*it).to_owned()).collect(),
            language,
            file,
            typed_at: marked.find(MARK).expect("the text has a mark"),
            text: marked.replace(MARK, ""),
            mode,
        }
    }

    /// Our server on a PRD of `bytes` bytes, asked in `mode`.
    pub fn ours(binary: &Path, name: &str, bytes: usize, mode: Mode) -> Self {
        let prd = specs::prd(bytes);
        let middle = prd[..prd.len() / 2].rfind("\n## ").map_or(0, |it| it + 1);
        let (front, back) = prd.split_at(middle);
        let marked = format!("{front}## Prices\n\nThe {MARK} price per seat is TBD.\n\n{back}");
        let binary = binary.display().to_string();
        Self::new(name, &[&binary, "lsp"], ("markdown", "PRD.md"), mode, &marked)
    }
}

/// The peers that are installed, and the names of those that are not.
pub fn peers(folder: &Path, bytes: usize) -> (Vec<Subject>, Vec<&'static str>) {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    let mut add = |name: &'static str, path: &str, subject: &dyn Fn(&str) -> Subject| {
        let path: PathBuf = folder.join(path);
        if path.exists() {
            found.push(subject(&path.display().to_string()));
        } else {
            missing.push(name);
        }
    };
    add("ruff", "python/bin/ruff", &|it| {
        Subject::new("ruff", &[it, "server"], ("python", "a.py"), Mode::Push, &python(bytes))
    });
    add("ruff (pull)", "python/bin/ruff", &|it| {
        Subject::new("ruff (pull)", &[it, "server"], ("python", "a.py"), Mode::Pull, &python(bytes))
    });
    add("squawk", "python/bin/squawk", &|it| {
        Subject::new("squawk (pull)", &[it, "server"], ("sql", "a.sql"), Mode::Pull, &sql(bytes))
    });
    add("tombi", "python/bin/tombi", &|it| {
        Subject::new("tombi (pull)", &[it, "lsp"], ("toml", "a.toml"), Mode::Pull, &toml(bytes))
    });
    add("yaml-language-server", "node/node_modules/.bin/yaml-language-server", &|it| {
        let command = [it, "--stdio"];
        Subject::new("yaml-language-server", &command, ("yaml", "a.yaml"), Mode::Push, &yaml(bytes))
    });
    add("typos-lsp", "cargo/bin/typos-lsp", &|it| {
        Subject::new("typos-lsp", &[it], ("markdown", "a.md"), Mode::Push, &prose(bytes))
    });
    (found, missing)
}

fn python(bytes: usize) -> String {
    let function = |index: usize| {
        format!(
            "def total_{index}(rows, rate):\n    \"\"\"Sums rows at a rate.\"\"\"\n    \
             amount = 0\n    for row in rows:\n        if row.active and row.rate > rate:\n            \
             amount += row.cents * rate\n    return amount\n\n\n"
        )
    };
    around(bytes, function, &format!("print(unknown_{MARK}name)\n\n\n"))
}

fn sql(bytes: usize) -> String {
    let table = |index: usize| {
        format!(
            "create table if not exists t_{index} (\n  id bigint primary key,\n  name text not null,\n  \
             created_at timestamptz not null default now()\n);\n\n"
        )
    };
    around(bytes, table, &format!("alter table t_1 drop column c{MARK}_name;\n\n"))
}

fn toml(bytes: usize) -> String {
    let section = |index: usize| {
        format!(
            "[section-{index}]\ntitle = \"number {index}\"\nports = [8001, 8002, 8003]\n\
             enabled = true\nratio = 0.5\n\n"
        )
    };
    around(bytes, section, &format!("[twice]\nkey = \"a{MARK}\"\nkey = \"b\"\n\n"))
}

fn yaml(bytes: usize) -> String {
    let entry = |index: usize| {
        format!(
            "entry-{index}:\n  title: number {index}\n  ports: [8001, 8002]\n  nested:\n    \
             enabled: true\n    ratio: 0.5\n"
        )
    };
    around(bytes, entry, &format!("twice:\n  key: a{MARK}\n  key: b\n"))
}

fn prose(bytes: usize) -> String {
    let paragraph = |index: usize| {
        format!(
            "## Part {index}\n\nA manager creates an invoice and links it to the customer that it \
             belongs to.\n\n- Everyone can read it.\n- Only its author may change it.\n\n"
        )
    };
    around(bytes, paragraph, &format!("The {MARK} invoice is teh same.\n\n"))
}

/// `bytes` bytes of numbered parts with `marked` in their middle.
fn around(bytes: usize, part: impl Fn(usize) -> String, marked: &str) -> String {
    let mut out = String::with_capacity(bytes + 1024);
    let mut is_marked = false;
    for index in 0.. {
        out.push_str(&part(index));
        if !is_marked && out.len() >= bytes / 2 {
            is_marked = true;
            out.push_str(marked);
        }
        if out.len() >= bytes {
            break;
        }
    }
    out
}
