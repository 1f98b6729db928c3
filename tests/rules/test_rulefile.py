"""What is wrong in a rule file is told with its line, its column and what is valid."""

import os
import shutil
import tracemalloc

import pytest

from service import rulebook, rulefile
from service.rulebook import RuleFileError

GOOD = """\
id: fast
title: A quality
applies_to: [story, task]
severity: warning
dimension: precision
weight: 8
find:
  phrase:
    any_of: [fast, quick]
message: “{match}” cannot be tested.
why: An adjective hides a number.
coach: Write a number.
"""


def faults(tmp_path, text, name="wording/fast.yaml"):
    path = tmp_path / "team" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        rulebook.read_folders([tmp_path / "team"])
    return str(caught.value)


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_good_file_is_read(tmp_path):
    (tmp_path / "fast.yaml").write_text(GOOD, encoding="utf-8")
    book = rulebook.read_folders([tmp_path])
    assert book.rules["fast"].weight == 8
    assert book.rules["fast"].title == "A quality"


WRONG = [
    (
        changed("severity: warning", "severity: high"),
        '4:11: severity "high" is unknown. Choose one of: hint, warning, blocker.',
    ),
    (changed("severity:", "severty:"), "4:1: severty is unknown in the file. Did you mean severity?"),
    (changed("weight: 8", "weight: 800"), "6:9: weight 800 is out of range. Choose a number from 0 to 100."),
    (
        changed("weight: 8", "weight: heavy"),
        "6:9: weight must be a whole number from 0 to 100, and is text.",
    ),
    (changed("id: fast", "id: slow"), '1:5: id "slow" must be the file\'s name, fast.'),
    (changed("title: A quality\n", ""), "1:1: the file lacks title."),
    (changed("title: A quality", "title:"), "2:7: title must be text, and is empty. Put it in quotes."),
    (changed("any_of: [fast, quick]", "any_of: [fast, on]"), "9:20: any_of must be text, and is a yes/no value."),
    (changed("any_of: [fast, quick]", "any_of: []"), "9:13: any_of is an empty list."),
    (changed("  phrase:", "  phrases:"), "8:3: phrases is unknown in find. Did you mean phrase?"),
    (changed("[story, task]", "[story, chore]"), '3:21: applies_to "chore" is unknown.'),
    (
        changed("message: “{match}”", "message: “{quote}”"),
        "10:10: a message may hold {match} and no other braces.",
    ),
    (GOOD + "when: {team: red}\n", "13:8: team is unknown in when. Choose one of: label, status, project."),
    (GOOD + "examples:\n  bad:\n    - It is [[fast.\n", "15:7: [[ opens here and is never closed by ]]."),
    (GOOD + "title: Again\n", "13:1: title stands here twice."),
    (GOOD + "source: *alias\n", "13:9: anchors and aliases (& and *) are not allowed"),
    (changed("[fast, quick]", "&a [fast]"), "anchors and aliases"),
    (changed("title: A quality", "title: !!python/object:os.system x"), "2:8: the tag tag:yaml.org,2002:python"),
    (changed("weight: 8", "weight: [8"), "this is no valid YAML"),
    (GOOD + "---\nid: two\n", "a rule file holds one rule"),
    ("", "1:1: the file is empty."),
    ("- a\n- b\n", "1:1: the file must be a mapping (key: value), and is a list."),
    ("id: " + "[" * 30 + "]" * 30, "nested deeper than 20 levels"),
    ("id: x\ntitle: " + "x" * 70_000, "larger than 64,000 characters"),
]


