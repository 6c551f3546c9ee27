"""Where functional groups stand: below which Sequences, and what in their items is none."""

from __future__ import annotations

import pytest

from annexgen.profile.functional_groups import canonical, relative_path, sequence_of


@pytest.mark.parametrize("outer", ["(5200,9229)", "(5200,9230)", "(3002,0101)", "(0006,0001)"])
@pytest.mark.parametrize("inner", ["(0028,9110)/(0028,0030)", '(0021,xxFE,"ONE")/(0021,xx01,"ONE")'])
def test_inside_of_a_functional_group(outer: str, inner: str) -> None:
    path = f"{outer}/{inner}"
    assert sequence_of(path) == outer
    assert relative_path(path) == inner
    assert canonical(path) == f"(5200,9229)/{inner}"


@pytest.mark.parametrize(
    "path",
    [
        "(5200,9230)",
        "(0006,0001)",
        "(3002,0101)/(3002,0100)",
        "(0008,1140)/(0028,9110)",
        "(0008,1140)/(5200,9230)/(0028,9110)",
        "(0028,0010)",
        "",
        '(0029,xx43,"ACME")',
    ],
)
def test_outside_of_functional_groups(path: str) -> None:
    assert sequence_of(path) == ""
    assert relative_path(path) == path
    assert canonical(path) == path
