//! Sentences and forms that list the fields of a thing.

use super::check;
use expect_test::expect;

#[test]
fn what_the_system_stores_belongs_to_what_the_sentence_makes() {
    check(
        "## Requirements\n\n1. WHEN a meter reading is created THEN the system SHALL store value, unit, date, and status information\n\
         2. WHEN a clerk registers a new supplier, the system stores name, email and phone.\n",
        expect![[r#"
            ? meters(value, unit, date, status) in scope
            suppliers(name, email, phone) in scope
        "#]],
    );
}

#[test]
fn what_is_filled_in_belongs_to_what_is_made() {
    check(
        "## Invoices\n\n### Create invoice\n\n1. The clerk opens the form.\n\
         2. The clerk enters title, amount, due date and description.\n",
        expect![[r#"
            invoices(title, amount, due_date, description) in scope
        "#]],
    );
    check(
        "## Reservas\n\n- El cliente ingresa nombre, fecha, hora y teléfono para crear la reserva.\n",
        expect![[r#"
            bookings(name, date, time, phone) in scope
        "#]],
    );
}

#[test]
fn an_entry_is_one_of_what_was_spoken_of() {
    check(
        "## Audit\n\n- AccessLog entries are written for each sign-in.\n\
         - Each entry captures user, action, timestamp and ip address.\n",
        expect![[r#"
            ? access_logs(user, action, timestamp, ip_address) owner user in scope
            users() in scope
        "#]],
    );
}

#[test]
fn the_verb_may_stand_behind_the_list() {
    check(
        "# 예약\n\n- 예약 생성 시 제목, 날짜, 시작 시간, 종료 시간, 설명을 입력할 수 있다.\n",
        expect![[r#"
            bookings(title, date, start_time, end_time, description) in scope
        "#]],
    );
    check(
        "# 予約\n\n- 予約には、タイトル、日付、開始時間、説明を登録する。\n",
        expect![[r#"
        bookings(title, date, start_time, description) in scope
    "#]],
    );
}

#[test]
fn a_list_may_end_in_a_word_for_all_of_it() {
    check(
        "# 客户\n\n- 管理员新增客户时填写姓名、电话、地址、邮箱等信息。\n",
        expect![[r#"
        customers(name, phone, address, email) in scope
    "#]],
    );
    check(
        "# Devices\n\n- The list shows device metadata (name, type, last active) and users can create devices.\n",
        expect![[r#"
            devices(name, type, last_active) in scope
        "#]],
    );
}

#[test]
fn whoever_signs_up_has_an_account() {
    check(
        "# Access\n\n- Visitors register with `username`, `email` and `password`.\n",
        expect![[r#"
        users(username, email, password) in scope
    "#]],
    );
}

#[test]
fn rows_of_requests_name_fields_as_they_are_sent() {
    check(
        "## Módulo: Productos\n\nEl sistema permite registrar y consultar los productos de cada bodega de la empresa.\n\n| ID | Descripción | Entrada | Salida |\n|---|---|---|---|\n\
         | RF-1 | Listar productos | GET: `buscar`, `estado` | Lista |\n\
         | RF-2 | Agregar producto | POST: `nombre`, `precio`, `bodega_id` | Producto creado |\n",
        expect![[r#"
            products(nombre, precio, bodega_id) in scope
        "#]],
    );
}

#[test]
fn a_record_with_an_article_is_no_verb() {
    check(
        "## Glossary\n\n- **Notification**: A record in the `notifications` table with fields: `id`, `user_id`, `title`, `is_read`.\n\n## Requirements\n\n1. THE `notifications` table SHALL include the fields `id`, `user_id`, `message` and `created_at`.\n",
        expect![[r#"
            notifications(fields, user_id, title, is_read, id, message, created_at) owner user_id in scope
        "#]],
    );
}
