"""One row for several IODs: what they have in common, and Conditions that name the IOD where they differ (PS3.2 N.9.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import ALWAYS, CONDITIONAL
from annexgen.analyzers.values import CELL_VALUES, Values
from annexgen.annex.model import TABLE_TOKEN, Apart, Cell, Evidence, Row, Status, table_token
from annexgen.profile.paths import parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.annex.drafts import Draft

Listed = tuple[str, str, Values]
FIXED, EMPTY = "FIXED", "EMPTY"
_RANGE = re.compile(r"\[(\S+) \.\.\. (\S+)\]")
_SIZE = re.compile(r"(?P<what>.*, )?(?:(?P<low>[0-9]+) to )?(?P<high>[0-9]+) (?P<unit>items|values|bytes)")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Member:
    """One IOD's draft of a table."""

    sop_class: str
    title: str
    draft: Draft

    @property
    def carriers(self) -> int:
        """The instances that have what the table describes."""
        found = [row.evidence.carriers for row in self.draft.rows if row.evidence is not None and row.level == 0]
        return max(found, default=0)


def merged(members: Sequence[Member], coded: str) -> tuple[tuple[Row, ...], dict[str, Listed]]:
    """The rows of a table for several IODs, and the values that they refer to by path; `coded` is the key of that table."""
    if len({member.draft.signature() for member in members}) == 1:
        rows = [[member.draft.rows[n] for member in members] for n in range(len(members[0].draft.rows))]
        return tuple(_merged_row(members, [*row], coded)[0] for row in rows), dict(members[0].draft.listed)
    by_path = [{row.path: row for row in member.draft.rows} for member in members]
    found: list[Row] = []
    listed: dict[str, Listed] = {}
    for path in merged_order([list(known) for known in by_path]):
        row, values = _merged_row(members, [known.get(path) for known in by_path], coded)
        found.append(row)
        if values is not None:
            listed[path] = values
    return tuple(found), listed


def merged_order(lists: list[list[str]]) -> list[str]:
    """All paths of several lists, each list's order kept and what stands in a Sequence left together."""
    rest = [list(reversed(one)) for one in lists]
    result: list[str] = []
    last: list[str] = []
    while any(rest):
        heads = {one[-1] for one in rest if one}
        free = [head for head in heads if not any(head in one[:-1] for one in rest)] or list(heads)
        path = min(free, key=lambda head: (-_nested(head, last), head))
        result.append(path)
        rest = [[p for p in one if p != path] if path in one else one for one in rest]
        last = path.split("/")
    return result


def _nested(path: str, last: list[str]) -> int:
    """How deep in the Sequences around the last path a path stands."""
    parts = path.split("/")
    depth = 0
    while depth < min(len(parts) - 1, len(last)) and parts[depth] == last[depth]:
        depth += 1
    return depth


def _merged_row(members: Sequence[Member], rows: Sequence[Row | None], coded: str) -> tuple[Row, Listed | None]:
    having = [(member.title, row) for member, row in zip(members, rows, strict=True) if row is not None]
    first = having[0][1]
    if first.heading or first.evidence is None:
        return first, None
    absent = [member.title for member, row in zip(members, rows, strict=True) if row is None]
    cells = dict(first.cells)
    for name in first.cells:
        cells[name] = _JOINED.get(name, _texts)([(title, row.cells[name]) for title, row in having])
    if absent:
        cells["Presence of Attribute"] = Cell(CONDITIONAL)
    listed = _listed(members, rows)
    if listed is not None:
        cells["Value"] = replace(cells["Value"], text=f"See {table_token(coded)}")
    elif any(value.startswith("See ") for value in {row.cells["Value"].text for _, row in having}):
        cells["Value"] = first.cells["Value"]
    values = 2 if listed is not None else _shown(having)
    if "Source" in cells:
        cells["Source"] = _source([(title, one.cells["Source"]) for title, one in having], values=values)
    cells["Conditions"] = _conditions(having, absent, values=listed is None)
    covers = tuple(dict.fromkeys(path for _, row in having for path in row.covers))
    row = replace(
        first,
        covers=covers,
        cells=cells,
        evidence=_evidence(members, rows),
        values=tuple(sorted({value for _, one in having for value in one.values})),
        closed=all(one.closed for _, one in having),
    )
    return replace(row, apart=_apart(row, members, rows)), listed


