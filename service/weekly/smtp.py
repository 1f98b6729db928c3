"""Mail over SMTP, with the standard library. Facts: RFC 5321 (what an answer means), RFC 3207 (STARTTLS)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from service.settings import MailServer

SECONDS = 20.0
_DONE = 250
_FOR_GOOD = 500


class MailDown(Exception):
    """The server cannot be reached, or does not take mail from us. The sentence may be shown; nothing was sent."""


class Outcome(StrEnum):
    """What became of a mail. REFUSED: this address does not get it. LATER: not now. UNKNOWN: it was handed over,
    and no answer came. LEFT: another host did it.
    """

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"
    LEFT = "left"


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A session with the server, encrypted and logged in as the settings say. Raises MailDown.

    Its certificate has to be one that this machine trusts, for this host's name; without STARTTLS on offer nothing
    is said in the clear.
    """
    try:
        client = _greeted(server)
    except smtplib.SMTPAuthenticationError:
        raise MailDown("the server does not take our user and password") from None
    except smtplib.SMTPNotSupportedError as error:
        raise MailDown(f"the server does not offer what the settings ask for: {error}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailDown(f"the server cannot be used ({_kind(error)})") from None
    try:
        yield client
    finally:
        client.close()


def _greeted(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        if server.tls == "starttls":
            client.starttls(context=context)
        if server.user:
            client.login(server.user, str(server.password))
    except BaseException:
        client.close()
        raise
    return client


def takes_sender(client: smtplib.SMTP, sender: str) -> bool:
    """Whether the server takes mail from this address; sends none. Raises MailDown."""
    try:
        client.ehlo_or_helo_if_needed()
        code, _ = client.mail(sender)
        client.rset()
    except (smtplib.SMTPException, OSError) as error:
        raise MailDown(f"the server cannot be used ({_kind(error)})") from None
    return code == _DONE


def deliver(
    client: smtplib.SMTP, message: EmailMessage, *, sender: str, to: str, claim: Callable[[], bool]
) -> Outcome:
    """Hand one mail over. `claim` is asked at the last moment before, and says whether it is still to be sent.

    Raises MailDown where the session ended before anything was handed over, or the server takes none from us.
    """
    try:
        client.ehlo_or_helo_if_needed()
        refused = _announced(client, sender, to)
        if refused:
            client.rset()
            return refused
        if not claim():
            client.rset()
            return Outcome.LEFT
    except (smtplib.SMTPException, OSError) as error:
        raise MailDown(f"the session with the server ended ({_kind(error)})") from None
    return _handed_over(client, message)


def _announced(client: smtplib.SMTP, sender: str, to: str) -> Outcome | None:
    code, _ = client.mail(sender)
    if code >= _FOR_GOOD:
        # It is us whom it does not want, and no reader's fault: an operator can mend that within the week.
        raise MailDown(f"the server does not take mail from our sender (it answered {code})")
    if code != _DONE:
        return Outcome.LATER
    code, _ = client.rcpt(to)
    return None if code in (_DONE, 251) else _not_taken(code)


def _not_taken(code: int) -> Outcome:
    return Outcome.REFUSED if code >= _FOR_GOOD else Outcome.LATER


def _handed_over(client: smtplib.SMTP, message: EmailMessage) -> Outcome:
    try:
        code, _ = client.data(message.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as error:
        return _not_taken(error.smtp_code)
    except (smtplib.SMTPException, OSError):
        return Outcome.UNKNOWN
    return Outcome.SENT if code == _DONE else _not_taken(code)


def _kind(error: Exception) -> str:
    """What happened, without the words of a server, which may repeat what it was told."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}"
    if isinstance(error, smtplib.SMTPException):
        return type(error).__name__
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
