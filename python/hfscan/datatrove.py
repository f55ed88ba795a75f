"""Blocks for datatrove pipelines: drop, redact or count documents with credentials.

They have the form of datatrove's own, run on each of its executors (local, Ray, Slurm, Hugging Face Jobs), and take
readers of JSONL and Parquet like any other.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple, Union

from datatrove.data import Document
from datatrove.io import DataFolderLike
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.formatters.base import BaseFormatter
from datatrove.pipeline.stats.base import BaseStats
from datatrove.pipeline.stats.config import DEFAULT_TOP_K_CONFIG, GROUP, TopKConfig
from datatrove.pipeline.writers.disk_base import DiskWriter

from ._scanner import Scanner


class SecretsFilter(BaseFilter):
    """Removes documents that hold a credential. The reason that the exclusion writer notes is the rule."""

    name = "🔑 Secrets"

    def __init__(self, scanner: Optional[Scanner] = None, exclusion_writer: Optional[DiskWriter] = None) -> None:
        super().__init__(exclusion_writer)
        self.scanner = scanner or Scanner()

    def filter(self, doc: Document) -> Union[bool, Tuple[bool, str]]:
        findings = self.scanner.scan_value(doc.text)
        return (False, findings[0].rule) if findings else True


class SecretsFormatter(BaseFormatter):
    """Replaces each credential by a mark; see ``Scanner.redact`` for the key."""

    name = "🔑 Secrets"

    def __init__(self, scanner: Optional[Scanner] = None, key: Optional[bytes] = None) -> None:
        super().__init__()
        self.scanner = scanner or Scanner()
        self.key = key

    def format(self, text: str) -> str:
        redacted = self.scanner.redact(text, key=self.key)
        if redacted is not text:
            self.stat_update("redacted")
        return redacted


class SecretsStats(BaseStats):
    """Counts credentials. Statistics: ``secrets``, how many a document holds; ``secrets_<rule>``, of one kind; and
    ``with_secrets``, 1 for a document that holds any."""

    name = "🔑 Secrets"

    def __init__(
        self,
        output_folder: DataFolderLike,
        scanner: Optional[Scanner] = None,
        groups_to_compute: Optional["list[GROUP]"] = None,
        histogram_round_digits: int = 3,
        top_k_config: TopKConfig = DEFAULT_TOP_K_CONFIG,
    ) -> None:
        super().__init__(output_folder, groups_to_compute, histogram_round_digits, top_k_config)
        self.scanner = scanner or Scanner()

    def extract_stats(self, doc: Document) -> "dict[str, Any]":
        findings = self.scanner.scan_value(doc.text)
        stats = {"secrets": len(findings), "with_secrets": int(bool(findings))}
        for finding in findings:
            name = f"secrets_{finding.rule}"
            stats[name] = stats.get(name, 0) + 1
        return stats


__all__ = ["SecretsFilter", "SecretsFormatter", "SecretsStats"]
