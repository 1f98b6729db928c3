"""A sentence too long to hold → its own clauses, one a line, where the parse shows that it may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.document.model import Unit
from service.suggesting.material import Material, Word, bullets
from service.verdict import Finding

LONGEST_LEAD, FEWEST_WORDS = 25, 3
_STEPS = re.compile(
    r"\W{0,4}(?P<given>given\b.+?)[,;]?\s+(?P<when>when\b.+?)[,;]?\s+(?P<then>then\b.+)",
    re.IGNORECASE | re.DOTALL,
)
_STEP_WORD = re.compile(r"\b(?:given|when|then)\b", re.IGNORECASE)
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl"})
_FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})
_MARKERS = frozenset({"that", "where", "who", "which", "whether"})
_MARKING = frozenset({"IN", "WDT", "WRB", "WP"})
_FRAMING = frozenset(
    """when whenever if unless until after before once while where since as because although in on at for with by
    from during without under to""".split()
)
_EDGES = " \t\n,;."


@dataclass(frozen=True, slots=True)
class Part:
    """The words from `start` to `end`, with `opening` before them; a lead is what the others go on from."""

    start: int
    end: int
    opening: str = ""
    lead: bool = False


def lines(material: Material, finding: Finding) -> str:
    """The sentence as a list, cut where it joins its own clauses; "" where it cannot be cut without doubt."""
    number = material.number(finding)
    if number is None:
        return ""
    unit = material.document.units[number]
    if {"wish", "role"} <= set(material.heard[number]) or unit.pieces:
        return ""  # a story is one sentence, and what was shortened is not whole
    parts = _scenario(material, unit.text)
    if not parts:
        words = material.parse(unit.text)
        parts = _alike(unit.text, words) or _clauses(unit.text, words)
    whole = all(_closed(unit.text[part.start : part.end]) for part in parts)
    return "\n".join(_laid_out(material, unit, parts)) if whole else ""


def _laid_out(material: Material, unit: Unit, parts: Sequence[Part]) -> Iterator[str]:
    told = [(part, material.written(unit, part.start, part.end).strip(_EDGES)) for part in parts]
    led = any(part.lead for part in parts)
    yield from (f"{text}:" for part, text in told if part.lead)
    listed = [(part.opening, text) for part, text in told if not part.lead]
    yield from bullets(
        [opening + text if opening or led else text[:1].upper() + text[1:] for opening, text in listed],
        material.markup,
    )


def _scenario(material: Material, text: str) -> list[Part]:
    """“Given …, and …, when …, then …” as its steps."""
    found = _STEPS.fullmatch(text)
    if found is None or len(_STEP_WORD.findall(text)) != 3:
        return []
    parts = []
    for name in ("given", "when", "then"):
        start, high = found.start(name) + len(name), found.end(name)
        inside = text[start:high]
        cuts = [(start + low, start + after) for low, after in _joints(material.parse(inside))]
        openings = [f"{name.title()} ", *["And "] * len(cuts)]
        parts += [
            Part(*span, opening) for span, opening in zip(_between(start, cuts, high), openings, strict=True)
        ]
    return parts


def _alike(text: str, words: Sequence[Word]) -> list[Part]:
    """“A page where …, and where …”: clauses that the same word opens."""
    for marker in sorted(_MARKERS & {word.text for word in words}):
        places = [n for n, word in enumerate(words) if word.text == marker and word.tag in _MARKING]
        starts = [_joint(words, n) for n in places[1:]]
        if not starts or None in starts or not _opens_clause(words, places[0]):
            continue
        low = words[places[0]].start
        lead = text[:low].strip(_EDGES)
        if 2 <= len(lead.split()) <= LONGEST_LEAD:
            cuts = [(words[at].start, words[n].start) for at, n in zip(starts, places[1:], strict=True) if at]
            return [Part(0, low, lead=True), *(Part(*span) for span in _between(low, cuts, len(text)))]
    return []


def _joint(words: Sequence[Word], place: int) -> int | None:
    """Where the “, and” before a word begins; None where there is none."""
    at = place - 1 if place and words[place - 1].text == "and" else place
    return at - 1 if at > 1 and words[at - 1].text == "," else None


def _opens_clause(words: Sequence[Word], place: int) -> bool:
    return words[words[place].head].pos in {"VERB", "AUX"} and words[place].head > place


def _clauses(text: str, words: Sequence[Word]) -> list[Part]:
    """Clauses with a subject each; what stands before the first of them holds for all."""
    cuts = _joints(words)
    root = next((n for n, word in enumerate(words) if word.dep == "ROOT"), None)
    subject = None if root is None else _subject(words, root)
    if not cuts or subject is None or words[subject].start > cuts[0][0]:
        return []
    low = words[_leftmost(words, subject)].start
    before = text[:low].strip()
    framed = before.endswith(",") and words[0].text.casefold() in _FRAMING
    if before and not (framed and len(before.split()) <= LONGEST_LEAD):
        return []
    lead = [Part(0, low, lead=True)] if before else []
    return [*lead, *(Part(*span) for span in _between(low, cuts, len(text)))]


def _joints(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Where “, and” joins two clauses that each have a subject and a verb, and where the second begins."""
    root = next((n for n, word in enumerate(words) if word.dep == "ROOT"), None)
    if root is None or _subject(words, root) is None:
        return []
    chain, cuts = {root}, []
    for n, word in enumerate(words):
        if word.dep != "conj" or word.head not in chain or word.pos not in {"VERB", "AUX"}:
            continue
        chain.add(n)
        subject = _subject(words, n)
        joint = None if subject is None else _joining(words, word.head, subject)
        if joint is not None and _is_finite(words, n):
            cuts.append((words[joint - 1].start, words[joint].end))
    return cuts


def _joining(words: Sequence[Word], first: int, subject: int) -> int | None:
    """The last “and” after a comma between a verb and the subject of the next."""
    for n in range(subject - 1, first, -1):
        if words[n].text == "and" and words[n].dep == "cc" and words[n - 1].text in {",", ";"}:
            return n
    return None


def _subject(words: Sequence[Word], verb: int) -> int | None:
    return next((n for n in range(verb) if words[n].head == verb and words[n].dep in _SUBJECTS), None)


def _is_finite(words: Sequence[Word], verb: int) -> bool:
    tags = {word.tag for word in words if word.head == verb and word.dep in {"aux", "auxpass"}}
    return bool(({words[verb].tag} | tags) & _FINITE)


def _leftmost(words: Sequence[Word], place: int) -> int:
    """The first word of what hangs on a word before it."""
    first = place
    for n in range(place - 1, -1, -1):
        if not first <= words[n].head <= place:
            break
        first = n
    return first


def _between(low: int, cuts: Sequence[tuple[int, int]], high: int) -> Iterator[tuple[int, int]]:
    starts = [low, *(after for _, after in cuts)]
    return zip(starts, [*(before for before, _ in cuts), high], strict=True)


def _closed(part: str) -> bool:
    """Whether a part says something, and opens no bracket or quotation that another closes."""
    pairs = part.count("(") == part.count(")") and part.count("“") == part.count("”") and part.count('"') % 2 == 0
    return pairs and len(part.split()) >= FEWEST_WORDS
