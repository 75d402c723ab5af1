;;; eglot.el --- Drives eglot on the example PRD -*- lexical-binding: t -*-

;;; Commentary:

;; Prints one line per check and exits with 1 when one fails.  Run by tests/it/editors.rs with
;; extensions/emacs/specwright.el loaded.

;;; Code:

(require 'cl-lib)
(require 'flymake)
(require 'markdown-mode)
(require 'eglot)
(require 'specwright)

(setq make-backup-files nil
      auto-save-default nil
      create-lockfiles nil
      eglot-sync-connect t
      eglot-connect-timeout 20
      eglot-confirm-server-initiated-edits nil
      ;; A list in batch mode, which makes eglot open a menu where no terminal is.
      last-nonmenu-event ?a)

(defconst secret "NEXT_PUBLIC_STRIPE_SECRET_KEY")
(defvar n-failed 0)
(defvar said nil "What was shown in the echo area.")
(advice-add 'message :before
            (lambda (&rest it) (when (stringp (car it)) (push (apply #'format it) said))))

(defun ok (name value)
  "Print whether check NAME holds: VALUE is non-nil."
  (princ (format "%s %s  %s\n" (if value "ok  " "FAIL") name (if (eq value t) "" value)))
  (unless value (cl-incf n-failed))
  value)

(defun eventually (probe)
  "Return what PROBE gives within 20 seconds."
  (let ((end (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall probe))) (< (float-time) end))
      (accept-process-output nil 0.05))
    value))

(defun go (text &optional offset)
  "Move to the first place of TEXT, and OFFSET characters on."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (+ (match-beginning 0) (or offset 0))))

(defun says (text)
  "Whether TEXT stands in the buffer."
  (save-excursion (goto-char (point-min)) (search-forward text nil t)))

(defun diagnostic (text)
  "The text of the first diagnostic on the line of TEXT."
  (save-excursion
    (go text)
    (let ((found (flymake-diagnostics (line-beginning-position) (line-end-position))))
      (and found (flymake-diagnostic-text (car found))))))

(defun journey ()
  "Walk through what a user does."
  (find-file (expand-file-name "PRD.md" (getenv "SPECWRIGHT_WORKSPACE")))
  (markdown-mode)
  (apply #'eglot (eglot--guess-contact))
  (ok "managed" (eventually #'eglot-managed-p))
  (let* ((server (eglot-current-server))
         (pid (process-id (jsonrpc--process server))))
    (flymake-start)
    (ok "diagnoses the secret that the client sees"
        (eventually (lambda () (diagnostic secret))))

    (go "### tools" 5)
    (let ((hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams))))
      (ok "hover shows the table"
          (and (string-match-p "owner_id" (format "%s" (plist-get hover :contents))) t)))
    (go "references tools.id" 12)
    (let* ((found (jsonrpc-request server :textDocument/definition
                                   (eglot--TextDocumentPositionParams)))
           (first (if (vectorp found) (aref found 0) found))
           (line (plist-get (plist-get (plist-get first :range) :start) :line)))
      (ok "definition leads to the heading"
          (and line (= line (save-excursion (go "### tools") (1- (line-number-at-pos)))))))
    (ok "outline" (save-excursion (and (funcall imenu-create-index-function) t)))
    (go "references tools.id" 11)
    (let* ((found (jsonrpc-request server :textDocument/completion (eglot--CompletionParams)))
           (items (append (if (vectorp found) found (plist-get found :items)) nil)))
      (ok "completion offers tables"
          (cl-find "users" (mapcar (lambda (it) (plist-get it :label)) items)
                   :test #'string-prefix-p)))

    ;; The path of a user: the prompt of `eglot-code-actions', answered here.
    (go secret 2)
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt actions &rest _)
                 (cl-find-if (lambda (it) (string-match-p "Rename to" it))
                             (all-completions "" actions)))))
      (eglot-code-actions (line-beginning-position) (line-end-position) nil t))
    (ok "quick fix renames it" (eventually (lambda () (not (says secret)))))
    (ok "and the diagnostic goes"
        (eventually (lambda ()
                      (eglot--signal-textDocument/didChange)
                      (not (cl-some (lambda (it)
                                      (string-match-p "NEXT_PUBLIC_" (flymake-diagnostic-text it)))
                                    (flymake-diagnostics))))))

    (go "### loans" 5)
    (eglot-rename "bookings")
    (ok "rename changes heading and SQL"
        (eventually (lambda () (and (says "### bookings") (says "references bookings (id)")))))

    (set-buffer-modified-p nil)
    (eglot-shutdown server)
    ;; By its id, because eglot forgets the process before it has gone.
    (ok "shuts down" (eventually (lambda () (not (process-attributes pid)))))))

(condition-case problem
    (journey)
  (error (ok (format "journey: %S" problem) nil)
         (princ (format "%s\n" (mapconcat #'identity (reverse said) "\n")))))
(set-buffer-modified-p nil)
(kill-emacs (if (zerop n-failed) 0 1))

;;; eglot.el ends here
