"""Functions for map and filter, with the library itself."""

import hfscan
import pytest

datasets = pytest.importorskip("datasets")
import hfscan.datasets  # noqa: E402


@pytest.fixture
def rows(token):
    return {
        "id": [1, 2, 3],
        "messages": [
            [{"role": "user", "content": "hi"}],
            [{"role": "user", "content": f"use {token}"}, {"role": "tool", "content": None}],
            [],
        ],
        "text": ["a", None, token],
    }


@pytest.mark.parametrize("streamed", [False, True])
def test_map_and_filter(rows, token, streamed):
    ds = datasets.Dataset.from_dict(rows)
    if streamed:
        ds = ds.to_iterable_dataset()
    clean = list(ds.map(hfscan.datasets.redact("messages"), batched=True))
    assert clean[1]["messages"][0]["content"] == "use hf_[redacted]"
    assert clean[1]["messages"][1]["content"] is None
    assert clean[2]["text"] == token
    both = list(ds.map(hfscan.datasets.redact(["messages", "text"]), batched=True, batch_size=2))
    assert token not in str(both)
    kept = list(ds.filter(hfscan.datasets.is_clean(["messages", "text"]), batched=True))
    assert [row["id"] for row in kept] == [1]
    found = list(ds.map(hfscan.datasets.find("messages"), batched=True))
    assert [row["secrets"] for row in found] == [[], ["hf-user-token"], []]
    with pytest.raises(TypeError, match="batched=True"):
        list(ds.map(hfscan.datasets.redact("text")))


def test_processes_and_cache(rows, tmp_path, token):
    path = tmp_path / "rows.parquet"
    datasets.Dataset.from_dict(rows).to_parquet(str(path))
    ds = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache"))
    one = ds.map(hfscan.datasets.redact("text"), batched=True, num_proc=2)
    again = ds.map(hfscan.datasets.redact("text"), batched=True, num_proc=2)
    other = ds.map(hfscan.datasets.redact("text", key=b"k" * 32), batched=True)
    assert one._fingerprint == again._fingerprint != other._fingerprint
    assert one["text"][2] == "hf_[redacted]"
    assert other["text"][2].startswith("hf_[redacted:")
    assert one.features == ds.features
