use super::{SETTINGS, Scope, Setting};
use serde_json::{Map, Value, json};

/// The JSON schema of `specwright.toml`, for editors that complete TOML.
#[must_use]
pub fn schema() -> Value {
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Specwright settings",
        "type": "object",
        "properties": {},
        "additionalProperties": false,
    });
    for setting in SETTINGS {
        let mut at = &mut root;
        let (parents, name) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
        for parent in parents.split('.').filter(|it| !it.is_empty()) {
            at = &mut at["properties"][parent];
            if at.is_null() {
                *at = json!({ "type": "object", "properties": {}, "additionalProperties": false });
            }
        }
        at["properties"][name] = property(setting);
    }
    root
}

/// What VS Code's `contributes.configuration.properties` holds.
#[must_use]
pub fn editor_properties() -> Map<String, Value> {
    let offered = SETTINGS.iter().filter(|it| it.scope != Scope::OwnFile);
    let entries = offered.map(|it| {
        let mut property = property(it);
        let docs = property["description"].take();
        property["markdownDescription"] = docs;
        property.as_object_mut().expect("a schema is an object").remove("description");
        property.as_object_mut().expect("a schema is an object").remove("x-scope");
        // What only the user chooses is never read from a workspace's own settings.
        let scope = if it.scope == Scope::User { "machine" } else { "resource" };
        property["scope"] = json!(scope);
        (vscode_key(it), property)
    });
    entries.collect()
}

/// `specwright.inlayHints.enable`
#[must_use]
pub fn vscode_key(setting: &Setting) -> String {
    let mut out = String::from("specwright.");
    let mut raise = false;
    for it in setting.key.chars() {
        if it == '-' {
            raise = true;
        } else {
            out.push(if raise { it.to_ascii_uppercase() } else { it });
            raise = false;
        }
    }
    out
}

/// The reference page, `docs/settings.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Settings\n\n\
         Specwright reads three layers; later ones win, setting by setting:\n\n\
         1. your own file: `specwright/specwright.toml` in `$XDG_CONFIG_HOME` (`~/.config`; on macOS \
         `~/Library/Application Support`, on Windows `%APPDATA%`),\n\
         2. `specwright.toml` at the workspace's root,\n\
         3. the editor's settings, under `specwright` and in camel case: `specwright.inlayHints.enable`.\n\n\
         A repository's own file may set what is marked *repository* below and nothing else.\n\
         [settings.schema.json](settings.schema.json) is the JSON schema of the file.\n",
    );
    for setting in SETTINGS {
        let scope = match setting.scope {
            Scope::Repository => "repository, user, editor",
            Scope::User => "user, editor",
            Scope::OwnFile => "user",
        };
        let kind = (setting.schema)();
        let kind = match kind["enum"].as_array() {
            Some(words) => words.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "),
            None => kind["type"].as_str().unwrap_or_default().to_owned(),
        };
        let default = (setting.default)();
        out += &format!(
            "\n## `{}`\n\n{}\n\n| type | default | set by |\n| --- | --- | --- |\n| {kind} | `{default}` | {scope} |\n",
            setting.key,
            docs(setting),
        );
    }
    out
}

fn property(setting: &Setting) -> Value {
    let mut property = (setting.schema)();
    property["description"] = json!(docs(setting));
    property["default"] = (setting.default)();
    let scope = if setting.scope == Scope::Repository { "repository" } else { "user" };
    property["x-scope"] = json!(scope);
    property
}

/// Doc comments carry one blank before each line.
fn docs(setting: &Setting) -> String {
    let lines = setting.docs.lines().map(|it| it.strip_prefix(' ').unwrap_or(it));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_key_is_in_camel_case() {
        let keys: Vec<String> = SETTINGS.iter().map(vscode_key).collect();
        assert!(keys.contains(&"specwright.diagnostics.closedFiles".to_owned()), "{keys:?}");
    }

    #[test]
    fn the_schema_nests_what_the_keys_nest() {
        let schema = schema();
        let at = &schema["properties"]["inlay-hints"]["properties"]["enable"];
        assert_eq!(at["default"], json!(true));
    }
}
