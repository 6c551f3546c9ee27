"""Compares the values of an instance with what identifies whom it belongs to, each once for all instances of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.profile import identifying
from annexgen.profile.identity import holds_uid
from annexgen.profile.model import PLAIN
from annexgen.profile.sightings import SHORTEST_UID, Comparison, Group, Sighting
from annexgen.profile.withholding import is_withheld_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.profile.counted_class import CountedClass
    from annexgen.profile.identity import Identity


def compare(sop_class: CountedClass, identity: Identity, found: Iterable[Sighting | Group]) -> None:
    """Compare the values of an instance with what identifies whom it belongs to, each once for all instances of a series."""
    seen = identity.seen
    new = [one for one in found if one not in seen]
    seen.update(new)
    probes: list[tuple[Sighting, identifying.Probe]] = []
    for one in new:
        fresh: Iterable[Sighting] = (one,) if isinstance(one, Sighting) else set(one.sightings) - seen
        seen.update(fresh)
        for sighting in fresh:
            for text, comparison in sighting.checked:
                if _identifies(text, comparison, identity):
                    sop_class.identifying.add((sighting.node, PLAIN + text))
            for probe in sighting.probes:
                probes.append((sighting, probe))
                sop_class.held += len(probe[1])
    if probes:
        for sighting, kinds in identifying.matches(probes, identity.needles):
            identity.matches[sighting] = kinds | identity.matches.get(sighting, frozenset())
            sop_class.identifying.update((sighting.node, PLAIN + text) for text, _ in sighting.checked)
    if identity.matches:
        for one in new:
            if isinstance(one, Group):
                identity.groups[one] = [sighting for sighting in one.sightings if sighting in identity.matches]
        for one in found:
            for sighting in (one,) if isinstance(one, Sighting) else identity.groups.get(one, ()):
                for kind in identity.matches.get(sighting, ()):
                    sop_class.matches[sighting.node, kind] += 1


def compare_with_uid(
    sop_class: CountedClass, identity: Identity, found: Iterable[Sighting | Group], instance_uid: str
) -> None:
    """Compare the values of an instance that are like its SOP Instance UID with it."""
    folded, encoded = instance_uid.casefold(), instance_uid.encode("latin-1", "ignore")
    for one in found:
        if not one.long:
            continue
        if isinstance(one, Group):
            # Nearly always no value of a group holds the UID, and none has to be looked at on its own.
            if folded not in one.long_text and not any(encoded in value for value in one.long_bytes):
                continue
            long = one.long
        else:
            long = (one,)
        for sighting in long:
            for text, comparison in sighting.checked:
                if holds_uid(text, instance_uid, exact=comparison in (Comparison.EXACT, Comparison.TERM)):
                    sop_class.identifying.add((sighting.node, PLAIN + text))
            if len(instance_uid) < SHORTEST_UID or not sighting.probes:
                continue
            found_in_probes = any(identifying.holds_uid(probe, instance_uid) for probe in sighting.probes)
            if found_in_probes and identifying.UID not in identity.matches.get(sighting, ()):
                sop_class.matches[sighting.node, identifying.UID] += 1


def _identifies(text: str, comparison: Comparison, identity: Identity) -> bool:
    """Whether a value identifies the patient of an instance."""
    if comparison is Comparison.CODE:
        return is_withheld_code(text, identity)
    if comparison is Comparison.TERM:
        return identity.is_named(text)
    return identity.found_in(text, exact=comparison is Comparison.EXACT)
