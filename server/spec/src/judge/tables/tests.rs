//! Whole specs through all readers: what is declared, what is only said, and what is left out.

mod groups;
mod lists;
mod relations;
mod told;

use crate::{Analyzer, Document};
use expect_test::{Expect, expect};
use model::{Column, ColumnKey, Detection};

fn detect(text: &str) -> Detection {
    let document = Document::new(None, text.into());
    Analyzer::default().analyze(&[document]).detection
}

fn column(it: &Column) -> String {
    let mut out = it.name.clone();
    if let Some(ty) = &it.ty {
        out += &format!(" {ty}");
    }
    match &it.key {
        Some(ColumnKey::Primary) => out += " pk",
        Some(ColumnKey::Unique) => out += " unique",
        Some(ColumnKey::Foreign { table, column }) => out += &format!(" -> {table}.{column}"),
        None => {}
    }
    if !it.values.is_empty() {
        out += &format!(" {{{}}}", it.values.join(", "));
    }
    out
}

fn check(text: &str, expect: Expect) {
    let detection = detect(text);
    let mut out = String::new();
    if let Some(none) = &detection.none {
        out += &format!("none: {}\n", none.reason);
    }
    let mut tables = detection.tables.clone();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    for table in tables.iter().filter(|it| it.confidence.as_percent() >= 50) {
        let hint = if table.is_required() { "" } else { "? " };
        let columns: Vec<String> = table.columns.iter().map(column).collect();
        let owner = table.owner.as_ref().map(|it| format!(" owner {it}")).unwrap_or_default();
        let policy = table.policy.as_ref().map(|it| format!(" {it:?}")).unwrap_or_default();
        out += &format!(
            "{hint}{}({}){owner}{policy} {}\n",
            table.name,
            columns.join(", "),
            table.modality.word()
        );
        for it in &table.evidence {
            assert!(text.get(it.span.range()).is_some_and(|it| !it.is_empty()), "{it:?}");
        }
        for it in &table.columns {
            assert!(text.get(it.span.range()).is_some(), "{it:?}");
        }
    }
    let mut relations: Vec<String> = detection
        .relations
        .iter()
        .map(|it| {
            format!("{}.{} -> {}.{}\n", it.from_table, it.from_column, it.to_table, it.to_column)
        })
        .collect();
    relations.sort();
    out += &relations.concat();
    expect.assert_eq(&out);
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/fixtures/specs/", $name))
    };
}

