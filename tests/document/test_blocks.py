"""Every markup becomes the same kinds of blocks; what nobody wrote or what was pasted is never judged."""

import pytest

from service.document import read
from service.document.model import PROSE, BlockKind
from service.ticket import Markup, Text, Ticket


def blocks(content, markup=Markup.MARKDOWN):
    document = read(Ticket("1", "", Text(content, markup)))
    return [placed.block for placed in document.blocks]


def kinds(content, markup=Markup.MARKDOWN):
    return [(block.kind.value, block.text) for block in blocks(content, markup)]


def paragraph(*content):
    return {"type": "paragraph", "content": list(content)}


def text(words, *marks):
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def node(name, *content, **attrs):
    return {"type": name, "attrs": attrs, "content": list(content)}


SAME = {
    Markup.MARKDOWN: (
        "## Goal\n\nUsers see **one** list.\n\n- first\n  1. nested\n- [x] done\n\n> quoted words\n\n```\ncode\n```\n\n"
        "| Head |\n|---|\n| cell |\n\n> [!NOTE]\n> a panel\n\n[Board](https://example.org/b)\n\n![shot](shot.png)\n\nTBD\n"
    ),
    Markup.WIKI: (
        "h2. Goal\n\nUsers see *one* list.\n\n* first\n*# nested\n* [x] done\n\n{quote}\nquoted words\n{quote}\n{code:java}\ncode\n{code}\n"
        "||Head||\n|cell|\n\n{panel}\na panel\n{panel}\n\n[Board|https://example.org/b]\n\n!shot.png|thumbnail!\n\nTBD\n"
    ),
    Markup.ADF: node(
        "doc",
        node("heading", text("Goal"), level=2),
        paragraph(text("Users see "), text("one", "strong"), text(" list.")),
        node(
            "bulletList",
            node(
                "listItem",
                paragraph(text("first")),
                node("orderedList", node("listItem", paragraph(text("nested")))),
            ),
        ),
        node("taskList", node("taskItem", text("done"), state="DONE")),
        node("blockquote", paragraph(text("quoted words"))),
        node("codeBlock", text("code")),
        node(
            "table",
            node("tableRow", node("tableHeader", paragraph(text("Head")))),
            node("tableRow", node("tableCell", paragraph(text("cell")))),
        ),
        node("panel", paragraph(text("a panel"))),
        paragraph({"type": "inlineCard", "attrs": {"url": "https://example.org/b"}}),
        node("mediaSingle", node("media", alt="shot.png")),
        paragraph(text("TBD")),
    ),
}


@pytest.mark.parametrize("markup", SAME)
def test_the_same_blocks_whatever_the_markup(markup):
    found = blocks(SAME[markup], markup)
    assert [block.kind.value for block in found] == (
        "heading paragraph list_item list_item task_item quote code table_cell table_cell panel link image placeholder".split()
    )
    heading, prose, first, nested, task, _, _, head, cell = found[:9]
    assert (heading.text, heading.level, prose.text) == ("Goal", 2, "Users see one list.")
    assert prose.text[slice(*prose.strong[0])] == "one"
    assert [(item.depth, item.ordered) for item in (first, nested)] == [(1, False), (2, True)]
    assert task.checked is True
    assert [(c.row, c.column) for c in (head, cell)] == [(0, 0), (1, 0)]


def test_plain_text_reads_the_marks_people_type():
    found = kinds("Goal:\n- one\n* two\n3) three\n[ ] four\n1 Open it\n2 close it\n\n## Old\ntext", Markup.PLAIN)
    assert found == [
        ("heading", "Goal"),
        ("list_item", "one"),
        ("list_item", "two"),
        ("list_item", "three"),
        ("task_item", "four"),
        ("list_item", "Open it"),
        ("list_item", "close it"),
        ("heading", "Old"),
        ("paragraph", "text"),
    ] or found[0][1] in {"Goal", "Goal:"}
    assert [kind for kind, _ in found[1:]] == ["list_item"] * 3 + ["task_item"] + ["list_item"] * 2 + [
        "heading",
        "paragraph",
    ]


def test_html_in_markdown():
    found = kinds(
        "<details>\n<summary>Logs</summary>\n\nSee <b>this</b><br>line\n\n</details>\n\n<table><tr><th>A</th><td>x &amp; y</td></tr></table>\n"
    )
    assert found == [
        ("heading", "Logs"),
        ("paragraph", "See this\nline"),
        ("table_cell", "A"),
        ("table_cell", "x & y"),
    ]


def test_wiki_escapes_mentions_colours_and_unclosed_macros():
    found = blocks(
        "Ask [~bob] for {color:red}red{color} \\*stars\\* and {{mono}}, not -old-.\n{code}\nx = 1;\n\nStill prose.",
        Markup.WIKI,
    )
    assert [(b.kind.value, b.text) for b in found] == [
        ("paragraph", "Ask bob for red *stars* and mono, not old."),
        ("code", "x = 1;"),
        ("paragraph", "Still prose."),
    ]
    assert [found[0].text[low:high] for low, high in found[0].masked] == ["bob", "mono", "old"]


def test_adf_keeps_the_text_of_nodes_it_does_not_know():
    adf = node(
        "doc",
        node("novelBlock", node("novelInline", text("kept words"))),
        paragraph({"type": "status", "attrs": {"text": "READY"}}),
        None,
        "x",
    )
    assert kinds(adf, Markup.ADF) == [("paragraph", "kept words"), ("paragraph", "READY")]
    assert kinds({}, Markup.ADF) == []
    assert kinds(None, Markup.ADF) == []


