"""What sort of ticket it is."""

import pytest

from service.kind import kind_of
from service.ticket import Kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Story", Kind.STORY),
        ("User Story", Kind.STORY),
        ("  user   story ", Kind.STORY),
        ("Task", Kind.TASK),
        ("Sub-task", Kind.TASK),
        ("Bug", Kind.BUG),
        ("Defect", Kind.BUG),
        ("Epic", Kind.EPIC),
        ("New Feature", Kind.STORY),
        ("Improvement", Kind.STORY),
        ("Aufgabe", Kind.TASK),
        ("Fehler", Kind.BUG),
        ("Historia", Kind.STORY),
        ("Tarea", Kind.TASK),
        ("Récit", Kind.STORY),
        ("Tâche", Kind.TASK),
        ("Bogue", Kind.BUG),
        ("Épopée", Kind.EPIC),
        ("タスク", Kind.TASK),
        ("故障", Kind.BUG),
        ("Ошибка", Kind.BUG),
        ("Whatever", None),
        ("", None),
        (None, None),
    ],
)
def test_type_names_in_many_languages(name, kind):
    assert kind_of(name, {}, (), "A title", "Some text.") is kind


def test_the_operators_names_come_first():
    assert kind_of("bug", {"Bug": Kind.TASK}, (), "", "") is Kind.TASK
    assert kind_of("Vorgang", {"vorgang": Kind.STORY}, ("bug",), "", "") is Kind.STORY


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("bug",), Kind.BUG),
        (("type: bug", "urgent"), Kind.BUG),
        (("type::feature",), Kind.STORY),
        (("kind/enhancement",), Kind.STORY),
        (("tech-debt",), Kind.TASK),
        (("bug", "enhancement"), None),
        (("frontend",), None),
    ],
)
def test_labels_count_where_they_agree(labels, kind):
    assert kind_of(None, {}, labels, "A title", "") is kind


@pytest.mark.parametrize(
    ("title", "description", "kind"),
    [
        ("As an editor, I want to undo, so that I lose nothing", "", Kind.STORY),
        ("Undo", "Intro\n\nAs a blind reader, I need headings.", Kind.STORY),
        ("Crash on save", "Steps to reproduce:\n1. Save", Kind.BUG),
        ("Wrong total", "Expected: 3\nActual: 4", Kind.BUG),
        ("Crash", "It fails.\n  at org.acme.Main.run(Main.java:14)", Kind.BUG),
        ("As a rule we want tests", "", Kind.STORY),
        ("Rename the table", "Then update the docs.", None),
        ("Expected growth", "Expected: 3 %", None),
    ],
)
def test_the_texts_own_shape(title, description, kind):
    assert kind_of(None, {}, (), title, description) is kind


def test_hostile_shapes_return():
    for text in ("\n" * 500_000, "As a " * 100_000, "at a" * 100_000, "Expected: " * 100_000):
        kind_of(None, {}, (), text, text)
