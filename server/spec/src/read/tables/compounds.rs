//! English names for labels of several words in another language: "Nome do doador", "numéro
//! d'agent", "Rechnungsnummer", "订单编号".
//!
//! A label is taken apart into the field (number, date) and the thing that it is of; where both are
//! known, English puts them together as `thing_field`.

use super::glosses::gloss;
use super::labels::bare;
use super::{lexicon, names};
use crate::read::Language;

/// The English name of a label that consists of a field and a thing.
pub(super) fn name(label: &str) -> Option<String> {
    let bare = bare(label);
    // "关联患者编号" is the number of a linked patient.
    let label = ["关联", "所属", "対象", "연결된 ", "관련 "]
        .iter()
        .find_map(|it| bare.strip_prefix(it))
        .unwrap_or(&bare);
    let linked = label;
    let label = without_trait(linked);
    let is_short = label.len() < linked.len();
    let known = || gloss(label).map(str::to_owned);
    let own =
        is_short.then(|| known().or_else(|| (!label.contains(' ')).then(|| names::snake(label))));
    own.flatten()
        .or_else(|| reference(label))
        .or_else(|| joined(label))
        .or_else(|| apposed(label))
        .or_else(|| solid(label))
}

/// "détaillée", "único": says of the field what no name needs.
fn without_trait(label: &str) -> &str {
    const TRAITS: &[&str] = &[
        " unique",
        " optionnel",
        " optionnelle",
        " obligatoire",
        " detaillee",
        " complete",
        " unico",
        " unica",
        " opcional",
        " completo",
        " completa",
        " obligatorio",
        " detallada",
        " hache",
        " hachee",
        " chiffre",
        " cifrada",
        " hasheada",
        " com hash",
        " actif inactif",
        " eindeutig",
        " optional",
        " уникальный",
        " unik",
        " opsional",
    ];
    TRAITS.iter().find_map(|it| label.strip_suffix(it)).unwrap_or(label)
}

/// "Referenz auf Kunde", "lien vers l'utilisateur", "ID клиента".
fn reference(label: &str) -> Option<String> {
    const LEADS: &[&str] = &[
        "referenz auf ",
        "verweis auf ",
        "link zu ",
        "reference a ",
        "reference ",
        "lien vers ",
        "lien optionnel vers ",
        "identifiant du ",
        "identifiant de l'",
        "identifiant de la ",
        "identifiant de ",
        "id de l'",
        "referencia a ",
        "referencia al ",
        "enlace a ",
        "vinculo a ",
        "id del ",
        "id de la ",
        "id de ",
        "referencia ao ",
        "referencia para ",
        "vinculo com ",
        "id do ",
        "id da ",
        "ссылка на ",
        "идентификатор ",
        "referensi ke ",
        "tautan ke ",
        "id ",
    ];
    const ARTICLES: &[&str] =
        &["l'", "le ", "la ", "les ", "un ", "une ", "el ", "una ", "o ", "a "];
    let rest = LEADS.iter().find_map(|it| label.strip_prefix(it))?;
    let rest = ARTICLES.iter().find_map(|it| rest.strip_prefix(it)).unwrap_or(rest);
    let first = rest.split(' ').next().unwrap_or(rest);
    let thing = noun(rest).or_else(|| noun(first))?;
    Some(format!("{thing}_id"))
}

/// "date de la vente", "nombre del cliente".
fn joined(label: &str) -> Option<String> {
    const JOINTS: &[&str] = &[
        " do ", " da ", " dos ", " das ", " del ", " de la ", " de los ", " de las ", " de l'",
        " de ", " du ", " des ", " d'", " der ", " des ", " von ", " en ", " dari ",
    ];
    JOINTS.iter().find_map(|joint| {
        let (field, thing) = label.split_once(joint)?;
        let field = head(field)?;
        together(&thing_of(thing)?, field)
    })
}

/// "номер заказа", "tanggal pinjam": two words, the field first.
fn apposed(label: &str) -> Option<String> {
    let (field, thing) = label.split_once(' ').filter(|(_, it)| !it.contains(' '))?;
    together(&thing_of(thing)?, head(field)?)
}

