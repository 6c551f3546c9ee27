"""`python -m benchmarks.costs`: writes into docs/scale.md what large corpora cost by the rates in docs/performance.md."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
KINDS = {"private-heavy MR": "MR", "500-frame enhanced MR": "enhanced MR"}
INSTANCES = (4, 6, 8)
WORKERS = (1, 8, 64)
_UNITS = ((86_400 * 2, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))
HEAD = "| Instances | 1 worker | 8 workers | 64 workers |\n|---|---|---|---|\n"


def rates(performance: str) -> dict[str, int]:
    """Instances a second of one worker, by kind of corpus."""
    found = re.findall(r"^\| ([^,|]+), [\d,]+ elements \| ([\d,]+)/s \|", performance, re.MULTILINE)
    return {kind: int(rate.replace(",", "")) for kind, rate in found}


def duration(seconds: float) -> str:
    """A time in the unit that suits it, rounded up."""
    size, name = next((size, name) for least, size, name in _UNITS if seconds >= least)
    return f"{-int(-seconds // size)} {name}"


def table(performance: str) -> str:
    """The table for docs/scale.md."""
    measured = rates(performance)
    lines = [
        f"| 10^{power} {name} | " + " | ".join(duration(10**power / measured[kind] / n) for n in WORKERS) + " |\n"
        for kind, name in KINDS.items()
        for power in INSTANCES
    ]
    return HEAD + "".join(lines)


def main() -> None:
    """Replace the table."""
    path = DOCS / "scale.md"
    text = path.read_text(encoding="utf-8")
    new = table((DOCS / "performance.md").read_text(encoding="utf-8"))
    path.write_text(re.sub(re.escape(HEAD) + r"(\|[^\n]*\n)*", new, text), encoding="utf-8")


if __name__ == "__main__":
    main()