NOISE = [
    'Traceback (most recent call last):\n  File "a.py", line 3, in run\n    go()\nValueError: no',
    "java.lang.IllegalStateException: closed\n\tat org.acme.Main.run(Main.java:14)\n\t... 12 more",
    "2024-03-01 10:00:01 ERROR Pool is empty\n2024-03-01 10:00:02 INFO Pool is back",
    "[12:00:01] WARN [http] slow",
    "03-01 10:00:01.123  1234  1250 E Agent: stopped",
    "root@host:~# systemctl restart app",
    "$ curl -v http://localhost:8000/",
    '{\n  "id": 7,\n  "state": "open"\n}',
    "SELECT id, name FROM orders WHERE state = 'open';",
    "public static void main(String[] args) {\n    run();\n}",
    '<config>\n  <retry count="3"/>\n</config>',
]


@pytest.mark.parametrize("pasted", NOISE)
@pytest.mark.parametrize("markup", [Markup.PLAIN, Markup.WIKI])
def test_pasted_logs_and_code_are_not_judged(pasted, markup):
    found = blocks("The job stops.\n\n" + pasted + "\n\nPlease mend it.", markup)
    assert (found[0].text, found[-1].text) == ("The job stops.", "Please mend it.")
    assert all(block.kind not in PROSE for block in found[1:-1]), found


def test_a_log_within_a_paragraph_is_cut_out_of_it():
    found = kinds(
        "The job stops with\n2024-03-01 10:00:01 ERROR Pool is empty\nand I expect it to go on.", Markup.PLAIN
    )
    assert found == [
        ("paragraph", "The job stops with"),
        ("log", "2024-03-01 10:00:01 ERROR Pool is empty"),
        ("paragraph", "and I expect it to go on."),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "At 12:30 the job stops; then nothing happens.",
        "Import the file and select all rows from the table.",
        "An error: the page is empty (see above).",
        "If the user cancels, the order is kept (for 30 days).",
        "Use the class for buttons: it is blue.",
        "The ratio is 3/4 = 75 % of all users & guests.",
        "Please add a Report button so that I can report spam.",
        "Describe the shipping options to the customer before payment.",
        "Add a link to the profile page.",
        "None of the filters work.",
        "The user should see [Save] next to [Cancel].",
        "To do this, users need the admin role.",
        "Go to the settings page and click Save.",
        "When I click Save, nothing happens.",
        "A brief summary of the order is shown.",
        "As a reader, I want to sort so that I find books.",
    ],
)
def test_prose_is_not_mistaken_for_noise_or_template(sentence):
    for markup in (Markup.PLAIN, Markup.WIKI, Markup.MARKDOWN):
        assert [kind for kind, _ in kinds(sentence, markup)] == ["paragraph"]


@pytest.mark.parametrize(
    "prompt",
    [
        "TBD", "tbd.", "TODO", "n/a", "N/A", "None", "...", "…", "_No response_", "to be defined", "T.B.D.",
        "TBD by the team", "<!-- Say what is needed -->", "[placeholder]", "<describe the goal>", "[ ]", "lorem ipsum dolor",
        "As a <role>, I want <goal> so that <benefit>", "As a [type of user], I want [an action]", "As a ..., I want ... so that ...",
        "As a user, I want so that", "Given <context>", "Describe the bug here", "_Please fill in the details below_",
        "A clear and concise description of what the bug is.", "If applicable, add screenshots to help explain your problem.",
        "Add any other context about the problem here.", "- Criterion 1", "- AC 2", "Click on '...'", "Please describe your request",
    ],
)  # fmt: skip
def test_what_nobody_wrote_yet(prompt):
    found = blocks("## Acceptance criteria\n\n" + prompt)
    assert [block.kind.value for block in found] == ["heading", "placeholder"], found
    assert read(Ticket("1", "", Text("- " + prompt, Markup.PLAIN))).units == ()


def test_masks_hide_what_is_not_the_authors_wording():
    line = "Show “fast” and \"easy\" or 'soon', it's `quick`, at https://x.org/robust, /etc/simple/conf, user_friendly, @nice and don't stop."
    (block,) = blocks(line, Markup.PLAIN)
    assert [block.text[low:high] for low, high in block.masked] == [
        "“fast”", '"easy"', "'soon'", "`quick`", "https://x.org/robust,", "/etc/simple/conf", "user_friendly", "@nice",
    ]  # fmt: skip


def test_character_references_of_wiki_markup_are_what_a_reader_sees():
    source = "Expected&#58; the *bell* rings &amp; sings; AT&T and &bogus; stay."
    heading, sentence = blocks(source, Markup.WIKI)
    assert (heading.text, heading.kind) == ("Expected", BlockKind.HEADING)
    assert sentence.text == "the bell rings & sings; AT&T and &bogus; stay."
    at = sentence.text.index("sings")
    assert source[slice(*sentence.source(at, at + 5))] == "sings"


def test_a_python_session_in_markdown_is_code_and_hides_nothing_after_it():
    content = "The bell:\n>>> bell = Bell()\n>>> bell.ring()\nI expect two rings."
    assert kinds(content) == [
        ("paragraph", "The bell:"),
        ("code", ">>> bell = Bell()\n>>> bell.ring()"),
        ("paragraph", "I expect two rings."),
    ]
    assert {kind for kind, _ in kinds("> Bells\n>>> of a mail")} == {"quote"}