/// "Rechnungsnummer", "订单编号", "회원 번호": the thing first, often without a space.
fn solid(label: &str) -> Option<String> {
    // English joins the same words: "username", "filename".
    const ENGLISH: &[&str] = &["name", "status", "code", "id", "link", "url", "art", "ort"];
    let is_word = label.is_ascii() && !label.contains(' ');
    for (word, field) in
        SUFFIXES.iter().flat_map(|(name, list)| list.split('|').map(|it| (it, *name)))
    {
        let Some(thing) = label.strip_suffix(word) else { continue };
        if is_word && ENGLISH.contains(&word) {
            continue;
        }
        let thing = thing.trim().trim_end_matches(['-', 'の', '的']);
        if thing.is_empty() {
            continue;
        }
        // A document has a number, all else an id: "订单编号" and "患者编号".
        let field = match (word, thing) {
            ("编号", "订单" | "发票" | "合同" | "单据" | "工单" | "车辆") => "number",
            _ => field,
        };
        let known = thing_of(thing)
            .or_else(|| thing_of(thing.strip_suffix('s')?))
            .or_else(|| thing_of(thing.strip_suffix('n')?));
        if let Some(name) = known.and_then(|it| together(&it, field)) {
            return Some(name);
        }
    }
    None
}

/// What a field is called, as the first of several words.
fn head(word: &str) -> Option<&'static str> {
    let known = HEADS.iter().find(|(_, list)| list.split('|').any(|it| it == word));
    known.map(|(name, _)| *name).or_else(|| gloss(word))
}

fn together(thing: &str, field: &str) -> Option<String> {
    match field {
        "" => Some(thing.to_owned()),
        "date" if thing.ends_with("_date") || thing.ends_with("_at") => Some(thing.to_owned()),
        // "date de création" is a moment.
        "date" => moment(thing).map(str::to_owned).or_else(|| Some(format!("{thing}_date"))),
        _ if thing == field => None,
        _ => Some(format!("{thing}_{field}")),
    }
}

fn moment(thing: &str) -> Option<&'static str> {
    Some(match thing {
        "creation" => "created_at",
        "modification" | "update" => "updated_at",
        "expiration" => "expires_at",
        "payment" => "paid_at",
        "verification" => "verified_at",
        "shipping" => "sent_at",
        "start" => "start_date",
        "end" => "end_date",
        _ => return None,
    })
}

/// The English singular of what a field is of.
fn thing_of(word: &str) -> Option<String> {
    let word = word.trim();
    let known = THINGS.iter().find(|(_, list)| list.split('|').any(|it| it == word));
    known
        .map(|(name, _)| (*name).to_owned())
        .or_else(|| noun(word))
        .or_else(|| gloss(word).map(str::to_owned))
        .or_else(|| cognate(word))
}

fn noun(word: &str) -> Option<String> {
    let english = || {
        lexicon::noun_of(word, Language::English).filter(|it| {
            let plural = names::plural(&names::snake(word));
            it.name == plural
        })
    };
    lexicon::of_any_language(word)
        .or_else(|| lexicon::of_any_language(word.trim_end_matches('s')))
        .or_else(|| lexicon::whole(word))
        .or_else(english)
        .map(|it| names::singular(it.name))
}

/// "certification", "transacción": the same word in English, but for its end.
fn cognate(word: &str) -> Option<String> {
    if word.contains(' ') || word.len() < 6 {
        return None;
    }
    for (own, english) in [("tion", "tion"), ("sion", "sion"), ("cion", "tion"), ("cao", "tion")] {
        if let Some(stem) = word.strip_suffix(own) {
            return Some(format!("{stem}{english}"));
        }
    }
    None
}

