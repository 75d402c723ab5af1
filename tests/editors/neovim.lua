-- Drives Neovim 0.11 with the plugin of extensions/neovim on the example PRD.
-- Prints one line per check and exits with 1 when one fails. Run by tests/it/editors.rs.
local MS = 20000
local SECRET, RULE = 'NEXT_PUBLIC_STRIPE_SECRET_KEY', 'client-exposed-secret'
local lines, n_failed = {}, 0

local function ok(name, value)
  local detail = type(value) == 'string' and ('  ' .. value) or ''
  table.insert(lines, (value and 'ok   ' or 'FAIL ') .. name .. detail)
  if not value then
    n_failed = n_failed + 1
  end
  return value
end

--- Polls until `probe` gives something; returns that.
local function eventually(probe)
  local value
  vim.wait(MS, function()
    value = probe()
    return value
  end, 20)
  return value
end

--- A migration spec: what is told of it, mended, previewed and tried.
local function migration()
  local folder = vim.env.SPECWRIGHT_WORKSPACE .. '/forge/migrations'
  vim.fn.mkdir(folder, 'p')
  local path = folder .. '/0001_notes.yaml'
  vim.fn.writefile({ 'add_table:', '  name: notes', '  columns: [id pk, title text not null]' }, path)
  vim.cmd.edit(path)
  local buffer = vim.api.nvim_get_current_buf()
  local function has(code)
    return vim.iter(vim.diagnostic.get(buffer)):any(function(it)
      return it.code == code
    end)
  end
  local function says(text)
    return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'):find(text, 1, true) ~= nil
  end
  ok('migration: attaches to YAML', eventually(function()
    return vim.lsp.get_clients({ bufnr = buffer, name = 'specwright' })[1]
  end) ~= nil)
  ok('migration: a table without rls is refused', eventually(function()
    return has('missing-rls')
  end))
  vim.api.nvim_win_set_cursor(0, { 1, 2 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == 'Add `rls: public`'
    end,
  })
  ok('migration: a quick fix adds it', eventually(function()
    return says('rls: public') and not has('missing-rls')
  end))
  vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  ok('migration: a hint previews the operation', eventually(function()
    local hint = vim.lsp.inlay_hint.get({ bufnr = buffer })[1]
    local label = hint and hint.inlay_hint.label
    label = type(label) == 'table' and label[1].value or label
    return label and label:find('SQLite: 1 step', 1, true) ~= nil and label
  end))
  ok('migration: a lens tells that it waits', eventually(function()
    vim.lsp.codelens.refresh({ bufnr = buffer })
    return vim.iter(vim.lsp.codelens.get(buffer)):any(function(it)
      return it.command and it.command.title:find('^Waits') ~= nil
    end)
  end))
  vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { '---', 'sql: {postgres: null, sqlite: delete from nowhere}' })
  ok('migration: a dry run fails while it is typed', eventually(function()
    return has('failed-dry-run')
  end))
  if vim.env.SPECWRIGHT_GRAMMAR then
    local text = 'user_id uuid not null fk->users.id'
    local root = vim.treesitter.get_string_parser(text, 'column'):parse()[1]:root()
    local words = {}
    for id, node in vim.treesitter.query.get('column', 'highlights'):iter_captures(root, text) do
      local name = vim.treesitter.query.get('column', 'highlights').captures[id]
      words[vim.treesitter.get_node_text(node, text)] = name
    end
    ok('migration: columns have a grammar', words['uuid'] == 'type' and words['user_id'] == 'property')
  end
  vim.api.nvim_buf_delete(buffer, { force = true })
  vim.fn.delete(vim.env.SPECWRIGHT_WORKSPACE .. '/forge', 'rf')
end

