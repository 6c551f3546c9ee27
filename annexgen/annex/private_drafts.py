"""Drafts of private modules: one for each Private Creator and group (PS3.2 Tables N.9-20, N.9-26, N.9-52)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.annex import columns
from annexgen.annex.drafts import (
    CODED,
    Draft,
    SopClassDraft,
    covering,
)
from annexgen.annex.model import (
    Cell,
    Row,
    Status,
)
from annexgen.annex.rows import private_rows
from annexgen.profile.functional_groups import sequence_of
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import parent, steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from annexgen.analyzers.values import Values


def draft_private(one: SopClassDraft) -> None:
    """One private module for each Private Creator and group; what stands in standard Sequences under a caption."""
    entries: dict[tuple[int, str], dict[tuple[int, str], list[str]]] = {}
    for number, view in enumerate((one.view, one.group_view)):
        for path in view.profile.paths:
            parts = steps(path)
            if not parts or not parts[-1].private or any(p.private for p in parts[:-1]):
                continue
            if number == 0 and sequence_of(path):
                continue
            key = (parts[-1].group, parts[-1].creator)
            entries.setdefault(key, {}).setdefault((number, parent(path)), []).append(path)
    for (group, creator), contexts in sorted(entries.items()):
        rows: list[Row] = []
        listed: dict[str, tuple[str, str, Values]] = {}
        instances = 0
        for number, context in sorted(contexts):
            view = (one.view, one.group_view)[number]
            paths = contexts[number, context]
            if not context:
                holders = view.presence[min(paths, key=lambda p: (not steps(p)[-1].is_creator, p))]
                for path in paths:
                    holding = holders.present + holders.partial
                    most = max(view.presence[p].present + view.presence[p].partial for p in paths)
                    view.presence[path] = replace(view.presence[path], carriers=max(holding, most))
                instances = max(instances, max(view.presence[p].carriers for p in paths))
            else:
                instances = max(instances, max(view.presence[p].present + view.presence[p].partial for p in paths))
            caption = _caption(number, context)
            if caption:
                rows.append(Row({"Attribute Name": Cell(caption, Status.STANDARD)}, heading=True))
            found = private_rows(view, paths, CODED, len(steps(context)) if context else 0)
            if number:
                for row in found:
                    if row.path in view.listed:
                        listed[one.groups.absolute[row.path][0]] = view.listed[row.path]
                found = [covering(row, one.groups, absolute=True) for row in found]
            else:
                listed.update({row.path: view.listed[row.path] for row in found if row.path in view.listed})
            rows.extend(found)
        owner = {UNKNOWN_CREATOR: "without Private Creator", "": "with an empty Private Creator"}.get(creator, creator)
        title = f"Private Module {owner} ({group:04X})"
        identity = f"private:{group:04X}:{creator}"
        draft = Draft(identity, "private_module", title, columns.PRIVATE, tuple(rows), listed)
        if any(number == 0 or context for number, context in contexts):
            one.private_drafts.append((draft, instances))
        if (1, "") in contexts:
            roots = [p for p in contexts[1, ""] if not steps(p)[-1].is_creator] or contexts[1, ""]
            usages = {one.groups.usage[p] for p in roots}
            usage = usages.pop() if len(usages) == 1 else "CONTEXT_DEPENDENT"
            seen = max((one.group_view.presence[p] for p in roots), key=lambda s: s.present + s.partial)
            one.private_macros.append((draft, usage, seen))


def _caption(number: int, context: str) -> str:
    """The caption over private attributes that stand inside a standard Sequence."""
    names = [
        f"{dictionary.attribute_name(s.tag) or 'Sequence'} {s.shown_tag}"
        + (f", {s.record_type} records" if s.record_type else "")
        for s in steps(context)
    ]
    if number == 0:
        return f"In {' > '.join(names)}" if names else ""
    return f"In the functional groups, {' > '.join(names)}" if names else "In the functional groups"
