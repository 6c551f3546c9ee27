"""`annexgen annotate`: a person's words taken from a workbook, open questions written into one, and how much is confirmed."""

from __future__ import annotations

import datetime
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annexgen.cli.annexes import annex_file
from annexgen.cli.private_dictionary import (
    load_private_dictionaries,
    private_dictionary_option,
    refuse_with_annex,
)
from annexgen.cli.product import load_product, product_option
from annexgen.cli.sources import Reading, fail, fail_to_write, read_sources, reading_options, why
from annexgen.whole_files import write_whole, write_whole_text

if TYPE_CHECKING:
    from annexgen.annex.model import Annex
    from annexgen.profile.model import Profile


@click.group("annotate")
def command() -> None:
    """Take a person's words from a workbook, write the open questions, say how much is confirmed."""


@command.command("import")
@click.argument("book", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="product.toml to add to.")
@click.option("--author", default="", help="Who says it; kept with every statement.")
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    default=lambda: datetime.datetime.now().astimezone().strftime("%Y-%m-%d"),
    show_default="today",
    help="When it was said.",
)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True),
    metavar="SOURCE|FILE",
    help="Instances or a profile against which conditions are checked.",
)
@private_dictionary_option
def import_command(
    book: Path,
    output: Path,
    author: str,
    date: datetime.datetime,
    corpus: Path | None,
    private_dictionaries: tuple[Path, ...],
) -> None:
    """Take the edits of BOOK, a workbook that annexgen wrote and a person filled in, into a product file.

    Exactly the edits: the file keeps its comments, its order and everything else. What contradicts the vocabulary or the corpus is
    refused with the address of its cell (exit code 1), the rest is taken. A workbook does not hold which values stand together:
    conditions are checked with --corpus, by the names of the private dictionaries that the workbook was made with.
    """
    from annexgen.annex.annotations_corpus import conditions_in, contradicted
    from annexgen.annex.annotations_edits import apply_edits
    from annexgen.annex.annotations_file import BYTE_ORDER_MARK, ProductFileError, loads
    from annexgen.render.excel_import import read_edits
    from annexgen.render.excel_keys import WorkbookError

    dictionary = load_private_dictionaries(private_dictionaries, quiet=True)
    try:
        edits = read_edits(book.read_bytes())
        text = output.read_bytes().decode("utf-8") if output.exists() else ""
        mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
        text = text.removeprefix(mark)
        loads(text)
        taken, day = edits.taken, date.date()
        edited = apply_edits(text, taken, author.strip(), day)
        statements = loads(edited.text)
        if corpus is not None and conditions_in(taken):
            wrong = contradicted(_profile(corpus), statements, taken, dictionary)
            edits.refused += [refusal for _, refusal in wrong]
            without = [edit for edit in taken if not any(edit is one for one, _ in wrong)]
            edited = apply_edits(text, without, author.strip(), day)
        if edited.changed:
            write_whole_text(output, mark + edited.text)
    except WorkbookError as error:
        fail(f"{book}: {error}")
    except (ProductFileError, UnicodeDecodeError) as error:
        fail(f"{output}: {error}")
    except OSError as error:
        fail(why(error))
    refused = [*edits.refused, *edited.refused]
    for one in refused:
        click.echo(f"{one.place}: {one.reason}", err=True)
    changed = "1 statement" if edited.changed == 1 else f"{edited.changed:,} statements"
    click.echo(f"{output}: {changed} changed, {len(refused)} refused", err=True)
    unchecked = len(conditions_in(edits.taken)) if corpus is None and edited.changed else 0
    if unchecked:
        conditions = "1 condition was" if unchecked == 1 else f"{unchecked} conditions were"
        click.echo(f"note: {conditions} not checked against instances: name them with --corpus", err=True)
    sys.exit(1 if refused else 0)


@command.command("export")
@reading_options
@product_option
@private_dictionary_option
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Workbook (.xlsx) to write.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The N most valuable questions only.")
def export_command(
    reading: Reading,
    product: Path | None,
    private_dictionaries: tuple[Path, ...],
    output: Path,
    limit: int | None,
) -> None:
    """Write what SOURCES (or an annex.json) leave open, unknown and proposed cells only, the most valuable first.

    Answer in the workbook, then `annexgen annotate import` it.
    """
    from annexgen.annex.open_questions import open_questions
    from annexgen.render.excel_questions import counted, questions_workbook

    annex = _annex(reading, product, private_dictionaries)
    questions = open_questions(annex)[:limit]
    try:
        write_whole(output, questions_workbook(annex, questions))
    except OSError as error:
        fail_to_write(output, error)
    if not reading.quiet:
        unknown, proposed = counted(questions)
        click.echo(
            f"{output}: {unknown:,} unknown, {proposed:,} proposed; answer them, then: "
            f"annexgen annotate import {output} -o {product or 'product.toml'}",
            err=True,
        )


@command.command("status")
@reading_options
@product_option
@private_dictionary_option
def status_command(reading: Reading, product: Path | None, private_dictionaries: tuple[Path, ...]) -> None:
    """Say how much of what a person should state in SOURCES (or an annex.json) is confirmed, by column and by table."""
    from annexgen.render.progress_of_statements import status_lines

    annex = _annex(reading, product, private_dictionaries)
    for line in status_lines(annex, shutil.get_terminal_size().columns):
        click.echo(line)


def _profile(corpus: Path) -> Profile:
    """What conditions are checked against."""
    return read_sources(Reading((str(corpus),), "safe", os.cpu_count() or 1, 300.0, None, False, None, "", True))


def _annex(reading: Reading, product: Path | None, private_dictionaries: tuple[Path, ...]) -> Annex:
    """The numbered annex of sources with the statements of the product file, or that of an annex.json."""
    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number

    statements = load_product(product)
    written = annex_file(reading.sources)
    if written is not None:
        if product is not None:
            fail("an annex.json has its statements already: leave --product out, or name the instances or a profile")
        refuse_with_annex(private_dictionaries)
        return written
    dictionary = load_private_dictionaries(private_dictionaries, reading.quiet)
    return number(build_annex(read_sources(reading), private_dictionary=dictionary, statements=statements))
