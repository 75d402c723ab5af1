//! What stands right beside the name of a thing: "order status", "estado del pedido", "订单编号". Who
//! speaks of the parts of a thing keeps it.

use std::ops::Range;

/// How far before a noun is looked.
const BEFORE_BYTES_MAX: usize = 40;

/// Whether the words beside the noun at `range` name something that rows have: a number, a status, a
/// list of them.
pub(super) fn names_part(text: &str, range: &Range<usize>) -> bool {
    let from = text.floor_char_boundary(range.start.saturating_sub(BEFORE_BYTES_MAX));
    is_part_behind(&text[range.end..]) || is_part_before(&text[from..range.start])
}

/// "order status", "注文一覧"
fn is_part_behind(after: &str) -> bool {
    const WORDS: &[&str] = &[
        "id",
        "ids",
        "name",
        "names",
        "status",
        "statuses",
        "number",
        "numbers",
        "detail",
        "details",
        "list",
        "lists",
        "history",
        "data",
        "record",
        "records",
        "type",
        "types",
        "date",
        "dates",
        "title",
        "titles",
        "information",
        "info",
        "table",
        "entity",
        "model",
        "form",
        "profile",
        "profiles",
        "description",
        "count",
        "counts",
        "metadata",
        "page",
        "database",
        "catalog",
    ];
    const UNSPACED: &[&str] = &[
        "id",
        "编号",
        "状态",
        "列表",
        "信息",
        "详情",
        "名称",
        "记录",
        "类型",
        "数据",
        "一覧",
        "情報",
        "名",
        "番号",
        "ステータス",
        "データ",
        "履歴",
        "詳細",
        "목록",
        "정보",
        "번호",
        "상태",
        "이름",
        "데이터",
        "내역",
        "상세",
    ];
    let after = after.trim_start_matches(['`', '*', '"', '\'']);
    let joined = after.trim_start_matches([' ', '_', '的', 'の', '의']);
    if joined.starts_with(|it: char| !it.is_ascii()) || after.len() == joined.len() {
        return UNSPACED.iter().any(|it| joined.starts_with(it))
            && !joined.starts_with(|it: char| it.is_ascii_lowercase());
    }
    let word = joined.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
    WORDS.contains(&word)
}

/// "list of orders", "état de la commande", "статус заказа"
fn is_part_before(before: &str) -> bool {
    const STARTS: &[&str] = &[
        "list",
        "id",
        "status",
        "detail",
        "name",
        "number",
        "histor",
        "database",
        "catalog",
        "record",
        "type",
        "set",
        "table",
        "identifi",
        "statut",
        "état",
        "numéro",
        "liste",
        "nom",
        "titre",
        "date",
        "fiche",
        "estado",
        "listado",
        "número",
        "nombre",
        "título",
        "fecha",
        "detalle",
        "datos",
        "tipo",
        "registro",
        "gestión",
        "informaci",
        "detalhe",
        "dados",
        "cadastro",
        "gestão",
        "informaç",
        "nome",
        "статус",
        "список",
        "списк",
        "номер",
        "назван",
        "дат",
        "тип",
        "данн",
        "карточк",
        "управлен",
        "идентификатор",
        "daftar",
        "nama",
        "nomor",
        "data",
        "riwayat",
        "tanggal",
        "jenis",
        "manajemen",
        "kelola",
        "anzahl",
        "nummer",
    ];
    const JOINTS: &[&str] = &[
        "of", "the", "all", "their", "its", "a", "an", "each", "every", "de", "la", "le", "les",
        "l", "du", "des", "d", "del", "los", "las", "do", "da", "dos", "das", "der", "aller",
        "von",
    ];
    if !before.ends_with([' ', '\'', '’']) {
        return false;
    }
    let words = before.split(|it: char| !it.is_alphanumeric()).rev().filter(|it| !it.is_empty());
    let mut joined = false;
    for word in words.take(4) {
        if JOINTS.contains(&word) {
            joined = true;
            continue;
        }
        // English and its like join with a word; Russian and Indonesian need none.
        let needs_joint = word.is_ascii() && !word.starts_with("daftar");
        let bare = [
            "daftar",
            "nama",
            "nomor",
            "data",
            "riwayat",
            "tanggal",
            "jenis",
            "manajemen",
            "kelola",
        ];
        let is_part = STARTS.iter().any(|it| word.starts_with(it));
        return is_part && (joined || !needs_joint || bare.contains(&word));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, noun: &str, expected: bool) {
        let start = text.find(noun).expect("the noun stands in the text");
        assert_eq!(names_part(text, &(start..start + noun.len())), expected, "{text}");
    }

    #[test]
    fn parts_of_a_thing_stand_behind_it_or_before_it() {
        check("the order status is shown", "order", true);
        check("a list of all orders", "orders", true);
        check("el estado del pedido", "pedido", true);
        check("l'état de la commande", "commande", true);
        check("статус заказа", "заказа", true);
        check("daftar pesanan", "pesanan", true);
        check("显示订单编号", "订单", true);
        check("注文の一覧を表示", "注文", true);
        check("주문 목록", "주문", true);
    }

    #[test]
    fn deeds_are_no_parts() {
        check("the customer places an order today", "order", false);
        check("el usuario crea un pedido", "pedido", false);
        check("用户提交订单后", "订单", false);
        check("orders are shipped", "orders", false);
    }
}
