--- Specwright for Neovim 0.11 and later: what `vim.lsp.config('specwright', …)` starts from.
---@type vim.lsp.Config
return {
  cmd = { 'specwright', 'lsp' },
  -- YAML for migration specs, `forge/migrations/*.yaml`; the server leaves other YAML alone.
  filetypes = { 'markdown', 'text', 'yaml' },
  root_markers = { 'specwright.toml', '.specwright', '.git' },
  settings = { specwright = vim.empty_dict() },
  capabilities = {
    -- Announced because `handlers` below draws it: see `require('specwright').status()`.
    experimental = { serverStatusNotification = true, input = true },
  },
  handlers = {
    ['experimental/serverStatus'] = function(_, status, context)
      require('specwright').on_status(context.client_id, status)
    end,
    -- A line that the server asks for, such as why the council is wrong.
    ['specwright/input'] = function(_, params)
      local typed, value = pcall(vim.fn.input, params.prompt .. ' ')
      return (typed and value ~= '') and { value = value } or vim.NIL
    end,
  },
}
