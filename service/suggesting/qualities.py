"""A quality that nobody can measure → something to measure, by its sort and by what it is said of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.suggesting.material import LONGEST_SENTENCE, Material, Word, blank
from service.verdict import Finding

LONGEST_SUBJECT = 6

_N, _WHOM = blank("n"), blank("whom")


@dataclass(frozen=True, slots=True)
class Measure:
    """How to say it: after “should be”, behind a noun (with the verb for one and for many), and after a verb."""

    be: str
    noun: str
    verb: str


_MEASURES: Mapping[str, Measure] = {
    "time": Measure(
        f"done within {_N} seconds for {blank('how many')}",
        f"that {{takes|take}} at most {_N} seconds for {blank('how many')}",
        f"within {_N} seconds for {blank('how many')}",
    ),
    "capacity": Measure(
        f"able to serve {_N} {blank('of whom or what')} at once",
        f"that {{serves|serve}} {_N} {blank('of whom or what')} at once",
        f"for up to {_N} {blank('of whom or what')} at once",
    ),
    "ease": Measure(
        f"used without help by {_N} of {_N} {_WHOM}",
        f"that {_N} of {_N} {_WHOM} can use without help",
        f"in at most {_N} steps",
    ),
    "reliability": Measure(
        f"free of failures in {_N} of {_N} {blank('tries or days')}",
        f"that {{fails|fail}} at most {_N} times in {blank('how many tries or days')}",
        f"in at least {_N} of {_N} cases",
    ),
    "security": Measure(
        f"protected against {blank('whom or what')} by {blank('what')}",
        f"protected against {blank('whom or what')} by {blank('what')}",
        f"so that {blank('who')} cannot {blank('do what')}",
    ),
    "accuracy": Measure(
        f"off by at most {_N} %", f"that {{is|are}} off by at most {_N} %", f"to within {_N} %"
    ),
    "looks": Measure(*[f"as in {blank('which design')}"] * 3),
}  # fmt: skip
_ANY = Measure(blank("what one can see or count"), f"with {blank('what one can see or count')}", "")
_SORTS: Mapping[str, str] = {
    word: sort
    for sort, words in {
        "time": "fast quick quickly rapid rapidly swift swiftly performant snappy timely promptly",
        "capacity": "scalable",
        "ease": "easy easily simple simply intuitive intuitively user-friendly userfriendly seamless seamlessly "
        "straightforward convenient conveniently effortless effortlessly frictionless hassle-free usable",
        "reliability": "robust reliable reliably resilient stable robustly",
        "security": "secure safe securely safely",
        "accuracy": "accurate precise accurately precisely",
        "looks": "modern beautiful elegant sleek attractive appealing nice professional clean pleasant",
    }.items()
    for word in words.split()
}
_PHRASES: Mapping[str, str] = {
    "fast as possible": "time", "quickly as possible": "time", "performance": "time", "latency": "time",
    "easy to": "ease", "easy-to": "ease", "simple to": "ease", "user friendly": "ease", "usability": "ease",
    "appealing": "looks", "pleasing": "looks", "look and feel": "looks", "looking": "looks",
    "accuracy": "accuracy", "precision": "accuracy", "availability": "reliability", "reliability": "reliability",
    "security": "security",
}  # fmt: skip
_CLAUSE_END = re.compile(r"[,:;]|[.!]?\s*$| (?:and|so that|because|when|if|while|after|before|using|that|which)\b")
_LINKS = frozenset({"be", "become", "stay", "remain", "feel", "look", "seem"})
_HANGING = frozenset({"prep", "case"})
_STRESS = frozenset({"very", "really", "super", "more", "extremely", "quite", "as", "so", "too"})


def measured(material: Material, finding: Finding) -> str:
    """The ticket's own sentence with a measure in the place of the quality, or what it is said of with one."""
    measure, known = _measure(" ".join(finding.quote.split()).casefold())
    place = material.where(finding)
    if place is None:
        return measure.verb if known else ""
    text, start = place[0].text, place[1]
    words = material.parse(text)
    told = _rewritten(text, start, start + len(finding.quote.strip()), words, measure)
    if told and len(told) <= LONGEST_SENTENCE:
        return " ".join(told.split()).rstrip(" .")
    return measure.verb if known else ""


def in_place(text: str, start: int, end: int, words: Sequence[Word]) -> str:
    """A sentence with a measure in the place of the quality that stands there; "" where that cannot be told."""
    measure = _measure(" ".join(text[start:end].split()).casefold())[0]
    inside = [n for n, word in enumerate(words) if start <= word.start < end]
    if not inside:
        return ""
    first = inside[0]
    while words[first].dep == "conj" and words[first].head < first and words[words[first].head].pos == "ADJ":
        first = words[first].head
    before = [word for word in words[max(0, first - 2) : first] if word.pos != "ADV"][-1:]
    linked = words[first].dep != "amod" and any(word.lemma in _LINKS for word in before)
    if linked:
        return text[:start] + measure.be + text[end:]
    joined = any(word.text in {"and", "or"} for word in words[inside[-1] + 1 : inside[-1] + 2])
    if joined or _has_siblings(words, inside):
        return ""
    if words[inside[0]].pos == "ADV" and len(inside) == 1 and measure.verb:
        return _at_clause_end(text, start, end, measure.verb)
    return _rewritten(text, start, end, words, measure)


