"""How well conditions generalise: learned from the samples of one seed, checked against those of other seeds.

`python -m benchmarks.accuracy --seeds 20` prints, for every seed, how many conditions were learned, how many of them are
contradicted by instances of the other seeds (wrong), and how many conditional attributes were left open.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import Combinations
from annexgen.analyzers.condition_check import contradictions
from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.conditions import Learner
from annexgen.profile.scan import scan
from annexgen.simulator import write_samples

if TYPE_CHECKING:
    from annexgen.profile.model import Profile


def profiles_of(seeds: int) -> list[Profile]:
    """The profile of the samples for every seed."""
    found = []
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            write_samples(Path(folder) / "corpus", seed=seed)
            found.append(scan([Path(folder) / "corpus"]))
    return found


def measure(learned_from: Profile, others: list[Profile], shown: list[str]) -> tuple[int, int, int]:
    """Conditions learned, wrong ones among them, and questions left open."""
    learned = wrong = unanswered = 0
    for uid, sop_class in learned_from.sop_classes.items():
        learner = Learner(sop_class)
        checks = [Combinations(other.sop_classes[uid]) for other in others if uid in other.sop_classes]
        for path in sop_class.paths:
            answer = learner.attribute((path,)) if path.startswith("(") else None
            unanswered += isinstance(answer, NotFound)
            if not isinstance(answer, Condition):
                continue
            learned += 1
            for check in checks:
                if check.partial.get(path, 0) & check.holders(path):
                    continue
                found = contradictions(answer, check, check.holders(path), check.full.get(path, 0))
                if not found.none:
                    wrong += 1
                    shown.append(f"{uid} {path}: {answer.text(path)} ({found})")
                    break
    return learned, wrong, unanswered


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--show", action="store_true", help="print every wrong condition")
    chosen = parser.parse_args()
    profiles = profiles_of(chosen.seeds)
    shown: list[str] = []
    total = [0, 0, 0]
    for number, profile in enumerate(profiles):
        found = measure(profile, profiles[:number] + profiles[number + 1 :], shown)
        total = [a + b for a, b in zip(total, found, strict=True)]
    learned, wrong, unanswered = total
    print(f"seeds                 : {chosen.seeds}")
    print(f"conditions learned    : {learned}")
    print(f"wrong on other seeds  : {wrong} ({100 * wrong / max(learned, 1):.1f} %)")
    print(f"left open             : {unanswered}")
    if chosen.show:
        print("\n".join(sorted(set(shown))))


if __name__ == "__main__":
    main()
