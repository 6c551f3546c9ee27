"""Compares the private attributes that a corpus writes with those that are disclosed: what a release must not overlook."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import ALWAYS
from annexgen.analyzers.private_information import SAFE, UNSAFE, Origin, stated, suspicion_at
from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.audit_dictionary import described_by, differences_from, name_in, range_text, within
from annexgen.annex.audit_result import NOT_CONFIRMED, Audit, AuditedAttribute, AuditFinding, Kind
from annexgen.annex.disclosure import STATUSES, Disclosure, Key, key_of
from annexgen.annex.drafts import sop_class_draft
from annexgen.annex.private_drafts import draft_private
from annexgen.profile.model import PLAIN, merge_ranges
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import WITHHELD, parent, steps
from annexgen.profile.privacy import publishable
from annexgen.standard.private_dictionary import EMPTY

if TYPE_CHECKING:
    from annexgen.annex.drafts import SopClassDraft
    from annexgen.annex.model import Row
    from annexgen.profile.model import Profile, Range, SopClassProfile
    from annexgen.standard.private_dictionary import PrivateDictionary

BY_DISCLOSURE = "disclosure"
EXAMPLES = 3
LONGEST_EXAMPLE = 64


_COUNTED = re.compile(r"(.*) in (\d+) instances?")


def _in_instances(number: int) -> str:
    return "" if not number else " in 1 instance" if number == 1 else f" in {number} instances"


@dataclass(slots=True)
class Seen:
    """What a corpus has of one private attribute, all its places together."""

    vrs: set[str] = field(default_factory=set)
    multiplicity: Range | None = None
    instances: int = 0
    sop_classes: set[str] = field(default_factory=set)
    presences: set[str] = field(default_factory=set)
    suspected: dict[tuple[str, str], int] = field(default_factory=dict)
    """Why its values look identifying, by SOP Class: in how many instances, the place with most of them; 0 for all."""
    stated: set[str] = field(default_factory=set)
    said_by: set[tuple[str, str]] = field(default_factory=set)
    example: str = ""
    values: set[str] = field(default_factory=set)

    @property
    def suspicions(self) -> str:
        """Why its values look identifying, all SOP Classes together; "" when they do not."""
        counts: Counter[str] = Counter()
        for (_, reason), instances in self.suspected.items():
            counts[reason] += instances
        return "; ".join(f"{reason}{_in_instances(counts[reason])}" for reason in sorted(counts))

    def suspect(self, sop_class: str, text: str) -> None:
        """Add what `suspicion_at` says of one place."""
        for part in filter(None, text.split("; ")):
            match = _COUNTED.fullmatch(part)
            key, instances = (sop_class, match[1] if match else part), int(match[2]) if match else 0
            self.suspected[key] = max(self.suspected.get(key, 0), instances)

    def note(self, sop_class: str, example: str) -> None:
        """Add one place where it stands."""
        self.sop_classes.add(sop_class)
        self.example = min(filter(None, (self.example, example)), default="")


@dataclass(slots=True)
class _Corpus:
    creators: dict[tuple[int, str], Seen] = field(default_factory=dict)
    attributes: dict[Key, Seen] = field(default_factory=dict)
    blocks: dict[tuple[str, str, int, int], dict[str, int]] = field(default_factory=dict)


def audit(
    profile: Profile,
    disclosure: Disclosure,
    *,
    private_dictionary: PrivateDictionary = EMPTY,
    confidential: bool = False,
) -> Audit:
    """Compare what a profile has with what is disclosed.

    Args:
        profile: what the corpus writes.
        disclosure: what is disclosed.
        private_dictionary: names the attributes that the disclosure does not name; it discloses nothing.
        confidential: whether example values go into the report; they are whatever the profile keeps.
    """
    profile = publishable(profile)
    corpus = _Corpus()
    names: dict[str, str] = {}
    for uid in sorted(profile.sop_classes):
        one = sop_class_draft(uid, profile, private_dictionary, Thresholds())
        draft_private(one)
        names[uid] = one.view.title
        _collect(one, corpus)
    for sop_class in profile.sop_classes.values():
        _count(sop_class, corpus)
    keys = corpus.attributes.keys() | disclosure.attributes.keys()
    names_of = {_named(key): name_in(private_dictionary, key, disclosure.attributes.get(key)) for key in keys}
    found = [
        *_of_creators(corpus, disclosure),
        *_of_attributes(corpus, disclosure, private_dictionary),
        *_of_blocks(corpus),
    ]
    found = [replace(finding, name=names_of.get((finding.creator, finding.attribute), "")) for finding in found]
    if not confidential:
        found = [replace(finding, values=()) for finding in found]
    order = {kind: number for number, kind in enumerate(Kind)}
    found.sort(key=lambda f: (order[f.kind], f.creator, f.attribute, f.message))
    return Audit(
        instances=profile.instances,
        creators=len(corpus.creators),
        disclosed=len(disclosure.attributes),
        confidential=confidential,
        attributes=tuple(
            replace(_audited(key, seen, disclosure), name=names_of[_named(key)])
            for key, seen in sorted(corpus.attributes.items())
        ),
        findings=tuple(found),
        sop_class_names=names,
    )


def _count(sop_class: SopClassProfile, corpus: _Corpus) -> None:
    """Count the instances that have each attribute and creator, in however many places."""
    for (shape, _), origins in sop_class.patterns.items():
        last = {found[-1] for path, _ in shape if (found := steps(path)) and found[-1].private}
        instances = sum(origins.values())
        for creator in {(step.group, step.creator) for step in last if step.is_creator} & corpus.creators.keys():
            corpus.creators[creator].instances += instances
        for key in {key_of(step) for step in last if not step.is_creator} & corpus.attributes.keys():
            corpus.attributes[key].instances += instances


def _collect(one: SopClassDraft, corpus: _Corpus) -> None:
    """Add the private attributes of one SOP Class."""
    drafts = [draft for draft, _ in one.private_drafts] + [draft for draft, *_ in one.private_macros]
    for draft in {id(draft): draft for draft in drafts}.values():
        for row in draft.rows:
            for path in filter(None, (row.path, *row.covers)):
                if path in one.view.profile.paths and steps(path)[-1].private:
                    _collect_path(one, row, path, corpus)


def _collect_path(one: SopClassDraft, row: Row, path: str, corpus: _Corpus) -> None:
    step = steps(path)[-1]
    statistics, seen = one.view.profile.paths[path], one.view.presence[path]
    if step.is_creator:
        place = corpus.creators.setdefault((step.group, step.creator), Seen())
        place.note(one.view.uid, statistics.example)
        for block in statistics.blocks:
            owners = corpus.blocks.setdefault((one.view.uid, parent(path), step.group, block), {})
            owners[step.creator] = seen.present + seen.partial
        return
    place = corpus.attributes.setdefault(key_of(step), Seen())
    place.note(one.view.uid, statistics.example)
    place.vrs.update(vr for vr, origin in statistics.vrs if vr != "UN")
    place.multiplicity = merge_ranges(place.multiplicity, statistics.value_multiplicity)
    place.presences.add(row.cells["Presence of Attribute"].text)
    place.suspect(one.view.uid, suspicion_at(path, one.view.profile, one.view.children))
    said = stated(step, one.view.statements, statistics)
    if said is not None:
        place.stated.add(said.text)
        place.said_by.add((said.text, "files" if said.origin is Origin.FILE else "PS3.15 Table E.3.10-1"))
    plain = sorted(value[1:] for value in statistics.values if value[0] == PLAIN)
    place.values.update(value[:LONGEST_EXAMPLE] for value in plain[:EXAMPLES])


def _of_creators(corpus: _Corpus, disclosure: Disclosure) -> list[AuditFinding]:
    found = []
    for (group, creator), seen in sorted(corpus.creators.items()):
        if creator == WITHHELD:
            message = "the Private Creator repeats what identifies its instance, and is not printed"
            found.append(_finding(Kind.REPEATS, (group, creator, None), message, seen))
    for group, creator in sorted(corpus.creators.keys() - disclosure.creators):
        seen = corpus.creators[group, creator]
        message = f"Private Creator {creator} of group {group:04X} is written, but not disclosed"
        found.append(_finding(Kind.UNDISCLOSED_CREATOR, (group, creator, None), message, seen))
    for group, creator in sorted(disclosure.creators - corpus.creators.keys()):
        if creator != UNKNOWN_CREATOR:
            message = f"Private Creator {creator} of group {group:04X} is disclosed, but was never seen"
            found.append(_finding(Kind.CREATOR_NOT_SEEN, (group, creator, None), message, None))
    return found


def _of_attributes(
    corpus: _Corpus, disclosure: Disclosure, private_dictionary: PrivateDictionary
) -> list[AuditFinding]:
    found = []
    for key, seen in sorted(corpus.attributes.items()):
        disclosed = disclosure.attributes.get(key)
        suspicions = seen.suspicions
        if key[1] == UNKNOWN_CREATOR:
            message = "the private element stands in a block that no Private Creator reserves"
            found.append(_finding(Kind.NO_CREATOR, key, message, seen))
        if disclosed is None:
            message = f"is written, but not disclosed{described_by(private_dictionary, key)}"
            found.append(_finding(Kind.UNDISCLOSED, key, message, seen))
        status = disclosed.status if disclosed else ""
        if suspicions:
            if SAFE in (status, *seen.stated):
                message = f"is called SAFE, but {suspicions}"
                found.append(_finding(Kind.SAFE_IDENTIFYING, key, message, seen))
            elif status == "" and UNSAFE not in seen.stated:
                message = f"{suspicions}, and is not disclosed as {UNSAFE}"
                kind = Kind.REPEATS
                if disclosed is not None and disclosed.proposed:
                    message, kind = f"{message}: that is only proposed, nobody confirmed it", Kind.NOT_CONFIRMED
                found.append(_finding(kind, key, message, seen))
            elif status == "":
                found.append(_finding(Kind.DECLARED, key, f"{suspicions}; the files say {UNSAFE}", seen))
            else:
                found.append(_finding(Kind.DECLARED, key, f"{suspicions}; disclosed as {status}", seen))
        if disclosed is not None:
            found.extend(_differences(key, seen, disclosed.vrs, disclosed.vms, disclosed.presences))
        for message in differences_from(private_dictionary, key, seen.vrs, seen.multiplicity, disclosed):
            found.append(_finding(Kind.DICTIONARY, key, message, seen))
    for key in sorted(disclosure.attributes.keys() - corpus.attributes.keys()):
        found.append(_finding(Kind.NOT_SEEN, key, "is disclosed, but was never seen", None))
    return found


def _differences(key: Key, seen: Seen, vrs: set[str], vms: set[str], presences: set[str]) -> list[AuditFinding]:
    found = []
    others = seen.vrs - vrs
    if vrs and others and vrs != {"UN"}:
        message = f"VR {', '.join(sorted(others))} is written, but {', '.join(sorted(vrs))} disclosed"
        found.append(_finding(Kind.VR, key, message, seen))
    if vms and seen.multiplicity and not any(within(seen.multiplicity, vm) for vm in vms):
        message = f"VM {range_text(seen.multiplicity)} is written, but {', '.join(sorted(vms))} disclosed"
        found.append(_finding(Kind.VM, key, message, seen))
    if presences == {ALWAYS} and seen.presences - {ALWAYS}:
        found.append(_finding(Kind.PRESENCE, key, "is disclosed as ALWAYS present, but some instances lack it", seen))
    return found


def _of_blocks(corpus: _Corpus) -> list[AuditFinding]:
    found = []
    for (uid, _, group, block), owners in sorted(corpus.blocks.items()):
        if len(owners) > 1:
            names = " and ".join(f"{name} ({owners[name]} instances)" for name in sorted(owners))
            message = (
                f"block {block:02X} of group {group:04X} belongs to {names}: its tags alone do not tell whose they are"
            )
            seen = Seen(instances=sum(owners.values()), sop_classes={uid})
            found.append(_finding(Kind.BLOCKS, (group, min(owners), None), message, seen))
    return found


def _audited(key: Key, seen: Seen, disclosure: Disclosure) -> AuditedAttribute:
    disclosed = disclosure.attributes.get(key)
    said = set(seen.said_by)
    if disclosed is not None and disclosed.status:
        said.add((disclosed.status, BY_DISCLOSURE))
    information, said_by = "", ""
    if said:
        information = min((text for text, _ in said), key=STATUSES.index)
        said_by = "; ".join(sorted(by for text, by in said if text == information))
    elif (disclosed is not None and disclosed.proposed) or seen.suspicions:
        information, said_by = UNSAFE, NOT_CONFIRMED
    creator, attribute = _named(key)
    vr = "; ".join(sorted(seen.vrs)) or "UN"
    return AuditedAttribute(creator, attribute, vr, seen.instances, disclosed is not None, information, said_by)


def _named(key: tuple[int, str, int | None]) -> tuple[str, str]:
    """Private Creator ("" when there is none) and tag, as reports print them."""
    group, creator, element = key
    if element is None:
        attribute = f"({group:04X},00xx)"
    elif creator == UNKNOWN_CREATOR:
        attribute = f"({group:04X},{element:04X})"
    else:
        attribute = f"({group:04X},xx{element:02X})"
    return "" if creator == UNKNOWN_CREATOR else creator, attribute


def _finding(kind: Kind, key: tuple[int, str, int | None], message: str, seen: Seen | None) -> AuditFinding:
    creator, attribute = _named(key)
    if seen is None:
        return AuditFinding(kind, creator, attribute, message)
    values = tuple(sorted(seen.values)[:EXAMPLES])
    return AuditFinding(
        kind, creator, attribute, message, seen.instances, tuple(sorted(seen.sop_classes)), seen.example, values
    )
