"""Columns of every type that Arrow has for texts, in the libraries that have them."""

import gc
import threading

import hfscan
import pytest
from conftest import make_token

pa = pytest.importorskip("pyarrow")

SCANNER = hfscan.Scanner()


def places(found):
    return [(row["row"], row["place"]) for row in found.to_pylist()]


def texts(token):
    return ["clean", f"é {token} x", None, "", f"a {token} b {make_token(2)}"]


TYPES = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.binary(),
    pa.large_binary(),
    pa.binary_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.int32(), pa.large_string()),
]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_every_type_of_text(token, kind):
    column = pa.array(texts(token)).cast(pa.binary() if "binary" in str(kind) else pa.string()).cast(kind)
    table = pa.table({"text": column, "n": [1, 2, 3, 4, 5]})
    found = SCANNER.scan_batch(table, "text")
    assert isinstance(found, pa.RecordBatch)
    assert places(found) == [(1, "text"), (4, "text"), (4, "text")]
    for row in found.to_pylist():
        text = texts(token)[row["row"]]
        secret = text.encode()[row["start_byte"] : row["end_byte"]].decode()
        assert secret in (token, make_token(2))
        if "binary" not in str(kind):
            assert text[row["start"] : row["end"]] == secret
    clean = SCANNER.redact_batch(table, "text")
    assert clean.schema == table.schema
    assert clean["n"] == table["n"]
    shown = [text.decode() if isinstance(text, bytes) else text for text in clean["text"].to_pylist()]
    assert shown == ["clean", "é hf_[redacted] x", None, "", "a hf_[redacted] b hf_[redacted]"]
    assert SCANNER.scan_batch(clean, "text").num_rows == 0


def chats(token):
    return pa.table(
        {
            "id": ["a", "b", "c", "d"],
            "messages": [
                [{"role": "user", "content": "hi"}, {"role": "user", "content": f"my token is {token}"}],
                None,
                [],
                [{"role": token, "content": "x"}],
            ],
            "note": [token, None, None, None],
        }
    )


LISTS = [
    lambda kind: pa.list_(kind),
    lambda kind: pa.large_list(kind),
    lambda kind: pa.list_view(kind),
    lambda kind: pa.large_list_view(kind),
]


@pytest.mark.parametrize("wrap", LISTS)
def test_lists_and_structs_by_path(token, wrap):
    table = chats(token)
    kind = wrap(table.schema.field("messages").type.value_type)
    if "view" in str(kind):
        values = pa.array(table["messages"].to_pylist(), kind)
        table = table.set_column(1, "messages", values)
    else:
        table = table.set_column(1, "messages", table["messages"].cast(kind))
    assert places(SCANNER.scan_batch(table, "messages.content")) == [(0, "messages[1].content")]
    both = [(0, "messages[1].content"), (3, "messages[0].role")]
    assert sorted(places(SCANNER.scan_batch(table, "messages"))) == both
    assert len(places(SCANNER.scan_batch(table))) == 3
    clean = SCANNER.redact_batch(table, "messages.content")
    assert clean.schema == table.schema
    rows = clean["messages"].to_pylist()
    assert rows[0][1] == {"role": "user", "content": "my token is hf_[redacted]"}
    assert rows[1:3] == [None, []] and rows[3][0]["role"] == token
    assert SCANNER.scan_batch(SCANNER.redact_batch(table)).num_rows == 0


def test_slices_do_not_show_what_they_leave_out(token):
    table = chats(token)
    assert SCANNER.scan_batch(table.slice(1, 2)).num_rows == 0
    assert places(SCANNER.scan_batch(table.slice(3), "messages")) == [(0, "messages[0].role")]
    column = pa.array(texts(token)).slice(1, 3)
    assert [row for row, _ in places(SCANNER.scan_batch(column))] == [0]
    assert SCANNER.redact_batch(column).to_pylist() == ["é hf_[redacted] x", None, ""]
    dictionary = pa.array(texts(token)).dictionary_encode().slice(2, 2)
    assert SCANNER.scan_batch(dictionary).num_rows == 0


