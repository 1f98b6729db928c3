"""Plays a quarter and says whether all is as it should be: `python -m tests.quarter --folder DIR`.

Writes report.txt and report.json into the folder, beside the database, which `clarity report` and the others can
read. The exit status is 1 where a claim does not hold.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import structlog

from tests.quarter.claims import Found, always, in_time
from tests.quarter.quarter import Plan, Quarter, last_monday

SHOWN = ("outcomes", "noise", "calibrate")


def main(words=None):
    plan, folder = _asked(words)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    quarter, began = Quarter(plan, folder), time.process_time()
    quarter.run()
    found = Found(quarter)
    claims = [*always(found), *in_time(found)]
    seconds = time.process_time() - began
    text = _text(found, claims, seconds)
    print(text)
    (folder / "report.txt").write_text(text, encoding="utf-8")
    (folder / "report.json").write_text(
        json.dumps(_plain(found, claims), indent=1, ensure_ascii=False), encoding="utf-8"
    )
    return int(not all(claim.holds for claim in claims))


def _asked(words):
    ask = argparse.ArgumentParser(prog="python -m tests.quarter", description=__doc__.split("\n")[0])
    for name in ("weeks", "trial", "authors", "tickets", "seed"):
        ask.add_argument(f"--{name}", type=int, default=getattr(Plan, name))
    ask.add_argument("--folder", type=Path, help="where the database and the report go; a new one if not given")
    given = vars(ask.parse_args(words))
    folder = given.pop("folder") or Path(tempfile.mkdtemp(prefix="quarter-"))
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "quarter.db").exists():
        ask.error(f"{folder} holds a quarter already")
    return Plan(end=last_monday(time.time()), **given), folder


def _text(found, claims, seconds):
    plan, quarter = found.quarter.plan, found.quarter
    weeks = [
        f"{n:4}  " + "  ".join(f"{k} {v:4.0%}" for k, v in sorted(week.items()))
        for n, week in enumerate(found.mastery, 1)
    ]
    played = (
        f"{len(quarter.lives)} tickets by {plan.authors} authors in {plan.weeks} weeks, seed {plan.seed}: "
        f"{quarter.looks} times the worker took some; {seconds:.0f} s of processor time."
    )
    parts = [
        played,
        "Points mastered, of those that authors were weak at, by how they learn:\n" + "\n".join(weeks),
        *(f"$ clarity {found.told[name].words}\n{found.told[name].text.rstrip()}" for name in SHOWN),
        "$ clarity report\n" + "\n".join(chart["sentence"] for chart in found.told["report"].plain["charts"]),
        "\n".join(f"{'holds ' if one.holds else 'FAILS '} {one.name}: {one.told}" for one in claims),
    ]
    return "\n\n".join(parts) + "\n"


def _plain(found, claims):
    plan = asdict(found.quarter.plan)
    told = {name: found.told[name].plain for name in ("noise as data", "outcomes as data", "report")}
    return {"plan": plan, "claims": [asdict(one) for one in claims], "mastery": found.mastery, **told}


if __name__ == "__main__":
    sys.exit(main())
