"""`annexgen audit`: compares the private attributes that a corpus writes with those that are disclosed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from annexgen.cli.private_dictionary import load_private_dictionaries, private_dictionary_option
from annexgen.cli.sources import Reading, fail, read_sources, reading_options, why


@click.command("audit")
@reading_options
@click.option(
    "--disclosed",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="annex.json, annex.xlsx, annex.docx, annex.html or annex_csv, or CSV with creator,group,element,vr,vm,name,status; "
    "a private dictionary (CSV or JSON) also.",
)
@private_dictionary_option
@click.option(
    "--report",
    type=click.Choice(["shareable", "confidential"]),
    default="shareable",
    show_default=True,
    help="shareable holds no value; confidential adds example values and is marked so.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder to write into.")
def command(
    reading: Reading, disclosed: Path, private_dictionaries: tuple[Path, ...], report: str, output: Path | None
) -> None:
    """Compare the private attributes of SOURCES with those that FILE discloses; print the report, and write it with -o.

    A private dictionary names the attributes, and differences from it are told; it discloses nothing, unless given as --disclosed.
    Exit code 1 when something undisclosed or unsafe is found.
    """
    from annexgen.annex.audit import audit
    from annexgen.render.audit_report import text_of, write_reports
    from annexgen.render.disclosed_files import DisclosureError, load_disclosure

    try:
        disclosure = load_disclosure(disclosed)
    except DisclosureError as error:
        fail(str(error))
    dictionary = load_private_dictionaries(private_dictionaries, reading.quiet)
    confidential = report == "confidential"
    if reading.values == "all" and not confidential:
        fail("--values all goes with --report confidential: a shareable report holds no value")
    profile = read_sources(replace(reading, values="all") if confidential else reading)
    if profile.values == "all" and not confidential:
        fail("the profile was made with --values all, and cannot give a shareable report; give --report confidential")
    result = audit(profile, disclosure, private_dictionary=dictionary, confidential=confidential)
    if not reading.quiet:
        click.echo(text_of(result), nl=False)
    if output is not None:
        try:
            output.mkdir(parents=True, exist_ok=True)
            for path in write_reports(result, output):
                if not reading.quiet:
                    click.echo(str(path), err=True)
        except OSError as error:
            fail(why(error))
    if not result.passed:
        sys.exit(1)