def test_values_below_a_null_count_for_nothing(token):
    inner = pa.array([token, token])
    struct = pa.StructArray.from_arrays([inner], ["text"], mask=pa.array([True, False]))
    assert places(SCANNER.scan_batch(struct)) == [(1, "text")]


def test_fixed_lists_and_maps(token):
    fixed = pa.array([[token, "a"], None, ["b", "c"]], pa.list_(pa.string(), 2))
    assert places(SCANNER.scan_batch(fixed)) == [(0, "[0]")]
    assert SCANNER.redact_batch(fixed).to_pylist() == [["hf_[redacted]", "a"], None, ["b", "c"]]
    pairs = pa.array([[("HF_TOKEN", token)], None], pa.map_(pa.string(), pa.string()))
    assert places(SCANNER.scan_batch(pairs)) == [(0, "[0].value")]
    assert SCANNER.redact_batch(pairs).to_pylist() == [[("HF_TOKEN", "hf_[redacted]")], None]


def test_chunks_count_rows_on(token):
    chunked = pa.chunked_array([["a", token], [], [token]])
    assert [row for row, _ in places(SCANNER.scan_batch(chunked))] == [1, 2]
    clean = SCANNER.redact_batch(chunked)
    assert isinstance(clean, pa.ChunkedArray) and clean.to_pylist() == ["a", "hf_[redacted]", "hf_[redacted]"]


def test_what_holds_nothing_is_not_copied():
    column = pa.array(["clean"] * 1000)
    clean = SCANNER.redact_batch(column)
    assert clean.equals(column)
    assert clean.buffers()[2].address == column.buffers()[2].address


def test_a_column_without_text_is_no_all_clear(token):
    table = pa.table({"n": [1], "text": ["x"]})
    for column in ["n", "gone", "text.below", token]:
        with pytest.raises(KeyError) as caught:
            SCANNER.scan_batch(table, column)
        assert token not in str(caught.value)
        with pytest.raises(KeyError):
            SCANNER.redact_batch(table, column)
    with pytest.raises(TypeError):
        SCANNER.scan_batch(pa.array([1, 2]))
    union = pa.UnionArray.from_dense(
        pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([token])]
    )
    with pytest.raises((TypeError, ValueError)):
        SCANNER.scan_batch(pa.table({"u": union, "text": ["x"]}))


def test_a_column_of_files_is_scanned_as_files(token):
    job = 'from huggingface_hub import run_job\nrun_job(image="a", command=["b"], env={"HF_TOKEN": get_token()})\n'
    table = pa.table({"path": ["job.py", "a.txt", None], "content": [job, job, job]})
    found = SCANNER.scan_batch(table, "content", path="path").to_pylist()
    assert ("job-token-in-env", 0) in [(row["rule"], row["row"]) for row in found]
    assert SCANNER.scan_batch(table, "content").num_rows == 0
    with pytest.raises(KeyError):
        SCANNER.scan_batch(table, "content", path="gone")


def test_what_cannot_be_opened_has_a_row():
    import gzip

    half = gzip.compress(bytes(range(256)) * 99)[:200]
    table = pa.table({"path": ["a.log.gz"], "content": pa.array([half], pa.binary())})
    found = SCANNER.scan_batch(table, "content", path="path").to_pylist()
    assert [row["rule"] for row in found] == ["incomplete"]


def test_comments_of_others_hide_nothing(token):
    column = pa.array([f"{token} # gitleaks:allow", f"{token} # hfscan: ignore[hf-user-token]"])
    assert SCANNER.scan_batch(column).num_rows == 2


