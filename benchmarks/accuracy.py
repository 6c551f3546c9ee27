"""How right the inferences are: every column against what simulated products were told to write.

`python -m benchmarks.accuracy --seeds 20` writes the corpora of all products for every seed (which also draws their rules),
infers, and prints precision and recall of each column; it ends with 1 when a bar is missed.

A learned condition is right when it holds exactly in the corpus's *universe*, many more instances that the product writes by
the same rules with other patients and devices; `benchmarks.deciding` says which questions the corpus can decide.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.presence import presence_of_paths
from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.build import build_annex
from annexgen.annex.condition_questions import Question, questions_of
from annexgen.annex.drafts import SopClassDraft, draft_tables, sop_class_draft
from annexgen.annex.private_drafts import draft_private
from annexgen.corpus.values import NUMBER_VRS
from annexgen.profile.paths import steps
from annexgen.profile.privacy import Privacy, code_privacy, privacy_of
from annexgen.profile.scan import scan
from annexgen.simulator import available_products, write_samples
from annexgen.simulator.description import load
from annexgen.standard.private_dictionary import EMPTY
from benchmarks import deciding
from benchmarks.planned import SHARED, PlannedInstances
from benchmarks.universe import corpus_and_universe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annexgen.annex.model import Row
    from annexgen.profile.model import Profile
    from benchmarks.universe import Known

PROPOSED = ("FIXED", "EMPTY", "EMPTY, ever", "SRC_INSTANCE", "MWL")
_SEED = re.compile(r" seed \d+")
BARS = {
    "Module": (1.0, 1.0),
    "Presence (Module)": (1.0, 1.0),
    "Presence of Attribute": (1.0, 1.0),
    "Presence of Value": (1.0, 1.0),
    "Usage of functional groups": (1.0, 1.0),
    "Value, its kind": (0.99, 0.99),
    "Conditions": (0.99, 0.95),
    "Source FIXED": (0.98, 0.0),
    "Source EMPTY": (0.98, 0.0),
    "Source EMPTY, ever": (0.0, 0.0),
    "Source SRC_INSTANCE": (0.98, 0.0),
    "Source MWL": (0.0, 0.0),
}
"""For each column the least precision and recall."""


@dataclass(slots=True)
class Score:
    """What was said of one column: right and wrong claims; what could be claimed, and was or was not."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Right claims among all claims."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """What was rightly claimed, of all that could be."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


@dataclass(slots=True)
class Tally:
    """The scores by column, and what was wrong or missed, to be shown."""

    scores: dict[str, Score] = field(default_factory=dict)
    shown: Counter[str] = field(default_factory=Counter)

    def note(self, column: str, claimed: object, true: object, where: str, *, decidable: bool = True) -> None:
        """Count one claim against the truth; None claims nothing, or says that nothing can be claimed.

        What is not `decidable` counts as a claim, and never as missed.
        """
        score = self.scores.setdefault(column, Score())
        holds = claimed is not None and claimed == true
        score.right += holds
        score.wrong += claimed is not None and not holds
        if true is not None and decidable:
            score.found += holds
            score.missed += not holds
        if not holds and (claimed is not None or (true is not None and decidable)):
            self.shown[f"{column}: {where}: claimed {claimed}, true {true}"] += 1


def measure(product: str, seed: int, tally: Tally) -> None:
    """Write the corpus of a product, infer, and count what is right."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "corpus"
        summary = write_samples(folder, seed=seed, product=product)
        truth = json.loads(summary.truth.read_text(encoding="utf-8"))
        profile = scan([folder])
    thresholds = Thresholds()
    drafts = []
    for uid in sorted(truth["sop_classes"]):
        draft = sop_class_draft(uid, profile, EMPTY, thresholds)
        draft_tables(draft)
        draft_private(draft)
        drafts.append(draft)
    for draft in drafts:
        _modules(draft, truth, tally, product)
        _usage(draft, truth, tally, product)
    _presence(profile, truth, tally, product)
    description = load(product, seed)
    known = corpus_and_universe(description, seed)
    _cells(profile, truth, known, tally, product)
    _conditions(drafts, thresholds, known, tally, f"{product} seed {seed}")


def _modules(draft: SopClassDraft, truth: dict[str, Any], tally: Tally, product: str) -> None:
    uid = draft.view.uid
    told = truth["modules"].get(uid, {})
    if len(told) < 2:
        return
    found = {use.name: use.presence for use in draft.modules.modules}
    for name in sorted({*told, *found}):
        where = f"{product} {uid} {name}"
        tally.note("Module", name if name in found else None, name if name in told else None, where)
        if name in found and name in told:
            tally.note("Presence (Module)", found[name], told[name]["presence"], where)


