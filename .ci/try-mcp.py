"""The official client of the Model Context Protocol talks to `hfscan mcp`."""

import asyncio
import json
import os
import pathlib
import sys
import tempfile

from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client

TOKEN = os.environ["TOKEN"]


async def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "root")
        root.mkdir()
        (root / "a.py").write_text(f"t = '{TOKEN}'\n")
        pathlib.Path(folder, "b.py").write_text(f"t = '{TOKEN}'\n")

        async def roots(_context):
            return types.ListRootsResult(roots=[types.Root(uri=root.as_uri())])

        server = StdioServerParameters(command=program, args=["mcp"], cwd=folder)
        async with stdio_client(server) as (read, write):
            async with ClientSession(read, write, list_roots_callback=roots) as session:
                await session.initialize()
                tools = {tool.name for tool in (await session.list_tools()).tools}
                assert tools == {"scan_text", "scan_paths", "redact", "explain_rule"}, tools

                async def call(tool, **arguments):
                    result = await session.call_tool(tool, arguments)
                    text = result.content[0].text
                    assert TOKEN not in text
                    return text, result.isError

                text, _ = await call("scan_text", text="ENV HF_TOKEN=$T\n", name="Dockerfile")
                assert json.loads(text)["findings"][0]["rule"] == "dockerfile-token-env", text
                text, failed = await call("scan_paths", paths=["a.py"])
                assert not failed and json.loads(text)["findings"][0]["rule"] == "hf-user-token", text
                text, failed = await call("scan_paths", paths=["../b.py"])
                assert failed, text
                text, _ = await call("redact", text=f"x {TOKEN} y")
                assert text.startswith("x hf_") and text.endswith(" y"), text
                text, _ = await call("explain_rule", rule="job-token-in-env")
                assert "What to do" in text, text
    print("the official client of MCP scans, redacts, asks, and is kept inside its roots")


asyncio.run(main(sys.argv[1]))
