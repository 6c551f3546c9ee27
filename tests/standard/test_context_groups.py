"""Context groups of PS3.16: names, members, and codes in their SRT and SCT forms."""

from __future__ import annotations

import functools
import re
import unicodedata

import pytest
from pydicom.sr._cid_dict import cid_concepts, name_for_cid
from pydicom.sr._concepts_dict import concepts

from annexgen.standard import context_groups, tables
from annexgen.standard.builder.context_groups import code_rows, member_rows
from annexgen.standard.context_groups import (
    all_context_groups,
    context_group,
    equivalents,
    groups_containing,
    meanings_of,
    missing_from,
    reference_text,
)


def test_counts() -> None:
    groups = [context_group(cid) for cid in all_context_groups()]
    assert len(groups) == 1437
    assert len(cid_concepts) == 1355
    assert {group.cid for group in groups if group and group.codes} == {row[0] for row in member_rows()}
    assert sum(bool(group and group.codes) for group in groups) == 1343


def test_the_tables_are_what_the_builder_makes() -> None:
    assert tables.rows("codes") == tuple(code_rows())
    assert tables.rows("context_group_codes") == tuple(member_rows())


def test_a_group() -> None:
    group = context_group("6023")
    assert group is not None
    assert (group.name, group.uid, group.extensible) == ("Side from BI-RADS", "1.2.840.10008.6.1.353", False)
    assert {code.value for code in group.codes} == {"73056007", "80248007", "63762007"}
    assert {code.meaning for code in group.codes} == {"Right breast", "Left breast", "Both breasts"}
    assert reference_text("6023") == 'See CID 6023 "Side from BI-RADS"'
    assert context_group("1") is None
    with pytest.raises(KeyError):
        reference_text("1")


def test_codes_compare_across_srt_and_sct() -> None:
    assert equivalents(("T-04020", "SRT")) == (("T-04020", "SRT"), ("73056007", "SCT"))
    assert ("T-04020", "SRT") in equivalents(("73056007", "SCT"))
    assert missing_from("6023", [("T-04020", "SRT"), ("73056007", "SCT"), ("T-32000", "SRT")]) == (("T-32000", "SRT"),)
    names = ("Right breast", "Right breast structure (body structure)")
    assert meanings_of("T-04020", "SRT") == meanings_of("73056007", "SCT") == names
    assert meanings_of("99", "99ACME") == ()


def test_each_group_has_its_own_meaning_of_a_code() -> None:
    """PS3.16 words the meaning of some codes differently from group to group, and in its lists of definitions."""
    for cid, meaning in (("4211", "Vitreous"), ("4233", "Vitreous Cavity")):
        group = context_group(cid)
        assert group is not None
        assert {code.meaning for code in group.codes if code.value == "26386000"} == {meaning}
    for scheme, by_keyword in concepts.items():
        for values in by_keyword.values():
            for value, (meaning, cids) in values.items():
                for cid in cids:
                    group = context_group(str(cid))
                    assert group is not None
                    assert (value.replace(" ", ""), scheme, meaning.replace("\u200b", "")) in meant(group), (cid, value)


@functools.cache
def meant(group: context_groups.ContextGroup) -> frozenset[tuple[str, str, str]]:
    return frozenset((code.value, code.scheme, code.meaning) for code in group.codes)


def test_codes_hold_no_space_and_nothing_is_invisible() -> None:
    for scheme, value, meaning in tables.rows("codes"):
        assert value == "".join(value.split()), (scheme, value)
        assert meaning == " ".join(meaning.split()), (scheme, value)
        assert not {unicodedata.category(character) for character in meaning} & {"Cc", "Cf"}, (scheme, value)
    assert groups_containing([("2:33792", "MDC")]) == ("3227",)


def test_the_smallest_groups_that_hold_codes() -> None:
    found = groups_containing([("73056007", "SCT"), ("80248007", "SCT")])
    assert "6023" in found
    sizes = [len(group.codes) for cid in found if (group := context_group(cid))]
    assert sizes == sorted(sizes)
    for cid in found:
        assert not missing_from(cid, [("73056007", "SCT"), ("80248007", "SCT")])
    assert groups_containing([]) == ()
    assert groups_containing([("73056007", "SCT"), ("no such code", "DCM")]) == ()


def test_every_member_is_found_again() -> None:
    for cid in all_context_groups()[::97]:
        group = context_group(cid)
        assert group is not None
        for code in group.codes[:5]:
            assert cid in groups_containing([code.key])
            assert code.meaning in context_groups.meanings_of(*code.key)


RENAMED = {3083, 3777, 9539, 10014, 12024, 12025, 12304}
"""Groups that PS3.16 2026b calls otherwise than 2024c does, or that pydicom names by mistake."""


def test_names_are_those_of_pydicom() -> None:
    """An independent copy of the names, without spaces and signs: letters, digits and dashes between words agree.

    pydicom makes the letter behind a hyphen a capital, so capitals count in names without hyphens only.
    """
    for cid, squeezed in name_for_cid.items():
        group = context_group(str(cid))
        assert group is not None, cid
        assert group.name == " ".join(group.name.split())
        if cid not in RENAMED:
            ours, theirs = (re.sub(r"[^\w–]", "", name) for name in (group.name, squeezed))
            assert ours.lower() == theirs.lower(), cid
            assert ours == theirs or "-" in group.name, cid
