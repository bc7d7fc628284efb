// Neovim with the configuration that docs/editors/neovim.md gives.
import assert from 'node:assert/strict';
import { fromRoot } from '../../tools/lib/root.mjs';
import { which } from '../../tools/lib/which.mjs';
import { configuration, Place } from './support.js';

const nvim = which('nvim');

describe('neovim', function () {
  this.timeout(90_000);
  this.slow(10_000);
  let place: Place;

  before(function () {
    if (!nvim) {
      console.log('      neovim is not installed, and could not be installed: left out');
      this.skip();
    }
    place = new Place();
  });
  after(() => place?.remove());

  /** Runs a program in neovim; gives the lines that it said with `say`. */
  async function lua(program: string): Promise<string[]> {
    const script = place.write(
      'test.lua',
      `local function say(text) io.write('SAID ' .. tostring(text):gsub('\\n', ' / ') .. '\\n') end
local ok, problem = pcall(function()
${program}
end)
if not ok then say('problem: ' .. problem) end
vim.cmd('qa!')
`,
    );
    const vim = fromRoot('editors/vim');
    const before = ['--cmd', `set runtimepath^=${vim}`, '--cmd', 'filetype plugin on | syntax on'];
    const output = await place.run(nvim!, [
      '--clean',
      '--headless',
      '-u',
      'NONE',
      ...before,
      '-c',
      `luafile ${script}`,
    ]);
    const said = [...output.matchAll(/^SAID (.*)$/gm)].map(([, text]) => text!.trimEnd());
    assert.ok(said.length > 0, output);
    return said;
  }

  it('knows the file type, and colours it', async () => {
    const said = await lua(`
vim.cmd('edit first-walk.gmap')
say(vim.bo.filetype .. ' ' .. vim.bo.commentstring)
local function name(line, text)
  local column = vim.fn.getline(line):find(text, 1, true)
  say(text .. ' ' .. vim.fn.synIDattr(vim.fn.synID(line, column, 1), 'name'))
end
name(1, 'A vCPU') name(6, 'host') name(6, 'mmap') name(6, '0x10000000') name(11, '"a') name(12, 'mprotect_notify')
name(12, 'PROT_WRITE') name(13, 'writable') name(15, 'reclaim') name(16, 'notified') name(16, 'expect')
`);
    assert.deepEqual(said, [
      'gmap # %s',
      'A vCPU gmapComment',
      'host gmapStatement',
      'mmap gmapAction',
      '0x10000000 gmapNumber',
      '"a gmapString',
      'mprotect_notify gmapStatement',
      'PROT_WRITE gmapConstant',
      'writable gmapValue',
      'reclaim gmapAction',
      'notified gmapWord',
      'expect gmapStatement',
    ]);
  });

  it('talks to the language server', async () => {
    place.write('wrong.gmap', 'gmap vm limit 4G\nfault vmm 0x2000 write\nmap vm 0x0 len 1M to \n');
    const [server] = configuration('neovim', 'lua');
    const said = await lua(`
-- Neovim 0.7 has no vim.lsp.start yet.
vim.lsp.start = vim.lsp.start or function(config)
  vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
end
${server!}
vim.cmd('edit wrong.gmap')
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
local problem = vim.diagnostic.get(0)[1]
say(problem.lnum + 1 .. ':' .. problem.col + 1 .. ' ' .. problem.message)
local function ask(method, line, character)
  local at = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = character } }
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, at, 10000)) do return answer.result end
end
say(ask('textDocument/hover', 0, 2).contents.value)
local items = ask('textDocument/completion', 1, 6)
local labels = {}
for _, item in ipairs(items.items or items) do labels[item.label] = true end
say(labels.vm and 'completes vm' or vim.inspect(labels))
local definition = ask('textDocument/definition', 2, 4)
definition = definition[1] or definition
say('defined in line ' .. (definition.targetSelectionRange or definition.range or definition.targetRange).start.line + 1)
`);
    assert.equal(said[0], "2:7 there is no gmap 'vmm'; did you mean 'vm'?");
    assert.match(said[1]!, /gmap NAME limit SIZE/);
    assert.deepEqual(said.slice(2), ['completes vm', 'defined in line 1']);
  });

  describe('with nvim-dap', () => {
    const plugin = process.env['NVIM_DAP'];

    it('stops on a breakpoint, steps into a walk and back', async function () {
      // Debian has no package of it; nvim-dap-order.test.ts says the same in its place.
      if (!plugin) this.skip();
      const setup = configuration('neovim', 'lua').find((code) => code.includes("require('dap')"));
      const said = await lua(`
vim.opt.runtimepath:append('${plugin}')
${setup!}
vim.cmd('edit first-walk.gmap')
vim.api.nvim_win_set_cursor(0, { 12, 0 })
local stops = 0
dap.listeners.after.event_stopped['test'] = function() stops = stops + 1 end
local function frame()
  local session = dap.session()
  return session and session.current_frame and (session.current_frame.name .. ':' .. session.current_frame.line)
end
local function move(act)
  local before = stops
  act()
  vim.wait(20000, function() return stops > before and frame() ~= nil end, 20)
  vim.wait(300)
  say(frame())
end
dap.set_breakpoint()
move(function() dap.run(dap.configurations.gmap[1]) end)
move(dap.step_into)
move(dap.step_into)
move(dap.step_into)
move(dap.step_back)
local function console(text)
  local answer
  dap.session():evaluate(text, function(problem, response) answer = problem and vim.inspect(problem) or response.result end)
  vim.wait(10000, function() return answer end, 20)
  return answer
end
say(console('pte(vm, 0x2000)'))
say(console('break gmap_table_walk'))
move(dap.continue)
move(function() console('goto line 18') end)
say(console('who pgste(vm, 0x2000).IN'))
move(dap.reverse_continue)
dap.terminate()
vim.wait(500)
`);
      assert.deepEqual(said.slice(0, 6), [
        'a reclaimed prefix page is notified once:12',
        'gmap_mprotect_notify:3',
        'gmap_mprotect_notify:4',
        'gmap_pte_op_walk:2',
        'gmap_mprotect_notify:4',
        'absent',
      ]);
      assert.match(said[6]!, /gmap_table_walk/);
      assert.match(said[7]!, /^gmap_table_walk:/);
      assert.match(said[9]!, /ptep_force_prot.*ptep_xchg_direct/);
      assert.match(said[10]!, /^gmap_table_walk:/);
    });
  });
});
