from typing import Any, Callable, Optional, Sequence, TypeVar, Union, final

__all__: list[str]
__version__: str

_Text = TypeVar("_Text", str, bytes)
_Scanned = tuple[list[tuple[Any, ...]], list[tuple[str, str]], int, int]
_Limits = tuple[Optional[int], Optional[Callable[[], bool]]]

@final
class ArrowArray:
    """A column, or a table, for any library that takes Arrow data."""

    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: Optional[object] = None) -> tuple[object, object]: ...

@final
class Core:
    """Compiled rules; `Scanner` has one."""

    def __new__(
        cls,
        rules: Sequence[str],
        selection: tuple[list[str], list[str]],
        least: tuple[str, str],
        honour_comments: bool,
    ) -> Core: ...
    def scan(self, text: Union[str, bytes], path: str) -> _Scanned: ...
    def scan_value(self, text: Union[str, bytes]) -> _Scanned: ...
    def redact(self, text: _Text, key: Optional[bytes] = None) -> _Text: ...
    def scan_paths(self, roots: Sequence[str], threads: int, honour_gitignore: bool) -> _Scanned: ...
    def scan_batch(self, data: Any, names: tuple[Optional[str], Optional[str]], limits: _Limits) -> ArrowArray: ...
    def redact_batch(
        self, data: Any, how: tuple[Optional[str], Optional[bytes]], limits: _Limits
    ) -> tuple[list[ArrowArray], int]: ...
