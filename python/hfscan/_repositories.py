"""The scan of a repository or an archive by the command, on whatever worker it falls to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from typing import Any, Iterable, Iterator

import pyarrow as pa

from ._binary import find_binary
from ._scanner import redact

SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        pa.field("confidence", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
        pa.field("path", pa.string()),
        pa.field("member", pa.string()),
        pa.field("commit", pa.string()),
        pa.field("line", pa.int64()),
        pa.field("secret", pa.string()),
        pa.field("fingerprint", pa.string()),
    ]
)


def _incomplete(source: str, message: str, path: str = "") -> "dict[str, Any]":
    return {
        "source": source,
        "rule": "incomplete",
        "severity": "error",
        "confidence": "high",
        # What Git says may quote an address with a credential in it.
        "message": source_name(message),
        "path": path,
    }


def _is_repository(path: str) -> bool:
    return os.path.exists(os.path.join(path, ".git")) or os.path.isfile(os.path.join(path, "HEAD"))


def _run(command: "list[str]", folder: str) -> "subprocess.CompletedProcess[str]":
    # Nobody is there to be asked for a password.
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


def _scanned(source: str, arguments: "list[str]", folder: str) -> "Iterator[dict[str, Any]]":
    done = _run([find_binary(), *arguments, "--isolated", "--output-format", "json"], folder)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        yield _incomplete(source, done.stderr.strip() or f"hfscan ended with {done.returncode}")
        return
    for found in report["findings"]:
        secret = found["secret"]
        yield {
            "source": source,
            **{name: found[name] for name in ("rule", "severity", "confidence", "message", "path", "member", "commit")},
            "line": found["start"]["line"],
            "secret": secret["redacted"] if secret else None,
            "fingerprint": found["fingerprint"],
        }
    for problem in report["errors"]:
        yield _incomplete(source, problem["message"], problem["path"])
    if done.returncode == 2 and not report["errors"]:
        yield _incomplete(source, done.stderr.strip() or "not all could be scanned")


def scan(source: str, history: bool) -> "Iterator[dict[str, Any]]":
    """The findings in a source, as rows."""
    local = os.path.exists(source)
    if local and not _is_repository(source):
        yield from _scanned(source_name(source), [os.path.abspath(source)], os.getcwd())
        return
    with tempfile.TemporaryDirectory(prefix="hfscan-repository-") as folder:
        bare = ["--bare"] if history else ["--depth", "1"]
        address = f"file://{os.path.abspath(source)}" if local else source
        cloned = _run(["git", "clone", "--quiet", *bare, "--", address, "clone"], folder)
        if cloned.returncode != 0:
            yield _incomplete(source_name(source), f"cannot be cloned: {cloned.stderr.strip()}")
            return
        arguments = ["--history"] if history else ["."]
        yield from _scanned(source_name(source), arguments, os.path.join(folder, "clone"))


def source_name(source: str) -> str:
    """A source, or a text with one in it, as it is shown: an address may hold a password."""
    return redact(re.sub(r"//[^/@\s]+@", "//…@", source))


class Work:
    """The findings in batches of sources."""

    def __init__(self, history: bool) -> None:
        self.history = history

    def __call__(self, batch: "pa.Table") -> "pa.Table":
        sources: Iterable[str] = batch.column("source").to_pylist()
        rows = [row for source in sources for row in scan(source, self.history)]
        return pa.Table.from_pylist(rows, schema=SCHEMA)
