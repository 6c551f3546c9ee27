"""Section N.3.1: the revision history, from what people state and from a comparison with the former version (PS3.2 N.3.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.annex import columns
from annexgen.annex.comparison import compare
from annexgen.annex.comparison.summary import gone, summary
from annexgen.annex.corpus_facts import in_order
from annexgen.annex.model import Cell, Finding, Row, Section, Status, Table
from annexgen.annex.numbering import number

if TYPE_CHECKING:
    from annexgen.annex.annotations import Revision, Statements
    from annexgen.annex.comparison import Comparison
    from annexgen.annex.model import Annex

TITLE = "Revision History"
NOT_SEEN = "not-seen-any-more"
_KEY = "revisions"
_NAMED = 12


def with_revisions(annex: Annex, statements: Statements | None, former: Annex | None = None) -> Annex:
    """The unnumbered annex with Section N.3.1; the same annex when nothing is known of revisions.

    The history holds the revisions that a person states, in their order, and after them the version of this annex when
    it is compared with a former one and not among them. Its Change is proposed from the comparison where no one states it.

    Arguments: `former` is the numbered annex of the former version.
    Source: PS3.2 Section N.3.1.
    """
    revisions = statements.revisions if statements else ()
    comparison = compare(former, number(annex)) if former is not None else None
    if not revisions and comparison is None:
        return annex
    stated = bool(statements and statements.product.versions)
    rows = _rows(revisions, annex.product.versions, stated=stated, comparison=comparison)
    table = Table(_KEY, "revisions", TITLE, columns.REVISIONS, rows)
    text = tuple(_removed(comparison, annex)) if comparison is not None else ()
    sections = (Section("N.3", "Introduction"), Section("N.3.1", TITLE, text, (_KEY,)))
    place = next((n for n, one in enumerate(annex.sections) if not one.id.startswith("N.1.") and one.id != "N.1"), 0)
    findings = _not_seen(comparison, annex) if comparison is not None else []
    return replace(
        annex,
        sections=(*annex.sections[:place], *sections, *annex.sections[place:]),
        tables=(*annex.tables, table),
        findings=tuple(in_order([*annex.findings, *findings])),
    )


def _rows(
    revisions: tuple[Revision, ...], versions: tuple[str, ...], *, stated: bool, comparison: Comparison | None
) -> tuple[Row, ...]:
    """The rows; the last revision for exactly these product versions is that of this annex."""
    own = [n for n, one in enumerate(revisions) if set(one.versions) == set(versions)]
    change = _proposed(comparison) if comparison is not None else _missing("change")
    rows = []
    for position, one in enumerate(revisions):
        cells = {
            "Revision": _said(one.revision, "revision"),
            "Date": _said(one.date.isoformat() if one.date else "", "date"),
            "Product Version(s)": Cell("; ".join(one.versions), Status.CONFIRMED),
            "Change": _said(one.change, "change"),
        }
        if own and position == own[-1] and not one.change:
            cells["Change"] = change
        elif own and position == own[-1] and comparison is not None:
            cells["Change"] = replace(cells["Change"], inferred=change.text)
        rows.append(Row(cells))
    if comparison is not None and not own:
        status = Status.CONFIRMED if stated else Status.OBSERVED
        known = Cell("; ".join(versions), status) if versions else _missing("versions")
        cells = {"Revision": _missing("revision"), "Date": _missing("date"), "Product Version(s)": known}
        rows.append(Row({**cells, "Change": change}))
    return tuple(rows)


def _said(text: str, key: str) -> Cell:
    return Cell(text, Status.CONFIRMED) if text else _missing(key)


def _missing(key: str) -> Cell:
    return Cell("", Status.UNKNOWN, f"to be stated in product.toml, as {key} of a [[revision]] with these versions")


def _proposed(comparison: Comparison) -> Cell:
    weak = sum(bool(change.weak) for change in comparison.changes)
    reason = f"from the differences to {_former(comparison)} that both corpora decide"
    if weak:
        reason += f"; {weak:,} others may be accidents of the corpora"
    return Cell(summary(comparison), Status.PROPOSED, reason)


def _removed(comparison: Comparison, annex: Annex) -> list[str]:
    """What the former version had and this one has not, as a list."""
    removed = gone(comparison, weak=False)
    if not removed:
        return []
    lines = [f"- {name}{_in(uids, comparison)}" for name, uids in removed]
    return [f"These are no longer used since {_former(comparison)}:", *lines]


def _not_seen(comparison: Comparison, annex: Annex) -> list[Finding]:
    """What was not seen any more without being decided: for a person to look at."""
    names: dict[str, list[str]] = {}
    for name, uids in gone(comparison, weak=True):
        for uid in uids:
            names.setdefault(uid, []).append(name)
    found = []
    for uid, held in sorted(names.items()):
        more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
        message = (
            f"described for {_former(comparison)} and not seen any more, but too little was read to say that it is gone: "
            f"{'; '.join(held[:_NAMED])}{more}"
        )
        found.append(Finding(NOT_SEEN, "note", message, uid, count=len(held)))
    return found


def _in(uids: list[str], comparison: Comparison) -> str:
    named = [comparison.sop_class_names.get(uid, uid) for uid in uids if uid]
    return f" ({', '.join(named)})" if named else ""


def _former(comparison: Comparison) -> str:
    versions = ", ".join(comparison.old.product.versions)
    return f"version {versions}" if versions else "the former version"
