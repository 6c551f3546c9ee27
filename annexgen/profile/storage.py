"""Writes and reads profiles: gzipped JSON, the same bytes for the same profile."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from annexgen.profile.links import Links, Record, SeriesSample, StudySample
from annexgen.profile.model import (
    FORMAT_VERSION,
    Limits,
    Origin,
    PathStatistics,
    Problems,
    Profile,
    Shape,
    SopClassProfile,
    ValueCount,
)
from annexgen.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


class ProfileError(Exception):
    """A file is no profile that can be read; the message says what is wrong and what to do."""


def dumps(profile: Profile) -> bytes:
    """The bytes of a sealed profile.

    Raises:
        ValueError: the profile is not sealed (`annexgen.profile.privacy.seal`), and may not be written.
    """
    if not profile.salt_id:
        raise ValueError("only a sealed profile may be written")
    text = json.dumps(document_of(profile), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode("utf-8", "surrogatepass"), compresslevel=6, mtime=0)


def document_of(profile: Profile) -> dict[str, Any]:
    """A profile as the JSON document that `profile_of` reads; an unsealed one must be encrypted before it is written."""
    return {
        "format": "annexgen profile",
        "format_version": FORMAT_VERSION,
        "values": profile.values,
        "limits": asdict(profile.limits),
        "salt_id": profile.salt_id,
        "skipped": [[file, reason, n] for (file, reason), n in sorted(profile.skipped.items())],
        "problems": [[*key, p.instances, p.example] for key, p in sorted(profile.problems.items())],
        "sop_classes": {uid: _sop_class(s) for uid, s in sorted(profile.sop_classes.items())},
        "links": _links(profile.links),
    }


SUFFIXES = (".profile.json.gz", ".profile.json")
"""How the name of a profile ends: by it a profile is known among instances."""


def save(profile: Profile, path: Path) -> None:
    """Write a sealed profile to a file, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, dumps(profile))


def is_profile(path: Path) -> bool:
    """Whether a file looks like a profile by its name."""
    return path.is_file() and path.name.endswith(SUFFIXES)


