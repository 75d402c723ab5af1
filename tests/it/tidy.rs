//! What holds for the source tree as a whole: layers, names, and what must not be in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the repository that is text written here, with its path below the root.
fn files() -> Vec<(String, String)> {
    let root = tests::binary::root();
    let mut out = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository").flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let skipped = ["target", "node_modules", ".git", ".venv", "corpus", "out", "grammars"];
            if entry.file_type().is_ok_and(|it| it.is_dir()) {
                if !skipped.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if let Some(text) = text_of(&path) {
                let path = path.strip_prefix(root).expect("it is below").to_string_lossy();
                out.push((path.replace('\\', "/"), text));
            }
        }
    }
    out.sort();
    out
}

fn text_of(path: &Path) -> Option<String> {
    let known =
        ["rs", "toml", "md", "sql", "scm", "json", "yaml", "yml", "ts", "js", "lua", "el", "py"];
    let is_known =
        path.extension().and_then(|it| it.to_str()).is_some_and(|it| known.contains(&it));
    let is_lock =
        path.file_name().is_some_and(|it| it == "Cargo.lock" || it == "package-lock.json");
    (is_known && !is_lock).then(|| fs::read_to_string(path).ok()).flatten()
}

/// The table of `docs/ARCHITECTURE.md`: crate to layer.
fn layers() -> BTreeMap<String, u8> {
    let page = fs::read_to_string(tests::binary::root().join("docs/ARCHITECTURE.md"));
    let page = page.expect("the page is there");
    let mut out = BTreeMap::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let layer = cells.get(1).and_then(|it| it.strip_prefix('L')).and_then(|it| it.parse().ok());
        if let (Some(layer), Some(crates)) = (layer, cells.get(2)) {
            out.extend(crates.split(',').map(|it| (it.trim().trim_matches('`').to_owned(), layer)));
        }
    }
    out
}

#[test]
fn a_crate_uses_strictly_lower_layers_only() {
    let (layers, server) = (layers(), tests::binary::root().join("server"));
    assert!(layers.len() >= 8, "the table was not read: {layers:?}");
    let mut n_crates = 0;
    for folder in fs::read_dir(server).expect("the crates").flatten() {
        let manifest: PathBuf = folder.path().join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        n_crates += 1;
        let name = folder.file_name().to_string_lossy().into_owned();
        let own = layers.get(&name).unwrap_or_else(|| panic!("`{name}` is not in the table"));
        let manifest: toml::Table = text.parse().expect("it is TOML");
        let uses = manifest.get("dependencies").and_then(toml::Value::as_table);
        for used in uses.into_iter().flat_map(toml::Table::keys) {
            if let Some(layer) = layers.get(used) {
                assert!(layer < own, "`{name}` (L{own}) uses `{used}` (L{layer})");
            }
        }
    }
    assert_eq!(n_crates, layers.len(), "the table names crates that do not exist: {layers:?}");
}

#[test]
fn each_shipped_dependency_has_its_reason() {
    let root = tests::binary::root();
    let page = fs::read_to_string(root.join("docs/ARCHITECTURE.md")).expect("the page is there");
    let (_, list) = page.split_once("## What we stand on").expect("the list is there");
    let named: BTreeSet<String> = list
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('|').next())
        .flat_map(|cell| cell.split(',').map(|it| it.trim_matches([' ', '`']).to_owned()))
        .collect();
    let own = layers();
    let mut used = BTreeSet::new();
    for folder in fs::read_dir(root.join("server")).expect("the crates").flatten() {
        let Ok(text) = fs::read_to_string(folder.path().join("Cargo.toml")) else { continue };
        let manifest: toml::Table = text.parse().expect("it is TOML");
        let uses = manifest.get("dependencies").and_then(toml::Value::as_table);
        used.extend(uses.into_iter().flat_map(toml::Table::keys).cloned());
        // Of one platform.
        let targets = manifest.get("target").and_then(toml::Value::as_table);
        for target in targets.into_iter().flat_map(toml::Table::values) {
            let uses = target.get("dependencies").and_then(toml::Value::as_table);
            used.extend(uses.into_iter().flat_map(toml::Table::keys).cloned());
        }
    }
    used.retain(|it| !own.contains_key(it));
    assert_eq!(named, used, "the list of docs/ARCHITECTURE.md and the manifests differ");
}

#[test]
fn engines_alone_know_databases_and_lsp_alone_its_types() {
    let only: [(&str, &[&str]); 4] = [
        (
            "rusqlite",
            &[
                "server/catalog/",
                "server/checkpoint/",
                "server/context/",
                "server/council/",
                "server/migrate/",
            ],
        ),
        ("postgres", &["server/migrate/"]),
        ("lsp_types", &["server/lsp/"]),
        ("tower_lsp", &["server/lsp/"]),
    ];
    for (path, text) in files() {
        if !path.starts_with("server/") || !path.ends_with(".rs") {
            continue;
        }
        for (word, homes) in only {
            let is_home = homes.iter().any(|it| path.starts_with(it));
            assert!(is_home || !names_crate(&text, word), "{word} in {path}");
        }
    }
}

/// Whether `text` goes into the crate `name`; a module of that name in another crate is none.
fn names_crate(text: &str, name: &str) -> bool {
    let path = format!("{name}::");
    text.match_indices(&path).any(|(at, _)| {
        !text[..at].ends_with(|it: char| it == ':' || it == '_' || it.is_alphanumeric())
    })
}

#[test]
fn modules_are_files_beside_their_folders() {
    let named_mod: Vec<String> =
        files().into_iter().map(|(path, _)| path).filter(|it| it.ends_with("/mod.rs")).collect();
    assert_eq!(named_mod, Vec::<String>::new());
}

#[test]
fn nothing_is_left_to_do_and_nothing_points_at_one_machine() {
    // Written in parts, or this file would hold them.
    let words = ["todo".to_owned() + "!(", "unimplemented".to_owned() + "!("];
    let paths = ["/root".to_owned() + "/", "/home".to_owned() + "/user"];
    for (path, text) in files() {
        if path.ends_with(".rs") {
            for word in &words {
                assert!(!text.contains(word.as_str()), "`{word}` in {path}");
            }
        }
        for word in &paths {
            assert!(!text.contains(word.as_str()), "`{word}` in {path}");
        }
    }
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let folder = tests::binary::root().join("server/catalog/migrations");
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the migrations")
        .flatten()
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for (number, name) in names.iter().enumerate() {
        assert!(
            name.starts_with(&format!("{:04}_", number + 1)) && name.ends_with(".sql"),
            "{name}"
        );
    }
    assert!(!names.is_empty());
}

#[test]
fn each_module_says_what_it_is_for() {
    // Files of one part of a folder are told by their parent.
    let parents = files().into_iter().filter(|(path, _)| {
        let depth = path.split('/').count();
        path.starts_with("server/") && path.contains("/src/") && path.ends_with(".rs") && depth == 4
    });
    let silent: Vec<String> = parents
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path)
        .filter(|path| {
            let is_private_part = ["server/model/", "server/system/", "server/catalog/"];
            !is_private_part.iter().any(|it| path.starts_with(it))
        })
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}
