//! Changes that are reviewed by running them on a PostgreSQL server, which is not the change's to
//! harm.

use crate::cli::Folder;
use migrate::postgres::server::{Server, URL_VARIABLE};
use serde_json::Value;
use system::OsSystem;

const BASE: &str = "\
create table accounts (id bigint primary key, email text not null, plan text);
create view plans as select plan from accounts;
alter table accounts enable row level security;
create policy own on accounts to app_of_the_trial using (email = current_user);
";

/// A server with the URL of its superuser: the one that the environment names, as `scripts/postgres`
/// starts it, or a throw-away one.
struct Machine {
    url: String,
    /// Who may make databases and roles, on a throw-away server.
    maker: Option<String>,
    _server: Option<Server>,
}

impl Machine {
    fn start() -> Option<Self> {
        if let Some(url) = std::env::var_os(URL_VARIABLE) {
            let url = url.into_string().expect("a URL is ASCII");
            return Some(Self { url, maker: None, _server: None });
        }
        match Server::start(&OsSystem::default()) {
            Ok(server) => {
                let maker = server.url();
                let url = maker.as_ref()?.replacen("specwright@", "specwright_admin@", 1);
                Some(Self { url, maker, _server: Some(server) })
            }
            Err(error) => {
                println!("skipped: {error}");
                None
            }
        }
    }

    fn count(&self, sql: &str) -> i64 {
        let server = Server::at(&self.url).expect("it is a URL");
        let mut client = server.connect(None).expect("it answers");
        client.query_one(sql, &[]).expect("it is SQL").get(0)
    }

    fn review(&self, url: &str, migration: &str, down: &str) -> Value {
        let folder = Folder::new("//- PRD.md\n# Shop\n");
        let files = [("base.sql", BASE), ("up.sql", migration), ("down.sql", down)];
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        let mut arguments =
            vec!["council", "review", "--base", "base.sql", "--migration", "up.sql"];
        arguments.extend(["--url", url, "--format", "json"]);
        if !down.is_empty() {
            arguments.extend(["--down", "down.sql"]);
        }
        let ran = folder.run(&arguments);
        let ours =
            "select count(*) from pg_roles where rolname ~ '^specwright_trial_|of_the_trial$'";
        assert_eq!(self.count(ours), 0, "roles are left: {}", ran.stderr);
        let shadows = "select count(*) from pg_database where datname ~ '^specwright_shadow_'";
        // Another test on the same server may have one.
        assert!(self.maker.is_none() || self.count(shadows) == 0, "databases are left");
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("no JSON: {}", ran.stderr))
    }
}

/// A statement that code puts together, so that no reader sees what is run.
fn hidden(sql: &str) -> String {
    let hex: String = sql.bytes().map(|it| format!("{it:02x}")).collect();
    format!("do $$ begin execute convert_from(decode('{hex}', 'hex'), 'utf8'); end $$;")
}

fn shadow(review: &Value) -> String {
    let mut all = review["reviewers"].as_array().expect("a list").iter();
    let it = all.find(|it| it["name"] == "shadow").expect("it is on the panel");
    format!("{}: {}", it["status"].as_str().unwrap_or_default(), it["why"].as_str().unwrap_or("-"))
}

fn rules(review: &Value, evidence: &str) -> Vec<String> {
    let all = review["findings"].as_array().expect("a list").iter();
    let own = all.filter(|it| it["evidence"] == evidence);
    own.map(|it| it["rule"].as_str().expect("it has one").to_owned()).collect()
}

#[test]
fn a_change_is_run_on_a_server_and_what_it_loses_is_seen() {
    let Some(machine) = Machine::start() else { return };
    for url in [Some(&machine.url), machine.maker.as_ref()].into_iter().flatten() {
        // What no reader sees.
        let review = machine.review(url, &hidden("delete from accounts"), "");
        assert_eq!(shadow(&review), "done: -");
        assert!(rules(&review, "proved").contains(&"lost-rows".to_owned()), "{review}");
        let up = "set lock_timeout = '2s';
alter table accounts add column note text not null;";
        let review = machine.review(url, up, "alter table accounts drop column note;");
        assert!(rules(&review, "proved").contains(&"failed-statement".to_owned()), "{review}");
        assert_eq!(review["verdict"], "block");
    }
}

#[test]
fn what_is_tried_never_has_the_rights_of_the_superuser() {
    let Some(machine) = Machine::start() else { return };
    let role = hidden("create role evil_of_reviews superuser login");
    let hostile = [
        role.clone(),
        format!("reset role; set session authorization default; {role}"),
        hidden("alter role current_user superuser"),
        hidden("copy (select 1) to program 'touch /tmp/evil_of_reviews'"),
        hidden("copy (select 1) to '/tmp/evil_of_reviews'"),
        hidden("alter system set work_mem = '1GB'"),
        "select pg_read_file('/etc/passwd');".to_owned(),
    ];
    let evil = "select count(*) from pg_roles where rolname = 'evil_of_reviews'";
    for url in [Some(&machine.url), machine.maker.as_ref()].into_iter().flatten() {
        for up in &hostile {
            let review = machine.review(url, up, "");
            let failed = rules(&review, "proved").contains(&"failed-statement".to_owned());
            assert!(shadow(&review).starts_with("not_run") || failed, "{up}: {review}");
            assert_eq!(machine.count(evil), 0, "{up}");
        }
    }
    assert!(!std::path::Path::new("/tmp/evil_of_reviews").exists());
}

#[test]
fn a_statement_cannot_take_more_time_than_it_is_given() {
    let Some(machine) = Machine::start() else { return };
    let up = "set statement_timeout = 0;
do $$ begin perform set_config('statement_timeout', '0', false); end $$;
select pg_sleep(600);";
    let review = machine.review(&machine.url, up, "");
    assert!(shadow(&review).contains("statement timeout"), "{review}");
}
