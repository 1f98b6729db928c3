"""How a suggestion is made, as its rule file says: by a maker that reads the ticket, or a text with blanks."""

from __future__ import annotations

from dataclasses import dataclass

from service.suggesting.makers import MAKERS
from service.suggesting.material import Material
from service.suggesting.wording import in_place
from service.verdict import Finding, Suggestion

MATCH = "{match}"
LEADS = {
    "instead": "Say instead:",
    "say": "Say instead:",
    "add": "This would pass:",
    "paste": "To paste and fill in:",
}
"""What stands before a text, by its key: in the place of the words found within their sentence, in their place
alone, beside them, or as lines to paste.
"""
KEYS = ("make", *LEADS)
_NOT_RETOLD = frozenset({"what-is-meant", "scope", "bug-report-parts", "whole-ticket", "success-measure"})
"""Makers of a part of a sentence, of blanks alone, or of what was seen, which stays word for word."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`key` is one of KEYS; `text` names a maker, or holds ⟨blanks⟩ and perhaps {match} for the words found."""

    key: str
    text: str

    @property
    def title(self) -> bool:
        """Whether it makes a title."""
        return self.key == "make" and MAKERS[self.text].title

    @property
    def retells(self) -> bool:
        """Whether it makes something of the ticket's words that is read as a sentence of the ticket."""
        return self.key == "instead" or (self.key == "make" and self.text not in _NOT_RETOLD)

    def make(self, material: Material, finding: Finding) -> Suggestion | None:
        """The suggestion for a finding; None where the ticket's words cannot be read without doubt."""
        if self.key == "make":
            made = MAKERS[self.text]
            text = made.make(material, finding)
            return Suggestion(made.lead, text, block=made.block) if text else None
        text = self.text.replace(MATCH, " ".join(finding.quote.split()))
        if self.key == "instead":
            text = in_place(material, finding, text)
        return Suggestion(LEADS[self.key], text, block=self.key == "paste") if text else None


def fault(key: str, text: str, *, absence: bool) -> str:
    """What is wrong with a recipe as a rule file has it, and what is valid; or ""."""
    if key == "make":
        return "" if text in MAKERS else f'there is no maker "{text}". Choose one of: {", ".join(MAKERS)}.'
    rest = text.replace(MATCH, "")
    if "{" in rest or "}" in rest:
        return "a suggestion may hold {match} and no other braces."
    if absence and (key == "instead" or MATCH in text):
        return "this rule finds an absence: there are no words to put something in the place of. Use add or paste."
    if "⟨" not in text:
        return "a suggestion without a ⟨blank⟩ would state a fact that nobody told us. Put one where it goes."
    return ""
