"""What a scan says. Nothing here holds a whole credential, so that all of it can be printed, pickled and logged."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, List, NamedTuple, Optional, Tuple


class Position(NamedTuple):
    """A place in a file."""

    line: int
    """From 1."""
    column: int
    """In code points, from 1."""
    byte: int
    """From 0."""


class Problem(NamedTuple):
    """What could not be scanned."""

    path: str
    """The file; empty where it concerns all of the scan."""
    message: str
    """What happened."""


@dataclass(frozen=True)
class Finding:
    """A credential, or a mistake that leaks one."""

    rule: str
    """The rule's id, such as ``hf-user-token``. It never changes its meaning."""
    severity: str
    """``note``, ``warning`` or ``error``."""
    confidence: str
    """``low``, ``medium`` or ``high``."""
    message: str
    """What was found and where it sits."""
    help: str
    """What to do."""
    url: Optional[str]
    """A page to read on."""
    path: str
    """The file."""
    member: Optional[str]
    """The place in an archive, such as ``run/1.txt``."""
    cell: Optional[Tuple[str, Optional[int]]]
    """The column and the row, from 1, in a table."""
    start: Position
    """The first character."""
    end: Position
    """The character after the last."""
    snippet: str
    """The lines around it, with credentials masked."""
    secret: Optional[str]
    """The credential, masked: ``hf_ab…yz``."""
    sha256: Optional[str]
    """Its SHA-256, where it cannot be guessed from that."""
    fingerprint: str
    """A name that stays the same across unrelated edits of the file."""

    @classmethod
    def _of(cls, row: Tuple[Any, ...]) -> Finding:
        """A finding of the values of its fields, in order."""
        values = list(row)
        for at in _POSITIONS:
            values[at] = Position(*values[at])
        return cls(*values)


_POSITIONS = [at for at, field in enumerate(fields(Finding)) if field.name in ("start", "end")]


class IncompleteScanError(RuntimeError):
    """Something that was asked for could not be scanned, so that no finding does not mean that there is none."""

    def __init__(self, findings: List[Finding], problems: List[Problem]) -> None:
        self.findings = findings
        """What was found all the same."""
        self.problems = problems
        """What could not be scanned."""
        super().__init__(findings, problems)

    def __str__(self) -> str:
        lines = [f"{problem.path or 'the scan'}: {problem.message}" for problem in self.problems]
        return "not all could be scanned: " + "; ".join(lines)
