"""Texts and files."""

import copy
import pickle
import random
import shutil
import string
import threading
from pathlib import Path

import hfscan
import pytest
from conftest import make_token

ROOT = Path(__file__).parents[2]


def test_a_token_is_found_where_it_stands(token):
    text = f"# é\ntoken = '{token}'\n"
    (finding,) = hfscan.scan(text, path="train.py")
    assert finding.rule == "hf-user-token"
    assert (finding.severity, finding.confidence) == ("error", "high")
    assert finding.path == "train.py"
    assert finding.start == (2, 10, 14)
    assert text.encode()[finding.start.byte : finding.end.byte].decode() == token
    assert hfscan.scan(text.encode(), path="train.py") == [finding]
    assert hfscan.scan("hello") == []


def test_nothing_that_python_shows_holds_a_credential(token):
    (finding,) = hfscan.scan(f"token = '{token}'", path="a.py")
    scanner = hfscan.Scanner()
    shown = [repr(finding), str(finding), repr(scanner), pickle.dumps(finding).decode("latin-1")]
    shown += [pickle.dumps(scanner).decode("latin-1"), str(vars(finding))]
    assert not any(token in text for text in shown)
    assert finding.secret is not None and len(finding.secret) < 12


def test_exceptions_hold_no_credential(token, tmp_path):
    for wrong in [
        lambda: hfscan.Scanner(select=[token]),
        lambda: hfscan.Scanner(rules=str(tmp_path / token)),
        lambda: hfscan.Scanner(min_confidence=token),
        lambda: hfscan.redact(token, key=b"short"),
        lambda: hfscan.Scanner().scan_batch(token),
    ]:
        with pytest.raises((ValueError, TypeError, KeyError)) as caught:
            wrong()
        assert token not in str(caught.value) and token not in repr(caught.value)


def test_a_mistake_without_a_token_is_found():
    text = 'from huggingface_hub import run_job\nrun_job(image="a", command=["b"], env={"HF_TOKEN": get_token()})\n'
    rules = [finding.rule for finding in hfscan.scan(text, path="job.py")]
    assert "job-token-in-env" in rules
    assert hfscan.Scanner(ignore=["jobs"]).scan(text, path="job.py") == []


def test_a_redacted_text_has_marks_in_place_of_credentials(token):
    other = make_token(2)
    text = f"a {token} b {other} c {token} é"
    assert hfscan.redact(text) == "a hf_[redacted] b hf_[redacted] c hf_[redacted] é"
    assert hfscan.redact(text.encode()) == hfscan.redact(text).encode()
    one = hfscan.redact(text, key=bytes(32))
    first, second, third = (word for word in one.split() if word.startswith("hf_"))
    assert first == third != second
    assert one == hfscan.redact(text, key=bytes(32)) != hfscan.redact(text, key=b"k" * 32)
    # Half a surrogate pair is no text, and what is none keeps its length.
    half = hfscan.redact(f"\ud800{token}")
    assert half.startswith("\ud800hf_[redacted]***") and len(half) == 38
    clean = "nothing here"
    assert hfscan.redact(clean) is clean


def test_what_cannot_be_scanned_is_no_all_clear(token):
    import gzip

    packed = gzip.compress(f"token = '{token}'\n".encode() * 2000)
    assert hfscan.scan(packed, path="a.log.gz")
    with pytest.raises(hfscan.IncompleteScanError) as caught:
        hfscan.scan(packed[: len(packed) // 2], path="a.log.gz")
    assert caught.value.problems and token not in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems


def test_files_and_folders(tmp_path, token):
    (tmp_path / "a.py").write_text(f"token = '{token}'\n")
    (tmp_path / "b.txt").write_text("clean\n")
    report = hfscan.Scanner().scan_paths([tmp_path])
    assert [finding.rule for finding in report.findings] == ["hf-user-token"]
    assert report.files == 2 and report.problems == []
    assert hfscan.Scanner().scan_paths([tmp_path / "gone"]).problems


def test_a_scanner_never_changes_and_travels(tmp_path):
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "fixtures" / "acme", rules)
    scanner = hfscan.Scanner(rules=rules)
    again = pickle.dumps(scanner)
    # The folder does not travel, and its rules do.
    shutil.rmtree(rules)
    again = pickle.loads(again)
    assert again == scanner and hash(again) == hash(scanner) and copy.deepcopy(again) == scanner
    key = "acme" + "_" + "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=32))
    assert [finding.rule for finding in again.scan(f"key = '{key}'", path="a.py")] == ["acme-key"]
    assert hfscan.scan(f"key = '{key}'", path="a.py") == []
    with pytest.raises(AttributeError):
        scanner._config = None
    with pytest.raises(TypeError):
        hfscan.Scanner(select="tokens")


def test_threads_find_the_same():
    scanner = hfscan.Scanner()
    texts = [f"token = '{make_token(seed)}'\n" * 50 for seed in range(8)]
    wanted = [scanner.scan(text, path="a.py") for text in texts]
    got = [None] * len(texts)

    def work(at):
        got[at] = scanner.scan(texts[at], path="a.py")

    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == wanted
