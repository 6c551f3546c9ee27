"""`python -m annexgen.standard.builder.template_coverage [FILE]`: the page that lists the templates in the tables."""

from __future__ import annotations

import sys
from pathlib import Path

from annexgen.standard import tables, templates, uids

BASES = {
    "compared": "rows as in the reference facts",
    "merged": "several definitions of the reference facts joined to one template with parameters",
    "curated": "rows set by hand as that edition prints them",
}
"""What the column basis says."""


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
