//! `schema.format`: the layout of migration specs, as edits.

use super::{CommandCx, CommandError, FileEdit, TextPatch, schema};
use model::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lays migration specs out in the one way.
    ///
    /// Indents, blanks and the case of keywords change; what a spec says, its comments and its order
    /// do not. A text that is no YAML stays as it is. A spec that is applied already counts as edited
    /// when it is laid out anew: name those that are not.
    pub(super) static COMMAND = {
        name: "schema.format",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Migration specs, one or more.
    #[schemars(extend("x-positional" = "FILE"))]
    pub files: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// What to change, for each file that is laid out otherwise; the front applies it.
    pub edits: Vec<FileEdit>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When no file is named, or one cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut texts = Vec::new();
    for file in &input.files {
        texts.push((super::resolve(&cx.cwd, file)?.to_string(), schema::read_text(cx, file)?));
    }
    if input.files.is_empty() {
        let error = CommandError::user("format nothing: no file is named");
        return Err(error.hint("name the migration specs that are not applied yet"));
    }
    let edits = texts.into_iter().filter_map(|(path, text)| {
        let new = migrate::language::format(&text);
        let whole = Span { start: 0, end: u32::try_from(text.len()).ok()? };
        (new != text).then(|| FileEdit { path, edits: vec![TextPatch::new(whole, new)] })
    });
    Ok(Output { edits: edits.collect() })
}

#[cfg(test)]
mod tests {
    use super::{Input, run};
    use crate::commands::{CommandCx, apply_patches};
    use model::AbsPath;
    use std::path::Path;
    use std::sync::Arc;
    use system::TestSystem;

    /// The text of a spec after its edits; the error where there is no such file.
    fn check(text: &str, file: &str) -> Result<String, String> {
        let folder = AbsPath::new(Path::new("/w")).expect("it is absolute");
        let system = TestSystem::new();
        system.set_file(&AbsPath::new(Path::new("/w/a.yaml")).expect("a path"), text.as_bytes());
        let workspace = crate::Workspace::with_system(Arc::default(), Arc::new(TestSystem::new()));
        let cx = CommandCx {
            system: &system,
            cwd: folder,
            root: None,
            settings: Arc::default(),
            snapshot: workspace.snapshot(),
            client: "test".to_owned(),
            problems: Vec::new(),
            progress: &|_, _| true,
        };
        let output = run(&cx, &Input { files: vec![file.to_owned()] });
        let edits = output.map_err(|it| it.to_string())?.edits;
        Ok(edits.first().map_or("as it was".to_owned(), |it| apply_patches(text, &it.edits)))
    }

    #[test]
    fn a_spec_is_laid_out_once() {
        let crooked = "add_table:\n    name:  t\n    columns: [id PK]\n    rls: deny\n";
        let straight = "add_table:\n  name: t\n  columns: [id pk]\n  rls: deny\n";
        assert_eq!(check(crooked, "a.yaml").as_deref(), Ok(straight));
        assert_eq!(check(straight, "a.yaml").as_deref(), Ok("as it was"));
        assert!(check("", "b.yaml").is_err_and(|it| it.contains("read `b.yaml`")));
    }
}
