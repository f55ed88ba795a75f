"""Functions for ``map`` and ``filter`` of the library datasets, streamed or not:

>>> ds = ds.map(hfscan.datasets.redact("messages"), batched=True)
>>> ds = ds.filter(hfscan.datasets.is_clean("text"), batched=True)
>>> ds = ds.map(hfscan.datasets.find("text"), batched=True)

They can be pickled, so that ``num_proc`` and the cache work: the fingerprint of the data set changes with the scanner.
"""

from __future__ import annotations

from typing import Any, Iterable, List, Optional, Union

from ._scanner import Scanner

Columns = Union[str, Iterable[str]]


def _names(columns: Columns) -> "list[str]":
    return [columns] if isinstance(columns, str) else list(columns)


def _redacted(value: Any, scanner: Scanner, key: Optional[bytes]) -> Any:
    """A value of a row without credentials, however it is nested."""
    if isinstance(value, str):
        return scanner.redact(value, key=key)
    if isinstance(value, bytes):
        return scanner.redact(value, key=key)
    if isinstance(value, dict):
        return {name: _redacted(inner, scanner, key) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(inner, scanner, key) for inner in value]
    return value


def _texts(value: Any) -> "Iterable[Union[str, bytes]]":
    if isinstance(value, (str, bytes)):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def _is_batch(rows: Any, columns: "list[str]") -> None:
    for column in columns:
        if not isinstance(rows[column], list):
            raise TypeError("pass batched=True: the function takes batches of rows")


class _Redact:
    def __init__(self, columns: Columns, scanner: Optional[Scanner], key: Optional[bytes]) -> None:
        self.columns = _names(columns)
        self.scanner = scanner or Scanner()
        self.key = key

    def __call__(self, rows: Any) -> Any:
        _is_batch(rows, self.columns)
        return {
            column: [_redacted(value, self.scanner, self.key) for value in rows[column]] for column in self.columns
        }


class _Find:
    def __init__(self, columns: Columns, scanner: Optional[Scanner]) -> None:
        self.columns = _names(columns)
        self.scanner = scanner or Scanner()

    def rules(self, rows: Any) -> "List[List[str]]":
        _is_batch(rows, self.columns)
        found = []
        for values in zip(*(rows[column] for column in self.columns)):
            rules = {finding.rule for text in _texts(list(values)) for finding in self.scanner.scan_value(text)}
            found.append(sorted(rules))
        return found

    def __call__(self, rows: Any) -> Any:
        return {"secrets": self.rules(rows)}


class _IsClean(_Find):
    def __call__(self, rows: Any) -> Any:
        return [not rules for rules in self.rules(rows)]


def redact(columns: Columns, *, scanner: Optional[Scanner] = None, key: Optional[bytes] = None) -> Any:
    """For ``map(…, batched=True)``: these columns without credentials, in texts however deep in lists and structs."""
    return _Redact(columns, scanner, key)


def find(columns: Columns, *, scanner: Optional[Scanner] = None) -> Any:
    """For ``map(…, batched=True)``: a column ``secrets`` with the rules that each row breaks."""
    return _Find(columns, scanner)


def is_clean(columns: Columns, *, scanner: Optional[Scanner] = None) -> Any:
    """For ``filter(…, batched=True)``: keeps rows without credentials in these columns."""
    return _IsClean(columns, scanner)


__all__ = ["find", "is_clean", "redact"]
