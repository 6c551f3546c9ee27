"""The selected tables of the Standard apply wherever instances are read: here, in worker processes, and through the cache."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from annexgen.profile.cache import Cache
from annexgen.profile.model import Limits
from annexgen.profile.privacy import Privacy, privacy_of, seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import dumps
from annexgen.standard import tables

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.profile.model import Profile

WINDOW_CENTER = 0x00281050
ROW = ["00281050", "X", *[""] * 10, "N", "Y", "Window Center"]


@pytest.fixture
def stricter(tmp_path: Path) -> tables.TableSet:
    folder = tmp_path / "stricter"
    folder.mkdir()
    (folder / "basic_profile.tsv").write_text("# PS3.15 stricter\n" + "\t".join(ROW) + "\n", encoding="utf-8")
    return tables.TableSet("stricter", folder, tables.digest_of(folder))


def sealed(profile: Profile) -> bytes:
    return dumps(seal(profile))


def values_of(profile: Profile) -> set[str]:
    return {
        value[0]
        for entry in profile.sop_classes.values()
        if (found := entry.paths.get("(0028,1050)"))
        for value in found.values
    }


@pytest.mark.parametrize("jobs", [0, 2])
def test_the_privacy_rule_of_the_selected_set_applies(corpus: Path, stricter: tables.TableSet, jobs: int) -> None:
    with tables.use(stricter):
        found = scan([corpus], jobs=jobs)
    assert values_of(found) == {"#"}
    assert values_of(scan([corpus], jobs=jobs)) == {"="}


def test_every_number_of_workers_gives_the_same_bytes(corpus: Path, stricter: tables.TableSet) -> None:
    with tables.use(stricter):
        assert sealed(scan([corpus], jobs=0)) == sealed(scan([corpus], jobs=2))


def test_the_cache_keeps_sets_apart(corpus: Path, stricter: tables.TableSet, tmp_path: Path) -> None:
    def cached() -> bytes:
        return sealed(scan([corpus], cache=Cache(tmp_path / "cache", "safe", Limits())))

    before = cached()
    with tables.use(stricter):
        assert cached() == sealed(scan([corpus]))
        assert cached() != before
    assert cached() == before


def test_a_set_may_travel_without_its_folder(stricter: tables.TableSet) -> None:
    carried = stricter.carried()
    assert stricter.folder is not None
    shutil.rmtree(stricter.folder)
    with tables.use(carried):
        assert privacy_of(WINDOW_CENTER, "DS") is Privacy.HIDDEN
        assert privacy_of(0x00281051, "DS") is Privacy.OPEN
    assert privacy_of(WINDOW_CENTER, "DS") is Privacy.OPEN
