"""docs/findings.md lists every code of a finding that the program has, with its severities, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from annexgen.annex.audit_result import SEVERITIES, Kind

ROOT = Path(__file__).parents[1]
MAKERS = ("Finding", "Remark", "_remark", "remark", "_report", "Problem")
"""Functions and classes whose first argument is the code of a finding."""


def constants(tree: ast.Module) -> dict[str, str]:
    """The texts that a module gives names to."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def codes_of(tree: ast.Module, known: dict[str, str]) -> set[str]:
    """The codes that a module makes findings of, `*` for what is put in when it runs."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and [type(element) for element in node.elts] == [ast.Constant, ast.Constant]:
            first, second = (element.value for element in node.elts if isinstance(element, ast.Constant))
            if second in ("error", "warning", "note"):
                found.add(str(first))
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first_argument = node.args[0]
        if name not in MAKERS:
            continue
        if isinstance(first_argument, ast.Constant):
            found.add(str(first_argument.value))
        elif isinstance(first_argument, ast.Name) and first_argument.id in known:
            found.add(known[first_argument.id])
        elif isinstance(first_argument, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "*" for part in first_argument.values)
            found.add("".join(map(str, parts)))
    return found


@pytest.fixture(scope="module")
def made() -> set[str]:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "annexgen").rglob("*.py")]
    known: dict[str, str] = {}
    for tree in trees:
        known.update(constants(tree))
    return set().union(*(codes_of(tree, known) for tree in trees))


def listed(text: str) -> dict[str, str]:
    """The codes of the tables in a part of the document, with their severities."""
    rows = (line.split("|")[1:4] for line in text.splitlines() if re.match(r"\| [a-z]+[-a-z, ]+ \|", line))
    return {code: severity.strip() for codes, severity, _ in rows for code in codes.strip().split(", ")}


def test_every_code_is_listed_and_no_other(made: set[str]) -> None:
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8").partition("## The audit")[0]
    documented = set(listed(text))
    open_ones = {code for code in made if "*" in code}
    assert open_ones == {"content-*-not-allowed"}
    patterns = [re.compile(code.replace("*", "[a-z]+")) for code in open_ones]
    assert made - open_ones - documented == set()
    assert {c for c in documented - made if not any(p.fullmatch(c) for p in patterns)} == set()


def test_the_findings_of_the_audit_are_listed() -> None:
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8").partition("## The audit")[2]
    assert listed(text) == {str(kind): SEVERITIES[kind] for kind in Kind}
