"""`annexgen diff`: what changed from one annex to another."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annexgen.cli.annexes import of_former_version, read_annex
from annexgen.cli.private_dictionary import load_private_dictionaries, private_dictionary_option
from annexgen.cli.product import load_product, product_option
from annexgen.cli.sources import Reading, fail, fail_to_write, quiet_option
from annexgen.whole_files import write_whole, write_whole_text

if TYPE_CHECKING:
    from annexgen.annex.comparison import Comparison

DIFFERENT = 1
FORMATS = ("text", "md", "html", "xlsx", "json")


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), help="Default: what the name of -o says, else text."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to FILE.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@click.option("--decided", is_flag=True, help="With --exit-code: differences that may be accidents do not count.")
@click.option("--all", "everything", is_flag=True, help="As text: minor differences that may be accidents as well.")
@product_option
@private_dictionary_option
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="TOML with a table [thresholds]: how much evidence an inference needs.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    default=lambda: os.cpu_count() or 1,
    show_default="all processors",
    help="Worker processes for reading instances.",
)
@quiet_option
def command(
    old: Path,
    new: Path,
    format_name: str | None,
    output: Path | None,
    exit_code: bool,
    decided: bool,
    everything: bool,
    product: Path | None,
    private_dictionaries: tuple[Path, ...],
    config: Path | None,
    jobs: int,
    quiet: bool,
) -> None:
    """Say what changed from OLD to NEW; each is an annex.json, a profile, or a folder or file of instances.

    Differences come ranked by what they mean to a receiver; those that too little evidence could explain are marked.
    Exit code 1 with --exit-code if there are differences.
    """
    from annexgen.analyzers import thresholds
    from annexgen.annex.comparison import compare

    try:
        chosen = thresholds.load(config) if config else None
    except thresholds.ThresholdsError as error:
        fail(str(error))
    statements = load_product(product)
    reading = Reading((), "safe", jobs, 300.0, None, False, None, "", quiet)
    private_dictionary = load_private_dictionaries(private_dictionaries, quiet)
    # Which versions are compared the instances say: [product] names one only, often still the former.
    words = of_former_version(statements)
    before = read_annex(old, reading, words, chosen, private_dictionary)
    after = read_annex(new, reading, words, chosen, private_dictionary)
    comparison = compare(before, after)
    _write(comparison, format_name or _format_of(output), output, everything)
    counting = [change for change in comparison.changes if not (decided and change.weak)]
    if exit_code and counting:
        sys.exit(DIFFERENT)


def _format_of(output: Path | None) -> str:
    name = output.suffix.removeprefix(".") if output is not None else ""
    return {"md": "md", "html": "html", "xlsx": "xlsx", "json": "json"}.get(name, "text")


def _write(comparison: Comparison, format_name: str, output: Path | None, everything: bool) -> None:
    """Write to the file, or to standard output."""
    if format_name == "text":
        from rich.console import Console

        from annexgen.render.comparison.text import summary

        if output is None:
            Console(soft_wrap=True, highlight=False).print(summary(comparison, everything=everything))
            return
        try:
            text = io.StringIO()
            Console(file=text, soft_wrap=True, highlight=False).print(summary(comparison, everything=everything))
            write_whole_text(output, text.getvalue())
        except OSError as error:
            fail_to_write(output, error)
        return
    content = _content(comparison, format_name)
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        write_whole(output, content)
    except OSError as error:
        fail_to_write(output, error)


def _content(comparison: Comparison, format_name: str) -> bytes:
    if format_name == "xlsx":
        from annexgen.render.comparison.excel import workbook

        return workbook(comparison)
    if format_name == "html":
        from annexgen.render.comparison.html import page

        return page(comparison).encode("utf-8")
    if format_name == "md":
        from annexgen.render.comparison.markdown import document

        return document(comparison).encode("utf-8", "backslashreplace")
    from annexgen.render.comparison import json_file

    return json_file.document(comparison).encode("utf-8", "backslashreplace")
