"""The description of a simulated product: reads one TOML file and checks its shape."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from annexgen.simulator.content_rules import ContentRule, parse_content
from annexgen.simulator.drawing import draw_rules, filled_in
from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import Expression, parse
from annexgen.simulator.paths import PER_FRAME_FUNCTIONAL_GROUPS, SHARED_FUNCTIONAL_GROUPS, parse_path
from annexgen.simulator.private_blocks import PrivateBlocks
from annexgen.simulator.rules import RuleTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

FORMAT = 1
_OF_MODULE = ("when", "module", "borrowed")
_SECTIONS = frozenset(
    {
        "format",
        "include",
        "rules",
        "population",
        "worklist",
        "product",
        "layout",
        "devices",
        "protocols",
        "private_blocks",
        "modules",
        "functional_groups",
        "sop_classes",
        "content",
        "directory_records",
        "file_sets",
        "patients",
    }
)


@dataclass(frozen=True, slots=True)
class ModuleRules:
    """A Module of the Standard as a product fills it: its root elements, and whether it is `borrowed` from other IODs."""

    elements: frozenset[str]
    borrowed: bool = False


@dataclass(frozen=True, slots=True)
class SopClass:
    """One kind of instance that the product writes: its rules and, for documents, its content tree.

    `modules` are those that the description names, by their name in PS3.3.
    `content` is a declared tree; `measurement_report` holds the expressions for a report of TID 1500.
    """

    name: str
    uid: str
    rules: RuleTree
    modules: Mapping[str, ModuleRules]
    content: ContentRule | None = None
    measurement_report: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FileSetDescription:
    """A file-set with a DICOMDIR: its folder, its File-set ID, and rules by type of directory record."""

    folder: str
    file_set_id: str
    records: Mapping[str, RuleTree]


@dataclass(frozen=True, slots=True)
class ProductDescription:
    """All that a description says; `devices`, `protocols` and `patients` are facts as declared.

    `population` says how patients are drawn where `patients` are not listed; `chosen` is what was drawn for each of the
    `[rules]`; `worklist` has the rules of worklist items, written for the studies that are `scheduled`.
    """

    identifier: str
    product: Mapping[str, Any]
    layout: Mapping[str, str]
    devices: Mapping[str, Mapping[str, Any]]
    protocols: Mapping[str, Mapping[str, Any]]
    patients: Sequence[Mapping[str, Any]]
    sop_classes: Mapping[str, SopClass]
    blocks: PrivateBlocks
    file_sets: Sequence[FileSetDescription]
    population: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    worklist: RuleTree | None = None
    scheduled: Expression | None = None


def available_products() -> tuple[str, ...]:
    """The names of the products that `load` finds: package data when installed, else `samples/products`."""
    folder = _products_folder()
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def load(product: str, seed: int = 1, firmware: str = "") -> ProductDescription:
    """Read the description of an available product, its rules drawn by the seed.

    Args:
        firmware: one of the other firmware versions that the description declares; none is the first.

    Raises:
        DescriptionError: there is none of that name, or it is wrong.
    """
    if product not in available_products():
        raise DescriptionError(f"no simulated product {product!r}; there are {', '.join(available_products())}")
    text = (_products_folder() / f"{product}.toml").read_text(encoding="utf-8")
    return parse_description(text, product, seed, firmware)


def parse_description(text: str, identifier: str, seed: int = 1, firmware: str = "") -> ProductDescription:
    """Read a description from its text; the seed draws its `[rules]`, `firmware` chooses one of its later versions.

    Raises:
        DescriptionError: it is no TOML, of another format, or says what the format does not know.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DescriptionError(f"{identifier}: {error}") from error
    for included in table.get("include", []):
        _include(table, included)
    if table.get("format") != FORMAT:
        raise DescriptionError(f"{identifier}: format = {table.get('format')!r}, this version reads {FORMAT}")
    versions = table.pop("firmware", {})
    if firmware:
        if firmware not in versions:
            known = f"there is {', '.join(sorted(versions))}" if versions else "it has one version only"
            raise DescriptionError(f"{identifier}: no firmware {firmware!r}; {known}")
        _overlay(table, versions[firmware])
    unknown = sorted(set(table) - _SECTIONS)
    if unknown:
        raise DescriptionError(f"{identifier}: unknown section {', '.join(unknown)}")
    chosen = draw_rules(table.get("rules", {}), Random(f"{seed}|{identifier}|rules"))
    table = {name: one if name == "rules" else filled_in(one, chosen) for name, one in table.items()}
    worklist = RuleTree()
    worklist.add({p: rule for p, rule in table.get("worklist", {}).items() if p != "when"}, (), "", "worklist")
    try:
        return ProductDescription(
            identifier=identifier,
            product=table["product"],
            layout=table["layout"],
            devices={device["id"]: device for device in table["devices"]},
            protocols=table.get("protocols", {}),
            patients=table["patients"] if "population" not in table else (),
            sop_classes={name: _sop_class(name, one, table) for name, one in table["sop_classes"].items()},
            blocks=PrivateBlocks.parse(table.get("private_blocks", [])),
            file_sets=tuple(_file_set(one, table) for one in table.get("file_sets", [])),
            population=table.get("population", {}),
            chosen=chosen,
            worklist=worklist if "worklist" in table else None,
            scheduled=parse(table["worklist"]["when"]) if "when" in table.get("worklist", {}) else None,
        )
    except KeyError as error:
        raise DescriptionError(f"{identifier}: {error} is missing, or not described") from error


