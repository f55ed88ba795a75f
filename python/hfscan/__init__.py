"""Finds Hugging Face credentials, and the mistakes that leak them.

The same engine as the command ``hfscan``: a finding of one is a finding of the other.

>>> import hfscan
>>> hfscan.scan(b"hello", path="notes.txt")
[]
"""

from __future__ import annotations

from ._binary import find_binary
from ._hfscan import ArrowArray, __version__
from ._scanner import ScanReport, Scanner, redact, scan
from ._types import Finding, IncompleteScanError, Position, Problem

__all__ = [
    "ArrowArray",
    "Finding",
    "IncompleteScanError",
    "Position",
    "Problem",
    "ScanReport",
    "Scanner",
    "__version__",
    "find_binary",
    "redact",
    "scan",
]
