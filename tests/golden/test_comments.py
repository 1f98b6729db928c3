"""Every shape of a comment, in every rendering, as people get it. `--update-golden` writes the files anew."""

import json
from pathlib import Path

import jsonschema
import pytest

from service.comment_json import from_json, to_json
from service.feedback import SIGNATURE, compose
from service.render import adf, html, markdown, wiki
from tests.golden.shapes import SHAPES
from tests.needs import shared

FOLDER = Path(__file__).parent / "comments"
RENDERINGS = {
    "adf.json": lambda tree: json.dumps(adf.render(tree), indent=1, ensure_ascii=False),
    "wiki": wiki.render,
    "md": markdown.render,
    "html": html.render,
}


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("shape", SHAPES)
def test_golden(shape, rendering, request):
    path = FOLDER / f"{shape}.{rendering}"
    said = RENDERINGS[rendering](compose(*SHAPES[shape])) + "\n"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


def test_no_golden_file_is_left_over():
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{shape}.{kind}" for shape in SHAPES for kind in RENDERINGS
    }


@pytest.mark.shared
@pytest.mark.parametrize("shape", SHAPES)
def test_adf_is_valid(shape):
    schema = json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(adf.render(compose(*SHAPES[shape])), schema, jsonschema.Draft4Validator)


@pytest.mark.parametrize("render", [markdown.render, wiki.render, html.render, lambda tree: str(adf.render(tree))])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_signature_survives_every_rendering(shape, render):
    assert SIGNATURE in render(compose(*SHAPES[shape]))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_comment_can_be_kept_as_json(shape):
    tree = compose(*SHAPES[shape])
    assert from_json(json.loads(json.dumps(to_json(tree)))) == tree
