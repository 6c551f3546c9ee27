"""What a difference means to a receiver: the weight of everything that can be new, gone or different."""

from __future__ import annotations

from annexgen.annex.comparison.model import Weight

_NEW = {
    "SOP Class": Weight.BREAKING,
    "Transfer Syntax": Weight.BREAKING,
    "Root Template": Weight.BREAKING,
    "Specific Character Set": Weight.BREAKING,
    "Private Creator": Weight.BREAKING,
    "private attribute": Weight.BREAKING,
}
_GONE = {
    **_NEW,
    "Transfer Syntax": Weight.NOTABLE,
    "Specific Character Set": Weight.MINOR,
    "Module": Weight.BREAKING,
    "Functional Group Macro": Weight.BREAKING,
    "attribute": Weight.BREAKING,
    "Directory Record key": Weight.BREAKING,
    "Content Item": Weight.BREAKING,
}
_COLUMNS = {
    "VR": Weight.BREAKING,
    "TID": Weight.BREAKING,
    "VT": Weight.BREAKING,
    "Rel with Parent": Weight.BREAKING,
    "Usage": Weight.BREAKING,
    "Transfer Syntax Set": Weight.BREAKING,
    "Identifiable Information": Weight.BREAKING,
    "VM": Weight.NOTABLE,
    "Attribute Name": Weight.NOTABLE,
    "Condition": Weight.NOTABLE,
    "Conditions": Weight.NOTABLE,
    "Create": Weight.NOTABLE,
    "Kind": Weight.NOTABLE,
    "Root TID": Weight.BREAKING,
    "Source": Weight.MINOR,
}
_FIRMNESS = {"EMPTY": 0, "CONDITIONAL": 1, "SRC_COPY": 1, "ALWAYS": 2}
PRESENCE = frozenset(
    {"Presence (Module)", "Presence", "Presence of Attribute", "Presence of Value", "Presence of Content Item"}
)
NAMES_OF_THE_DEVICE = frozenset({"(0008,1010)", "(0018,1000)", "(0018,1002)", "(0018,1020)"})
"""Station Name, Device Serial Number, Device UID, Software Versions: another firmware or device says other values."""
VALUE = frozenset({"Value", "Values"})
_REPRESENTATION = frozenset({"VR", "VM", "VT", "TID", "Root TID", "Rel with Parent", "Usage", "Transfer Syntax Set"})


def weight_of_thing(what: str, *, new: bool) -> Weight:
    """The weight of a thing that is new, or gone."""
    return (_NEW if new else _GONE).get(what, Weight.NOTABLE)


def weight_of_column(column: str) -> Weight:
    """The weight of a property that differs; presence and values have rules of their own."""
    return _COLUMNS.get(column, Weight.NOTABLE)


def weight_of_presence(old: str, new: str) -> Weight:
    """ALWAYS that became anything else breaks receivers; what became firmer is to be noted."""
    return Weight.BREAKING if _FIRMNESS.get(new, 0) < _FIRMNESS.get(old, 0) else Weight.NOTABLE


def weight_of_values(*, added: bool, removed: bool, closed: bool) -> Weight:
    """A new value of a closed list breaks receivers that know only the others; of an open one it was to be expected."""
    if added and closed:
        return Weight.BREAKING
    return Weight.NOTABLE if (added or removed) and closed else Weight.MINOR


def order_of(column: str) -> int:
    """What a receiver must know first among differences of one weight: things, presence, representation, values, the rest."""
    if not column:
        return 0
    if column in PRESENCE:
        return 1
    if column in _REPRESENTATION:
        return 2
    return 3 if column in VALUE else 4