def _usage(draft: SopClassDraft, truth: dict[str, Any], tally: Tally, product: str) -> None:
    uid = draft.view.uid
    told = {path: one["usage"] for path, one in truth["functional_groups"].get(uid, {}).items()}
    for path in sorted(told):
        tally.note("Usage of functional groups", draft.groups.usage.get(path), told[path], f"{product} {uid} {path}")


def _presence(profile: Profile, truth: dict[str, Any], tally: Tally, product: str) -> None:
    for uid, expected in truth["sop_classes"].items():
        presence = presence_of_paths(profile.sop_classes[uid])
        for path, told in expected["attributes"].items():
            seen = presence.get(path)
            where = f"{product} {uid} {path}"
            attribute, value = (seen.of_attribute, seen.of_value) if seen else (None, None)
            tally.note("Presence of Attribute", attribute, told["presence_of_attribute"], where)
            tally.note("Presence of Value", value, told["presence_of_value"], where)


def _cells(profile: Profile, truth: dict[str, Any], known: dict[str, Known], tally: Tally, product: str) -> None:
    """The Value and Source columns, as they stand in the annex."""
    described = {
        source
        for one in truth["sop_classes"].values()
        for attribute in one["attributes"].values()
        for source in attribute.get("sources", ())
    }
    for uid, path, row in _rows(profile):
        told = truth["sop_classes"].get(uid, {}).get("attributes", {}).get(path)
        if told is None or uid not in known:  # directories are written after the plan
            continue
        where = f"{product} {uid} {path}"
        corpus, universe = known[uid]
        # What a row that several SOP Classes share says of this one.
        said = {column: cell.text for column, cell in row.cells.items()}
        said |= row.apart[uid].cells if uid in row.apart else {}
        if "Value" in row.cells:
            text = said["Value"]
            claimed = kind_of_cell(text)
            kind, decidable = kind_of_truth(path, told, claimed, corpus, universe)
            if kind is not None:
                tally.note("Value, its kind", claimed, kind, f"{where} ({text[:60]})", decidable=decidable)
        if "Source" in row.cells:
            claimed = said["Source"]
            for name in PROPOSED:
                true, decidable = _is_source(name, path, told, described, corpus, universe)
                says = claimed == name.partition(",")[0]
                if true is not None and (true or says):
                    column = f"Source {name}"
                    tally.note(column, name if says else None, name if true else None, where, decidable=decidable)


def _is_source(
    name: str,
    path: str,
    told: dict[str, Any],
    described: set[str],
    corpus: PlannedInstances,
    universe: PlannedInstances,
) -> tuple[bool | None, bool]:
    """Whether a source may be proposed, None where that cannot be told; and whether the corpus can decide it.

    EMPTY says what the counts say, so it is judged by the corpus; that the product never has a value there is
    "EMPTY, ever", judged by the universe. FIXED is what the product never writes otherwise; a Sequence that is no code, and
    bytes, have no value that could be fixed. SRC_INSTANCE and MWL are judged by the description, where it says what is copied at
    all (`described`) and has no other source beside; a copy can be told from chance when the values differ.
    """
    sources, vrs = set(told.get("sources", ())), corpus.vrs[path]
    if name == "EMPTY":
        return not corpus.distinct.get(path), True
    if name == "EMPTY, ever":
        return not universe.distinct.get(path), True
    if name == "FIXED":
        texts = universe.distinct.get(path, {})
        if vrs & {"OB", "OW", "UN"} or any("items" in text.split("\\") for text in texts if vrs == {"SQ"}):
            return None, False
        fixed = len(texts) == 1
        return (None if fixed and sources & {"SRC_INSTANCE", "MWL"} else fixed), True
    if name not in described:
        return None, False
    differ = vrs == {"SQ"} or len(corpus.distinct.get(path, ())) >= deciding.SOURCE_VALUES
    return (name in sources if len(sources) == 1 or name not in sources else None), differ


def _rows(profile: Profile) -> Iterator[tuple[str, str, Row]]:
    """Every row of the annex by SOP Class and element path; a functional group's stands for each of its places."""
    annex = build_annex(profile)
    for table in annex.tables:
        for uid in table.sop_classes:
            for row in table.rows:
                places = [path for path in row.covers if path.endswith(f"/{row.path}")] if row.covers else []
                for path in places or [row.path]:
                    yield uid, path, row


