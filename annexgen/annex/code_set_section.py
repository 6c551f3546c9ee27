"""Section N.13: Code Set Usage, from the codes that the corpus holds (PS3.2 N.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.code_sets import CodeSetUse, code_sets_of
from annexgen.annex import columns
from annexgen.annex.model import Cell, Row, Status, Table, table_token
from annexgen.annex.rows import UNKNOWN
from annexgen.standard.coding_schemes import CodingScheme, coding_scheme, is_private

if TYPE_CHECKING:
    from annexgen.annex.outline import Outline
    from annexgen.profile.model import Profile

SECTION = "N.13"
TITLE = "Code Set Usage"
SHOWN_PLACES = 4
_PRIVATE_CODES = "private_codes"


def code_set_section(outline: Outline, profile: Profile, names: dict[str, str]) -> None:
    """Section N.13 with one row for each Coding Scheme; `names` are the names of the SOP Classes by UID."""
    uses = code_sets_of(profile)
    if not uses:
        outline.section(SECTION, TITLE)
        return
    rows = tuple(_row(designator, use, names) for designator, use in uses.items())
    sop_classes = tuple(sorted({uid for use in uses.values() for uid in use.places}))
    table = Table("code_sets", "code_sets", "Code Sets used", columns.CODE_SETS, rows, sop_classes)
    text = [f"{table_token('code_sets')} lists the Coding Schemes whose codes {outline.product_name} writes."]
    private = [designator for designator in uses if is_private(designator)]
    retired = [d for d in uses if (scheme := coding_scheme(d)) is not None and scheme.retired]
    if private:
        text.append(f"Private codes are written, with the Coding Scheme Designators {_listed(private)}.")
    unlisted = [designator for designator in uses if coding_scheme(designator) is None and designator not in private]
    if unlisted:
        text.append(
            f"Codes of Coding Schemes that PS3.16 does not list are written, with the Coding Scheme Designators "
            f"{_listed(unlisted)}; whether they are private codes is to be checked."
        )
    if not private and not unlisted:
        text.append("No private codes were found in the instances read.")
    if retired:
        text.append(
            f"Codes that DICOM no longer uses are written, with the Coding Scheme Designators {_listed(retired)} "
            "(SNOMED RT style codes; PS3.16 uses SNOMED CT, designator SCT)."
        )
    tables = [table]
    if private:
        text.append(f"{table_token(_PRIVATE_CODES)} lists the private codes.")
        codes = [row for designator in private for row in _codes(designator, uses[designator])]
        holders = tuple(sorted({uid for designator in private for uid in uses[designator].places}))
        tables.append(Table(_PRIVATE_CODES, "sr_codes", "Private Codes", columns.SR_CODES, tuple(codes), holders))
    outline.section(SECTION, TITLE, tuple(text), tuple(tables))


def _codes(designator: str, use: CodeSetUse) -> list[Row]:
    """One row for each code of a private Coding Scheme, with every Code Meaning seen."""
    return [
        Row(
            {
                "Coding Scheme Designator": Cell(designator),
                "Code Value": Cell(value),
                "Code Meaning": Cell("; ".join(sorted(meanings))),
            }
        )
        for value, meanings in sorted(use.codes.items())
    ]


def _row(designator: str, use: CodeSetUse, names: dict[str, str]) -> Row:
    scheme = coding_scheme(designator)
    titles = sorted(names.get(uid, uid) for uid in use.places)
    shown = "; ".join(titles[:SHOWN_PLACES])
    if len(titles) > SHOWN_PLACES:
        shown += f"; and {len(titles) - SHOWN_PLACES} more"
    cells = {
        "Coding Scheme Designator": Cell(designator),
        "Coding Scheme": Cell(scheme.name, Status.STANDARD) if scheme else UNKNOWN,
        "Kind": _kind(designator, scheme),
        "Number of Codes": Cell(f"at least {len(use.codes)}" if use.capped else str(len(use.codes))),
        "Used in": Cell(shown),
        "Comments": Cell(""),
    }
    return Row(cells, f"coding scheme {designator}")


def _kind(designator: str, scheme: CodingScheme | None) -> Cell:
    if scheme is not None:
        return Cell("RETIRED" if scheme.retired else "STANDARD", Status.STANDARD)
    if is_private(designator):
        return Cell("PRIVATE", Status.STANDARD)
    return Cell("PRIVATE", Status.PROPOSED, "PS3.16 section 8 does not list this designator")


def _listed(designators: list[str]) -> str:
    *first, last = designators
    return f"{', '.join(first)} and {last}" if first else last
