"""Private blocks: which block each Private Creator reserves in an instance (PS3.5 Section 7.8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import Expression, parse
from annexgen.simulator.plan import PlannedElement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annexgen.simulator.paths import Step
    from annexgen.simulator.scope import InstanceScope

_FIRST_BLOCK = 0x10
_LAST_BLOCK = 0xFF


@dataclass(frozen=True, slots=True)
class PrivateBlocks:
    """For each group and Private Creator, the blocks it may take with their conditions, in order."""

    choices: Mapping[tuple[int, str], tuple[tuple[Expression | None, int], ...]]

    @classmethod
    def parse(cls, tables: Sequence[Mapping[str, Any]]) -> PrivateBlocks:
        """Read the `[[private_blocks]]` of a description: creator, group, and `block` or `blocks`.

        Raises:
            DescriptionError: a block is not one of those that PS3.5 allows.
        """
        choices = {}
        for table in tables:
            stated = table.get("blocks") or [{"block": table.get("block", "10")}]
            read = []
            for one in stated:
                block = int(one["block"], 16)
                if not _FIRST_BLOCK <= block <= _LAST_BLOCK:
                    raise DescriptionError(f"private block {one['block']} of {table['creator']!r} is not 10 to FF")
                read.append((parse(one["when"]) if "when" in one else None, block))
            choices[int(table["group"], 16), table["creator"]] = tuple(read)
        return cls(choices)

    def block(self, step: Step, scope: InstanceScope) -> int:
        """The block that the Private Creator takes here; raises DescriptionError when none is declared."""
        for condition, block in self.choices.get((step.group, step.creator), ()):
            if condition is None or condition.holds(scope):
                return block
        raise DescriptionError(f"no private block is declared for {step.creator!r} in group {step.group:04X}")

    def creator_element(self, step: Step, scope: InstanceScope) -> PlannedElement:
        """The Private Creator element that reserves the block of the step."""
        tag = step.group << 16 | self.block(step, scope)
        return PlannedElement(step.creator_key, tag, "LO", (step.creator,), declared=True)
