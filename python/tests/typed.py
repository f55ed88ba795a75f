"""Uses of the package as users type them; mypy reads this file, and nothing runs it."""

from typing_extensions import assert_type

import hfscan

scanner = hfscan.Scanner(select=["tokens"], rules="folder", min_confidence="high")
assert_type(hfscan.scan(b"text", path="a.py"), "list[hfscan.Finding]")
assert_type(hfscan.redact("text"), str)
assert_type(scanner.redact(b"text", key=bytes(32)), bytes)
assert_type(scanner.scan("text")[0].start.byte, int)
assert_type(scanner.scan_paths(["a", "b"]).problems[0].message, str)
assert_type(hfscan.find_binary(), str)
