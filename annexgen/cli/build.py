"""`annexgen build`: writes the draft annexes."""

from __future__ import annotations

from pathlib import Path

import click

from annexgen.cli.sources import fail, quiet_option, read_sources, sources_argument, values_option


@click.command("build")
@sources_argument
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder to write into.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["json", "md", "html", "xlsx"]),
    help="Default: all of them.",
)
@click.option("--numbering", type=click.Choice(["template", "published"]), default="template", show_default=True)
@values_option
@quiet_option
def command(
    sources: tuple[Path, ...],
    output: Path,
    formats: tuple[str, ...],
    numbering: str,
    values: str,
    quiet: bool,
) -> None:
    """Write the draft annexes of SOURCES (files and folders of instances, or profiles) into a folder."""
    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.render.base import renderer

    profile = read_sources(sources, values, quiet)
    annex = number(build_annex(profile), numbering)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(("json", *(formats or ("md", "html", "xlsx")))):
            path = renderer(name).render(annex, output)
            if not quiet:
                click.echo(str(path), err=True)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    if not quiet:
        unknown = sum(cell.status == "unknown" for t in annex.tables for row in t.rows for cell in row.cells.values())
        click.echo(
            f"{profile.instances} instances, {len(annex.tables)} tables, {len(annex.findings)} findings, "
            f"{unknown} cells to be completed by a person",
            err=True,
        )
