--- Starts Specwright and draws what Neovim does not draw by itself: code lenses and the status.
local M = {}

---@class specwright.Options
---@field enable? boolean Start the server for its filetypes (default true).
---@field codelens? boolean Draw code lenses and keep them fresh (default true).
---@field inlay_hints? boolean Show inlay hints (default false).

---@class specwright.Status
---@field health 'ok'|'warning'|'error'
---@field quiescent boolean
---@field message? string

local NAME = 'specwright'

---@type table<integer, specwright.Status>
local statuses = {}

---@return vim.lsp.Client[]
local function clients(filter)
  return vim.lsp.get_clients(vim.tbl_extend('force', { name = NAME }, filter or {}))
end

local function draw_lenses(buffer)
  if vim.lsp.codelens.enable then -- 0.12 keeps lenses fresh by itself
    vim.lsp.codelens.enable(true, { bufnr = buffer })
    return
  end
  local refresh = function()
    if #clients({ bufnr = buffer, method = 'textDocument/codeLens' }) > 0 then
      vim.lsp.codelens.refresh({ bufnr = buffer })
    end
  end
  refresh()
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged', 'BufWritePost' }, {
    group = vim.api.nvim_create_augroup('specwright.codelens.' .. buffer, {}),
    buffer = buffer,
    callback = refresh,
  })
end

---@param options? specwright.Options
function M.setup(options)
  options = options or {}
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('specwright.attach', {}),
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if not client or client.name ~= NAME then
        return
      end
      if options.codelens ~= false and client:supports_method('textDocument/codeLens') then
        draw_lenses(event.buf)
      end
      if options.inlay_hints and client:supports_method('textDocument/inlayHint') then
        vim.lsp.inlay_hint.enable(true, { bufnr = event.buf })
      end
    end,
  })
  vim.lsp.enable(NAME)
end

--- Keeps what a server said of itself, and redraws status lines.
function M.on_status(client_id, status)
  statuses[client_id] = status
  vim.cmd.redrawstatus({ bang = true })
end

--- One word and the server's message for a status line; empty where Specwright is not attached.
---@return string
function M.status()
  local client = clients({ bufnr = 0 })[1]
  if not client then
    return ''
  end
  local status = statuses[client.id] or { health = 'ok', quiescent = true }
  local word = status.health ~= 'ok' and status.health or (status.quiescent and 'ok' or 'busy')
  return status.message and ('specwright: %s, %s'):format(word, status.message)
    or ('specwright: %s'):format(word)
end

--- Stops all servers and waits until they are gone; one that does not go is killed.
local function stop()
  local running = clients()
  for _, client in ipairs(running) do
    -- First: requests that Neovim has delayed would come after the shutdown and be refused aloud.
    for buffer in pairs(client.attached_buffers) do
      vim.lsp.buf_detach_client(buffer, client.id)
    end
  end
  vim.lsp.enable(NAME, false)
  local stopped = vim.wait(5000, function()
    return #clients() == 0
  end, 20)
  if not stopped then
    vim.lsp.stop_client(running, true)
  end
end

local verbs = {
  stop = stop,
  restart = function()
    stop()
    vim.lsp.enable(NAME)
  end,
  log = function()
    vim.cmd.tabedit(vim.lsp.log.get_filename())
  end,
  version = function()
    local cmd = vim.lsp.config[NAME].cmd
    local ok, result = pcall(function()
      return vim.system({ cmd[1], '--version' }, { text = true, timeout = 10000 }):wait()
    end)
    if ok and result.code == 0 then
      vim.notify(vim.trim(result.stdout))
    else
      vim.notify(
        ('specwright: `%s --version` does not run; install the server, or set cmd with vim.lsp.config'):format(cmd[1]),
        vim.log.levels.ERROR
      )
    end
  end,
}

--- Runs a verb of this plugin, or a command of the server without arguments.
function M.command(name)
  if verbs[name] then
    return verbs[name]()
  end
  local client = clients({ bufnr = 0 })[1] or clients()[1]
  if not client then
    return vim.notify('specwright: no server is running', vim.log.levels.ERROR)
  end
  client:exec_cmd({ command = NAME .. '.' .. name, title = name }, { bufnr = 0 })
end

--- What `:Specwright` can be followed by: the plugin's verbs and the server's commands.
---@return string[]
function M.commands()
  local names = vim.tbl_keys(verbs)
  for _, client in ipairs(clients()) do
    local provider = client.server_capabilities.executeCommandProvider or {}
    for _, command in ipairs(provider.commands or {}) do
      table.insert(names, (command:gsub('^' .. NAME .. '%.', '')))
    end
  end
  table.sort(names)
  return vim.fn.uniq(names)
end

vim.api.nvim_create_user_command('Specwright', function(call)
  M.command(call.args)
end, {
  nargs = 1,
  desc = 'Run a Specwright command',
  complete = function(prefix)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, prefix)
    end, M.commands())
  end,
})

return M
