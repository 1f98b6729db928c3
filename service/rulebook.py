"""Rule files → rules. Reads files; needs no parser, so that any process can list and explain the rules."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service import matchers, rulefile, suggesting
from service.example import Example, read_example
from service.matchers.missing import Condition, conditions
from service.rulefile import Fault, Node, RuleFileError
from service.suggesting import Recipe
from service.ticket import Kind, Ticket, frozen
from service.verdict import Dimension, Severity
from service.vocabulary import Agreed

__all__ = ["Rule", "RuleFileError", "Rulebook", "Signal", "load", "load_or_last_good", "read_folders", "shipped"]

EVERY_KIND = frozenset(Kind)
SIGNALS = "signals"
UNTYPED = "untyped"
_REQUIRED = ("id", "title", "applies_to", "severity", "dimension", "weight", "find", "message", "why", "coach")
_OPTIONAL = ("when", "unless_agreed", "eased", "source", "examples", "mended", "suggest")


@dataclass(frozen=True, slots=True)
class Examples:
    """A rule's proof. `missed` and `false_alarms` are known faults, and must stay faults until promoted."""

    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    missed: tuple[Example, ...] = ()
    false_alarms: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """Further conditions on a ticket: any of the labels, statuses, projects (compared without case)."""

    label: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    project: frozenset[str] = frozenset()

    @property
    def always(self) -> bool:
        """Whether no condition is set."""
        return not (self.label or self.status or self.project)

    def holds(self, ticket: Ticket) -> bool:
        """Whether the ticket meets every condition that is set."""
        return (
            not (self.label and self.label.isdisjoint(label.casefold() for label in ticket.labels))
            and not (self.status and ticket.status.casefold() not in self.status)
            and not (self.project and ticket.project.casefold() not in self.project)
        )


@dataclass(frozen=True, slots=True)
class Eased:
    """Where one of the conditions holds, a finding is a hint and costs `weight`; `title` says where, in words."""

    title: str
    weight: int
    where: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Find:
    """What a rule looks for: a module in matchers/, and that module's own parameters."""

    matcher: str
    spec: Any


@dataclass(frozen=True, slots=True)
class Signal:
    """A named pattern that rules refer to: something a sentence may say, good or bad."""

    id: str
    title: str
    find: Find
    examples: Examples
    path: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as its file says. `weight` is in points of 100; `mended` names it in praise.

    `unless_agreed` says which of a team's own words silence it; `suggest` how to make what would pass, if at all.
    """

    id: str
    title: str
    applies_to: frozenset[Kind]
    untyped: bool
    severity: Severity
    dimension: Dimension
    weight: int
    find: Find
    message: str
    why: str
    coach: str
    suggest: Recipe | None
    source: str
    mended: str
    when: When
    unless_agreed: frozenset[Agreed]
    eased: Eased | None
    examples: Examples
    path: str
    meaning: str

    @property
    def neutral(self) -> bool:
        """Whether it also holds for a ticket of unknown kind."""
        return self.untyped or self.applies_to == EVERY_KIND


@dataclass(frozen=True)
class Rulebook:
    """Every rule and signal by id. `version` changes when their meaning or the code that reads them does."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: frozen({}))
    signals: Mapping[str, Signal] = field(default_factory=lambda: frozen({}))
    version: str = ""


def shipped() -> Path:
    """The folder of the rules that come with the product: in a checkout, or inside the installed package."""
    package = Path(__file__).resolve().parent
    for place in (package.parent / "rules", package / "rules"):
        if place.is_dir():
            return place
    raise RuleFileError(
        [Fault(str(package / "rules"), 1, 1, "the rules are absent. Install Ticket Clarity anew.")]
    )


def names(folders: Sequence[Path] = ()) -> frozenset[str]:
    """The ids of all rules and signals, as their files are named: far sooner told than the rules are loaded."""
    found = (path for folder in (shipped(), *folders) for path in folder.rglob("*.y*ml"))
    return frozenset(path.stem for path in found)


