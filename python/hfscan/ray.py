"""Ray Data: scan and redact data sets, and many repositories, on all workers of a cluster.

>>> findings = hfscan.ray.scan(ray.data.read_parquet("s3://…"), column="text", keys=["id"])
>>> clean = hfscan.ray.redact(ds, column="messages")
>>> findings = hfscan.ray.scan_repositories(["https://…/a.git", "/archives/b.tar.zst"])

Retries, skew, progress and where results go are Ray's: these are calls of ``map_batches``.
"""

from __future__ import annotations

from typing import Any, Iterable, Optional, Sequence

import pyarrow as pa
import ray.data

from . import _findings, _repositories
from ._scanner import Scanner


class _Scan:
    def __init__(self, column: str, keys: Sequence[str], scanner: Scanner, path: Optional[str]) -> None:
        self.column, self.keys, self.scanner, self.path = column, list(keys), scanner, path

    def __call__(self, batch: "pa.Table") -> "pa.Table":
        return _findings.of_table(batch, self.column, self.keys, self.scanner, self.path)


class _Redact:
    def __init__(self, column: str, scanner: Scanner, key: Optional[bytes]) -> None:
        self.column, self.scanner, self.key = column, scanner, key

    def __call__(self, batch: "pa.Table") -> "pa.Table":
        return self.scanner.redact_batch(batch, self.column, key=self.key)


def scan(
    ds: "ray.data.Dataset",
    *,
    column: str,
    keys: Sequence[str] = (),
    scanner: Optional[Scanner] = None,
    path: Optional[str] = None,
    batch_size: Optional[int] = 4096,
    **options: Any,
) -> "ray.data.Dataset":
    """The findings in a column of a data set: one row each, with the ``keys`` of its row. ``options`` go to
    ``map_batches``. See ``Scanner.scan_batch`` for the columns."""
    work = _Scan(column, keys, scanner or Scanner(), path)
    return ds.map_batches(work.__call__, batch_format="pyarrow", batch_size=batch_size, **options)


def redact(
    ds: "ray.data.Dataset",
    *,
    column: str,
    scanner: Optional[Scanner] = None,
    key: Optional[bytes] = None,
    batch_size: Optional[int] = 4096,
    **options: Any,
) -> "ray.data.Dataset":
    """The data set without the credentials in a column."""
    work = _Redact(column, scanner or Scanner(), key)
    return ds.map_batches(work.__call__, batch_format="pyarrow", batch_size=batch_size, **options)


def scan_repositories(sources: Iterable[str], *, history: bool = True, **options: Any) -> "ray.data.Dataset":
    """The findings in many repositories and archives: one row each, with its ``source``.

    A source is what ``git clone`` takes, or the path of a folder or an archive that all workers see. Repositories are
    cloned on the workers, whole and bare, into temporary folders, and their history is scanned there (without
    ``history``, the files of the default branch). The command ``hfscan`` of this package does it, so that Git's own
    login holds. A source that could not be scanned in full has a row with the rule ``incomplete`` and why.
    """
    items = [{"source": source} for source in sources]
    ds = ray.data.from_items(items, override_num_blocks=max(1, len(items)))
    work = _repositories.Work(history)
    return ds.map_batches(work.__call__, batch_format="pyarrow", batch_size=1, **options)


__all__ = ["redact", "scan", "scan_repositories"]