/// Fields that come first, without accents; no name where the thing says it all.
#[rustfmt::skip]
const HEADS: &[(&str, &str)] = &[
    ("number", "numero|nummer|nr|номер|nomor|no|n"),
    ("date", "date|dates|fecha|fechas|data|datas|datum|дата|tanggal|tgl"),
    ("time", "heure|hora|horario|uhrzeit|время|waktu|jam"),
    ("name", "nom|nombre|nome|имя|название|наименование|nama"),
    ("type", "type|tipo|art|typ|тип|вид|jenis|tipe"),
    ("status", "statut|estado|situacao|статус|status|etat"),
    ("code", "code|codigo|kode|код"),
    ("id", "identifiant|identificador|id|идентификатор"),
    ("price", "prix|precio|preco|цена|harga"),
    ("amount", "montant|monto|importe|valor|сумма|jumlah|nominal"),
    ("count", "compteur|cantidad|quantidade|количество|numero de"),
    ("rate", "taux|tasa|taxa|ставка|tarif"),
    ("address", "adresse|direccion|endereco|адрес|alamat"),
    ("level", "niveau|nivel|уровень|tingkat"),
    ("zone", "zone|zona|зона"),
    ("duration", "duree|duracion|duracao|длительность|durasi"),
    ("photo", "photo|foto|фото"),
    ("method", "mode|metodo|forma|способ|metode"),
    ("url", "lien|enlace|link|url|ссылка|tautan"),
    ("reason", "motif|motivo|razon|причина|alasan"),
    ("year", "annee|ano|год|tahun"),
    ("title", "titre|titulo|заголовок|judul"),
    ("description", "description|descripcion|descricao|описание|deskripsi"),
    ("hash", "hash|хеш|хэш"),
    ("data", "donnees|datos|dados|данные"),
    ("limit", "limite|лимит|batas"),
    ("", "indicateur|indicador|признак"),
];

/// Fields that come last.
#[rustfmt::skip]
const SUFFIXES: &[(&str, &str)] = &[
    ("number", "nummer|号码|单号|番号|번호"),
    ("date", "datum|日期|年月日|日付|日|일자|날짜|일"),
    ("time", "uhrzeit|zeit|时间|時刻|日時|시간|시각|일시"),
    ("name", "bezeichnung|name|名称|名字|姓名|名|이름|명"),
    ("type", "art|typ|类型|类别|种类|種別|種類|区分|유형|종류|구분|타입"),
    ("status", "status|状态|ステータス|状態|상태"),
    ("code", "code|代码|コード|코드"),
    ("id", "id|标识|编号|식별자|아이디"),
    ("price", "preis|价格|单价|価格|単価|가격|단가"),
    ("amount", "betrag|summe|金额|金額|금액"),
    ("count", "anzahl|数量|次数|数|人数|件数|개수|횟수|수량|수"),
    ("rate", "satz|比例|率|율|률"),
    ("address", "adresse|anschrift|地址|住所|주소"),
    ("url", "url|link|链接|网址|リンク|링크"),
    ("phone", "telefon|电话|電話|전화"),
    ("level", "stufe|等级|级别|レベル|레벨|등급"),
    ("description", "beschreibung|描述|说明|説明|설명"),
    ("content", "inhalt|内容|내용"),
    ("title", "titel|标题|タイトル|제목"),
    ("image", "bild|图片|画像|이미지|사진"),
    ("reason", "grund|原因|理由|사유"),
    ("location", "ort|地点|場所|장소"),
    ("method", "methode|方式|方法|방법|수단"),
    ("duration", "dauer|时长|期間|기간"),
];

