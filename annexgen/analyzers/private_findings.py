"""Findings about private attributes: misplaced elements, blocks, what (0008,0300) says, values that identify."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.analyzers.private_information import (
    SAFE,
    UNSAFE,
    Statements,
    element_of,
    stated,
    statements_of,
    suspicion_at,
)
from annexgen.analyzers.remark import Remark, counted_instances
from annexgen.profile.characteristics import PATH
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import WITHHELD, parent, steps

if TYPE_CHECKING:
    from annexgen.analyzers.presence import Presence
    from annexgen.profile.model import SopClassProfile

_FORBIDDEN_GROUPS = frozenset({0x0001, 0x0003, 0x0005, 0x0007, 0xFFFF})
"""Odd groups that are no private groups (PS3.5 section 7.1)."""


def private_remarks(profile: SopClassProfile, presence: dict[str, Presence]) -> list[Remark]:
    """All findings about the private attributes of one SOP Class, in order of path (PS3.5 section 7.8, PS3.3 C.12.1)."""
    statements = statements_of(profile)
    children: dict[str, list[str]] = {}
    for path in profile.paths:
        children.setdefault(parent(path), []).append(path)
    remarks: list[Remark] = []
    blocks: dict[tuple[str, int, int], list[str]] = {}

    def remark(code: str, severity: str, message: str) -> None:
        count = presence[path].present + presence[path].partial
        remarks.append(Remark(code, severity, message, path, count, profile.paths[path].example))

    for path in sorted(profile.paths):
        parts = steps(path)
        if not parts or not parts[-1].private:
            continue
        step, statistics = parts[-1], profile.paths[path]
        if step.group in _FORBIDDEN_GROUPS:
            remark("private-group", "error", f"group {step.group:04X} is no private group (PS3.5 section 7.1)")
        if step.creator == WITHHELD and step.is_creator:
            message = "the Private Creator repeats what identifies its instance, and is not printed"
            remark("private-creator-identifying", "error", message)
        if step.is_creator:
            for block in statistics.blocks:
                blocks.setdefault((parent(path), step.group, block), []).append(path)
            if len(statistics.blocks) > 1:
                names = ", ".join(f"{block:02X}" for block in sorted(statistics.blocks))
                remark("private-blocks", "note", f"{step.creator} stands in several blocks: {names}")
            continue
        if step.creator == UNKNOWN_CREATOR and int(step.element, 16) < 0x1000:
            remark("private-element-number", "error", f"{step.shown_tag} can belong to no block (PS3.5 section 7.8.1)")
        suspicion = suspicion_at(path, profile, children)
        said = stated(step, statements, statistics)
        if suspicion and said is not None and said.text == SAFE:
            remark("safe-looks-identifying", "error", f"{said.reason} says SAFE, but {suspicion}")
        elif suspicion and (said is None or said.text != UNSAFE):
            remark("private-identifying", "warning", f"private attribute looks identifying: {suspicion}")
    for (_, group, block), paths in sorted(blocks.items()):
        if len(paths) > 1:
            names = " and ".join(steps(path)[-1].creator for path in sorted(paths))
            message = f"block {block:02X} of group {group:04X} belongs to {names} in different instances"
            count = sum(presence[path].present + presence[path].partial for path in paths)
            remarks.append(Remark("private-block-conflict", "warning", message, min(paths), count))
    remarks.extend(_characteristics(profile, presence, statements))
    return sorted(remarks, key=lambda r: (r.path, r.code))


def _characteristics(profile: SopClassProfile, presence: dict[str, Presence], statements: Statements) -> list[Remark]:
    """Whether (0008,0300) is there, names every Private Creator and defines every element as it is."""
    having: Counter[tuple[int, str]] = Counter()
    elements: dict[tuple[int, str], dict[int, set[str]]] = {}
    for path in profile.paths:
        parts = steps(path)
        if not parts or not parts[-1].private or parts[-1].creator == UNKNOWN_CREATOR:
            continue
        step = parts[-1]
        key = (step.group, step.creator)
        elements.setdefault(key, {})
        if step.is_creator:
            having[key] = max(having[key], presence[path].present + presence[path].partial)
        else:
            vrs = {vr for vr, _ in profile.paths[path].vrs} - {"UN"}
            elements[key].setdefault(element_of(step), set()).update(vrs)
    if not elements:
        return []
    if PATH not in profile.paths:
        message = "private attributes are written without Private Data Element Characteristics Sequence (0008,0300)"
        return [Remark("private-characteristics-absent", "note", message, PATH, max(having.values(), default=0))]
    remarks = []
    for group, creator in sorted(elements):
        said = statements.get((group, creator), Counter())
        missing = having[group, creator] - sum(said.values())
        where = f"{creator} of group {group:04X}"
        if missing > 0:
            message = f"(0008,0300) does not describe {where} in at least {counted_instances(missing)}"
            remarks.append(Remark("private-characteristics-incomplete", "warning", message, PATH, missing))
        defined = {element: vr for statement in said for element, vr, _ in statement.definitions}
        for element, vrs in sorted(elements[group, creator].items()) if defined else ():
            if element not in defined:
                message = f"(0008,0300) does not define element {element:02X} of {where}"
                remarks.append(
                    Remark("private-characteristics-incomplete", "warning", message, PATH, sum(said.values()))
                )
            elif defined[element] != "UN" and vrs and vrs != {defined[element]}:
                written = ", ".join(sorted(vrs))
                message = f"(0008,0300) says VR {defined[element]} of element {element:02X} of {where}, but {written} is written"
                remarks.append(Remark("private-characteristics-disagree", "warning", message, PATH, sum(said.values())))
    return remarks
