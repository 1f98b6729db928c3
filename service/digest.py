"""A weekly word about the trends, posted to a channel's incoming webhook. Sentences and totals; no names, no keys.

That a week was told is noted once the channel has taken it: a channel that fails is tried again, and only a
service that dies between the two tells a week twice.
"""

from __future__ import annotations

from typing import Any

import requests
import structlog
from sqlalchemy import select

from service.reports.days import DAY, as_date, week_of
from service.reports.making import Untold, make
from service.reports.report import Report
from service.reports.selection import Selection
from service.settings import Settings
from service.settings.model import Digest
from service.store import Store
from service.store.dialect import insert
from service.store.schema import about
from service.trackers.outgoing import bind

HOUR_OF_DAY = 7
WEEKS_TOLD = 8
SECONDS = 20.0

log = structlog.get_logger(__name__)


def post_due(store: Store, settings: Settings, now: float) -> bool:
    """Post what is due at this time; False if a channel has to be tried again. Raises StoreUnavailable."""
    week = week_of(now)
    if now < week * DAY + HOUR_OF_DAY * 3600:
        return True
    settled = [_settled(store, settings, name, week) for name in settings.digests]
    return all(settled)


def _settled(store: Store, settings: Settings, name: str, week: int) -> bool:
    with store.reading() as connection:
        told = connection.execute(select(about.c.value).where(about.c.name == _mark(name))).scalar_one_or_none()
    if told is not None and int(told) >= week:
        return True
    digest = settings.digests[name]
    # The week that has just ended is the last one told.
    chosen = Selection(
        as_date(week - 1), project=digest.project, team=digest.team, since=as_date(week - 7 * WEEKS_TOLD)
    )
    try:
        report = make(store, settings, chosen)
    except Untold:
        log.info("digest not posted: nothing may be told", digest=name)
    else:
        if report.sample or not _post(name, digest, report, settings.base_url):
            return report.sample
    with store.writing() as connection:
        row = insert(connection.dialect.name, about).values(name=_mark(name), value=str(week))
        connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": str(week)}))
    return True


def _mark(name: str) -> str:
    return f"digest {name}"[:64]


def _post(name: str, digest: Digest, report: Report, base_url: str) -> bool:
    with requests.Session() as session:
        bind(session, digest.webhook, SECONDS)
        try:
            answer = session.post(digest.webhook, json=message(digest.format, report, base_url), timeout=SECONDS)
            answer.raise_for_status()
        except requests.RequestException as error:
            # Its message holds the address, which is a secret.
            log.warning("digest not posted", digest=name, error=type(error).__name__)
            return False
    log.info("digest posted", digest=name)
    return True


def message(form: str, report: Report, base_url: str) -> dict[str, Any]:
    """What is posted, as Slack or Teams reads it."""
    title = f"Ticket clarity: {report.about}"
    lines = [panel.sentence for panel in report.panels if not panel.empty]
    link = f"{base_url}/trends"
    if form == "teams":
        return _card(title, lines, link)
    told = "\n".join(f"• {_slack(line)}" for line in lines)
    return {"text": f"*{_slack(title)}*\n{told}\n<{link}|See the trends>"}


def _slack(text: str) -> str:
    """Text in which nothing comes alive."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _card(title: str, lines: list[str], link: str) -> dict[str, Any]:
    blocks = [{"type": "TextBlock", "text": title, "weight": "Bolder", "size": "Medium", "wrap": True}]
    blocks += [{"type": "TextBlock", "text": line, "wrap": True} for line in lines]
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": blocks,
        "actions": [{"type": "Action.OpenUrl", "title": "See the trends", "url": link}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}