local function journey()
  local messages = {}
  vim.lsp.handlers['window/showMessage'] = function(_, params)
    table.insert(messages, params.message)
  end
  local exit_code
  vim.lsp.config('specwright', {
    on_exit = function(code)
      exit_code = code
    end,
  })

  vim.cmd.edit(vim.env.SPECWRIGHT_WORKSPACE .. '/PRD.md')
  local buffer = vim.api.nvim_get_current_buf()
  --- Row (from 0) and column of the first place where `text` stands.
  local function place(text)
    for row, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
      local from = line:find(text, 1, true)
      if from then
        return row - 1, from - 1
      end
    end
    error('the example no longer says: ' .. text)
  end
  local function go(text, offset)
    local row, column = place(text)
    vim.api.nvim_win_set_cursor(0, { row + 1, column + (offset or 0) })
  end
  local function says(text)
    return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'):find(text, 1, true) ~= nil
  end

  ok('filetype', vim.bo[buffer].filetype == 'markdown')
  local client = ok(
    'attaches through the plugin',
    eventually(function()
      return vim.lsp.get_clients({ bufnr = buffer, name = 'specwright' })[1]
    end)
  )
  ok('root is the folder of specwright.toml', client.root_dir == vim.env.SPECWRIGHT_WORKSPACE)
  ok('positions in UTF-8', client.offset_encoding == 'utf-8')

  local function request(method, params)
    local answer, reason = client:request_sync(method, params, MS, buffer)
    assert(answer, method .. ': ' .. tostring(reason))
    assert(not answer.err, method .. ': ' .. vim.inspect(answer.err))
    return answer.result
  end
  local function here()
    return vim.lsp.util.make_position_params(0, client.offset_encoding)
  end
  local document = { uri = vim.uri_from_bufnr(buffer) }

  --- The diagnostic on the line of `text`.
  local function diagnostic(text)
    local row = place(text)
    return vim.tbl_filter(function(it)
      return it.lnum <= row and row <= it.end_lnum
    end, vim.diagnostic.get(buffer))[1]
  end
  local leak = ok(
    'diagnoses the secret that the client sees',
    eventually(function()
      return diagnostic(SECRET)
    end)
  )
  ok('names source and rule', leak.source == 'specwright' and leak.code == RULE)
  local marked = vim.api.nvim_buf_get_text(buffer, leak.lnum, leak.col, leak.end_lnum, leak.end_col, {})
  ok('marks the line', marked[1]:find(SECRET, 1, true) ~= nil)

  ok('draws lenses', eventually(function()
    local lenses = vim.lsp.codelens.get(buffer)
    return lenses[1] and lenses[1].command and lenses[1].command.title
  end))

  go('### tools', 4)
  local hover = request('textDocument/hover', here())
  ok('hover shows the table', hover and hover.contents.value:find('owner_id', 1, true) ~= nil)

  go('references tools.id', 12)
  local definition = request('textDocument/definition', here())
  definition = definition[1] or definition
  local target = definition.range or definition.targetSelectionRange or {}
  ok('definition leads to the heading', target.start and target.start.line == place('### tools'))
  local references = request(
    'textDocument/references',
    vim.tbl_extend('force', here(), { context = { includeDeclaration = true } })
  )
  ok('references are several', #references > 1 and tostring(#references))

  local symbols = request('textDocument/documentSymbol', { textDocument = document })
  ok('outline', symbols[1] and symbols[1].name)
  local found = request('workspace/symbol', { query = 'disputes' })
  ok('workspace symbols', found and found[1] and found[1].name)
  ok('folds', #request('textDocument/foldingRange', { textDocument = document }) > 5)

  local _, column = place('references tools.id')
  local row = place('references tools.id')
  local completion = request('textDocument/completion', {
    textDocument = document,
    position = { line = row, character = column + #'references ' },
  })
  local labels = vim.tbl_map(function(it)
    return it.label
  end, completion.items or completion)
  ok('completion offers tables', vim.iter(labels):any(function(it)
    return it:find('^users') ~= nil
  end))

  vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  ok('inlay hints', eventually(function()
    return #vim.lsp.inlay_hint.get({ bufnr = buffer }) > 0
  end))
  go('### loans', 5)
  ok('semantic tokens', eventually(function()
    local tokens = vim.lsp.semantic_tokens.get_at_pos(buffer)
    return tokens and tokens[1] and tokens[1].type
  end))

  -- The real path of a lightbulb: what is offered, chosen by its title, applied to the buffer.
  go(SECRET, 2)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.kind == 'quickfix' and action.title:find('Rename to', 1, true) ~= nil
    end,
  })
  ok('quick fix renames it', eventually(function()
    return not says(SECRET)
  end))
  ok('and the diagnostic goes', eventually(function()
    return not vim.iter(vim.diagnostic.get(buffer)):any(function(it)
      return it.code == RULE
    end)
  end))

  go('### loans', 5)
  vim.lsp.buf.rename('bookings')
  ok('rename changes heading and SQL', eventually(function()
    return says('### bookings') and says('references bookings (id)')
  end))

  vim.cmd.undo()
  ok('undo takes the rename back', says('### loans'))

  migration()
  vim.api.nvim_set_current_buf(buffer)

  ok('plugin lists the commands', vim.tbl_contains(vim.fn.getcompletion('Specwright re', 'cmdline'), 'restart'))
  ok('status', eventually(function()
    local status = require('specwright').status()
    return status:find('^specwright: ok') and status
  end))
  vim.cmd('checkhealth specwright')
  local health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  ok('health', health:find('specwright %d') ~= nil and not health:find('ERROR'))
  vim.api.nvim_set_current_buf(buffer)

  vim.cmd('Specwright restart')
  local second = eventually(function()
    return vim.lsp.get_clients({ bufnr = buffer, name = 'specwright' })[1]
  end)
  ok('restart gives another process', second and second.id ~= client.id)
  ok('the first one has exited cleanly', exit_code == 0)
  ok('and diagnoses again', eventually(function()
    return #vim.diagnostic.get(buffer) > 0
  end))

  exit_code = nil
  vim.cmd('Specwright stop')
  ok('shuts down', eventually(function()
    return exit_code ~= nil
  end) and exit_code == 0)
  ok('without a message', #messages == 0 or (table.concat(messages, '; ') and false))
end

local fine, trace = xpcall(journey, debug.traceback)
if not fine then
  ok('journey ' .. trace, false)
end
io.stdout:write(table.concat(lines, '\n') .. '\n')
vim.cmd(n_failed == 0 and 'qall!' or 'cquit! 1')
