"""The same parses, sooner: exact transformations of one pipeline, for the versions they were proven on.

Three things cost most in spaCy's small English pipeline and need not: BLIS, whose kernels are slow on many
processors; the attribute ruler, which tries 179 patterns on words it has seen before; and the embedding of words
it has seen before. What is read stays the same, token for token: tests/document/test_fast.py compares.

Nothing is remembered that dies with a memory zone: keys are hashes and flags, and what the ruler gives a word
(tags, morphology, lemmas of its own patterns) was interned with the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.about import __version__ as spacy_version
from spacy.attrs import DEP, LEMMA, LOWER, MORPH, POS, TAG
from spacy.language import Language
from spacy.tokens import Doc
from thinc.about import __version__ as thinc_version
from thinc.api import Model, NumpyOps, chain

Floats = npt.NDArray[np.float32]
PROVEN = frozenset({("3.8.18", "8.3.14", "c9439648376c")})
"""Versions of spaCy and thinc, and the digest of the model's files."""
REMEMBERED = "remembered_attribute_ruler"
ROWS, WORDS = 20_000, 20_000
"""The most that is remembered of the embedding and of the ruler; then each begins afresh."""
WIDTH, PIECES, PADDING = 96, 3, 4
"""The model's own: numbers a word, pieces of a maxout, and rows between docs so that none sees another."""
TOGETHER = 8
"""Rows that are multiplied at once."""
OPENERS = ("ai", "gon", "got", "let", "c'm", "y", "y'")
"""Words that begin the ruler's patterns of two tokens; the only other one begins with an expletive."""


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
        features, *layers = embed.layers
        self._columns = features.attrs["columns"]
        self._name = f"V{8 * len(self._columns)}"
        self._embed: Model[list[Any], list[Floats]] = chain(*layers)
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
            padded += self._convolved(padded, *weights)
        return [padded[place] for place in places]

    def _convolved(self, rows: Floats, weights: Floats, bias: Floats, gain: Floats, shift: Floats) -> Floats:
        hidden = multiplied(self._ops.seq2col(rows, 1), weights)
        hidden += bias
        best: Floats = self._ops.maxout(hidden.reshape(len(rows), WIDTH, PIECES))[0]
        best -= best.mean(1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best) / WIDTH + 1e-8
        best *= (1 / np.sqrt(variance))[:, None]
        best *= gain
        best += shift
        return best

    def _rows(self, docs: Sequence[Doc]) -> Floats:
        features = np.concatenate([doc.to_array(self._columns) for doc in docs])
        names = features.view(self._name).ravel().tolist()
        new = {name: at for at, name in enumerate(names) if name not in self._at}
        if len(self._at) + len(new) > len(self._known):
            new = {name: at for at, name in enumerate(names)}
            self._forget(max(ROWS, len(new)))
        if new:
            found = self._embed.predict([features[[*new.values()]]])[0]
            start, end = len(self._at), len(self._at) + len(new)
            self._known[start:end] = found
            self._at.update(zip(new, range(start, end), strict=True))
        return self._known[[self._at[name] for name in names]]

    def _forget(self, size: int) -> None:
        self._at: dict[bytes, int] = {}
        self._known: Floats = np.zeros((size, WIDTH), dtype="f")


def _weights(residual: Any) -> tuple[Floats, Floats, Floats, Floats]:  # noqa: ANN401 (thinc has no types for its parameters)
    nodes = {node.name: node for node in residual.layers[0].walk()}
    maxout, norm = nodes["maxout"], nodes["layernorm"]
    columns = WIDTH * PIECES
    weight = np.ascontiguousarray(maxout.get_param("W").reshape(columns, columns).T)
    return weight, maxout.get_param("b").reshape(columns), norm.get_param("G"), norm.get_param("b")


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
def _ruler(nlp: Language, name: str) -> _Ruler:  # noqa: ARG001 (spaCy names every component)
    return _Ruler(nlp)


class _Ruler:
    """What the attribute ruler made of a word with this tag and dependency, remembered.

    Its patterns of one token ask for TAG, LOWER, DEP and IS_SPACE, and the last follows from LOWER. A sentence
    with a word that may begin a pattern of two tokens is left to the ruler itself.
    """

    def __init__(self, nlp: Language) -> None:
        self._ruler = nlp.get_pipe("attribute_ruler")
        self._openers = frozenset(nlp.vocab.strings.add(word) for word in OPENERS)
        self._expletive = nlp.vocab.strings.add("expl")
        self._memo: dict[bytes, tuple[int, ...] | None] = {}

    def __call__(self, doc: Doc) -> Doc:
        names = doc.to_array([TAG, LOWER, DEP]).view("V24").ravel().tolist()
        if new := {name: at for at, name in enumerate(names) if name not in self._memo}:
            if len(self._memo) + len(new) > WORDS:
                self._memo, new = {}, {name: at for at, name in enumerate(names)}
            self._memo.update((name, self._learnt(doc, at)) for name, at in new.items())
        rows = [self._memo[name] for name in names]
        if not rows or None in rows:
            return self._ruler(doc)
        found: Any = np.array(rows, dtype="uint64")
        return doc.from_array([TAG, POS, MORPH, LEMMA], found)

    def _learnt(self, doc: Doc, at: int) -> tuple[int, ...] | None:
        """What the ruler makes of the word alone; None where its neighbours may matter, or its role changes."""
        word = doc[at]
        if word.lower in self._openers or word.dep == self._expletive:
            return None
        alone = Doc(doc.vocab, words=[word.text], spaces=[True])
        alone[0].tag, alone[0].dep = word.tag, word.dep
        self._ruler(alone)
        found = tuple(alone.to_array([TAG, POS, MORPH, LEMMA])[0].tolist())
        return found if alone[0].dep == word.dep else None
