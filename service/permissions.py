"""What a Jira user needs to be allowed, for what a team turned on."""

from __future__ import annotations

from collections.abc import Mapping

from service.settings import Settings

ALWAYS = {
    "BROWSE_PROJECTS": "Browse projects",
    "ADD_COMMENTS": "Add comments",
    "EDIT_OWN_COMMENTS": "Edit own comments",
    "DELETE_OWN_COMMENTS": "Delete own comments",
}
FOR_MARKS = {"EDIT_ISSUES": "Edit issues", "ADMINISTER_PROJECTS": "Administer projects"}


def needed(settings: Settings | None) -> Mapping[str, str]:
    """Jira's keys of the permissions, and what people call them."""
    if settings is None:
        return ALWAYS
    changes = settings.projects.values()
    marks = [settings.policy.label, settings.policy.show_score, settings.policy.score_field]
    marks += [mark for change in changes for mark in (change.label, change.show_score, change.score_field)]
    return ALWAYS | FOR_MARKS if any(marks) else ALWAYS