def _sop_class(name: str, stated: Mapping[str, Any], table: Mapping[str, Any]) -> SopClass:
    tree = RuleTree()
    for module in stated["modules"]:
        _add_module(tree, table["modules"][module], f"modules.{module}")
    for macro in stated.get("functional_groups", []):
        _add_functional_group(tree, table["functional_groups"][macro], f"functional_groups.{macro}")
    for module in stated.get("last_modules", []):
        _add_module(tree, table["modules"][module], f"modules.{module}")
    content = table["content"][stated["content"]] if "content" in stated else {}
    modules = _modules([table["modules"][name] for name in (*stated["modules"], *stated.get("last_modules", []))])
    if content:
        modules["SR Document Content"] = ModuleRules(frozenset({"(0040,A043)"}))
    return SopClass(
        name=name,
        uid=resolve_uid(stated["uid"]),
        rules=tree,
        modules=modules,
        content=parse_content(content["tree"], f"content.{stated['content']}") if "tree" in content else None,
        measurement_report=content.get("measurement_report"),
    )


def _add_module(tree: RuleTree, stated: Mapping[str, Any], place: str) -> None:
    conditions = (parse(stated["when"]),) if "when" in stated else ()
    tree.add({path: rule for path, rule in stated.items() if path not in _OF_MODULE}, conditions, "", place)


def _modules(tables: Sequence[Mapping[str, Any]]) -> dict[str, ModuleRules]:
    """The Modules that the tables name, with the root elements of their rules."""
    found: dict[str, ModuleRules] = {}
    for stated in tables:
        if "module" in stated:
            own = frozenset(parse_path(path)[0].key for path in stated if path not in _OF_MODULE)
            known = found.get(stated["module"], ModuleRules(frozenset()))
            borrowed = known.borrowed or stated.get("borrowed", False)
            found[stated["module"]] = ModuleRules(known.elements | own, borrowed)
    return found


def _include(table: dict[str, Any], name: str) -> None:
    """Add the tables of a shared file; what the description says itself stays."""
    shared = tomllib.loads((_products_folder() / "shared" / f"{name}.toml").read_text(encoding="utf-8"))
    for section, tables in shared.items():
        if isinstance(tables, dict):
            table[section] = {**tables, **table.get(section, {})}
        else:
            table.setdefault(section, tables)


def _overlay(table: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Let another firmware do what it does differently: tables merge, `false` takes a rule away, all else is replaced.

    Private blocks are those of their Private Creator: a later declaration goes before the first one.
    """
    for section, changed in changes.items():
        known = table.get(section)
        if isinstance(known, list):
            table[section] = [*known, *changed]
        elif not isinstance(known, dict) or section == "product":
            table[section] = {**(known or {}), **changed}
        else:
            for name, one in changed.items():
                before = known.get(name)
                if isinstance(before, dict) and isinstance(one, dict):
                    known[name] = {k: v for k, v in {**before, **one}.items() if v is not False}
                else:
                    known[name] = one


def _add_functional_group(tree: RuleTree, stated: Mapping[str, Any], place: str) -> None:
    """Add a macro below the Shared or the Per-Frame Functional Groups Sequence, or both by turns."""
    own = (parse(stated["when"]),) if "when" in stated else ()
    shared = str(stated.get("shared", False))
    macro = stated["macro"]
    paths = {key: rule for key, rule in stated.items() if key not in ("when", "shared", "macro")}
    table = {macro: {"items": 1, "vr": "SQ"}, **{f"{macro}/{path}": rule for path, rule in paths.items()}}
    if shared != "False":
        conditions = own if shared == "True" else (*own, parse(shared))
        tree.add(table, conditions, SHARED_FUNCTIONAL_GROUPS, place)
    if shared != "True":
        conditions = own if shared == "False" else (*own, parse(f"not ({shared})"))
        tree.add(table, conditions, PER_FRAME_FUNCTIONAL_GROUPS, place)


def _file_set(stated: Mapping[str, Any], table: Mapping[str, Any]) -> FileSetDescription:
    records = {}
    for record_type, rules in table.get("directory_records", {}).items():
        tree = RuleTree()
        tree.add(rules, (), "", f"directory_records.{record_type}")
        records[record_type] = tree
    return FileSetDescription(stated["folder"], stated["file_set_id"], records)


def resolve_uid(text: str) -> str:
    """A UID as it is, or the UID that PS3.6 Annex A gives the keyword.

    Raises:
        DescriptionError: the text is neither.
    """
    if text[:1].isdigit():
        return text
    from pydicom import uid

    named = getattr(uid, text, None)
    if not isinstance(named, uid.UID):
        raise DescriptionError(f"no UID and no keyword of one: {text!r}")
    return str(named)


def _products_folder() -> Traversable:
    packaged = files("annexgen.simulator") / "products"
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parents[2] / "samples" / "products"
