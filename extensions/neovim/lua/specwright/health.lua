--- `:checkhealth specwright`
local M = {}

function M.check()
  local health = vim.health
  health.start('specwright')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()))
  else
    health.error('Neovim is older than 0.11', 'update Neovim')
    return
  end

  local cmd = vim.lsp.config.specwright.cmd
  if type(cmd) ~= 'table' then
    health.info('the server is reached through a function, not a binary')
  elseif vim.fn.executable(cmd[1]) == 0 then
    health.error(('`%s` is not executable'):format(cmd[1]), {
      'install it: cargo install --path server/cli',
      "or name it: vim.lsp.config('specwright', { cmd = { '/path/to/specwright', 'lsp' } })",
    })
  else
    local result = vim.system({ cmd[1], '--version' }, { text = true, timeout = 10000 }):wait()
    if result.code == 0 then
      health.ok(vim.trim(result.stdout) .. ' at ' .. vim.fn.exepath(cmd[1]))
    else
      health.error(('`%s --version` failed: %s'):format(cmd[1], vim.trim(result.stderr or '')))
    end
  end

  local clients = vim.lsp.get_clients({ name = 'specwright' })
  if #clients == 0 then
    health.info('no server is running: open a Markdown file')
  end
  for _, client in ipairs(clients) do
    health.ok(('serving %s, positions in %s'):format(client.root_dir or 'single files', client.offset_encoding))
  end
end

return M
