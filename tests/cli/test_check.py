import json
import os
import subprocess
import sys

import pytest

from tests.needs import ROOT


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_lines_come_back_in_order(clarity, reviewer):
    given = "".join(json.dumps({"id": n, "title": "fast" if n % 2 else "calm"}) + "\n" for n in range(100))
    result = clarity("check", "--input", "jsonl", "--format", "jsonl", given=given)
    assert result.exit_code == 0
    answers = lines(result)
    assert [answer["id"] for answer in answers] == list(range(100))
    assert [answer["score"] for answer in answers[:4]] == [100, 92, 100, 92]
    assert max(reviewer.batches) == 32


def test_a_bad_line_gets_an_error_in_its_place(clarity):
    given = b'{"id": "a", "title": "calm"}\n\n{"id": "b", "titel": "x"}\nno json\n\xff\n{"id": 3, "title": "calm"}'
    result = clarity("check", "--input", "jsonl", "--format", "jsonl", given=given)
    assert result.exit_code == 2
    answers = lines(result)
    assert [answer["id"] for answer in answers] == ["a", "b", None, None, 3]
    assert [answer.get("error") for answer in answers] == [
        None,
        'line 3: title is missing; did "titel" mean title?',
        "line 4: not valid JSON: Expecting value at line 1, column 1",
        "line 5: not UTF-8 at byte 0",
        None,
    ]


def test_a_line_that_is_too_long_is_told_and_passed_over(clarity, monkeypatch):
    monkeypatch.setattr("service.cli.reading.MAX_BYTES", 1_000)
    given = '{"id": 1, "title": "' + "x" * 5_000 + '"}\n{"id": 2, "title": "calm"}\n'
    answers = lines(clarity("check", "--input", "jsonl", "--format", "jsonl", given=given))
    assert [answer["id"] for answer in answers] == [None, 2]
    assert answers[0]["error"].startswith("line 1: larger than")


@pytest.mark.parametrize(
    "hostile", ["[" * 100_000, '{"a":' * 100_000, '{"title": ' + "9" * 5_000 + "}", '{"title": NaN}']
)
def test_a_hostile_line_is_told(clarity, hostile):
    result = clarity("check", "--input", "jsonl", "--format", "jsonl", given=hostile + "\n")
    assert result.exit_code == 2
    assert lines(result)[0]["error"].startswith("line 1: ")


def test_files_by_name(clarity, write, reviewer):
    md = write("story.md", "# A fast export\n\nIt is calm.\n")
    wiki = write("story.wiki", "h1. Calm\nfast\n")
    txt = write("note.txt", "Calm\n\nfast\n")
    result = clarity("check", md, wiki, txt, "--format", "jsonl")
    found = [(answer["id"], *[(f["field"], f["start"]) for f in answer["findings"]]) for answer in lines(result)]
    assert found == [
        ("story.md", ("title", 2)),
        ("story.wiki", ("description", 0)),
        ("note.txt", ("description", 1)),
    ]


def test_a_given_title_leaves_the_text_whole(clarity, write):
    path = write("story.md", "# Heading\nfast\n")
    [answer] = lines(clarity("check", path, "--title", "Calm", "--format", "jsonl"))
    assert answer["findings"][0]["start"] == len("# Heading\n")


def test_one_ticket_is_an_object_and_several_are_a_list(clarity, write):
    one = write("story.md", "calm")
    assert json.loads(clarity("check", one, "--format", "json").stdout)["id"] == "story.md"
    both = json.loads(clarity("check", one, one, "--format", "json").stdout)
    assert [answer["id"] for answer in both] == ["story.md", "story.md"]
    listed = write("tickets.json", json.dumps([{"id": 1, "title": "calm"}, {"id": 2}]))
    answers = json.loads(clarity("check", listed, "--format", "json").stdout)
    assert answers[0]["score"] == 100
    assert answers[1]["error"] == "[1]: title is missing"
    assert json.loads(clarity("check", write("none.jsonl", ""), "--format", "json").stdout) == []


def test_an_adf_document_is_a_description(clarity, write):
    path = write("story.json", json.dumps({"type": "doc", "version": 1, "content": []}))
    assert lines(clarity("check", path, "--title", "Calm", "--format", "jsonl"))[0]["score"] == 100


