"""The privacy rule: which values may be kept as text, which only as salted hashes (docs/architecture.md, privacy)."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

from annexgen.corpus.files import salt_key
from annexgen.corpus.values import FREE_TEXT_VRS, NUMBER_VRS, number_of
from annexgen.profile.file_ids import salt_of, with_file_ids
from annexgen.profile.model import HASHED, PLAIN, PathStatistics, Profile, SopClassProfile, ValueCount
from annexgen.standard import confidentiality, dictionary, tables, uids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annexgen.profile.model import Discriminators

PRIVACY_RULES = 2
"""Raised when other values are kept than before: what a cache remembers by other rules is not used."""
INSTANCE_UID_TAGS = frozenset({0x00080018, 0x0020000D, 0x0020000E, 0x00200052})
_SOP_CLASS_UID = 0x00080016
_CLASS_KEYWORDS = ("SOPClassUID", "TransferSyntaxUID")
_CODING_KEYWORDS = ("CodingSchemeUID", "ContextUID", "MappingResourceUID")
FILE_NAME_TAGS = frozenset({0x00041500, 0x00041141, 0x00041130})
"""Referenced File ID, File-set Descriptor File ID and File-set ID: file names may hold names of patients."""
_HIDDEN_VRS = frozenset({"PN", "DA", "TM", "DT", "UR"})
LONGEST_CODE_STRING = 16
"""Characters that a value of VR CS may have (PS3.5 section 6.2)."""


class Privacy(Enum):
    """What may be kept of a value: its text, its text once two patients have it, or a hash only."""

    OPEN = "open"
    FREE_TEXT = "free text"
    HIDDEN = "hidden"
    UID = "uid"
    CLASS_UID = "uid of a class"


def privacy_of(tag: int, vr: str) -> Privacy:
    """How the values of an attribute are treated; for UIDs, numbers as text and code strings see `privacy_of_values`.

    Where a file writes an attribute with another VR than the Standard gives it, the more cautious of the two counts.
    """
    return _privacy_of(tables.selected(), tag, vr)


@functools.lru_cache(maxsize=65536)
def _privacy_of(_table_set: tables.TableSet, tag: int, vr: str) -> Privacy:
    private = bool(tag >> 16 & 1)
    if vr in _HIDDEN_VRS or tag in FILE_NAME_TAGS:
        return Privacy.HIDDEN
    if not private:
        if confidentiality.basic_profile_action(tag) is not None and vr != "SQ":
            return Privacy.HIDDEN
        if tag in PRODUCT_TAGS:
            return Privacy.OPEN
    if vr == "UI":
        entry = None if private else dictionary.lookup(tag)
        if entry and entry.keyword.endswith(_CLASS_KEYWORDS):
            return Privacy.CLASS_UID
        return Privacy.OPEN if entry and entry.keyword.endswith(_CODING_KEYWORDS) else Privacy.UID
    if vr in FREE_TEXT_VRS or vr == "AE":
        return Privacy.FREE_TEXT
    if vr in NUMBER_VRS or vr == "CS":
        entry = None if private else dictionary.lookup(tag)
        if entry and entry.vr in _HIDDEN_VRS:
            return Privacy.HIDDEN
        return Privacy.FREE_TEXT if entry and entry.vr in FREE_TEXT_VRS else Privacy.OPEN
    return Privacy.OPEN if vr in ("AT", "SQ") else Privacy.HIDDEN


def privacy_of_values(privacy: Privacy, vr: str, values: Sequence[str], tag: int) -> Privacy:
    """How the values of an attribute are treated, now that they are known: what is not what its VR says is text.

    Args:
        privacy: of the attribute (`privacy_of`).
        vr: its VR.
        values: its values.
        tag: SOP Class UID (0008,0016) is known already, since an instance is counted by it.
    """
    if privacy is Privacy.UID or privacy is Privacy.CLASS_UID:
        if all(map(uids.is_well_known, values)):
            return Privacy.OPEN
        if privacy is Privacy.UID:
            return Privacy.HIDDEN
        return Privacy.OPEN if tag == _SOP_CLASS_UID else Privacy.FREE_TEXT
    if privacy is not Privacy.OPEN:
        return privacy
    if vr == "CS":
        written = all(len(value) <= LONGEST_CODE_STRING for value in values)
    else:
        written = vr not in ("IS", "DS") or all(not value or number_of(value) is not None for value in values)
    return privacy if written else Privacy.FREE_TEXT


def code_privacy(tag: int) -> Privacy:
    """Codes are printable, unless their Sequence is one that de-identification removes (PS3.15 Table E.1-1)."""
    return Privacy.HIDDEN if confidentiality.basic_profile_action(tag) else Privacy.OPEN


PRODUCT_TAGS = frozenset({0x00080070, 0x00081090, 0x00181020})
"""Manufacturer, Manufacturer's Model Name, Software Versions: they name the product, and the annexes must."""