/// Things that fields are of and that are no rows, without accents.
#[rustfmt::skip]
const THINGS: &[(&str, &str)] = &[
    ("creation", "creation|creacion|criacao|erstellung|erstellungs|создания|создание|pembuatan|创建|作成|생성"),
    ("update", "mise a jour|modification|actualizacion|modificacion|atualizacao|anderungs|anderung|обновления|изменения|更新|修改|수정"),
    ("registration", "inscription|registro|cadastro|registrierungs|регистрации|pendaftaran|注册|登録|가입|등록"),
    ("expiration", "expiration|validite|expiracion|vencimiento|validade|vencimento|expiracao|ablauf|окончания|истечения|kadaluarsa|kedaluwarsa|过期|有効期限|만료"),
    ("start", "debut|inicio|beginn|start|начала|mulai|开始|開始|시작"),
    ("end", "fin|fim|termino|ende|end|конца|завершения|selesai|结束|終了|종료|마감"),
    ("delivery", "livraison|entrega|liefer|lieferung|доставки|pengiriman|配送|配達|배송|배달"),
    ("shipping", "envoi|envio|versand|отправки|发货|発送|발송"),
    ("payment", "paiement|pago|pagamento|zahlungs|zahlung|оплаты|платежа|pembayaran|支付|付款|支払|결제"),
    ("purchase", "achat|compra|kauf|покупки|pembelian|购买|購入|구매"),
    ("sale", "vente|venta|venda|verkaufs|продажи|penjualan|销售|販売|판매"),
    ("loan", "emprunt|prestamo|emprestimo|ausleih|выдачи|pinjam|peminjaman|借出|借阅|貸出|대출"),
    ("return", "retour|devolucion|devolucao|ruckgabe|возврата|kembali|pengembalian|归还|返却|반납"),
    ("birth", "naissance|nacimiento|nascimento|geburts|рождения|lahir|出生|生年|출생"),
    ("security", "securite|seguridad|seguranca|sicherheits|безопасности|keamanan|安全|보안"),
    ("contact", "contact|contacto|contato|kontakt|контакта|联系|連絡|연락"),
    ("verification", "verification|verificacion|verificacao|проверки|verifikasi|验证|認証|인증"),
    ("access", "acces|acceso|acesso|zugangs|доступа|akses|访问|アクセス|접근"),
    ("tracking", "suivi|tracking|seguimiento|rastreamento|rastreio|sendungs|отслеживания|物流|追跡|추적|운송장"),
    ("vehicle", "vehicule|vehiculo|veiculo|fahrzeug|автомобиля|kendaraan|车辆|車両|차량"),
    ("contract", "contrat|contrato|vertrags|договора|kontrak|合同|契約|계약"),
    ("account", "compte|cuenta|conta|konto|счета|rekening|账户|口座|계좌"),
    ("bank", "banque|banco|bank|банка|银行|銀行|은행"),
    ("user", "utilisateur|usuario|benutzer|nutzer|пользователя|pengguna|用户|ユーザー|사용자|회원"),
    ("reading", "lecture|lectura|leitura|прочтения|阅读|읽음"),
    ("ip", "ip"),
    ("proof", "preuve|comprobante|comprovante|nachweis|подтверждения|bukti|凭证|증빙"),
    ("document", "document|documento|dokument|документа|dokumen|文档|文書|문서"),
    ("total", "total|gesamt|итого|总|合計|총"),
    ("department", "科室|部门|abteilungs|отдела|부서|部署"),
    ("queue", "就诊|排队|warteschlangen|очереди|antrian|대기"),
    ("diagnosis", "诊断|diagnose|diagnostico|диагноза|診断|진단"),
    ("booked", "已预约"),
    ("position", "岗位|职位|должности|jabatan|직위"),
    ("template", "模板|vorlagen|plantilla|шаблона|템플릿"),
    ("menu", "菜单|メニュー|메뉴"),
    ("group", "分组|gruppen|grupo|группы|그룹"),
    ("project", "项目|projekt|proyecto|projeto|проекта|proyek|案件|프로젝트"),
    ("supplier", "供应商|lieferanten|proveedor|fornecedor|поставщика|pemasok|공급업체"),
    ("warehouse", "仓库|lager|almacen|estoque|склада|gudang|倉庫|창고"),
    ("batch", "批次|chargen|lote|партии|ロット|로트"),
    ("parent", "父|上级|親|상위"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_things_get_english_names() {
        let check = |label: &str, expect: Option<&str>| {
            assert_eq!(name(label).as_deref(), expect, "{label}");
        };
        check("Referência ao cliente", Some("customer_id"));
        check("lien vers la facture", Some("invoice_id"));
        check("numéro de facture", Some("invoice_number"));
        check("Fecha de creación", Some("created_at"));
        check("tipo de vehículo", Some("vehicle_type"));
        check("Rechnungsnummer", Some("invoice_number"));
        check("Номер заказа", Some("order_number"));
        check("tanggal lahir", Some("birth_date"));
        check("订单编号", Some("order_number"));
        check("关联患者编号", Some("patient_id"));
        check("商品の名称", Some("product_name"));
        check("주문 번호", Some("order_number"));
        check("ein ganzer Satz", None);
    }
}
