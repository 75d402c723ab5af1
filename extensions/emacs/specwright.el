;;; specwright.el --- Language server for product specs -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, languages, convenience
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Makes the Specwright language server known to eglot and to lsp-mode, whichever is loaded, and
;; starts neither: add `eglot-ensure' or `lsp-deferred' to `markdown-mode-hook' for that.
;;
;;   (require 'specwright)
;;   (add-hook 'markdown-mode-hook #'eglot-ensure)

;;; Code:

(require 'subr-x)

(defgroup specwright nil
  "Language server for product specs."
  :group 'tools)

(defcustom specwright-command '("specwright" "lsp")
  "Program and arguments that start the server."
  :type '(repeat string)
  :risky t)

(defcustom specwright-settings nil
  "Settings of the server as a property list, as in docs/settings.md.
For eglot they are merged into `eglot-workspace-configuration' by
`specwright-eglot-configuration'."
  :type 'plist)

(defconst specwright-modes '(markdown-mode gfm-mode specwright-migration-mode)
  "Major modes whose files the server reads.")

;; A mode of its own, so that other YAML keeps the server that it has.
;;;###autoload
(defun specwright-migration-mode ()
  "Edit a migration spec: a YAML mode that the server reads."
  (interactive)
  (funcall (seq-find #'fboundp '(yaml-mode yaml-ts-mode conf-mode)))
  (setq major-mode 'specwright-migration-mode
        mode-name "Migration"))
(put 'specwright-migration-mode 'eglot-language-id "yaml")
;;;###autoload
(add-to-list 'auto-mode-alist
             '("/forge/\\(?:migrations/[^/]+\\.ya?ml\\|forge\\.yaml\\)\\'" . specwright-migration-mode))

(defun specwright--contact (&optional _interactive)
  "Return how to start the server, for eglot."
  specwright-command)

(defun specwright-eglot-configuration (&optional _server)
  "Return `specwright-settings' in the shape of `eglot-workspace-configuration'."
  (list :specwright (or specwright-settings (make-hash-table))))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons specwright-modes #'specwright--contact)))

(declare-function lsp-register-client "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(defvar lsp-language-id-configuration)
(with-eval-after-load 'lsp-mode
  (dolist (mode specwright-modes)
    (unless (assoc mode lsp-language-id-configuration)
      (add-to-list 'lsp-language-id-configuration
                   (cons mode (or (get mode 'eglot-language-id) "markdown")))))
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection (lambda () specwright-command))
    :activation-fn (lambda (_file mode) (memq mode specwright-modes))
    :initialization-options (lambda () specwright-settings)
    ;; Beside another Markdown server, not instead of it.
    :add-on? t
    :priority -1
    :server-id 'specwright)))

(defun specwright-version ()
  "Show the version of the server."
  (interactive)
  (let ((program (executable-find (car specwright-command))))
    (unless program
      (user-error "Specwright: `%s' is not on `exec-path'; install it or set `specwright-command'"
                  (car specwright-command)))
    (message "%s" (string-trim (shell-command-to-string
                                (concat (shell-quote-argument program) " --version"))))))

(provide 'specwright)
;;; specwright.el ends here
