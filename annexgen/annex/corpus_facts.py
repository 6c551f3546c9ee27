"""What the annex says of the corpus as a whole: product, devices, counts, findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.analyzers.corpus_findings import is_name, product_remarks
from annexgen.analyzers.findings import remarks_of
from annexgen.analyzers.private_findings import private_remarks
from annexgen.analyzers.value_findings import code_meaning_remarks
from annexgen.annex.annotations import STALE
from annexgen.annex.model import (
    Corpus,
    Device,
    Finding,
    Product,
    Skipped,
)
from annexgen.profile.reading import INTERNAL_ERROR
from annexgen.sr.checks import content_remarks

if TYPE_CHECKING:
    from annexgen.analyzers.remark import Remark
    from annexgen.annex.drafts import (
        SopClassDraft,
    )
    from annexgen.profile.model import Profile


def product_of(profile: Profile) -> Product:
    """The product as its instances name it; without a name where several models are in the corpus."""
    devices = devices_of(profile)
    named = [device for device in devices if is_name(device.model)]
    manufacturers = {device.manufacturer for device in named or devices if is_name(device.manufacturer)}
    manufacturer = manufacturers.pop() if len(manufacturers) == 1 else ""
    if len({device.model for device in named}) == 1:
        return Product(named[0].model, manufacturer, tuple(sorted({d.versions for d in named if d.versions})))
    versions = tuple(sorted({d.versions for d in devices if d.versions})) if not named else ()
    return Product(manufacturer=manufacturer, versions=versions)


def stated_product(stated: Product, seen: Product) -> Product:
    """The product as a person states it, and for the rest as its instances name it."""
    return Product(stated.name or seen.name, stated.manufacturer or seen.manufacturer, stated.versions or seen.versions)


def stated_versions(stated: Product, profile: Profile) -> list[Finding]:
    """Whether versions are stated of which the instances name none: a new version was read with the former one's statement."""
    seen = sorted({device.versions for device in devices_of(profile) if device.versions})
    known = any(one in other or other in one for one in stated.versions for other in seen)
    if not stated.versions or not seen or known:
        return []
    message = (
        f"versions: [product] states {', '.join(stated.versions)}, and the instances name {', '.join(seen)}; "
        "kept as said by a person"
    )
    return [Finding(STALE, "warning", message)]


def devices_of(profile: Profile) -> tuple[Device, ...]:
    """The devices that wrote the corpus, with their numbers of instances."""
    counts: Counter[str] = Counter()
    for origin, number in profile.origins():
        counts[origin[3]] += number
    parts = ((*device.split("\x1f"), "", "")[:3] for device in sorted(counts))
    return tuple(
        Device(manufacturer, model, versions, counts["\x1f".join((manufacturer, model, versions))])
        for manufacturer, model, versions in parts
    )


def corpus_of(profile: Profile) -> Corpus:
    origins = {origin for origin, _ in profile.origins()}
    return Corpus(
        instances=profile.instances,
        series=len({o[2] for o in origins if o[2]}),
        studies=len({o[1] for o in origins if o[1]}),
        patients=len({o[0] for o in origins if o[0]}),
        devices=devices_of(profile),
        skipped=tuple(Skipped(file, reason) for (file, reason), n in sorted(profile.skipped.items()) for _ in range(n)),
        values=profile.values,
    )


def findings_of(profile: Profile, views: list[SopClassDraft]) -> list[Finding]:
    findings: list[Finding] = []
    for reason, number in sorted(Counter(r for (_, r), n in profile.skipped.items() for _ in range(n)).items()):
        example = min(file for file, r in profile.skipped if r == reason)
        fault = reason.startswith(INTERNAL_ERROR)
        code, severity = ("internal-error", "error") if fault else ("unreadable-file", "warning")
        findings.append(
            Finding(
                code,
                severity,
                f"{number} {'file' if number == 1 else 'files'} not counted: {reason}"
                f"{'; please report it to its developers' if fault else ''}",
                count=number,
                example=example,
            )
        )
    items = profile.links.items
    if items:
        were = "item was read; it is compared with the instances, and is none of them"
        if items > 1:
            were = "items were read; they are compared with the instances, and are none of them"
        message = f"{items} Modality Worklist {were}"
        findings.append(Finding("worklist-items", "note", message, count=items))
    findings.extend(_finding(remark, "") for remark in product_remarks(profile))
    findings.extend(_finding(remark, uid) for uid, remark in code_meaning_remarks(profile))
    for (code, uid, path, message), problems in sorted(profile.problems.items()):
        findings.append(Finding(code, "warning", message, uid, path, problems.instances, problems.example))
    for one in views:
        attributes = remarks_of(one.view.profile, one.modules, one.view.presence, one.groups, one.view.standard_values)
        private = private_remarks(one.view.profile, one.view.presence)
        findings.extend(
            _finding(remark, one.view.uid) for remark in (*attributes, *private, *content_remarks(one.reports))
        )
    return findings


def _finding(remark: Remark, uid: str) -> Finding:
    return Finding(remark.code, remark.severity, remark.message, uid, remark.path, remark.count, remark.example)


def in_order(findings: list[Finding]) -> list[Finding]:
    """The findings with the most severe ones first."""
    severity = {"error": 0, "warning": 1, "note": 2}
    return sorted(findings, key=lambda f: (severity[f.severity], f.code, f.sop_class, f.path, f.message))
