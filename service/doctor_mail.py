"""What `clarity doctor` says of the server that takes our mail."""

from __future__ import annotations

from collections.abc import Iterator

from service.diagnosis import Check, State
from service.settings import MailServer, Settings
from service.weekly.smtp import MailDown, connected, takes_sender

NAME = "mail"


def mail(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """Whether mail can be sent, if it is set up; sends none. `offline` asks no server."""
    server = settings.smtp
    if server is None:
        return
    if settings.oidc is None:
        advice = "Set CLARITY_OIDC_ISSUER and what belongs to it: people ask for mail where they log in."
        yield Check(NAME, State.ODD, "nobody can ask for any, as no login provider is set", advice)
    if not offline:
        yield _asked(server)


def _asked(server: MailServer) -> Check:
    where = f"{server.host}, port {server.port}, tls {server.tls}"
    advice = "Check CLARITY_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD, and that this machine may connect there."
    try:
        with connected(server) as client:
            fine = takes_sender(client, server.sender)
    except MailDown as error:
        return Check(NAME, State.WRONG, f"{where}: {error}", advice)
    if not fine:
        advice = "Set CLARITY_SMTP_SENDER to an address that it lets us use."
        return Check(NAME, State.WRONG, f"{where}: it takes no mail from CLARITY_SMTP_SENDER", advice)
    return Check(NAME, State.WELL, where)