def _at_clause_end(text: str, start: int, end: int, instead: str) -> str:
    """“Quickly shows the list, and …” → “shows the list within …, and …”."""
    stop = _CLAUSE_END.search(text, end)
    at = stop.start() if stop else len(text)
    return f"{text[:start]}{text[end:at].strip()} {instead}{text[at:]}".replace("  ", " ")


def left_out(text: str, start: int, end: int, words: Sequence[Word]) -> str:
    """“See an intuitive map” → “See a map”; "" where more than the word would have to go."""
    inside = [n for n, word in enumerate(words) if start <= word.start < end]
    if len(inside) != 1 or words[inside[0]].dep not in {"amod", "advmod"} or _has_siblings(words, inside):
        return ""
    if words[inside[0]].dep == "advmod":
        return " ".join((text[:start] + text[end:]).split())
    return " ".join(_after_noun(text, words, inside[0], Measure("", "", "")).split())


def _measure(quote: str) -> tuple[Measure, bool]:
    """What to measure, and whether the words tell it."""
    known = next((sort for phrase, sort in _PHRASES.items() if phrase in quote), None) or _SORTS.get(quote)
    return (_MEASURES[known], True) if known else (_ANY, False)


def _rewritten(text: str, start: int, end: int, words: Sequence[Word], measure: Measure) -> str:
    inside = [n for n, word in enumerate(words) if start <= word.start < end]
    if not inside:
        return ""
    first, before = words[inside[0]], inside[0] - 1
    linked = before >= 0 and words[before].lemma in _LINKS
    if _has_siblings(words, inside):
        # What is true of “fast” need not be said of “simple” beside it.
        subject = _subject(text, words, words[before].start) if linked else ""
        return f"{subject}: {measure.be}" if subject else measure.be if linked else ""
    if linked:
        return text[:start] + measure.be + text[end:]
    if first.dep == "amod" and len(inside) == 1:
        return _after_noun(text, words, inside[0], measure)
    if first.dep == "advmod" and first.pos == "ADV" and words[first.head].pos == "VERB" and measure.verb:
        ends = end >= len(text.rstrip(" .!")) or text[end : end + 1] in ",;"
        return text[:start] + measure.verb + text[end:] if ends else ""
    return ""


def _subject(text: str, words: Sequence[Word], before: int) -> str:
    """“The export”, where that and a modal verb are all there is before the verb."""
    nouns = [word for word in words if word.start < before and word.dep in {"nsubj", "nsubjpass"}]
    if len(nouns) != 1 or nouns[0].pos not in {"NOUN", "PROPN"}:
        return ""
    return text[: nouns[0].end].strip() if len(text[: nouns[0].end].split()) <= LONGEST_SUBJECT else ""


def _has_siblings(words: Sequence[Word], inside: Sequence[int]) -> bool:
    """“Fast and simple”: what is true of one need not be said of both."""
    beside = [words[n].dep == "conj" for n in inside]
    return any(beside) or any(word.dep == "conj" and word.head in inside for word in words)


def _after_noun(text: str, words: Sequence[Word], place: int, measure: Measure) -> str:
    place_of_noun = words[place].head
    word, noun = words[place], words[place_of_noun]
    if noun.pos not in {"NOUN", "PROPN"} or place_of_noun < place:
        return ""
    start = word.start
    if place and words[place - 1].text.casefold() in _STRESS:
        start, place = words[place - 1].start, place - 1
    rest = text[word.end :].lstrip()
    lead = text[:start]
    if place and words[place - 1].text.casefold() in {"a", "an"} and not rest.startswith("⟨"):
        article = "an" if rest[:1].casefold() in "aeio" else "a"
        old = words[place - 1]
        lead = text[: old.start] + (article.title() if old.text[0].isupper() else article) + text[old.end : start]
    at = len(lead) + noun.end - word.end - (len(text[word.end :]) - len(rest))
    whole = lead + rest
    close = _end_of_phrase(words, words[place_of_noun])
    following = next((word for word in words if word.start >= close), None)
    if following and (following.pos in {"NOUN", "PROPN"} or following.text in {"up", "down", "off"}):
        return ""  # the noun has another behind it
    at += close - noun.end
    return f"{whole[:at]} {_agreeing(measure.noun, plural=noun.tag in {'NNS', 'NNPS'})}{whole[at:]}"


def _end_of_phrase(words: Sequence[Word], noun: Word) -> int:
    """Where the noun ends with what hangs on it by “of”, “for” and the like."""
    here = words.index(noun)
    inside, end = {here}, noun.end
    for number in range(here + 1, len(words)):
        word = words[number]
        if word.head not in inside or (word.dep not in _HANGING and word.head == here):
            hanging = any(later.head in inside and later.dep == "pobj" for later in words[number + 1 : number + 4])
            if not (hanging and word.dep in {"det", "poss", "compound", "amod", "nummod", "case"}):
                return end
        inside.add(number)
        end = word.end
    return end


def _agreeing(clause: str, *, plural: bool) -> str:
    """“{takes|take}” becomes the one or the other."""
    head, brace, rest = clause.partition("{")
    if not brace:
        return clause
    choice, _, tail = rest.partition("}")
    one, _, many = choice.partition("|")
    return head + (many if plural else one) + tail
