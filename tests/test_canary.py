"""No identifying value reaches anything that is written or printed: each carries a marker, and none is found again."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from annexgen.corpus.sources import batches_of
from annexgen.profile.dask_scan import scan_on_cluster
from annexgen.profile.privacy import seal
from annexgen.profile.storage import dumps
from tests.canary_corpus import FILE_MARKER, SCRIPTS, write_corpus
from tests.command_line import run_process as run
from tests.render.word_statements import with_headings

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS = [part for name in ("json", "md", "html", "xlsx", "docx", "csv") for part in ("--format", name)]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("marked") / "corpus"
    given = write_corpus(folder)
    assert len(set(given)) == len(given)
    return folder, given


def everything(folder: Path) -> dict[str, bytes]:
    """All bytes in a folder, archives and compressed files unpacked."""
    found: dict[str, bytes] = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found[path.name] = path.name.encode() + data
        if data[:2] == b"\x1f\x8b":
            found[path.name] = gzip.decompress(data)
        elif data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found |= {f"{path.name}/{name}": archive.read(name) for name in archive.namelist()}
    return found


MADE = re.compile(r"(?=(zq\d{6}xv|8642\d{6}|\d{8}|1\.2\.826\.0\.1\.3680043\.10\.9753\.\d{6}))")
"""What `Markers` makes, wherever it begins: thousands of markers are looked for at once."""


def leaks(data: bytes, markers: Iterable[str]) -> list[str]:
    """The markers in some bytes: as UTF-8, Latin-1 or UTF-16, and escaped as XML, HTML or JSON escape them."""
    plain = data.decode("utf-8", "replace").casefold()
    texts = {plain, data.decode("latin-1").casefold()}
    if "&#" in plain:
        texts.add(html.unescape(plain).casefold())
    if "\\u" in plain:
        texts.add(re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), plain).casefold())
    if b"\0" in data:
        texts |= {data[start:].decode("utf-16-le", "replace").casefold() for start in (0, 1)}
    made = {found for text in texts for found in MADE.findall(text)}
    folded = {marker: marker.casefold() for marker in markers}
    odd = {marker for marker, form in folded.items() if not MADE.match(form)}
    return [m for m, form in folded.items() if form in made or (m in odd and any(form in text for text in texts))]


def edited(book: Path, target: Path) -> Path:
    """A copy of a workbook with a Comment that a person typed."""
    opened = openpyxl.load_workbook(book)
    for sheet in opened.worksheets:
        for row in sheet.iter_rows():
            heading = [cell.value for cell in row]
            if "Comments" in heading and "Tag" in heading:
                sheet.cell(row[0].row + 1, heading.index("Comments") + 1).value = "typed by a person"
                opened.save(target)
                return target
    raise AssertionError("no table of attributes in the workbook")


def without_file_names(said: str, sources: list[Path]) -> str:
    """What a command said on the terminal, where files may be named to the person who runs it: members of archives too."""
    for source in sources:
        said = re.sub(rf"{re.escape(str(source))}[^\n:]*(: [^\n:]*\.dcm)?", "FILE", said)
    return said


Command = tuple[set[int], list[object]]
"""Exit codes that are right for it, and its arguments."""


def marker_free(commands: list[Command], markers: list[str]) -> None:
    """Run the commands: no marker is in what they print."""
    for codes, arguments in commands:
        result = run(*arguments)
        assert result.returncode in codes, (arguments, result.stderr[-300:])
        files = [argument for argument in arguments if isinstance(argument, Path) and argument.exists()]
        said = without_file_names(result.stdout + result.stderr, files)
        assert leaks(said.encode(), markers) == [], arguments
        assert "Traceback" not in result.stderr


def nothing_written(out: Path, markers: list[str], more_than: int) -> None:
    """No marker is in what was written, which is much."""
    written = everything(out)
    assert len(written) > more_than
    assert {name: found for name, data in written.items() if (found := leaks(data, [*markers, FILE_MARKER]))} == {}


@pytest.fixture
def disclosed(tmp_path: Path) -> Path:
    """A list of disclosed private attributes."""
    (tmp_path / "list.csv").write_text("creator,group,element\nACME,0029,01\n", encoding="utf-8")
    return tmp_path / "list.csv"


# What follows could be one test; as three, the workers of a run share it.


def test_no_marker_comes_out_of_profiles(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    corpus, markers = marked
    (tmp_path / "salt").write_text("the salt of this test", encoding="utf-8")
    (tmp_path / "statement.docx").write_bytes(with_headings())
    out, salt = tmp_path / "out", tmp_path / "salt"
    profiles = [out / f"{name}.profile.json.gz" for name in "abcd"]
    scripts, frames = f"{FILE_MARKER}-script-0.dcm", f"{FILE_MARKER}-0-frames.dcm"
    marker_free(
        [
            ({0}, ["scan", corpus, "-o", profiles[0], "--salt-file", salt]),
            ({0}, ["scan", corpus, "-o", profiles[1], "--cache", out / "cache"]),
            ({0}, ["scan", corpus / scripts, corpus / frames, "-o", profiles[2], "--salt-file", salt]),
            ({0}, ["merge", profiles[0], profiles[2], "-o", profiles[3]]),
            ({0}, ["build", profiles[3], "-o", out / "profile", *FORMATS]),
            ({0}, ["build", profiles[0], "-o", out / "into", "--into", tmp_path / "statement.docx"]),
            ({0}, ["show", profiles[0]]),
        ],
        markers,
    )
    nothing_written(out, markers, 100)


def test_no_marker_comes_out_of_instances(marked: tuple[Path, list[str]], disclosed: Path, tmp_path: Path) -> None:
    corpus, markers = marked
    (tmp_path / "salt").write_text("the salt of this test", encoding="utf-8")
    out, salt = tmp_path / "out", tmp_path / "salt"
    annex, profile = out / "direct" / "annex.json", out / "a.profile.json.gz"
    marker_free(
        [
            ({0}, ["build", corpus, "-o", out / "direct", *FORMATS]),
            ({0}, ["scan", corpus, "-o", profile, "--salt-file", salt]),
            ({0}, ["show", corpus]),
            ({1}, ["audit", corpus, "--disclosed", disclosed, "-o", out / "audit"]),
            ({0, 1}, ["audit", profile, "--disclosed", annex, "-o", out / "audit2"]),
            ({0}, ["private", "characteristics", corpus, "-o", out / "characteristics.json"]),
            ({0}, ["private", "characteristics", annex, "-o", out / "characteristics2.json"]),
            ({0}, ["init", corpus, "-o", out / "product.toml"]),
            ({0}, ["annotate", "export", annex, "-o", out / "questions.xlsx"]),
            ({0}, ["annotate", "status", annex]),
            ({2}, ["build", corpus / f"{FILE_MARKER}-none.dcm", "-o", out / "nothing"]),
            ({1}, ["locate", "0" * 12, corpus]),
        ],
        markers,
    )
    book = edited(out / "direct" / "annex.xlsx", tmp_path / "book.xlsx")
    marker_free([({0}, ["annotate", "import", book, "-o", out / "own.toml"])], markers)
    nothing_written(out, markers, 100)


def test_no_marker_comes_out_of_differences(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    corpus, markers = marked
    out = tmp_path / "out"
    without, compared = out / "none" / "annex.json", out / "next" / "annex.json"
    marker_free(
        [
            ({0}, ["build", corpus, "-o", out / "none", "--values", "none", "--jobs", "0", *FORMATS]),
            ({0}, ["build", corpus, "-o", out / "next", "--compare-to", without, *FORMATS]),
            ({0}, ["diff", compared, without]),
            *(
                ({0}, ["diff", compared, without, "--format", name, "-o", out / f"differences.{name}"])
                for name in ("text", "md", "html", "xlsx", "json")
            ),
        ],
        markers,
    )
    nothing_written(out, markers, 200)


def test_no_marker_comes_out_of_a_cluster(marked: tuple[Path, list[str]]) -> None:
    """Neither into what is written nor into the logs of its workers."""
    distributed = pytest.importorskip("distributed", reason="the extra annexgen[dask] is not installed")
    corpus, markers = marked
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        profile = scan_on_cluster(cluster.scheduler_address, batches_of([str(corpus)], 10))
        logs = repr(client.get_worker_logs()) + repr(client.get_scheduler_logs())
    assert profile.instances > len(SCRIPTS)
    assert leaks(logs.encode(), [*markers, FILE_MARKER]) == []
    assert leaks(gzip.decompress(dumps(seal(profile))), [*markers, FILE_MARKER]) == []


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le", "ascii"])
def test_the_search_knows_every_encoding(encoding: str) -> None:
    markers = ["ZQ100001XV", "63010203", "1.2.826.0.1.3680043.10.9753.100004", "Müßgänger"]
    text = "<a>zq100001xv 6301020311 1.2.826.0.1.3680043.10.9753.100004.1 Müßgänger</a>"
    data = text.encode(encoding, "xmlcharrefreplace")
    assert leaks(b"\1" + data, markers) == leaks(data, markers) == markers


def test_the_search_would_find_a_marker(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    """With --values all they do come out, with a warning in each format: the test above looks where they would be."""
    corpus, markers = marked
    result = run("build", corpus, "-o", tmp_path, "--values", "all", *FORMATS, "--quiet")
    assert result.returncode == 0
    found = everything(tmp_path)
    for start in ("annex.json", "annex.md", "annex.html", "annex.xlsx/", "annex.docx/", "table_"):
        assert any(leaks(data, markers) for name, data in found.items() if name.startswith(start)), start
    warning = b"It may hold identifying values of patients"
    for start in ("annex.md", "annex.html", "annex.xlsx/", "annex.docx/", "WARNING.txt"):
        assert any(warning in data for name, data in found.items() if name.startswith(start)), start
    assert json.loads(found["annex.json"].removeprefix(b"annex.json"))["corpus"]["values"] == "all"


def test_annexes_with_all_values_stay_where_they_are(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    """They go into no statement, no revision history and no shareable report; differences from them carry a warning."""
    corpus, _ = marked
    script = corpus / f"{FILE_MARKER}-script-0.dcm"
    (tmp_path / "statement.docx").write_bytes(with_headings())
    (tmp_path / "list.csv").write_text("creator,group,element\nACME,0029,01\n", encoding="utf-8")
    profile, annex = tmp_path / "all.profile.json.gz", tmp_path / "all" / "annex.json"
    assert run("scan", script, "-o", profile, "--values", "all", "--quiet").returncode == 0
    assert run("build", profile, "-o", tmp_path / "all", "--format", "json", "--quiet").returncode == 0
    assert run("build", script, "-o", tmp_path / "safe", "--format", "json", "--quiet").returncode == 0
    refused: list[list[object]] = [
        ["build", profile, "-o", tmp_path / "into", "--into", tmp_path / "statement.docx"],
        ["build", script, "-o", tmp_path / "next", "--compare-to", annex],
        ["audit", profile, "--disclosed", tmp_path / "list.csv"],
        ["audit", script, "--values", "all", "--disclosed", tmp_path / "list.csv"],
    ]
    for arguments in refused:
        result = run(*arguments, "--quiet")
        assert (result.returncode, "values" in result.stderr) == (2, True), arguments
    for name in ("text", "md", "html", "json"):
        target = tmp_path / f"differences.{name}"
        assert run("diff", annex, tmp_path / "safe" / "annex.json", "--format", name, "-o", target).returncode == 0
        text = target.read_text(encoding="utf-8")
        assert ('"values": "all"' if name == "json" else "may hold identifying values of patients") in text


def test_values_that_identify_are_reported(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    corpus, _ = marked
    (tmp_path / "list.csv").write_text("creator,group,element\n", encoding="utf-8")
    run("audit", corpus, "--disclosed", tmp_path / "list.csv", "-o", tmp_path, "--quiet")
    document = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    repeating = {f["attribute"] for f in document["findings"] if f["kind"] == "repeats-patient-data"}
    assert {f"(0029,xx{n:02X})" for n in (3, 7, 8, 9, 10, 11, 12, 0x40)} <= repeating
