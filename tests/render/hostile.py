"""Hostile words, and trees that carry them, for every renderer."""

from hypothesis import strategies as st

from service.comment import CommentTree, Folded, Item, Items, Paragraph, Quoted, Snippet, Words

PIECES = [
    "@admin", "@all", "[~admin]", "[~accountid:1]", "[click|https://evil.example]", "[click](https://evil.example)",
    "![x](https://evil.example/a.png)", "!https://evil.example/a.png!", "https://evil.example/?a=1&b=2",
    "www.evil.example", "evil.example", "me@evil.example", "mailto:me@evil.example", "<https://evil.example>",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p></bdi>", "&lt;b&gt;", "&#60;", "&amp",
    "{code}", "{noformat}", "{NOFORMAT:x=1}", "{panel:title=x}", "{color:red}", "{html}", "{include:page}",
    "{quote}", "{{mono}}", "h1. Heading", "bq. quote", "# one", "* item", "- item", "+ item", "1. item", "> quote",
    "----", "---", "--", "===", "||head||", "|cell|cell|", "*bold*", "**bold**", "_em_", "__em__", "-strike-",
    "~~strike~~", "+ins+", "^sup^", "~sub~", "??cite??", ":)", ":(", ":P", ":D", ";)", "(y)", "(n)", "(/)", "(x)",
    "(!)", "(+)", "(*r)", ":smile:", "`", "``", "```", "````", "`code`", "\\", "\\\\", "\\*", "”", "“", '"', "'",
    "ABC-123", "#123", "[[page]]", "[^1]", "[ ]", "- [x] done", "$x$", "$$y$$", "==mark==", "[x]: https://e.example",
    "\n", "\r\n", "\n\n", "\t", "\v", "\x00", "\x07", "\x1b[31m", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b",
    "\ufeff", "\ud800", "\udfff", "\ufffe", "\U000e0041", " ", "  ", "    ", "fast", "user-friendly", "etc.", "3.5",
    "ü", "שלום", "日本", "👩‍💻", "javascript:alert(1)", "file:///etc/passwd", "\\\\server\\share", "x" * 200,
    "data:text/html,x", "{*}", "{_}", "%{x}", "${x}", "{{7*7}}", "//", "http://", "=", "%", "0", "a",
]  # fmt: skip

hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=0, max_size=8).map("".join)
anything = hostile | st.text(max_size=300)


def sentence(quote):
    """A paragraph of ours around a ticket's words."""
    return CommentTree((Paragraph((Words("See "), Quoted(quote), Words(" there."))),))


words = st.builds(Words, anything, strong=st.booleans(), emphasis=st.booleans())
paragraphs = st.lists(words | st.builds(Quoted, anything, strong=st.booleans()), max_size=4).map(
    lambda parts: Paragraph(tuple(parts))
)
snippets = st.builds(Snippet, anything)
items = st.lists(paragraphs | snippets, max_size=3).map(lambda content: Item(tuple(content)))
lists = st.builds(Items, st.lists(items, max_size=3).map(tuple), ordered=st.booleans())
trees = st.lists(paragraphs | snippets | lists | st.builds(Folded, anything, anything), max_size=4).map(
    lambda nodes: CommentTree(tuple(nodes))
)
