"""Hold requests and answers to an OpenAPI 3.0 document."""

import json
import re
from functools import cache
from pathlib import Path

from jsonschema import Draft4Validator

from tests.fakes.http import Answer


class OpenApi:
    """One API description. `faults` gathers whatever was not as promised, on either side.

    `version` "2" is held to the same document: REST v2 has the same shapes, but for comments in wiki markup.
    `OUTSIDE` is what the document at hand leaves out. No document is published for Data Center.
    """

    OUTSIDE = frozenset(
        {("GET", "/rest/api/2/search")}
        | {("GET", f"/rest/api/{version}/{name}") for version in (2, 3) for name in ("mypermissions", "user")}
    )

    def __init__(self, path, version="3"):
        spec = load(Path(path))
        self.faults = []
        self._spec = spec
        self._version = version
        self._components = spec["components"] if version == "3" else _with_wiki_comments(spec["components"])
        self._operations = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", template) + "$"), operations)
            for template, operations in spec["paths"].items()
        ]
        self._validators = {}

    def request(self, method, path, query, body):
        """Check a request; answers 400 with what is wrong with it."""
        if (method, path) in self.OUTSIDE:
            return None
        operation = self._operation(method, path)
        if operation is None:
            return self._fail(400, [f"{method} {path} is not in the API"])
        known = {p["name"] for p in operation.get("parameters", []) if p.get("in") == "query"}
        faults = [f"{method} {path}: the query has {name}, unknown" for name in query if name not in known]
        needed = operation.get("requestBody")
        if needed is None and body is not None:
            faults.append(f"{method} {path} takes no body")
        elif needed is not None and body is None and needed.get("required"):
            faults.append(f"{method} {path} needs a body")
        elif needed is not None and body is not None:
            faults += self._schema_faults(f"{method} {path}", needed, body)
        return self._fail(400, faults)

    def response(self, method, path, status, body):
        """Check an answer; answers 500 with what is wrong with it."""
        operation = self._operation(method, path)
        if operation is None:
            return None
        promised = operation["responses"].get(str(status))
        if promised is None:
            return self._fail(500, [f"{method} {path} never answers {status}"])
        return self._fail(500, self._schema_faults(f"{method} {path} {status}", promised, body))

    def _fail(self, status, faults):
        if faults:
            self.faults += faults
            raise Answer(status, {"errorMessages": faults, "errors": {}})

    def knows(self, method, template):
        """Whether the document has this very operation."""
        return method.lower() in self._spec["paths"].get(template, {})

    def _operation(self, method, path):
        official = path.replace(f"/rest/api/{self._version}/", "/rest/api/3/", 1)
        found = next((operations for pattern, operations in self._operations if pattern.match(official)), {})
        return found.get(method.lower())

    def _schema_faults(self, name, part, body):
        schema = part.get("content", {}).get("application/json", {}).get("schema")
        if schema is None or body is None:
            return []
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = Draft4Validator({"allOf": [schema], "components": self._components})
        return [f"{name}: {e.json_path} {e.message[:200]}" for e in self._validators[key].iter_errors(body)]


def _with_wiki_comments(components):
    comment = components["schemas"]["Comment"]
    wiki = {**comment, "properties": {**comment["properties"], "body": {"type": "string"}}}
    return {**components, "schemas": {**components["schemas"], "Comment": wiki}}


@cache
def load(path):
    return json.loads(path.read_text(encoding="utf-8"))
