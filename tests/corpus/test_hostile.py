"""Damaged and hostile files: each is counted or skipped with a reason, and both readers count the same."""

from __future__ import annotations

import os
import random
import re
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.data import data_manager

from annexgen.corpus.instance import NotReadableError, read_instance
from annexgen.corpus.values import encodings_of
from annexgen.profile import storage
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile
from annexgen.profile.privacy import seal

FILES = sorted(
    path for path in (Path(data_manager.DATA_ROOT) / "test_files").glob("*.dcm") if 0 < path.stat().st_size < 60_000
)


def counted(data: list[bytes], *, tolerant: bool) -> bytes:
    """The stored profile of instances, read by the tolerant reader only or as `count` chooses."""
    counting = Counting(Profile())
    for number, content in enumerate(data):
        file = f"{number:012x}"
        try:
            if tolerant:
                counting.add(read_instance(content), file)
            else:
                counting.count(content, file)
        except NotReadableError as error:
            counting.skip(file, str(error))
    profile = counting.finish()
    assert profile.instances + sum(profile.skipped.values()) == len(data)
    return storage.dumps(seal(profile, b"salt"))


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A truncated or corrupted variant."""
    kind = chance.randrange(4)
    if kind == 0:
        return content[: chance.randrange(len(content))]
    result = bytearray(content)
    start = min(132, len(result) - 1)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(start, len(result)) if kind < 3 else chance.randrange(start, min(len(result), 1200))
        result[at] = chance.choice((0, 0xFF, 0xFE, 0x53, chance.randrange(256)))
    return bytes(result)


def variants() -> list[bytes]:
    """Damaged variants of pydicom's test files, always the same."""
    chance = random.Random(20)
    return [damaged(path.read_bytes(), chance) for path in FILES for _ in range(8)]


def test_truncated_and_corrupted_variants() -> None:
    files = variants()
    assert len(files) >= 500
    started = time.monotonic()
    assert counted(files, tolerant=False) == counted(files, tolerant=True)
    assert time.monotonic() - started < 120


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_mutated_instance_beside_its_original(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(FILES)).read_bytes()
    mutated = bytearray(original)
    for _ in range(data.draw(st.integers(1, 6))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    instances = [original, bytes(mutated), original, bytes(mutated)]
    assert counted(instances, tolerant=False) == counted(instances, tolerant=True)


HEAD = (
    bytes(128)
    + b"DICM"
    + struct.pack("<HH2sH", 2, 2, b"UI", 26)
    + b"1.2.840.10008.5.1.4.1.1.7\0"
    + struct.pack("<HH2sH", 2, 16, b"UI", 20)
    + b"1.2.840.10008.1.2.1\0"
    + struct.pack("<HH2sH", 8, 0x16, b"UI", 26)
    + b"1.2.840.10008.5.1.4.1.1.7\0"
)
SEQUENCE = struct.pack("<HH2sHL", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF)
ITEM = struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)


def nested(depth: int) -> bytes:
    """Sequences inside Sequences."""
    closed = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return HEAD + (SEQUENCE + ITEM) * depth + closed * depth


def endless() -> bytes:
    """A Sequence of more items than are read."""
    return HEAD + SEQUENCE + struct.pack("<HHL", 0xFFFE, 0xE000, 0) * 2_200_000


META = HEAD[: -(8 + 26)]
"""File Meta Information alone, as of a file that was cut off behind it."""


@pytest.mark.parametrize(
    "rest",
    [b"", struct.pack("<HH2sHL", 8, 0, b"UL", 4, 100), struct.pack("<HH2sHL", 0xFFFC, 0xFFFC, b"OB", 0, 0)],
)
def test_a_file_without_any_attribute_is_no_instance(rest: bytes) -> None:
    """It would be one of which every attribute is absent, and a SOP Class of which nothing is known."""
    for read in (read_instance, lambda content: Counting(Profile()).count(content, "0")):
        with pytest.raises(NotReadableError, match="no elements after the File Meta Information"):
            read(META + rest)


def test_what_a_file_says_is_in_no_log(caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder) -> None:
    """pydicom's warnings quote Specific Character Set, which in a damaged file may be anything."""
    name = b"DOE^JANE"
    content = HEAD[: len(META)] + struct.pack("<HH2sH", 8, 5, b"CS", len(name)) + name + HEAD[len(META) :]
    content += struct.pack("<HH2sH", 0x10, 0x10, b"PN", 2) + b"\xe4 "
    encodings_of.cache_clear()
    counting = Counting(Profile())
    counting.count(content, "0")
    assert counting.finish().instances == 1
    assert "DOE" not in caplog.text
    assert not recwarn.list


@pytest.mark.parametrize("depth", [10, 39, 41, 47, 49, 5000])
def test_deep_nesting(depth: int) -> None:
    content = nested(depth)
    assert counted([content], tolerant=False) == counted([content], tolerant=True)
    codes = {problem.code for problem in read_instance(content).problems}
    assert ("nesting" in codes) == (depth > 48)


def test_endless_items() -> None:
    content = endless()
    instance = read_instance(content)
    assert "too-many-elements" in {problem.code for problem in instance.problems}
    counting = Counting(Profile())
    counting.count(content, "0")
    assert counting.finish().instances == 1


PEAK = r"""
import re
from pathlib import Path
from test_hostile import counted, endless, nested, variants
for tolerant in (False, True):
    counted([*variants(), nested(5000), endless()], tolerant=tolerant)
print(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a program's peak memory")
def test_hostile_files_take_less_than_a_gibibyte() -> None:
    here = os.pathsep.join((str(Path(__file__).parent), *filter(None, sys.path)))
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PEAK],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": here},
    )
    assert re.fullmatch(r"\d+", result.stdout.strip())
    assert int(result.stdout) < 1 << 20
