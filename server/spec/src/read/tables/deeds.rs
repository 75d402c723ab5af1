//! What sentences do with things: verbs of ten languages and their deeds.

use crate::facts::Deed;
use crate::read::lexicon::{Hit, Lexicon};
use std::sync::LazyLock;

/// A verb, or the noun of one ("management").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Does(Deed),
    /// Creates, reads, updates and deletes in one: "manage", "CRUD", "Verwaltung".
    Manages,
    /// "Order system": the product has one for the thing named right before.
    System,
    /// The text says that something is kept in a database.
    Keeps,
}

/// Verbs in folded text, in order.
pub(super) fn find(folded: &str) -> Vec<Hit<Verb>> {
    VERBS.find(folded)
}

static VERBS: LazyLock<Lexicon<Verb>> = LazyLock::new(|| Lexicon::new(WORDS.iter().copied()));

const CREATE: Verb = Verb::Does(Deed::Create);
const READ: Verb = Verb::Does(Deed::Read);
const UPDATE: Verb = Verb::Does(Deed::Update);
const DELETE: Verb = Verb::Does(Deed::Delete);
const RELATE: Verb = Verb::Does(Deed::Relate);

#[rustfmt::skip]
const WORDS: &[(Verb, &str)] = &[
    (CREATE, "create|creates|creating|created|creation|add|adds|adding|added|submit|submits|submitting|submitted|post|posts a|publish|publishes|publishing|register|registers|book|books a|booking a|place|places|placing|upload|uploads|uploading|send|sends|sending|write|writes|writing|leave|leaves|open a|start a|log a|logs a|enter|schedule a|schedules a|propose|generate a|issue|issues a|import|invite|invites|join|joins|follow a|rate|rates|insert|inserts|report a|request a|make a|purchase|buy|order"),
    (CREATE, "erstell*|anleg*|angelegt|anzulegen|hinzufügen|hinzuzufügen|hinzugefügt|eintragen|erfass*|aufgeben|aufgegeben|buchen|veröffentlich*|einreichen|hochladen|registrier*|abgeben|schreiben|senden"),
    (CREATE, "créer|crée|créent|création|ajouter|ajoute|ajout d*|saisir|saisit|saisie|soumettre|publier|réserver|passer une|envoyer|envoie|déposer|enregistrer un*|proposer|propose|rédiger|inscrire"),
    (CREATE, "crear|crea|crean|creación|añadir|agregar|registrar|registro de|publicar|subir|enviar|reservar|realizar un*|ingresar|insertar|escribir|dejar|alta de|altas de"),
    (CREATE, "criar|cria|criação|adicionar|cadastrar|cadastro de|cadastra|registrar|publicar|enviar|agendar|realizar um*|inserir|escrever|solicitar|fazer um*|fazer uma"),
    (CREATE, "созда*|добав*|внес*|внос*|оформ*|оставл*|оставить|опубликов*|публик*|отправ*|загруж*|загруз*|регистрац*|зарегистрир*|написа*|ввод*|ввест*|завест*"),
    (CREATE, "membuat|tambah|menambah*|menambahkan|buat|mengirim|kirim|daftar baru|mendaftar*|mengunggah|unggah|memesan|input|mencatat|pencatatan|catat|menginput|menulis"),
    (CREATE, "创建|新建|新增|添加|提交|发布|发起|登记|录入|上传|注册|填写|下单|预约|生成|撰写|发表"),
    (CREATE, "作成|追加|登録|投稿|申請|送信|アップロード|予約する|入力|起票|発行|公開"),
    (CREATE, "생성|등록|작성|추가|신청|제출|업로드|게시|입력|전송|발행|만들"),
    (READ, "view|views|viewing|list|lists|listing|browse|browses|browsing|search|searches|searching|see|sees|filter|filters|read|reads|fetch|retrieve|display|displays|show|shows|get|export|history of|look up"),
    (READ, "anzeigen|angezeigt|ansehen|einsehen|übersicht|suchen|durchsuchen|filtern|abrufen|liste der|liste aller|auflist*"),
    (READ, "consulter|consulte|consultation|voir|voit|afficher|affiche|lister|liste des|rechercher|recherche|filtrer|visualiser|historique"),
    (READ, "ver|consultar|consulta de|listar|listado|lista de|visualizar|visualización|mostrar|muestra|buscar|filtrar|historial"),
    (READ, "listar|listagem|lista de|visualizar|consultar|exibir|buscar|filtrar|histórico|ver"),
    (READ, "просм*|отображ*|список|списка|списке|поиск|фильтр*|получ*|истори*|показ*"),
    (READ, "melihat|lihat|menampilkan|daftar|mencari|cari|riwayat|menyaring"),
    (READ, "查看|浏览|查询|搜索|列表|展示|显示|检索|获取"),
    (READ, "一覧|表示|閲覧|検索|参照|取得|確認"),
    (READ, "조회|목록|검색|열람|확인|표시|필터"),
    (UPDATE, "edit|edits|editing|edited|update|updates|updating|updated|modify|modifies|change|changes|changing|rename|move|moves|assign|assigns|approve|approves|reject|rejects|cancel|cancels|close|mark|marks|complete|configure|adjust|pause|activate|deactivate|archive|archives|accept|confirm|reschedule"),
    (UPDATE, "bearbeit*|ändern|geändert|aktualisier*|zuweisen|zugewiesen|stornier*|bestätig*|abschließ*|genehmig*"),
    (UPDATE, "modifier|modifie|modification|mettre à jour|mise à jour|éditer|annuler|annule|valider|valide|assigner|clôturer"),
    (UPDATE, "editar|edita|modificar|modifica|actualizar|actualiza|actualización|asignar|asigna|aprobar|cancelar|cerrar|edición"),
    (UPDATE, "editar|edita|alterar|atualizar|atualiza|modificar|aprovar|cancelar|atribuir|edição|atualização"),
    (UPDATE, "редактир*|измен*|обнов*|назнач*|отмен*|подтвержд*|одобр*"),
    (UPDATE, "mengubah|ubah|mengedit|edit|memperbarui|perbarui|menyetujui|membatalkan"),
    (UPDATE, "编辑|修改|更新|审核|取消|分配|变更|确认|完成"),
    (UPDATE, "編集|更新|変更|修正|承認|キャンセル|取消"),
    (UPDATE, "수정|변경|편집|업데이트|승인|취소|배정"),
    (DELETE, "delete|deletes|deleting|deleted|deletion|remove|removes|removing|löschen|gelöscht|entfernen|supprimer|supprime|suppression|eliminar|elimina|borrar|excluir|remover|exclusão|удал*|menghapus|hapus|删除|移除|削除|삭제|제거"),
    (RELATE, "has many|has multiple|belongs to|contains|contain|consists of|linked to|associated with|per each|gehört zu|enthält|appartient|contient|pertenece|contiene|pertence|contém|содержит|принадлежит|包含|属于|持つ|含む|포함"),
    (Verb::Manages, "manage|manages|managing|management|crud|administer|maintain|maintains|moderation of|moderate|catalog|catalogue|directory|repository of|tracking|track|tracks|verwalt*|verwaltung|*verwaltung|pfleg*|gérer|gère|gestion|gestion des|suivi des|gestionar|gestiona|gestión|administrar|administración|seguimiento de|gerenciar|gerencia|gerenciamento|gestão|administrar|controle de|управл*|ведени*|учёт*|учет*|mengelola|kelola|manajemen|pengelolaan|data|管理|维护|관리"),
    (Verb::System, "system|systems|functionality|module|feature|features|directory|library|center"),
    (Verb::Keeps, "store|stores|storing|stored|save|saves|saved|saving|persist|persists|persisted|record|records|recorded|recording of|log|logs|logged|keep|keeps|kept|retain|in the database|in database|speicher*|gespeichert|aufzeichn*|protokollier*|enregistrer|enregistre|enregistré*|conserver|conserve|stocker|stocke|journaliser|guardar|guarda|almacenar|almacena|almacenamiento|registra|salvar|salva|armazenar|armazena|armazenamento|гранит*|хран*|сохран*|запис*|фиксир*|menyimpan|disimpan|simpan|保存|存储|记录|持久化|入库|保存する|記録|保持|蓄積|저장|기록|보관"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_of_ten_languages_are_found() {
        for (text, expect) in [
            ("users create orders", CREATE),
            ("benutzer bearbeiten termine", UPDATE),
            ("l'utilisateur peut supprimer", DELETE),
            ("gestión de pedidos", Verb::Manages),
            ("просмотр заказов", READ),
            ("menyimpan data", Verb::Keeps),
            ("创建订单", CREATE),
            ("注文を削除する", DELETE),
            ("예약 관리", Verb::Manages),
        ] {
            assert!(find(text).iter().any(|it| it.meaning == expect), "{text}");
        }
    }
}