def test_limits_of_a_call(token):
    column = pa.array(["x" * 1000] * 100)
    SCANNER.scan_batch(column, max_bytes=100_000)
    with pytest.raises(ValueError, match="max_bytes"):
        SCANNER.scan_batch(column, max_bytes=99_999)
    large = pa.array(["x" * 5_000_000] * 3)
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(RuntimeError, match="cancelled"):
        SCANNER.scan_batch(large, cancelled=cancelled)
    with pytest.raises(ZeroDivisionError):
        SCANNER.redact_batch(large, cancelled=lambda: 1 / 0)


def test_the_same_key_makes_the_same_marks_everywhere(token):
    column = pa.array([f"a {token}", f"b {token}", make_token(2)])
    one = SCANNER.redact_batch(column, key=b"k" * 32).to_pylist()
    marks = [text.split()[-1] for text in one]
    assert marks[0] == marks[1] != marks[2]
    parts = [SCANNER.redact_batch(column.slice(at, 1), key=b"k" * 32).to_pylist()[0] for at in range(3)]
    assert parts == one
    assert SCANNER.redact(f"a {token}", key=b"k" * 32) == one[0]


def test_threads_share_a_scanner(token):
    column = pa.array([f"{make_token(seed)} {'x' * 500}" for seed in range(500)])
    wanted = SCANNER.scan_batch(column)
    got = [None] * 8

    def work(at):
        got[at] = SCANNER.scan_batch(column)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found == wanted for found in got)


def test_polars(token):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"id": [1, 2], "text": [token, "x"], "chat": [[{"content": token}], []]})
    assert places(SCANNER.scan_batch(frame, "text")) == [(0, "text")]
    assert places(SCANNER.scan_batch(frame, "chat.content")) == [(0, "chat[0].content")]
    clean = SCANNER.redact_batch(frame, "text")
    assert isinstance(clean, polars.DataFrame) and clean["text"].to_list() == ["hf_[redacted]", "x"]
    assert clean.schema == frame.schema
    series = SCANNER.redact_batch(frame["text"])
    assert isinstance(series, polars.Series) and series.name == "text"
    assert series.to_list() == ["hf_[redacted]", "x"]


def test_duckdb(token):
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("select 1 as id, $token as text", params={"token": token})
    assert places(SCANNER.scan_batch(relation, "text")) == [(0, "text")]
    assert SCANNER.redact_batch(relation, "text")["text"].to_pylist() == ["hf_[redacted]"]


def test_datasets(token):
    datasets = pytest.importorskip("datasets")
    ds = datasets.Dataset.from_dict({"text": [token, "x"]})
    table = ds.with_format("arrow")[:]
    assert places(SCANNER.scan_batch(table, "text")) == [(0, "text")]


def test_memory_is_given_back(token):
    before = pa.total_allocated_bytes()
    for _ in range(20):
        column = pa.array([token + "x" * 10_000] * 100)
        SCANNER.scan_batch(column)
        SCANNER.redact_batch(column)
    del column
    gc.collect()
    assert pa.total_allocated_bytes() - before < 1_000_000


hypothesis = pytest.importorskip("hypothesis")
from hypothesis import strategies as st  # noqa: E402

PIECES = st.lists(
    st.one_of(st.text(max_size=12), st.integers(1, 5).map(make_token), st.sampled_from([" ", "\n", '"', "=", "\0"])),
    max_size=8,
).map("".join)


@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(st.lists(st.one_of(st.none(), PIECES), max_size=6))
def test_batches_agree_with_single_texts(rows):
    column = pa.array(rows, pa.string())
    found = SCANNER.scan_batch(column).to_pylist()
    single = [
        (row, finding.rule, finding.start.byte, finding.end.byte)
        for row, text in enumerate(rows)
        if text is not None
        for finding in SCANNER.scan_value(text)
    ]
    assert [(row["row"], row["rule"], row["start_byte"], row["end_byte"]) for row in found] == single
    clean = SCANNER.redact_batch(column)
    assert clean.to_pylist() == [None if text is None else SCANNER.redact(text) for text in rows]
    assert SCANNER.scan_batch(clean).num_rows == 0