@pytest.mark.parametrize(("text", "what"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_told_with_its_place(tmp_path, text, what):
    told = faults(tmp_path, text)
    assert "wording/fast.yaml:" in told
    assert what in told


PATTERNS = [
    (
        "tokens: {any_of: [[{LOWER: {REGEX: a+}}]]}",
        "REGEX is not allowed in a token pattern. Use the regex matcher.",
    ),
    ("tokens: {any_of: [[{LOWER: {FUZZY1: a}}]]}", "FUZZY1 is not allowed"),
    ("tokens: {any_of: [[{_: {x: 1}}]]}", "_ is not allowed"),
    ("tokens: {any_of: [[{LOWR: a}]]}", "LOWR is no token attribute"),
    ("tokens: {any_of: [[{LOWER: a, OP: '{1,9999}'}]]}", 'OP "{1,9999}" is unknown'),
    ("tokens: {any_of: [[{LOWER: a, OP: '*'}]]}", "may match nothing at all"),
    ("tokens: {any_of: [[{POS: {AMONG: [ADJ]}}]]}", "AMONG is unknown for POS"),
    ("regex: {any_of: '(?<=a)b'}", "RE2 cannot read this expression"),
    ("regex: {any_of: 'a*'}", "matches the empty text"),
    ("regex: {any_of: '(a{1000}){1000}'}", "RE2 cannot read this expression"),
    ("phrase: {any_of: [a], by: stem}", 'by "stem" is unknown. Choose one of: lemma, lower.'),
    ("phrase: {any_of: [a], unless_said: nobody}", 'unless_said "nobody" is unknown'),
    ("phrase: {any_of: [a], where: {roles: [chapter]}}", 'roles "chapter" is unknown'),
    ("dependency: {any_of: [[{RIGHT_ID: a, RIGHT_ATTRS: {POS: VERB}}, {LEFT_ID: b}]]}", "lacks REL_OP"),
    ("missing: {any_of: [{section: [steps], signal: [x]}]}", "a condition holds exactly one of"),
    ("missing: {any_of: [{section: [stepz]}]}", 'section "stepz" is unknown'),
    ("either: [{missing: {any_of: [{section: [steps]}]}}]", "missing is unknown in either"),
]


@pytest.mark.parametrize(("find", "what"), PATTERNS, ids=range(len(PATTERNS)))
def test_a_pattern_is_checked_before_it_is_used(tmp_path, find, what):
    told = faults(tmp_path, changed("phrase:\n    any_of: [fast, quick]", find))
    assert what in told
    assert "fast.yaml:8:" in told


SUGGESTED = [
    ("{make: measur}", 'there is no maker "measur". Choose one of: criteria, '),
    ("{makes: measure}", "makes is unknown in suggest. Did you mean make?"),
    ("{make: measure, say: ⟨what⟩}", "suggest must hold exactly one key, and holds 2."),
    ('{say: "{word}: ⟨what⟩"}', "a suggestion may hold {match} and no other braces"),
    ("{say: within 3 seconds}", "a suggestion without a ⟨blank⟩ would state a fact that nobody told us"),
]


@pytest.mark.parametrize(("suggest", "what"), SUGGESTED, ids=range(len(SUGGESTED)))
def test_a_suggestion_is_checked_before_it_is_used(tmp_path, suggest, what):
    told = faults(tmp_path, f"{GOOD}suggest: {suggest}\n")
    assert what in told
    assert "fast.yaml:" in told


@pytest.mark.parametrize("suggest", ['{instead: "⟨n⟩"}', '{add: "{match}: ⟨n⟩"}'])
def test_an_absence_has_no_words_to_put_something_in_the_place_of(tmp_path, suggest):
    absent = changed("phrase:\n    any_of: [fast, quick]", "missing: {any_of: [{section: [steps]}]}")
    told = faults(tmp_path, absent.replace("“{match}”", "It") + f"suggest: {suggest}\n")
    assert "this rule finds an absence" in told


def test_an_absence_has_no_words_to_show(tmp_path):
    told = faults(
        tmp_path, changed("phrase:\n    any_of: [fast, quick]", "missing: {any_of: [{section: [steps]}]}")
    )
    assert "missing finds an absence" in told


def test_every_broken_file_is_told_at_once(tmp_path):
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "one.yaml").write_text("id: two\n", encoding="utf-8")
    told = faults(tmp_path, changed("severity: warning", "severity: high"))
    assert "team/one.yaml:1:1" in told
    assert "team/wording/fast.yaml:4:11" in told


def test_an_id_is_used_once(tmp_path):
    (tmp_path / "team" / "a").mkdir(parents=True)
    (tmp_path / "team" / "a" / "fast.yaml").write_text(GOOD, encoding="utf-8")
    assert "fast is already the id of team/a/fast.yaml" in faults(tmp_path, GOOD)


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"id: \xff\xfe")
    with pytest.raises(RuleFileError, match="not UTF-8"):
        rulebook.read_folders([tmp_path])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_a_pipe_is_told_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(RuleFileError, match="cannot be read: it is a pipe"):
        rulebook.read_folders([tmp_path])


def test_of_a_file_that_is_too_large_no_more_is_read_than_tells_it(tmp_path):
    with (tmp_path / "large.yaml").open("wb") as stream:
        stream.truncate(100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(RuleFileError, match=r"larger than 64,000 characters"):
            rulebook.read_folders([tmp_path])
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(RuleFileError, match="does not exist"):
        rulebook.load([tmp_path / "nowhere"])


def test_the_last_good_rules_stay_in_force(tmp_path):
    (tmp_path / "fast.yaml").write_text(GOOD, encoding="utf-8")
    good, error = rulebook.load_or_last_good([tmp_path], rulebook.Rulebook())
    assert error is None
    (tmp_path / "fast.yaml").write_text("id: [", encoding="utf-8")
    kept, error = rulebook.load_or_last_good([tmp_path], good)
    assert kept is good
    assert "fast.yaml:2:1: this is no valid YAML" in str(error)


def test_the_version_changes_with_the_meaning_and_not_with_the_words(tmp_path):
    def version(text):
        (tmp_path / "fast.yaml").write_text(text, encoding="utf-8")
        return rulebook.read_folders([tmp_path]).version

    first = version(GOOD)
    assert version(changed("title: A quality", "title: Other words")) == first
    assert version(GOOD + "# a comment\n") == first
    assert version(changed("weight: 8", "weight: 9")) != first
    assert version(changed("fast, quick", "fast, rapid")) != first


def test_ids_are_told_apart_by_their_folder_alone_if_they_are_signals(tmp_path):
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "loud.yaml").write_text(
        "id: loud\ntitle: Loud\nfind: {phrase: {any_of: [loud]}}\n", encoding="utf-8"
    )
    (tmp_path / "fast.yaml").write_text(
        changed("any_of: [fast, quick]", "any_of: [fast, quick]\n    unless_said: loud"), encoding="utf-8"
    )
    book = rulebook.read_folders([tmp_path])
    assert set(book.signals) == {"loud"}
    assert set(book.rules) == {"fast"}


def test_the_shipped_rules_are_found_where_the_wheel_puts_them(tmp_path, monkeypatch):
    package = tmp_path / "site" / "service"
    shutil.copytree(rulebook.shipped(), package / "rules")
    monkeypatch.setattr(rulebook, "__file__", str(package / "rulebook.py"))
    assert rulebook.shipped() == package / "rules"


def test_numbers_and_words_are_what_yaml_says(tmp_path):
    node = rulefile.read("a: 1\nb: '1'\nc: yes\nd: 1.5\n", "x.yaml")
    assert node.plain() == {"a": 1, "b": "1", "c": True, "d": 1.5}


def test_the_names_of_all_rules_are_told_without_loading_them(tmp_path):
    book = rulebook.load()
    (tmp_path / "own-rule.yaml").write_text("broken: [")
    assert rulebook.names([tmp_path]) == {*book.rules, *book.signals, "own-rule"}
