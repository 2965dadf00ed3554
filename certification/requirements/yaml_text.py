"""YAML as plain data: dates stay the text they were written as, and a key written twice is an error."""

from __future__ import annotations

from typing import Any

import yaml

from .values import RequirementError, shown


class DatesAsText(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A loader that leaves dates as text, so that a bad one is refused with its path."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused below: only text can be a key of ours
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is written twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str, path: str) -> Any:
    """Plain data from YAML (or JSON) text; `path` names the file in the RequirementError raised."""
    try:
        # A SafeLoader underneath: it makes plain data and nothing else.
        return yaml.load(text, Loader=DatesAsText)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        where = f"{path}, line {error.problem_mark.line + 1}" if error.problem_mark else path
        raise RequirementError(where, error.problem or "text that is not YAML", "YAML") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RequirementError(path, shown(str(error)), "YAML") from None
