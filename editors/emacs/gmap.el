;;; gmap.el --- Scenarios of the s390 gmap: mode, debugger, language server -*- lexical-binding: t -*-

;; A major mode for .gmap files, and what dap-mode, dape, lsp-mode and eglot need to know. Each is set up when it is loaded.

;;; Code:

(defgroup gmap nil "Scenarios of the s390 gmap." :group 'languages)

(defcustom gmap-command '("gmap")
  "The command line `gmap', as a list of a program and its first arguments."
  :type '(repeat string))

(defvar gmap-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "w" table)
    table))

(defconst gmap-font-lock-keywords
  `((,(rx bol (* blank) "---" (* nonl)) . font-lock-doc-face)
    (,(rx (or bol "{") (* blank) (group (+ word))) 1 font-lock-keyword-face)
    (,(rx bow (or "host" "guest") (+ blank) (group (+ word))) 1 font-lock-function-name-face)
    (,(rx bow (or "PROT_" "PGSTE_" "_PAGE_" "E") (+ (any "A-Z_")) eow) . font-lock-constant-face)
    (,(rx bow "walk:" (+ word)) . font-lock-function-name-face)))

;;;###autoload
(define-derived-mode gmap-mode prog-mode "Gmap"
  "Major mode for scenarios of the s390 gmap."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+ *")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq-local font-lock-defaults '(gmap-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.gmap\\'" . gmap-mode))

(defun gmap-command (&rest arguments)
  "The command line with ARGUMENTS, as a list."
  (append gmap-command arguments))

(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(gmap-mode . "gmap"))
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () (gmap-command "lsp" "--stdio")))
                    :activation-fn (lsp-activate-on "gmap")
                    :server-id 'gmap)))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `(gmap-mode . ,(lambda (&rest _) (gmap-command "lsp" "--stdio")))))

(with-eval-after-load 'dap-mode
  ;; It holds the list of exception breakpoints, which dap-mode takes for granted.
  (require 'dap-ui)
  (dap-register-debug-provider
   "gmap"
   (lambda (configuration)
     (setq configuration (plist-put configuration :dap-server-path (gmap-command "dap")))
     (unless (plist-get configuration :program)
       (setq configuration (plist-put configuration :program (buffer-file-name))))
     configuration))
  (dap-register-debug-template "Gmap: this scenario" (list :type "gmap" :request "launch" :name "scenario")))

(with-eval-after-load 'dape
  (add-to-list 'dape-configs
               `(gmap modes (gmap-mode)
                      command ,(car gmap-command)
                      command-args ,(append (cdr gmap-command) '("dap"))
                      :type "gmap"
                      :request "launch"
                      :program dape-buffer-default)))

(provide 'gmap)
;;; gmap.el ends here
