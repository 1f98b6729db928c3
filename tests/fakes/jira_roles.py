"""Who holds which role in the fake Jira's project, by themselves or by a group, and who may be told so."""

import re

from tests.fakes.http import Answer


class JiraRoles:
    """A part of FakeJira. `roles` maps a role's name to its holders: a user's id, or "group:" and a group's name."""

    def begin_roles(self):
        self.roles = {"Administrators": [], "Developers": [], "Users": []}
        self.groups = {}  # by user
        self.administers = True  # whether our own user may be told

    def role_answer(self, rest, query):
        """What is answered below the API's address."""
        if rest == "project/DEMO/statuses":
            return 200, self.project_statuses()
        found = re.fullmatch(r"project/DEMO/role(?:/(\d+))?|user", rest)
        if not found:
            raise Answer(404, {"errorMessages": ["no such resource"]})
        if not self.administers:
            raise Answer(403, {"errorMessages": ["You cannot edit the configuration of this project."]})
        if rest == "user":
            return 200, self._user_with_groups(query)
        names = list(self.roles)
        if found[1] is None:
            address = f"{self.url}/rest/api/{self.version}/project/DEMO/role"
            return 200, {name: f"{address}/{10_000 + number}" for number, name in enumerate(names)}
        name = names[int(found[1]) - 10_000]
        return 200, {"id": int(found[1]), "name": name, "actors": [self._actor(one) for one in self.roles[name]]}

    def _actor(self, holder):
        kind, _, name = holder.rpartition(":")
        if kind:
            told = {"type": "atlassian-group-role-actor", "name": name, "displayName": name}
            return told | {"actorGroup": {"name": name, "displayName": name, "groupId": f"id-of-{name}"}}
        told = {"type": "atlassian-user-role-actor", "displayName": "A user"}
        return told | ({"actorUser": {"accountId": holder}} if self.cloud else {"name": holder})

    def _user_with_groups(self, query):
        user_id = query["accountId"] if self.cloud else query.get("username") or query["key"]
        names = self.groups.get(user_id, []) if query.get("expand") == "groups" else []
        items = [{"name": name, "groupId": f"id-of-{name}"} for name in names]
        return {**self.user(user_id), "groups": {"size": len(items), "items": items}}
