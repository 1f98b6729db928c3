"""The same parses, sooner: exact transformations of one pipeline, for the versions they were proven on.

Four things cost most in spaCy's small English pipeline and need not: BLIS, whose kernels are slow on many
processors; the attribute ruler, which tries 179 patterns on words it has seen before; the lemmatizer, which looks
through lists of tens of thousands of words; and the embedding of words it has seen before. What is read stays the
same, token for token: tests/document/test_fast.py compares.

Nothing is remembered that dies with a memory zone: keys are hashes and flags, what the ruler gives a word (tags,
morphology) was interned with the model, and lemmas are kept as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.about import __version__ as spacy_version
from spacy.attrs import DEP, LEMMA, LOWER, MORPH, ORTH, POS, TAG
from spacy.language import Language
from spacy.tokens import Doc
from thinc.about import __version__ as thinc_version
from thinc.api import Model, NumpyOps

from service.document.known_words import Bounded

Floats = npt.NDArray[np.float32]
PROVEN = frozenset({("3.8.18", "8.3.14", "c9439648376c")})
"""Versions of spaCy and thinc, and the digest of the model's files."""
REMEMBERED = "remembered_words"
RULED = [TAG, POS, MORPH, LEMMA]
"""What the ruler and the lemmatizer say of a word."""
ROWS, WORDS = 20_000, 20_000
"""The most that is remembered of the embedding and of words; then each begins afresh."""
WIDTH, PIECES, PADDING = 96, 3, 4
"""The model's own: numbers a word, pieces of a maxout, and rows between docs so that none sees another."""
TOGETHER = 8
"""Rows that are multiplied at once."""
SPELLED = {"^n'?t$": ("nt", "n't"), "^y'?$": ("y", "y'"), "^n[ou]thin'$": ("nothin'", "nuthin'")}
"""The words that the ruler's regular expressions match."""


def is_proven(weights: str) -> bool:
    """Whether what is installed, and a model whose files have this digest, is what `quickened` was proven on."""
    return (spacy_version, thinc_version, weights) in PROVEN


def quickened(nlp: Language) -> Language:
    """The pipeline, transformed in place. Only for one that `is_proven`."""
    _reckon_steadily(nlp)
    tok2vec: Any = nlp.get_pipe("tok2vec")
    tok2vec.model = _as_model(_Tok2Vec(tok2vec.model))
    nlp.add_pipe(REMEMBERED, before="attribute_ruler")
    nlp.remove_pipe("attribute_ruler")
    nlp.remove_pipe("lemmatizer")
    return nlp


def multiplied(rows: Floats, weights: Floats) -> Floats:
    """The product of two matrices, where what comes of a row is the same to the bit whatever stands beside it.

    How a matrix is cut into tiles decides the last bits of a sum, and so, rarely, how a sentence is read: in
    company another way than alone. Eight rows at a time are cut alike wherever a row stands among them.
    """
    count, width = rows.shape
    if short := -count % TOGETHER:
        rows = np.concatenate([rows, np.zeros((short, width), dtype="f")])
    found: Floats = np.matmul(rows.reshape(-1, TOGETHER, width), weights)
    return found.reshape(-1, weights.shape[1])[:count]


class _Steady(NumpyOps):  # type: ignore[misc] # thinc has no types here
    """Everything as numpy does it, eight rows at a time."""

    def gemm(
        self,
        x: Floats,
        y: Floats,
        out: Floats | None = None,
        trans1: bool = False,  # noqa: FBT001, FBT002 (thinc's signature)
        trans2: bool = False,  # noqa: FBT001, FBT002
    ) -> Floats:
        """The product, where asked for in `out`."""
        if trans1:
            raise NotImplementedError("products of the left matrix's transpose belong to training")
        found = multiplied(x, np.ascontiguousarray(y.T) if trans2 else y)
        if out is None:
            return found
        out[:] = found
        return out


def _reckon_steadily(nlp: Language) -> None:
    ops = _Steady(use_blis=False)
    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        for node in model.walk() if model else ():
            node.ops = ops


