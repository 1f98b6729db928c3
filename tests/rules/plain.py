"""What patterns find when each is asked about every sentence, by spaCy's and RE2's own matchers and nothing else."""

import re2
from spacy.matcher import DependencyMatcher, Matcher, PhraseMatcher

from service import matchers
from service.matchers import Sentence
from service.matchers._guard import longest, touches
from service.matchers._scan import Scan


def tokens(nlp, spec):
    matcher = Matcher(nlp.vocab, validate=True)
    matcher.add("any", [list(map(dict, pattern)) for pattern in spec.patterns])
    return lambda s: longest((span.start_char, span.end_char) for span in matcher(s.doc, as_spans=True))


def phrase(nlp, spec):
    written = PhraseMatcher(nlp.vocab, attr="LOWER")
    phrases = [nlp.make_doc(phrase) for phrase in spec.phrases]
    written.add("any", phrases)

    def find(sentence):
        doc = sentence.doc
        hits = [(span.start_char, span.end_char) for span in written(doc, as_spans=True)]
        for words in [[token.lower_ for token in each] for each in phrases] if spec.by == "lemma" else []:
            for start in range(len(doc) - len(words) + 1):
                span = doc[start : start + len(words)]
                if [token.lemma_.lower() for token in span] == words:
                    hits.append((span.start_char, span.end_char))
        return longest(hits)

    return find


def regex(nlp, spec):
    def find(sentence):
        found = []
        for one in spec.expressions:
            for match in re2.finditer(one.pattern, sentence.unit.text, one.options):
                found.append(match.span(match.re.groupindex.get("match", 0)))
        return longest(found)

    return find


def dependency(nlp, spec):
    matcher = DependencyMatcher(nlp.vocab, validate=True)
    for number, pattern in enumerate(spec.patterns):
        matcher.add(str(number), [[branch.plain() for branch in pattern]])

    def find(sentence):
        doc, found = sentence.doc, []
        for key, places in matcher(doc):
            names = [branch.name for branch in spec.patterns[int(nlp.vocab.strings[key])]]
            marked = [i for i, name in zip(places, names, strict=True) if not spec.mark or name in spec.mark]
            span = doc[min(marked) : max(marked) + 1]
            found.append((span.start_char, span.end_char))
        return longest(found)

    return find


def guarded(nlp, guard, match):
    def spans(doc, patterns):
        matcher = Matcher(nlp.vocab)
        matcher.add("any", [list(map(dict, pattern)) for pattern in patterns])
        return [(span.start_char, span.end_char) for span in matcher(doc, as_spans=True)] if patterns else []

    def after(doc):
        before = PhraseMatcher(nlp.vocab, attr="LOWER")
        before.add("any", [nlp.make_doc(phrase) for phrase in guard.unless_after])
        starts = [span.start_char for span in before(doc, as_spans=True)]
        return [(min(starts), len(doc.text))] if starts else []

    def find(s):
        unit, heard = s.unit, {name for name, hits in s.hits.items() if hits}
        stands = unit.role in guard.roles and unit.section in guard.sections and unit.kind in guard.blocks
        wanted = not guard.if_said or heard & set(guard.if_said)
        if not stands or not wanted or heard & set(guard.unless_said):
            return []
        if spans(s.doc, [[token] for token in guard.unless_has]):
            return []
        exceptions = spans(s.doc, guard.unless_within) + after(s.doc)
        return [hit for hit in match(s) if not any(touches(hit, other) for other in exceptions)]

    return find


OWN = {"tokens": tokens, "phrase": phrase, "regex": regex, "dependency": dependency}


def build(nlp, kind, spec):
    """The matcher of that kind; a kind that is no pattern language of its own is built as it is."""
    if kind == "either":
        parts = [build(nlp, *part) for part in spec.alternatives]
        return lambda s: longest(hit for part in parts for hit in part(s))
    if kind in OWN:
        return guarded(nlp, spec.guard, OWN[kind](nlp, spec))
    scan = Scan(nlp)
    matcher = matchers.module(kind).build(scan, spec)

    def find(s):
        table, [found] = scan.look_through([s.doc], [s.unit.text])
        sentence = Sentence(s.unit, s.doc, s.hits, found, table, table.bounds[0])
        return matcher.find(sentence) if matcher.stands(s.unit) else ()

    return find