def _apart(merged_row: Row, members: Sequence[Member], rows: Sequence[Row | None]) -> dict[str, Apart]:
    """What each IOD says of the row where the row for all of them says something else."""
    found: dict[str, Apart] = {}
    for member, row in zip(members, rows, strict=True):
        if row is None:
            found[member.sop_class] = Apart()
            continue
        texts = {name: cell.text for name, cell in row.cells.items()}
        if TABLE_TOKEN.search(texts.get("Value", "")):
            texts["Value"] = "; ".join(row.values)
        same = all(cell.text == merged_row.cells[name].text for name, cell in row.cells.items() if name != "Value")
        if not same or row.values != merged_row.values or row.cells["Value"].text != merged_row.cells["Value"].text:
            found[member.sop_class] = Apart(texts, row.values, row.closed, row.evidence)
    return found


def _texts(cells: list[tuple[str, Cell]]) -> Cell:
    """The texts of all, each once; what is unknown for one IOD is unknown."""
    if len({(cell.text, cell.status) for _, cell in cells}) == 1:
        return max((cell for _, cell in cells), key=lambda cell: (len(cell.reason), cell.reason))
    unknown = next((cell for _, cell in cells if cell.status is Status.UNKNOWN), None)
    reason = "; ".join(f"{title}: {cell.text or 'not known'}" for title, cell in cells)
    if unknown is not None:
        return Cell("", Status.UNKNOWN, reason)
    text = "; ".join(dict.fromkeys(cell.text for _, cell in cells if cell.text))
    return Cell(text, cells[0][1].status, reason if cells[0][1].status is Status.PROPOSED else "")


def _presence(cells: list[tuple[str, Cell]]) -> Cell:
    return cells[0][1] if len({cell.text for _, cell in cells}) == 1 else Cell(CONDITIONAL)


def _value(cells: list[tuple[str, Cell]]) -> Cell:
    """One range, or all values, each once."""
    texts = list(dict.fromkeys(cell.text for _, cell in cells))
    if len(texts) == 1:
        return cells[0][1]
    numbers = [number for text in texts for number in _limits(text)]
    if all(map(_limits, texts)) and any(map(_RANGE.fullmatch, texts)):
        lowest, highest = min(numbers, key=float), max(numbers, key=float)
        return Cell(f"[{lowest} ... {highest}]")
    pieces = sorted({piece for text in texts for piece in text.removeprefix("e.g. ").split("; ") if piece})
    is_open = "" in texts or any(text.startswith("e.g. ") for text in texts)
    return Cell(("e.g. " if is_open and pieces else "") + "; ".join(pieces))


def one_range(texts: Sequence[str]) -> bool:
    """Whether numbers and ranges of several IODs are one range: each begins before the others have ended."""
    limits = [_limits(text) for text in texts]
    if not all(limits) or not any(map(_RANGE.fullmatch, texts)):
        return False
    spans = sorted((float(found[0]), float(found[-1])) for found in limits)
    highest = spans[0][1]
    for low, high in spans:
        if low > highest:
            return False
        highest = max(highest, high)
    return True


def _limits(text: str) -> tuple[str, ...]:
    """The smallest and largest number of a range, of one number, or of several values that are numbers."""
    found = _RANGE.fullmatch(text)
    numbers = (found[1], found[2]) if found else tuple(text.split("\\"))
    if not all(map(_NUMBER.fullmatch, numbers)):
        return ()
    return (min(numbers, key=float), max(numbers, key=float))


def _multiplicity(cells: list[tuple[str, Cell]]) -> Cell:
    """The smallest range that holds all: 1, 2-3."""
    bounds = [int(bound) for _, cell in cells for bound in cell.text.split("-") if bound.isdigit()]
    if len({cell.text for _, cell in cells}) == 1 or not bounds:
        return cells[0][1]
    return Cell(f"{min(bounds)}-{max(bounds)}")


