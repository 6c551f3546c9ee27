"""Every command that the README documents runs as it is written there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.strip().splitlines() for block in re.findall(r"^```\w*\n(.*?)^```", README, re.M | re.S)]
COMMANDS = [
    line.partition("  #")[0].strip().replace(".venv/bin/", "")
    for block in BLOCKS
    for line in block
    if line.replace(".venv/bin/", "").startswith("annexgen ")
]


def annexgen(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from annexgen.cli.main import main; main(prog_name='annexgen')"]
    return subprocess.run([*program, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the README's placeholders stand for."""
    folder = tmp_path_factory.mktemp("desk")
    assert annexgen("samples", "SOURCE", folder=folder).returncode == 0
    (folder / "salt").write_text("a secret of this test", encoding="utf-8")
    scanned = annexgen("scan", "SOURCE", "-o", "FILE.profile.json.gz", "--salt-file", "salt", folder=folder)
    assert scanned.returncode == 0, scanned.stderr
    return folder


def concrete(command: str, number: int) -> list[list[str]]:
    """The command lines that a documented one stands for: optional parts left out and put in, alternatives one by one."""
    whole = re.sub(r"\[([^\]]*)\]", r"\1", command).replace("--seed N", "--seed 2")
    bare = re.sub(r"\s*\[[^\]]*\]", "", command)
    found = []
    for text in dict.fromkeys((bare, whole)):
        for source in ("SOURCE", "FILE.profile.json.gz") if "SOURCE|FILE" in text else ("SOURCE",):
            line = text.replace("SOURCE|FILE...", source).replace("SOURCE|FILE", source).replace("SOURCE...", source)
            line = line.replace("FILE...", "FILE.profile.json.gz FILE.profile.json.gz")
            line = line.replace("NAME|all", "ct").replace("diff OLD NEW", "diff FILE.profile.json.gz SOURCE")
            line = re.sub(r"-o FILE$", f"-o merged-{number}.profile.json.gz", line)
            line = re.sub(r"\bFOLDER\b", f"out-{number}-{len(found)}", line)
            found.append(shlex.split(line)[1:])
    return found


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if "out/demo" not in c and " ID " not in c and " audit " not in c]
)
def test_documented_command(command: str, desk: Path) -> None:
    for arguments in concrete(command, COMMANDS.index(command)):
        result = annexgen(*arguments, folder=desk)
        assert result.returncode == 0, (arguments, result.stderr)


def test_locate(desk: Path) -> None:
    assert any(command.startswith("annexgen locate ID SOURCE") for command in COMMANDS)
    assert annexgen("build", "SOURCE", "-o", "located", "--format", "json", folder=desk).returncode == 0
    document = (desk / "located" / "annex.json").read_text(encoding="utf-8")
    example = re.search(r'"example": ?"([0-9a-f]{12})"', document)
    assert example is not None
    assert annexgen("locate", example[1], "SOURCE", folder=desk).returncode == 0
    assert annexgen("locate", "0" * 12, "SOURCE", folder=desk).returncode == 1


def test_the_demo_of_the_readme_is_that_of_the_makefile(desk: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    demo = [command for command in COMMANDS if "out/demo" in command]
    assert demo
    for command in demo:
        assert command.removeprefix("annexgen ") in makefile
        result = annexgen(*shlex.split(command)[1:], folder=desk)
        assert result.returncode == 0, result.stderr


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
        assert (ROOT / target).exists(), target
