//! Groups of phrases that no reader of a notation takes, weighed by their form.

use super::check;
use expect_test::expect;

#[test]
fn fields_are_found_in_whatever_shape_they_stand() {
    check(
        "# Boat club\n\n## Requirements\n\n- Members sign in with email and password.\n- Members create, edit and delete bookings.\n\n\
         ### Bookings\n\n- **Fields:** boat name, start time, end time, status (open | closed), notes (optional).\n",
        expect![[r#"
            bookings(boat_name, start_time, end_time, status, notes) in scope
            users() in scope
        "#]],
    );
    check(
        "# Club\n\n## Database\n\n#### vessels\n```\nid (uuid, PK)\nname (string, unique)\nlength (decimal)\nstatus (enum: 'in', 'out')\n  - 1: in the harbour\ncreated_at (timestamp)\n```\n",
        expect![[r#"
            vessels(id uuid pk, name string unique, length decimal, status {in, out}, created_at timestamp) in scope
        "#]],
    );
    check(
        "# Club billing\n\n1. THE System SHALL create a `boat_fees` table storing fee ID, member ID, monthly price, currency, metadata as JSONB, and due date\n\
         2. Inspections are stored in a `boat_checks` table with: inspector_id, started_at, status (open | done), title, remarks.\n",
        expect![[r#"
            boat_checks(inspector_id, started_at, status {open, done}, title, remarks) in scope
            boat_fees(id, member_id, monthly_price, currency, metadata, due_date) in scope
        "#]],
    );
}

#[test]
fn fields_of_other_languages_are_found() {
    check(
        "# Клуб\n\n## Требования\n\n- Пользователи входят по паролю.\n\n### Мероприятия\n- Создание, редактирование и удаление мероприятий, просмотр списка мероприятий.\n- Поля: название, описание, цена, фото,\n  статус, год выпуска.\n",
        expect![[r#"
            events(name, description, price, photo, status, year) in scope
        "#]],
    );
    check(
        "# Club náutico\n\n## Requisitos\n\n### Clientes\n\n- Crear, editar y eliminar clientes.\n- Ver la lista de clientes.\n- Registrar cliente con sus datos:\n  - **Nombre**\n  - **Teléfono**\n  - **Correo**\n  - **Fecha de nacimiento**\n",
        expect![[r#"
            customers(name, phone, email, birth_date) in scope
        "#]],
    );
}

#[test]
fn features_values_and_filters_are_no_fields() {
    check(
        "# Boat club\n\n## Requirements\n\n- Members create, edit and delete bookings, and view bookings.\n\n### Bookings\n\n- Create bookings\n- Show the status of bookings\n- Filter bookings by date, status and price\n- Export bookings\n\n\
         Booking status: open, closed, cancelled.\n",
        expect![[r#"
            bookings() in scope
        "#]],
    );
}

#[test]
fn a_list_of_entities_is_not_the_fields_of_its_title() {
    check(
        "# Club\n\n### Key Entities\n\n- **Member**: Somebody with an account. Key attributes: unique identifier, full name, email address, preferred language, account creation date. Relationships: owns bookings.\n\
         - **Session**: An active period of a member. Key attributes: expiry time, device name, used flag.\n- **Ticket**: What lets a member in. Key attributes: code, price, expiry time.\n",
        expect![[r#"
            members(full_name, email, preferred_language, created_at) in scope
            sessions(expires_at, device_name, used_flag) in scope
            tickets(code, price, expires_at) in scope
            users() in scope
            sessions.member_id -> members.id
        "#]],
    );
}
