"""`annexgen samples`: writes the corpus of a simulated product."""

from __future__ import annotations

from pathlib import Path

import click

from annexgen.cli.sources import fail


@click.command("samples")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--product", default="acme", show_default=True, help="Name of a simulated product, or all of them.")
@click.option("--firmware", default="", metavar="VERSION", help="A later version of the product, such as F5.0 of ct.")
def command(folder: Path, seed: int, product: str, firmware: str) -> None:
    """Write the corpus of a simulated product into FOLDER, and the truth about it beside, into FOLDER.truth.json.

    With `--product all` each product has a folder of its own in FOLDER, and FOLDER.NAME.truth.json. samples/README.md tells what they are.
    `--firmware` examines the same patients with a later version, to try what a new firmware does to annexes.
    """
    from annexgen.simulator import DescriptionError, available_products, write_samples
    from annexgen.simulator.samples import truth_beside

    everything = product == "all"
    for name in available_products() if everything else (product,):
        target = folder / name if everything else folder
        try:
            told = truth_beside(folder.with_name(f"{folder.name}.{name}")) if everything else truth_beside(folder)
            summary = write_samples(target, seed=seed, product=name, firmware=firmware, truth_file=told)
        except (OSError, DescriptionError) as error:
            fail(str(error))
        directories = f" and {summary.directories} DICOMDIR" if summary.directories else ""
        click.echo(f"{summary.instances} instances{directories} -> {target}; the truth about them -> {told}", err=True)
