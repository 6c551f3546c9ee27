"""Clusters: a real Dask cluster of two worker processes, and an S3 server, give the bytes of a local scan."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from annexgen.corpus.sources import SourceError, batches_of
from annexgen.profile import dask_scan
from annexgen.profile.dask_scan import ClusterError, scan_on_cluster
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import dumps
from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from annexgen.profile.model import Profile

distributed = pytest.importorskip("distributed", reason="the extra annexgen[dask] is not installed")


@pytest.fixture
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as running:
        yield running


def sealed(profile: Profile) -> bytes:
    return dumps(seal(profile))


def test_the_same_bytes_as_a_local_scan(corpus: Path, cluster: object) -> None:
    counted: list[int] = []
    found = scan_on_cluster(cluster.scheduler_address, batches_of([str(corpus)], 10), on_progress=counted.append)  # type: ignore[attr-defined]
    assert sealed(found) == sealed(scan([corpus]))
    assert sum(counted) == sum(path.is_file() for path in corpus.rglob("*"))


def test_the_selected_tables_travel_to_the_workers(corpus: Path, cluster: object, tmp_path: Path) -> None:
    row = ["00281050", "X", *[""] * 10, "N", "Y", "Window Center"]
    (tmp_path / "basic_profile.tsv").write_text("# PS3.15 stricter\n" + "\t".join(row) + "\n", encoding="utf-8")
    stricter = tables.TableSet("stricter", tmp_path, tables.digest_of(tmp_path))
    with tables.use(stricter):
        found = scan_on_cluster(cluster.scheduler_address, batches_of([str(corpus)], 10))  # type: ignore[attr-defined]
        assert sealed(found) == sealed(scan([corpus]))
    assert sealed(found) != sealed(scan([corpus]))


def test_a_lost_worker_is_made_good(corpus: Path, cluster: object) -> None:
    process = next(iter(cluster.workers.values())).process.process.pid  # type: ignore[attr-defined]
    read = threading.Event()

    def kill() -> None:
        read.wait(30)
        os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = scan_on_cluster(
        cluster.scheduler_address,  # type: ignore[attr-defined]
        batches_of([str(corpus)], 4),
        on_progress=lambda files: read.set(),
    )
    killer.join()
    assert sealed(found) == sealed(scan([corpus]))


def test_no_cluster_there() -> None:
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        scan_on_cluster("tcp://127.0.0.1:9", iter(()))


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server_module = pytest.importorskip("moto.server", reason="moto, the S3 server of the tests, is not installed")
    pytest.importorskip("s3fs", reason="the extra annexgen[remote] is not installed")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    yield endpoint
    server.stop()


def test_objects_of_an_s3_server(corpus: Path, s3: str) -> None:
    import s3fs

    store = s3fs.S3FileSystem(endpoint_url=s3)
    store.mkdir("instances")
    folder = corpus / "SIM-0001"
    store.put(str(folder), "instances/corpus", recursive=True)
    started = time.monotonic()
    assert sealed(scan(["s3://instances/corpus"])) == sealed(scan([folder]))
    assert time.monotonic() - started < 60
    with pytest.raises(SourceError, match="nothing is there"):
        scan(["s3://instances/other"])


def test_a_worker_that_fails_logs_no_file_name_and_no_salt(
    cluster: object, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask logs what a failed task was given. Local functions travel by value, so this one fails on the worker."""
    named = tmp_path / "zqfilename"
    shutil.copytree(corpus, named)

    def fail(given: object) -> object:
        raise IndexError(f"fails with {type(given).__name__}")

    for function in ("_count", "_merge"):
        with monkeypatch.context() as changed:
            changed.setattr(dask_scan, function, fail)
            with pytest.raises(ClusterError, match="IndexError") as caught:
                scan_on_cluster(cluster.scheduler_address, batches_of([str(named)], 10), salt=b"the secret salt")  # type: ignore[attr-defined]
        assert "zqfilename" not in str(caught.value)
        with distributed.Client(cluster) as client:
            logs = repr(client.get_worker_logs()) + repr(client.get_scheduler_logs())
        assert "IndexError" in logs
        assert "zqfilename" not in logs
        assert "the secret salt" not in logs
        assert "Patient" not in logs
