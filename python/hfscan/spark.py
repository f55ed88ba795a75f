"""Spark: scan and redact columns of data frames, on all executors.

>>> findings = hfscan.spark.scan(df, column="text", keys=["id"])
>>> clean = hfscan.spark.redact(df, column="text")

Both are calls of ``mapInArrow``: the package must be installed where the executors run.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Optional, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import LongType, StringType, StructField, StructType

from . import _findings
from ._scanner import Scanner


def _spark_type(data_type: "pa.DataType") -> Any:
    return LongType() if pa.types.is_integer(data_type) else StringType()


class _Scan:
    def __init__(self, column: str, keys: Sequence[str], scanner: Scanner, path: Optional[str]) -> None:
        self.column, self.keys, self.scanner, self.path = column, list(keys), scanner, path

    def __call__(self, batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        for batch in batches:
            found = _findings.of_table(batch, self.column, self.keys, self.scanner, self.path)
            yield from found.to_batches()


class _Redact:
    def __init__(self, column: str, scanner: Scanner, key: Optional[bytes]) -> None:
        self.column, self.scanner, self.key = column, scanner, key

    def __call__(self, batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        for batch in batches:
            yield self.scanner.redact_batch(batch, self.column, key=self.key)


def scan(
    df: DataFrame,
    *,
    column: str,
    keys: Sequence[str] = (),
    scanner: Optional[Scanner] = None,
    path: Optional[str] = None,
) -> DataFrame:
    """The findings in a column: one row each, with the ``keys`` of its row. See ``Scanner.scan_batch`` for the
    columns."""
    wanted = [*keys, column.split(".", 1)[0], *([path] if path else [])]
    missing = [name for name in wanted if name not in df.columns]
    if missing:
        raise KeyError(f"the data frame has no columns {missing}; it has {df.columns}")
    fields = [df.schema[key] for key in keys]
    fields += [StructField(field.name, _spark_type(field.type), field.nullable) for field in _findings.COLUMNS]
    work = _Scan(column, keys, scanner or Scanner(), path)
    return df.select(*dict.fromkeys(wanted)).mapInArrow(work.__call__, StructType(fields))


def redact(
    df: DataFrame, *, column: str, scanner: Optional[Scanner] = None, key: Optional[bytes] = None
) -> DataFrame:
    """The data frame without the credentials in a column."""
    work = _Redact(column, scanner or Scanner(), key)
    return df.mapInArrow(work.__call__, df.schema)


__all__ = ["redact", "scan"]
