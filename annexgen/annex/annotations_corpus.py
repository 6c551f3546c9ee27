"""Which conditions among a person's edits the corpus contradicts: a workbook alone does not hold which values stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.annotations import ALL, STALE
from annexgen.annex.annotations_apply import NOTHING_THERE, stale_message
from annexgen.annex.annotations_edits import Refusal
from annexgen.annex.build import build_annex
from annexgen.profile.functional_groups import canonical
from annexgen.standard.private_dictionary import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.annex.annotations import Annotation, Statements
    from annexgen.annex.annotations_edits import Edit
    from annexgen.profile.model import Profile
    from annexgen.standard.private_dictionary import PrivateDictionary

CONDITIONS = ("Conditions", "Condition")


def conditions_in(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that state a condition."""
    return [edit for edit in edits if edit.column in CONDITIONS and edit.text]


def contradicted(
    profile: Profile, statements: Statements, edits: Iterable[Edit], private_dictionary: PrivateDictionary = EMPTY
) -> list[tuple[Edit, Refusal]]:
    """The edits whose condition has counter-examples in the corpus, with the reasons.

    Arguments: `statements` are those of the product file with the edits in it; `private_dictionary` has the names of private
    attributes in proposed conditions.
    """
    asked = conditions_in(edits)
    if not asked:
        return []
    annex = build_annex(profile, private_dictionary=private_dictionary, statements=statements)
    messages: dict[str, list[str]] = {}
    for finding in annex.findings:
        if finding.code == STALE:
            messages.setdefault(canonical(finding.path), []).append(finding.message)
    found = []
    for edit in asked:
        said = [one for one in statements.annotations if _is_of(one, edit)]
        reasons = [reason for one in said for reason in _reasons(one, messages.get(canonical(edit.path), []))]
        if reasons:
            found.append((edit, Refusal(edit.place, "; ".join(dict.fromkeys(reasons)))))
    return found


def _is_of(annotation: Annotation, edit: Edit) -> bool:
    same = canonical(annotation.path) == canonical(edit.path) and annotation.column == edit.column
    return same and set(annotation.sop_classes) == set(edit.sop_classes or (ALL,))


def _reasons(annotation: Annotation, messages: Iterable[str]) -> list[str]:
    before, _, after = stale_message(annotation, "\x00").partition("\x00")
    found = [text.removeprefix(before).removesuffix(after) for text in messages if text.startswith(before)]
    return [reason for reason in found if reason != NOTHING_THERE]
