//! Reference pages are what the declarations say. `UPDATE_EXPECT=1` rewrites them.

#[expect(clippy::disallowed_methods, reason = "a test starts the program")]
fn page(name: &str) -> String {
    let mut command = std::process::Command::new(tests::binary::specwright());
    let output = command.args(["docs", name]).output().expect("it starts");
    assert!(output.status.success(), "docs {name}");
    String::from_utf8(output.stdout).expect("pages are text")
}

fn check(path: &str, name: &str) {
    let path = tests::binary::root().join(path);
    expect_test::expect_file![path].assert_eq(&page(name));
}

#[test]
fn the_page_of_the_command_line_is_current() {
    check("docs/cli.md", "cli");
}

#[test]
fn the_page_of_the_commands_is_current() {
    check("docs/commands.md", "commands");
}

#[test]
fn the_page_of_the_settings_is_current() {
    check("docs/settings.md", "settings");
    check("docs/settings.schema.json", "settings-schema");
}
