"""What one setting may be: each checked, with errors that say what is wrong and never repeat what was given."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from service.document.meanings import name_of
from service.document.model import Section
from service.mail_address import is_mail_address
from service.settings.model import Secret

KINDS = "story, task, bug or epic"


def wrong(reason: str) -> PydanticCustomError:
    """An error whose reason may be shown: it must not hold what was given."""
    return PydanticCustomError("wrong", "{reason}", {"reason": reason})


def setting(default: Any, description: str, valid: str, **limits: Any) -> Any:  # noqa: ANN401 (as pydantic's own Field)
    """A field with its help and what is valid in it; no default means that it must be given."""
    return Field(default, description=description, json_schema_extra={"valid": valid}, **limits)


def _number(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise wrong("is no number")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise wrong("is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise wrong("is no address")
    if parts.username or parts.password:
        raise wrong("holds a user name or a password, which have settings of their own")
    if parts.query or parts.fragment or re.search(r"[\s\\]", value):
        raise wrong("holds more than an address")
    return value.rstrip("/")


def _webhook(value: str) -> str:
    """An address that may hold a query, as some webhooks' secrets stand there."""
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong("is no address") from None
    if not fine or parts.username or parts.fragment or re.search(r"[\s\\]", value):
        raise wrong("is no address")
    return Secret(value)


def _database(value: str) -> str:
    scheme = value.split(":", 1)[0].split("+", 1)[0].lower()
    if scheme in ("postgres", "postgresql"):
        return _server(value)
    if scheme != "sqlite" or not value.startswith("sqlite:///") or value in ("sqlite:///", "sqlite:///:memory:"):
        raise wrong("names neither an SQLite file nor a PostgreSQL database")
    return value


def _server(value: str) -> str:
    """A PostgreSQL database; the password may be left to the driver (PGPASSWORD, a service file)."""
    try:
        parts = urlsplit(value)
        name = parts.path.lstrip("/")
        _ = parts.port
    except ValueError:
        raise wrong("is no address of a database") from None
    if not value.split(":", 1)[1].startswith("//") or not name or "/" in name:
        raise wrong("names no PostgreSQL database")
    return Secret(value)


def _secrets(value: object) -> object:
    given = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise wrong("is no text")
    kept = [one for one in given if one]
    if len(kept) > 2:
        raise wrong(f"holds {len(kept)} secrets")
    return [Secret(one) for one in kept]


def _people(value: object) -> object:
    return [one for one in re.split(r"[,\s]+", value) if one] if isinstance(value, str) else value


def _hosts(value: list[str]) -> list[str]:
    for one in value:
        if not re.fullmatch(r"(?:\*\.)?[a-z0-9]+(?:[.-][a-z0-9]+)*", one):
            raise wrong("holds what is no host")
    return value


def _names(value: list[str]) -> list[str]:
    if not all(name.strip() for name in value):
        raise wrong("holds an empty name")
    return value


def _terms(value: object) -> object:
    """The words, whether they stand alone or each with what it means, which is for people to read."""
    if isinstance(value, dict):
        if not all(isinstance(meant, str) and meant.strip() for meant in value.values()):
            raise wrong("holds a word whose meaning is no text")
        return list(value)
    return value


def _heading(value: Section) -> Section:
    if value not in OPENED:
        raise wrong(f"is “{value}”, which no heading opens")
    return value


def _heading_name(value: str) -> str:
    if not name_of(value):
        raise wrong("is no heading")
    return value


def at_least(length: int) -> AfterValidator:
    """A check that a text, if there is one, has as many characters."""

    def check(value: str) -> str:
        if value and len(value) < length:
            raise wrong(f"has {len(value)} characters")
        return value

    return AfterValidator(check)


def _label(value: str) -> str:
    if not re.fullmatch(r"\S{0,80}", value):
        raise wrong("is no label: at most 80 characters without spaces")
    return value


def _field_id(value: str) -> str:
    if not re.fullmatch(r"(customfield_[0-9]{1,12})?", value):
        raise wrong("is no field's id")
    return value


def _readers(value: str) -> str:
    if not re.fullmatch(r"((role|group):\S.{0,200})?", value):
        raise wrong("names neither a role nor a group")
    return value


def _site_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", value):
        raise wrong("is no name for a site: lower-case letters, digits and hyphens, at most 63, as in partners-eu")
    return value


def _host_name(value: str) -> str:
    if not re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|[0-9a-fA-F:]{2,39})?", value):
        raise wrong("is no host: neither scheme nor port belong to it")
    return value


def _mail_address(value: str) -> str:
    if value and not is_mail_address(value):
        raise wrong("is no e-mail address, which is all that is wanted here")
    return value


def _repository(value: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,100}/[\w.-]{1,100}", value, re.ASCII):
        raise wrong("holds what is no repository")
    return value


Seconds = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(_number)]
Url = Annotated[str, AfterValidator(_url)]
WebhookUrl = Annotated[str, AfterValidator(_webhook)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
SecretText = Annotated[str, AfterValidator(Secret)]
SecretTexts = Annotated[list[str], BeforeValidator(_secrets)]
SiteName = Annotated[str, AfterValidator(_site_name)]
Repositories = Annotated[list[Annotated[str, AfterValidator(_repository)]], BeforeValidator(_people)]
Label = Annotated[str, AfterValidator(_label)]
FieldId = Annotated[str, AfterValidator(_field_id)]
HostName = Annotated[str, AfterValidator(_host_name)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Readers = Annotated[str, AfterValidator(_readers)]
People = Annotated[list[str], BeforeValidator(_people)]
Hosts = Annotated[People, AfterValidator(_hosts)]
Names = Annotated[list[str], AfterValidator(_names)]
Terms = Annotated[Names, BeforeValidator(_terms)]
HeadingName = Annotated[str, AfterValidator(_heading_name)]
OpenedSection = Annotated[Section, AfterValidator(_heading)]
OPENED = tuple(section for section in Section if section not in (Section.TITLE, Section.NONE))
TERMS = 'a list of words, or a table of words and what each means, as in {"real-time" = "within 2 seconds"}'
PERCENT = "a whole number from 0 to 100"
NAMES = 'a list of names, as in ["Blocked", "On hold"]'
PEOPLE = "names with spaces or commas between them, or a domain as in *@your-team.example"
ACCOUNTS = "pairs such as ada@your-team.example=jira:5b10ac8d82e05b22cc7d4ef5, or =jira/⟨site⟩:… for a named site"
ACCOUNT_CLAIMS = "pairs such as jira:atlassian_id, or jira/⟨site⟩:… for a named site"
HOSTS = "hosts with spaces or commas between them, such as your-team.atlassian.net or *.atlassian.net"
SECRETS = "one text, or two with a space between them while you change it"
