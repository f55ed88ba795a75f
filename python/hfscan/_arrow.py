"""Between the Arrow data of this package and the types of other libraries. None of them is imported before a value of
its own comes in."""

from __future__ import annotations

from typing import Any, Sequence

from ._hfscan import ArrowArray


def batch(array: ArrowArray) -> Any:
    """A table as a ``pyarrow.RecordBatch``, if pyarrow is there."""
    try:
        import pyarrow
    except ImportError:
        return array
    return pyarrow.record_batch(array)


def like(data: Any, chunks: Sequence[ArrowArray]) -> Any:
    """Chunks of the same type as other data."""
    library = type(data).__module__.split(".", 1)[0]
    if library == "pyarrow":
        return _pyarrow(data, chunks)
    if library == "polars":
        return _polars(data, chunks)
    if library == "duckdb" or library == "_duckdb":
        import pyarrow

        return pyarrow.Table.from_batches([pyarrow.record_batch(chunk) for chunk in chunks])
    if len(chunks) != 1:
        raise TypeError(f"{type(data).__name__} has several chunks: pass a table or column of pyarrow or polars")
    return chunks[0]


def _pyarrow(data: Any, chunks: Sequence[ArrowArray]) -> Any:
    import pyarrow

    if isinstance(data, pyarrow.RecordBatch):
        return pyarrow.RecordBatch.from_struct_array(pyarrow.array(chunks[0])).cast(data.schema)
    if isinstance(data, pyarrow.Table):
        batches = [pyarrow.RecordBatch.from_struct_array(pyarrow.array(chunk)) for chunk in chunks]
        return pyarrow.Table.from_batches([batch.cast(data.schema) for batch in batches], schema=data.schema)
    if isinstance(data, pyarrow.ChunkedArray):
        return pyarrow.chunked_array([pyarrow.array(chunk) for chunk in chunks], type=data.type)
    if isinstance(data, pyarrow.Array):
        return pyarrow.array(chunks[0])
    raise TypeError(f"{type(data).__name__} of pyarrow is neither a table nor a column")


def _polars(data: Any, chunks: Sequence[ArrowArray]) -> Any:
    import polars

    if isinstance(data, polars.DataFrame):
        frames = [polars.DataFrame(chunk) for chunk in chunks]
        return polars.concat(frames) if frames else data
    if isinstance(data, polars.Series):
        parts = [polars.Series(data.name, chunk) for chunk in chunks]
        return polars.concat(parts) if parts else data
    raise TypeError(f"{type(data).__name__} of polars is neither a DataFrame nor a Series")
