"""The parts of a story sentence as text: whose it is, what is wanted, and what for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_STORY, LONGEST_GOAL = 600, 120

_STORY = re.compile(
    r"\bas (?P<role>(?:an?|the|our|someone|somebody) [^,\n]{2,60}?)(?:,|:|\n|(?=\s(?:I|we)\b))\s*"
    r"(?:I|we)(?: |(?=['’]d))(?:(?:would|['’]d|really|also|just) ?)*"
    r"(?P<wish>want|need|like|wish|can|could|should|must)\b\s*"
    r"(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
_BENEFIT = re.compile(
    r"[\s,;]+(?:so that|so (?=I |we |they |the )|in order (?:to|that)|because)\s*", re.IGNORECASE
)
_LENT = re.compile(
    r"(?:to )?(?:(?:be able|be allowed|have (?:the|an) (?:ability|option|possibility|chance)|have a way)"
    r"|the (?:ability|option|possibility)|an option|a way) to ",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"(?P<who>(?:the|our|my) (?:system|app|application|site|website|page|service|platform|tool|bot|software)) "
    r"to (?P<do>[a-z].*)",
    re.DOTALL,
)
_DONE = re.compile(r"(?P<who>(?:all|the|my|our|every|each) [^,;]{2,40}?) to (?P<do>be [a-z].*)", re.DOTALL)
_OPEN_END = re.compile(
    r"[,\s]+(?:etc|and so on|and so forth|and others|and more|and the like|\.\.\.|…)\.?$", re.IGNORECASE
)
_STATES = frozenset(
    {"see", "view", "get", "receive", "know", "have", "find", "read", "hear", "learn", "understand"}
)
_THING = re.compile(r"(?:an?|the|more|some) [a-z]")
_NOT_VERBS = frozenset(
    {"all", "my", "our", "this", "that", "it", "more", "less", "no", "not", "some", "any", "each"}
)
_OTHERS = (
    (re.compile(r"\b(?:I|we)(?:'m|’m|'re|’re| am| are)\b"), "they are"),
    (re.compile(r"\b(?:I|we) was\b"), "they were"),
    (re.compile(r"\b(?:I|we)(?:'ve|’ve)\b"), "they have"),
    (re.compile(r"\b(?:I|we)(?:'d|’d)\b"), "they would"),
    (re.compile(r"\b(?:I|we)\b"), "they"),
    (re.compile(r"\b(?:me|us)\b"), "them"),
    (re.compile(r"\b(?:my|our)\b"), "their"),
    (re.compile(r"\b(?:mine|ours)\b"), "theirs"),
    (re.compile(r"\b(?:myself|ourselves)\b"), "themselves"),
)


class Sort(StrEnum):
    """What a person wants: to do something, to see or get it, to have a thing, to be dealt with; or something that
    a machine does.
    """

    DO = "do"
    SEE = "see"
    HAVE = "have"
    BE = "be"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Wish:
    """`role` with its article; `told` is the goal as written; `goal` is it told of somebody else.

    Of DO, SEE and BE the goal begins with a verb in its base form, of MACHINE likewise and `who` acts, of HAVE it
    is a thing. `stem` is the sentence up to its benefit.
    """

    role: str
    sort: Sort
    told: str
    goal: str
    stem: str
    who: str = ""


def wish(sentences: Iterable[str]) -> Wish | None:
    """The first story that can be read without doubt."""
    return next((found for text in sentences if (found := _read(text)) is not None), None)


def _read(text: str) -> Wish | None:
    found = _STORY.search(text[:LONGEST_STORY])
    if found is None or len(text) > LONGEST_STORY:
        return None
    rest = _BENEFIT.split(found["rest"], maxsplit=1)[0]
    stem = " ".join(text[found.start() : found.start("rest") + len(rest)].split()).rstrip(" .,;:!")
    said = _OPEN_END.sub("", " ".join(rest.split())).rstrip(" .,;:!")
    if not said or len(said) > LONGEST_GOAL or re.search(r"[.:;?!]\s", said):
        return None
    return _sorted(" ".join(found["role"].split()), said, _upper(stem), modal=found["wish"].lower() not in _WANTS)


_WANTS = frozenset({"want", "need", "like", "wish"})


def _sorted(role: str, said: str, stem: str, *, modal: bool) -> Wish | None:
    if machine := _MACHINE.fullmatch(said) or _DONE.fullmatch(said):
        return Wish(role, Sort.MACHINE, machine["do"], others(machine["do"]), stem, others(machine["who"]))
    lent = _LENT.match(said)
    verb = said[lent.end() :] if lent else said.removeprefix("to ") if said.startswith("to ") or modal else ""
    if verb:
        first = verb.split()[0]
        if not first.isalpha() or not first.islower() or first in _NOT_VERBS:
            return None
        sort = Sort.BE if first == "be" else Sort.SEE if first in _STATES else Sort.DO
        return Wish(role, sort, verb, others(verb), stem)
    return Wish(role, Sort.HAVE, said, others(said), stem) if _THING.match(said) else None


def others(text: str) -> str:
    """What “I” say of myself, said of others: “my orders” becomes “their orders”."""
    for mine, theirs in _OTHERS:
        text = mine.sub(theirs, text)
    return text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
