"""A Jupyter server with jupyter-lsp starts `hfscan lsp` as docs/editors.md says, and hands a notebook over as JupyterLab
does: as one program under the notebook's name."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

ADDRESS = "127.0.0.1:18899"


def configuration() -> str:
    page = pathlib.Path(__file__).parent.parent.joinpath("docs", "editors.md").read_text()
    block = re.search(r'```json\n(\{"LanguageServerManager".*?)```', page, re.S)
    return block.group(1)


def waited(process: subprocess.Popen) -> dict:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}/lsp/status?token=x", timeout=60) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.2)
    raise SystemExit("Jupyter: the server does not answer")


def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "jupyter_server_config.json").write_text(configuration())
        paths = [os.path.dirname(program), os.path.dirname(sys.executable), os.environ["PATH"]]
        environment = {**os.environ, "PATH": ":".join(paths), "HOME": folder, "JUPYTER_CONFIG_DIR": folder}
        options = ["--no-browser", "--allow-root", "--port=18899", "--IdentityProvider.token=x"]
        process = subprocess.Popen(
            ["jupyter-server", *options, f"--ServerApp.root_dir={folder}"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            assert "hfscan" in waited(process)["sessions"]
            socket = websocket.create_connection(f"ws://{ADDRESS}/lsp/ws/hfscan?token=x", timeout=60)

            def send(**message) -> None:
                socket.send(json.dumps({"jsonrpc": "2.0", **message}))

            parameters = {"processId": None, "rootUri": f"file://{folder}", "capabilities": {}}
            send(id=1, method="initialize", params=parameters)
            assert json.loads(socket.recv())["id"] == 1
            send(method="initialized", params={})
            text = "import os\n\n\nprint(os.environ['HF_TOKEN'])\n"
            uri = f"file://{folder}/.virtual_documents/a.ipynb"
            document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
            send(method="textDocument/didOpen", params={"textDocument": document})
            shown = json.loads(socket.recv())["params"]["diagnostics"]
            assert [one["code"] for one in shown] == ["token-printed"], shown
        finally:
            process.terminate()
            process.wait()
    print("a Jupyter server with jupyter-lsp starts hfscan, and a notebook is looked at as the program that it is")


main(sys.argv[1])
