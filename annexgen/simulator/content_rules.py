"""The notation of SR content trees: one line per Content Item, as in the tables of PS3.2 Section N.10.

    | CONTAINER | (126000, DCM, "Imaging Measurement Report") | | template 1500
    > CONTAINS | NUM | (121033, DCM, "Subject Age") | [20 ... 90] (a, UCUM, "year") | when patient.age
    > CONTAINS | IMAGE | | =image | each image in instance.images; id image.uid
    >> R-SELECTED FROM | | | #image.uid |

Columns: nesting and relationship, Value Type, Concept Name (a code, or `=expression`), value, options. The
options are separated by semicolons: `each NAME in EXPRESSION`, `when EXPRESSION`, `id EXPRESSION`,
`template NUMBER`.

| Value Type | value |
|---|---|
| CODE | a code, several of which one is drawn, or `=expression` |
| NUM | `[low ... high]`, `[=expression]` that gives both, `=expression` or a number; then the unit, a code |
| TEXT, PNAME, DATE, TIME, DATETIME | `=expression`, or text with `{expression}` |
| UIDREF | `=expression`, or `uid TEXT` for the UID that belongs to the text |
| IMAGE, COMPOSITE | `=expression` that gives one of `instance.images` |
| SCOORD | Graphic Type, number of points where it is not fixed, `[low ... high]` |
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import Expression, parse

RELATIONSHIPS = frozenset(
    {
        "CONTAINS",
        "HAS OBS CONTEXT",
        "HAS ACQ CONTEXT",
        "HAS CONCEPT MOD",
        "HAS PROPERTIES",
        "INFERRED FROM",
        "SELECTED FROM",
    }
)
VALUE_TYPES = frozenset(
    {
        "CONTAINER",
        "TEXT",
        "CODE",
        "NUM",
        "PNAME",
        "DATE",
        "TIME",
        "DATETIME",
        "UIDREF",
        "IMAGE",
        "COMPOSITE",
        "SCOORD",
    }
)
_LINE = re.compile(r"^(>*)\s*(.*)$")
_EACH = re.compile(r"^(\w+) in (.+)$", re.DOTALL)


@dataclass(slots=True)
class ContentRule:
    """One line of a content tree: what the Content Item is, its value, how often and when it stands."""

    relationship: str
    value_type: str
    concept: str
    value: str
    by_reference: bool = False
    name: str = ""
    each: Expression | None = None
    when: Expression | None = None
    identifier: Expression | None = None
    template: str = ""
    children: list[ContentRule] = field(default_factory=list)


def parse_content(text: str, place: str) -> ContentRule:
    """Read a content tree; blank lines and lines that begin with # are left out.

    Raises:
        DescriptionError: a line is wrong; the message quotes it.
    """
    root: ContentRule | None = None
    open_rules: list[ContentRule] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line.strip())
        depth = len(found[1]) if found else 0
        try:
            rule = _parse_line(found[2] if found else line, root is None)
        except DescriptionError as error:
            raise DescriptionError(f"{place}: {line.strip()!r}: {error}") from error
        if root is None and depth == 0:
            root, open_rules = rule, [rule]
            continue
        if root is None or not 1 <= depth <= len(open_rules):
            raise DescriptionError(f"{place}: {line.strip()!r}: nested where nothing holds it")
        del open_rules[depth:]
        open_rules[-1].children.append(rule)
        open_rules.append(rule)
    if root is None:
        raise DescriptionError(f"{place}: an empty content tree")
    return root


def _parse_line(text: str, is_root: bool) -> ContentRule:
    columns = [column.strip() for column in text.split("|")]
    columns += [""] * (5 - len(columns))
    if len(columns) > 5:
        raise DescriptionError("more than five columns")
    relationship, value_type, concept, value, options = columns
    by_reference = relationship.startswith("R-")
    relationship = relationship.removeprefix("R-")
    if not is_root and relationship not in RELATIONSHIPS:
        raise DescriptionError(f"no relationship is called {relationship!r}")
    if by_reference != value.startswith("#"):
        raise DescriptionError("a by-reference relationship, and only that, has a value #EXPRESSION")
    if not by_reference and value_type not in VALUE_TYPES:
        raise DescriptionError(f"no Value Type is called {value_type!r}")
    rule = ContentRule(relationship, value_type, concept, value, by_reference)
    for option in filter(None, (part.strip() for part in options.split(";"))):
        _set_option(rule, option)
    return rule


def _set_option(rule: ContentRule, option: str) -> None:
    word, _, rest = option.partition(" ")
    match word:
        case "each":
            found = _EACH.match(rest.strip())
            if found is None:
                raise DescriptionError(f"each NAME in EXPRESSION, not {option!r}")
            rule.name, rule.each = found[1], parse(found[2])
        case "when":
            rule.when = parse(rest)
        case "id":
            rule.identifier = parse(rest)
        case "template":
            rule.template = rest.strip()
        case _:
            raise DescriptionError(f"no option is called {word!r}")
