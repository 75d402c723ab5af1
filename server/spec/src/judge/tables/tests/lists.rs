//! Lists of fields and of tables in the shapes that people give them.

use super::check;
use expect_test::expect;

#[test]
fn paragraphs_of_a_few_words_are_a_list() {
    check(
        "5. Functional Requirements\n\nTickets contain:\n\nTicket title\n\nDescription\n\nPriority level\n\n\
         Tickets are shown to everybody who is signed in.\n",
        expect![[r#"
            tickets(ticket_title, description, priority_level) in scope
            users() in scope
        "#]],
    );
    check(
        "# Схема базы данных\n\nusers:\n\nuid (ID)\n\nemail (String)\n\nплатежи:\n\nuser_id\n\namount\n",
        expect![[r#"
            payments(user_id -> users.id, amount) owner user_id in scope
            users(uid id, email string) in scope
            payments.user_id -> users.id
        "#]],
    );
}

#[test]
fn identifiers_below_a_sentence_are_fields() {
    check(
        "### Loan offers\n\n- Each Loan Offer shall include pricing properties:\n  - `apr_percent` – yearly rate\n  - `min_term` – in months\n  - `fee_policy` – what it costs\n",
        expect![[r#"
            loan_offers(apr_percent, min_term, fee_policy) in scope
        "#]],
    );
}

#[test]
fn a_note_may_stand_between_name_and_fields() {
    check(
        "## Data model\n\n- grades (per term): id, student_id, value\n- **Visit (planned)**: id, student_id, day\n",
        expect![[r#"
            grades(id, student_id, value) in scope
            visits(id, student_id, day) in scope
        "#]],
    );
}

#[test]
fn a_title_of_any_kind_heads_rows_that_open_with_their_key() {
    check(
        "### Depot\n\n- id\n- name\n- base_url\n- kind\n",
        expect![[r#"
        depots(id, name, base_url, kind) in scope
    "#]],
    );
    check("### Steps\n\n- install\n- configure\n- run\n", expect![[""]]);
}

#[test]
fn names_below_a_database_are_its_tables() {
    check(
        "## Tech stack\n\n**Database**\n\n* PostgreSQL\n\n  * Customers\n  * Orders\n  * Shipping Notes\n\n**Auth**\n\n* JWT\n",
        expect![[r#"
            customers() in scope
            orders() in scope
            shipping_notes() in scope
            users() in scope
        "#]],
    );
}

#[test]
fn what_a_title_names_has_the_fields_that_begin_with_it() {
    check(
        "#### Vessel Data Model\n\n- **No home ports**: vessels have none\n- Vessel name (unique)\n- Vessel class and length\n- Active status\n- Optional notes field\n",
        expect![[r#"
            vessels(name unique, class, length, notes) in scope
        "#]],
    );
}

#[test]
fn sql_may_lack_its_first_words() {
    check(
        "### Schema changes\n\n```sql\nshift_notes (\n  id uuid primary key,\n  worker_id uuid references workers(id),\n  body text not null\n)\n```\n",
        expect![[r#"
            shift_notes(id uuid pk, worker_id uuid -> workers.id, body text) in scope
        "#]],
    );
}

#[test]
fn a_function_of_a_module_is_no_column() {
    check(
        "# Jobs\n\nThe API enqueues `tasks.send_mail_task` and reads `orders.total`.\n",
        expect![[r#"
        orders(total) in scope
    "#]],
    );
}

#[test]
fn a_key_is_no_type() {
    check(
        "## 데이터 모델\n\n### orders\n\n| 컬럼 | 타입 | 제약 |\n|---|---|---|\n| id | BIGINT | PK |\n| user_id | FK(인덱스, users) | |\n| total | DECIMAL(10,2) | |\n",
        expect![[r#"
            orders(id bigint pk, user_id {인덱스, users}, total decimal(10,2)) owner user_id in scope
        "#]],
    );
}

#[test]
fn all_of_a_spec_may_stand_in_a_fence() {
    check(
        "```markdown\n# Shop\n\n## Data model\n\n### orders\n\n- id: uuid\n- total: int\n\n```sql\nCREATE TABLE items (id int, name text);\n```\n```\n",
        expect![[r#"
            items(id int, name text) in scope
            orders(id uuid, total int) in scope
        "#]],
    );
}

#[test]
fn a_table_is_one_in_two_languages() {
    check(
        "# Escola\n\n- Cadastrar aluno com nome, telefone e email.\n\n```prisma\nmodel Aluno {\n  id String @id\n  nome String\n}\n```\n",
        expect![[r#"
            alunos(id string pk, nome string) in scope
        "#]],
    );
}
