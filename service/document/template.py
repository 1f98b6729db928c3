"""Recognises what nobody has written yet: “TBD”, “n/a”, and the prompts of an issue template."""

from __future__ import annotations

import re

_WORDS_FOR_NOTHING = """
    tbd | tba | tbc | todo | to do | to-do | n/a | n.a | na | not applicable | not available | none
    nil | null | nothing | no | wip | xxx | xx | x | pending | to be defined | to be determined
    to be decided | to be added | to be confirmed | to be discussed | to be completed | to be done
    to be filled | to be filled in | to be written | to follow | coming soon | coming | not yet
    not yet defined | not defined | not defined yet | undefined | unknown | will be added
    will be added later | to be added later | will add later | will add | later | fill me in | fill in
    fill in later | fill this in | insert here | describe here | no response | not sure | placeholder
    empty | blank | asdf | foo | bar | foo bar | none yet | none so far | not specified | unspecified
    no criteria | no acceptance criteria | no acceptance criteria yet | same as above | see title
    see above | as above | as per title | text here | your text here | optional | see description
    n/a yet | t.b.d | in progress | draft | etc | not required | not needed | none required
    none needed | nothing to add | ditto | idk | lorem ipsum | test | see error"""
_NOTHING = {" ".join(name.split()) for name in _WORDS_FOR_NOTHING.replace("\n", "|").split("|")}
_SLOT_WORD = (
    r"(?:(?:the |a |an |your |some |my )?(?:type of |kind of |particular |specific "
    r"|certain )?(?:user|role|persona|actor|customer"
    r"|stakeholder|goal|action|feature|functionality|capability|need|want|desire|benefit"
    r"|reason|value|outcome|result|context"
    r"|precondition|event|trigger|condition|objective|task|something|what|why|who|describe"
    r"|insert|e\.?g|eg|ex|add|enter|fill|name|title"
    r"|your|link|date|description|details|summary|tbd|todo|placeholder|text|version|number"
    r"|example|optional|required)\b)"
)
_SLOT = re.compile(rf"[<\[{{‹«]{{1,2}} ?{_SLOT_WORD}[^<>\[\]{{}}]{{0,120}}[>\]}}›»]{{1,2}}", re.IGNORECASE)
_OPENS_SLOT = re.compile(r"[<\[{‹«]")
_SKELETON = re.compile(
    r"as an?n? ?(?:[<\[{]|_{2,}|\.{2,}|…|,|i want)|.{0,80}\bi (?:want|need"
    r"|would like)(?: to)? ?(?:[<\[{]|_{2,}|\.{2,}|…|,? ?so that\b)"
    r"|as an? (?:type of user|role|user type|persona|some user|x),? .{0,40}\b(?:some goal|goal|action|y)\b"
    r"|(?:given|when|then|and|but) ?(?:[<\[{][^<>\[\]{}]{0,80}[>\]}]|_{2,}|\.{2,}|…)\s*$"
    r"|(?:given|when|then|as an?|i want|so that|in order to)[ :,.…]*$",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"(?:please )?(?:a )?(?:clear(?:ly)?,? (?:and|&|or) (?:concise|short|brief)(?:ly)?|brief"
    r"|short|concise|detailed) (?:and \w+ )?(?:description|summary|overview|explanation"
    r"|statement) (?:of|about) "
    r"(?:what|why|how|the (?:bug|issue|problem|feature|change|expected|actual|goal|context"
    r"|need|user|steps)|any|your|this)"
    r"|(?:please |kindly )?(?:briefly |clearly |shortly )?(?:describe|explain|outline|state"
    r"|detail|specify|summari[sz]e|tell us|write|list|enter|insert|type|provide|fill(?: in"
    r"| out)?|replace|put|paste|include)"
    r"\b.{0,150}\b(?:here|below|above|in this section|if (?:applicable|any|possible|needed"
    r"|relevant|known)|as (?:detailed|clear(?:ly)?|much) .{0,40}possible|in your own words"
    r"|this (?:template|text|line|placeholder|section))[\s.:;!)…*_]*$"
    r"|(?:please |kindly )(?:fill|describe|provide|specify|explain|make sure|ensure|search"
    r"|read|complete|answer|note that this)\b"
    r".{0,250}\b(?:this (?:issue|bug|ticket)|template|section|(?:the|this) form|below|here"
    r"|above|if applicable|all (?:the )?(?:details?|information)|as much (?:detail"
    r"|information)|guidelines?|duplicate|before (?:submitting|opening|creating"
    r"|posting))\b.{0,80}$"
    r"|(?:please |kindly )describe (?:your|the|what|how|why)\b.{0,80}$"
    r"|(?:please )?(?:add|include|attach|upload|provide|insert|paste|drop|drag)\b (?:any|other"
    r"|more|your|all|relevant|a few|some|additional|links?|screenshots?|acceptance|criteria"
    r"|description|details|context|logs?|images?|further)\b"
    r".{0,120}\b(?:here|below|if (?:applicable|any|needed|available|possible)"
    r"|(?:to help )?explain your problem|about the (?:problem|feature|issue|bug)"
    r"|feature request)\b.{0,60}$"
    r"|if applicable,? (?:please )?(?:add|include|attach|provide|paste|list|describe)\b|(?:add"
    r"|list) any other (?:context|information|relevant)"
    r"|(?:clearly |briefly )?(?:describe|explain|outline|detail|state|list) (?:in (?:detail"
    r"|a few)|what (?:you|the|needs|is|are|should|happen|this)|why (?:we|you|the|this|is)"
    r"|how (?:we|you|the|this|to)|who|the (?:goal|problem|issue|bug|feature|user|context|steps"
    r"|expected|actual|solution|purpose|need|impact|desired"
    r"|change))\b.{0,30}(?:\bof the (?:issue|bug|ticket|feature|story)\b|\byou(?:r|'d)?\b"
    r"|\bwe are\b|\btrying to\b).{0,120}$"
    r"|(?:what|how|why|who|which) (?:is|are|does|do|did|should|will|was|were|would) (?:the"
    r"|this|you|we|it|your)\b.{0,120}\?\s*\((?:please|e\.?g|optional|describe|required"
    r"|include).{0,200}\)?\s*$"
    r"|(?:click|tap|press|go|scroll|navigate)(?: on| to"
    r"| down to)? ['‘\"“`]?\.{2,}['’\"”`]?\.?$|(?:ex|e\.g)\. i'm always frustrated when"
    r"|(?:delete|remove|replace) (?:this|the|if|these|all)\b.{0,60}\b(?:text|section|line"
    r"|template|not applicable|not needed|comment|placeholder|instructions?"
    r"|before (?:submitting|saving|posting))\b.{0,40}$"
    r"|(?:this )?(?:section|field) (?:should|is (?:optional|required|for)|can be)\b"
    r"|lorem ipsum\b|(?:your|some|enter|insert) (?:text|description|title|criteria|criterion"
    r"|answer|content|story|steps?|details?)(?: goes| go)?(?: here)?[\s.]*$"
    r"|<?(?:insert|enter|add|describe|your)\b[^<>]{0,80}>$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:acceptance )?(?:criteri(?:on|a)|ac|step|item|requirement|scenario|condition"
    r"|test ?case|bullet|point|sub-?task|example|task)"
    r"[ #:.-]*(?:\d{1,2}|[a-c]|one|two|three)?|(?:first|second|third|next|another|last"
    r"|other) (?:acceptance )?(?:step|criterion|criteria|item|requirement|condition|thing"
    r"|bullet|point)",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[\[<{(]{1,2}(?=[^\[\]<>{}]{0,30}[ .…])[^\[\]<>{}]{1,200}[\]>})]{1,2}[.,:]?")
_WAITING = re.compile(
    r"(?:\W{0,3})(?:tbd|tba|tbc|t\.b\.d\.?|to be (?:defined|determined|decided|added|confirmed"
    r"|completed|discussed|filled(?: in| out)?)|todo|fixme)\b\W{0,4}(?:\S+\s*){0,4}$",
    re.IGNORECASE,
)
_EDGES = " \t\r\n.,:;!?-–—_*~`'\"“”‘’•…·|/\\#=+()[]<>{}☐□▢"


_FIRST = re.compile(r"[\W_]{0,12}([^\W\d_]+)?")
_OPENERS = frozenset(
    """please kindly a clear clearly brief briefly short shortly concise detailed describe explain outline
        state detail specify summarize summarise tell write list enter insert type provide fill
        replace put paste include add attach upload drop drag if what how why who which click tap
        press go scroll navigate ex e delete remove this section field lorem your some as an given
        when then and but i so in tbd tba tbc t to todo fixme""".split()
)


def is_placeholder(text: str) -> bool:
    """Whether a line or block tells nothing yet: empty marks, “n/a” or an unfilled template prompt."""
    size = len(text)
    if size > 420:
        return False
    if size < 60:
        bare = text.strip(_EDGES)
        if bare.casefold() in _NOTHING:
            return len(bare) != 1 or len(text.strip()) == 1
        if _NUMBERED.fullmatch(bare):
            return True
    first = _FIRST.match(text)
    word = first and first[1]
    told = (word and word.casefold() in _OPENERS) or "<" in text or "[" in text or "{" in text
    return bool(told) and _unfilled(text.strip(" \t\r\n_*-•–"))


def _unfilled(line: str) -> bool:
    return bool(
        _PROMPT.match(line)
        or _SKELETON.match(line)
        or _WAITING.match(line)
        or (line.startswith(("[", "<", "{")) and _WHOLE.fullmatch(line))
        or _full_of_slots(line)
    )


def _full_of_slots(line: str) -> bool:
    """Most of a filled-in line is its own words; a template's is its slots."""
    if not _OPENS_SLOT.search(line):
        return False
    slots = _SLOT.findall(line)
    if not slots:
        return False
    slotted = sum(map(len, slots))
    return len(slots) >= 2 or slotted >= 0.35 * len(line) or line[0] in "<[{"