def load(folders: Sequence[Path] = ()) -> Rulebook:
    """The shipped rules and those of the folders. Raises RuleFileError with one fault for each broken file."""
    return read_folders([shipped(), *folders])


def load_or_last_good(folders: Sequence[Path], last: Rulebook) -> tuple[Rulebook, RuleFileError | None]:
    """The rules as they stand now; where any file is broken, the last good rules and what is wrong."""
    try:
        return load(folders), None
    except RuleFileError as error:
        return last, error


def read_folders(folders: Iterable[Path]) -> Rulebook:
    """The rules of these folders alone; with several, later ones add to earlier ones."""
    faults: list[Fault] = []
    nodes = [node for folder in folders for node in _nodes(folder, faults)]
    signal_nodes = [node for node in nodes if Path(node.path).parent.name == SIGNALS]
    rule_nodes = [node for node in nodes if Path(node.path).parent.name != SIGNALS]
    signals = _each(signal_nodes, _signal, faults)
    rules = _each(rule_nodes, lambda node: _rule(node, frozenset(signals)), faults)
    faults += [
        Fault(rules[name].path, 1, 1, f"{name} is already the id of a signal.")
        for name in rules
        if name in signals
    ]
    if faults:
        raise RuleFileError(faults)
    return Rulebook(frozen(rules), frozen(signals), _version([*rules.values(), *signals.values()]))


def _nodes(folder: Path, faults: list[Fault]) -> list[Node]:
    if not folder.is_dir():
        faults.append(Fault(str(folder), 1, 1, "this folder of rules does not exist."))
        return []
    nodes = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            nodes.append(rulefile.read(_text(path), name))
        except UnicodeDecodeError:
            faults.append(Fault(name, 1, 1, "the file is not UTF-8 text."))
        except OSError as error:
            faults.append(Fault(name, 1, 1, f"the file cannot be read: {error.strerror}."))
        except RuleFileError as error:
            faults += error.faults
    return nodes


def _text(path: Path) -> str:
    """What a file says, as far as tells whether it is too large. Raises OSError, UnicodeDecodeError."""
    if path.is_fifo():  # opening one waits for whoever would write to it
        raise OSError(errno.ESPIPE, "it is a pipe")
    with path.open(encoding="utf-8") as stream:
        return stream.read(rulefile.MAX_CHARACTERS + 1)


def _each(nodes: list[Node], read: Callable[[Node], Rule | Signal], faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Rule | Signal] = {}
    for node in nodes:
        try:
            item = read(node)
        except RuleFileError as error:
            faults += error.faults
            continue
        if item.id in found:
            faults.append(
                Fault(node.path, node.line, node.column, f"{item.id} is already the id of {found[item.id].path}.")
            )
        else:
            found[item.id] = item
    return found


def _id(node: Node, path: str) -> str:
    name = node.text()
    if name != Path(path).stem:
        raise node.error(f'id "{name}" must be the file\'s name, {Path(path).stem}.')
    return name


def _signal(node: Node) -> Signal:
    parts = node.mapping(required=("id", "title", "find"), optional=("examples",))
    return Signal(
        id=_id(parts["id"], node.path),
        title=parts["title"].text(),
        find=_find(parts["find"], frozenset(), only_units=True),
        examples=_examples(parts.get("examples"), says="bad", silent="good"),
        path=node.path,
        meaning=_meaning(parts, "id", "find"),
    )