def load(path: Path) -> Profile:
    """Read a profile.

    Raises:
        ProfileError: the file is damaged, no profile, or of a newer format.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    try:
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        document = json.loads(text.decode("utf-8", "surrogatepass"))
    except (EOFError, OSError, ValueError, UnicodeError, zlib.error, RecursionError) as error:
        raise ProfileError(f"{path}: not a readable profile ({error}); scan the corpus again") from error
    if not isinstance(document, dict) or document.get("format") != "annexgen profile":
        raise ProfileError(f"{path}: not an annexgen profile; annexgen scan writes them")
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        newer = isinstance(version, int) and version > FORMAT_VERSION
        raise ProfileError(
            f"{path}: a profile of {'the newer ' if newer else ''}format {version}, but this annexgen reads format "
            f"{FORMAT_VERSION}; {'update annexgen' if newer else 'use the annexgen that wrote it'}, or scan the corpus again"
        )
    try:
        if not document["salt_id"]:
            raise ValueError("it has no salt")
        return profile_of(document)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ProfileError(f"{path}: damaged profile ({error!r}); scan the corpus again") from error


def _sop_class(profile: SopClassProfile) -> dict[str, Any]:
    paths = sorted(profile.paths)
    numbers = {path: n for n, path in enumerate(paths)}
    origins = sorted({o for found in (*profile.patterns.values(), *profile.frames.values()) for o in found})
    origin_numbers = {origin: n for n, origin in enumerate(origins)}
    shapes = sorted({key[0] for key in profile.patterns} | {s for key in profile.frames for s in (key[0], key[2])})
    shape_numbers = {shape: n for n, shape in enumerate(shapes)}
    values = sorted(
        {pair for _, pairs in profile.patterns for pair in pairs}
        | {pair for key in profile.frames for pair in (*key[1], *key[3])}
    )
    value_numbers = {pair: n for n, pair in enumerate(values)}
    return {
        "paths": [[path, _statistics(profile.paths[path])] for path in paths],
        "origins": [list(origin) for origin in origins],
        "shapes": [[[numbers[p], state] for p, state in shape] for shape in shapes],
        "pairs": [[numbers[p], value] for p, value in values],
        "patterns": sorted(
            [
                shape_numbers[shape],
                [value_numbers[pair] for pair in pairs],
                sorted([origin_numbers[o], n] for o, n in found.items()),
            ]
            for (shape, pairs), found in profile.patterns.items()
        ),
        "frames": sorted(
            [
                shape_numbers[shape],
                [value_numbers[pair] for pair in pairs],
                shape_numbers[frame],
                [value_numbers[pair] for pair in of_frame],
                sorted(origin_numbers[o] for o in found),
            ]
            for (shape, pairs, frame, of_frame), found in profile.frames.items()
        ),
        "discriminators": {p: None if v is None else sorted(v) for p, v in profile.discriminators.items()},
        "frame_values": {p: None if v is None else sorted(v) for p, v in profile.frame_values.items()},
        "transfer_syntaxes": dict(profile.transfer_syntaxes),
        "character_sets": dict(profile.character_sets),
    }


def _links(links: Links) -> dict[str, Any]:
    records = [record for _, _, record in links.records()] + sorted(links.worklist)
    layouts = sorted({record.paths for record in records} | {record.places for record in records if record.places})
    numbers = {paths: n for n, paths in enumerate(layouts)}

    def entries(records: Iterable[Record]) -> list[list[Any]]:
        return [
            [r.key, r.level, r.sop_class, r.device, numbers[r.paths], r.values.hex(), list(r.sources), r.references]
            + ([numbers[r.places], r.contents.hex()] if r.places else [])
            for r in sorted(records)
        ]

    return {
        "layouts": [list(paths) for paths in layouts],
        "threshold": links.threshold,
        "studies": [
            [study, one.level, one.threshold, _series(one, entries)] for study, one in sorted(links.studies.items())
        ],
        "worklist_threshold": links.worklist_threshold,
        "worklist": entries(links.worklist),
        "items": links.items,
    }


def _series(study: StudySample, entries: Callable[[Iterable[Record]], list[list[Any]]]) -> list[list[Any]]:
    return [[key, one.level, one.threshold, entries(one.records)] for key, one in sorted(study.series.items())]


def _read_links(entry: dict[str, Any]) -> Links:
    layouts = [tuple(paths) for paths in entry["layouts"]]

    def records(entries: list[list[Any]]) -> set[Record]:
        return {
            Record(
                key,
                level,
                sop_class,
                device,
                layouts[paths],
                bytes.fromhex(values),
                tuple(sources),
                references,
                layouts[contents[0]] if contents else (),
                bytes.fromhex(contents[1]) if contents else b"",
            )
            for key, level, sop_class, device, paths, values, sources, references, *contents in entries
        }

    result = Links({}, entry["threshold"], records(entry["worklist"]), entry["worklist_threshold"], entry["items"])
    for study, level, threshold, found in entry["studies"]:
        series = {key: SeriesSample(rank, records(held), lowest) for key, rank, lowest, held in found}
        result.studies[study] = StudySample(level, series, threshold)
    return result


def _statistics(statistics: PathStatistics) -> dict[str, Any]:
    return {
        "vrs": [[vr, origin, n] for (vr, origin), n in sorted(statistics.vrs.items())],
        "vm": statistics.value_multiplicity,
        "length": statistics.length,
        "items": statistics.items,
        "blocks": sorted(statistics.blocks.items()),
        "values": [
            [value, c.instances, list(c.patients), c.free_text, c.identifying]
            for value, c in sorted(statistics.values.items())
        ],
        "overflow": statistics.overflow,
        "lowest": statistics.lowest,
        "highest": statistics.highest,
        "facets": {name: dict(sorted(counts.items())) for name, counts in statistics.facets.items()},
        "order": statistics.order,
        "example": statistics.example,
    }


def profile_of(document: dict[str, Any]) -> Profile:
    """The profile of a document.

    Raises:
        KeyError, TypeError, ValueError, IndexError, AttributeError: the document is damaged.
    """
    profile = Profile(document["values"], Limits(**document["limits"]), document["salt_id"])
    if profile.values not in ("none", "safe", "all") or not all(
        type(n) is int for n in asdict(profile.limits).values()
    ):
        raise ValueError("values or limits are none that a scan has")
    profile.skipped = Counter({(file, reason): n for file, reason, n in document["skipped"]})
    for code, uid, path, message, instances, example in document["problems"]:
        profile.problems[code, uid, path, message] = Problems(instances, example)
    for uid, entry in document["sop_classes"].items():
        profile.sop_classes[uid] = _read_sop_class(entry)
    profile.links = _read_links(document["links"])
    return profile


def _read_sop_class(entry: dict[str, Any]) -> SopClassProfile:
    result = SopClassProfile(
        transfer_syntaxes=Counter(entry["transfer_syntaxes"]), character_sets=Counter(entry["character_sets"])
    )
    paths = [path for path, _ in entry["paths"]]
    for path, statistics in entry["paths"]:
        result.paths[path] = _read_statistics(statistics)
    origins: list[Origin] = [(a, b, c, d) for a, b, c, d in entry["origins"]]
    shapes: list[Shape] = [tuple((paths[p], state) for p, state in shape) for shape in entry["shapes"]]
    pairs = [(paths[p], value) for p, value in entry["pairs"]]
    for shape, values, found in entry["patterns"]:
        key = (shapes[shape], tuple(pairs[v] for v in values))
        result.patterns[key] = Counter({origins[o]: n for o, n in found})
    for shape, values, frame, of_frame, found in entry["frames"]:
        of_instance, pairs_of_frame = tuple(pairs[v] for v in values), tuple(pairs[v] for v in of_frame)
        result.frames[shapes[shape], of_instance, shapes[frame], pairs_of_frame] = {origins[o] for o in found}
    result.discriminators = {p: None if v is None else set(v) for p, v in entry["discriminators"].items()}
    result.frame_values = {p: None if v is None else set(v) for p, v in entry["frame_values"].items()}
    return result


def _read_statistics(entry: dict[str, Any]) -> PathStatistics:
    return PathStatistics(
        vrs=Counter({(vr, origin): n for vr, origin, n in entry["vrs"]}),
        value_multiplicity=_range(entry["vm"]),
        length=_range(entry["length"]),
        items=_range(entry["items"]),
        blocks=Counter(dict(entry["blocks"])),
        values={v: ValueCount(n, tuple(p), free, bad) for v, n, p, free, bad in entry["values"]},
        overflow=entry["overflow"],
        lowest=entry["lowest"],
        highest=entry["highest"],
        facets={name: Counter(counts) for name, counts in entry["facets"].items()},
        order=entry["order"],
        example=entry["example"],
    )


def _range(value: list[int] | None) -> tuple[int, int] | None:
    return (value[0], value[1]) if value else None
