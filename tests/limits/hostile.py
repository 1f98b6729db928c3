"""Texts meant to stall a parser or to fill the memory, and what each costs: run as a program, it answers in JSON.

Each text is scored in a process of its own, forked off once the model is loaded, so that its processor time and
its highest memory are its own. A hard limit ends one that runs away.
"""

import itertools
import json
import os
import resource
import sys
import time

WORDS = "export report ledger invoice search filter payment account upload archive".split()
ACRONYMS = ["".join(letters) for letters in itertools.product("BCDFGHJKLMNPQRST", repeat=4)][:16_000]
MEGABYTE = 1_000_000
QUICK_SECONDS = 2.0
HARD_SECONDS = 30
HARD_BYTES = 2_000 * MEGABYTE


def prose(size):
    """So many characters of English, no two sentences alike, as a parser's cache would make light of them."""
    sentences, length = [], 0
    while length < size:
        n = len(sentences)
        sentences.append(
            f"The {WORDS[n % 10]} of batch {n} should be fast, and the {WORDS[n // 10 % 10]} quite robust. "
        )
        length += len(sentences[-1])
    return "".join(sentences)


PROSE = prose(80)


def nested(depth):
    """An ADF document so deep."""
    node = {"type": "text", "text": PROSE}
    for _ in range(depth):
        node = {"type": "blockquote", "content": [node]}
    return {"type": "doc", "version": 1, "content": [node]}


def wide(paragraphs):
    """An ADF document so long."""
    texts = [{"type": "text", "text": f"{PROSE} {n}"} for n in range(paragraphs)]
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]} for text in texts]}


# The rows that stall or overfill a parser left to itself, each at its worst known size and at a megabyte.
TEXTS = {
    "prose of 100 kB": prose(100_000),
    "prose of 1 MB": prose(MEGABYTE),
    "more than a million characters": prose(MEGABYTE + 100_000),
    "8,000 opening brackets": "(" * 8_000,
    "8,000 quotation marks": '"' * 8_000,
    "8,000 hashes": "#" * 8_000,
    "100,000 opening brackets": "(" * 100_000,
    "brackets with words between": "(a" * 50_000,
    "symbols that alternate": "(\"#'" * 250_000,
    "tab and letter": "\tx" * 50_000,
    "tab and letter, 1 MB": "\tx" * 500_000,
    "80,000 emoji": "\U0001f600" * 80_000,
    "emoji of several code points": "\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 40_000,
    "a lone surrogate": "The export is \ud800 fast. " * 20,
    "nothing but surrogates": "\udc00" * MEGABYTE,
    "one word of 1 MB": "a" * MEGABYTE,
    "a new word each time": " ".join(f"w{n:x}q" for n in range(120_000)),
    "a new acronym each time": " ".join(ACRONYMS),
    "new acronyms in prose": " or so the ".join(ACRONYMS[:5_000]),
    "combining marks": "e" + "\u0301" * 500_000,
    "direction marks": "\u202efast\u202c " * 100_000,
    "null bytes": "\x00" * MEGABYTE,
    "a list that goes ever deeper": "\n".join("  " * n + "- the export is fast" for n in range(1_000)),
    "emphasis that never ends": "**a " * 250_000,
    "links that never end": "[a](" * 250_000,
    "a table of 1 MB": "| a | b |\n|---|---|\n" + "| fast | robust |\n" * 55_000,
    "character references": "&amp;" * 200_000,
    "link definitions that repeat": "".join(f"[{n}]: /x\n" for n in range(40_000)) + "[0]" * 100_000,
}
DOCUMENTS = {
    "ADF of 50,000 levels": nested(50_000),
    "ADF of 1 MB": wide(8_000),
    "ADF of 200,000 empty nodes": {"type": "doc", "content": [{"type": "paragraph"}] * 200_000},
}
CASES = [
    *((name, "markdown", text) for name, text in TEXTS.items()),
    *((name, "wiki", text) for name, text in TEXTS.items()),
    *((name, "adf", document) for name, document in DOCUMENTS.items()),
]


def measured(score, tries=3):
    """The least of a few measurements, as others who work on the machine make each of them longer."""
    costs = []
    while len(costs) < tries and not (costs and costs[-1]["seconds"] < QUICK_SECONDS):
        costs.append(measured_once(score))
    return min(costs, key=lambda cost: cost["seconds"])


def measured_once(score):
    """What a call costs in a process of its own: seconds of processor time, megabytes at most, and its answer."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (HARD_SECONDS, HARD_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (HARD_BYTES, HARD_BYTES))
        began = time.process_time()
        try:
            answer = score()
        except BaseException as error:  # whatever it is, the test is to see it
            answer = f"{type(error).__name__}: {error}"[:200]
        told = {"answer": answer, "seconds": time.process_time() - began}
        os.write(theirs, json.dumps(told).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        told = json.loads(stream.read() or b"{}")
    _, status, used = os.wait4(child, 0)
    return {"answer": f"died: {status}", "seconds": HARD_SECONDS} | told | {"megabytes": used.ru_maxrss // 1_000}


def main():
    """Score every text and write what each cost."""
    from service import rulebook
    from service.document import language
    from service.policy import Policy
    from service.review import Reviewer
    from service.ticket import Kind, Markup, Text, Ticket

    reviewer = Reviewer(rulebook.load(), language.load())
    reviewer.review(Ticket("0", "Warm up", Text(PROSE * 20, Markup.MARKDOWN)), Policy())

    def score(content, markup):
        title = content[:400] if isinstance(content, str) else "Export"
        review = reviewer.review(Ticket("1", title, Text(content, Markup(markup)), Kind.STORY), Policy())
        return [review.score, review.unread, len(review.findings)]

    costs = {
        f"{name}, {markup}": measured(lambda c=content, m=markup: score(c, m)) for name, markup, content in CASES
    }
    json.dump(costs, sys.stdout)


if __name__ == "__main__":
    main()
