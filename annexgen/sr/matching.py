"""Matches a merged content tree with the templates of PS3.16: which row of which template explains which place.

The match goes from the root down: below a place that a row explains, the rows nested below that row may explain what
stands there, with the rows of included templates in their stead. Every place below may be explained by any of these rows,
whatever the order, and the row is chosen under which most places are explained in all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.sr.expansion import Candidate, Expansion
from annexgen.standard import templates

if TYPE_CHECKING:
    from annexgen.sr.trees import ContentNode, ContentTree

EXPLAINED = 1 << 10
"""What one explained place counts, against the at most 33 points for how exactly its row names it."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The template of one place.

    `template` is its TID, "" for none. `kind` tells how it is known: "stated" by the writer at this place, "matched" with
    the tables below a stated root, "guessed" below a root that no writer names, "extension" (in an extensible template,
    explained by none of its rows), "outside" (in one that is not extensible), "inherited" from the nearest stated template
    where no table knows it. `candidate` is the row that explains it, `others` are TIDs that would explain as much,
    `also` are TIDs that explain what the first one leaves over.
    """

    template: str
    kind: str
    candidate: Candidate | None = None
    others: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The TID column: an asterisk marks what extends the template (PS3.2 N.10)."""
        text = "; ".join(_numbered(tid) for tid in (self.template, *self.also) if tid)
        return f"{text}*" if self.kind == "extension" else text


@dataclass(frozen=True, slots=True)
class MatchedTree:
    """A merged tree with the template of every place, by path."""

    tree: ContentTree
    template: str
    guessed: bool
    assignments: dict[str, Assignment]
    missing: tuple[tuple[ContentNode, Candidate, int], ...] = ()
    """Mandatory rows that no place stands for: under which node, which row, and under how many of its items."""

    def of(self, node: ContentNode) -> Assignment:
        """The assignment of a node."""
        return self.assignments[node.path]


def match(tree: ContentTree, sop_class: str) -> MatchedTree:
    """Match a merged tree with the templates.

    Args:
        tree: the tree.
        sop_class: UID of its SOP Class, whose root templates are tried where the writer names none.
    """
    return _Matching().match(tree, sop_class)


