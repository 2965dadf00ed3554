"""The page on requirements says what is true."""

import re
from pathlib import Path

import pytest
import yaml

from certification.catalogue.files import SHIPPED, shipped
from certification.requirements.language import COMPUTED_KINDS, LEAF_KINDS, parse, walk

PAGE = (Path(__file__).parents[2] / "docs" / "requirements.md").read_text()
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_kind_has_its_heading():
    assert set(SECTIONS) == set(LEAF_KINDS)


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_every_example_stands_in_the_file_it_names(kind):
    example, file, code = re.search(r"```yaml\n(.*?)  # (\S+), (\S+)\n```", SECTIONS[kind]).groups()
    leaf = parse(yaml.safe_load(example))
    standard = shipped().standards[code]
    trees = [tree for tree in (standard.requires, standard.renewal) if tree]

    assert leaf.kind == kind
    assert (SHIPPED / file).exists()
    assert f"code: {code}" in (SHIPPED / file).read_text()
    assert leaf in [one for tree in trees for _, one in walk(tree)]


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_every_kind_says_whether_it_is_computed(kind):
    says = SECTIONS[kind].partition("```\n")[2]

    assert says.startswith("Computed." if kind in COMPUTED_KINDS else "Judged.")


def test_the_places_named_exist():
    package = Path(__file__).parents[2] / "certification" / "requirements"
    for name in re.findall(r"`(\w+\.py)`", PAGE):
        assert name == "manage.py" or (package / name).exists(), name