#[test]
fn german_field_tables_and_lists() {
    check(
        fixture!("library-de.md"),
        expect![[r#"
            books(id uuid pk, isbn varchar(13) unique, titel text, verlag_id uuid -> publishers.id) in scope
            loans(id uuid, buch_id uuid -> books.id, faellig_am date, status {offen, verlängert, zurückgegeben}) in scope
            publishers(id uuid pk, name text, ort text) in scope
            users() in scope
            books.verlag_id -> publishers.id
            loans.buch_id -> books.id
        "#]],
    );
}

#[test]
fn spanish_entity_lists_and_later_phases() {
    check(
        fixture!("clinic-es.md"),
        expect![[r#"
            appointments(date, time, paciente_id -> patients.id, status {pendiente, confirmada, cancelada}) in scope
            patients(name, email, phone, birth_date) in scope
            treatments(name, price, duration) in scope
            appointments.paciente_id -> patients.id
        "#]],
    );
}

#[test]
fn russian_text_without_markdown() {
    check(
        fixture!("market-ru.md"),
        expect![[r#"
            orders() in scope
            products(id uuid pk, title строка, price decimal, seller_id -> users.id) in scope
            reviews() in scope
            users() in scope
            products.seller_id -> users.id
        "#]],
    );
}

#[test]
fn japanese_tables_and_exclusions() {
    check(
        fixture!("tickets-ja.md"),
        expect![[r#"
            tickets(id uuid pk, user_id uuid -> users.id, status varchar(20) {open, closed, pending}) owner user_id in scope
            users(id uuid pk, email varchar(255) unique) in scope
            tickets.user_id -> users.id
        "#]],
    );
}

#[test]
fn a_local_product_has_no_backend() {
    check(
        fixture!("habits-local.md"),
        expect![[r#"
        none: the text says that it runs without a server
        ? entries(id, habit_id -> habits.id, date) in scope
        ? habits(id, name, created_at) in scope
        entries.habit_id -> habits.id
    "#]],
    );
}

#[test]
fn dbml_policies_and_added_columns() {
    check(
        fixture!("dbml-and-policies.md"),
        expect![[r#"
            notes(id uuid pk, team_id uuid -> teams.id, author_id uuid -> users.id, visibility visibility {private, team}, source_url) owner author_id OwnRow in scope
            teams(id uuid pk, name text) in scope
            users(id uuid pk, email text unique) in scope
            notes.author_id -> users.id
            notes.team_id -> teams.id
        "#]],
    );
}

#[test]
fn indonesian_prose() {
    check(
        fixture!("shop-id.md"),
        expect![[r#"
            ? customers() in scope
            orders() in scope
            products() in scope
            reviews() in scope
            users() in scope
        "#]],
    );
}

#[test]
fn endpoints_show_resources_and_nesting() {
    check(
        fixture!("api-list-pt.md"),
        expect![[r#"
            appointments() in scope
            patients() in scope
            users() in scope
            appointments.patient_id -> patients.id
        "#]],
    );
}

#[test]
fn what_is_out_of_scope_stays_out() {
    check(
        "# Shop\n\n## Features\n\n- Create, edit and delete products\n- Manage orders and view orders\n\n## Out of scope\n\n- Create and manage invoices\n- Store invoices and delete invoices\n",
        expect![[r#"
            orders() in scope
            products() in scope
        "#]],
    );
}

#[test]
fn a_list_of_tables_makes_prose_a_hint() {
    check(
        "# Blog\n\nTables: posts, comments and tags\n\n## Features\n\n- Create, edit and delete invoices\n- Manage invoices, view invoices\n",
        expect![[r#"
            comments() in scope
            ? invoices() in scope
            posts() in scope
            tags() in scope
        "#]],
    );
}

#[test]
fn a_sentence_introduces_the_fields_of_a_thing() {
    check(
        "# Suivi des candidatures\n\nUne application pour les personnes qui cherchent un emploi et veulent suivre leurs démarches.\n\n## Fonctionnalités\n\n**Champs par candidature :**\n- Titre\n- Statut\n- Date\n- Notes\n",
        expect![[r#"
            applications(title, status, date, notes) in scope
        "#]],
    );
    check(
        "# Abrigo de animais\n\nO sistema ajuda as pessoas que cuidam dos animais e precisam de um registro para todos.\n\n## Requisitos\n\n- Cadastro de novos **animais** com as seguintes informações:\n  - Nome\n  - Telefone\n  - Endereço\n",
        expect![[r#"
            animals(name, phone, address) in scope
        "#]],
    );
    check(
        "# Shop\n\n## Features\n\n- Simple CRUD for videos (title, description, price, file ID)\n",
        expect![[r#"
            videos(title, description, price, file_id) in scope
        "#]],
    );
    check(
        "# App\n\n## Features\n\nThe dashboard has:\n- Charts\n- Fast search\n- Dark mode\n",
        expect![[""]],
    );
}

#[test]
fn declarations_of_many_shapes_are_read() {
    check(
        "# App\n\n## Domain model (keys & relationships)\n\n- **Employee** (`number` PK, name, photo?)\n- **EmployeeNote** (PK: cuid, FK: employeeId->number, authorId->User)\n",
        expect![[r#"
            employee_notes(employee_id -> employees.id, author_id) owner author_id in scope
            employees(number pk, name, photo) in scope
            employee_notes.employee_id -> employees.id
        "#]],
    );
    check(
        "# App\n\n## Database\n\n- **DB-001**: lobbies table schema\n  - Columns: id (UUID), status (enum), created_at\n",
        expect![[r#"
            lobbies(id uuid, status enum, created_at) in scope
        "#]],
    );
    check(
        "# App\n\n## Data model\n\n- `trips` — a journey (user_id / title / body)\n- **Conversation / Message**\n",
        expect![[r#"
            conversations() in scope
            messages() in scope
            trips(user_id, title, body) owner user_id in scope
        "#]],
    );
    check(
        "# App\n\n## Data model\n\n### notes\n\n- id: uuid\n- body: text\n\n### Notes on migration\n\n- run it twice\n- check it\n",
        expect![[r#"
            notes(id uuid, body text) in scope
        "#]],
    );
    check(
        "# App\n\n## Data model\n\n### Solution\n\n- keep all of it\n- in one place\n",
        expect![[""]],
    );
}

#[test]
fn sentences_tie_tables_together() {
    check(
        "# Shop\n\nTables: orders, customers, invoices\n\n## Rules\n\n- Each order belongs to a customer.\n- An order can have several invoices.\n",
        expect![[r#"
            customers() in scope
            invoices() in scope
            orders() in scope
            invoices.order_id -> orders.id
            orders.customer_id -> customers.id
        "#]],
    );
    check(
        "# 商城\n\n数据表：users、orders\n\n## 规则\n\n- 一个用户可以有多个订单\n",
        expect![[r#"
            orders() in scope
            users() in scope
            orders.user_id -> users.id
        "#]],
    );
    check(
        "# Chat\n\n### Key Entities\n\n- **Conversation**: A chat between two or more users, with a title and type.\n- **Message**: One text within a conversation, with sender, body and time.\n- **User**: A person with a name and email.\n",
        expect![[r#"
            conversations(type) in scope
            messages(sender -> users.id, body, time) in scope
            users() in scope
            conversations.user_id -> users.id
            messages.conversation_id -> conversations.id
            messages.sender -> users.id
        "#]],
    );
}

#[test]
fn a_caption_in_code_has_its_columns_below() {
    check(
        "# Shop\n\n## The database\n\n**`shops`**\n`id` · `owner_id` (FK users) · `slug` (unique)\n\n**`opening_hours`** — one row a day.\n`id` · `shop_id` · `weekday` (0 … 6) · `opens_at` (time)\n— unique `(shop_id, weekday)`\n",
        expect![[r#"
            opening_hours(id, shop_id -> shops.id, weekday, opens_at time) in scope
            shops(id, owner_id -> users.id, slug unique) owner owner_id in scope
            users() in scope
            opening_hours.shop_id -> shops.id
            shops.owner_id -> users.id
        "#]],
    );
}

#[test]
fn steps_that_add_tables_declare_them() {
    check(
        "# Races\n\n## Phase 1\n\n- [ ] Add `races` table (id, status, startedAt, maxPlayers)\n- [ ] Add `raceEntries` table (raceId, userId, rank)\n\n## Database schema\n\n- Core: `users`, `teams`\n- Social: `friend_requests`, `messages`\n",
        expect![[r#"
            friend_requests() in scope
            messages() in scope
            race_entries(race_id -> races.id, user_id -> users.id, rank) owner user_id in scope
            races(id, status, started_at, max_players) in scope
            teams() in scope
            users() in scope
            race_entries.race_id -> races.id
            race_entries.user_id -> users.id
        "#]],
    );
}

#[test]
fn lines_with_a_key_in_front_are_fields() {
    check(
        "# Desk\n\n## Notes\n\nqueues: id, name, policy(json).\nqueue_items: id, queue_id, enqueued_at.\n\n## Схема базы данных\n\n```sql\nvotes     — id, title, ends_at\nvoices    — id, vote_id, user_id\n```\n",
        expect![[r#"
            queue_items(id, queue_id -> queues.id, enqueued_at) in scope
            queues(id, name, policy json) in scope
            voices(id, vote_id -> votes.id, user_id) owner user_id in scope
            votes(id, title, ends_at) in scope
            queue_items.queue_id -> queues.id
            voices.vote_id -> votes.id
        "#]],
    );
}

#[test]
fn objects_without_a_name_have_the_one_above() {
    check(
        "# News\n\n### Database (MongoDB)\n\n**Likes Collection**\n```javascript\n{\n  _id: ObjectId,\n  user: ObjectId (User),\n  stats: {\n    count: Number\n  },\n  createdAt: Date\n}\n```\n\n### ScanLog Schema\n\n```typescript\n{\n  id: string;\n  ticketId: string;\n}\n```\n",
        expect![[r#"
            likes(id objectid, user objectid, stats object, created_at date) owner user in scope
            scan_logs(id string, ticket_id string) in scope
        "#]],
    );
}

#[test]
fn titles_that_say_table_have_fields_in_any_section() {
    check(
        "# Dienst\n\n### 3.4. Speicherung\n\n**Tabelle: attempts**\n- id (UUID, primary key)\n- channel (enum: email, sms)\n- error (text, nullable)\n\n#### Hoja `Eventos`\n\n- `Evento_ID`\n- `Tipo_Evento`\n",
        expect![[r#"
            attempts(id uuid pk, channel {email, sms}, error text) in scope
            eventos(evento_id, tipo_evento) in scope
        "#]],
    );
}

#[test]
fn dotted_fields_are_no_tables() {
    check(
        "# Tickets\n\n## Database\n\nOrders are stored in the database. Users create orders.\n\n- `Order.fee`: in cents\n- `Order.feeVat`: the tax in it\n- All stored in cents (integers)\n",
        expect![[r#"
            orders(fee, fee_vat) in scope
        "#]],
    );
}

#[test]
fn phrases_and_doings_are_no_tables() {
    check(
        "# App\n\n## Data Management\n\n- **Cloud Sync**: across devices\n- **Import/Export**: as JSON\n\n## Data structures\n\n- Optimized serialization/deserialization\n\n## База данных\n\nОбоснование: сложные связи, транзакции, надёжность\n\n## Pages\n\n```\n/shop/[slug]        Public page\n/shop/[slug]/book   Booking\n```\n",
        expect![[r""]],
    );
}

#[test]
fn headers_and_labels_may_have_adjectives_or_no_accents() {
    check(
        "# Loja\n\n## Modelo de Dados\n\n| Tabela | Descricao | Campos-chave |\n|---|---|---|\n| `vendors` | Quem vende | name, slug, plan_type |\n| `payouts` | Repasses | vendor_id, amount, status |\n",
        expect![[r#"
            payouts(vendor_id -> vendors.id, amount, status) in scope
            vendors(name, slug, plan_type) in scope
            payouts.vendor_id -> vendors.id
        "#]],
    );
    check(
        "# Учёт\n\n## Модели данных\n\n### 3.1 Warehouse (Склад)\n\nГде лежат товары.\n\nКлючевые поля:\n\n- `name` - название склада.\n- `city_code` - код города.\n- `is_open` - открыт ли склад.\n\n### 3.2 Transfer (Перемещение)\n\nКлючевые поля:\n\n- `warehouse` - ForeignKey на Warehouse.\n- `moved_at` - когда.\n",
        expect![[r#"
            transfers(warehouse -> warehouses.id, moved_at) in scope
            warehouses(name, city_code, is_open) in scope
            transfers.warehouse -> warehouses.id
        "#]],
    );
}

#[test]
fn tables_are_told_in_sentences_of_other_languages() {
    check(
        "# Atelier\n\n## Modèle de données\n\n**Table factures :** Cette table garde les montants dus. Elle contient : identifiant unique, lien vers le client, numéro de facture, montant, date d'échéance, moyen de relance préféré du client.\n\n**Table clients :** Elle contient les colonnes suivantes : nom et prénom, numéro de téléphone, adresse.\n",
        expect![[r#"
            customers(name, first_name, phone, address) in scope
            invoices(id, customer_id -> customers.id, invoice_number, amount, due_date) in scope
            invoices.customer_id -> customers.id
        "#]],
    );
}

#[test]
fn identifiers_of_other_languages_stay_as_they_are() {
    check(
        "# Biblioteca\n\n## Modelo de datos\n\n### Libros\n\n| Campo | Tipo |\n|---|---|\n| libro_id | uuid |\n| titulo | varchar |\n| creado_en | timestamp |\n",
        expect![[r#"
            libros(libro_id uuid, titulo varchar, creado_en timestamp) in scope
        "#]],
    );
}

#[test]
fn fences_may_spread_the_fields_of_a_table_over_lines() {
    check(
        "# Bot\n\n## Database Schema\n\n```sql\n-- kept for a year\nreminders (id, chat_id, text, due_at,\n           repeat_rule DEFAULT 'none', done)\n\nchats (id, title,\n       muted)\n```\n",
        expect![[r#"
            chats(id, title, muted) in scope
            reminders(id, chat_id -> chats.id, text, due_at, repeat_rule, done) in scope
            reminders.chat_id -> chats.id
        "#]],
    );
}

#[test]
fn forms_tell_the_fields_of_what_they_make() {
    check(
        "# Verein\n\n## Anforderungen\n\n### A-1: Mitglied anlegen\n\n**Eingaben:** Name, E-Mail, Geburtsdatum, Telefon.\n",
        expect![[r#"
            ? members(name, email, birth_date, phone) in scope
        "#]],
    );
    check(
        "# 동네 장터\n\n## 기능 요구사항\n\n| ID | 기능 | 설명 |\n|---|---|---|\n| A-1 | 회원가입 | 이메일, 비밀번호, 닉네임 입력 |\n| A-2 | 상품 등록 | 제목, 설명, 가격 입력 후 저장 |\n",
        expect![[r#"
            products(title, description, price) in scope
            users(email, password, nickname) in scope
        "#]],
    );
    check(
        "# Кафе\n\n## Требования\n\n- **Поля клиента:** имя · телефон · электронная почта · примечание\n",
        expect![[r#"
            ? customers(name, phone, email, notes) in scope
        "#]],
    );
}

#[test]
fn relations_stand_in_fences_too() {
    check(
        "# Club\n\n## Data Model\n\nTables: teams, players, matches\n\n### Relationships\n\n```\nTeam (1) --- (N) Player, Match\n```\n",
        expect![[r#"
            matches() in scope
            players() in scope
            teams() in scope
            matches.team_id -> teams.id
            players.team_id -> teams.id
        "#]],
    );
}

#[test]
fn names_in_code_beside_a_database_are_tables() {
    check(
        "# Outreach\n\n## Architecture\n\n- **Persistence:** PostgreSQL holds `campaigns`, `leads` and `email_logs`.\n- The button calls `save`, `cancel`, `reset`.\n",
        expect![[r#"
            campaigns() in scope
            email_logs() in scope
            leads() in scope
        "#]],
    );
    check(
        "# Заказы\n\n## Архитектура\n\nВ базе данных хранятся `orders`, `couriers` и `order_items`.\n",
        expect![[r#"
            couriers() in scope
            order_items() in scope
            orders() in scope
            order_items.order_id -> orders.id
        "#]],
    );
    check(
        "# 予約\n\n## 構成\n\nデータベースには `rooms`、`bookings`、`payments` を保存する。\n",
        expect![[r#"
            bookings() in scope
            payments() in scope
            rooms() in scope
        "#]],
    );
}

#[test]
fn rows_go_into_what_is_named_in_code() {
    check(
        "# Outreach\n\n## Flow\n\n1. A record is created in `email_drafts`.\n2. The entry is added to `email_logs`.\n3. The choice is saved to `theme`.\n",
        expect![[r#"
            email_drafts() in scope
            email_logs() in scope
        "#]],
    );
    check(
        "# Gestión\n\n## Flujo\n\n1. El pedido se guarda en `pedidos_web`.\n2. Se guarda en `orders`.\n",
        expect![[r#"
            orders() in scope
        "#]],
    );
}

#[test]
fn a_line_may_tell_what_a_table_is_for_before_its_fields() {
    check(
        "# Intake\n\n## Database schema\n\n```\njobs      — one upload (job_id, status, created_at)\ninvoices  — what was read from it (job_id, vendor_name, total)\n```\n",
        expect![[r#"
            invoices(job_id -> jobs.id, vendor_name, total) in scope
            jobs(job_id, status, created_at) in scope
            invoices.job_id -> jobs.id
        "#]],
    );
}

#[test]
fn two_nouns_name_one_thing() {
    check(
        "# Rental portal\n\n## Functional requirements\n\n- Users sign in with email and password.\n- Landlords create, edit and delete pricing rules.\n- Each pricing rule has a status.\n- The system stores pricing rules per property.\n- Landlords see a list of all pricing rules.\n",
        expect![[r#"
            pricing_rules() in scope
            ? rules() in scope
            users() in scope
        "#]],
    );
}

#[test]
fn an_entity_may_be_called_like_a_field() {
    check(
        "# Сервис\n\n## 5. База данных\n\n- Пользователь: id, имя, email.\n- Ссылка: id, user_id, короткий код, дата создания.\n",
        expect![[r#"
            links(id, user_id -> users.id, short_code, created_at) owner user_id in scope
            users(id, name, email) in scope
            links.user_id -> users.id
        "#]],
    );
    check(
        "# App\n\n## Data\n\n**Entities and their properties:**\n\n- User: id, name, email.\n- Link: id, user_id, short_code.\n",
        expect![[r#"
            links(id, user_id -> users.id, short_code) owner user_id in scope
            users(id, name, email) in scope
            links.user_id -> users.id
        "#]],
    );
}

#[test]
fn a_key_may_have_its_type_in_a_list_of_fields() {
    check(
        "# 웹훅\n\n## DB 스키마\n\n### delivery_attempts — 시도 이력\n\n- id PK, delivery_id FK(인덱스), attempt_no, status\n",
        expect![[r#"
            delivery_attempts(id pk, delivery_id, attempt_no, status) in scope
        "#]],
    );
}

#[test]
fn a_cell_may_name_several_fields() {
    check(
        "# Carte\n\n## Modèle de données\n\n### places\n\n| Champ | Type |\n|---|---|\n| id | uuid |\n| latitude / longitude | numeric |\n| city, country | text |\n",
        expect![[r#"
            places(id uuid, latitude numeric, longitude numeric, city text, country text) in scope
        "#]],
    );
}

#[test]
fn a_title_may_say_that_it_defines_a_table() {
    check(
        "# レシピ\n\n## データ要件\n\n### 5.2 recipes テーブル定義\n\n| カラム名 | 型 | 説明 |\n|---|---|---|\n| id | BIGINT | 主キー |\n| title | VARCHAR(100) | レシピ名 |\n",
        expect![[r#"
            recipes(id bigint pk, title varchar(100)) in scope
        "#]],
    );
}

#[test]
fn what_a_sentence_says_a_thing_has_are_its_columns() {
    check(
        "# Booking\n\n## Requirements\n\n- **R1** Each Event Template shall include:\n  - `id` – unique identifier.\n  - `name` – title.\n  - `status` – draft or published.\n- Managers create and update products with SKU, name, unit, price and location.\n- WHEN an admin submits a ticket with a subject, description, status and priority, THE API SHALL create it.\n",
        expect![[r#"
            event_templates(id unique, name, status) in scope
            products(sku, name, unit, price, location) in scope
            tickets(subject, description, status, priority) in scope
            ? units() in scope
        "#]],
    );
    check(
        "# Verein\n\n## Anforderungen\n\n- Jede Rechnung enthält Nummer, Datum, Betrag und Status.\n",
        expect![[r#"
            invoices(nummer, date, amount, status) in scope
        "#]],
    );
    check(
        "# Cabinet\n\n## Exigences\n\n- Chaque patient possède un nom, une adresse, un téléphone et un email.\n",
        expect![[r#"
            ? patients(name, address, phone, email) in scope
        "#]],
    );
    check(
        "# 商城\n\n## 功能需求\n\n- 每个订单包含编号、金额、状态、创建时间。\n",
        expect![[r#"
            orders(id, amount, status, created_at) in scope
        "#]],
    );
    check(
        "# Shop\n\n## Requirements\n\n- The page has a header, a footer, a menu and a title.\n",
        expect![],
    );
}
