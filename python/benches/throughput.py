"""How fast columns of texts are scanned, beside others, in one process on one core. Times are of the processor, so that
others on the machine count little.

    python python/benches/throughput.py FOLDER-WITH-SOURCES LOG

The texts are source files (cut into documents), lines of a log in documents, and chats made here. For each: MiB/s of
``Scanner.scan_batch`` over an Arrow column, of ``re`` with one pattern, of detect-secrets with its detectors and of
kingfisher's Python package (kingfisher-secret-scanner on PyPI) with its rules, where those are installed. Then what a
document costs over the engine's own time: the same bytes as one large value and as many of 2 KB.
"""

from __future__ import annotations

import random
import re
import string
import sys
import time
from pathlib import Path
from typing import Callable, Iterable

import hfscan
import pyarrow as pa

MIB = 1 << 20
SIZE = 32 * MIB
ROUNDS = 5


def token(seed: int) -> str:
    return "hf" + "_" + "".join(random.Random(seed).choices(string.ascii_letters, k=34))


def cut(texts: Iterable[str], length: int) -> "list[str]":
    documents: "list[str]" = []
    total = 0
    for text in texts:
        for at in range(0, len(text), length):
            documents.append(text[at : at + length])
            total += len(documents[-1])
        if total > SIZE:
            break
    return documents


def sources(folder: Path) -> "Iterable[str]":
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".js", ".rs", ".ts") and path.is_file() and path.stat().st_size < MIB:
            yield path.read_text(encoding="utf-8", errors="replace")


def lines(path: Path) -> "Iterable[str]":
    with open(path, encoding="utf-8", errors="replace") as file:
        while text := file.read(MIB):
            yield text


def chats() -> "Iterable[str]":
    words = "the model writes a function that loads data from disk and returns a list of rows please explain why".split()
    random_ = random.Random(0)
    while True:
        yield " ".join(random_.choices(words, k=20_000))


def plant(documents: "list[str]") -> "list[str]":
    """A credential in one of a thousand."""
    for at in range(0, len(documents), 1000):
        documents[at] += f"\ntoken = '{token(at)}'\n"
    return documents


def best(work: "Callable[[], object]", rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        clock = time.process_time()
        work()
        times.append(time.process_time() - clock)
    return min(times)


def peers() -> "dict[str, Callable[[list[str]], object]]":
    found: "dict[str, Callable[[list[str]], object]]" = {}
    pattern = re.compile("hf_[A-Za-z]{34}")
    found["re, one pattern"] = lambda documents: [pattern.findall(text) for text in documents]
    try:
        from detect_secrets.core.scan import scan_line
        from detect_secrets.settings import default_settings
    except ImportError:
        pass
    else:

        def detect_secrets(documents: "list[str]") -> None:
            with default_settings():
                for text in documents:
                    for line in text.splitlines():
                        list(scan_line(line))

        found["detect-secrets, all"] = detect_secrets
    try:
        import kingfisher_sdk as kingfisher
    except ImportError:
        pass
    else:
        scanner = kingfisher.Scanner()
        found["kingfisher, all"] = lambda documents: [scanner.scan(text) for text in documents]
    return found


def main() -> None:
    folder, log = Path(sys.argv[1]), Path(sys.argv[2])
    scanner = hfscan.Scanner()
    kinds = {
        "source code": plant(cut(sources(folder), 16_384)),
        "chats": plant(cut(chats(), 2048)),
        "logs": plant(cut(lines(log), 8192)),
    }
    for kind, documents in kinds.items():
        column = pa.array(documents, pa.large_string())
        size = sum(len(text.encode()) for text in documents) / MIB
        rows = scanner.scan_batch(column).num_rows
        rate = size / best(lambda: scanner.scan_batch(column))
        print(f"{kind}: {len(documents)} documents, {size:.0f} MiB, {rows} findings")
        print(f"  hfscan scan_batch    {rate:9.1f} MiB/s")
        clean = size / best(lambda: scanner.redact_batch(column))
        print(f"  hfscan redact_batch  {clean:9.1f} MiB/s")
        for name, work in peers().items():
            some = documents if name.startswith("re,") else documents[: 10 if name.startswith("detect") else 200]
            part = sum(len(text.encode()) for text in some) / MIB
            other = part / best(lambda: work(some), 2)
            print(f"  {name:20} {other:9.2f} MiB/s: hfscan is {rate / other:.1f} times as fast")
    documents = cut(chats(), 2048)
    text = "".join(documents)
    small = pa.array(documents, pa.large_string())
    large = pa.array([text], pa.large_string())
    many = best(lambda: scanner.scan_batch(small))
    one = best(lambda: scanner.scan_batch(large))
    each = (many - one) / len(documents) * 1e6
    print(f"per document of 2 KB: {many / len(documents) * 1e6:.2f} µs, {each:.2f} µs over one value of the same bytes")


if __name__ == "__main__":
    main()