def _source(cells: list[tuple[str, Cell]], values: int) -> Cell:
    """All Sources proposed, each once, with what each IOD has: one that is open for an IOD hides none of the others.

    FIXED is not said where the values differ and an IOD's Source is open, or are not shown and other Sources are named; nor is
    EMPTY where another IOD has a value. `values` is how many values are shown.
    """
    if len({(cell.text, cell.status) for _, cell in cells}) == 1:
        return _texts(cells)
    words = {word for _, cell in cells for word in cell.text.split("; ") if word}
    is_open = any(not cell.text for _, cell in cells)
    if (is_open and values > 1) or (len(words) > 1 and not values):
        words.discard(FIXED)
    if len(words) > 1 or is_open:
        words.discard(EMPTY)
    said = "; ".join(
        f"{title}: {cell.text or 'not known'}{f' ({cell.reason})' if cell.reason else ''}" for title, cell in cells
    )
    if not words:
        return Cell("", Status.UNKNOWN, said)
    known = {cell.status for _, cell in cells}
    return Cell("; ".join(sorted(words)), known.pop() if len(known) == 1 else Status.PROPOSED, said)


def _comments(cells: list[tuple[str, Cell]]) -> Cell:
    """Numbers of items, values or bytes as one range, with the IODs that have it where others say nothing."""
    sizes = [found for _, cell in cells if (found := _SIZE.fullmatch(cell.text))]
    kinds = {(found["what"], found["unit"]) for found in sizes}
    texts = {cell.text for _, cell in cells}
    if len(texts) == 1 or len(kinds) > 1 or len(sizes) < sum(bool(cell.text) for _, cell in cells):
        return _texts(cells)
    numbers = sorted(int(found[name]) for found in sizes for name in ("low", "high") if found[name])
    low, high = numbers[0], numbers[-1]
    text = f"{sizes[0]['what'] or ''}{low if low == high else f'{low} to {high}'} {sizes[0]['unit']}"
    having = [title for title, cell in cells if cell.text]
    return Cell(text if len(having) == len(cells) else f"{text} for {_named(having)}")


_JOINED = {
    "Comments": _comments,
    "Presence of Attribute": _presence,
    "Presence of Value": _presence,
    "Value": _value,
    "VM": _multiplicity,
}


def _listed(members: Sequence[Member], rows: Sequence[Row | None]) -> Listed | None:
    """The values of several IODs together where they need a table, those of some IODs only with their names."""
    of: list[tuple[str, Values]] = []
    entry: Listed | None = None
    for member, row in zip(members, rows, strict=True):
        if row is None:
            continue
        if row.path in member.draft.listed:
            entry = member.draft.listed[row.path]
            of.append((member.title, entry[2]))
        else:
            of.append((member.title, values_in(row.cells["Value"].text)))
    texts = {text for _, values in of for text in values.texts}
    if entry is None:
        of = [] if len(texts) <= CELL_VALUES or any(_RANGE.search(text) for text in texts) else of
        row = next((row for row in rows if row is not None), None)
        if not of or row is None or len({values.texts for _, values in of}) == 1:
            return None
        entry = listed_apart(row, of[0][1])
    only: list[tuple[str, str]] = []
    positions = [values.positions or _positions(values) for _, values in of] if entry[2].positions else []
    terms = texts if not positions else {term for one in positions for found in one for term in found}
    for term in sorted(terms):
        titles = [
            title
            for number, (title, values) in enumerate(of)
            if (any(term in found for found in positions[number]) if positions else term in values.texts)
        ]
        if len(titles) < len(of):
            only.append((term, _named(titles)))
    width = max(map(len, positions), default=0)
    joined = Values(
        tuple(sorted(texts)),
        complete=all(values.complete and values.texts for _, values in of),
        closed=all(values.closed for _, values in of),
        reason="; ".join(f"{title}: {values.reason}" for title, values in of if values.reason),
        positions=tuple(
            tuple(sorted({term for one in positions for found in one[n : n + 1] for term in found}))
            for n in range(width)
        ),
        together=any(values.together for _, values in of),
        only=tuple(only),
    )
    return entry[0], entry[1], joined


def values_in(text: str) -> Values:
    """The values that a Value cell lists itself."""
    pieces = tuple(piece for piece in text.removeprefix("e.g. ").split("; ") if piece)
    return Values(pieces, closed=not text.startswith("e.g. "))


def listed_apart(row: Row, values: Values) -> Listed:
    """The entry of a row in a table of values."""
    return row.cells["Attribute Name"].text.lstrip("> ") or row.cells["Tag"].text, row.cells["Tag"].text, values


def _positions(values: Values) -> tuple[tuple[str, ...], ...]:
    split = [text.split("\\") for text in values.texts]
    width = max(map(len, split), default=0)
    return tuple(tuple(sorted({one[n] for one in split if n < len(one)} - {""})) for n in range(width))


