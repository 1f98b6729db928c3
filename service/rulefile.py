"""One rule file, read so carefully that every error knows its line and column. Pure: text in, nodes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import yaml

E = TypeVar("E", bound=StrEnum)
_Event: TypeAlias = Any

MAX_CHARACTERS = 64_000
MAX_DEPTH = 20
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a rule file. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.what}"


class RuleFileError(Exception):
    """Rule files are wrong; each fault says where, and what is valid."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a rule file and where it stands. Its methods tame the value or raise RuleFileError there."""

    value: Any
    path: str
    line: int
    column: int
    name: str = "the file"

    def error(self, what: str) -> RuleFileError:
        """An error at this place."""
        return RuleFileError([Fault(self.path, self.line, self.column, what)])

    def mapping(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> Mapping[str, Node]:
        """The values by key; unknown and missing keys are errors."""
        required = tuple(required)
        known = (*required, *optional)
        entries = self.pairs()
        for key, (key_node, _) in entries.items():
            if key not in known:
                raise key_node.error(f"{key} is unknown in {self.name}. {_suggest(key, known)}")
        for key in required:
            if key not in entries:
                raise self.error(f"{self.name} lacks {key}.")
        return {key: value for key, (_, value) in entries.items()}

    def pairs(self) -> Mapping[str, tuple[Node, Node]]:
        """Every key with its own node and its value's."""
        if not isinstance(self.value, dict):
            raise self.error(f"{self.name} must be a mapping (key: value), and is {self._sort()}.")
        return self.value

    def only(self, known: Iterable[str]) -> tuple[str, Node]:
        """The single key and its value; several, none or an unknown one are errors."""
        known = tuple(known)
        entries = self.pairs()
        if len(entries) != 1:
            raise self.error(f"{self.name} must hold exactly one key, and holds {len(entries)}.")
        key, (key_node, value) = next(iter(entries.items()))
        if key not in known:
            raise key_node.error(f"{key} is unknown in {self.name}. {_suggest(key, known)}")
        return key, value

    def text(self, *, empty: bool = False) -> str:
        """The text; surrounding space is dropped."""
        if not isinstance(self.value, str):
            raise self.error(f"{self.name} must be text, and is {self._sort()}. Put it in quotes.")
        if not self.value.strip() and not empty:
            raise self.error(f"{self.name} is empty.")
        return self.value.strip()

    def integer(self, low: int, high: int) -> int:
        """The whole number, within its bounds."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.error(f"{self.name} must be a whole number from {low} to {high}, and is {self._sort()}.")
        if not low <= self.value <= high:
            raise self.error(f"{self.name} {self.value} is out of range. Choose a number from {low} to {high}.")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"{self.name} must be true or false, and is {self._sort()}.")
        return self.value

    def items(self) -> list[Node]:
        """The entries of a list; a list may not be empty."""
        if not isinstance(self.value, list):
            raise self.error(f"{self.name} must be a list, and is {self._sort()}.")
        if not self.value:
            raise self.error(f"{self.name} is an empty list.")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """One text, or a list of them."""
        nodes = self.items() if isinstance(self.value, list) else [self]
        return tuple(node.text() for node in nodes)

    def choice(self, valid: type[E]) -> E:
        """A member of the enumeration."""
        return valid(self.one_of([member.value for member in valid]))

    def choices(self, valid: type[E]) -> frozenset[E]:
        """One member, or a list of them."""
        nodes = self.items() if isinstance(self.value, list) else [self]
        return frozenset(node.choice(valid) for node in nodes)

    def one_of(self, valid: Iterable[str]) -> str:
        """A text out of a closed list."""
        valid, text = tuple(valid), self.text()
        if text not in valid:
            raise self.error(f'{self.name} "{text}" is unknown. Choose one of: {", ".join(valid)}.')
        return text

    def plain(self) -> object:
        """The value as dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: value.plain() for key, (_, value) in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def _sort(self) -> str:
        if self.value is None:
            return "empty"
        sorts = {dict: "a mapping", list: "a list", str: "text", bool: "a yes/no value", int: "a number"}
        return sorts.get(type(self.value), f"a {type(self.value).__name__}")


def read(text: str, path: str) -> Node:
    """The file's single document. Raises RuleFileError where it is no plain, small, flat YAML."""
    if len(text) > MAX_CHARACTERS:
        raise RuleFileError([Fault(path, 1, 1, f"the file is larger than {MAX_CHARACTERS:,} characters.")])
    try:
        return _Reader(text, path).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise RuleFileError([Fault(path, line, column, f"this is no valid YAML: {error.problem}.")]) from error
    except yaml.YAMLError as error:
        what = f"this is no valid YAML: {str(error).splitlines()[0]}"
        raise RuleFileError([Fault(path, 1, 1, what)]) from error


class _Reader:
    """Builds nodes from parse events, so that depth and aliases are refused before anything is built."""

    def __init__(self, text: str, path: str) -> None:
        self.loader = _Loader(text)
        self.path = path

    def document(self) -> Node:
        for wanted in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            event = self.loader.get_event()
            if not isinstance(event, wanted):
                raise RuleFileError([Fault(self.path, 1, 1, "the file is empty.")])
        node = self.node(self.loader.get_event(), "the file", 0)
        self.loader.get_event()
        extra = self.loader.get_event()
        if not isinstance(extra, yaml.StreamEndEvent):
            raise self.place(extra, None, "").error("a rule file holds one rule; begin another file for the next.")
        return node

    def place(self, event: _Event, value: object, name: str) -> Node:
        return Node(value, self.path, event.start_mark.line + 1, event.start_mark.column + 1, name)

    def node(self, event: _Event, name: str, depth: int) -> Node:
        if getattr(event, "anchor", None):
            raise self.place(event, None, name).error(
                "anchors and aliases (& and *) are not allowed in rule files."
            )
        if depth > MAX_DEPTH:
            raise self.place(event, None, name).error(f"this is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(event, yaml.ScalarEvent):
            return self.place(event, self.scalar(event, name), name)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.place(event, self.sequence(name, depth), name)
        return self.place(event, self.mapping(depth), name)

    def scalar(self, event: _Event, name: str) -> object:
        if event.tag and event.tag != "!":
            raise self.place(event, None, name).error(f"the tag {event.tag} is not allowed in rule files.")
        tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            return self.loader.construct_object(node)
        except ValueError as error:
            raise self.place(event, None, name).error(f"{event.value} cannot be read: {error}.") from error

    def sequence(self, name: str, depth: int) -> list[Node]:
        found = []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            found.append(self.node(event, name, depth + 1))
        return found

    def mapping(self, depth: int) -> dict[str, tuple[Node, Node]]:
        found: dict[str, tuple[Node, Node]] = {}
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            key = self.node(event, "a key", depth + 1)
            name = str(key.value) if isinstance(key.value, (str, int, bool)) else key.text()
            if name in found:
                raise key.error(f"{name} stands here twice.")
            found[name] = (key, self.node(self.loader.get_event(), name, depth + 1))
        return found


def _suggest(key: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(key, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"Choose one of: {', '.join(known)}."
