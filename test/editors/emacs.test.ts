// Debian's Emacs with dap-mode and lsp-mode, set up as docs/editors/emacs.md says.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fromRoot } from '../../tools/lib/root.mjs';
import { which } from '../../tools/lib/which.mjs';
import { Place } from './support.js';

const emacs = which('emacs');
/** Where Debian says that its package is installed. */
const packages = '/usr/share/doc/elpa-dap-mode';

describe('Emacs', function () {
  this.timeout(90_000);
  this.slow(10_000);
  let place: Place;

  before(function () {
    if (!emacs || !existsSync(packages)) {
      console.log('      Emacs with dap-mode and lsp-mode is not installed, and could not be installed: left out');
      this.skip();
    }
    place = new Place();
  });
  after(() => place?.remove());

  /** Runs a program in Emacs; gives the lines that it said with `say`. */
  async function lisp(program: string): Promise<string[]> {
    const script = place.write(
      'test.el',
      `(defun say (&rest arguments) (message "SAID %s" (replace-regexp-in-string "\\n" " / " (apply #'format arguments))))
(defun wait (done) (let ((left 400)) (while (and (not (funcall done)) (> left 0)) (accept-process-output nil 0.05) (setq left (1- left)))))
(package-initialize)
(load "${fromRoot('editors/emacs/gmap.el')}" nil t)
(condition-case problem (progn
${program}
) (error (say "problem: %S" problem)))
(kill-emacs 0)
`,
    );
    const output = await place.run(emacs!, ['--batch', '-q', '-l', script]);
    const said = [...output.matchAll(/^SAID (.*)$/gm)].map(([, text]) => text!);
    assert.ok(said.length > 0, output);
    return said;
  }

  it('debugs with dap-mode: a breakpoint, steps into a walk, back through the console', async () => {
    const said = await lisp(`
(require 'dap-mode)
(setq dap-auto-configure-features nil dap-auto-show-output nil dap-breakpoints-file "${place.folder}/breakpoints")
(dap-mode 1)
(find-file "${place.scenario}")
(say "%s" major-mode)
(goto-char (point-min)) (forward-line 11)
(dap-breakpoint-add)
(defvar stops 0)
(add-hook 'dap-stopped-hook (lambda (_session) (setq stops (1+ stops))))
(defun frame () (dap--debug-session-active-frame (dap--cur-session)))
(defun move (act)
  (let ((before stops))
    (when (dap--cur-session) (eval '(setf (dap--debug-session-active-frame (dap--cur-session)) nil)))
    (funcall act)
    (wait (lambda () (and (> stops before) (frame))))
    (say "%s:%s" (gethash "name" (frame)) (gethash "line" (frame)))))
(defun console (text)
  (let (answer)
    (dap--send-message
     (dap--make-request "evaluate" (list :expression text :context "repl" :frameId (gethash "id" (frame))))
     (lambda (response) (setq answer response)) (dap--cur-session))
    (wait (lambda () answer))
    (gethash "result" (gethash "body" answer))))
(move (lambda () (dap-debug (list :type "gmap" :request "launch" :name "scenario" :program (buffer-file-name)))))
(dotimes (_ 3) (move (lambda () (dap-step-in (dap--cur-session)))))
(say "%s" (console "pte(vm, 0x2000)"))
(say "%s" (console "break gmap_table_walk"))
(move (lambda () (call-interactively #'dap-continue)))
(let ((id (gethash "id" (frame))))
  (move (lambda () (dap--send-message
    (dap--make-request "evaluate" (list :expression "back" :context "repl" :frameId id))
    #'ignore (dap--cur-session)))))
(dap-disconnect (dap--cur-session))
`);
    assert.deepEqual(said.slice(0, 6), [
      'gmap-mode',
      'a reclaimed prefix page is notified once:12',
      'gmap_mprotect_notify:3',
      'gmap_mprotect_notify:4',
      'gmap_pte_op_walk:2',
      'absent',
    ]);
    assert.match(said[6]!, /gmap_table_walk/);
    assert.match(said[7]!, /^gmap_table_walk:/);
    assert.equal(said[8], 'gmap_pte_op_walk:2');
  });

  it('talks to the language server with lsp-mode', async () => {
    const wrong = place.write('wrong.gmap', 'gmap vm limit 4G\nfault vmm 0x2000 write\n');
    const said = await lisp(`
(require 'lsp-mode)
(setq lsp-session-file "${place.folder}/lsp-session" lsp-auto-guess-root t lsp-enable-snippet nil
      lsp-diagnostics-provider :none lsp-keep-workspace-alive nil)
(find-file "${wrong}")
(lsp-workspace-folders-add "${place.folder}")
(lsp)
(wait (lambda () (> (hash-table-count (lsp-diagnostics t)) 0)))
(maphash (lambda (_file problems) (dolist (problem problems) (say "%s" (gethash "message" problem)))) (lsp-diagnostics t))
(goto-char (point-min))
(say "%s" (gethash "value" (gethash "contents" (lsp-request "textDocument/hover" (lsp--text-document-position-params)))))
`);
    assert.ok(said.includes("there is no gmap 'vmm'; did you mean 'vm'?"), said.join('\n'));
    assert.match(said.at(-1)!, /gmap NAME limit SIZE/);
  });
});
