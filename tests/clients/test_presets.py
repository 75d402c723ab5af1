"""pytest-lsp plays three clients and checks every message against the specification.

Run by tests/it/editors.rs with its warnings as errors; SPECWRIGHT_BIN and SPECWRIGHT_WORKSPACE
name the server and a folder that holds the example as PRD.md.
"""

import asyncio
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

FOLDER = pathlib.Path(os.environ["SPECWRIGHT_WORKSPACE"])
FILE = FOLDER / "PRD.md"
URI = FILE.as_uri()
SECONDS = 20
SECRET = "NEXT_PUBLIC_STRIPE_SECRET_KEY"
RULE = "client-exposed-secret"
PRESETS = ["visual-studio-code", "neovim", "emacs"]
SERVER = ClientServerConfig(server_command=[os.environ["SPECWRIGHT_BIN"], "lsp"])


@pytest_lsp.fixture(params=PRESETS, config=SERVER)
async def client(request, lsp_client: LanguageClient):
    # The presets declare dynamic registration, and the library leaves the answer to its user.
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    folder = types.WorkspaceFolder(uri=FOLDER.as_uri(), name="work")
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param),
            root_uri=folder.uri,
            workspace_folders=[folder],
        )
    )
    yield
    await lsp_client.shutdown_session()


class Page:
    """The example as the client has it open."""

    def __init__(self, client: LanguageClient):
        self.client = client
        self.text = FILE.read_text()
        self.version = 1
        self.document = types.TextDocumentIdentifier(uri=URI)
        client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri=URI, language_id="markdown", version=1, text=self.text)
            )
        )

    def place(self, text: str, offset: int = 0) -> types.Position:
        """Where `text` stands first; the example is ASCII there, so characters are units."""
        for row, line in enumerate(self.text.splitlines()):
            if text in line:
                return types.Position(row, line.index(text) + offset)
        raise AssertionError(f"the example no longer says: {text}")

    def replace(self, old: str, new: str) -> None:
        start = self.place(old)
        end = types.Position(start.line, start.character + len(old))
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        change = types.TextDocumentContentChangePartial(range=types.Range(start, end), text=new)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=URI, version=self.version), [change]
            )
        )

    async def codes(self) -> set[str]:
        """The rules that fire, pulled where the client pulls and awaited where it is told."""
        if self.client.capabilities.text_document.diagnostic:
            params = types.DocumentDiagnosticParams(self.document)
            report = await self.client.text_document_diagnostic_async(params)
            return {it.code for it in report.items}
        return {it.code for it in self.client.diagnostics.get(URI, [])}

    async def until(self, holds) -> set[str]:
        """The rules once `holds` says yes to them."""
        codes = set()
        for _ in range(SECONDS * 20):
            codes = await self.codes()
            if holds(codes):
                return codes
            await asyncio.sleep(0.05)
        raise AssertionError(f"the diagnostics stayed {codes}")


@pytest.mark.asyncio
async def test_diagnostics_follow_edits(client: LanguageClient):
    page = Page(client)
    await page.until(lambda it: RULE in it)
    page.replace(SECRET, "NEXT_PUBLIC_STRIPE_KEY")
    await page.until(lambda it: it and RULE not in it)


@pytest.mark.asyncio
async def test_everything_that_is_asked_for_is_answered(client: LanguageClient):
    page = Page(client)
    codes = await page.until(lambda it: RULE in it)
    assert codes

    at = page.place(SECRET, 2)
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(page.document, types.Range(at, at), types.CodeActionContext([]))
    )
    assert any("Rename to" in it.title for it in actions)
    if hasattr(actions[0], "data") and actions[0].data is not None:
        assert (await client.code_action_resolve_async(actions[0])).edit

    heading = page.place("### tools", 5)
    hover = await client.text_document_hover_async(types.HoverParams(page.document, heading))
    assert "owner_id" in str(hover.contents)

    outline = types.DocumentSymbolParams(page.document)
    assert await client.text_document_document_symbol_async(outline)
    folds = types.FoldingRangeParams(page.document)
    assert await client.text_document_folding_range_async(folds)
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(page.document))
    assert lenses

    behind = page.place("references tools.id", len("references "))
    found = await client.text_document_completion_async(
        types.CompletionParams(page.document, behind)
    )
    items = getattr(found, "items", found)
    assert any(it.label.startswith("users") for it in items)

    reference = page.place("references tools.id", len("references t"))
    assert await client.text_document_definition_async(
        types.DefinitionParams(page.document, reference)
    )
    references = await client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(True), page.document, reference)
    )
    assert len(references) > 1
    edit = await client.text_document_rename_async(
        types.RenameParams(page.document, heading, "implements")
    )
    assert edit.changes or edit.document_changes
    assert await client.workspace_symbol_async(types.WorkspaceSymbolParams("disputes"))
