//! Tells Zed how to start the Specwright language server.
//!
//! The binary is the one of the user's settings, else the one on `PATH` of the worktree's shell.
//! Nothing is downloaded.

use zed_extension_api::{
    self as zed, LanguageServerId, Result, Worktree, serde_json::Value, settings::LspSettings,
};

struct Specwright;

impl zed::Extension for Specwright {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree)?.binary;
        let (path, arguments) = binary.map_or((None, None), |it| (it.path, it.arguments));
        let command = path.or_else(|| worktree.which("specwright")).ok_or(
            "specwright is not on PATH: install it with `cargo install --path server/cli`, \
             or set lsp.specwright.binary.path in the settings",
        )?;
        Ok(zed::Command {
            command,
            args: arguments.unwrap_or_else(|| vec!["lsp".to_owned()]),
            env: worktree.shell_env(),
        })
    }

    fn language_server_initialization_options(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        Ok(LspSettings::for_worktree(id.as_ref(), worktree)?.initialization_options)
    }

    fn language_server_workspace_configuration(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        Ok(LspSettings::for_worktree(id.as_ref(), worktree)?.settings)
    }
}

zed::register_extension!(Specwright);
