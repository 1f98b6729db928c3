"""Stock spaCy, our whole way from markup to findings, and its parts, slice by slice."""

from dataclasses import replace
from itertools import islice
from time import perf_counter, process_time

from service import collector, document, rulebook
from service.document import language, tongue
from service.document.known_words import KnownWords
from service.parsing import BATCH
from service.policy import Policy
from service.review import Reviewer
from service.ticket import Text

STOCK_BATCH = 64
TOGETHER = 32
POLICY = Policy()


def measured(slices):
    """Figures by name, one value a slice; the first slice warms up.

    How long a ticket takes depends on the machine; as a part of what stock spaCy takes there it does less.
    """
    ways = Ways()
    rounds = [ways.turn(one) for one in slices][1:]
    columns = {name: [one[name] for one in rounds] for name in rounds[0]}
    stock, ours, nlp = columns["stock"], columns["ours"], columns["nlp"]
    return {
        "tokens a ticket": columns["tokens"],
        "stock nlp.pipe, ms a ticket": stock,
        "end to end, ms a ticket": ours,
        "end to end, × stock": _ratio(stock, ours),
        "NLP alone, ms a ticket": nlp,
        "NLP alone, × stock": _ratio(stock, nlp),
        "markup alone, ms a ticket": columns["markup"],
        "rules alone, ms a ticket": columns["rules"],
        "all but NLP, ms a ticket": columns["rest"],
        "rules alone, % of stock": _percent(columns["rules"], stock),
        "all but NLP, % of stock": _percent(columns["rest"], stock),
        "a new ticket by itself, ms": columns["new"],
        "an edited ticket by itself, ms": columns["edited"],
        "an edited ticket, × cheaper": _ratio(columns["new"], columns["edited"]),
    }


def _ratio(over, under):
    return [one / other for one, other in zip(over, under, strict=True)]


def _percent(part, whole):
    return [100 * each for each in _ratio(part, whole)]


class Ways:
    """Each way with a pipeline and a memory of its own, so that none profits by another."""

    def __init__(self):
        rules = rulebook.load()
        self.stock = language.load(fast=False)
        self.nlp = language.load()
        self.known_words = KnownWords(self.nlp)
        self.timed = Timed(language.load())
        self.reviewer = Reviewer(rules, self.timed)
        self.lone = Reviewer(rules, language.load())
        collector.settle()  # as a worker does

    def turn(self, tickets):
        """Milliseconds a ticket of this slice, by way."""
        documents = [document.read(ticket) for ticket in tickets]
        stripped = ["\n".join(unit.text for unit in one.units) for one in documents]
        count, tokens = len(tickets), 0
        began = process_time()
        for doc in self.stock.pipe(stripped, batch_size=STOCK_BATCH):
            tokens += len(doc)
        found = {"stock": process_time() - began}
        self.timed.seconds, began = 0.0, process_time()
        for at in range(0, count, TOGETHER):
            self.reviewer.review_all([(ticket, POLICY) for ticket in tickets[at : at + TOGETHER]])
        found["ours"] = process_time() - began
        found["rest"] = found["ours"] - self.timed.seconds
        began = process_time()
        for ticket in tickets:
            tongue.why_unjudged(document.read(ticket))
        found["markup"] = process_time() - began
        found["rules"] = found["rest"] - found["markup"]
        found["nlp"] = self._parsed(documents)
        found |= self._lone(tickets)
        return {name: seconds / count * 1000 for name, seconds in found.items()} | {"tokens": tokens / count}

    def _parsed(self, documents):
        began = process_time()
        for at in range(0, len(documents), TOGETHER):
            texts = list({unit.text: None for one in documents[at : at + TOGETHER] for unit in one.units})
            self.known_words.meet(texts)
            with self.nlp.memory_zone():
                for _ in self.nlp.pipe(texts, batch_size=BATCH):
                    pass
        return process_time() - began

    def _lone(self, tickets):
        """Every ticket by itself, and again with one sentence changed."""
        new = edited = 0.0
        for number, ticket in enumerate(tickets):
            began = process_time()
            self.lone.review(ticket, POLICY)
            between = process_time()
            self.lone.review(changed(ticket, number), POLICY)
            new, edited = new + between - began, edited + process_time() - between
        return {"new": new, "edited": edited}


def changed(ticket, number):
    """The ticket with a sentence more, as after an answer to our comment."""
    text = ticket.description
    sentence = f"\n\nThe list is sorted by date and shows {number} rows on one page."
    return replace(ticket, description=Text((text.content or "") + sentence, text.markup))


class Timed:
    """A pipeline that knows how long it took to parse, and to take apart the words that it is to remember."""

    def __init__(self, nlp):
        self._nlp, self.seconds = nlp, 0.0

    def __getattr__(self, name):
        return getattr(self._nlp, name)

    def tokenizer(self, text):
        began = perf_counter()  # to read the processor's time would take half as long as a word
        doc = self._nlp.tokenizer(text)
        self.seconds += perf_counter() - began
        return doc

    def pipe(self, texts, batch_size):
        remaining = iter(texts)
        while some := [*islice(remaining, batch_size)]:
            began = process_time()
            docs = [*self._nlp.pipe(some, batch_size=batch_size)]
            self.seconds += process_time() - began
            yield from docs
