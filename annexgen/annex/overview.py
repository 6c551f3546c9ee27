"""The tables of N.1: Storage SOP Classes, transfer syntaxes, root templates, character sets (PS3.2 Tables N.1-1 to N.1-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex import columns
from annexgen.annex.content_cells import template_title
from annexgen.annex.model import Cell, Row, Status, Table, table_token
from annexgen.annex.report_sections import content_key, numeric
from annexgen.annex.rows import UNKNOWN, SopClassView, evidence_of
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY
from annexgen.standard import character_sets, uids

if TYPE_CHECKING:
    from annexgen.profile.model import Profile
    from annexgen.sr.matching import MatchedTree

SETS = {
    "uncompressed": "U",
    "lossless": "LL",
    "lossy": "L",
    "video": "V",
    "real-time video": "RTV",
    "other": "O",
}
SET_NAMES = {
    "LL": "Lossless Compressed Transfer Syntax Set (LL)",
    "L": "Lossy Compressed Transfer Syntax Set (L)",
    "NI": "Non-Image Transfer Syntax Set (NI)",
    "U": "Uncompressed Transfer Syntax Set (U)",
    "V": "Video Transfer Syntax Set (V)",
    "RTV": "Real-Time Video Transfer Syntax Set (RTV)",
    "O": "Other Transfer Syntax Set (O)",
}
_PIXEL_DATA = ("(7FE0,0010)", "(7FE0,0008)", "(7FE0,0009)")


def transfer_syntax_sets(view: SopClassView) -> dict[str, list[str]]:
    """Transfer syntaxes of a SOP Class by the abbreviation of their set; without pixel data all are of set NI."""
    image = any(path in view.profile.paths for path in _PIXEL_DATA)
    found: dict[str, list[str]] = {}
    for uid in sorted(view.profile.transfer_syntaxes):
        if not uid:
            continue
        known = uids.transfer_syntax(uid)
        family = known.family if known else "other"
        name = "NI" if not image and family == "uncompressed" else SETS[family]
        found.setdefault(name, []).append(uid)
    return found


def type_of_sop_class(view: SopClassView, *, extended: bool) -> Cell:
    """S, SE, SP or P by the rules of PS3.2 section 7.3; what files cannot show is proposed."""
    if view.uid.startswith("1.2.840.10008."):
        return Cell("SE") if extended else Cell("S")
    if "(0008,001A)" in view.profile.paths:
        return Cell("SP", Status.PROPOSED, "Related General SOP Class UID (0008,001A) is present")
    return Cell("P", Status.PROPOSED, "private SOP Class UID, and no Related General SOP Class UID (0008,001A)")


def sop_classes_table(views: list[SopClassView], extended: dict[str, bool], reports: set[str]) -> Table:
    """Table N.1-1, in numerical order of SOP Class UIDs."""
    rows = []
    for view in sorted(views, key=lambda v: tuple(int(p) if p.isdigit() else 0 for p in v.uid.split("."))):
        cells = dict.fromkeys(columns.SOP_CLASSES, UNKNOWN)
        name = uids.uid_name(view.uid)
        cells["SOP Class Name"] = Cell(name, Status.STANDARD) if name else UNKNOWN
        cells["SOP Class UID"] = Cell(view.uid)
        cells["Transfer Syntax Set"] = Cell("; ".join(transfer_syntax_sets(view)))
        cells["Create"] = type_of_sop_class(view, extended=extended[view.uid])
        if view.uid in reports:
            kind = cells["Create"]
            cells["Create"] = Cell(f"See {table_token('root_templates')}", kind.status, f"{kind.text}; {kind.reason}")
        seen = view.presence.get("(0008,0016)") or next(iter(view.presence.values()))
        rows.append(
            Row(
                cells,
                view.uid,
                evidence=evidence_of(seen, min(s.example for s in view.profile.paths.values())),
            )
        )
    table_uids = tuple(view.uid for view in views)
    return Table("sop_classes", "sop_classes", "Storage SOP Classes", columns.SOP_CLASSES, tuple(rows), table_uids)


def transfer_syntaxes_table(views: list[SopClassView]) -> Table:
    """Table N.1-2: only transfer syntaxes that were seen."""
    seen: dict[str, set[str]] = {}
    for view in views:
        for name, found in transfer_syntax_sets(view).items():
            seen.setdefault(name, set()).update(found)
    rows = []
    for name, caption in SET_NAMES.items():
        for number, uid in enumerate(sorted(seen.get(name, ()))):
            known = uids.transfer_syntax(uid)
            cells = {
                "Transfer Syntax Set": Cell("" if number else caption),
                "Transfer Syntax Name": Cell(known.name, Status.STANDARD) if known else UNKNOWN,
                "Transfer Syntax UID": Cell(uid),
                "DICOM Web Service Bulkdata Media Type": Cell(known.media_type, Status.STANDARD) if known else UNKNOWN,
            }
            rows.append(Row(cells, uid))
    return Table(
        "transfer_syntaxes",
        "transfer_syntaxes",
        "Supported Transfer Syntaxes",
        columns.TRANSFER_SYNTAXES,
        tuple(rows),
    )


def root_templates_table(reports: list[tuple[SopClassView, MatchedTree]]) -> Table:
    """Table N.1-3: root templates in ascending order, a line for each SOP Class that they are written in."""
    found: dict[tuple[str, str], list[tuple[SopClassView, MatchedTree]]] = {}
    for view, report in reports:
        found.setdefault((report.template or f"?{report.tree.root.path}", view.uid), []).append((view, report))
    rows: list[Row] = []
    previous = ""
    for (tid, uid), group in sorted(found.items(), key=lambda f: (*numeric(f[0][0]), f[0][1])):
        group.sort(key=lambda entry: entry[1].guessed)
        view, report = group[0]
        first = tid != previous
        previous = tid
        name = uids.uid_name(uid)
        several = sum(other == tid for other, _ in found) > 1
        root = report.tree.root
        cells = {
            "Name": _name_of_template(report) if first else Cell(""),
            "Root TID": _root_template(report) if first else Cell(""),
            "Function": Cell("CREATE"),
            "SOP Class Name": Cell(name, Status.STANDARD) if name else UNKNOWN,
            "SOP Class UID": Cell(uid),
            "Condition": UNKNOWN if several else Cell(""),
        }
        covers = tuple(other.tree.root.path for _, other in group[1:])
        evidence = evidence_of(view.presence[root.path], root.statistics.example)
        rows.append(Row(cells, root.path, covers, evidence=evidence, reference=content_key(uid, report)))
    sop_classes = tuple(sorted({view.uid for view, _ in reports}))
    title = "Supported Root SR Template IDs (TIDs)"
    return Table("root_templates", "root_templates", title, columns.ROOT_TEMPLATES, tuple(rows), sop_classes)


def _name_of_template(report: MatchedTree) -> Cell:
    """The title of the template in PS3.16, or else the document title."""
    title = template_title(report.template)
    if title:
        return Cell(title, Status.STANDARD)
    meaning = report.tree.title.split("\x1f")[2] if report.tree.title else ""
    return Cell(meaning, Status.PROPOSED, "the document title") if meaning else UNKNOWN


def _root_template(report: MatchedTree) -> Cell:
    if not report.template:
        return UNKNOWN
    if not report.guessed:
        return Cell(report.template.rpartition(":")[2])
    others = report.of(report.tree.root).others
    reason = "the reports name no template; this one explains most of them"
    if others:
        reason = f"the reports name no template; this one explains as much of them as TID {', '.join(others)}"
    return Cell(report.template, Status.PROPOSED, reason)


def character_sets_table(profile: Profile) -> Table:
    """Table N.1-15: the Defined Terms seen; without Specific Character Set (0008,0005) the default repertoire."""
    terms: set[str] = set()
    for uid, sop_class in profile.sop_classes.items():
        for value in sop_class.character_sets:
            if value or uid != MEDIA_STORAGE_DIRECTORY:
                terms.update(term or "ISO_IR 6" for term in value.split("\\"))
    rows: list[Row] = []
    for group in character_sets.GROUPS:
        members = [c for c in character_sets.all_character_sets() if c.group == group and c.defined_term in terms]
        if members:
            rows.append(Row({"Defined Term": Cell(group, Status.STANDARD)}, heading=True))
        for member in members:
            texts = (member.defined_term, member.iana, member.description)
            cells = {
                c: Cell(t, Status.STANDARD if n else Status.OBSERVED)
                for n, (c, t) in enumerate(zip(columns.CHARACTER_SETS, texts, strict=True))
            }
            rows.append(Row(cells, member.defined_term))
    unknown = sorted(term for term in terms if character_sets.character_set(term) is None)
    for term in unknown:
        rows.append(Row({"Defined Term": Cell(term), "IANA": UNKNOWN, "Description": UNKNOWN}, term))
    return Table(
        "character_sets",
        "character_sets",
        "Supported Specific Character Sets",
        columns.CHARACTER_SETS,
        tuple(rows),
    )
