//! What ties tables: columns that are named after people or other tables, names of two tables, and
//! descriptions.

use super::check;
use expect_test::expect;

#[test]
fn who_does_something_to_a_row_is_a_user() {
    check(
        "## Data model\n\n- **User**: id, email\n- **Appointment**: id, barberId, clientId, assignedById, stripeCustomerId\n",
        expect![[r#"
            appointments(id, barber_id -> users.id, client_id -> users.id, assigned_by_id -> users.id, stripe_customer_id) in scope
            users(id, email) in scope
            appointments.assigned_by_id -> users.id
            appointments.barber_id -> users.id
            appointments.client_id -> users.id
        "#]],
    );
}

#[test]
fn a_column_may_leave_out_the_first_word_of_a_table() {
    check(
        "## Tables\n\n- `typing_sessions`: id, wpm\n- `keystroke_logs`: id, session_id, latency\n- `temp_roles`: id, role_id\n- `reaction_roles`: id, role_id\n",
        expect![[r#"
            keystroke_logs(id, session_id -> typing_sessions.id, latency) in scope
            reaction_roles(id, role_id) in scope
            temp_roles(id, role_id) in scope
            typing_sessions(id, wpm) in scope
            keystroke_logs.session_id -> typing_sessions.id
        "#]],
    );
}

#[test]
fn a_key_is_known_by_the_words_of_the_spec() {
    check(
        "# Sistem perpustakaan\n\nSistem ini membantu petugas perpustakaan untuk mengelola data peminjaman buku dengan mudah.\n\n## Basis data\n\n### Tabel Anggota\n\n| Kolom | Tipe | Keterangan |\n|---|---|---|\n| id | int | primary key |\n| nama | varchar | nama anggota |\n\n\
         ### Tabel Peminjaman\n\n| Kolom | Tipe | Keterangan |\n|---|---|---|\n| id | int | primary key |\n| anggota_id | int | Foreign key dari tabel anggota |\n",
        expect![[r#"
            loans(id int pk, anggota_id int -> members.id) in scope
            members(id int pk, nama varchar) in scope
            loans.anggota_id -> members.id
        "#]],
    );
}

#[test]
fn what_a_form_shows_refers_to_nothing() {
    check(
        "## Functional requirements\n\n- The system shall store payments. Each payment has amount, date, plan and note.\n- Admins create, edit and delete plans. Each plan has name, price and period.\n",
        expect![[r#"
            payments(amount, date, plan, note) in scope
            plans(name, price, period) in scope
        "#]],
    );
}

#[test]
fn names_of_two_tables_tie_both() {
    check(
        "## Tables\n\n- `bookmarks`: id, url\n- `tags`: id, name\n- `bookmark_tags`\n- `users`: id, email\n- `bookmark_members`\n",
        expect![[r#"
            bookmark_members() in scope
            bookmark_tags() in scope
            bookmarks(id, url) in scope
            tags(id, name) in scope
            users(id, email) in scope
            bookmark_members.bookmark_id -> bookmarks.id
            bookmark_members.user_id -> users.id
            bookmark_tags.bookmark_id -> bookmarks.id
            bookmark_tags.tag_id -> tags.id
        "#]],
    );
}

#[test]
fn descriptions_say_what_a_table_is_of() {
    check(
        "## Key entities\n\n- **User**: id, email; may belong to multiple homes\n- **Home**: id, address\n- **Dream**: id, title\n\
         - **Playback Session**: Tracks a user's progress through a dream\n- **Membership** — User ↔ Home link with role\n",
        expect![[r#"
            dreams(id, title) in scope
            homes(id, address) in scope
            memberships() in scope
            playback_sessions() in scope
            users(id, email) in scope
            memberships.home_id -> homes.id
            memberships.user_id -> users.id
            playback_sessions.dream_id -> dreams.id
            playback_sessions.user_id -> users.id
        "#]],
    );
    check(
        "# Поездки\n\nПриложение помогает пользователям планировать поездки и считать расходы.\n\n## Модель данных\n\n- `User` — пользователь: id, email\n- `Trip` — поездка (FK → User)\n- `Expense` — расход (FK → Trip)\n",
        expect![[r#"
            expenses() in scope
            trips() in scope
            users(user id, email) owner user in scope
            expenses.trip_id -> trips.id
            trips.user_id -> users.id
        "#]],
    );
    check(
        "## Datenmodell\n\n| Entität | Inhalt |\n|---|---|\n| `Transaction` | Betrag, Datum |\n| `Category` | Name, Farbe |\n| `Transfer` | verknüpft zwei `Transaction` als eine Umbuchung |\n",
        expect![[r#"
            categories(name, color) in scope
            transactions(amount, date) in scope
            transfers() in scope
            transfers.transaction_id -> transactions.id
        "#]],
    );
}

#[test]
fn sentences_tell_who_has_and_who_is_had() {
    check(
        "# Almacén\n\nEl sistema permite a los vendedores gestionar los productos y los proveedores de la empresa.\n\n## Modelo de datos\n\n- Proveedor: id, nombre\n- Producto: id, nombre\n\n## Reglas\n\nCada proveedor podrá estar asociado a múltiples productos.\n",
        expect![[r#"
            products(id, name) in scope
            suppliers(id, name) in scope
            products.supplier_id -> suppliers.id
        "#]],
    );
    // Of two plurals neither is the one side, and behind a comma another thing may be meant.
    check(
        "## Data model\n\n- **Customer**: id, name\n- **Order**: id, total\n- **Author**: id, name\n\n## Rules\n\nUsers can associate customers with orders. Many-to-many with authors, has many orders.\n",
        expect![[r#"
            authors(id, name) in scope
            customers(id, name) in scope
            orders(id, total) in scope
        "#]],
    );
}

#[test]
fn bracketed_fields_open_with_a_key_and_not_with_a_type() {
    check(
        "# Trading\n\n## Database schema\n\n```sql\n-- What people own\nportfolios (id, user_id, balance)\n\n-- What they did\ntrades (id, user_id, symbol)\n```\n",
        expect![[r#"
            portfolios(id, user_id, balance) owner user_id in scope
            trades(id, user_id, symbol) owner user_id in scope
        "#]],
    );
}

#[test]
fn a_paragraph_below_the_name_of_a_table_describes_it() {
    check(
        "# App\n\n## Data entities\n\n### Family\n\n- id\n- name\n\n### Child\n\nRepresents a child profile inside a family.\n",
        expect![[r#"
            children() in scope
            families(id, name) in scope
            children.family_id -> families.id
        "#]],
    );
}

#[test]
fn what_fields_refer_to_is_missing_from_the_list() {
    check(
        "# Tickets\n\n## Functional requirements\n\n- Organizers create, edit and delete orders of spare parts.\n- Staff create, edit and delete events.\n- The system shall store events and list all events of the month.\n- Each event has a status.\n\n\
         ## Data model\n\n- organizations: id, name\n- payouts: id, event_id, amount\n\
         - scans: id, device\n- wallets: id, balance\n- halls: id, total\n- seats: id, row\n",
        expect![[r#"
            events() in scope
            halls(id, total) in scope
            organizations(id, name) in scope
            payouts(id, event_id -> events.id, amount) in scope
            scans(id, device) in scope
            seats(id, row) in scope
            wallets(id, balance) in scope
            payouts.event_id -> events.id
        "#]],
    );
}

#[test]
fn what_links_two_things_refers_to_both() {
    check(
        "## Data model\n\n- **Tenant**: id, name\n- **Property**: id, address\n- **Lease**: id, start_date\n\n## Rules\n\nThe system shall allow creation of leases by linking tenant and property.\n",
        expect![[r#"
            leases(id, start_date) in scope
            properties(id, address) in scope
            tenants(id, name) in scope
            leases.property_id -> properties.id
            leases.tenant_id -> tenants.id
        "#]],
    );
}

#[test]
fn references_to_people_are_keys() {
    check(
        "## Data model\n\n- **User**: id, email\n- **Session**: id, user reference, provider reference, valid email\n- **Shop**: Add owner reference, name, address\n",
        expect![[r#"
            sessions(id, user_id reference -> users.id, provider_reference reference, email email) owner user_id in scope
            shops(owner_id -> users.id, name, address) owner owner_id in scope
            users(id, email) in scope
            sessions.user_id -> users.id
            shops.owner_id -> users.id
        "#]],
    );
}
