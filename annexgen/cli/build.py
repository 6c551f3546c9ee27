"""`annexgen build`: writes the draft annexes."""

from __future__ import annotations

from pathlib import Path

import click

from annexgen.cli.annexes import of_former_version, read_annex
from annexgen.cli.private_dictionary import load_private_dictionaries, private_dictionary_option
from annexgen.cli.product import load_product, product_option, stale_statements, to_be_completed
from annexgen.cli.sources import Reading, fail, read_sources, reading_options, why
from annexgen.cli.word_options import WordRequest, word_options


@click.command("build")
@reading_options
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder to write into.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["json", "md", "html", "xlsx", "docx", "csv"]),
    help="Default: all of them but csv; with --into, json alone.",
)
@click.option("--numbering", type=click.Choice(["template", "published"]), default="template", show_default=True)
@product_option
@private_dictionary_option
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="TOML with a table [thresholds]: how much evidence an inference needs.",
)
@click.option(
    "--compare-to",
    type=click.Path(path_type=Path),
    metavar="OLD",
    help="The former version (annex.json, profile or instances): the revision history says what changed, and all but CSV and JSON mark it.",
)
@word_options
def command(
    reading: Reading,
    output: Path,
    formats: tuple[str, ...],
    numbering: str,
    product: Path | None,
    private_dictionaries: tuple[Path, ...],
    config: Path | None,
    compare_to: Path | None,
    word: WordRequest,
) -> None:
    """Write the draft annexes of SOURCES (files and folders of instances, or profiles) into a folder."""
    from annexgen.analyzers import thresholds
    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.annex.revision_section import with_revisions
    from annexgen.render.word_xml import WordError

    try:
        chosen = thresholds.load(config) if config else None
    except thresholds.ThresholdsError as error:
        fail(str(error))
    private_dictionary = load_private_dictionaries(private_dictionaries, reading.quiet)
    statements = load_product(product)
    profile = read_sources(reading)
    plain = build_annex(profile, thresholds=chosen, private_dictionary=private_dictionary, statements=statements)
    former = None
    if compare_to is not None:
        former = read_annex(compare_to, reading, of_former_version(statements), chosen, private_dictionary)
        if former.corpus.values == "all" and plain.corpus.values != "all":
            fail(
                f"{compare_to} was made with --values all, and its identifying values would stand in the revision history; "
                "give one made with --values safe"
            )
    annex = number(with_revisions(plain, statements, former), numbering)
    word.check(annex, output, reading.quiet)
    changes = word.changes(annex, former)
    default = ("md", "html", "xlsx", "docx") if word.into is None else ()
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(("json", *(formats or default))):
            path = word.renderer(name, changes).render(annex, output)
            if not reading.quiet:
                click.echo(str(path), err=True)
        word.insert(annex, output, reading.quiet, changes)
    except WordError as error:
        fail(str(error))
    except OSError as error:
        fail(why(error))
    if not reading.quiet:
        unknown = sum(cell.status == "unknown" for t in annex.tables for row in t.rows for cell in row.cells.values())
        click.echo(
            f"{profile.instances} instances, {len(annex.tables)} tables, {len(annex.findings)} findings, "
            f"{unknown} cells to be completed by a person{':' if unknown else ''}",
            err=True,
        )
        for line in to_be_completed(annex):
            click.echo(line, err=True)
        for line in stale_statements(annex, product):
            click.echo(line, err=True)
