"""The samples' truth: presence of attribute and of value, counts and functional group usage agree for every path."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from annexgen.analyzers.functional_groups import functional_groups_of
from annexgen.analyzers.presence import presence_of_paths

if TYPE_CHECKING:
    from annexgen.profile.model import Profile
    from tests.shared_samples import SharedSamples


@pytest.fixture(scope="module")
def truth(shared_samples: SharedSamples) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared_samples.of().truth.read_text(encoding="utf-8"))
    return found


def test_samples_truth(truth: dict[str, Any], samples_profile: Profile) -> None:
    profile = samples_profile
    assert set(profile.sop_classes) == set(truth["sop_classes"])
    for uid, expected in truth["sop_classes"].items():
        presence = presence_of_paths(profile.sop_classes[uid])
        assert {path for path in presence if path.startswith("(")} == set(expected["attributes"])
        for path, counts in expected["attributes"].items():
            seen = presence[path]
            assert seen.of_attribute == counts["presence_of_attribute"], (uid, path)
            assert seen.of_value == counts["presence_of_value"], (uid, path)
            observed = (seen.carriers, seen.present, seen.partial, seen.with_value, seen.empty)
            names = ("carriers", "present", "partial", "with_value", "empty")
            assert observed == tuple(counts[name] for name in names), (uid, path)
    for uid, groups in truth["functional_groups"].items():
        usage = functional_groups_of(profile.sop_classes[uid], profile.limits).usage
        for root, expected in groups.items():
            assert usage[root] == expected["usage"], (uid, root)


def test_samples_content_items(truth: dict[str, Any], samples_profile: Profile) -> None:
    for uid, expected in truth["content_items"].items():
        presence = presence_of_paths(samples_profile.sop_classes[uid])
        places = {path: seen for path, seen in presence.items() if not path.startswith("(")}
        assert set(places) == set(expected["places"]), uid
        for path, counts in expected["places"].items():
            assert places[path].present + places[path].partial == counts["documents"], (uid, path)
