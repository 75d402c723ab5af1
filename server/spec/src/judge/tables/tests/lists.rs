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

#[test]
fn documents_have_the_fields_below_their_path() {
    check(
        "### Data model\n\n```\n/boards/{boardId}\n  - title: string\n  - x, y: number\n  - createdBy: string (userId)\n\n/users/{userId}\n  - displayName: string\n```\n",
        expect![[r#"
            boards(title string, x number, y number, created_by string -> users.id) owner created_by in scope
            users(display_name string) in scope
            boards.created_by -> users.id
        "#]],
    );
}

#[test]
fn what_lies_in_a_cache_is_no_table() {
    check(
        "## Data model\n\n### Redis structures\n\n- **carts**: id, user_id, items\n\n### Tables\n\n- **orders**: id, user_id, total\n",
        expect![[r#"
            orders(id, user_id, total) owner user_id in scope
        "#]],
    );
}

#[test]
fn a_label_may_stand_above_a_paragraph_of_fields() {
    check(
        "#### 4.1 供应商管理\n\n系统维护供应商的基础信息，并支持新增、查询和修改。\n\n**关键字段**\n\n供应商编号、名称、联系人、电话、地址、状态。\n\n**业务规则**\n\n1. 名称不能重复。\n",
        expect![[r#"
            suppliers(id, name, contact, phone, address, status) in scope
        "#]],
    );
}

#[test]
fn what_is_added_to_a_thing_are_its_fields() {
    check(
        "### 3. Excursions\n\nTeachers plan excursions and create one for each class.\n\nIncluded:\n\n* Add excursion title\n* Add date and time\n* Add location\n* Optional description\n* Link to one class\n",
        expect![[r#"
            ? excursions(title, date, time, location, description) in scope
        "#]],
    );
}

#[test]
fn a_table_may_be_announced_by_the_line_above_it() {
    check(
        "### Plots\n\nGardeners can add garden plots with the following fields:\n\n| Field Name | Type | Rules |\n|---|---|---|\n| Plot Name | Text | Required |\n| Soil Kind | Enum | Required |\n| Area | Number | Required |\n",
        expect![[r#"
            garden_plots(plot_name text, soil_kind enum, area number) in scope
        "#]],
    );
}

#[test]
fn words_in_brackets_may_tell_of_a_table_and_list_none_of_its_fields() {
    check(
        "## Modèle de données (entités principales)\n\nL'application garde les chantiers de chaque société et les devis de la société.\n\n- `sites` (chantiers, liés à company)\n- `companies` (sociétés)\n- `quotes` (devis) + `quote_lines`\n",
        expect![[r#"
            companies() in scope
            quote_lines() in scope
            quotes() in scope
            sites() in scope
            quote_lines.quote_id -> quotes.id
            sites.company_id -> companies.id
        "#]],
    );
}

#[test]
fn rows_of_classes_and_what_is_kept_of_them_are_tables() {
    check(
        "# 予約サービス\n\n会員は予約を作成し、あとで確認できる。\n\n# 9. データ要件\n\n| データ | 保持内容 | 備考 |\n|---|---|---|\n| Member | memberId、email、状態 | 会員 |\n| MemberPreference | timezone、locale | 設定 |\n| LoginToken | token、expiresAt | 短期 |\n| Order.itemIds | 注文と商品 | 複数可 |\n",
        expect![[r#"
            login_tokens(token, expires_at) in scope
            member_preferences(timezone, locale) in scope
            members(member_id, email, status) in scope
        "#]],
    );
}

#[test]
fn blocks_with_keys_are_tables_in_any_section() {
    check(
        "### Deduplication\n\n```\nMention {\n  id: UUID\n  item_id: FK → Item\n  surface_form: string\n}\n```\n",
        expect![[r#"
            mentions(id uuid, item_id fk -> items.id, surface_form string) in scope
        "#]],
    );
}

#[test]
fn one_field_may_have_two_names() {
    check(
        "## Data model\n\n### works\n\n- id\n- image_url or file_id\n- phone / contact\n- Purchase/activation date\n- latitude/longitude\n",
        expect![[r#"
            works(id, image_url, phone, purchase_date date, latitude, longitude) in scope
        "#]],
    );
}

#[test]
fn sections_of_entities_are_tables() {
    check(
        "# 5. Suggested data entities\n\nHigh-level only.\n\n## Household\n\nOne home.\n\nContains:\n\n* rooms\n* meters\n\n## MeterReading\n\nWhat a meter showed.\n\n## Relationships\n\nNone yet.\n",
        expect![[r#"
            households() in scope
            meter_readings() in scope
        "#]],
    );
}

#[test]
fn a_part_belongs_to_what_it_is_named_after() {
    check(
        "## Entities\n\nTables: quotes, quote_items, colors\n",
        expect![[r#"
        colors() in scope
        quote_items() in scope
        quotes() in scope
        quote_items.quote_id -> quotes.id
    "#]],
    );
}

#[test]
fn a_title_that_shows_something_is_no_table() {
    check(
        "# 予約サービス\n\n会員は予約を作成し、あとで確認できる。\n\n## 7.3 Calendar個人表示\n\n| 項目 | 内容 |\n|---|---|\n| 経路 | 直接 |\n| 初期設定 | 手動 |\n",
        expect![[""]],
    );
}

#[test]
fn hostile_lists_cost_little_and_crash_nothing() {
    let long = format!("Add {}", "a and ".repeat(20_000));
    let odd = "Add İstanbul title\n* Add ẞ notes / İ\n* Add İİİ excursion İ date";
    check(
        &format!("### Excursions\n\nIncluded:\n\n* {long}\n* {odd}\n"),
        expect![[r#"
        ? excursions(i_stanbul_title, ß_notes, i_date) in scope
    "#]],
    );
}

#[test]
fn a_fence_of_names_lists_tables_or_the_fields_of_its_title() {
    check(
        "## Core data model\n\nCore tables/concepts:\n\n```text\norders\norder_items\nrefund_evidence\nregistry of kinds\n\
         price_rules\n```\n",
        expect![[r#"
            order_items() in scope
            orders() in scope
            price_rules() in scope
            refund_evidence() in scope
            order_items.order_id -> orders.id
        "#]],
    );
    check(
        "# Modelo de datos\n\n## Sucursal\n\n```text\nid\nname\nlatitude\ncreated_at\n```\n\n\
         ## VisitSession\n\n```text\nuser_id\narrived_at\nwas_served\n```\n",
        expect![[r#"
            sucursals(id, name, latitude, created_at) in scope
            visit_sessions(user_id, arrived_at, was_served) owner user_id in scope
        "#]],
    );
    // Values, and the steps of a run, are neither.
    check("## Data model\n\nAllowed states:\n\n```text\ndraft\nsent\npaid\n```\n", expect![[""]]);
}

#[test]
fn one_item_may_name_several_tables() {
    check(
        "## Data model\n\n- **clients** — name, city\n\
         - **rejection_reasons** (a family), **holidays**, **refresh_tokens**, **folio_counters** (one for each branch).\n\
         - `track` · `teams` · `team_map`(member, team)\n",
        expect![[r#"
            clients(name, city) in scope
            folio_counters() in scope
            holidays() in scope
            refresh_tokens() in scope
            rejection_reasons() in scope
            team_map() in scope
            teams() in scope
            tracks() in scope
        "#]],
    );
    check(
        "## Data model\n\n### Order\n\n- `id`, `total`, `paid_at`\n- `notes`, `tags`\n",
        expect![[r#"
            orders(id, total, paid_at, notes, tags) in scope
        "#]],
    );
}

#[test]
fn fields_that_are_called_like_a_table_refer_to_it_in_its_own_language() {
    check(
        "## Modelo de datos\n\n- **sucursales** — nombre, zona_horaria, activa\n\
         - **solicitudes** — folio, sucursal, estado, creado_en\n\
         - **historial_estados** — solicitud, estado, creado_en\n",
        expect![[r#"
            branches(name, timezone, is_active) in scope
            historial_estados(solicitud -> requests.id, status, creado_en) in scope
            requests(folio, branch -> branches.id, status, creado_en) in scope
            historial_estados.solicitud -> requests.id
            requests.branch -> branches.id
        "#]],
    );
}
