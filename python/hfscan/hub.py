"""Guards uploads to the Hub: what holds a credential is refused before a byte is sent.

>>> import hfscan.hub
>>> hfscan.hub.guard()
>>> api.upload_folder(folder_path="run/", repo_id="me/model")    # raises CredentialError if there is one in it
>>> hfscan.hub.check(ds)                                         # what ds.push_to_hub would send
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import os
from pathlib import PurePath, PurePosixPath
from typing import Any, BinaryIO, Callable, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union

from ._scanner import Scanner
from ._types import Finding, IncompleteScanError, Position, Problem

SEVERITIES = ("note", "warning", "error")

Content = Union[str, "os.PathLike[str]", bytes, BinaryIO]


class CredentialError(ValueError):
    """An upload was refused, and nothing was sent: it holds a credential, or a mistake that leaks one."""

    def __init__(self, findings: "list[Finding]") -> None:
        self.findings = findings
        """What was found, and where."""
        super().__init__(findings)

    def __str__(self) -> str:
        lines = [
            f"  {finding.path}{f'!{finding.member}' if finding.member else ''}:{finding.start.line}:"
            f"{finding.start.column}: {finding.rule}: {finding.message}"
            for finding in self.findings
        ]
        return "\n".join(["the upload is refused, and nothing was sent:", *lines])


class _Upload(NamedTuple):
    """Something that is to be sent."""

    path: str
    content: Content


# What validates a README.md on the server, kept back until all of an upload was looked at.
_kept_back: "contextvars.ContextVar[Optional[list[Callable[[], Any]]]]" = contextvars.ContextVar(
    "hfscan_kept_back", default=None
)
# What a call of the client that is under way had looked at, so that the calls that it makes do not look again.
_cleared: "contextvars.ContextVar[frozenset[int]]" = contextvars.ContextVar("hfscan_cleared", default=frozenset())


class Guard:
    """What looks at uploads. It is in force until ``remove`` is called, or as a context manager until its end."""

    def __init__(self, scanner: Scanner, fail_on: str, incomplete: str) -> None:
        if fail_on not in SEVERITIES:
            raise ValueError(f"fail_on is one of {', '.join(SEVERITIES)}")
        if incomplete not in ("raise", "ignore"):
            raise ValueError("incomplete is raise or ignore")
        self.scanner = scanner
        self._fails = frozenset(SEVERITIES[SEVERITIES.index(fail_on) :])
        self._raises = incomplete == "raise"
        self._undo: "list[Callable[[], None]]" = []

    def check(self, uploads: "Iterable[tuple[str, Content]]") -> None:
        """Raises ``CredentialError`` if one of these is not to be sent: paths in the repository, each with a path on
        disk, bytes, or an open binary file. Raises ``IncompleteScanError`` if one could not be scanned in full."""
        findings: "list[Finding]" = []
        problems: "list[Problem]" = []
        for path, content in uploads:
            found, failed = self._scan(_Upload(path, content))
            findings += found
            problems += failed
        self.refuse(findings)
        if problems and self._raises:
            raise IncompleteScanError([], problems)

    def refuse(self, findings: "Iterable[Finding]") -> None:
        """Raises ``CredentialError`` if one of these is severe enough."""
        severe = [finding for finding in findings if finding.severity in self._fails]
        if severe:
            raise CredentialError(severe)

    def check_texts(self, texts: "Mapping[str, object]") -> None:
        """The same for texts of a request, by what they are: a message, a variable."""
        uploads = [(f"<{name}>", text.encode()) for name, text in texts.items() if isinstance(text, str)]
        self.check(uploads)

    def _scan(self, upload: _Upload) -> "Tuple[List[Finding], List[Problem]]":
        path, content = upload
        # A path is public, too. What is in brackets is no path.
        findings = [] if path.startswith("<") else _named(self.scanner.scan_value(path), "<path in the repository>")
        if isinstance(content, (str, os.PathLike)):
            report = self.scanner.scan_paths([content], honour_gitignore=False)
            findings += _named(report.findings, path)
            problems = [Problem(path, problem.message) for problem in report.problems]
            if PurePath(content).name != PurePosixPath(path).name:
                # The name in the repository says something else of what it is.
                with open(content, "rb") as file:
                    more, failed = self._scan_bytes(path, file.read())
                known = {finding.fingerprint for finding in findings}
                findings += [finding for finding in more if finding.fingerprint not in known]
                problems += failed
            return findings, problems
        if isinstance(content, bytes):
            data = content
        else:
            start = content.tell()
            content.seek(0)
            data = content.read()
            content.seek(start)
        more, problems = self._scan_bytes(path, data)
        return findings + more, problems

    def _scan_bytes(self, path: str, data: bytes) -> "Tuple[List[Finding], List[Problem]]":
        try:
            return self.scanner.scan(data, path=path), []
        except IncompleteScanError as error:
            return error.findings, error.problems

    @contextlib.contextmanager
    def _clearing(self, operations: "Iterable[Any]") -> "Iterator[None]":
        token = _cleared.set(_cleared.get() | {id(operation) for operation in operations})
        try:
            yield
        finally:
            _cleared.reset(token)

    def remove(self) -> None:
        """Takes the guard away."""
        while self._undo:
            self._undo.pop()()

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def _named(findings: "Iterable[Finding]", path: str) -> "list[Finding]":
    import dataclasses

    return [dataclasses.replace(finding, path=path) for finding in findings]


def _additions(operations: "Iterable[Any]") -> "list[Any]":
    """The operations that send content, but for those that were looked at."""
    cleared = _cleared.get()
    additions = [operation for operation in operations if hasattr(operation, "path_or_fileobj")]
    return [addition for addition in additions if id(addition) not in cleared and not _is_gone(addition)]


def _is_gone(addition: Any) -> bool:
    """Whether it was sent, and its file taken away since, as ``datasets`` does with shards."""
    content = addition.path_or_fileobj
    is_path = isinstance(content, (str, os.PathLike))
    return bool(getattr(addition, "_is_uploaded", False)) and is_path and not os.path.exists(content)


def _uploads(additions: "Iterable[Any]") -> "list[tuple[str, Content]]":
    return [(addition.path_in_repo, addition.path_or_fileobj) for addition in additions]


def _bucket_uploads(add: "Iterable[Any]") -> "list[tuple[str, Content]]":
    pairs = [item if isinstance(item, tuple) else (item.source, item.destination) for item in add]
    return [(destination, source) for source, destination in pairs]


Wrapper = Callable[[Guard, Callable[..., Any], Tuple[Any, ...], "dict[str, Any]"], Any]


def _create_commit(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    # They may come from a generator, which can be read once.
    kwargs["operations"] = list(kwargs.get("operations", ()))
    additions = _additions(kwargs["operations"])
    guard.check(_uploads(additions))
    names = ("commit_message", "commit_description")
    guard.check_texts({name.replace("_", " "): kwargs.get(name) for name in names})
    with guard._clearing(additions):
        return call(*args, **kwargs)


def _preupload(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    kwargs["additions"] = list(kwargs.get("additions", ()))
    additions = _additions(kwargs["additions"])
    guard.check(_uploads(additions))
    with guard._clearing(additions):
        return call(*args, **kwargs)


def _pipelined(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    guard.check(_uploads(_additions(kwargs["add_operations"])))
    names = ("commit_message", "commit_description")
    guard.check_texts({name.replace("_", " "): kwargs.get(name) for name in names})
    return call(*args, **kwargs)


def _prepare_folder(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    token = _kept_back.set([])
    try:
        additions = call(*args, **kwargs)
        guard.check(_uploads(additions))
        kept = _kept_back.get() or []
    finally:
        _kept_back.reset(token)
    for validate in kept:
        validate()
    return additions


def _validate_yaml(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    # The text of a README.md is sent before anything else.
    kept = _kept_back.get()
    if kept is not None:
        kept.append(functools.partial(call, *args, **kwargs))
        return None
    guard.check([("README.md", kwargs["content"].encode())])
    return call(*args, **kwargs)


def _bucket(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    if kwargs.get("add"):
        kwargs["add"] = list(kwargs["add"])
        cleared = _cleared.get()
        add = [item for item in kwargs["add"] if id(item) not in cleared]
        guard.check(_bucket_uploads(add))
        with guard._clearing(add):
            return call(*args, **kwargs)
    return call(*args, **kwargs)


def _variable(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    key = kwargs.get("key")
    guard.check_texts({f"variable {key}": kwargs.get("value"), f"description of {key}": kwargs.get("description")})
    return call(*args, **kwargs)


def _variables(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    for name in ("space_variables", "variables"):
        for variable in kwargs.get(name) or ():
            guard.check_texts({f"variable {variable.get('key')}": variable.get("value")})
    return call(*args, **kwargs)


# The methods of the client through which content leaves, and what looks at each.
_METHODS: "dict[str, Wrapper]" = {
    "create_commit": _create_commit,
    "preupload_lfs_files": _preupload,
    "_prepare_upload_folder_additions": _prepare_folder,
    "_validate_yaml": _validate_yaml,
    "batch_bucket_files": _bucket,
    "_batch_bucket_files": _bucket,
    "add_space_variable": _variable,
    "create_repo": _variables,
    "duplicate_repo": _variables,
    "duplicate_space": _variables,
}


def _push_to_hub(guard: Guard, call: Callable[..., Any], args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> Any:
    # Its shards are sent one by one, the first before the last was written.
    rows = check(args[0], scanner=guard.scanner).to_pylist()
    guard.refuse([_of_row(row) for row in rows])
    return call(*args, **kwargs)


def _of_row(row: "dict[str, Any]") -> Finding:
    """A finding in a row of a data set, which is its member of a split."""
    start, end = (row[name] or 0 for name in ("start", "end"))
    return Finding(
        rule=row["rule"],
        severity=row["severity"],
        confidence=row["confidence"],
        message=f"column {row['place']}, row {row['row'] + 1}",
        help="take it out with hfscan.datasets.redact, and revoke it",
        url=None,
        path=row["split"],
        member=None,
        cell=(row["place"], row["row"] + 1),
        start=Position(1, start + 1, row["start_byte"] or 0),
        end=Position(1, end + 1, row["end_byte"] or 0),
        snippet="",
        secret=row["secret"],
        sha256=None,
        fingerprint=row["fingerprint"],
    )


def _wrapped(guard: Guard, method: Callable[..., Any], wrapper: Wrapper) -> Callable[..., Any]:
    import inspect

    signature = inspect.signature(method)
    positional = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]

    @functools.wraps(method)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        named = dict(zip(positional, args))
        repeated = named.keys() & kwargs.keys()
        if repeated or len(args) > len(positional):
            return method(*args, **kwargs)
        named.update(kwargs)
        first = (named.pop("self"),) if "self" in named else ()
        return wrapper(guard, method, first, named)

    return guarded


def _patch(guard: Guard, owner: Any, name: str, value: Any) -> None:
    before = getattr(owner, name)
    setattr(owner, name, value)
    guard._undo.append(lambda: setattr(owner, name, before))


def guard(
    scanner: Optional[Scanner] = None, *, fail_on: str = "warning", incomplete: str = "raise"
) -> Guard:
    """Looks at everything that ``huggingface_hub`` sends from now on in this process: commits of files and folders,
    large folders, files in buckets, variables of Spaces, and what other libraries push through it (``datasets``,
    ``transformers``, ``diffusers``). Findings of the severity ``fail_on`` and above raise ``CredentialError`` before a
    byte is sent; what cannot be scanned in full raises ``IncompleteScanError``, unless ``incomplete`` is
    ``"ignore"``."""
    import huggingface_hub
    from huggingface_hub import hf_api

    made = Guard(scanner or Scanner(), fail_on, incomplete)
    for name, wrapper in _METHODS.items():
        method = getattr(hf_api.HfApi, name, None)
        if method is None:
            continue
        _patch(made, hf_api.HfApi, name, _wrapped(made, method, wrapper))
        # The functions of the module are methods of one instance, bound when it was loaded.
        if hasattr(hf_api, name):
            bound = getattr(hf_api.api, name)
            _patch(made, hf_api, name, bound)
            if name in vars(huggingface_hub):
                _patch(made, huggingface_hub, name, bound)
    with contextlib.suppress(ImportError):
        from huggingface_hub import _upload_pipeline

        whole = _wrapped(made, _upload_pipeline.pipelined_upload, _pipelined)
        _patch(made, _upload_pipeline, "pipelined_upload", whole)
    with contextlib.suppress(ImportError):
        import datasets

        for kind in (datasets.Dataset, datasets.IterableDataset, datasets.DatasetDict, datasets.IterableDatasetDict):
            push = getattr(kind, "push_to_hub", None)
            if push is not None:
                _patch(made, kind, "push_to_hub", _wrapped(made, push, _push_to_hub))
    return made


def check(ds: Any, *, scanner: Optional[Scanner] = None, batch_size: int = 1000) -> Any:
    """What in a data set ``push_to_hub`` would send and should not: a ``pyarrow.Table`` with a row a finding, with
    ``split`` and the columns of ``Scanner.scan_batch``; no rows, if it is clean.

    Takes a ``Dataset`` or ``IterableDataset``, or a dictionary of them. All texts and bytes of all columns are looked
    at, the files that images and audio point to among them, for they are put in; and the description in its card.
    """
    import pyarrow

    scanner = scanner or Scanner()
    splits = ds if isinstance(ds, dict) else {str(getattr(ds, "split", None) or "train"): ds}
    tables = []
    for split, part in splits.items():
        first = 0
        for table in _batches(part, batch_size):
            if any(_holds_text(field.type) for field in table.schema):
                found = pyarrow.Table.from_batches([scanner.scan_batch(table)])
                row = pyarrow.compute.add(found["row"], pyarrow.scalar(first, pyarrow.uint64()))
                tables.append(_of_split(split, found.set_column(0, found.schema.field(0), row)))
            first += table.num_rows
        about = _about(part)
        if about:
            columns = {"info": pyarrow.array(about)}
            found = pyarrow.Table.from_batches([scanner.scan_batch(pyarrow.table(columns))])
            tables.append(_of_split(split, found))
    if not tables:
        empty = scanner.scan_batch(pyarrow.array([], pyarrow.string()))
        return _of_split("", pyarrow.Table.from_batches([empty]))
    return pyarrow.concat_tables(tables)


def _of_split(split: str, found: Any) -> Any:
    import pyarrow

    return found.add_column(0, "split", pyarrow.array([split] * found.num_rows, pyarrow.string()))


def _about(part: Any) -> "list[str]":
    """What the card would say of it."""
    info = getattr(part, "info", None)
    names = [getattr(info, name, None) for name in ("description", "citation", "homepage", "license")]
    columns = list(getattr(part, "column_names", None) or [])
    return [text for text in [*names, *columns] if isinstance(text, str) and text]


def _holds_text(data_type: Any) -> bool:
    import pyarrow.types as types

    texts = ("is_string", "is_large_string", "is_string_view", "is_binary", "is_large_binary", "is_binary_view")
    if any(getattr(types, name, lambda _: False)(data_type) for name in texts):
        return True
    if types.is_dictionary(data_type):
        return _holds_text(data_type.value_type)
    if types.is_map(data_type):
        return _holds_text(data_type.key_type) or _holds_text(data_type.item_type)
    if types.is_struct(data_type):
        return any(_holds_text(data_type.field(at).type) for at in range(data_type.num_fields))
    return hasattr(data_type, "value_type") and _holds_text(data_type.value_type)


def _batches(part: Any, batch_size: int) -> "Iterator[Any]":
    """The tables that would be written, with the bytes of the files that they point to."""
    from datasets.table import embed_table_storage

    for table in part.with_format("arrow").iter(batch_size=batch_size):
        yield embed_table_storage(table)


__all__ = ["CredentialError", "Guard", "check", "guard"]
