"""What a good ticket of each kind has to say, as a template to fill in. Pure.

A line that nobody has filled in is known as template text by the rules: slots in brackets, and requests that end
in “here”.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.ticket import Kind

_STORY = """\
As a [role], I want [goal], so that [benefit].

## Problem

Describe who has the problem, how often, and what it costs them here.

## Acceptance criteria

- Given [precondition], when [event], then [outcome].
- Given [precondition], when [something goes wrong], then [what people see].

## Out of scope

List what this ticket leaves out here.

## Success

State the number that will show that it worked here.

## Risks

Describe what could be misused, lost or seen by the wrong people here.
"""
_TASK = """\
## Why

Explain what does not work without it, and for whom here.

## What is to be done

Describe what will be different when it is done here.

## Acceptance criteria

- [Condition that somebody else can check].
- [Example of a case that must still work].

## Out of scope

List what this ticket leaves out here.
"""
_BUG = """\
## What happens

Describe what you saw, with the words of any message here.

## What should happen

Describe what you expected to see here.

## Steps to reproduce

1. [Action]
2. [Action]

## How often

State how many times out of how many tries here.

## Environment

[Version], [name of browser or device], [name of the system]

## Evidence

Attach a screenshot or paste the log here.
"""
_EPIC = """\
## Problem

Describe who has the problem, how often, and what it costs them here.

## Outcome

Describe what these people will be able to do here.

## Success

State the number, its value today, and the value that will show that it worked here.

## Scope

- [Outcome of the first slice]
- [Outcome of the next slice]

## Out of scope

List what this epic leaves out here.

## Risks

Describe what could be misused, lost or seen by the wrong people here.
"""
SHIPPED: Mapping[Kind, str] = {Kind.STORY: _STORY, Kind.TASK: _TASK, Kind.BUG: _BUG, Kind.EPIC: _EPIC}
"""As Markdown of headings, paragraphs and lists."""


def template_for(kind: Kind, overrides: Mapping[str, Mapping[Kind, str]], project: str = "") -> str:
    """The project's own template, else the team's, else ours; `overrides` are by project, "" is for all."""
    for name in (project, ""):
        own = overrides.get(name, {}).get(kind)
        if own:
            return own.strip() + "\n"
    return SHIPPED[kind]
