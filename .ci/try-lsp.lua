-- Neovim opens the demonstration, sees what is found in it, and applies an action.

local function fail(message)
  io.stderr:write("Neovim: " .. message .. "\n")
  vim.cmd("cquit 1")
end

local file = os.getenv("DEMO") .. "/" .. "setup.sh"
local text = { "set -e", "huggingface-cli download me/model" }
vim.fn.writefile(text, file)
vim.cmd("edit " .. vim.fn.fnameescape(file))
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = "hfscan", cmd = { os.getenv("HFSCAN"), "lsp" }, root_dir = os.getenv("DEMO") })
vim.lsp.buf_attach_client(buffer, client)

local function found()
  return vim.diagnostic.get(buffer)
end
if not vim.wait(20000, function() return #found() > 0 end, 20) then
  return fail("no diagnostic came")
end
local one = found()[1]
if one.code ~= "deprecated-cli" or one.source ~= "hfscan" or one.lnum ~= 1 then
  return fail("another diagnostic came: " .. vim.inspect(one))
end
local params = {
  textDocument = vim.lsp.util.make_text_document_params(buffer),
  range = {
    start = { line = one.lnum, character = one.col },
    ["end"] = { line = one.end_lnum, character = one.end_col },
  },
  context = { diagnostics = {}, only = { "quickfix" } },
}
local answers = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", params, 20000)
local action
for _, offered in ipairs(answers[client].result) do
  if offered.isPreferred then
    action = offered
  end
end
if not action then
  return fail("no fix is offered: " .. vim.inspect(answers))
end
vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
local line = vim.api.nvim_buf_get_lines(buffer, 1, 2, false)[1]
if line ~= "hf download me/model" then
  return fail("the fix did something else: " .. line)
end
if not vim.wait(20000, function() return #found() == 0 end, 20) then
  return fail("the diagnostic stayed: " .. vim.inspect(found()))
end
-- A token that is typed is seen before it is saved.
vim.api.nvim_buf_set_lines(buffer, 2, 2, false, { "export X=" .. os.getenv("TOKEN") })
if not vim.wait(20000, function() return #found() > 0 and found()[1].code == "hf-user-token" end, 20) then
  return fail("what was typed is not seen")
end
print("Neovim sees diagnostics, applies a fix, and sees a token that is not saved\n")
vim.lsp.stop_client(client)
vim.cmd("qall!")
