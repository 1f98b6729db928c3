"""Recognises what people paste without a fence: stack traces, log lines, shell sessions, source code, dumps."""

from __future__ import annotations

import re

from service.document.model import BlockKind

_SIGNED = r"(?=[^\s.:@(]*+[.:@(])"
"""A first word with a sign in it: by this prose is told from what begins with a name before each form is tried."""
_LOG = (
    r"\[?(?:\d{4}[-/.]\d\d?[-/.]\d\d?[T ,_]+\d\d?:\d\d|\(?\d\d?:\d\d:\d\d[.,:\]) ]"
    r"|(?=[A-Z])(?:(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct"
    r"|Nov|Dec) +\d\d?,? (?:\d{4},? )?\d\d?:\d\d"
    r"|(?:ERROR|ERR|WARN|WARNING|INFO|DEBUG|TRACE|FATAL|SEVERE|NOTICE|CRITICAL)(?:\]|:? *\["
    r"|: |\s+\S*[.:/=\d]|$)))|\d\d-\d\d \d\d:\d\d:\d\d|(?:INFO|WARN|ERRO|DEBU)\[\d"
    r"|[VDIWEF]/[\w.$-]+ *(?:\(|:)"
    r"|at (?:[\w$.<>/]+ ?\(|[\w$.<>/@-]+\(|async [\w$.<>]+ \(|\S+:\d+(?::\d+)?$)"
    r"|(?:Caused by|Suppressed|Exception in thread|Process|FATAL EXCEPTION|goroutine \d+|panic"
    r"|Call trace|Call Trace|Stack trace|!(?:ENTRY|MESSAGE|STACK|SESSION|SUBENTRY))\b ?:?"
    r" ?(?:[\w$.]+[.:]|\"|\[|\d|$)|\.\.\. \d+ (?:more|common)|Traceback \(most recent"
    r"|File \"[^\"]{1,300}\", line \d+"
    r"|#\d+ +0x|0x[0-9a-f]{6,}\b|\[[0-9a-f]{6,16}\] |time=\"\d{4}-|level=\w+"
    rf"|{_SIGNED}(?:(?:[a-z]\w*\.){{2,}}[A-Z]\w*(?:Exception|Error|Fault|Throwable)\b"
    r"|[A-Z]\w{2,60}(?:Exception|Error): |[\w./-]+\.\w{1,4}:\d+:(?:\d+:|in\b)"
    r"|[\w.$<>/]{3,300}\([\w$]{1,80}\.(?:java|kt|scala|groovy|py|rb|js|ts|cs|php|go):\d+\))"
)
_CODE = (
    r"\$ ?[a-z./~]|[%#>] (?:sudo|cd|ls|cat|docker|git|npm|curl|python|pip|vi|vim|echo|rm|mkdir"
    r"|make|export)\b|>>> ?|\.\.\. {2,}|In \[\d+\]:"
    r"|(?:PS )?[A-Z]:\\[^>\n]{0,200}>"
    r"|import [\w.]+(?:;|\.[\w.*{]+;?)?$|from [\w.]+ import |#include *[<\"]|package [\w.]+;|using [\w.]+;"
    r"|(?:public|private|protected|static|final|async|export|abstract)\s.{0,300}[({;=]\s*$"
    r"|(?:async )?(?:def \w+|function ?\w*) ?\(|class \w+(?:\([^()]{0,200}\)|(?: extends"
    r"| implements) [\w., <>]+)? ?[:{]"
    r"|(?:var|let|const|val) \w+ ?[=:]|(?:if|for|while|switch|catch|elif"
    r"|else if) ?\(.{0,300}\) ?\{?$|(?:try|else|finally|do) ?[{:]$|(?:for \w+ in|if|elif|while"
    r"|with|except) [^.?!]{1,200}:$|return [\w.]+\(?.{0,200};$"
    r"|[\]})(]+[;,)]*$|[{\[]$|\"[\w.$ -]{1,60}\" ?: ?[\"\[{\dtfn-]|@[A-Z]\w+(?:\(|$)"
    r"|<\?xml|<[a-z][\w:.-]*>$|<!DOCTYPE|</[\w:.-]+>|<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+=[\"'].*"
    r"|[^<>]{0,300}>.{0,500}</[\w:.-]+>|[^<>]{0,200}/>)\s*$"
    r"|[\w.\[\]\"']++ ?[-+*/|]?= ?(?:[\w.]+\(|[\"'\[{]|new |None$|True$|False$|null;?$"
    r"|-?\d[\w.]*;?$)|\w++ \w++ = new \w+"
    rf"|{_SIGNED}(?:[\w$]{{1,80}}+(?:\.[\w$]{{1,80}}+){{1,10}}+\(.{{0,300}}\);?$"
    r"|\[?[\w.-]++@[\w.-]+[:~ ][^$#]{0,200}[$#])"
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (?:TABLE|INDEX|VIEW)|ALTER TABLE|DROP TABLE|EXPLAIN)\s"
    r"|diff --git|@@ -\d|[-+]{3} [ab]/|index [0-9a-f]{7}|[+-]\s{2,}\S"
    r"|(?:curl|docker|git|npm|pip|sudo|kubectl|apt-get|mvn|yarn|helm|wget|ssh|python3?|java"
    r"|node) (?:[\w./:=@-]+ ){0,6}--?\w[\w-]*"
)
_STATEMENT = re.compile(r"[=()\[\].>].{0,500}[;{]\s*$")
_PASTED = re.compile(f"(?:{_LOG})|(?P<code>{_CODE})")
_LOOKED_AT = 400
"""Characters of a line that tell what it is."""
_SYMBOLS = b'{}()[]<>=;|\\/_$#@&*+~^%"`:'
_SENTENCE = re.compile(
    r"[A-Z\"“(*_-].{0,60}\b(?:the|a|an|is|are|to|and|of|in|I|it|that|this|when|we|should|not)\b.*[.!?:)]\s*$"
)


def of_line(line: str) -> BlockKind | None:
    """LOG or CODE where one stripped line is plainly so by itself."""
    line = line[:_LOOKED_AT]
    pasted = _PASTED.match(line)
    if pasted:
        if not pasted["code"]:
            return BlockKind.LOG
        return None if _SENTENCE.match(line) and line[-1] not in ";{" else BlockKind.CODE
    if line[-1] in ";{" and _STATEMENT.search(line[-600:]):
        return BlockKind.CODE
    size = len(line)
    if size < 12 or "://" in line:
        return None
    typed = line[:300].encode(errors="replace")  # among bytes they are counted soonest
    symbols = len(typed) - len(typed.translate(None, _SYMBOLS))
    dense = symbols > 0.22 * min(size, 300)
    return BlockKind.CODE if dense and not _SENTENCE.match(line[:600]) else None


def is_sentence(line: str) -> bool:
    """Whether a line reads like a person's sentence."""
    return _SENTENCE.match(line[:600]) is not None


def follows(raw: str) -> bool:
    """Whether a line after code or a log still belongs to it: it is set in from the margin and is no sentence."""
    return raw[:1] in " \t" and raw[:3] not in {" - ", " * "} and not is_sentence(raw.strip())
