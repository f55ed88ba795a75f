"""A real local cluster of Ray: the same table as without it, also when a worker is killed."""

import os
import signal
import subprocess

import hfscan
import pytest
from conftest import make_token

pa = pytest.importorskip("pyarrow")
ray = pytest.importorskip("ray")
pytest.importorskip("ray.data")
import hfscan.ray  # noqa: E402

ROWS = [
    {"id": n, "text": f"row {n} has {make_token(n)}" if n % 50 == 0 else "x" * 200, "chat": [{"content": "hi"}]}
    for n in range(4000)
]
SCANNER = hfscan.Scanner()


@pytest.fixture(scope="module", autouse=True)
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 << 20)
    yield
    ray.shutdown()


def rows_of(ds):
    return sorted(ds.take_all(), key=lambda row: (row["id"], row["start"]))


def test_the_table_of_a_cluster_is_that_of_one_process():
    table = pa.Table.from_pylist(ROWS)
    ds = ray.data.from_arrow([table.slice(at, 500) for at in range(0, 4000, 500)])
    found = rows_of(hfscan.ray.scan(ds, column="text", keys=["id"]))
    plain = SCANNER.scan_batch(table, "text").to_pylist()
    assert [(row["id"], row["rule"], row["start"], row["fingerprint"]) for row in found] == [
        (row["row"], row["rule"], row["start"], row["fingerprint"]) for row in plain
    ]
    assert len(found) == 80
    clean = hfscan.ray.redact(ds, column="text")
    assert clean.schema().names == ds.schema().names
    assert hfscan.ray.scan(clean, column="text").count() == 0
    assert clean.count() == 4000


class Fatal:
    """Kills its worker, once, in the middle of its work."""

    def __init__(self, marker, work):
        self.marker, self.work = marker, work

    def __call__(self, batch):
        if batch["id"][0].as_py() >= 2000:
            try:
                os.close(os.open(self.marker, os.O_CREAT | os.O_EXCL))
                os.kill(os.getpid(), signal.SIGKILL)
            except FileExistsError:
                pass
        return self.work(batch)


def test_a_killed_worker_changes_nothing(tmp_path):
    table = pa.Table.from_pylist(ROWS)
    ds = ray.data.from_arrow([table.slice(at, 250) for at in range(0, 4000, 250)])
    plain = rows_of(hfscan.ray.scan(ds, column="text", keys=["id"]))
    marker = str(tmp_path / "killed")
    work = Fatal(marker, hfscan.ray._Scan("text", ["id"], SCANNER, None))
    killed = ds.map_batches(work.__call__, batch_format="pyarrow", batch_size=250)
    assert rows_of(killed) == plain
    assert os.path.exists(marker)


def git(folder, *arguments):
    settings = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def test_many_repositories_and_archives(tmp_path, token):
    sources = []
    for number in range(4):
        folder = tmp_path / f"r{number}"
        folder.mkdir()
        git(folder, "init")
        (folder / "a.py").write_text(f"token = '{make_token(number)}'\n" if number else "clean\n")
        git(folder, "add", ".")
        git(folder, "commit", "-m", "one")
        (folder / "a.py").write_text("token = get_token()\n")
        git(folder, "commit", "-am", "two")
        sources.append(f"file://{folder}")
    archive = tmp_path / "old.tar.gz"
    subprocess.run(["tar", "-czf", str(archive), "-C", str(tmp_path), "r1/a.py"], check=True)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "x.txt").write_text(f"token {token}\n")
    gone = f"https://user:{token}@127.0.0.1:9/gone.git"
    sources += [str(archive), str(tmp_path / "plain"), gone]
    found = hfscan.ray.scan_repositories(sources).take_all()
    rules = sorted((row["source"].rsplit("/", 1)[-1], row["rule"]) for row in found)
    assert rules == [
        ("gone.git", "incomplete"),
        ("plain", "hf-user-token"),
        ("r1", "hf-user-token"),
        ("r2", "hf-user-token"),
        ("r3", "hf-user-token"),
    ]
    assert token not in str(found)
    assert all(row["commit"] for row in found if row["source"].startswith("file://"))
    # Without history, nothing is in them any more.
    present = hfscan.ray.scan_repositories(sources[:4], history=False).take_all()
    assert present == []
    assert not [name for name in os.listdir("/tmp") if name.startswith("hfscan-repository-")]


def test_no_source_is_no_work():
    assert hfscan.ray.scan_repositories([]).take_all() == []
