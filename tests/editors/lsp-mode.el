;;; lsp-mode.el --- Drives lsp-mode on the example PRD -*- lexical-binding: t -*-

;;; Commentary:

;; Prints one line per check and exits with 1 when one fails.  Run by tests/it/editors.rs with
;; extensions/emacs/specwright.el loaded.

;;; Code:

(require 'cl-lib)
(require 'flymake)
(require 'markdown-mode)
(require 'lsp-mode)
(require 'lsp-lens nil t)
(require 'lsp-diagnostics nil t)
(require 'specwright)

(setq make-backup-files nil
      auto-save-default nil
      create-lockfiles nil
      lsp-enable-snippet nil
      lsp-auto-guess-root t
      lsp-session-file (expand-file-name "lsp-session" (getenv "HOME"))
      lsp-restart 'ignore)

(defconst secret "NEXT_PUBLIC_STRIPE_SECRET_KEY")
(defconst rule "client-exposed-secret")
(defvar n-failed 0)

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

(defun codes ()
  "The rules of all diagnostics."
  (let (found)
    (maphash (lambda (_file all)
               (dolist (it (append all nil)) (push (lsp:diagnostic-code? it) found)))
             (lsp-diagnostics))
    found))

(defun journey ()
  "Walk through what a user does."
  (let ((folder (getenv "SPECWRIGHT_WORKSPACE")))
    (find-file (expand-file-name "PRD.md" folder))
    (markdown-mode)
    (lsp-workspace-folders-add folder)
    (lsp))
  (ok "initialised"
      (eventually (lambda ()
                    (and lsp--buffer-workspaces
                         (eq 'initialized (lsp--workspace-status (car lsp--buffer-workspaces)))))))
  (ok "the server is ours"
      (eq 'specwright (lsp--client-server-id (lsp--workspace-client (car lsp--buffer-workspaces)))))
  (ok "diagnoses the secret that the client sees" (eventually (lambda () (member rule (codes)))))
  (ok "lenses"
      (length (lsp-request "textDocument/codeLens"
                           (list :textDocument (lsp--text-document-identifier)))))
  (go secret 2)
  (let* ((actions (append (lsp-code-actions-at-point) nil))
         (rename (cl-find-if (lambda (it) (string-match-p "Rename to" (lsp:code-action-title it)))
                              actions)))
    (ok "offers to rename it" (and rename (lsp:code-action-title rename)))
    (lsp-execute-code-action rename))
  (ok "quick fix renames it" (eventually (lambda () (not (says secret)))))
  (ok "and the diagnostic goes" (eventually (lambda () (not (member rule (codes))))))
  (go "### loans" 5)
  (lsp-rename "bookings")
  (ok "rename changes heading and SQL" (and (says "### bookings") (says "references bookings (id)")))
  (let ((pid (process-id (lsp--workspace-cmd-proc (car lsp--buffer-workspaces)))))
    (set-buffer-modified-p nil)
    (lsp-workspace-shutdown (car lsp--buffer-workspaces))
    (ok "shuts down" (eventually (lambda () (not (process-attributes pid)))))))

(condition-case problem
    (journey)
  (error (ok (format "journey: %S" problem) nil)))
(set-buffer-modified-p nil)
(kill-emacs (if (zerop n-failed) 0 1))

;;; lsp-mode.el ends here
