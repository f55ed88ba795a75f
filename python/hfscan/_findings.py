"""Tables of findings with the keys of the rows that they lie in, for engines that scatter a table."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import pyarrow as pa

from ._scanner import Scanner

COLUMNS = pa.schema(
    [
        pa.field("place", pa.string()),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("severity", pa.string(), nullable=False),
        pa.field("confidence", pa.string(), nullable=False),
        pa.field("start", pa.int64()),
        pa.field("end", pa.int64()),
        pa.field("secret", pa.string()),
        pa.field("fingerprint", pa.string(), nullable=False),
    ]
)
"""What stands beside the keys. Offsets are signed, for Spark has no others."""


def schema(keys: "Sequence[pa.Field]") -> pa.Schema:
    """The schema of the findings in a table with these keys."""
    return pa.schema([*keys, *COLUMNS])


def of_table(
    table: Any, column: str, keys: Sequence[str], scanner: Scanner, path: Optional[str] = None
) -> "pa.Table":
    """The findings in a table or a batch, with its keys."""
    found = pa.Table.from_batches([scanner.scan_batch(table, column, path=path)])
    rows = found["row"]
    columns = [table.column(key).take(rows) for key in keys]
    fields = [table.schema.field(key) for key in keys]
    columns += [found[field.name].cast(field.type) for field in COLUMNS]
    columns = [column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in columns]
    return pa.Table.from_arrays(columns, schema=schema(fields))


__all__ = ["COLUMNS", "of_table", "schema"]
