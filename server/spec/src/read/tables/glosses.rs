//! English names for fields that a spec lists in another language.

use super::lexicon::fold;
use super::{compounds, labels, names};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// The column that a label names: its identifier, else its English gloss, else its own words.
pub(super) fn column_name(label: &str) -> Option<String> {
    const WORDS_MAX: usize = 4;
    let label =
        label.trim().trim_matches(|it: char| !it.is_alphanumeric() && it != '_' && it != ')');
    let bare = label.split(['(', '（', '[']).next().unwrap_or(label).trim();
    if bare.is_ascii() {
        let name = names::snake(bare);
        let fits = !name.is_empty()
            && name.len() <= 48
            && bare.split_whitespace().count() <= WORDS_MAX
            && name.starts_with(|it: char| it.is_ascii_alphabetic());
        // An identifier is no phrase.
        let is_code = name.contains('_') && !bare.contains([' ', '-']);
        let known = || {
            let compound = || compounds::name(bare).filter(|_| !is_code);
            gloss(&name).map(str::to_owned).or_else(compound)
        };
        return fits.then(|| known().unwrap_or_else(|| name.clone()));
    }
    if let Some(inner) = label.strip_prefix(bare).and_then(identifier) {
        return Some(inner);
    }
    if bare.chars().count() > 30 || bare.split_whitespace().count() > WORDS_MAX {
        return None;
    }
    // The letters of a column are plain, where they are Latin.
    let own = names::snake(&labels::bare(bare));
    Some(gloss(bare).map(str::to_owned).or_else(|| compounds::name(bare)).unwrap_or(own))
}

/// The column that a phrase of many words names: only where all of it is understood.
pub(super) fn of_phrase(label: &str) -> Option<String> {
    const PHRASE_BYTES_MAX: usize = 60;
    if label.len() > PHRASE_BYTES_MAX {
        return None;
    }
    gloss(label).map(str::to_owned).or_else(|| compounds::name(label))
}

/// Both columns of "nom et prénom".
pub(super) fn pair(part: &str) -> Option<(String, String)> {
    const JOINTS: &[&str] = &[" et ", " y ", " e ", " und ", " и ", " dan "];
    let (left, right) = JOINTS.iter().find_map(|it| part.split_once(it))?;
    Some((gloss(left.trim())?.to_owned(), gloss(right.trim())?.to_owned()))
}

/// Whether a label in another language is one of a known field.
pub(super) fn is_glossed(label: &str) -> bool {
    gloss(label.split(['(', '（']).next().unwrap_or(label).trim()).is_some()
}

/// Whether a canonical name is one that many tables have.
pub(super) fn is_common(name: &str) -> bool {
    WORDS.iter().any(|(known, _)| *known == name)
}

/// `(category)` behind a label.
fn identifier(rest: &str) -> Option<String> {
    let inner = rest.trim().trim_matches(['(', ')', '（', '）', '[', ']', '`', ' ']);
    let is_identifier = inner.len() >= 2
        && inner.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && inner.starts_with(|it: char| it.is_ascii_alphabetic());
    is_identifier.then(|| names::snake(inner))
}

pub(super) fn gloss(label: &str) -> Option<&'static str> {
    let folded = fold(label).replace('_', " ");
    let found = GLOSSES.automaton.find_iter(&folded).find(|it| it.len() == folded.len())?;
    Some(GLOSSES.names[found.pattern().as_usize()])
}

struct Glosses {
    automaton: AhoCorasick,
    names: Vec<&'static str>,
}

static GLOSSES: LazyLock<Glosses> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut names = Vec::new();
    for (name, words) in WORDS {
        for word in words.split('|') {
            patterns.push(word.to_owned());
            names.push(*name);
            // Many write without accents.
            let bare = labels::bare(word);
            if bare != word {
                patterns.push(bare);
                names.push(*name);
            }
        }
    }
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&patterns)
        .expect("a few hundred words fit an automaton");
    Glosses { automaton, names }
});