def key(text: str) -> str:
    """The in-memory key of an identifier or hidden value; salted before anything is written (`seal`)."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12, person=b"annexgen-value").hexdigest()


def salt_id(salt: bytes) -> str:
    """The public name of a salt: equal for equal salts, and silent about them."""
    return hashlib.blake2b(salt, digest_size=8, person=b"annexgen-salt").hexdigest()


def seal(profile: Profile, salt: bytes | None = None) -> Profile:
    """The profile as it may be written: keys, file ids and hidden values salted, text that may not be printed hashed.

    Free text of a single patient becomes a hash; merging two written profiles keeps it so.

    Args:
        profile: as it was counted; not changed.
        salt: default: the one it was scanned with, else that of its corpus.

    Raises:
        ValueError: it was scanned with another salt.
    """
    used = salt_of(profile) if salt is None else salt
    named = with_file_ids(profile, used)
    hashed = functools.lru_cache(maxsize=None)(functools.partial(salted, used))
    result = Profile(values=profile.values, limits=profile.limits, salt_id=salt_id(used))
    result.skipped = named.skipped
    result.problems = named.problems
    result.links = profile.links.sealed(hashed)
    for uid, sop_class in named.sop_classes.items():
        result.sop_classes[uid] = _seal_sop_class(sop_class, hashed, keyed=bool(profile.salt))
    return result


def publishable(profile: Profile) -> Profile:
    """The profile as everything that is printed must be made from it: sealed, unless it is already."""
    return profile if profile.salt_id else seal(profile)


def salted(salt: bytes, text: str) -> str:
    """A key or hidden value as it is written."""
    if not text:
        return ""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12, key=salt_key(salt)).hexdigest()


def is_withheld(statistics: PathStatistics, value: str) -> bool:
    """Whether a value that combinations hold may not be printed, or was hashed already.

    Of an open path only kept values were compared with what identifies a person.
    """
    kept = statistics.values.get(PLAIN + value)
    return statistics.overflow or value in statistics.values if kept is None else not kept.printable


def _seal_sop_class(
    sop_class: SopClassProfile, salted: functools._lru_cache_wrapper[str], *, keyed: bool
) -> SopClassProfile:
    paths = {}
    for path, statistics in sop_class.paths.items():
        values: dict[str, ValueCount] = {}
        for value, count in statistics.values.items():
            text = value[1:]
            if value[0] == PLAIN and not count.printable:
                value = HASHED + salted(key(text))
            elif value[0] == HASHED:
                value = HASHED + salted(text)
            known = values.setdefault(value, ValueCount())
            patients = count.patients if keyed else tuple(sorted(salted(p) for p in count.patients))
            known.add(ValueCount(count.instances, patients, count.free_text, count.identifying), 2)
        paths[path] = PathStatistics(
            vrs=statistics.vrs,
            value_multiplicity=statistics.value_multiplicity,
            length=statistics.length,
            items=statistics.items,
            blocks=statistics.blocks,
            values=values,
            overflow=statistics.overflow,
            lowest=statistics.lowest,
            highest=statistics.highest,
            facets=statistics.facets,
            order=statistics.order,
            example=statistics.example,
        )
    result = SopClassProfile(
        paths=paths,
        transfer_syntaxes=sop_class.transfer_syntaxes,
        character_sets=sop_class.character_sets,
    )

    def sealed(path: str, value: str) -> str:
        return HASHED + salted(key(value)) if is_withheld(sop_class.paths[path], value) else value

    def sealed_values(values: dict[str, set[str] | None]) -> dict[str, set[str] | None]:
        return {path: None if found is None else {sealed(path, v) for v in found} for path, found in values.items()}

    def sealed_pairs(pairs: Discriminators) -> Discriminators:
        return tuple((path, sealed(path, value)) for path, value in pairs)

    result.discriminators = sealed_values(sop_class.discriminators)
    result.frame_values = sealed_values(sop_class.frame_values)
    for (shape, pairs), origins in sop_class.patterns.items():
        keys = Counter({(salted(a), salted(b), salted(c), d): n for (a, b, c, d), n in origins.items()})
        result.patterns.setdefault((shape, sealed_pairs(pairs)), Counter()).update(keys)
    for (shape, pairs, frame, of_frame), found in sop_class.frames.items():
        noted = {(salted(a), salted(b), salted(c), d) for a, b, c, d in found}
        result.frames.setdefault((shape, sealed_pairs(pairs), frame, sealed_pairs(of_frame)), set()).update(noted)
    return result
