"""Files and standard input → tickets, in order; what cannot be read becomes an error in its place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, NoReturn

from service.cli import Stop
from service.contract import ContractError, id_of, ticket_from_json
from service.ticket import Ticket

MAX_BYTES = 8_000_000  # of one ticket
SUFFIXES = {
    ".md": "md",
    ".markdown": "md",
    ".wiki": "wiki",
    ".txt": "plain",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
MARKUPS = {"md": "markdown", "wiki": "wiki", "plain": "plain"}
HEADINGS = {"md": "# ", "wiki": "h1. "}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a ticket stands: its file ("-" is standard input) and line.

    Of a file that is one text, `text` is the whole and `starts` says at which code point of it a field begins.
    """

    path: str
    line: int = 1
    text: str = ""
    starts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One ticket, or why there is none. `alone`: it is all that was given."""

    id: str | int | None
    ticket: Ticket | None = None
    error: str = ""
    alone: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """How to read: the format ("auto" to go by name and content), and what holds where a text does not say."""

    how: str = "auto"
    title: str | None = None
    kind: str | None = None
    on_bytes: Callable[[int], None] = field(default=lambda _: None)

    def read(self, paths: Iterable[str]) -> Iterator[Item]:
        """The tickets of all files; "-" is standard input."""
        names = list(paths) or ["-"]
        for name in names:
            for item in self._read_one(name):
                placed = replace(item, origin=item.origin or Origin(name))
                yield placed if len(names) == 1 else replace(placed, alone=False)

    def _read_one(self, name: str) -> Iterator[Item]:
        if name == "-":
            yield from self._stream(sys.stdin.buffer, name, self.how)
            return
        path = Path(name)
        how = SUFFIXES.get(path.suffix.lower(), "auto") if self.how == "auto" else self.how
        try:
            with path.open("rb") as stream:
                yield from self._stream(stream, name, how)
        except OSError as error:
            yield Item(name, error=f"{name} cannot be read: {error.strerror}")

    def _stream(self, stream: IO[bytes], name: str, how: str) -> Iterator[Item]:
        first = stream.readline(MAX_BYTES + 1) if how in ("auto", "jsonl") else b""
        if how == "auto":
            how = _sniff(first)
        if how == "jsonl":
            yield from self._lines(stream, first, name)
            return
        raw = first + stream.read(MAX_BYTES + 1)
        self.on_bytes(len(raw))
        try:
            text = _decoded(raw)
            yield from self._objects(text, name) if how in ("json", "adf") else self._text(text, name, how)
        except (ContractError, ValueError, RecursionError) as error:
            yield Item(name, error=f"{name}: {_reason(error)}")

    def lines(self, stream: IO[bytes]) -> Iterator[Item]:
        """The tickets of a stream of one a line, from where it stands."""
        return self._lines(stream, stream.readline(MAX_BYTES + 1), "-")

    def _lines(self, stream: IO[bytes], first: bytes, name: str) -> Iterator[Item]:
        number, raw = 1, first
        while raw:
            whole = len(raw)
            while not raw.endswith(b"\n") and len(raw) > MAX_BYTES and (rest := stream.readline(MAX_BYTES)):
                whole += len(rest)
                if rest.endswith(b"\n"):
                    break
            self.on_bytes(whole)
            if raw.strip():
                yield replace(_line(raw, number), origin=Origin(name, number))
            number, raw = number + 1, stream.readline(MAX_BYTES + 1)

    def _objects(self, text: str, name: str) -> Iterator[Item]:
        given = parse(text)
        if isinstance(given, list):
            yield from (_item(one, f"[{position}]: ") for position, one in enumerate(given))
        elif isinstance(given, dict) and given.get("type") == "doc" and "title" not in given:
            yield self._made(name, self.title or "", given, "adf")
        else:
            yield replace(_item(given, f"{name}: "), alone=True)

    def _text(self, text: str, name: str, how: str) -> Iterator[Item]:
        title, body = (self.title, text) if self.title is not None else split_title(text, how)
        starts = {"description": len(text) - len(body)}
        if title and self.title is None:
            starts["title"] = text.index(title)
        yield replace(self._made(name, title, body, MARKUPS[how]), origin=Origin(name, 1, text, starts))

    def _made(self, name: str, title: str, description: object, markup: str) -> Item:
        given = {"title": title, "description": description, "markup": markup, "type": self.kind}
        return Item(name, ticket_from_json({"id": name, **given}), alone=True)


def tickets(paths: Iterable[str]) -> Iterator[Ticket]:
    """The tickets of all files, for a command that can do nothing with a part of them. Raises Stop."""
    for item in Source().read(paths):
        if item.ticket is None:
            raise Stop(item.error)
        yield item.ticket


def parse(text: str) -> Any:  # noqa: ANN401 (any JSON)
    """JSON without the NaN and Infinity that Python would let in. Raises ValueError or RecursionError."""
    return json.loads(text, parse_constant=_refuse_constant)


def split_title(text: str, how: str) -> tuple[str, str]:
    """A text's title and its rest: a top heading, or in plain text a first line with an empty one below."""
    first, _, rest = text.lstrip().partition("\n")
    mark = HEADINGS.get(how)
    if mark and first.startswith(mark):
        return first.removeprefix(mark).strip(), rest
    if how == "plain" and (not rest.strip() or not rest.partition("\n")[0].strip()):
        return first.strip(), rest
    return "", text


def _sniff(first: bytes) -> str:
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] not in (b"{", b"["):
        return "md"
    try:
        return "jsonl" if isinstance(parse(_decoded(first)), dict) else "json"
    except (ValueError, RecursionError):
        return "json"


def _line(raw: bytes, number: int) -> Item:
    where = f"line {number}: "
    try:
        return _item(parse(_decoded(raw)), where)
    except (ContractError, ValueError, RecursionError) as error:
        return Item(None, error=where + _reason(error))


def _item(given: object, where: str) -> Item:
    name: str | int | None = None
    try:
        name = id_of(given)
        return Item(name, ticket_from_json(given))
    except ContractError as error:
        return Item(name, error=where + str(error))


def _decoded(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise ContractError(f"larger than {MAX_BYTES // 1_000_000} MB")
    return raw.decode("utf-8-sig")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not valid JSON")
