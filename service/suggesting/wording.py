"""A vague word → the ticket's own sentence with a place for what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.suggesting.material import LONGEST_SENTENCE, Material, Word, blank
from service.verdict import Finding

MOST_CANDIDATES = 3
_QUANTITY = re.compile(
    r"(?:several|many|some|(?:a )?few|various|multiple|numerous|(?:a lot|lots|plenty|a couple|a number) of)\b",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"(?:etc\.?|et cetera|and so on|and so forth|and others|and more|and (?:many|much) more|and the like|\.{3}|…)",
    re.IGNORECASE,
)
_DEGREES = frozenset({"significantly", "substantially", "considerably", "dramatically", "noticeably"})
_HEDGES = frozenset(
    {
        "approximately",
        "roughly",
        "relatively",
        "fairly",
        "somewhat",
        "slightly",
        "usually",
        "normally",
        "generally",
    }
    | {"typically", "commonly", "mostly", "mainly", "largely", "primarily", "particularly", "partially", "partly"}
    | {"currently", "actually", "similarly", "accordingly", "freely", "ordinarily"}
)
_OFTEN = re.compile(r"(?:regularly|frequently|periodically|often|from time to time|occasionally)", re.IGNORECASE)
_SOON = re.compile(r"(?:soon|asap|as soon as possible|shortly|in a timely manner|eventually)", re.IGNORECASE)
_AT_ONCE = re.compile(r"(?:immediately|instantly|promptly|right away|in no time)", re.IGNORECASE)
_CONDITION = re.compile(r"(?:if|where|when|whenever|wherever|as)\b", re.IGNORECASE)
_TRAILING = re.compile(r"[,\s]*$")


def quantity(material: Material, finding: Finding) -> str:
    """“Several reports” → “⟨n⟩ reports”."""
    told = counted(_quote(finding))
    return in_place(material, finding, told) if told else ""


def counted(quote: str) -> str:
    """The words with a number in them; "" where they hold no quantity to begin with."""
    found = _QUANTITY.match(quote)
    return blank("n") + quote[found.end() :] if found else ""


def time(material: Material, finding: Finding) -> str:
    """How often, by when or how long."""
    quote = _quote(finding)
    if _OFTEN.fullmatch(quote):
        return _at_an_end(material, finding, f"every {blank('n')} {blank('minutes, days or weeks')}")
    if _SOON.fullmatch(quote):
        return _at_an_end(material, finding, f"by {blank('when')}")
    if _AT_ONCE.fullmatch(quote):
        return _at_an_end(material, finding, f"within {blank('n')} seconds")
    return ""


def adverb(material: Material, finding: Finding) -> str:
    """“Is printed properly” → “is printed so that ⟨what one sees⟩”."""
    quote = _quote(finding).casefold()
    if quote in _HEDGES or " " in quote or not quote.endswith("ly"):
        return ""
    if quote in _DEGREES:
        return _at_an_end(material, finding, f"from {blank('n')} today to {blank('n')}")
    return _at_an_end(material, finding, f"so that {blank('what one sees')}")


def list_to_its_end(material: Material, finding: Finding) -> str:
    """The items named so far, and a place for the rest."""
    place = material.where(finding)
    if place is None or not _OPEN_END.fullmatch(_quote(finding)):
        return ""
    named = re.sub(r"[,\s]+(?:and|or)$", "", _TRAILING.sub("", place[0].text[: place[1]]))
    rest = place[0].text[place[1] + len(finding.quote.strip()) :].lstrip(".")
    return _short(f"{named} and {blank('what else, or nothing')}{rest}") if named.strip() else ""


def loophole(material: Material, finding: Finding) -> str:
    """The case in which it may be left out."""
    named = _CONDITION.match(_quote(finding))
    return in_place(material, finding, f"if {blank('in which case')}") if named else ""


def size_left_out(material: Material, finding: Finding) -> str:
    """“Just add” → “add”."""
    first, _, rest = _quote(finding).partition(" ")
    return in_place(material, finding, rest) if rest and first.casefold() in {"just", "simply", "merely"} else ""


def must(material: Material, finding: Finding) -> str:
    """The same as a demand."""
    return in_place(material, finding, "must") if _quote(finding).casefold() in {"could", "might", "may"} else ""


def agent(material: Material, finding: Finding) -> str:
    """The passive with whoever acts."""
    quote = _quote(finding)
    return in_place(material, finding, f"{quote} by {blank('whom or what')}") if len(quote.split()) <= 4 else ""


def scope(_: Material, finding: Finding) -> str:
    """“All browsers” → “all ⟨which⟩ browsers”."""
    first, *rest = _quote(finding).split(" ", 1)
    universal = first.casefold() in {"all", "every", "any", "each"}
    return f"{first} {blank('which')} {rest[0]}" if rest and universal else ""


def named(material: Material, finding: Finding) -> str:
    """The things that a pronoun may stand for."""
    place = material.where(finding)
    if place is None:
        return ""
    units = material.document.units
    number = units.index(place[0])
    before = " ".join(unit.text for unit in units[max(0, number - 2) : number])
    near = before[-LONGEST_SENTENCE * 2 :] + "\n" + place[0].text[: place[1]]
    things = list(dict.fromkeys(_things(near, material.parse(near))))[-MOST_CANDIDATES:]
    return ", ".join([*things, blank("something else")]) if things else ""


def _things(text: str, words: Sequence[Word]) -> Iterator[str]:
    """“The import”, “the nightly report”: nouns with an article, and what stands between."""
    start: int | None = None
    for number, word in enumerate(words):
        if word.pos == "DET" and word.text.casefold() in {"the", "a", "an", "our", "my"}:
            start = word.start
        elif word.pos not in {"ADJ", "NOUN", "PROPN"}:
            start = None
        following = words[number + 1].pos if number + 1 < len(words) else ""
        if start is not None and word.pos in {"NOUN", "PROPN"} and following not in {"NOUN", "PROPN"}:
            _, _, thing = " ".join(text[start : word.end].split()).partition(" ")
            yield f"the {thing}"
            start = None


def _quote(finding: Finding) -> str:
    return " ".join(finding.quote.split())


def in_place(material: Material, finding: Finding, instead: str) -> str:
    """The sentence with something else in the place of what was found; "" where it is long or cannot be told."""
    place = material.where(finding)
    if place is None:
        return ""
    text, start = place[0].text, place[1]
    if not text[:start].strip(" \"'*_-"):
        instead = instead[:1].upper() + instead[1:]
    return _short(text[:start] + instead + text[start + len(finding.quote.strip()) :])


def _at_an_end(material: Material, finding: Finding, instead: str) -> str:
    """Only where the word ends its clause: elsewhere the sentence would have to be turned round."""
    place = material.where(finding)
    if place is None or not _ends(place[0].text, place[1] + len(finding.quote.strip())):
        return ""
    return in_place(material, finding, instead)


def _ends(text: str, place: int) -> bool:
    return text[place:].lstrip()[:1] in {"", ".", ",", ";", "!", ")"}


def _short(text: str) -> str:
    whole = " ".join(text.split()).rstrip(" .")
    return whole if len(whole) <= LONGEST_SENTENCE else ""