class _Matching:
    def __init__(self) -> None:
        self._expansion = Expansion()
        self._scores: dict[tuple[str, int], int] = {}

    def match(self, tree: ContentTree, sop_class: str) -> MatchedTree:
        root, assignments = tree.root, dict[str, Assignment]()
        stated = tree.template
        if stated:
            # A title that the template does not know is a finding, and no reason to leave the rest unexplained.
            tops = self._expansion.roots(stated)
            candidates = [c for c in tops if c.matches(root)] or [c for c in tops if c.allows_value_type(root)]
            others: tuple[str, ...] = ()
            guessed = False
        else:
            candidates, others = self._guess(root, sop_class)
            guessed = True
        name = stated or (candidates[0].tid if candidates else "")
        kind = "stated" if stated else "guessed"
        pending: list[tuple[ContentNode, Assignment, tuple[Candidate, ...]]] = []
        assignment = Assignment(name, kind, candidates[0] if candidates else None, others)
        pending.append((root, assignment, tuple(candidates[:1])))
        while pending:
            node, own, chosen = pending.pop()
            also: list[str] = []
            rows = [self._expansion.below(one) for one in chosen]
            for child in node.children:
                found, winners = self._assign(child, own, rows, guessed=guessed)
                if winners and winners[0].via not in (0, *(c.number for c in chosen[:1])):
                    also.extend(c.tid for c in chosen[1:] if c.number == winners[0].via)
                pending.append((child, found, winners))
            extra = tuple(dict.fromkeys(tid for tid in (*own.also, *also) if tid != own.template))
            assignments[node.path] = Assignment(own.template, own.kind, own.candidate, own.others, extra)
        return MatchedTree(tree, name, guessed, assignments, self._missing(tree, assignments))

    def _missing(
        self, tree: ContentTree, assignments: dict[str, Assignment]
    ) -> tuple[tuple[ContentNode, Candidate, int], ...]:
        """Mandatory rows below the row of a node that are absent; where several templates explain a node, none is sure."""
        found = []
        for node in tree.nodes():
            own = assignments[node.path]
            if own.candidate is None or own.also or own.others:
                continue
            present: dict[tuple[str, int], int] = {}
            for child in node.children:
                used = assignments[child.path].candidate
                if used is not None:
                    present[used.tid, used.index] = present.get((used.tid, used.index), 0) + child.parents
            for candidate in self._expansion.below(own.candidate):
                if candidate.mandatory:
                    count = node.items - present.get((candidate.tid, candidate.index), 0)
                    if count > 0:
                        found.append((node, candidate, count))
        return tuple(found)

    def _guess(self, root: ContentNode, sop_class: str) -> tuple[list[Candidate], tuple[str, ...]]:
        """The root templates that explain most; only one whose root row names the very title, or a group with it."""
        known = (templates.template(tid) for tid in templates.all_templates())
        tids = templates.root_templates(sop_class) or tuple(t.tid for t in known if t is not None and t.root)
        scored = []
        for tid in tids:
            for candidate in self._expansion.roots(tid):
                if candidate.exact(root):
                    scored.append((-self._score(root, candidate), candidate.tid, candidate))
        scored.sort(key=lambda entry: (entry[0], _numeric(entry[1])))
        if not scored:
            return [], ()
        best = [entry[2] for entry in scored if entry[0] == scored[0][0]]
        return best, tuple(dict.fromkeys(c.tid for c in best[1:] if c.tid != best[0].tid))

    def _assign(
        self, node: ContentNode, outer: Assignment, rows: list[tuple[Candidate, ...]], *, guessed: bool
    ) -> tuple[Assignment, tuple[Candidate, ...]]:
        """The assignment of a node, and the rows below whose rows its children are looked for, the best first."""
        candidates: list[Candidate] = []
        for group in rows:
            candidates = self._expansion.matching(group, node)
            if candidates:
                break
        if node.stated:
            stated = self._stated(node, candidates)
            if stated is not None:
                return stated
        if not candidates:
            return self._unexplained(outer), ()
        ranked = sorted(candidates, key=lambda c: (-self._score(node, c), c.number))
        best = self._score(node, ranked[0])
        ties = [c.tid for c in ranked[1:] if self._score(node, c) == best and c.tid != ranked[0].tid]
        kind = "guessed" if guessed else "matched"
        return Assignment(ranked[0].tid, kind, ranked[0], tuple(dict.fromkeys(ties))), tuple(ranked)

    def _stated(
        self, node: ContentNode, candidates: list[Candidate]
    ) -> tuple[Assignment, tuple[Candidate, ...]] | None:
        """What the writer says; None where its number names no row for such a Content Item, and a row around does."""
        fitting = [c for c in candidates if c.tid == node.stated] or [
            c for c in self._expansion.roots(node.stated) if c.matches(node)
        ]
        if not fitting and candidates and ":" not in node.stated:
            return None
        chosen = sorted(fitting, key=lambda c: (-self._score(node, c), c.number))
        return Assignment(node.stated, "stated", chosen[0] if chosen else None), tuple(chosen)

    def _unexplained(self, outer: Assignment) -> Assignment:
        """What no row explains: an extension of the template around it, outside of it, or unknown to the tables."""
        known = templates.template(outer.template) if outer.template else None
        if known is None or outer.kind == "inherited":
            return Assignment(outer.template, "inherited" if outer.template else "")
        if outer.kind in ("extension", "outside"):
            return Assignment(outer.template, outer.kind)
        if outer.candidate is None:
            return Assignment(outer.template, "inherited")
        return Assignment(outer.template, "extension" if known.extensible else "outside")

    def _score(self, node: ContentNode, candidate: Candidate) -> int:
        """How much of the tree at a node a row explains, with the rows below it."""
        key = (node.path, candidate.number)
        known = self._scores.get(key)
        if known is None:
            # The same row may come up again below itself (templates include themselves), but never at the same node.
            total = EXPLAINED + candidate.weight(node)
            below = self._expansion.below(candidate)
            used = set()
            for child in node.children:
                fitting = self._expansion.matching(below, child)
                if child.stated:
                    fitting = [c for c in fitting if c.tid == child.stated] or fitting
                if fitting:
                    best = max(fitting, key=lambda c: (self._score(child, c), -c.number))
                    total += self._score(child, best)
                    used.add((best.tid, best.index))
            total -= self._absent(candidate, below, used)
            known = self._scores[key] = total
        return known

    def _absent(self, candidate: Candidate, below: tuple[Candidate, ...], used: set[tuple[str, int]]) -> int:
        """What the rows count that should be there and are not.

        Rows that a condition makes mandatory are alternatives, most often: that a template has some, and none is there, speaks
        against it as the presence of half an item speaks for it.
        """
        absent = sum(c.wanted for c in below if c.wanted and (c.tid, c.index) not in used)
        alternatives = [c for c in below if c.tid == candidate.tid and c.row.requirement == "MC" and c.row.value_types]
        if len(alternatives) > 1 and not any((c.tid, c.index) in used for c in alternatives):
            absent += EXPLAINED // 2
        return absent


def _numbered(tid: str) -> str:
    """A TID with its mapping resource, where that is not DCMR."""
    resource, colon, number = tid.partition(":")
    return f"{number} ({resource})" if colon else tid


def _numeric(tid: str) -> tuple[int, str]:
    digits = re.match(r"\d+", tid)
    return (int(digits[0]) if digits else 1 << 30, tid)
