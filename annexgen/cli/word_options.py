"""The options of `annexgen build` for Word: a final document, a person's template, an existing statement."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from annexgen.cli.sources import fail
from annexgen.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex
    from annexgen.render.base import Renderer

_NAMED_COLUMNS = 6
_OPTIONS = (
    click.option("--final", is_flag=True, help="Word without the marks of a draft; refused while a cell is unknown."),
    click.option("--leave-blank", is_flag=True, help="With --final: leave unknown cells blank."),
    click.option(
        "--mark-changes/--no-mark-changes",
        default=None,
        help="With --compare-to: mark what is new, different or gone in Word, HTML, Excel and Markdown. Default: yes, with --final no.",
    ),
    click.option(
        "--word-template",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Your own Word file for --format docx: its styles, pages, fields.",
    ),
    click.option(
        "--into",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Write a copy of this Word statement with the annexes in their places.",
    ),
)


@dataclass(frozen=True, slots=True)
class WordRequest:
    """What the options ask for."""

    final: bool
    leave_blank: bool
    template: Path | None
    into: Path | None
    mark_changes: bool | None = None

    def changes(self, annex: Annex, former: Annex | None) -> ChangedRows | None:
        """What is to be marked: nothing without a former version, and in a final document only when asked for."""
        wanted = self.mark_changes if self.mark_changes is not None else not self.final
        if former is None:
            if self.mark_changes:
                fail("--mark-changes goes with --compare-to")
            return None
        if not wanted:
            return None
        from annexgen.annex.changed_rows import changed_rows

        return changed_rows(former, annex)

    def check(self, annex: Annex, output: Path, quiet: bool) -> None:
        """End the command when a final document is not possible, or the statement itself would be overwritten."""
        from annexgen.annex.model import Status
        from annexgen.render.facts import status_counts

        if self.leave_blank and not self.final:
            fail("--leave-blank goes with --final")
        if self.into is not None:
            if annex.corpus.values == "all":
                fail(
                    "annexes with all values may hold identifying values, and do not go into a statement; leave out --into"
                )
            target = output / self.into.name
            if target.resolve() == self.into.resolve() or (target.exists() and target.samefile(self.into)):
                fail(f"{self.into} would be overwritten: choose another folder with -o")
            if self.into.name.casefold().startswith("annex."):
                fail(f"{self.into} has the name of an output: give the statement another name")
        if self.final and not self.leave_blank:
            _refuse_unknown(annex)
        proposed = status_counts(annex)[Status.PROPOSED]
        if self.final and proposed and not quiet:
            cells = "1 cell is" if proposed == 1 else f"{proposed:,} cells are"
            click.echo(f"note: {cells} proposed, not confirmed; a final document does not show which", err=True)

    def renderer(self, name: str, changes: ChangedRows | None = None) -> Renderer:
        """The renderer of a format with `changes` marked, where it has marks; Word with the options."""
        if name != "docx":
            from annexgen.render.base import MARKING, renderer

            return renderer(name, changes) if name in MARKING else renderer(name)
        from annexgen.render.word import WordOptions, WordRenderer

        return WordRenderer(WordOptions(self.final, self.template, changes))

    def insert(self, annex: Annex, output: Path, quiet: bool, changes: ChangedRows | None = None) -> None:
        """Write the statement with the annexes into the folder, if one was named."""
        if self.into is None:
            return
        from annexgen.render.word_into import insert

        done = insert(annex, self.into.read_bytes(), self.into.name, final=self.final, changes=changes)
        target = output / self.into.name
        write_whole(target, done.content)
        if not quiet:
            click.echo(str(target), err=True)
            for line in done.places:
                click.echo(f"  {line}", err=True)
            for line in done.remarks:
                click.echo(f"note: {line}", err=True)


def word_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets them as one argument `word`."""

    @functools.wraps(function)
    def wrapped(
        *args: Any,
        final: bool,
        leave_blank: bool,
        mark_changes: bool | None,
        word_template: Path | None,
        into: Path | None,
        **others: Any,
    ) -> Any:
        word = WordRequest(final, leave_blank, word_template, into, mark_changes)
        return function(*args, word=word, **others)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _refuse_unknown(annex: Annex) -> None:
    from annexgen.render.facts import unknown_cells

    facts = (("name", annex.product.name), ("versions", annex.product.versions))
    missing = [name for name, value in facts if not value]
    if missing:
        _no(f"the product's {' and '.join(missing)} {'is' if missing == ['name'] else 'are'} not known")
    unknown = unknown_cells(annex)
    if unknown:
        named = ", ".join(f"{column} {count:,}" for column, count in list(unknown.items())[:_NAMED_COLUMNS])
        more = ", ..." if len(unknown) > _NAMED_COLUMNS else ""
        _no(f"{sum(unknown.values()):,} cells are unknown ({named}{more})")


def _no(reason: str) -> NoReturn:
    click.echo(
        f"annexgen: no final document: {reason}. Complete what is missing "
        "(annexgen annotate export writes it as questions), or leave it blank with --leave-blank.",
        err=True,
    )
    sys.exit(1)
