"""The scanner."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterable, NamedTuple, Optional, Sequence, Tuple, TypeVar, Union

from . import _arrow
from ._hfscan import ArrowArray, Core
from ._types import Finding, IncompleteScanError, Problem

T = TypeVar("T")
Text = TypeVar("Text", str, bytes)


class ScanReport(NamedTuple):
    """What a scan of files found."""

    findings: "list[Finding]"
    """In order of path and place."""
    problems: "list[Problem]"
    """What could not be scanned. If there is any, no findings does not mean that there are none."""
    files: int
    """How many files were scanned."""
    bytes: int
    """How many bytes."""


class _Config(NamedTuple):
    """All that a scanner is made of. It can be hashed and pickled, and holds rules by their text."""

    select: Tuple[str, ...]
    ignore: Tuple[str, ...]
    rules: Tuple[Tuple[Tuple[str, str], ...], ...]
    min_severity: str
    min_confidence: str
    honour_comments: bool


def _read_rules(folder: str) -> Tuple[Tuple[str, str], ...]:
    root = Path(folder)
    files = sorted(root.rglob("*.toml")) if root.is_dir() else []
    if not files:
        raise ValueError("the folder of rules does not exist or holds no .toml file")
    return tuple((file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files)


@functools.lru_cache(maxsize=16)
def _core(config: _Config) -> Core:
    """Compiles rules, once a process."""
    with tempfile.TemporaryDirectory(prefix="hfscan-rules-") as root:
        folders = []
        for number, files in enumerate(config.rules):
            folder = Path(root) / str(number)
            for name, text in files:
                file = folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            folders.append(str(folder))
        selection = (list(config.select), list(config.ignore))
        least = (config.min_severity, config.min_confidence)
        return Core(folders, selection, least, config.honour_comments)


class Scanner:
    """Compiled rules, and what of them is reported.

    A scanner never changes, can be used from many threads at once, and can be pickled: it takes the text of
    your own rules with it, so that a worker on another machine needs no copy of the folder. Rules are compiled
    once a process, when they are first used.
    """

    __slots__ = ("_config",)
    _config: _Config

    def __init__(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        rules: Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]] = (),
        min_severity: str = "note",
        min_confidence: str = "medium",
        honour_comments: bool = True,
    ) -> None:
        """Takes the rules or families to look for (all, if none is named) and to leave out, folders with your own
        rules, and the least severity and confidence that is reported. With ``honour_comments``, comments in scanned
        files hide findings; in tables they never do. Raises ``ValueError`` if a name or a rule is wrong."""
        for names, what in ((select, "select"), (ignore, "ignore")):
            if isinstance(names, str):
                raise TypeError(f"{what} is a list of names, and not one")
        folders = [rules] if isinstance(rules, (str, os.PathLike)) else list(rules)
        config = _Config(
            tuple(select),
            tuple(ignore),
            tuple(_read_rules(os.fspath(folder)) for folder in folders),
            min_severity,
            min_confidence,
            honour_comments,
        )
        _core(config)
        object.__setattr__(self, "_config", config)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Scanner never changes: make another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Scanner never changes: make another one")

    def __reduce__(self) -> Tuple[Any, ...]:
        return (_restored, (tuple(self._config),))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scanner) and self._config == other._config

    def __hash__(self) -> int:
        return hash(self._config)

    def __repr__(self) -> str:
        config = self._config
        return f"Scanner(min_severity={config.min_severity!r}, min_confidence={config.min_confidence!r})"

    def scan(self, text: Union[str, bytes], *, path: str = "<text>") -> "list[Finding]":
        """Scans a text as the file of this name, which decides how it is read: Python is parsed, a zip archive
        opened. Raises ``IncompleteScanError`` if not all of it could be scanned."""
        return _findings(_core(self._config).scan(text, path))

    def scan_value(self, text: Union[str, bytes]) -> "list[Finding]":
        """Searches a text for credentials alone, as ``scan_batch`` does with each value: it is data, so nothing is
        parsed or opened, and no comment in it hides anything. This is the faster way for documents and messages."""
        return _findings(_core(self._config).scan_value(text))

    def redact(self, text: Text, *, key: Optional[bytes] = None) -> Text:
        """The text with every credential replaced by a mark, ``hf_[redacted]``. With a ``key`` of 32 bytes the mark
        has a name, the same for the same credential: ``hf_[redacted:3f2a…]``. Who knows the key can tell whether
        a guess is right."""
        redacted: Text = _core(self._config).redact(text, key)
        return redacted

    def scan_paths(
        self,
        paths: Iterable[Union[str, "os.PathLike[str]"]],
        *,
        threads: int = 0,
        honour_gitignore: bool = True,
    ) -> ScanReport:
        """Scans files and folders on so many threads (0: one a processor). Unlike the command, it reads no
        configuration file."""
        if isinstance(paths, (str, os.PathLike)):
            paths = [paths]
        roots = [os.fspath(path) for path in paths]
        findings, problems, files, size = _core(self._config).scan_paths(roots, threads, honour_gitignore)
        found = [Finding._of(fields) for fields in findings]
        return ScanReport(found, [Problem(*problem) for problem in problems], files, size)

    def scan_batch(
        self,
        data: Any,
        column: Optional[str] = None,
        *,
        path: Optional[str] = None,
        max_bytes: Optional[int] = None,
        cancelled: Optional[Callable[[], bool]] = None,
    ) -> Any:
        """Finds the credentials in a column of a table, or in a column on its own.

        ``data`` is anything that exchanges Arrow data: tables and columns of pyarrow, polars, duckdb, datasets.
        ``column`` may lead into structs and lists: ``messages.content``; without it, all texts are searched.

        The result has a row a finding: ``row`` (from 0), ``place`` (below the column, such as
        ``messages[2].content``), ``rule``, ``severity``, ``confidence``, ``start`` and ``end`` in code points of a
        text (bytes of a binary value), ``start_byte`` and ``end_byte``, ``secret`` (masked) and ``fingerprint``. It
        is a ``pyarrow.RecordBatch`` where pyarrow is installed, or else an ``ArrowArray``. A value that could not
        be looked at in full has a row with the rule ``incomplete``.

        ``path`` names the column with the name of each row's file; then values are scanned as such files, as
        ``scan`` does, rather than searched for credentials alone. ``max_bytes`` and ``cancelled`` end the call with
        an exception.
        """
        core = _core(self._config)
        return _arrow.batch(core.scan_batch(data, (column, path), (max_bytes, cancelled)))

    def redact_batch(
        self,
        data: T,
        column: Optional[str] = None,
        *,
        key: Optional[bytes] = None,
        max_bytes: Optional[int] = None,
        cancelled: Optional[Callable[[], bool]] = None,
    ) -> T:
        """The column, or the table, without credentials, and of the same type. What holds none is not copied. See
        ``scan_batch`` for the column and the limits, and ``redact`` for the key."""
        redacted, _ = self._redact_batch(data, column, key=key, max_bytes=max_bytes, cancelled=cancelled)
        return redacted

    def _redact_batch(
        self,
        data: T,
        column: Optional[str] = None,
        *,
        key: Optional[bytes] = None,
        max_bytes: Optional[int] = None,
        cancelled: Optional[Callable[[], bool]] = None,
    ) -> Tuple[T, int]:
        core = _core(self._config)
        chunks, count = core.redact_batch(data, (column, key), (max_bytes, cancelled))
        return _arrow.like(data, chunks), count


def _findings(scanned: Tuple[Any, ...]) -> "list[Finding]":
    findings, problems, _, _ = scanned
    found = [Finding._of(fields) for fields in findings]
    if problems:
        raise IncompleteScanError(found, [Problem(*problem) for problem in problems])
    return found


def _restored(config: Tuple[Any, ...]) -> Scanner:
    scanner = Scanner.__new__(Scanner)
    object.__setattr__(scanner, "_config", _Config(*config))
    return scanner


@functools.lru_cache(maxsize=1)
def _default() -> Scanner:
    return Scanner()


def scan(text: Union[str, bytes], *, path: str = "<text>") -> "list[Finding]":
    """Scans a text as the file of this name; see ``Scanner.scan``."""
    return _default().scan(text, path=path)


def redact(text: Text, *, key: Optional[bytes] = None) -> Text:
    """The text with every credential replaced by a mark; see ``Scanner.redact``."""
    return _default().redact(text, key=key)


__all__ = ["ArrowArray", "ScanReport", "Scanner", "redact", "scan"]
