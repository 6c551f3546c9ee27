"""`python -m annexgen.standard.builder.template_coverage [FILE]`: the page that lists the templates in the tables."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from annexgen.standard import tables, templates, uids
from annexgen.standard.builder import template_gaps

BASES = {
    "compared": "rows as in the reference facts",
    "merged": "several definitions of the reference facts joined to one template with parameters",
    "curated": "rows set by hand as that edition prints them",
}
"""What the column basis says."""

RANGES = (
    *((300, 321), (1000, 1010), (1204, 1204), (1400, 1420), (1500, 1502), (1600, 1608), (2000, 2010), (3900, 3999)),
    *((4000, 4023), (4100, 4108), (4200, 4299), (5000, 5026), (5100, 5105), (5200, 5228), (8101, 8182), (10001, 10024)),
)
"""The numbers, first and last, within which the tables have every template that PS3.16 defines."""


def page() -> str:
    """The page as Markdown: a summary, a row for each template, and the root templates of SOP Classes."""
    known = [found for tid in templates.all_templates() if (found := templates.template(tid)) is not None]
    lines = [
        "# Templates in the tables",
        "",
        "Made by `python -m annexgen.standard.builder.template_coverage`; what the columns of the tables mean stands in",
        "[standard.md](standard.md). `annexgen standard show TID 1500` prints the rows of one template.",
        "",
        f"{len(known)} templates of PS3.16 Annex A with {sum(len(found.rows) for found in known)} rows; "
        f"{sum(found.root for found in known)} may be the root of a document. The basis of a template:",
        "",
        *(f"- {basis} ({sum(found.basis == basis for found in known)}): {text}" for basis, text in BASES.items()),
        "",
        "| TID | Title | Edition | Basis | Rows | Root | Extensible | Order significant | Parameters |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(found) for found in known),
        "",
        "The edition 2017 is a copy of the template tables without the name of its edition, between 2016d and 2017b by what it",
        "holds; rows 1 to 8 of TID 2006, and that it is neither extensible nor ordered, are the same in 2025e. Whether TID 2007",
        "and 2008 are extensible and their order significant is not known. Rows that are compared with the reference facts are as",
        "those had them on 2026-06-08; where they lack what PS3.16 has since gained, and that is known, the template is curated",
        "(TID 2000). Rows 3 to 5 of TID 1606 have value sets of codes: they are CODE here, where their source has NUM.",
        "",
        *template_gaps.page_lines(),
        "",
        "## Numbers without a template",
        "",
        "Within these ranges the tables have every template that the list of tables of 2017 or the reference facts of 2022 and",
        "2026 name; the other numbers stand for no template of PS3.16.",
        "",
        "| Range | Templates | Numbers without a template |",
        "|---|---|---|",
        *(_gaps(first, last) for first, last in RANGES),
        "",
        "## Root templates of SOP Classes",
        "",
        "| SOP Class | UID | Templates |",
        "|---|---|---|",
        *(_roots(uid) for uid in dict.fromkeys(row[0] for row in tables.rows("template_roots"))),
    ]
    return "\n".join(lines) + "\n"


def _row(found: templates.Template) -> str:
    extensible, ordered = _yes(found.extensible), _yes(found.order_significant)
    cells = (found.tid, found.title, found.edition, found.basis, str(len(found.rows)), _yes(found.root), extensible)
    return f"| {' | '.join((*cells, ordered, ', '.join(found.parameters)))} |"


def _gaps(first: int, last: int) -> str:
    numbers = {int(digits[0]) for tid in templates.all_templates() if (digits := re.match(r"\d+", tid))}
    missing = [number for number in range(first, last + 1) if number not in numbers]
    runs: list[list[int]] = []
    for number in missing:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    span = str(first) if first == last else f"{first} to {last}"
    return f"| {span} | {last - first + 1 - len(missing)} | {', '.join(texts) or 'none'} |"


def _roots(uid: str) -> str:
    return f"| {uids.uid_name(uid) or ''} | {uid} | {', '.join(templates.root_templates(uid))} |"


def _yes(flag: bool | None) -> str:
    return {True: "yes", False: "no", None: "?"}[flag]


def main() -> int:
    """Write the page to the file named, or to the standard output."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
