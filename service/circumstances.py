"""The policy that holds for a claimed ticket, with what silences us for now."""

from __future__ import annotations

from sqlalchemy import Connection

from service.policy import Policy, effective_policy
from service.settings import Settings
from service.store.looking import saved_together
from service.store.policies import get_policy
from service.store.responses import voiceless
from service.store.working import Claim
from service.ticket import Snapshot

STORM_SECONDS = 600.0
STORM = "it came with many others, as in an import or a bulk edit"


def policy_of(connection: Connection, settings: Settings, mine: Claim, snapshot: Snapshot) -> Policy:
    """Everybody's policy, its project's, what was set for that while running, and automatic silence."""
    project = snapshot.ticket.project
    layers = (settings.projects.get(project), get_policy(connection, project))
    policy = effective_policy(settings.patient_policy, [layer for layer in layers if layer])
    most = policy.storm + 1
    together = saved_together(connection, mine, project, within=STORM_SECONDS, most=most)
    storm = STORM if policy.storm and together == most else ""
    return effective_policy(policy, [], silence=storm, voiceless=voiceless(connection, project))
