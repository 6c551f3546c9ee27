"""`annexgen samples`: writes the corpus of a simulated product."""

from __future__ import annotations

from pathlib import Path

import click

from annexgen.cli.sources import fail


@click.command("samples")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same bytes.")
def command(folder: Path, seed: int) -> None:
    """Write the corpus of the simulated product ACME, and truth.json about it, into FOLDER."""
    from annexgen.simulator import write_samples

    try:
        summary = write_samples(folder, seed=seed)
    except OSError as error:
        fail(str(error))
    click.echo(f"{summary.instances} instances -> {folder}", err=True)