def kind_of_truth(
    path: str, told: dict[str, Any], claimed: str | None, corpus: PlannedInstances, universe: PlannedInstances
) -> tuple[str | None, bool]:
    """The kind of value that the description gives, constant, list, range or open, and whether the corpus can decide it.

    None where the values may not be printed, or the description draws them from what it does not list. A list can be
    decided when each of its values is there in `deciding.SERIES` series; numbers may be claimed as a range or as their list.
    """
    step, generators = steps(path)[-1], set(told.get("generators", ()))
    vrs = corpus.vrs[path]
    hidden = code_privacy(step.tag) if vrs == {"SQ"} else max(map(partial(privacy_of, step.tag), vrs), key=str)
    if told["presence_of_value"] == "EMPTY" or not generators or hidden is Privacy.HIDDEN:
        return None, False
    seen = corpus.distinct.get(path, {})
    if vrs <= NUMBER_VRS:
        closed = len(seen) == len(universe.distinct[path]) and claimed == "list"
        return ("constant" if len(seen) == 1 else "list" if closed else "range"), True
    if generators <= {"value", "one_of"} and "values" in told:
        patients = all(corpus.number_of_patients(mask) >= deciding.PATIENTS for mask in seen.values())
        enough = all(corpus.number_of_series(mask) >= deciding.SERIES for mask in seen.values())
        return ("list" if len(universe.distinct[path]) > 1 else "constant"), patients and enough
    if generators <= {"uid", "date", "bytes"}:
        return "open", True
    return None, False


def kind_of_cell(text: str) -> str | None:
    """The kind of value that a Value cell claims; None for examples, which claim nothing."""
    if text.startswith("e.g."):
        return None
    if not text or text.startswith("See Annex"):
        return "open"
    if text.startswith("[") and "..." in text:
        return "range"
    if "; " in text or text.startswith("See "):
        return "list"
    return "constant"


def _conditions(
    drafts: list[SopClassDraft], thresholds: Thresholds, known: dict[str, Known], tally: Tally, product: str
) -> None:
    for draft, questions in zip(drafts, questions_of(drafts, thresholds), strict=True):
        uid = draft.view.uid
        if uid not in known:
            continue
        modules = {use.name: _paths(use.tags) for use in draft.modules.modules}
        for question in questions:
            _judge(question, *known[uid], modules, tally, f"{product} {uid}")


def _paths(tags: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in tags)


def _judge(
    question: Question,
    corpus: PlannedInstances,
    universe: PlannedInstances,
    modules: dict[str, tuple[str, ...]],
    tally: Tally,
    where: str,
) -> None:
    asked, mixed = _asked(question, corpus)
    in_universe, mixed_there = _asked(question, universe)
    if mixed or mixed_there:
        return
    answer = question.answer
    place = question.places[0] if question.places else question.draft.title
    decidable = deciding.can_decide(deciding.Question(asked, in_universe, question.places), corpus, universe)
    if isinstance(answer, Condition):
        holds = in_universe[0]
        for literal in answer.literals:
            holds &= universe.where(literal, modules)
        claim = answer.text(place)
        true = claim if holds == in_universe[1] else "another" if decidable else None
        tally.note("Conditions", claim, true, f"{where} {place} {question.aspect}", decidable=decidable)
    elif decidable:
        reason = answer.reason if isinstance(answer, NotFound) else "only frames tell"
        tally.note("Conditions", None, f"decidable ({reason})", f"{where} {place} {question.aspect}")


def _asked(question: Question, known: PlannedInstances) -> tuple[tuple[int, int], int]:
    """Where what is asked for could stand and where it stands; and where it depends on the item."""
    places = question.places
    if question.aspect == "table":
        return (known.everything, known.anywhere(places)), 0
    if question.aspect == "shared":
        shared = known.anywhere(path for path in places if path.startswith(f"{SHARED}/"))
        by_frame = known.anywhere(path for path in places if not path.startswith(f"{SHARED}/"))
        return (shared | by_frame, shared & ~by_frame), shared & by_frame
    if question.aspect == "value":
        there = known.anywhere(places)
        having = empty = 0
        for place in places:
            having |= known.with_value.get(place, 0)
            empty |= known.empty.get(place, 0)
        return (there, having), there & ~(having ^ empty)
    could = known.anywhere(question.carriers)
    lacking = mixed = full = 0
    for place in places:
        holders = known.anywhere(question.carriers) if question.carriers else known.holders(place)
        could |= holders
        lacking |= holders & ~known.present(place)
        mixed |= known.partial.get(place, 0)
        full |= known.full.get(place, 0)
    return (could, full & could & ~lacking), mixed & could


