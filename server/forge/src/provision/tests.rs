use super::*;
use expect_test::{Expect, expect};
use model::RelPath;
use spec::Analyzer;

/// A spec beside what is declared, and what the author has answered.
#[derive(Default)]
struct Case<'a> {
    spec: &'a str,
    /// The one migration spec that is there.
    migration: Option<&'a str>,
    resources: Option<&'a str>,
    answers: &'a [(&'a str, &'a str)],
    scope: Scope,
}

impl Case<'_> {
    fn propose(&self) -> Result<Proposal, Refusal> {
        let path = RelPath::new("PRD.md").expect("a path");
        let documents = [Document::new(Some(path), self.spec.into())];
        let analysis = Analyzer::default().analyze(&documents);
        let migrations: Vec<String> =
            self.migration.iter().map(|_| "0001_first".to_owned()).collect();
        let schema = match self.migration {
            Some(text) => {
                let (operations, found) =
                    language::read_file(0, language::File { name: "0001_first", text });
                assert!(found.is_empty(), "{found:?}");
                language::replay(&Schema::default(), &operations).schema
            }
            None => Schema::default(),
        };
        let answers =
            self.answers.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        propose(&Input {
            documents: &documents,
            analysis: &analysis,
            scope: &self.scope,
            schema: &schema,
            resources: self.resources,
            migrations: &migrations,
            answers: &answers.collect(),
        })
    }
}

fn shown(proposal: &Result<Proposal, Refusal>) -> String {
    let proposal = match proposal {
        Ok(it) => it,
        Err(refusal) => return format!("refused: {refusal}\n"),
    };
    let mut out = String::new();
    if let Some((name, text)) = &proposal.migration {
        out += &format!("//- {name}.yaml\n{text}");
    }
    if let Some(text) = &proposal.resources {
        out += &format!("//- forge.yaml\n{text}");
    }
    for it in &proposal.questions {
        let options: Vec<&str> = it.options.iter().map(|it| it.value.as_str()).collect();
        out += &format!("? {} {} [{}]\n", it.key, it.text, options.join(", "));
    }
    proposal.notes.iter().for_each(|it| out += &format!("note: {it}\n"));
    out
}

fn check(case: &Case<'_>, expect: Expect) {
    expect.assert_eq(&shown(&case.propose()));
}

const POSTS: &str = "# Blog\n\n## Data model\n\n### users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| email | text |\n\n### posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| user_id | uuid, references users.id |\n| title | string |\n| price | |\n| is_public | boolean |\n| created_at | |\n\nPublished posts are public; drafts are visible to their owner only.\n";