@pytest.mark.parametrize(
    "given",
    [
        "# Calm\n\nfast",
        '{"title": "fast"}\n{"title": "calm"}\n',
        '{\n "title": "fast"\n}\n',
        '[{"title": "fast"}]',
    ],
)
def test_standard_input_goes_by_its_beginning(clarity, given):
    answers = lines(clarity("check", "--format", "jsonl", given=given))
    assert answers[0]["score"] == 92
    assert len(answers) == given.count("\n{") + 1 if given.endswith("}\n") and given[1] == '"' else 1


def test_what_cannot_be_read_does_not_hide_the_rest(clarity, write):
    result = clarity(
        "check", "nowhere.md", write("bad.md", b"\xff\xfe"), write("story.md", "calm"), "--format", "jsonl"
    )
    assert result.exit_code == 2
    assert [answer.get("error") for answer in lines(result)] == [
        "nowhere.md cannot be read: No such file or directory",
        "bad.md: not UTF-8 at byte 0",
        None,
    ]


def test_exit_codes(clarity):
    assert clarity("check", given="fast").exit_code == 0
    assert clarity("check", "--fail-under", "92", given="fast").exit_code == 0
    assert clarity("check", "--fail-under", "93", given="fast").exit_code == 1
    assert clarity("check", "--fail-under", "93", given=" ").exit_code == 0
    assert clarity("check", "--fail-under", "101", given="fast").exit_code == 2
    assert clarity("check", "--input", "docx", given="fast").exit_code == 2


def test_text_for_people(clarity):
    out = clarity("check", given="# Calm\n\nThe export should be fast on every page.\n").stdout
    assert "Calm  92 ready" in out
    assert "−8" in out
    assert "unmeasured-quality" in out
    assert "+8 if mended" in out
    assert "description: The export should be fast on every page." in out
    assert "Write a limit." in out
    assert "\x1b" not in out


def test_text_of_an_abstention_and_an_error(clarity, write):
    result = clarity("check", write("empty.md", ""), "nowhere.md")
    assert "empty.md  no score\n  empty\n" in result.stdout
    assert "nowhere.md cannot be read" in result.stderr


def test_a_ticket_cannot_write_to_the_terminal(clarity):
    given = json.dumps({"title": "Calm", "description": "\x1b[2Jfast [bold]\u202ered"})
    out = clarity("check", given=given).stdout
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]" in out


def test_a_projects_policy_holds(clarity, write, reviewer):
    write("clarity.toml", "[projects.SHOP]\nready = 95\n")
    clarity("check", given='{"title": "x", "project": "SHOP"}\n{"title": "x"}\n')
    assert [policy.ready for policy in reviewer.policies] == [95, 80]


def test_a_wrong_setting_is_one_line(clarity, monkeypatch):
    monkeypatch.setenv("CLARITY_WORKERS", "many")
    result = clarity("check", given="calm")
    assert result.exit_code == 2
    assert result.stderr == "Error: CLARITY_WORKERS is “many”. Valid is a whole number from 1 to 64.\n"


def test_the_real_command_answers_a_lone_surrogate_and_an_empty_ticket(tmp_path):
    given = '{"id": "\\ud800", "title": "Export \\ud800 fails"}\n{"id": 2, "title": ""}\n'
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from service.cli import main; main()",
            "check",
            "--input",
            "jsonl",
            "--format",
            "jsonl",
        ],
        input=given.encode(),
        capture_output=True,
        cwd=ROOT,
        env=environ,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    first, second = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert first["id"] == "\ud800"
    assert (second["id"], second["score"]) == (2, None)
    assert second["reason"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_watched_run_shows_a_bar_and_keeps_its_answers_apart(tmp_path):
    path = tmp_path / "tickets.jsonl"
    path.write_text('{"id": 1, "labels": 3, "title": ""}\n' * 3)
    ours, theirs = os.openpty()
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm"}
    command = [
        sys.executable,
        "-c",
        "from service.cli import main; main()",
        "check",
        "--format",
        "jsonl",
        str(path),
    ]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=environ, timeout=60, check=False
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode(errors="replace")
    os.close(ours)
    assert done.returncode == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 1, 1]
    assert "checking" in shown
    assert "labels" not in shown


def test_help_loads_nothing_heavy():
    script = "import sys; sys.argv=['clarity','--help']\nfrom service.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    script += (
        "print({m for m in sys.modules if m.split('.')[0] in ('spacy','flask','sqlalchemy','pydantic','jira')})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert "Score tickets from files" in done.stdout
    assert done.stdout.strip().splitlines()[-1] == "set()"
