"""A real local cluster of Spark, whose workers are processes: the same table as without it, also when one is killed."""

import os
import signal

import hfscan
import pytest
from conftest import make_token

pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyspark")
import hfscan.spark  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

ROWS = [(n, f"row {n} has {make_token(n)}" if n % 50 == 0 else "x" * 200, [("user", "hi")]) for n in range(4000)]
SCHEMA = "id long, text string, chat array<struct<role:string,content:string>>"
SCANNER = hfscan.Scanner()


@pytest.fixture(scope="module")
def spark():
    try:
        session = (
            # A master of its own, two executors that are processes, and tasks that may fail once and again.
            SparkSession.builder.master("local-cluster[2,1,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.memory", "512m")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "250")
            .getOrCreate()
        )
        session.range(1).count()
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Spark does not start here: {type(error).__name__}")
    yield session
    session.stop()


def rows_of(df):
    return sorted((tuple(row) for row in df.collect()), key=lambda row: (row[0], row[5]))


def test_the_table_of_a_cluster_is_that_of_one_process(spark):
    df = spark.createDataFrame(ROWS, SCHEMA).repartition(8)
    found = hfscan.spark.scan(df, column="text", keys=["id"])
    assert found.columns == ["id", "place", "rule", "severity", "confidence", "start", "end", "secret", "fingerprint"]
    plain = SCANNER.scan_batch(pa.array([text for _, text, _ in ROWS])).to_pylist()
    assert [(row[0], row[2], row[5], row[8]) for row in rows_of(found)] == [
        (row["row"], row["rule"], row["start"], row["fingerprint"]) for row in plain
    ]
    clean = hfscan.spark.redact(df, column="text")
    assert clean.schema == df.schema and clean.count() == 4000
    assert hfscan.spark.scan(clean, column="text").count() == 0
    assert hfscan.spark.scan(df, column="chat.content").count() == 0
    with pytest.raises(KeyError):
        hfscan.spark.scan(df, column="gone")


def test_a_killed_worker_changes_nothing(spark, tmp_path):
    df = spark.createDataFrame(ROWS, SCHEMA).repartition(8)
    plain = rows_of(hfscan.spark.scan(df, column="text", keys=["id"]))
    marker = str(tmp_path / "killed")

    def fatal(batches):
        for batch in batches:
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
                os.kill(os.getpid(), signal.SIGKILL)
            except FileExistsError:
                pass
            yield batch

    killed = df.mapInArrow(fatal, df.schema)
    assert rows_of(hfscan.spark.scan(killed, column="text", keys=["id"])) == plain
    assert os.path.exists(marker)