class _Tok2Vec:
    """The model's four convolutions, over rows remembered by the features that they are made of."""

    def __init__(self, model: Model[list[Doc], list[Floats]]) -> None:
        embed, encode = model.layers
        self._columns = embed.layers[0].attrs["columns"]
        self._name = f"V{8 * len(self._columns)}"
        self._tables = [node for node in embed.walk() if node.name == "hashembed"]
        self._mix = _weights(embed)
        self._layers = [_weights(residual) for residual in encode.layers[0].layers]
        self._ops = _Steady(use_blis=False)
        self._forget(ROWS)

    def __call__(self, docs: Sequence[Doc]) -> list[Floats]:
        places = [*_places(docs)]
        size = places[-1].stop + PADDING
        padded = np.zeros((size + -size % TOGETHER, WIDTH), dtype="f")
        rows, at = self._rows(docs), 0
        for place, doc in zip(places, docs, strict=True):
            padded[place] = rows[at : at + len(doc)]
            at += len(doc)
        for weights in self._layers:
            padded += _mixed(self._ops.seq2col(padded, 1), *weights)
        return [padded[place] for place in places]

    def _embedded(self, features: Any) -> Floats:  # noqa: ANN401 (numpy's arrays of ids)
        """A row for each of these words, whatever stands beside it."""
        ids = np.ascontiguousarray(features.T, dtype="uint64")
        return _mixed(np.concatenate([*map(self._looked_up, self._tables, ids)], axis=1), *self._mix)

    def _looked_up(self, table: Model[Any, Floats], ids: Any) -> Floats:  # noqa: ANN401 (numpy's arrays of ids)
        vectors: Any = table.get_param("E")
        found: Floats = self._ops.gather_add(vectors, self._ops.hash(ids, table.attrs["seed"]) % len(vectors))
        return found

    def _rows(self, docs: Sequence[Doc]) -> Floats:
        features = np.concatenate([doc.to_array(self._columns) for doc in docs])
        names = features.view(self._name).ravel().tolist()
        new = {name: at for at, name in enumerate(names) if name not in self._at}
        if len(self._at) + len(new) > len(self._known):
            new = {name: at for at, name in enumerate(names)}
            self._forget(max(ROWS, len(new)))
        if new:
            start, end = len(self._at), len(self._at) + len(new)
            self._known[start:end] = self._embedded(features[[*new.values()]])
            self._at.update(zip(new, range(start, end), strict=True))
        return self._known[[self._at[name] for name in names]]

    def _forget(self, size: int) -> None:
        self._at: dict[bytes, int] = {}
        self._known: Floats = np.zeros((size, WIDTH), dtype="f")


def _mixed(rows: Floats, weights: Floats, bias: Floats, gain: Floats, shift: Floats) -> Floats:
    """The best of three pieces of each number, normalized."""
    hidden = multiplied(rows, weights)
    hidden += bias
    best = np.maximum(hidden[:, :WIDTH], hidden[:, WIDTH : 2 * WIDTH])
    np.maximum(best, hidden[:, 2 * WIDTH :], out=best)
    best -= best.mean(1, keepdims=True)
    variance = np.einsum("ij,ij->i", best, best) / WIDTH + 1e-8
    best *= (1 / np.sqrt(variance))[:, None]
    best *= gain
    best += shift
    return best


def _weights(model: Any) -> tuple[Floats, Floats, Floats, Floats]:  # noqa: ANN401 (thinc has no types for its parameters)
    nodes = {node.name: node for node in model.walk()}
    maxout, norm = nodes["maxout"], nodes["layernorm"]
    columns = WIDTH * PIECES
    # all first pieces, all second, all third
    weight = maxout.get_param("W").swapaxes(0, 1).reshape(columns, -1)
    bias = maxout.get_param("b").swapaxes(0, 1).reshape(columns)
    return np.ascontiguousarray(weight.T), bias, norm.get_param("G"), norm.get_param("b")


def _places(docs: Sequence[Doc]) -> Iterator[slice]:
    start = PADDING
    for doc in docs:
        yield slice(start, start + len(doc))
        start += len(doc) + PADDING


def _as_model(read: Callable[[list[Doc]], list[Floats]]) -> Model[list[Doc], list[Floats]]:
    def forward(_: object, docs: list[Doc], is_train: bool) -> tuple[list[Floats], Any]:  # noqa: FBT001 (thinc's signature)
        if is_train:
            raise NotImplementedError("this pipeline is for reading, not for training")
        return read(docs), None

    return Model("remembered_tok2vec", forward, dims={"nO": WIDTH})


@Language.factory(REMEMBERED)
def _remembered(nlp: Language, name: str) -> _Words:  # noqa: ARG001 (spaCy names every component)
    return _Words(nlp)


