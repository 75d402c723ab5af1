//! The files of `extensions/` agree with the server and with the formats of their editors.

use serde_json::{Value, json};
use tests::binary::root;

fn read(path: &str) -> String {
    let file = root().join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("read {path}: {error}"))
}

fn read_json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("parse {path}: {error}"))
}

/// The settings page of VS Code is the server's declaration, beside those of the client itself.
/// `UPDATE_EXPECT=1` rewrites it.
#[test]
fn settings_of_vs_code_are_those_of_the_server() {
    let path = "extensions/vscode/package.json";
    let mut package = read_json(path);
    let sections = package["contributes"]["configuration"].as_array_mut().unwrap();
    let expected = json!({
        "title": "Specwright",
        "order": 2,
        "properties": workspace::settings::editor_properties(),
    });
    let at = sections.iter().position(|it| it["title"] == "Specwright");
    if at.is_some_and(|it| sections[it] == expected) {
        return;
    }
    assert!(
        std::env::var("UPDATE_EXPECT").is_ok(),
        "the settings in {path} are not the server's: run the tests with UPDATE_EXPECT=1"
    );
    match at {
        Some(at) => sections[at] = expected,
        None => sections.push(expected),
    }
    let text = serde_json::to_string_pretty(&package).unwrap() + "\n";
    std::fs::write(root().join(path), text).unwrap();
}

/// VS Code ignores the second declaration of a setting, with a message in a log that nobody reads.
#[test]
fn no_setting_of_vs_code_is_declared_twice() {
    let package = read_json("extensions/vscode/package.json");
    let sections = package["contributes"]["configuration"].as_array().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for name in sections.iter().flat_map(|it| it["properties"].as_object().unwrap().keys()) {
        assert!(seen.insert(name), "`{name}` is declared twice");
    }
}

/// Every command that VS Code lists is implemented, and every one that a walkthrough step or the
/// status item links to is listed.
#[test]
fn commands_of_vs_code_exist() {
    let package = read_json("extensions/vscode/package.json");
    let listed: Vec<&str> = package["contributes"]["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["command"].as_str().unwrap())
        .collect();
    let own = read("extensions/vscode/src/extension.ts");
    let servers = read("server/lsp/src/handlers/execute_command.rs");
    for command in &listed {
        let exists = own.contains(&format!("\"{command}\":"))
            || servers.contains(&format!("\"{command}\";"))
            || workspace::commands::COMMANDS.iter().any(|it| it.lsp_name() == *command);
        assert!(exists, "`{command}` is not implemented");
    }
    let links = package.to_string();
    let linked = links.split("command:specwright.").skip(1);
    let status = read("extensions/vscode/src/status.ts");
    for link in linked.chain(status.split("[\"specwright.").skip(1)) {
        let end = link.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(link.len());
        let command = format!("specwright.{}", &link[..end]);
        assert!(listed.contains(&command.as_str()), "`{command}` is not listed");
    }
}

#[test]
fn files_that_the_vs_code_extension_names_exist() {
    let package = read_json("extensions/vscode/package.json");
    let contributes = &package["contributes"];
    let grammars = contributes["grammars"].as_array().unwrap().iter().map(|it| &it["path"]);
    let steps = contributes["walkthroughs"][0]["steps"].as_array().unwrap();
    for path in grammars.chain(steps.iter().map(|it| &it["media"]["markdown"])) {
        let path = path.as_str().unwrap();
        let text = read(&format!("extensions/vscode/{path}"));
        assert!(!text.is_empty(), "{path} is empty");
    }
}

#[test]
fn queries_of_neovim_are_those_that_all_share() {
    let own = |it: &str| read(&format!("extensions/neovim/queries/{it}"));
    assert_eq!(own("column/highlights.scm"), read("queries/column/highlights.scm"));
    // Neovim joins it with the queries that the YAML parser comes with.
    let shared = format!("; extends\n\n{}", read("queries/yaml/injections.scm"));
    assert_eq!(own("yaml/injections.scm"), shared);
}

#[test]
fn helix_reads_the_configuration() {
    let configuration: toml::Table = read("extensions/helix/languages.toml").parse().unwrap();
    let server = &configuration["language-server"]["specwright"];
    assert_eq!(server["command"].as_str(), Some("specwright"));
    assert_eq!(server["args"][0].as_str(), Some("lsp"));
    let language = &configuration["language"][0];
    let servers = language["language-servers"].as_array().unwrap();
    assert!(servers.iter().any(|it| it.as_str() == Some("specwright")));
}

/// The keys that LSP4IJ reads from a template folder.
#[test]
fn the_jetbrains_template_has_the_shape_of_lsp4ij() {
    let template = read_json("extensions/jetbrains/specwright/template.json");
    assert_eq!(template["id"], "specwright");
    for platform in ["default", "windows"] {
        let arguments = template["programArgs"][platform].as_str().unwrap();
        assert!(arguments.ends_with(" lsp"), "{arguments}");
    }
    for mapping in template["fileTypeMappings"].as_array().unwrap() {
        assert!(mapping["fileType"]["patterns"].is_array(), "{mapping}");
        assert!(mapping["languageId"].is_string(), "{mapping}");
    }
    for name in ["settings", "initializationOptions", "clientSettings"] {
        assert!(read_json(&format!("extensions/jetbrains/specwright/{name}.json")).is_object());
    }
}

/// The version is one for all: a bug report names it once.
#[test]
fn extensions_carry_the_version_of_the_server() {
    let version = env!("CARGO_PKG_VERSION");
    let package = read_json("extensions/vscode/package.json");
    assert_eq!(package["version"], version);
    let lock = read_json("extensions/vscode/package-lock.json");
    assert_eq!(lock["version"], version);
    for path in ["extensions/zed/extension.toml", "extensions/zed/Cargo.toml"] {
        assert!(read(path).contains(&format!("version = \"{version}\"")), "{path}");
    }
    assert!(read("extensions/emacs/specwright.el").contains(&format!(";; Version: {version}\n")));
}
