"""Puts a person's edits into the text of a product file, and leaves everything else in it as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annexgen.annex.annotations import ALL, ROLE_COLUMNS
from annexgen.annex.annotations_check import TITLES
from annexgen.annex.annotations_keys import by_tag
from annexgen.profile.functional_groups import canonical

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    import tomlkit
    from tomlkit.items import AoT, Table

    from annexgen.annex.annotations import Seen

_ROLE_KEYS = {column: key for key, column in ROLE_COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person said of one cell; `text` None takes back what was said before. `place` names the cell for messages."""

    kind: str
    sop_classes: tuple[str, ...]
    path: str
    column: str
    text: str | None
    seen: Seen
    place: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that was not taken: the cell's address, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text of the file (the same text when nothing changed), how many statements changed, and what was refused."""

    text: str
    changed: int
    refused: tuple[Refusal, ...]


def apply_edits(text: str, edits: Iterable[Edit], author: str = "", date: datetime.date | None = None) -> Edited:
    """The text of a product file with the edits in it.

    A statement for the same SOP Classes is changed in place; new ones are added at the end, in the order given. Comments, order
    and everything else stay. The text must be one that `annotations_file.loads` reads.
    """
    import tomlkit

    newline = "\r\n" if "\r\n" in text else "\n"
    document = tomlkit.parse(text.replace("\r\n", "\n"))
    annotations = _Annotations(document, author, date)
    changed = 0
    refused = []
    for edit in edits:
        if edit.kind == "sop_classes":
            changed += _set_role(document, edit)
        elif edit.column in TITLES:
            changed += _set_title(document, edit)
        else:
            answer = annotations.set(edit) if edit.text is not None else annotations.withdraw(edit)
            if isinstance(answer, str):
                refused.append(Refusal(edit.place, answer))
            else:
                changed += answer
    if not changed:
        return Edited(text, 0, tuple(refused))
    return Edited(tomlkit.dumps(document).replace("\n", newline), changed, tuple(refused))


class _Annotations:
    """The annotations of a document, found by what they speak of."""

    def __init__(self, document: tomlkit.TOMLDocument, author: str, date: datetime.date | None) -> None:
        self.document = document
        self.author = author
        self.date = date
        self.by_cell: dict[tuple[str, str], list[Any]] = {}
        for entry in document.get("annotation", ()):
            self.by_cell.setdefault(_cell(str(entry["path"]), str(entry["column"])), []).append(entry)

    def set(self, edit: Edit) -> bool:
        """Say it; False when it was said already."""
        assert edit.text is not None
        wanted = edit.sop_classes or (ALL,)
        known = self.by_cell.setdefault(_cell(edit.path, edit.column), [])
        said = {uid: str(entry.get("text", "")).strip() for entry in known for uid in _sop_classes(entry)}
        if all(said.get(uid, said.get(ALL)) == edit.text for uid in wanted):
            return False
        reused = next((entry for entry in known if set(_sop_classes(entry)) == set(wanted)), None)
        for entry in list(known):
            rest = [uid for uid in _sop_classes(entry) if uid not in wanted]
            if entry is reused or len(rest) == len(_sop_classes(entry)):
                continue
            if rest:
                entry["sop_class"] = _names(rest)
            elif reused is None:
                reused = entry
            else:
                self._remove(entry, known)
        if reused is None:
            reused = self._new(known)
        self._write(reused, wanted, edit)
        return True

    def withdraw(self, edit: Edit) -> bool | str:
        """Take back what was said; the reason when the file says it for all SOP Classes."""
        wanted = edit.sop_classes or (ALL,)
        known = self.by_cell.get(_cell(edit.path, edit.column), [])
        if any(_sop_classes(entry) == [ALL] for entry in known) and wanted != (ALL,):
            return "the file says it for all SOP Classes; take it back there"
        former = by_tag(edit.path)
        if not known and former and self.by_cell.get(_cell(former, edit.column)):
            return f"the file says it of {former}, which names the value by its tag; take it back there"
        changed = False
        for entry in list(known):
            rest = [uid for uid in _sop_classes(entry) if uid not in wanted]
            if len(rest) == len(_sop_classes(entry)):
                continue
            changed = True
            if rest:
                entry["sop_class"] = _names(rest)
            else:
                self._remove(entry, known)
        return changed

    def _remove(self, entry: Any, known: list[Any]) -> None:
        known.remove(entry)
        entries: AoT = self.document["annotation"]
        position = next(n for n, one in enumerate(entries) if one is entry)
        del entries[position]
        if not len(entries):
            del self.document["annotation"]

    def _new(self, known: list[Any]) -> Any:
        entry = _append(self.document, "annotation")
        known.append(entry)
        return entry

    def _write(self, entry: Any, sop_classes: tuple[str, ...], edit: Edit) -> None:
        import tomlkit

        if not entry or set(_sop_classes(entry)) != set(sop_classes):
            entry["sop_class"] = _names(sop_classes)
        if "path" not in entry:
            entry["path"] = _literal(edit.path)
            entry["column"] = edit.column
        entry["text"] = _literal(edit.text or "")
        for name, value in (("author", self.author), ("date", self.date)):
            if value:
                entry[name] = value
            elif name in entry:
                del entry[name]
        evidence = tomlkit.inline_table()
        for name, text in (("said", edit.seen.said), ("values", edit.seen.values)):
            if text:
                evidence[name] = text
        evidence.update(edit.seen.counts)
        if evidence:
            entry["evidence"] = evidence
        elif "evidence" in entry:
            del entry["evidence"]