class _Words:
    """What the attribute ruler and then the lemmatizer made of a word with this tag and dependency, remembered.

    The ruler's patterns of one token ask for TAG, DEP, IS_SPACE and whether LOWER is one of the words that they
    list. The lemmatizer asks, as the key of its own cache says, for the word and the class and morphology that
    the ruler gave it. A sentence in which a pattern of two tokens may match is left to the two of them.
    """

    def __init__(self, nlp: Language) -> None:
        pipes: dict[str, Any] = dict(nlp.pipeline)
        self._ruler, self._lemmatizer = pipes["attribute_ruler"], pipes["lemmatizer"]
        _index(self._lemmatizer.lookups.get_table("lemma_index"))
        self._id = nlp.vocab.strings.add
        patterns = [pattern for rule in self._ruler.patterns for pattern in rule["patterns"]]
        asked = [token["LOWER"] for pattern in patterns for token in pattern if "LOWER" in token]
        self._listed = {self._id(word) for each in asked for word in _words(each)}
        pairs = [
            (first.get("LOWER") or first["DEP"], second["LOWER"])
            for first, second in (pattern for pattern in patterns if len(pattern) > 1)
        ]
        self._pairs = {tuple(map(self._id, pair)) for both in pairs for pair in product(*map(_words, both))}
        self._firsts = {first for first, _ in self._pairs}
        self._ruled: dict[tuple[int, int, int], Any] = Bounded(WORDS)
        self._memo: dict[bytes, tuple[int, int, int, str] | None] = Bounded(WORDS)

    def __call__(self, doc: Doc) -> Doc:
        columns = doc.to_array([TAG, LOWER, DEP, ORTH])
        names = columns.view("V32").ravel().tolist()
        for at, name in enumerate(names):
            if name not in self._memo:
                self._memo[name] = self._learnt(doc[at])
        known = [row for row in map(self._memo.get, names) if row]
        if not known or len(known) < len(names) or self._paired(columns):
            self._lemmatizer(self._ruler(doc))
            return doc
        rows = [(tag, pos, morph, self._id(lemma)) for tag, pos, morph, lemma in known]
        found: Any = np.array(rows, dtype="uint64")
        doc.from_array(RULED, found)
        return doc

    def _paired(self, columns: Any) -> bool:  # noqa: ANN401 (numpy's arrays of ids)
        _, lowers, roles, _ = columns.T.tolist()
        if self._firsts.isdisjoint(lowers + roles):
            return False
        return not self._pairs.isdisjoint([*pairwise(lowers), *zip(roles, lowers[1:], strict=False)])

    def _learnt(self, word: Any) -> tuple[int, int, int, str] | None:  # noqa: ANN401 (spaCy's Token)
        """What the two make of the word by itself; None where that changes its role."""
        sort = word.lower if word.lower in self._listed else int(word.is_space)
        key = word.tag, sort, word.dep
        if key not in self._ruled:
            self._ruled[key] = self._alone(word)
        ruled = self._ruled[key]
        return (*ruled[:3], self._lemma(word, ruled)) if ruled else None

    def _alone(self, word: Any) -> tuple[int, int, int, int] | None:  # noqa: ANN401 (spaCy's Token)
        alone = Doc(word.vocab, words=[word.text], spaces=[True])
        alone[0].tag, alone[0].dep = word.tag, word.dep
        tag, pos, morph, lemma = self._ruler(alone).to_array(RULED)[0].tolist()
        return (tag, pos, morph, lemma) if alone[0].dep == word.dep else None

    def _lemma(self, word: Any, ruled: tuple[int, int, int, int]) -> str:  # noqa: ANN401 (spaCy's Token)
        _, word.pos, morph, lemma = ruled
        word.set_morph(morph)
        found: str = word.vocab.strings[lemma] if lemma else self._lemmatizer.lemmatize(word)[0]
        return found


def _index(words: dict[str, Any]) -> None:
    """Make the lemmatizer's lists of words sets: all that it asks of them is whether a word is there."""
    for name in [*words]:
        words[name] = frozenset(words[name])


def _words(asked: str | Mapping[str, Any]) -> Sequence[str]:
    """The words, or roles, that one of the ruler's patterns asks for."""
    if isinstance(asked, str):
        return (asked,)
    return asked["IN"] if "IN" in asked else SPELLED[asked["REGEX"]]