def _evidence(members: Sequence[Member], rows: Sequence[Row | None]) -> Evidence:
    """Instances add up, also those that could have the attribute and have it in no case; origins are at least the largest."""
    evidence = [row.evidence for row in rows if row is not None and row.evidence is not None]
    path = next(row.path for row in rows if row is not None)
    without = sum(_could_hold(member, path) for member, row in zip(members, rows, strict=True) if row is None)
    return Evidence(
        carriers=sum(e.carriers for e in evidence) + without,
        present=sum(e.present for e in evidence),
        partial=sum(e.partial for e in evidence),
        with_value=sum(e.with_value for e in evidence),
        empty=sum(e.empty for e in evidence),
        series=max(e.series for e in evidence),
        studies=max(e.studies for e in evidence),
        patients=max(e.patients for e in evidence),
        devices=max(e.devices for e in evidence),
        weak=all(e.weak for e in evidence),
        example=min(e.example for e in evidence),
    )


def _could_hold(member: Member, path: str) -> int:
    """In how many instances of an IOD an attribute could stand that none of them has."""
    outer = parent(path)
    if not outer:
        return member.carriers
    held = next((row.evidence for row in member.draft.rows if row.path == outer), None)
    return held.present + held.partial - held.empty if held is not None else 0


def _conditions(having: list[tuple[str, Row]], absent: list[str], *, values: bool) -> Cell:
    """One sentence where the IODs agree; else which IOD has the attribute, when, and with which value."""
    cells = [(title, row.cells["Conditions"]) for title, row in having]
    if cells[0][1].status is Status.CONFIRMED:
        return cells[0][1]
    states = {title: _state(row) for title, row in having}
    sentences: list[str] = []
    reasons = [f"{title}: {cell.reason}" for title, cell in cells if cell.reason]
    learned = any(cell.status is not Status.OBSERVED for _, cell in cells)
    if len(set(states.values())) == 1 and len({cell.text for _, cell in cells}) == 1:
        sentences.append(cells[0][1].text)
        if not absent and not (values and list(_by_value(having))):
            return max((cell for _, cell in cells), key=lambda cell: (len(cell.reason), cell.reason))
        if absent:
            titles = [title for title, _ in having]
            if len(absent) < len(titles):
                sentences.append(f"Not present for {_named(absent)}.")
            else:
                sentences = [f"{_named(titles)}: {sentences[0]}" if sentences[0] else f"Present for {_named(titles)}."]
    else:
        groups: dict[tuple[str, str], list[str]] = {}
        for title, cell in cells:
            groups.setdefault((cell.text, states[title]), []).append(title)
        sentences.extend(f"{_named(titles)}: {text or state}" for (text, state), titles in groups.items())
        if absent:
            sentences.append(f"{_named(absent)}: not present.")
    if values:
        sentences.extend(_by_value(having))
    text = " ".join(filter(None, sentences))
    status = Status.PROPOSED if learned and text else Status.UNKNOWN if learned else Status.OBSERVED
    return Cell(text, status, "; ".join(reasons) if learned else "")


def _shown(having: list[tuple[str, Row]]) -> int:
    """How many values the IODs have together, as far as they are shown; a range is more than one."""
    texts = {row.cells["Value"].found for _, row in having}
    values = {value for _, row in having for value in row.values}
    several = any("; " in text or _RANGE.fullmatch(text) for text in texts)
    return max(len(values), len(texts - {""}), 2 * several)


def _by_value(having: list[tuple[str, Row]]) -> Iterable[str]:
    by_text: dict[str, list[str]] = {}
    for title, row in having:
        if row.evidence is not None and not row.evidence.with_value:
            continue
        by_text.setdefault(row.cells["Value"].found, []).append(title)
    if len(by_text) > 1 and not one_range(list(by_text)):
        for text, titles in by_text.items():
            if text and not text.startswith("See "):
                yield f"{text} for {_named(titles)}."


def _state(row: Row) -> str:
    """What is said of an IOD that has no sentence of its own."""
    attribute, value = row.cells["Presence of Attribute"].found, row.cells["Presence of Value"].found
    if attribute != ALWAYS or value == CONDITIONAL:
        return "condition not known."
    return "always present." if value == ALWAYS else "always present, without value."


def _named(titles: Iterable[str]) -> str:
    *others, last = dict.fromkeys(titles)
    return f"{', '.join(others)} and {last}" if others else last