def _set_role(document: tomlkit.TOMLDocument, edit: Edit) -> bool:
    import tomlkit

    key, text, uid = _ROLE_KEYS[edit.column], edit.text or "", edit.sop_classes[0]
    roles: Any = document.get("sop_classes")
    if roles is None:
        roles = tomlkit.table(is_super_table=True)
        document["sop_classes"] = roles
        roles = document["sop_classes"]
    if uid not in roles:
        roles[uid] = tomlkit.table()
    if str(roles[uid].get(key, "")) == text or (not text and key not in roles[uid]):
        return False
    roles[uid][key] = text
    return True


def _set_title(document: tomlkit.TOMLDocument, edit: Edit) -> bool:
    wanted = set(edit.sop_classes)
    entries: list[Any] = [e for e in document.get("table", ()) if e.get("of") == edit.path]
    for entry in entries:
        if set(_sop_classes(entry)) in (wanted, {ALL}):
            if entry.get("title", "") == edit.text:
                return False
            if set(_sop_classes(entry)) == wanted:
                entry["title"] = edit.text
                return True
    entry = _append(document, "table")
    entry["sop_class"] = _names(edit.sop_classes)
    entry["of"] = _literal(edit.path)
    entry["title"] = edit.text
    return True


def _append(document: tomlkit.TOMLDocument, name: str) -> Table:
    import tomlkit

    if name not in document:
        document[name] = tomlkit.aot()
    entries: AoT = document[name]
    entries.append(tomlkit.table())
    return entries[-1]


def _cell(path: str, column: str) -> tuple[str, str]:
    return canonical(path), column


def _sop_classes(entry: Any) -> list[str]:
    value = entry.get("sop_class", ALL)
    return [str(value)] if isinstance(value, str) else [str(one) for one in value]


def _names(sop_classes: Iterable[str]) -> Any:
    names = list(sop_classes)
    return names[0] if len(names) == 1 else names


def _literal(text: str) -> Any:
    """The text in single quotes where that spares escapes: element paths hold double quotes."""
    import tomlkit

    plain = "'" not in text and all(character.isprintable() for character in text)
    return tomlkit.string(text, literal=plain and ('"' in text or "\\" in text))
