//! Real editors and independent clients drive the real binary on the example PRD.
//!
//! What each of them sees is checked by a script of its own in `tests/editors` or `tests/clients`,
//! which prints `ok` and `FAIL` lines and exits accordingly. A client that is not installed is
//! skipped with a printed line; `scripts/setup-editors` installs them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tests::{binary, external};

/// Far above what any of them takes (12 s), because machines of a test farm are shared.
const LIMIT: Duration = Duration::from_secs(180);

/// Runs `program arguments…` in a workspace that holds the example as `PRD.md`.
fn check(program: &Path, arguments: &[&OsStr], variables: &[(&str, &OsStr)]) {
    let folder = tempfile::tempdir().unwrap();
    // Editors resolve links; a path that is one would not be found among the answers.
    let folder = folder.path().canonicalize().unwrap();
    let workspace = folder.join("work");
    std::fs::create_dir_all(&workspace).unwrap();
    std::fs::copy(binary::root().join("docs/examples/PRD.md"), workspace.join("PRD.md")).unwrap();
    std::fs::write(workspace.join("specwright.toml"), "").unwrap();
    let mut command = external::command(program, &folder, variables);
    command.current_dir(&workspace).env("SPECWRIGHT_WORKSPACE", &workspace).args(arguments);
    command.env("SPECWRIGHT_BIN", binary::specwright());
    let outcome = external::run(command, LIMIT);
    assert!(outcome.success, "{} failed:\n{}", program.display(), outcome.output);
    let ran = ["ok ", " passed"].iter().any(|it| outcome.output.contains(it));
    assert!(ran, "no check ran:\n{}", outcome.output);
}

/// A script of the tests, or a file of an extension.
fn file(path: &str) -> PathBuf {
    let file = binary::root().join(path);
    assert!(file.exists(), "{path} is gone");
    file
}

fn neovim() -> Option<PathBuf> {
    let found = external::find("nvim", &[external::tools().join("python/bin/nvim")])?;
    let mut command = external::command(&found, Path::new("/"), &[]);
    command.args(["--clean", "--headless", "-c", "exe has('nvim-0.11') ? 'q' : 'cq'"]);
    external::run(command, LIMIT).success.then_some(found)
}

#[test]
fn neovim_sees_and_mends_the_example() {
    let Some(neovim) = neovim() else {
        return external::skip("Neovim 0.11", "scripts/setup-editors neovim");
    };
    let extension = format!("set runtimepath^={}", file("extensions/neovim").display());
    // After the start, as in life: until then `vim.lsp.enable` attaches to nothing that is open.
    let script = file("tests/editors/neovim.lua");
    let script = format!("autocmd VimEnter * ++nested luafile {}", script.display());
    let parsers = tempfile::tempdir().unwrap();
    let has_grammar = build_column_grammar(parsers.path());
    let parsers = format!("set runtimepath^={}", parsers.path().display());
    let arguments = ["--clean", "--headless", "-i", "NONE", "--cmd", &extension, "--cmd", &script];
    let arguments = arguments.into_iter().chain(["--cmd", &parsers]).map(OsStr::new);
    let variables: &[(&str, &OsStr)] =
        if has_grammar { &[("SPECWRIGHT_GRAMMAR", OsStr::new("1"))] } else { &[] };
    check(&neovim, &arguments.collect::<Vec<_>>(), variables);
}

/// Builds the grammar of columns as the extension's page says; `false` without a compiler.
fn build_column_grammar(folder: &Path) -> bool {
    let Some(cc) = external::find("cc", &[]) else {
        external::skip("the grammar of columns in Neovim", "a C compiler");
        return false;
    };
    let source = file("grammars/column/src");
    std::fs::create_dir(folder.join("parser")).unwrap();
    let mut command = external::command(&cc, folder, &[]);
    command.args(["-O1", "-shared", "-fPIC", "-I"]).arg(&source);
    command.arg("-o").arg(folder.join("parser/column.so")).arg(source.join("parser.c"));
    let outcome = external::run(command, LIMIT);
    assert!(outcome.success, "the grammar does not compile:\n{}", outcome.output);
    true
}

/// Runs one script in Emacs, when Emacs and `packages` are there.
fn emacs(script: &str, packages: &[&str]) {
    let how = "scripts/setup-editors emacs";
    let Some(emacs) = external::find("emacs", &[]) else {
        return external::skip("Emacs", how);
    };
    let script = file(script);
    let library = file("extensions/emacs/specwright.el");
    // Debian keeps packages where `-Q` does not look; elsewhere they are Emacs' own.
    let init = "(dolist (d (append (file-expand-wildcards \"/usr/share/emacs/site-lisp/elpa-src/*\") \
                nil)) (add-to-list 'load-path d))";
    for package in packages {
        let probe = format!("(kill-emacs (if (locate-library \"{package}\") 0 1))");
        let mut command = external::command(&emacs, Path::new("/"), &[]);
        command.args(["-Q", "--batch", "--eval", init, "--eval", &probe]);
        if !external::run(command, LIMIT).success {
            return external::skip(&format!("Emacs package {package}"), how);
        }
    }
    let arguments: [&OsStr; 8] = [
        "-Q".as_ref(),
        "--batch".as_ref(),
        "--eval".as_ref(),
        init.as_ref(),
        "-l".as_ref(),
        library.as_ref(),
        "-l".as_ref(),
        script.as_ref(),
    ];
    check(&emacs, &arguments, &[]);
}

#[test]
fn eglot_sees_and_mends_the_example() {
    emacs("tests/editors/eglot.el", &["eglot", "markdown-mode"]);
}

#[test]
fn lsp_mode_sees_and_mends_the_example() {
    emacs("tests/editors/lsp-mode.el", &["lsp-mode", "markdown-mode"]);
}

#[test]
fn pytest_lsp_finds_no_violation_of_the_specification() {
    let python = external::tools().join("python/bin/python");
    if !external::tools().join("python/bin/pytest").is_file() {
        return external::skip("pytest-lsp", "scripts/setup-editors neovim");
    }
    let tests = file("tests/clients/test_presets.py");
    let arguments = [
        OsStr::new("-m"),
        "pytest".as_ref(),
        "-q".as_ref(),
        "-rA".as_ref(),
        "-p".as_ref(),
        "no:cacheprovider".as_ref(),
        "-W".as_ref(),
        "error::pytest_lsp.checks.LspSpecificationWarning".as_ref(),
        tests.as_ref(),
    ];
    check(&python, &arguments, &[("PYTHONDONTWRITEBYTECODE", "1".as_ref())]);
}

#[test]
fn the_protocol_library_of_microsoft_agrees() {
    let modules = external::tools().join("node/node_modules");
    let Some(node) = external::find("node", &[]) else {
        return external::skip("Node", "your package manager");
    };
    if !modules.join("vscode-languageserver-protocol").is_dir() {
        return external::skip("vscode-languageserver-protocol", "scripts/setup-editors node");
    }
    let script = file("tests/clients/protocol.cjs");
    check(&node, &[script.as_ref()], &[("NODE_PATH", modules.as_ref())]);
}
