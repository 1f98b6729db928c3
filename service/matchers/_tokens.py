"""spaCy's token patterns as rule files may write them: all of it but REGEX, FUZZY and extensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.rulefile import Node

Token = Mapping[str, Any]
Pattern = tuple[Token, ...]

TEXTUAL = ("ORTH", "TEXT", "LOWER", "NORM", "LEMMA", "POS", "TAG", "DEP", "SHAPE", "PREFIX", "SUFFIX")
FLAGS = (
    *("IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_LOWER", "IS_UPPER", "IS_TITLE", "IS_PUNCT", "IS_SPACE", "IS_STOP"),
    *("IS_SENT_START", "IS_BRACKET", "IS_QUOTE", "IS_LEFT_PUNCT", "IS_RIGHT_PUNCT", "IS_CURRENCY"),
    *("LIKE_NUM", "LIKE_URL", "LIKE_EMAIL", "SPACY"),
)
ATTRIBUTES = (*TEXTUAL, *FLAGS, "MORPH", "LENGTH", "OP")
OPERATORS = ("!", "?", "+", "*")
PREDICATES = ("IN", "NOT_IN", "IS_SUBSET", "IS_SUPERSET", "INTERSECTS", "==", "!=", ">=", "<=", ">", "<")
REFUSED = ("REGEX", "FUZZY", *(f"FUZZY{distance}" for distance in range(1, 10)))


def read_pattern(node: Node, *, alternatives: bool = False) -> Pattern:
    """A list of tokens; with `alternatives` a single token will do."""
    if alternatives and isinstance(node.value, dict):
        return (read_token(node),)
    tokens = tuple(read_token(item) for item in node.items())
    if not alternatives and all(token.get("OP") in ("!", "?", "*") for token in tokens):
        raise node.error("this pattern may match nothing at all. Give at least one token that must be there.")
    return tokens


def read_token(node: Node) -> Token:
    """One token's attributes, each known, none a regular expression."""
    token: dict[str, Any] = {}
    for key, (key_node, value) in node.pairs().items():
        if key == "_" or key in REFUSED:
            raise key_node.error(f"{key} is not allowed in a token pattern. Use the regex matcher.")
        if key not in ATTRIBUTES:
            raise key_node.error(f"{key} is no token attribute. Choose one of: {', '.join(ATTRIBUTES)}.")
        token[key] = _value(key, value)
    return token


def _value(key: str, node: Node) -> object:
    if isinstance(node.value, dict):
        return _predicates(key, node)
    if key == "OP":
        return _operator(node)
    if key in FLAGS:
        return node.flag()
    if key == "LENGTH":
        return node.integer(0, 1000)
    return node.text()


def _operator(node: Node) -> str:
    text = node.text()
    counted = text.startswith("{") and text.endswith("}") and text[1:-1].replace(",", "", 1).isdigit()
    bounded = counted and all(int(part or 0) <= 20 for part in text[1:-1].split(","))
    if text not in OPERATORS and not bounded:
        raise node.error(
            f'OP "{text}" is unknown. Choose one of: {", ".join(OPERATORS)}, {{n}} or {{n,m}} up to 20.'
        )
    return text


def _predicates(key: str, node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (name_node, value) in node.pairs().items():
        if name in REFUSED:
            raise name_node.error(f"{name} is not allowed in a token pattern. Use the regex matcher.")
        if name not in PREDICATES:
            raise name_node.error(f"{name} is unknown for {key}. Choose one of: {', '.join(PREDICATES)}.")
        found[name] = list(value.texts()) if isinstance(value.value, list) else value.integer(0, 1000)
    return found