def _rule(node: Node, signals: frozenset[str]) -> Rule:
    parts = node.mapping(required=_REQUIRED, optional=_OPTIONAL)
    find = _find(parts["find"], signals)
    dimension = parts["dimension"].choice(Dimension)
    kinds, untyped = _kinds(parts["applies_to"])
    return Rule(
        id=_id(parts["id"], node.path),
        title=parts["title"].text(),
        applies_to=kinds,
        untyped=untyped,
        severity=parts["severity"].choice(Severity),
        dimension=dimension,
        weight=parts["weight"].integer(0, 100),
        find=find,
        message=_message(parts["message"], find),
        why=" ".join(parts["why"].text().split()),
        coach=" ".join(parts["coach"].text().split()),
        suggest=_recipe(parts.get("suggest"), find),
        source=parts["source"].text() if "source" in parts else "",
        mended=parts["mended"].text() if "mended" in parts else "",
        when=_when(parts.get("when")),
        unless_agreed=_agreed(parts.get("unless_agreed"), find, dimension),
        eased=_eased(parts.get("eased"), signals),
        examples=_examples(
            parts.get("examples"), bad="bad", good="good", missed="missed", false_alarms="false_alarms"
        ),
        path=node.path,
        meaning=_meaning(
            parts, "id", "applies_to", "severity", "dimension", "weight", "find", "when", "unless_agreed", "eased"
        ),
    )


def _find(node: Node, signals: frozenset[str], *, only_units: bool = False) -> Find:
    kinds = matchers.unit_kinds() if only_units else matchers.kinds()
    kind, parameters = node.only(kinds)
    return Find(kind, matchers.module(kind).read(parameters, signals))


def _agreed(node: Node | None, find: Find, dimension: Dimension) -> frozenset[Agreed]:
    """Rules about a word's precision give way to a team's own words unless they say otherwise."""
    if node is not None:
        return node.choices(Agreed)
    about_words = dimension is Dimension.PRECISION and not matchers.module(find.matcher).ABSENCE
    return frozenset({Agreed.WORDS}) if about_words else frozenset()


def _eased(node: Node | None, signals: frozenset[str]) -> Eased | None:
    if node is None:
        return None
    parts = node.mapping(required=("title", "weight", "where"))
    return Eased(parts["title"].text(), parts["weight"].integer(0, 100), conditions(parts["where"], signals))


def _kinds(node: Node) -> tuple[frozenset[Kind], bool]:
    """The kinds, and whether tickets of unknown kind are named beside them."""
    nodes = node.items() if isinstance(node.value, list) else [node]
    chosen = {item.one_of([*(kind.value for kind in Kind), UNTYPED, "any"]) for item in nodes}
    named = frozenset(Kind(kind) for kind in chosen - {UNTYPED, "any"})
    return EVERY_KIND if "any" in chosen else named, UNTYPED in chosen


def _message(node: Node, find: Find) -> str:
    message = " ".join(node.text().split())
    rest = message.replace("{match}", "")
    if "{" in rest or "}" in rest:
        raise node.error("a message may hold {match} and no other braces.")
    if "{match}" in message and matchers.module(find.matcher).ABSENCE:
        raise node.error(f"{find.matcher} finds an absence: there are no words for {{match}} to show.")
    return message


def _recipe(node: Node | None, find: Find) -> Recipe | None:
    if node is None:
        return None
    key, value = node.only(suggesting.KEYS)
    text = value.text()
    if what := suggesting.fault(key, text, absence=matchers.module(find.matcher).ABSENCE):
        raise value.error(what)
    return Recipe(key, text)


def _when(node: Node | None) -> When:
    if node is None:
        return When()
    parts = node.mapping(optional=("label", "status", "project"))
    return When(**{key: frozenset(text.casefold() for text in value.texts()) for key, value in parts.items()})


def _examples(node: Node | None, **names: str) -> Examples:
    if node is None:
        return Examples()
    parts = node.mapping(optional=names)
    return Examples(**{names[key]: tuple(map(read_example, value.items())) for key, value in parts.items()})


def _meaning(parts: Mapping[str, Node], *keys: str) -> str:
    return json.dumps({key: parts[key].plain() for key in keys if key in parts}, sort_keys=True, default=str)


def _version(items: Iterable[Rule | Signal]) -> str:
    package = Path(__file__).resolve().parent
    code = [*(package / "matchers").glob("*.py"), *(package / "document").glob("*.py"), package / "score.py"]
    digest = hashlib.sha256()
    for meaning in sorted(item.meaning for item in items):
        digest.update(meaning.encode())
    for path in sorted(code):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
