-- Enables the server and its commands; `vim.g.specwright = { enable = false }` leaves both off.
if vim.g.loaded_specwright then
  return
end
vim.g.loaded_specwright = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('specwright: Neovim 0.11 or later is needed', vim.log.levels.WARN)
  return
end

local options = vim.g.specwright or {}
if options.enable ~= false then
  require('specwright').setup(options)
end