#[test]
fn tables_come_with_owner_policy_types_and_the_lines_that_ask_for_them() {
    check(
        &Case { spec: POSTS, ..Case::default() },
        expect![[r####"
            //- 0001_add_users_posts.yaml
            # Written from the spec by `specwright provision`; it is yours to edit.
            add_table:
              name: users  # PRD.md:5 "### users"
              columns:
                - id uuid pk  # PRD.md:9 "| id | uuid |"
                - email text  # PRD.md:10 "| email | text |"
              rls: own-row(id)  # chosen: everyone has the own row, and nothing says that others see it
            ---
            add_table:
              name: posts  # PRD.md:12 "### posts"
              columns:
                - id uuid pk  # PRD.md:16 "| id | uuid |"
                - user_id not null fk->users.id  # PRD.md:17 "| user_id | uuid, references users.id |" (chosen: not null, as it says whose a row is)
                - title text  # PRD.md:18 "| title | string |" (chosen: text for `string`)
                - price numeric(12,2)  # PRD.md:19 "| price | |" (chosen: numeric(12,2), by its name)
                - is_public boolean not null default false  # PRD.md:20 "| is_public | boolean |" (chosen: false at first)
                - created_at timestamptz not null default now()  # PRD.md:21 "| created_at | |" (chosen: now, when a row is made)
              rls: own-or-public(user_id, is_public)  # PRD.md:23 "Published posts are public; drafts are visible to their owne …"
              indices:  # chosen: what rows are looked up by
                - user_id
        "####]],
    );
}

#[test]
fn what_is_declared_is_left_alone_and_a_second_run_adds_nothing() {
    let first = Case { spec: POSTS, ..Case::default() }.propose().expect("a proposal");
    let (_, migration) = first.migration.expect("a migration spec");
    let again = Case { spec: POSTS, migration: Some(&migration), ..Case::default() };
    assert_eq!(again.propose(), Ok(Proposal::default()));
    // The author's own names, types and policy stay; what is missing comes behind.
    let edited = migration.replace("- title text", "- title varchar(80) not null").replace("    - price numeric(12,2)  # PRD.md:19 \"| price | |\" (chosen: numeric(12,2), by its name)\n", "");
    assert_ne!(edited, migration);
    check(
        &Case { spec: POSTS, migration: Some(&edited), ..Case::default() },
        expect![[r#"
        //- 0002_extend_posts.yaml
        # Written from the spec by `specwright provision`; it is yours to edit.
        add_column:
          table: posts
          columns:
            - price numeric(12,2)  # PRD.md:19 "| price | |" (chosen: numeric(12,2), by its name)
    "#]],
    );
}

#[test]
fn a_missing_policy_is_asked_for_and_never_invented() {
    let spec = "# Ledger\n\n## Data model\n\n### entries\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| amount | |\n";
    check(
        &Case { spec, ..Case::default() },
        expect![[r####"
            //- 0001_add_entries.yaml
            # Written from the spec by `specwright provision`; it is yours to edit.
            add_table:
              name: entries  # PRD.md:5 "### entries"
              columns:
                - id uuid pk  # PRD.md:9 "| id | uuid |"
                - amount numeric(12,2)  # PRD.md:10 "| amount | |" (chosen: numeric(12,2), by its name)
              rls: deny  # chosen: until it is answered who may see the rows
            ? tables/entries.access Who may see and change the rows of `entries`? The spec does not say. [deny, public-read]
        "####]],
    );
    let answers = [("access", "public-read")];
    check(
        &Case { spec, answers: &answers, ..Case::default() },
        expect![[r####"
        //- 0001_add_entries.yaml
        # Written from the spec by `specwright provision`; it is yours to edit.
        add_table:
          name: entries  # PRD.md:5 "### entries"
          columns:
            - id uuid pk  # PRD.md:9 "| id | uuid |"
            - amount numeric(12,2)  # PRD.md:10 "| amount | |" (chosen: numeric(12,2), by its name)
          rls: deny  # chosen: as answered: public-read
          policies:
            - name: everyone_reads  # chosen: as answered: public-read
              for: [select]
              using: "true"
    "####]],
    );
    let answers = [("entries.access", "own-row(nobody)")];
    check(
        &Case { spec, answers: &answers, ..Case::default() },
        expect![[r#"
        refused: write the migration spec: `entries` has no column `nobody` at this point [unknown-column]
    "#]],
    );
    let answers = [("tables/entries.access", "role(accountant)")];
    check(
        &Case { spec, answers: &answers, ..Case::default() },
        expect![[r####"
        //- 0001_add_entries.yaml
        # Written from the spec by `specwright provision`; it is yours to edit.
        add_table:
          name: entries  # PRD.md:5 "### entries"
          columns:
            - id uuid pk  # PRD.md:9 "| id | uuid |"
            - amount numeric(12,2)  # PRD.md:10 "| amount | |" (chosen: numeric(12,2), by its name)
          rls: role(accountant)  # chosen: as answered: role(accountant)
    "####]],
    );
}

#[test]
fn their_own_rows_make_an_owner_column() {
    let spec = "# Recipes\n\nUsers sign in with Google.\n\n## Data model\n\n### users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n\n### recipes\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | text |\n\nUsers see and edit only their own recipes.\n";
    check(
        &Case { spec, ..Case::default() },
        expect![[r####"
            //- 0001_add_users_recipes.yaml
            # Written from the spec by `specwright provision`; it is yours to edit.
            add_table:
              name: users  # PRD.md:7 "### users"
              columns:
                - id uuid pk  # PRD.md:11 "| id | uuid |"
              rls: own-row(id)  # PRD.md:20 "Users see and edit only their own recipes."
            ---
            add_table:
              name: recipes  # PRD.md:13 "### recipes"
              columns:
                - id uuid pk  # PRD.md:17 "| id | uuid |"
                - title text  # PRD.md:18 "| title | text |"
                - user_id not null fk->users.id on delete cascade  # PRD.md:20 "Users see and edit only their own recipes." (chosen: whose a row is)
              rls: own-row(user_id)  # PRD.md:20 "Users see and edit only their own recipes." (chosen: a column for whose a row is)
              indices:  # chosen: what rows are looked up by
                - user_id
            //- forge.yaml
            # yaml-language-server: $schema=https://specwright.dev/forge.schema.json
            # What the backend has besides tables. Written from the spec by `specwright provision`; it is yours to edit.
            version: 1
            auth:
              required: true  # PRD.md:3 "Users sign in with Google."
              providers:
                google: {}  # PRD.md:3 "Users sign in with Google."
        "####]],
    );
}

#[test]
fn a_part_of_the_spec_takes_along_what_it_points_at() {
    let scope = Scope::Primitives(vec!["tables/posts".to_owned()]);
    let proposal = Case { spec: POSTS, scope, ..Case::default() }.propose().expect("a proposal");
    let added: Vec<&str> = proposal.added.iter().map(|it| it.primitive.as_str()).collect();
    assert_eq!(added, ["tables/users", "tables/posts"]);
    let scope = Scope::Primitives(vec!["users".to_owned()]);
    let proposal = Case { spec: POSTS, scope, ..Case::default() }.propose().expect("a proposal");
    assert_eq!(proposal.added.len(), 1);
}

#[test]
fn entries_join_a_file_that_the_author_wrote() {
    let spec = "# Shop\n\nMembers sign in with Google. Photos are uploaded to a bucket, at most 10 MB each, JPEG or PNG, and publicly visible.\n\nEvery day at 08:00 Europe/Berlin the system emails a digest.\n\nPayments run over Stripe; a Stripe webhook confirms each.\n\n```env\nSTRIPE_SECRET_KEY=\nSTRIPE_WEBHOOK_SECRET=\nNEXT_PUBLIC_STRIPE_SECRET_KEY=\n```\n";
    check(
        &Case { spec, ..Case::default() },
        expect![[r#"
            //- 0001_add_users.yaml
            # Written from the spec by `specwright provision`; it is yours to edit.
            add_table:
              name: users  # PRD.md:3 "Members sign in with Google. Photos are uploaded to a bucket …"
              columns:
                - id uuid pk  # chosen: a key, as none is listed for users
              rls: own-row(id)  # chosen: everyone has the own row, and nothing says that others see it
            //- forge.yaml
            # yaml-language-server: $schema=https://specwright.dev/forge.schema.json
            # What the backend has besides tables. Written from the spec by `specwright provision`; it is yours to edit.
            version: 1
            auth:
              required: true  # PRD.md:3 "Members sign in with Google. Photos are uploaded to a bucket …"
              providers:
                google: {}  # PRD.md:3 "Members sign in with Google. Photos are uploaded to a bucket …"
            secrets:
              STRIPE_SECRET_KEY: {}  # PRD.md:10
              STRIPE_WEBHOOK_SECRET: {}  # PRD.md:11
            storage:
              images:  # PRD.md:3 "Members sign in with Google. Photos are uploaded to a bucket …"
                visibility: public  # PRD.md:3
                size: 10MB  # PRD.md:3
                types: [image/jpeg, image/png]  # PRD.md:3
                policy: own-or-public  # chosen: who puts a file there owns it
            functions:
              email:  # PRD.md:5 "Every day at 08:00 Europe/Berlin the system emails a digest."
                runtime: bun  # chosen: bun, the default
                trigger: http  # chosen: http, as nothing else is named
                route: /email  # chosen: by its name
                sign_in: true  # chosen: as people sign in
              stripe-webhook:  # PRD.md:7 "Payments run over Stripe; a Stripe webhook confirms each."
                runtime: bun  # chosen: bun, the default
                trigger: webhook  # PRD.md:7
                provider: stripe  # PRD.md:7
                route: /webhooks/stripe  # chosen: by its name
                verify: STRIPE_WEBHOOK_SECRET  # chosen: the secret with its name
              daily-email:  # PRD.md:5 "Every day at 08:00 Europe/Berlin the system emails a digest."
                runtime: bun  # chosen: bun, the default
                trigger: schedule  # PRD.md:5
            schedules:
              daily-email:  # PRD.md:5 "Every day at 08:00 Europe/Berlin the system emails a digest."
                cron: "0 8 * * *"  # PRD.md:5
                zone: Europe/Berlin  # PRD.md:5
                target: functions/daily-email  # chosen: a function of its name
            payments:
              stripe:  # PRD.md:7 "Payments run over Stripe; a Stripe webhook confirms each."
                mode: test  # chosen: test, until money shall move
                secret_key: STRIPE_SECRET_KEY  # chosen: the secret with its name
                webhook: stripe-webhook  # chosen: the function of its name
        "#]],
    );
    let first =
        Case { spec, ..Case::default() }.propose().expect("a proposal").resources.expect("a file");
    let again = Case { spec, resources: Some(&first), ..Case::default() }.propose();
    assert_eq!(again.expect("a proposal").resources, None);
    let own = "# mine\nauth:\n    required: false  # visitors are welcome\n    providers: {google: {client_id: abc}}\nsecrets: {}\n";
    check(
        &Case { spec, resources: Some(own), ..Case::default() },
        expect![[r#"
            //- 0001_add_users.yaml
            # Written from the spec by `specwright provision`; it is yours to edit.
            add_table:
              name: users  # PRD.md:3 "Members sign in with Google. Photos are uploaded to a bucket …"
              columns:
                - id uuid pk  # chosen: a key, as none is listed for users
              rls: own-row(id)  # chosen: everyone has the own row, and nothing says that others see it
            //- forge.yaml
            # mine
            auth:
                required: false  # visitors are welcome
                providers: {google: {client_id: abc}}
            secrets:
              STRIPE_SECRET_KEY: {}  # PRD.md:10
              STRIPE_WEBHOOK_SECRET: {}  # PRD.md:11
            storage:
              images:  # PRD.md:3 "Members sign in with Google. Photos are uploaded to a bucket …"
                visibility: public  # PRD.md:3
                size: 10MB  # PRD.md:3
                types: [image/jpeg, image/png]  # PRD.md:3
                policy: own-or-public  # chosen: who puts a file there owns it
            functions:
              email:  # PRD.md:5 "Every day at 08:00 Europe/Berlin the system emails a digest."
                runtime: bun  # chosen: bun, the default
                trigger: http  # chosen: http, as nothing else is named
                route: /email  # chosen: by its name
                sign_in: true  # chosen: as people sign in
              stripe-webhook:  # PRD.md:7 "Payments run over Stripe; a Stripe webhook confirms each."
                runtime: bun  # chosen: bun, the default
                trigger: webhook  # PRD.md:7
                provider: stripe  # PRD.md:7
                route: /webhooks/stripe  # chosen: by its name
                verify: STRIPE_WEBHOOK_SECRET  # chosen: the secret with its name
              daily-email:  # PRD.md:5 "Every day at 08:00 Europe/Berlin the system emails a digest."
                runtime: bun  # chosen: bun, the default
                trigger: schedule  # PRD.md:5
            schedules:
              daily-email:  # PRD.md:5 "Every day at 08:00 Europe/Berlin the system emails a digest."
                cron: "0 8 * * *"  # PRD.md:5
                zone: Europe/Berlin  # PRD.md:5
                target: functions/daily-email  # chosen: a function of its name
            payments:
              stripe:  # PRD.md:7 "Payments run over Stripe; a Stripe webhook confirms each."
                mode: test  # chosen: test, until money shall move
                secret_key: STRIPE_SECRET_KEY  # chosen: the secret with its name
                webhook: stripe-webhook  # chosen: the function of its name
        "#]],
    );
    for odd in ["- a\n", "storage: hello\n", "just words\n", "{}\n", "---\n", "a: 1\n---\nb: 2\n"] {
        // Whatever stands there, it is extended or left alone.
        let proposed = Case { spec, resources: Some(odd), ..Case::default() }.propose();
        let text = proposed.map(|it| it.resources.unwrap_or_default());
        assert!(text.is_err() || text.is_ok_and(|it| crate::states::is_whole(&it)), "{odd}");
    }
    let broken = "auth: [\n";
    check(
        &Case { spec, resources: Some(broken), ..Case::default() },
        expect![[r#"
        refused: add to `forge/forge.yaml`: its findings leave no place for entries
    "#]],
    );
}

#[test]
fn the_example_of_the_guide_is_provisioned() {
    let spec = include_str!("../../../../docs/examples/PRD.md");
    check(
        &Case { spec, ..Case::default() },
        expect![[r####"
            //- 0001_add_6_tables.yaml
            # Written from the spec by `specwright provision`; it is yours to edit.
            add_table:
              name: users  # PRD.md:83 "### users"
              columns:
                - id uuid pk  # PRD.md:87 "| id | uuid | primary key |"
                - email text unique not null  # PRD.md:88 "| email | text | unique, not null |"
                - display_name text not null  # PRD.md:89 "| display_name | text | not null |"
                - street text  # PRD.md:90 "| street | text | shown to confirmed borrowers only |"
                - created_at timestamptz not null default now()  # PRD.md:91 "| created_at | timestamptz | default now() |" (chosen: now, when a row is made)
              rls: own-row(id)  # chosen: everyone has the own row, and nothing says that others see it
            ---
            add_table:
              name: tools  # PRD.md:93 "### tools"
              columns:
                - id uuid pk  # PRD.md:97 "| id | uuid | primary key |"
                - owner_id not null fk->users.id  # PRD.md:98 "| owner_id | uuid | references users.id |" (chosen: not null, as it says whose a row is)
                - title text not null  # PRD.md:99 "| title | text | not null |"
                - description text  # PRD.md:100 "| description | text | |"
                - embedding vector(1024)  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
                - deposit_cents integer  # PRD.md:102 "| deposit_cents | integer | |"
                - state text  # PRD.md:103 "| state | text | draft, listed, paused, retired |"
                - created_at timestamptz not null default now()  # PRD.md:104 "| created_at | timestamptz | default now() |" (chosen: now, when a row is made)
              rls: own-row(owner_id)  # PRD.md:149 "- Tools that are listed are public; drafts are visible to th …"
              indices:  # chosen: what rows are looked up by
                - owner_id
              policies:
                - name: listed_is_public  # PRD.md:149
                  for: [select]
                  using: state = 'listed'
            ---
            add_table:
              name: loans  # PRD.md:106 "### loans"
              columns:
                - id uuid pk  # PRD.md:110 "| id | uuid | primary key |"
                - tool_id fk->tools.id  # PRD.md:111 "| tool_id | uuid | references tools.id |"
                - borrower_id fk->users.id  # PRD.md:112 "| borrower_id | uuid | references users.id |"
                - starts_on date not null  # PRD.md:113 "| starts_on | date | not null |"
                - ends_on date not null  # PRD.md:114 "| ends_on | date | not null |"
                - status text  # PRD.md:115 "| status | text | requested, confirmed, active, returned, di …"
              rls: deny  # chosen: until it is answered who may see the rows
              indices:  # chosen: what rows are looked up by
                - tool_id
                - borrower_id
            ---
            add_table:
              name: messages  # PRD.md:120 "create table messages ("
              columns:
                - id uuid pk  # PRD.md:121 "id uuid primary key,"
                - loan_id not null fk->loans.id  # PRD.md:122 "loan_id uuid not null references loans (id) on delete cascad …"
                - sender_id not null fk->users.id  # PRD.md:123 "sender_id uuid not null references users (id),"
                - body text not null  # PRD.md:124 "body text not null,"
                - sent_at timestamptz not null  # PRD.md:125 "sent_at timestamptz not null default now()"
              rls: deny  # chosen: until it is answered who may see the rows
              indices:  # chosen: what rows are looked up by
                - loan_id
                - sender_id
            ---
            add_table:
              name: ratings  # PRD.md:128 "create table ratings ("
              columns:
                - id uuid pk  # PRD.md:129 "id uuid primary key,"
                - loan_id not null fk->loans.id  # PRD.md:130 "loan_id uuid not null references loans (id),"
                - rater_id not null fk->users.id  # PRD.md:131 "rater_id uuid not null references users (id),"
                - stars smallint not null  # PRD.md:132 "stars smallint not null check (stars between 1 and 5),"
              rls: deny  # chosen: until it is answered who may see the rows
              indices:  # chosen: what rows are looked up by
                - loan_id
                - rater_id
            ---
            add_table:
              name: disputes  # PRD.md:136 "create table disputes ("
              columns:
                - id uuid pk  # PRD.md:137 "id uuid primary key,"
                - loan_id not null fk->loans.id  # PRD.md:138 "loan_id uuid not null references loans (id),"
                - claim_id uuid  # PRD.md:139 "claim_id uuid references insurance_claims (id),"
                - opened_by not null fk->users.id  # PRD.md:140 "opened_by uuid not null references users (id),"
                - summary text not null  # PRD.md:141 "summary text not null"
              rls: role(steward)  # PRD.md:151 "- Stewards see disputes and the loans they belong to."
              indices:  # chosen: what rows are looked up by
                - loan_id
                - opened_by
            //- forge.yaml
            # yaml-language-server: $schema=https://specwright.dev/forge.schema.json
            # What the backend has besides tables. Written from the spec by `specwright provision`; it is yours to edit.
            version: 1
            auth:
              required: true  # PRD.md:28 "## Sign-in"
              providers:
                google: {}  # PRD.md:30 "REQ-001: Members sign in with Google or with a magic link se …"
                magic-link: {}  # PRD.md:30 "REQ-001: Members sign in with Google or with a magic link se …"
            secrets:
              ANTHROPIC_API_KEY: {}  # PRD.md:166
              DATABASE_URL: {}  # PRD.md:162
              RESEND_API_KEY: {}  # PRD.md:165
              STRIPE_SECRET_KEY: {}  # PRD.md:163
              STRIPE_WEBHOOK_SECRET: {}  # PRD.md:164
            storage:
              images:  # PRD.md:156 "- Photos are uploaded to an S3 bucket `tool-photos`."
                visibility: private  # chosen: private, as nothing says that others see the files
                policy: own-row  # chosen: who puts a file there owns it
            functions:
              email:  # PRD.md:157 "- Email goes out through Resend."
                runtime: bun  # chosen: bun, the default
                trigger: http  # chosen: http, as nothing else is named
                route: /email  # chosen: by its name
                sign_in: true  # chosen: as people sign in
              stripe-webhook:  # PRD.md:71 "REQ-031: The deposit is held with Stripe when the lender con …"
                runtime: bun  # chosen: bun, the default
                trigger: webhook  # PRD.md:71
                provider: stripe  # PRD.md:71
                route: /webhooks/stripe  # chosen: by its name
                verify: STRIPE_WEBHOOK_SECRET  # chosen: the secret with its name
              daily-email:  # PRD.md:77 "REQ-040: Every day at 08:00 the system emails borrowers whos …"
                runtime: bun  # chosen: bun, the default
                trigger: schedule  # PRD.md:77
              weekly-digest:  # PRD.md:79 "REQ-041: Every Monday at 06:00 Europe/Berlin (cron `0 6 * * …"
                runtime: bun  # chosen: bun, the default
                trigger: schedule  # PRD.md:79
            schedules:
              daily-email:  # PRD.md:77 "REQ-040: Every day at 08:00 the system emails borrowers whos …"
                cron: "0 8 * * *"  # PRD.md:77
                zone: UTC  # chosen: UTC, as no zone is named
                target: functions/daily-email  # chosen: a function of its name
              weekly-digest:  # PRD.md:79 "REQ-041: Every Monday at 06:00 Europe/Berlin (cron `0 6 * * …"
                cron: "0 6 * * 2"  # PRD.md:79
                zone: Europe/Berlin  # PRD.md:79
                target: functions/weekly-digest  # chosen: a function of its name
            payments:
              stripe:  # PRD.md:71 "REQ-031: The deposit is held with Stripe when the lender con …"
                mode: test  # chosen: test, until money shall move
                secret_key: STRIPE_SECRET_KEY  # chosen: the secret with its name
                webhook: stripe-webhook  # chosen: the function of its name
            realtime:
              chat:  # PRD.md:73 "REQ-032: Borrower and lender chat in real time about the han …"
                table: messages  # chosen: who may see a row hears of it
            vector:
              embeddings:  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
                table: tools  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
                column: embedding  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
                dimensions: 1024  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
              pgvector:  # PRD.md:59 "- Search is semantic: tool descriptions are embedded and kep …"
                table: tools  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
                column: embedding  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
                dimensions: 1024  # PRD.md:101 "| embedding | vector(1024) | of title and description |"
            gateway:
              providers:
                anthropic:  # PRD.md:44 "- An assistant drafts the description from the first photo w …"
                  key: ANTHROPIC_API_KEY  # chosen: the secret with its name
            deploy:
              fly: {}  # PRD.md:155 "- Next.js on Fly.io, PostgreSQL with row-level security."
            ? tables/loans.access Who may see and change the rows of `loans`? The spec does not say. [owner, deny, public-read]
            ? tables/messages.access Who may see and change the rows of `messages`? The spec does not say. [owner, deny, public-read]
            ? tables/ratings.access Who may see and change the rows of `ratings`? The spec does not say. [owner, deny, public-read]
            note: `disputes.claim_id` points at `insurance_claims.id`, which is no key of a table that the spec asks for: it is declared without the reference
        "####]],
    );
}

#[test]
fn layout_keeps_the_marks() {
    let proposal = Case { spec: POSTS, ..Case::default() }.propose().expect("a proposal");
    let (_, text) = proposal.migration.expect("a migration spec");
    assert_eq!(language::format(&text), text);
    let n_marks = text.lines().filter(|it| it.contains("# PRD.md:")).count();
    assert!(n_marks >= 10, "{text}");
}
