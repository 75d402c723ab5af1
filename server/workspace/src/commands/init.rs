//! `workspace.init`: settings file and catalog.

use super::{CommandCx, CommandError, ErrorKind, record, store};
use crate::settings::FILE_NAME;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Creates `specwright.toml` and the catalog, and records what the specs imply.
    ///
    /// What exists is kept. The catalog lies in `.specwright`, which git ignores.
    pub(super) static COMMAND = {
        name: "workspace.init",
        alias: "init",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Files that were made.
    pub created: Vec<String>,
    /// Files that were there.
    pub kept: Vec<String>,
    pub n_specs: usize,
}

const TEMPLATE: &str = "\
# Settings of Specwright: https://specwright.dev/settings
# `specwright explain RULE` tells what a rule refuses.

[specs]
# Further places of specs, in the syntax of .gitignore.
include = []
exclude = []

[rules]
# \"off\", \"on\", \"hint\", \"info\", \"warning\" or \"error\"; a group (backend, structure, ears, smell)
# sets all of its rules.
# smell = \"on\"
";

/// Runs the command on typed data.
///
/// # Errors
/// When the folder cannot be written, or its catalog is refused.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let root = store::root(cx)?;
    let settings = store::below(root, FILE_NAME);
    let (mut created, mut kept) = (Vec::new(), Vec::new());
    let had_catalog = cx.system.exists(&store::path(root));
    // The catalog first: when it is refused, nothing was written.
    let recorded = record::run(cx, &record::Input {})?;
    if cx.system.exists(&settings) {
        kept.push(FILE_NAME.to_owned());
    } else {
        cx.system.write_atomic(&settings, TEMPLATE.as_bytes()).map_err(|error| {
            CommandError::new(ErrorKind::User, format!("write `{settings}`: {error}"))
                .hint("check the permissions of the workspace folder")
        })?;
        created.push(FILE_NAME.to_owned());
    }
    let catalog = format!("{}/{}", store::FOLDER, catalog::FILE_NAME);
    if had_catalog {
        kept.push(catalog);
    } else {
        created.push(catalog);
    }
    Ok(Output { created, kept, n_specs: recorded.n_specs })
}

#[cfg(test)]
mod tests {
    use crate::settings::{Settings, Sources};

    #[test]
    fn the_new_settings_file_is_read_without_a_problem() {
        let sources = Sources { workspace: Some(super::TEMPLATE), ..Sources::default() };
        let (settings, problems) = Settings::read(sources);
        assert_eq!((settings, problems), (Settings::default(), vec![]));
    }
}
