"""Our own pages show our elements and nobody else's."""

from html.parser import HTMLParser

from hypothesis import given, settings

from service.comment import CommentTree, Item, Items, Link, Mention, Paragraph, Quoted, Snippet, Words
from service.render import clean, html
from tests.render.hostile import anything, sentence, trees

TAGS = {"p", "strong", "em", "bdi", "ul", "ol", "li", "pre", "code", "details", "summary"}


class Reader(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.text, self.other = [], [], "", []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.other.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@settings(max_examples=200)
@given(trees)
def test_only_our_elements_are_there(tree):
    page = Reader(html.render(tree))
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {tuple(attrs.items()) for _, attrs in page.tags} <= {(), (("class", "quoted"),)}
    assert not page.open
    assert not page.other


@settings(max_examples=300)
@given(anything)
def test_a_quote_reads_as_it_was(quote):
    page = Reader(html.render(sentence(quote)))
    assert page.text == f"See “{clean.quoted(quote)}” there."
    assert [tag for tag, _ in page.tags] == ["p", "bdi"]


def test_every_node_has_its_element():
    tree = CommentTree(
        (
            Paragraph(
                (Mention('5b"><b>'), Words(" & ", strong=True), Link("rule", "https://example.org/?a=1&b=2"))
            ),
            Paragraph((Link("no", "javascript:x"), Words("soft", emphasis=True))),
            Items((Item((Paragraph((Quoted("a<b"),)), Snippet("</code>"))),), ordered=True),
        )
    )
    assert html.render(tree) == (
        '<p><span class="mention">@5b&quot;&gt;&lt;b&gt;</span><strong> &amp; </strong>'
        '<a href="https://example.org/?a=1&amp;b=2" rel="noopener">rule</a></p>\n'
        "<p>no<em>soft</em></p>\n"
        '<ol><li><p><bdi class="quoted">“a&lt;b”</bdi></p><pre><code>&lt;/code&gt;</code></pre></li></ol>'
    )
