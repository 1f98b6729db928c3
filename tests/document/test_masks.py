"""What hides is looked for only where it can begin. It must be just what looking everywhere would find."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.document import masks
from service.document.model import Block, BlockKind

PARTS = [
    *(
        "the",
        "list",
        "Open",
        "isn't",
        "x",
        "7",
        "ß",
        " ",
        "  ",
        "\n",
        "\t",
        "\u00a0",
        ".",
        ",",
        ":",
        "-",
        "--",
        "…",
    ),
    *('"', "“", "”", "„", "«", "»", "'", "‘", "’", "`", "{{", "}}", "${", "}", "{", "(", ")", "[", "]", "|"),
    *("/", "\\", "@", "~", "C:", "_", "$", "#", "www.", "http://", "https://x.org/a", "a.b", "f(x)", "camelCase"),
    *(
        "e.g.",
        "a.b.c",
        "::",
        "\u2003",
        "A_",
        "n't",
        "snake_case",
        "a@b.org",
        "@lee",
        "--quiet",
        "app/main.py",
        "org.app.Main.run",
        "../up/there",
        "don’t",
    ),
]


@settings(max_examples=1_000)
@given(st.lists(st.sampled_from(PARTS), max_size=24).map("".join))
@example("say 'it's fine' to a@b.org/it_is and „so“")
@example("x.www.-abc and 'www.abc")
@example('"a b" c"d e" f')
def test_what_hides_is_found_wherever_it_begins(text):
    everywhere = [found.span() for found in masks._HIDDEN.finditer(text)]
    assert [*masks.hidden(text)] == everywhere


def test_ranges_of_the_markup_and_of_the_text_are_one():
    block = Block(BlockKind.PARAGRAPH, 'See "Save it" in code_name', "title", (), masked=((5, 9),))
    assert masks.with_masks(block) == ((4, 13), (17, 26))
