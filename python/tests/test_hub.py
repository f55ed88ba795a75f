"""The guard before an upload, with the Hub's own client: what holds a credential is refused before a byte is sent."""

import inspect
import io
import os
import pickle
import subprocess
import sys
from pathlib import Path

import hfscan
import pytest

huggingface_hub = pytest.importorskip("huggingface_hub")
import hfscan.hub  # noqa: E402
from huggingface_hub import CommitOperationAdd, HfApi  # noqa: E402


@pytest.fixture
def api(hub):
    with hfscan.hub.guard():
        yield HfApi(endpoint=hub.url, token="nobody")


def folder(tmp_path, token, files=3):
    for number in range(files):
        (tmp_path / f"part-{number}.txt").write_text("clean\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "train.py").write_text(f"import os\ntoken = '{token}'\n")
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\nhello\n")
    return tmp_path


def refused(hub, token, upload, place):
    """The upload is refused, the place is named, and the server heard nothing."""
    with pytest.raises(hfscan.hub.CredentialError) as caught:
        upload()
    assert place in str(caught.value), str(caught.value)
    assert token not in str(caught.value) and token not in repr(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings
    assert hub.paths() == [] and hub.bodies == b""


def test_a_file(api, hub, token, tmp_path):
    file = tmp_path / "train.py"
    file.write_text(f"token = '{token}'\n")
    for content in [file, str(file), file.read_bytes(), io.BytesIO(file.read_bytes())]:

        def upload(content=content):
            api.upload_file(path_or_fileobj=content, path_in_repo="code/x.py", repo_id="me/x")

        refused(hub, token, upload, "code/x.py:1:10: hf-user-token")
    with open(file, "rb") as handle:
        refused(
            hub,
            token,
            lambda: api.upload_file(path_or_fileobj=handle, path_in_repo="x.py", repo_id="me/x"),
            "x.py:1:10",
        )
    file.write_text("token = get_token()\n")
    content = io.BytesIO(b"clean")
    content.seek(2)
    api.upload_file(path_or_fileobj=content, path_in_repo="x.py", repo_id="me/x")
    api.upload_file(path_or_fileobj=file, path_in_repo="x.py", repo_id="me/x")
    assert len([path for path in hub.paths() if "/commit/" in path]) == 2


def test_a_mistake_is_refused_as_well(api, hub, token):
    job = b'from huggingface_hub import run_job\nrun_job(image="a", command=["b"], env={"HF_TOKEN": get_token()})\n'
    refused(
        hub,
        token,
        lambda: api.upload_file(path_or_fileobj=job, path_in_repo="job.py", repo_id="me/x"),
        "job.py:2:",
    )
    with hfscan.hub.guard(hfscan.Scanner(ignore=["jobs"])):
        pass


@pytest.mark.parametrize("xet", [True, False])
def test_a_folder(api, hub, token, tmp_path, monkeypatch, xet):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", not xet)
    folder(tmp_path, token)
    for name in ["model", "dataset", "space"]:

        def upload(name=name):
            api.upload_folder(folder_path=tmp_path, repo_id="me/x", repo_type=name)

        refused(hub, token, upload, "code/train.py:2:10: hf-user-token")
    # What is left out is not sent, and not looked at.
    api.upload_folder(folder_path=tmp_path, repo_id="me/x", ignore_patterns=["code/*"])
    assert any("/commit/" in path for path in hub.paths())
    assert b"clean" in hub.bodies or b"Y2xlYW4" in hub.bodies


def test_a_large_folder_of_several_commits(api, hub, token, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub._upload_pipeline.COMMIT_SIZE_SCALE", [20] * 10)
    root = folder(tmp_path, token, files=150)
    # The last to be sent.
    (root / "code" / "train.py").rename(root / "zzz.py")
    refused(hub, token, lambda: api.upload_folder(folder_path=root, repo_id="me/x"), "zzz.py:2:10")
    (root / "zzz.py").unlink()
    api.upload_folder(folder_path=root, repo_id="me/x")
    assert len([path for path in hub.paths() if "/commit/" in path]) > 1


def test_a_readme_is_not_sent_to_be_validated(api, hub, token, tmp_path):
    text = f"---\nlicense: mit\n---\nexport HF_TOKEN={token}\n"

    def upload():
        api.create_commit("me/x", [CommitOperationAdd("README.md", text.encode())], commit_message="x")

    refused(hub, token, upload, "README.md:4:")
    # Functions that were imported before the guard came are methods of before.
    original = inspect.unwrap(HfApi.create_commit)
    refused(
        hub,
        token,
        lambda: original(api, "me/x", [CommitOperationAdd("README.md", text.encode())], commit_message="x"),
        "README.md:4:",
    )


def test_functions_of_the_module_are_guarded(hub, token):
    with hfscan.hub.guard():
        for call in [huggingface_hub.upload_file, huggingface_hub.hf_api.upload_file]:
            refused(
                hub,
                token,
                lambda call=call: call(path_or_fileobj=token.encode(), path_in_repo="a", repo_id="me/x"),
                "a:1:1",
            )
        refused(
            hub,
            token,
            lambda: huggingface_hub.create_commit(
                "me/x", operations=[CommitOperationAdd("a", token.encode())], commit_message="x"
            ),
            "a:1:1",
        )
        refused(
            hub,
            token,
            lambda: huggingface_hub.upload_file(
                path_or_fileobj=token.encode(), path_in_repo="a", repo_id="me/x", run_as_future=True
            ).result(),
            "a:1:1",
        )


def test_messages_and_names(api, hub, token):
    def commit(**changed):
        arguments = {"operations": [CommitOperationAdd("a", b"clean")], "commit_message": "x", **changed}
        return lambda: api.create_commit("me/x", **arguments)

    refused(hub, token, commit(commit_message=f"use {token}"), "<commit message>:1:5")
    refused(hub, token, commit(commit_description=f"use {token}"), "<commit description>:1:5")
    refused(hub, token, commit(operations=[CommitOperationAdd(f"logs/{token}", b"x")]), "<path in the repository>")
    commit(operations=(operation for operation in [CommitOperationAdd("a", b"clean")]))()
    assert any("/commit/" in path for path in hub.paths())


class Xet:
    """Plays hf_xet, which speaks to a storage of its own: it takes each file, and says where it would lie."""

    hash = "0" * 64
    sha256 = "0" * 64
    file_size = 5

    @property
    def xet_info(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def new_upload_commit(self, **_):
        return self

    def start_upload_file(self, *_, **__):
        return self

    start_upload_bytes = start_upload_file

    def result(self, *_):
        return self


@pytest.fixture
def xet(monkeypatch):
    for module in ("huggingface_hub.utils._xet", "huggingface_hub._commit_api"):
        monkeypatch.setattr(f"{module}.get_xet_session", Xet, raising=False)


def test_a_bucket(api, hub, token, tmp_path, xet):
    file = tmp_path / "run.log"
    file.write_text(f"token {token}\n")
    many = [(b"clean", f"{number}.txt") for number in range(1500)]

    refused(hub, token, lambda: api.batch_bucket_files("me/b", add=[(file, "logs/run.log")]), "logs/run.log:1:7")
    refused(
        hub,
        token,
        lambda: api.batch_bucket_files("me/b", add=[*many, (token.encode(), "last")]),
        "last:1:1",
    )
    refused(hub, token, lambda: api.sync_bucket(str(tmp_path), "hf://buckets/me/b"), "run.log:1:7")

    file.write_text("clean\n")
    api.batch_bucket_files("me/b", add=[(file, "logs/run.log"), (b"clean", "a")])
    assert any(path.endswith("/batch") for path in hub.paths())


def test_variables_of_a_space(api, hub, token):
    refused(hub, token, lambda: api.add_space_variable("me/s", "HF_TOKEN", token), "<variable HF_TOKEN>:1:1")
    variables = [{"key": "A", "value": "x"}, {"key": "B", "value": token}]

    def create():
        api.create_repo("me/s", repo_type="space", space_sdk="docker", space_variables=variables)

    refused(hub, token, create, "<variable B>:1:1")
    api.add_space_variable("me/s", "MODEL", "gpt2")
    assert any(path.endswith("/variables") for path in hub.paths())


def test_a_data_set(api, hub, token, xet):
    datasets = pytest.importorskip("datasets")
    rows = {"id": list(range(50)), "text": ["clean"] * 49 + [f"token {token}"], "chat": [[{"content": "x"}]] * 50}
    ds = datasets.Dataset.from_dict(rows)
    # Its shards are sent one by one, and the credential is in the last.
    refused(hub, token, lambda: ds.push_to_hub("me/d", token="nobody", num_shards=5), "column text, row 50")
    both = datasets.DatasetDict(test=ds.select(range(3)), train=ds)
    refused(hub, token, lambda: both.push_to_hub("me/d", token="nobody"), "train:1:7: hf-user-token")
    # What another library writes itself is a file like any other.
    parquet = io.BytesIO()
    ds.to_parquet(parquet)
    refused(
        hub,
        token,
        lambda: api.preupload_lfs_files("me/d", [CommitOperationAdd("a.parquet", parquet.getvalue())]),
        "a.parquet:1:7",
    )
    found = hfscan.hub.check(ds).to_pylist()
    assert [(row["split"], row["row"], row["place"]) for row in found] == [("train", 49, "text")]
    clean = ds.map(lambda row: {"text": hfscan.redact(row["text"])})
    assert hfscan.hub.check(clean).num_rows == 0
    clean.push_to_hub("me/d", token="nobody")
    assert any("/commit/" in path for path in hub.paths())


def test_what_push_to_hub_would_send(token, tmp_path):
    datasets = pytest.importorskip("datasets")
    image = tmp_path / "a.png"
    image.write_bytes(b"\x89PNG\r\n\x1a\n" + token.encode())
    ds = datasets.Dataset.from_dict({"image": [str(image)]}).cast_column("image", datasets.Image(decode=False))
    assert [row["place"] for row in hfscan.hub.check(ds).to_pylist()] == ["image.bytes"]
    both = datasets.DatasetDict(train=datasets.Dataset.from_dict({"a": ["x"]}), test=ds)
    assert [row["split"] for row in hfscan.hub.check(both).to_pylist()] == ["test"]
    streamed = datasets.Dataset.from_dict({"a": ["x"] * 2500 + [token]}).to_iterable_dataset()
    assert [row["row"] for row in hfscan.hub.check(streamed).to_pylist()] == [2500]
    assert hfscan.hub.check(datasets.Dataset.from_dict({"n": [1]})).num_rows == 0
    described = datasets.Dataset.from_dict({"a": ["x"]}, info=datasets.DatasetInfo(description=f"use {token}"))
    assert [row["place"] for row in hfscan.hub.check(described).to_pylist()] == ["info"]


def test_what_cannot_be_scanned_is_refused_unless_it_may_pass(hub, tmp_path):
    import gzip

    half = gzip.compress(os.urandom(2000))[:1000]
    api = HfApi(endpoint=hub.url, token="nobody")

    def upload():
        api.upload_file(path_or_fileobj=half, path_in_repo="a.log.gz", repo_id="me/x")

    with hfscan.hub.guard():
        with pytest.raises(hfscan.IncompleteScanError):
            upload()
        assert hub.paths() == []
    with hfscan.hub.guard(incomplete="ignore"):
        upload()
    assert any("/commit/" in path for path in hub.paths())


def test_a_guard_goes_when_it_is_removed(hub, token):
    before = {name: vars(HfApi).get(name) for name in hfscan.hub._METHODS}
    guard = hfscan.hub.guard()
    assert vars(HfApi)["create_commit"] is not before["create_commit"]
    guard.remove()
    guard.remove()
    assert {name: vars(HfApi).get(name) for name in hfscan.hub._METHODS} == before


def patterns(lists):
    return [argument for name, values in lists.items() for value in values for argument in (f"--{name}", value)]


@pytest.mark.parametrize(
    "include, exclude",
    [
        ([], []),
        (["*.py"], []),
        (["code/"], ["*.pyc"]),
        ([], ["code", "logs/*", "[!a-z]*"]),
        (["[a-p]*", ".*"], ["*[0-9].txt"]),
        (["**/*.py"], ["?ode/*"]),
        (["a\\b*"], []),
        (["{a,b}*", "[]a]*", "[z-a]"], ["[!z-a]/x"]),
    ],
)
def test_upload_check_names_what_the_client_would_send(tmp_path, token, include, exclude):
    from huggingface_hub.utils import DEFAULT_IGNORE_PATTERNS

    root = folder(tmp_path / "x" if (tmp_path / "x").mkdir() is None else tmp_path, token)
    for name in [
        ".git/config",
        "a/.git/HEAD",
        "a/.gitignore",
        ".cache/huggingface/x",
        "b/.cache/huggingface/download/y",
        ".env",
        "a/b/c.py",
        "code/x.pyc",
        "logs/1.txt",
        "]a",
        "{a,b}c",
        "sub/.git",
    ]:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    (root / "link.py").symlink_to(root / "code" / "train.py")
    (root / "links").symlink_to(root / "code")
    (root / "broken").symlink_to(root / "gone")
    wanted = HfApi()._prepare_upload_folder_additions(
        root,
        "",
        allow_patterns=include or None,
        ignore_patterns=[*exclude, *DEFAULT_IGNORE_PATTERNS],
    )
    arguments = patterns({"include": include, "exclude": exclude})
    command = [hfscan.find_binary(), "upload-check", str(root), "--list", *arguments]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert sorted(listed) == sorted(operation.path_in_repo for operation in wanted)


def test_upload_check_finds_what_the_client_would_send(tmp_path, token):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "train.py").write_text(f"token = '{token}'\n")
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "link.py").symlink_to(tmp_path / "secret" / "train.py")
    (tmp_path / "up" / ".gitignore").write_text("*\n")

    def run(*arguments):
        command = [hfscan.find_binary(), "upload-check", "up", "--isolated", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    done = run("--output-format", "concise")
    assert done.returncode == 1 and "up/link.py:1:10" in done.stdout and token not in done.stdout
    assert run("--exclude", "*.py").returncode == 0
    assert run("--exclude", "*").returncode == 2


def test_the_extension_of_hf(tmp_path, token):
    """The client's own mechanism finds and runs it, as it does after `hf extensions install`."""
    from datetime import datetime, timezone

    from huggingface_hub.cli.extensions import ExtensionManifest

    extension = tmp_path / ".local" / "share" / "hf" / "extensions" / "hf-scan"
    extension.mkdir(parents=True)
    executable = extension / "hf-scan"
    source = Path(__file__).parents[2] / "hf-scan" / "src"
    executable.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(source)!r})\nimport hf_scan\nsys.exit(hf_scan.main())\n"
    )
    executable.chmod(0o755)
    ExtensionManifest(
        owner="hfscan",
        repo="hf-scan",
        repo_id="hfscan/hf-scan",
        short_name="scan",
        executable_path=str(executable),
        type="python",
        installed_at=datetime.now(timezone.utc),
    ).save(extension)
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "a.py").write_text(f"token = '{token}'\n")
    hf = Path(sys.executable).parent / "hf"

    def run(*arguments):
        environment = {**os.environ, "HOME": str(tmp_path), "HF_HUB_DISABLE_UPDATE_CHECK": "1"}
        command = [str(hf), "scan", str(tmp_path / "up"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    done = run()
    assert done.returncode == 1 and "hf-user-token" in done.stdout, done
    assert token not in done.stdout + done.stderr
    assert run("--list").stdout == "a.py\n"
    assert run("--exclude", "*.py").returncode == 2
