"""What an audit of private attributes tells: its findings with their severity, and every attribute that is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_CONFIRMED = "proposed, not confirmed"


class Kind(StrEnum):
    """What an audit finds."""

    UNDISCLOSED_CREATOR = "undisclosed-creator"
    UNDISCLOSED = "undisclosed-attribute"
    NO_CREATOR = "missing-creator"
    SAFE_IDENTIFYING = "safe-looks-identifying"
    REPEATS = "repeats-patient-data"
    NOT_CONFIRMED = "unsafe-not-confirmed"
    VR = "vr-differs"
    VM = "vm-differs"
    PRESENCE = "presence-differs"
    DICTIONARY = "dictionary-differs"
    BLOCKS = "block-conflict"
    DECLARED = "declared-unsafe"
    CREATOR_NOT_SEEN = "creator-not-seen"
    NOT_SEEN = "attribute-not-seen"


SEVERITIES = {
    Kind.UNDISCLOSED_CREATOR: "error",
    Kind.UNDISCLOSED: "error",
    Kind.NO_CREATOR: "error",
    Kind.SAFE_IDENTIFYING: "error",
    Kind.REPEATS: "error",
    Kind.NOT_CONFIRMED: "error",
    Kind.VR: "warning",
    Kind.VM: "warning",
    Kind.PRESENCE: "warning",
    Kind.DICTIONARY: "warning",
    Kind.BLOCKS: "warning",
    Kind.DECLARED: "note",
    Kind.CREATOR_NOT_SEEN: "note",
    Kind.NOT_SEEN: "note",
}
"""Errors are what is undisclosed or unsafe; a release should stop on them."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding. `attribute` is (gggg,xxee), `name` what it is called, `values` examples for the confidential report only."""

    kind: Kind
    creator: str
    attribute: str
    message: str
    instances: int = 0
    sop_classes: tuple[str, ...] = ()
    example: str = ""
    values: tuple[str, ...] = ()
    name: str = ""

    @property
    def severity(self) -> str:
        """error, warning or note."""
        return SEVERITIES[self.kind]


@dataclass(frozen=True, slots=True)
class AuditedAttribute:
    """One private attribute that is written: whether it is disclosed, and, apart from that, what is said of its information.

    `name` is what it is called, "" when nobody says. `information` is SAFE, UNSAFE, MIXED or "", `said_by` who says it:
    NOT_CONFIRMED when that is a guess of annexgen only.
    """

    creator: str
    attribute: str
    vr: str
    instances: int
    disclosed: bool
    information: str
    said_by: str
    name: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether somebody says it: a person, the files or the Standard."""
        return self.said_by not in ("", NOT_CONFIRMED)


@dataclass(frozen=True, slots=True)
class Audit:
    """The report: how much was compared, and what was found. Only a confidential one holds values.

    `disclosed` counts what the disclosure lists, whether it is written or not; `attributes` is all that is written.
    """

    instances: int
    creators: int
    disclosed: int
    confidential: bool
    attributes: tuple[AuditedAttribute, ...]
    findings: tuple[AuditFinding, ...]
    sop_class_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing undisclosed or unsafe was found."""
        return all(finding.severity != "error" for finding in self.findings)
