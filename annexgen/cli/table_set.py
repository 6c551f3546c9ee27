"""The option --standard: which set of tables a command answers from; given before the command or behind it."""

from __future__ import annotations

import os

import click

VARIABLE = "ANNEXGEN_STANDARD"
INDEPENDENT = frozenset({("standard", "import")})
"""Commands that ask the tables nothing, and so work when the chosen set is not there."""

_OPTION = "--standard"


def global_option() -> click.Option:
    """The option as the program itself has it."""
    return click.Option(
        [_OPTION],
        metavar="NAME",
        expose_value=False,
        callback=_remember,
        help=f"Tables of the Standard to use: one that `annexgen standard list` names. Default: ${VARIABLE}, else bundled.",
    )


def with_option(command: click.Command, above: tuple[str | None, ...] = ()) -> click.Command:
    """The command, and those below it, with the option added; the choice applies until the command ends.

    `above` are the names of the groups that the command belongs to.
    """
    names = (*above, command.name)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            with_option(below, names)
    elif names not in INDEPENDENT and not any(_OPTION in parameter.opts for parameter in command.params):
        command.params.append(
            click.Option(
                [_OPTION],
                metavar="NAME",
                expose_value=False,
                callback=_use,
                help="Tables of the Standard to use: one that `annexgen standard list` names.",
            )
        )
    return command


def _remember(context: click.Context, parameter: click.Parameter, name: str | None) -> None:
    context.meta[VARIABLE] = name


def _use(context: click.Context, parameter: click.Parameter, name: str | None) -> None:
    """Answer every lookup from the chosen set until the command ends; exit code 2 when there is no such set."""
    chosen = name or context.meta.get(VARIABLE) or os.environ.get(VARIABLE)
    if not chosen or context.resilient_parsing:
        return
    from annexgen.cli.sources import fail
    from annexgen.standard import sets, tables

    try:
        table_set = sets.load(chosen)
    except sets.SetError as error:
        fail(str(error))
    context.with_resource(tables.use(table_set))
