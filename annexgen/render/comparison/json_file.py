"""The differences as JSON, for pipelines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annexgen.annex.comparison import Change, Comparison, Side
    from annexgen.annex.comparison.model import Origin

FORMAT_VERSION = 1


def document(comparison: Comparison) -> str:
    """The comparison as JSON text, ending in a newline; the same comparison gives the same text."""
    value = {
        "format_version": FORMAT_VERSION,
        "old": _origin(comparison.old),
        "new": _origin(comparison.new),
        "changes": [_change(change) for change in comparison.changes],
    }
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _origin(origin: Origin) -> dict[str, Any]:
    product, corpus = origin.product, origin.corpus
    return {
        "product": {
            "name": product.name,
            "manufacturer": product.manufacturer,
            "versions": list(product.versions),
        },
        "instances": corpus.instances,
        "series": corpus.series,
        "studies": corpus.studies,
        "values": corpus.values,
        "edition": origin.edition,
        "generator": origin.generator,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "weight": change.weight.label,
        "kind": change.kind,
        "what": change.what,
        "sop_class": change.sop_class,
        "path": change.path,
        "name": change.name,
        "column": change.column,
        "message": change.message,
        "weak": change.weak,
        "old": _side(change.old),
        "new": _side(change.new),
        "holds": list(change.holds),
    }


def _side(side: Side) -> dict[str, Any]:
    evidence = side.evidence
    return {
        "text": side.text,
        "table": side.table,
        "evidence": {name: getattr(evidence, name) for name in evidence.__dataclass_fields__} if evidence else None,
    }
