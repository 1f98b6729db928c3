"""Untrusted JSON, tamed: every value is asked for by type, and an error names the path.

wild = Wild.parse(body)
wild["issue"]["fields"]["summary"].text()      # or Untamed: "issue.fields.summary is missing"
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn

from service.nesting import deeper_than

_NAMES = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
}
_MISSING = object()
MAX_DEPTH = 400  # far above any real answer; what is deeper could not be read to its end
MAX_PARTS = 1_000_000  # far above any real answer; a body of nothing but brackets takes sixty times its size
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Untamed(ValueError):
    """The JSON is not what was expected. The sentence names the path and quotes no value."""


class Wild:
    """A value from outside, and the path that led to it."""

    __slots__ = ("_path", "_value")

    def __init__(self, value: object = _MISSING, path: str = "") -> None:
        self._value, self._path = value, path

    @classmethod
    def parse(cls, body: bytes) -> Wild:
        """Read a JSON object; raises Untamed on anything else, whatever its depth or encoding."""
        if body.count(b"{") + body.count(b"[") > MAX_PARTS:
            raise Untamed("the body has too many parts")
        try:
            value = _mended(json.loads(body.decode("utf-8"), parse_constant=_refuse_constant), body)
        except UnicodeDecodeError as error:
            raise Untamed(f"the body is not UTF-8 (byte {error.start})") from None
        except RecursionError:
            raise Untamed("the body is nested too deeply") from None
        except ValueError as error:
            where = (
                f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
            )
            raise Untamed(f"the body is not JSON{where}") from None
        if not isinstance(value, dict):
            raise Untamed(f"the body is {_name(value)}, not an object")
        if deeper_than(value, MAX_DEPTH):
            raise Untamed("the body is nested too deeply")
        return cls(value)

    def __getitem__(self, key: str) -> Wild:
        """The member `key`. A missing one is no error until its value is asked for."""
        path = f"{self._path}.{key}" if self._path else key
        if self._value is _MISSING or self._value is None:
            return Wild(path=path)
        if not isinstance(self._value, Mapping):
            self._fail("an object")
        return Wild(self._value.get(key, _MISSING), path)

    def __iter__(self) -> Iterator[Wild]:
        """The members of a list; none if it is missing or null."""
        if self._value is _MISSING or self._value is None:
            return
        if not isinstance(self._value, list):
            self._fail("a list")
        for index, value in enumerate(self._value):
            yield Wild(value, f"{self._path}[{index}]")

    def __bool__(self) -> bool:
        """Whether there is a value at all: neither missing nor null."""
        return self._value is not _MISSING and self._value is not None

    def keys(self) -> list[str]:
        """The member names of an object; none if it is missing or null."""
        if not self:
            return []
        if not isinstance(self._value, Mapping):
            self._fail("an object")
        return [str(key) for key in self._value]

    def text(self, default: str | None = None) -> str:
        """A string; `default` if it is missing or null."""
        if not self and default is not None:
            return default
        if not isinstance(self._value, str):
            self._fail("a text")
        return self._value

    def id(self) -> str:
        """An identifier: a non-empty string, or a whole number as some versions send it."""
        if isinstance(self._value, int) and not isinstance(self._value, bool):
            return str(self._value)
        name = self.text()
        if not name:
            raise Untamed(f"{self._path} is empty")
        if "\ufffd" in name:
            raise Untamed(f"{self._path} is not well-formed text")
        return name

    def number(self, default: float | None = None) -> float:
        """A finite number; `default` if it is missing or null."""
        if not self and default is not None:
            return default
        if not isinstance(self._value, int | float) or isinstance(self._value, bool):
            self._fail("a number")
        try:
            number = float(self._value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise Untamed(f"{self._path} is too large")
        return number

    def flag(self, *, default: bool = False) -> bool:
        """True or false; `default` if it is missing or null."""
        if not self:
            return default
        if not isinstance(self._value, bool):
            self._fail("true or false")
        return self._value

    def raw(self) -> object:
        """The value as it came, None if it is missing; for those who look at it themselves."""
        return None if self._value is _MISSING else self._value

    def _fail(self, wanted: str) -> NoReturn:
        if self._value is _MISSING:
            raise Untamed(f"{self._path} is missing")
        raise Untamed(f"{self._path or 'the body'} is {_name(self._value)}, not {wanted}")


def _name(value: object) -> str:
    return "null" if value is None else _NAMES.get(type(value), type(value).__name__)


def _mended(value: object, body: bytes) -> object:
    """The same, with U+FFFD for each half of a character: JSON can escape one, and no encoding can write it."""
    if not _SURROGATE.search(body):
        return value
    text = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
