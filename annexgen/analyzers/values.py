"""What the Value column says: a constant, a closed list, a range, codes, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.corpus.values import NUMBER_VRS
from annexgen.profile.model import PLAIN, PathStatistics

CELL_VALUES = 2
"""Up to this many values stand in the cell itself; more go to a table of Coded Values (PS3.2 Annex N)."""
LISTED_VALUES = 32


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of the values: `texts` sorted, ready to print; `complete` unless others were seen as well."""

    texts: tuple[str, ...] = ()
    range: str = ""
    complete: bool = True

    @property
    def listed(self) -> bool:
        """Whether the values need a table of their own."""
        return len(self.texts) > CELL_VALUES


def code_text(token: str) -> str:
    """A code as the annexes print it: (value, scheme, "Meaning")."""
    value, scheme, meaning = token.split("\x1f")
    return f'({value}, {scheme}, "{meaning}")'


def values_of(statistics: PathStatistics) -> Values:
    """The printable values of one path (PS3.2 Annex N preface: ranges in square brackets)."""
    vrs = {vr for vr, _ in statistics.vrs}
    numeric = bool(vrs & (NUMBER_VRS | {"NUM"}))
    plain = sorted(
        (v[1:] for v, count in statistics.values.items() if v[0] == PLAIN and count.printable), key=_sort_key
    )
    others = statistics.overflow or len(plain) < len(statistics.values)
    texts = tuple(code_text(v) if v.count("\x1f") == 2 else v for v in plain)
    if numeric and statistics.lowest is not None and statistics.highest is not None:
        if len(texts) == 1 and not others:
            return Values(texts)
        if statistics.lowest == statistics.highest:
            return Values((f"{statistics.lowest:.10g}",), complete=not others)
        return Values((), f"[{statistics.lowest:.10g} ... {statistics.highest:.10g}]")
    if statistics.overflow or len(texts) > LISTED_VALUES:
        return Values((), complete=False)
    return Values(texts, complete=not others)


def _sort_key(text: str) -> tuple[int, float, str]:
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)
