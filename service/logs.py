"""Logs on standard error: readable in a terminal, else one JSON object a line. No text, no secrets."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.settings import MailServer, OAuthApp, OidcProvider, Secret, Settings, Site

# What could hold a ticket's words or a credential under its usual name. Whoever logs one has it left out.
DROPPED = frozenset(
    {"title", "description", "text", "body", "comment", "quote", "excerpt", "payload"}
    | {"password", "authorization", "cookie", "token", "secret"}
)
_QUERY = re.compile(r"\?[^\s\"'<>)]+")
HIDDEN = "***"


def configure(settings: Settings | None = None) -> None:
    """Set up logging for this process. The settings' secrets are blotted out wherever they appear."""
    known = _secrets(settings) if settings else ()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where,
        _Redact(known),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    terminal = sys.stderr.isatty()
    last: Processor = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-2], _where, _without_queries, _Redact(known)],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("service").setLevel(logging.INFO)


class _Redact:
    """Leaves out what may hold text, and blots out known secrets."""

    def __init__(self, known: Iterable[str]) -> None:
        longest_first = sorted({one for one in known if len(one) >= 4}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {key: self._clean(value) for key, value in event.items() if key.lower() not in DROPPED}

    def _clean(self, value: object) -> object:
        if isinstance(value, Secret):
            return HIDDEN
        if isinstance(value, str):
            return self._known.sub(HIDDEN, value) if self._known else value
        if isinstance(value, list | tuple):
            return [self._clean(one) for one in value]
        if isinstance(value, dict):
            return {key: self._clean(one) for key, one in value.items() if str(key).lower() not in DROPPED}
        return value


def _where(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its kind and where it arose; its message might quote a ticket."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
        event["at"] = frames(info[2])
    return event


def frames(trace: TracebackType | None, last: int = 8) -> list[str]:
    """The last places of a traceback, without anything that was computed there."""
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-last:]]


def _without_queries(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What a library says, without the queries of addresses in it."""
    return {**event, "event": _QUERY.sub("?…", str(event.get("event", "")))}


def _secrets(settings: Settings) -> list[str]:
    places: list[Settings | Site | OAuthApp | OidcProvider | MailServer] = [
        settings,
        *(site for sites in settings.sites.values() for site in sites.values()),
        *settings.oauth.values(),
        *([settings.oidc] if settings.oidc else ()),
        *([settings.smtp] if settings.smtp else ()),
    ]
    held = [getattr(place, one.name) for place in places for one in fields(place)]
    flat = [one for value in held for one in (value if isinstance(value, tuple) else (value,))]
    return [str(one) for one in flat if isinstance(one, Secret) and one]