def report(tally: Tally) -> tuple[list[str], bool]:
    """The table of all columns, and whether every bar is reached."""
    lines = [f"{'Column':<28} {'claims':>8} {'precision':>10} {'could be':>9} {'recall':>8}   bar"]
    reached = True
    for column, (precision, recall) in BARS.items():
        score = tally.scores.get(column, Score())
        ok = score.precision >= precision and score.recall >= recall
        reached &= ok
        bar = f"{precision:.0%}" + (f" / {recall:.0%}" if recall else "")
        lines.append(
            f"{column:<28} {score.right + score.wrong:>8} {score.precision:>10.2%} "
            f"{score.found + score.missed:>9} {score.recall:>8.2%}   {bar}" + ("" if ok else "  MISSED")
        )
    return lines, reached


def merged(tallies: Iterable[Tally]) -> Tally:
    """What several measurements count together."""
    total = Tally()
    for tally in tallies:
        for column, score in tally.scores.items():
            known = total.scores.setdefault(column, Score())
            known.right += score.right
            known.wrong += score.wrong
            known.found += score.found
            known.missed += score.missed
        total.shown.update(tally.shown)
    return total


def document(tally: Tally, seeds: range, products: Sequence[str]) -> str:
    """The page of documentation: what was measured, the table, and every wrong claim and missed condition by kind."""
    lines = [
        "# Accuracy",
        "",
        f"Measured by `python -m benchmarks.accuracy --first {seeds[0]} --seeds {len(seeds)} --write docs/accuracy.md`: the "
        f"products {', '.join(products)}, {len(seeds)} seeds each, {len(seeds) * len(products)} corpora.",
        "A seed draws the patients, studies and series of a product and which of its rules hold. *Claims* are what the annexes say,",
        "*could be* is what they could have said. Conditions are right when they hold in the product's universe too: many more instances",
        "written by the same rules (`benchmarks/universe.py`); `benchmarks/deciding.py` defines what a corpus can decide.",
        "",
        "| Column | Claims | Right | Could be | Found | Required |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for column, (precision, recall) in BARS.items():
        score = tally.scores.get(column, Score())
        required = " and ".join(
            filter(None, (f"right {precision:.0%}" * bool(precision), f"found {recall:.0%}" * bool(recall)))
        )
        lines.append(
            f"| {column} | {score.right + score.wrong:,} | {score.precision:.2%} | {score.found + score.missed:,} | "
            f"{score.recall:.2%} | {required} |"
        )
    told: Counter[str] = Counter()
    for text, count in tally.shown.items():
        column, _, rest = text.partition(": ")
        where, _, what = rest.partition(": claimed ")
        if BARS[column] != (0.0, 0.0) and (column == "Conditions" or not what.startswith("None,")):
            told[f"{column}: {_SEED.sub('', where)}: claimed {what}"] += count
    lines += ["", "What was wrong, and the conditions that were missed, with how often:", ""]
    lines += [f"- {count} × {text}" for text, count in sorted(told.items(), key=lambda one: (-one[1], one[0]))]
    return "\n".join(lines if told else lines[:-2]) + "\n"


def _measured(asked: tuple[str, int]) -> Tally:
    tally = Tally()
    measure(*asked, tally)
    return tally


def main() -> None:
    """Measure, print, and end with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--product", choices=available_products(), action="append", help="only these products")
    parser.add_argument("--show", action="store_true", help="print every claim that is wrong or missing")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table to FILE")
    chosen = parser.parse_args()
    seeds, products = range(chosen.first, chosen.first + chosen.seeds), chosen.product or available_products()
    asked = [(product, seed) for seed in seeds for product in products]
    if chosen.jobs > 1:
        with ProcessPoolExecutor(chosen.jobs) as pool:
            tally = merged(pool.map(_measured, asked))
    else:
        tally = merged(map(_measured, asked))
    lines, reached = report(tally)
    print("\n".join(lines))
    if chosen.show:
        print("\n".join(f"{count:>4}  {text}" for text, count in sorted(tally.shown.items())))
    if chosen.write:
        chosen.write.write_text(document(tally, seeds, products), encoding="utf-8")
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
