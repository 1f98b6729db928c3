"""Every clarity.toml, however odd: it is taken, or refused in one line that repeats no secret."""

import json
import typing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from service.settings import SettingsError, load
from service.settings.schema import File
from tests.fuzz.examples import examples

SECRET = "CANARY-which-nobody-may-read-12345678"
SECRETS = ("token", "secret", "key", "password", "webhook", "database_url")
NAMES = st.sampled_from(["default", "SHOP", "story", "partners-eu", "x y", "a.b", "café", ""])
ODD = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["https://jira.example", "https://[::1", "http://a:99999", "*@x.example", "off", "story", "a\nb"]
    ),
    st.just([]),
    st.just({}),
)


@st.composite
def like(draw, kind, name=""):
    """A value such as this setting takes, or one of another shape."""
    if any(word in name for word in SECRETS):
        return draw(st.sampled_from([SECRET, [SECRET], {"a": SECRET}, [[SECRET]], [{"a": SECRET}]]))
    if draw(st.integers(0, 9)) == 0:
        return draw(ODD)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        table = draw(table_of(kind))
        return [table] if draw(st.integers(0, 9)) == 0 else table
    inner = [one for one in typing.get_args(kind) if one is not type(None)]
    origin = typing.get_origin(kind)
    if origin is dict:
        return {one: draw(like(inner[1])) for one in draw(st.lists(NAMES, max_size=2, unique=True))}
    if origin is list:
        return draw(st.lists(like(inner[0], name), max_size=2))
    if origin is typing.Literal:
        return draw(st.sampled_from(inner))
    return draw(like(inner[0], name)) if inner else draw(ODD)


@st.composite
def table_of(draw, model):
    names = draw(st.lists(st.sampled_from(sorted(model.model_fields)), max_size=4, unique=True))
    return {name: draw(like(model.model_fields[name].annotation, name)) for name in names}


def toml(value):
    """A value as TOML writes it, where a JSON that says no more than ASCII does not."""
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("settings")


@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(table_of(File))
def test_any_file_is_taken_or_refused_in_one_line_without_its_secrets(folder, told):
    path = folder / "clarity.toml"
    path.write_text("\n".join(f"{name} = {toml(value)}" for name, value in told.items()), encoding="utf-8")
    said = ""
    try:
        shown = repr(load({"CLARITY_DATA_DIR": str(folder)}, path))
    except SettingsError as error:
        shown = said = str(error)
    assert len(said.splitlines()) <= 1
    assert SECRET not in shown
