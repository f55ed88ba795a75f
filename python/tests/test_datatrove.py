"""datatrove's own executor runs the blocks, on JSONL and Parquet."""

import gzip
import json
import pickle

import hfscan
import pytest
from conftest import make_token

pytest.importorskip("datatrove")
import hfscan.datatrove as blocks  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.readers import JsonlReader, ParquetReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter  # noqa: E402

ROWS = [{"id": str(n), "text": f"use {make_token(n)} é" if n % 5 == 0 else f"clean {n}"} for n in range(40)]


def jsonl(folder):
    folder.mkdir()
    for part in range(2):
        with open(folder / f"{part}.jsonl", "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in ROWS[part::2])
    return JsonlReader(str(folder))


def parquet(folder):
    folder.mkdir()
    for part in range(2):
        pq.write_table(pa.Table.from_pylist(ROWS[part::2]), folder / f"{part}.parquet")
    return ParquetReader(str(folder))


def read_jsonl(folder):
    rows = []
    for path in sorted(folder.rglob("*.jsonl.gz")):
        rows += [json.loads(line) for line in gzip.open(path, "rt")]
    return sorted(rows, key=lambda row: int(row["id"]))


def run(tmp_path, steps, workers=1):
    logs = str(tmp_path / "logs")
    executor = LocalPipelineExecutor(pipeline=steps, tasks=2, workers=workers, logging_dir=logs, start_method="spawn")
    executor.run()
    return json.loads((tmp_path / "logs" / "stats.json").read_text())


def test_documents_with_credentials_are_dropped(tmp_path):
    reader = jsonl(tmp_path / "in")
    out, dropped = tmp_path / "out", tmp_path / "dropped"
    step = blocks.SecretsFilter(exclusion_writer=JsonlWriter(str(dropped)))
    stats = run(tmp_path, [reader, step, JsonlWriter(str(out))], workers=2)
    assert [row["id"] for row in read_jsonl(out)] == [row["id"] for row in ROWS if "clean" in row["text"]]
    assert {row["metadata"]["filter_reason"] for row in read_jsonl(dropped)} == {"hf-user-token"}
    counts = next(block["stats"] for block in stats if "Secrets" in block["name"])
    assert counts["dropped_hf-user-token"] == 8 and counts["forwarded"] == 32


def test_documents_are_redacted(tmp_path):
    reader = parquet(tmp_path / "in")
    out = tmp_path / "out"
    stats = run(tmp_path, [reader, blocks.SecretsFormatter(), ParquetWriter(str(out))])
    tables = [pq.read_table(path) for path in sorted(out.rglob("*.parquet"))]
    rows = {row["id"]: row["text"] for table in tables for row in table.to_pylist()}
    assert rows == {row["id"]: hfscan.redact(row["text"]) for row in ROWS}
    assert rows["0"] == "use hf_[redacted] é"
    counts = next(block["stats"] for block in stats if "Secrets" in block["name"])
    assert counts["redacted"] == 8


def test_credentials_are_counted(tmp_path):
    pytest.importorskip("tldextract")
    reader = jsonl(tmp_path / "in")
    step = blocks.SecretsStats(str(tmp_path / "stats"), groups_to_compute=["summary"])
    run(tmp_path, [reader, step])
    totals = [json.loads(path.read_text()) for path in (tmp_path / "stats" / "summary" / "secrets").glob("*.json")]
    assert sum(total["summary"]["total"] for total in totals) == 8
    assert (tmp_path / "stats" / "summary" / "secrets_hf-user-token").is_dir()


def test_blocks_travel_to_workers():
    scanner = hfscan.Scanner(min_confidence="high")
    again = pickle.loads(pickle.dumps(blocks.SecretsFilter(scanner)))
    assert again.scanner == scanner
