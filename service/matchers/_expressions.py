"""RE2 expressions, alone and many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2
from re2 import _re2  # type: ignore[attr-defined]

MAX_MEMORY = 1 << 20
_NOWHERE = (-1, -1)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression in RE2's language."""

    pattern: str
    ignore_case: bool

    @property
    def options(self) -> Any:  # noqa: ANN401 (re2 has no types)
        """How RE2 is to read it."""
        options = re2.Options()
        options.max_mem = MAX_MEMORY
        options.log_errors = False
        options.case_sensitive = not self.ignore_case
        options.never_capture = True  # but by name: to find the ends of each group takes longer
        return options

    def compile(self) -> Any:  # noqa: ANN401 (re2 has no types)
        """Raises re2.error with RE2's reason."""
        return re2.compile(self.pattern, self.options)


class Finder:
    """Where an expression matches: all of it, or what its group named `match` holds."""

    def __init__(self, expression: Expression) -> None:
        self._pattern = expression.compile()
        self._group: int = self._pattern.groupindex.get("match", 0)
        # RE2's own function: what the module wraps around each match takes as long as to find it.
        self._match = self._pattern._regexp.Match  # noqa: SLF001
        self._anywhere = _re2.RE2.Anchor.UNANCHORED

    def spans(self, text: str) -> list[tuple[int, int]]:
        """All matches, in order."""
        if not text.isascii():
            return [found.span(self._group) for found in self._pattern.finditer(text)]
        # RE2 reads bytes, and counts in them
        read, at, found = text.encode(), 0, []
        while at <= len(read):
            groups = self._match(self._anywhere, read, at, len(read))
            if groups[0] == _NOWHERE:
                break
            found.append(groups[self._group])
            at = max(groups[0][1], at + 1)
        return found


class Together:
    """Which of many expressions match, told in one look by the letters that they cannot do without."""

    def __init__(self) -> None:
        self._added: list[tuple[Expression, int]] = []

    def add(self, expression: Expression, owner: int) -> None:
        """One more, and the number to name if it matches."""
        self._added.append((expression, owner))

    def without(self, owners: Set[int]) -> Together:
        """The same, but for those of these owners."""
        kept = Together()
        kept._added = [(expression, owner) for expression, owner in self._added if owner not in owners]
        return kept

    def matching(self, texts: Iterable[str]) -> list[list[int]]:
        """Of each text the owners of the expressions that match somewhere in it."""
        if not self._added:
            return [[] for _ in texts]
        match, owners = self._match, [owner for _, owner in self._added]
        found = [match(text.encode(), False) for text in texts]  # noqa: FBT003 (RE2's arguments have no names)
        return [[owners[number] for number in numbers] for numbers in found]

    @cached_property
    def _match(self) -> Callable[[bytes, bool], list[int]]:
        together: Any = re2.Filter()
        for expression, _ in self._added:
            together.Add(expression.pattern, expression.options)
        together.Compile()
        match: Callable[[bytes, bool], list[int]] = together._filter.Match  # noqa: SLF001 (as above)
        return match