#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("name", "nombre|nome|nom|имя|название|наименование|nama|名称|姓名|名字|名前|氏名|이름|이름명"),
    ("id", "identifiant|identifiant unique|identificador|identificador único|kennung|eindeutige id|eindeutige kennung|идентификатор|уникальный идентификатор|id unik|唯一标识|编号|識別子|고유 식별자|고유번호|고유 id"),
    ("phone", "numéro de téléphone|número de teléfono|número de telefone|celular|handynummer|номер мобильного|nomor hp|手机|手机号码|携帯番号|휴대폰|휴대폰 번호|휴대전화"),
    ("email", "adresse email|adresse mail|e-mail adresse|mail|email adresse|correo electronico|endereço de email|endereço de e-mail|адрес электронной почты|alamat email|电子邮件|이메일 주소"),
    ("full_name", "nombre completo|nome completo|nom complet|vollständiger name|фио|полное имя|nama lengkap"),
    ("first_name", "vorname|prénom|имя пользователя"),
    ("last_name", "nachname|apellido|apellidos|sobrenome|фамилия"),
    ("username", "benutzername|nom d'utilisateur|nombre de usuario|nome de usuário|логин|имя пользователя|nama pengguna|用户名|ユーザー名|아이디|pseudo"),
    ("email", "e-mail|e mail|correo|correo electrónico|adresse e-mail|e-mail-adresse|электронная почта|почта|邮箱|电子邮箱|メールアドレス|メール|이메일"),
    ("password", "passwort|mot de passe|contraseña|senha|пароль|kata sandi|密码|パスワード|비밀번호"),
    ("phone", "telefon|telefonnummer|téléphone|teléfono|telefone|телефон|номер телефона|telepon|nomor telepon|no hp|电话|手机号|联系电话|電話番号|전화번호|연락처"),
    ("address", "adresse|dirección|endereço|адрес|alamat|地址|住所|주소"),
    ("title", "titel|titre|título|titulo|заголовок|judul|标题|タイトル|제목"),
    ("description", "beschreibung|descripción|descrição|описание|deskripsi|描述|说明|説明|설명"),
    ("content", "inhalt|contenu|contenido|conteúdo|содержание|текст|isi|konten|内容|本文|내용"),
    ("date", "datum|fecha|data|дата|tanggal|日期|日付|날짜"),
    ("birth_date", "geburtsdatum|date de naissance|fecha de nacimiento|data de nascimento|дата рождения|tanggal lahir|生日|出生日期|生年月日|생년월일"),
    ("status", "statut|estado|situação|статус|状态|ステータス|状態|상태"),
    ("price", "preis|prix|precio|preço|цена|harga|价格|単価|価格|가격"),
    ("amount", "betrag|montant|monto|importe|valor|сумма|jumlah|金额|金額|금액"),
    ("quantity", "menge|anzahl|quantité|cantidad|quantidade|количество|kuantitas|数量|수량"),
    ("category", "kategorie|catégorie|categoría|categoria|категория|kategori|类别|分类|カテゴリ|카테고리"),
    ("type", "typ|tipo|тип|tipe|类型|種類|種別|유형|종류"),
    ("role", "rolle|rôle|rol|papel|роль|peran|角色|権限|역할"),
    ("image", "bild|imagen|imagem|изображение|gambar|图片|画像|이미지"),
    ("photo", "foto|фото|照片|写真|사진"),
    ("avatar", "аватар|头像|アバター|프로필 사진"),
    ("comment", "kommentar|commentaire|comentario|comentário|комментарий|komentar|评论|コメント|댓글"),
    ("rating", "bewertung|calificación|avaliação|рейтинг|оценка|评分|評価|평점"),
    ("created_at", "erstellt am|erstellungsdatum|date de création|fecha de creación|data de criação|дата создания|tanggal dibuat|创建时间|作成日時|작성일|생성일|등록일"),
    ("updated_at", "geändert am|date de modification|fecha de actualización|data de atualização|дата обновления|更新时间|更新日時|수정일"),
    ("user", "benutzer|utilisateur|usuario|usuário|пользователь|pengguna|用户|ユーザー|사용자"),
    ("customer", "kunde|cliente|клиент|客户|顧客|고객"),
    ("patient", "paciente|пациент|pasien|患者|환자"),
    ("doctor", "médico|arzt|врач|dokter|医生|医師|의사"),
    ("specialty", "especialidade|especialidad|especialidade(s)|spécialité|fachgebiet|специальность"),
    ("date_time", "data e hora|fecha y hora|date et heure|datum und uhrzeit|дата и время"),
    ("notes", "notizen|observações|observaciones|notas|remarques|примечания|примечание|catatan|备注|備考|메모|비고"),
    ("brand", "marke|marque|marca|марка|бренд|merek|品牌|ブランド|브랜드"),
    ("model", "modell|modèle|modelo|модель"),
    ("license_plate", "kennzeichen|immatriculation|matrícula|placa|госномер|车牌|车牌号"),
    ("start_date", "startdatum|date de début|fecha de inicio|data de início|дата начала|tanggal mulai|开始日期|开始时间|開始日|시작일"),
    ("end_date", "enddatum|date de fin|fecha de fin|data de fim|дата окончания|tanggal selesai|结束日期|结束时间|終了日|종료일"),
    ("location", "ort|lieu|lugar|local|место|lokasi|地点|場所|위치|장소"),
    ("author", "autor|auteur|автор|penulis|作者|著者|작성자|저자"),
    ("sender", "absender|expéditeur|remitente|remetente|отправитель|pengirim|发送者|送信者|보낸 사람"),
    ("payment_method", "zahlungsart|mode de paiement|método de pago|forma de pago|forma de pagamento|método de pagamento|способ оплаты|metode pembayaran|支付方式|支払方法|결제 수단"),
    ("due_date", "fälligkeitsdatum|échéance|fecha de vencimiento|data de vencimento|срок|tenggat|截止日期|期限|마감일"),
    ("priority", "priorität|priorité|prioridad|prioridade|приоритет|prioritas|优先级|優先度|우선순위"),
    ("color", "farbe|couleur|cor|цвет|warna|颜色|色|색상"),
    ("url", "ссылка|链接|링크"),
    ("duration", "dauer|durée|duración|duração|длительность|durasi|时长|期間|기간"),
    ("last_name", "familienname|nom de famille|primer apellido"),
    ("name", "bezeichnung|denominación|denominação|intitulé|designation"),
    ("login", "anmeldedaten|login-daten|zugangsdaten"),
    ("daily_price", "tagespreis|prix journalier|precio por día|preço por dia|diária"),
    ("total_price", "gesamtpreis|prix total|precio total|preço total|общая стоимость|итоговая сумма|total harga|总价|合計金額|총 금액"),
    ("total", "gesamtbetrag|montant total|importe total|valor total|итого|总额|合計|총액"),
    ("surcharge", "aufpreis|zuschlag|supplément de prix|recargo"),
    ("sex", "geschlecht|sexe|sexo|пол|jenis kelamin|性别|性別|성별"),
    ("species", "tierart|espèce|especie|espécie|вид животного|种类"),
    ("breed", "rasse|race animale|raza|raça|порода|ras|品种|犬種|품종"),
    ("age", "alter|âge|edad|idade|возраст|umur|usia|年龄|年齢|나이|연령"),
    ("weight", "gewicht|poids|peso|вес|berat|体重|重量|重さ|무게|체중"),
    ("height", "größe|taille|altura|рост|tinggi|身高|身長|키"),
    ("city", "stadt|ville|ciudad|cidade|город|kota|城市|都市|도시"),
    ("country", "land|pays|país|страна|negara|国家|国|국가"),
    ("postal_code", "plz|postleitzahl|code postal|código postal|cep|почтовый индекс|kode pos|邮编|郵便番号|우편번호"),
    ("company_name", "firmenname|nom de l'entreprise|nombre de la empresa|nome da empresa|название компании|nama perusahaan|公司名称|会社名|회사명"),
    ("contract_type", "vertragsart|type de contrat|tipo de contrato"),
    ("salary", "gehalt|salaire|salario|salário|зарплата|gaji|薪资|給与|급여|연봉"),
    ("website", "webseite|site web|sitio web|сайт|situs web|网站|ウェブサイト|웹사이트|홈페이지"),
    ("contact", "ansprechpartner|kontakt|contato|контактное лицо|kontak|联系人|担当者|담당자"),
    ("reason", "grund|motif|motivo|причина|alasan|原因|事由|理由|사유|이유"),
    ("time", "uhrzeit|heure|hora|время|waktu|jam|时间|時刻|시간|시각"),
    ("message", "nachricht|mensaje|mensagem|сообщение|pesan|消息|メッセージ|메시지"),
    ("image_url", "bild-url|url de l'image|url de imagen|url da imagem|ссылка на изображение|图片地址|画像url|이미지 url"),
    ("level", "niveau|nivel|nível|уровень|等级|级别|レベル|레벨|수준"),
    ("goal", "ziel|objectif|objetivo|цель|tujuan|目标|目標|목표"),
    ("max_members", "max. teilnehmer|maximale teilnehmerzahl|모집 인원|정원 수"),
    ("visibility", "sichtbarkeit|visibilité|visibilidad|visibilidade|видимость|可见性|公開範囲|공개 범위|공개 여부"),
    ("tags", "schlagwörter|étiquettes|etiquetas|теги|标签|タグ|태그"),
    ("ingredients", "zutaten|ingrédients|ingredientes|ингредиенты|bahan|食材|材料|재료"),
    ("cooking_time", "kochzeit|temps de cuisson|tiempo de cocción|время приготовления|烹饪时间|調理時間|조리 시간"),
    ("stock", "lagerbestand|stock disponible|existencias|estoque|остаток|stok|库存|在庫数|재고"),
    ("sku", "artikelnummer|référence article|código de producto|артикул|kode barang|货号|商品コード|상품 코드"),
    ("invoice_number", "rechnungsnummer|numéro de facture|número de factura|número da fatura|номер счёта|nomor faktur|发票号|請求書番号"),
    ("employee_number", "personalnummer|matricule|número de empleado|matrícula do funcionário|табельный номер|工号|社員番号|사번"),
    ("department", "abteilung|service de l'entreprise|departamento|отдел|departemen|部门|部署|부서"),
    ("position", "stelle|poste|puesto|cargo|должность|jabatan|职位|役職|직책|직급"),
    ("is_active", "aktiv|actif|activo|ativo|активен|aktif|是否启用|有効|활성 여부|활성화"),
    ("version", "версия|版本|バージョン|버전"),
    ("currency", "währung|devise|moneda|moeda|валюта|mata uang|币种|通貨|통화"),
    ("question", "frage|pregunta|pergunta|вопрос|pertanyaan|题目|問題|질문|문제"),
    ("answer", "antwort|réponse|respuesta|resposta|ответ|jawaban|答案|回答|답변|정답"),
    ("score", "punktzahl|puntuación|pontuação|баллы|skor|分数|得点|점수"),
    ("expires_at", "ablaufdatum|date d'expiration|fecha de expiración|data de expiração|срок действия|过期时间|有効期限|만료일|만료 시간"),
    ("nickname", "spitzname|surnom|pseudonyme|apodo|apelido|никнейм|ник|nama panggilan|昵称|ニックネーム|닉네임|별명"),
    ("gender", "geschlecht m/w|genre|género|gênero|пол пользователя|성별 구분"),
    ("birth_year", "geburtsjahr|année de naissance|año de nacimiento|ano de nascimento|год рождения|tahun lahir|出生年|生年|출생연도|생년"),
    ("start_time", "startzeit|heure de début|hora de inicio|hora de início|hora inicial|время начала|jam mulai|waktu mulai|开始时刻|開始時刻|開始時間|시작 시간|시작시간"),
    ("end_time", "endzeit|heure de fin|hora de fin|hora final|hora de término|время окончания|jam selesai|waktu selesai|结束时刻|終了時刻|終了時間|종료 시간|종료시간"),
    ("first_name", "nombres|primeiro nome|prénoms|nama depan|名前（名）"),
    ("last_name", "nom de famille|nama belakang|姓"),
    ("memo", "메모|メモ"),
    ("rating", "étoiles|estrellas|estrelas|звёзды|bintang|星级|星評価|별점"),
    ("year", "jahr|année|año|ano|год|tahun|年份|年度|연도|년도"),
    ("author", "verfasser|auteure|autora|pengarang|作成者|글쓴이"),
    ("publisher", "verlag|éditeur|editorial|editora|издательство|penerbit|出版社|출판사"),
    ("latitude", "breitengrad|latitud|широта|lintang|纬度|緯度|위도"),
    ("longitude", "längengrad|longitud|долгота|bujur|经度|経度|경도"),
    ("ip_address", "ip-adresse|adresse ip|dirección ip|endereço ip|ip-адрес|alamat ip|ip地址|ipアドレス|ip 주소"),
    ("timestamp", "zeitstempel|horodatage|marca de tiempo|carimbo de data|метка времени|stempel waktu|时间戳|タイムスタンプ|타임스탬프"),
    ("unit", "einheit|unité|unidad|unidade|единица измерения|satuan|单位|単位|단위"),
    ("size", "größe|tamaño|tamanho|размер|ukuran|尺寸|サイズ|사이즈|크기"),
    ("subject", "betreff|objet|asunto|assunto|тема|subjek|主题|件名"),
    ("tax", "steuer|taxe|impuesto|imposto|налог|pajak|税额|税|세금"),
    ("discount", "rabatt|remise|descuento|desconto|скидка|diskon|折扣|割引|할인"),
    ("cost", "kosten|coût|costo|coste|custo|стоимость|biaya|成本|費用|비용"),
    ("budget", "presupuesto|orçamento|бюджет|anggaran|预算|予算|예산"),
    ("result", "ergebnis|résultat|resultado|результат|hasil|结果|結果|결과"),
    ("source", "quelle|fuente|fonte|источник|sumber|来源|出典|출처"),
    ("language", "sprache|langue|idioma|язык|bahasa|语言|言語|언어"),
    ("symptoms", "symptome|symptômes|síntomas|sintomas|симптомы|gejala|症状|증상"),
    ("diagnosis", "diagnose|diagnostic|diagnóstico|диагноз|诊断|診断|진단"),
    ("dosage", "dosierung|dosis|posologie|dosage|dosagem|дозировка|dosis obat|剂量|用量|복용량"),
    ("frequency", "häufigkeit|fréquence|frecuencia|frequência|частота|frekuensi|频率|頻度|빈도"),
    ("is_active", "activa|ativa|активность|активна|включен"),
    ("is_read", "gelesen|lu|leído|lido|прочитано|已读|既読|읽음 여부"),
    ("rating", "évaluation|évaluation moyenne|note moyenne|valoración|nota média|durchschnittsbewertung"),
    ("location", "localisation|emplacement|ubicación|localização|standort|местоположение|локация"),
    ("capacity", "kapazität|capacité|capacidad|capacidade|вместимость|kapasitas|容量|定員|정원"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_columns() {
        let check = |label: &str, expect: Option<&str>| {
            assert_eq!(column_name(label).as_deref(), expect, "{label}");
        };
        check("`scheduled\\_time`", Some("scheduled_time"));
        check("분야(category)", Some("category"));
        check("Nome completo", Some("full_name"));
        check("Контрагент", Some("контрагент"));
        check("电话", Some("phone"));
        check("a whole sentence that says something", None);
    }
}
