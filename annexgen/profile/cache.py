"""Remembers what batches held, so that an unchanged corpus is scanned again without reading a file.

An entry is the profile of a batch, encrypted with a key that follows from what the disk says of its files (path, size and time,
or content): the cache alone tells nothing, and whoever can list the corpus with its times has the corpus. An entry's name
follows from the same listing by another hash, so a changed, moved, added or removed file simply has no entry. An entry that
was damaged or forged fails its check, is reported, and the batch is read again.

What was not used for `KEPT_DAYS` is removed at the end of a scan, and beyond `MAXIMUM_BYTES` what was not used for longest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import time
import zlib
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen import __version__
from annexgen.corpus.sources.batches import Files, Missing, TarMembers, ZipMembers
from annexgen.profile.model import FORMAT_VERSION, Limits
from annexgen.profile.privacy import PRIVACY_RULES
from annexgen.profile.reading import Read, Skipped
from annexgen.profile.storage import document_of, profile_of
from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from annexgen.corpus.sources.batches import Batch

KEPT_DAYS = 90
MAXIMUM_BYTES = 1 << 30
_DAY = 24 * 60 * 60
_ENTRY = re.compile(r"[0-9a-f]{32}\.(part|[0-9]+)")
_CHECK_LENGTH = 32
_CONTENT_BLOCK = 1 << 20


class Cache:
    """Entries in a folder.

    Args:
        folder: made if it is not there, for its owner only.
        values: the value policy of the scan; entries of another policy are not used.
        limits: those of the scan.
        content: go by the content of files instead of their times.
        device: the only device whose instances are counted; entries of other choices are not used.
        salt: the one given for the scan; entries of another are not used.
        on_damage: called with a message for every entry that cannot be believed.
    """

    def __init__(
        self,
        folder: Path,
        values: str,
        limits: Limits,
        *,
        content: bool = False,
        device: str = "",
        salt: bytes = b"",
        on_damage: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = folder
        self._content = content
        self._salt = salt
        self._on_damage = on_damage
        self._full = False
        settings = {
            "values": values,
            "limits": asdict(limits),
            "device": device,
            "salt": hashlib.blake2b(salt, digest_size=16, person=b"annexgen-cache").hexdigest(),
            "format": FORMAT_VERSION,
            "privacy": PRIVACY_RULES,
            "version": __version__,
            "standard": tables.selected().digest,
        }
        self._settings = json.dumps(settings, sort_keys=True).encode()
        # Who can list the corpus, but not read it, must not read what is remembered of it either.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(self, batch: Batch) -> bytes | None:
        """What the key and the name of a batch's entry follow from; None where the disk cannot vouch for the batch."""
        digest = hashlib.blake2b(self._settings, digest_size=64)
        if isinstance(batch, Files):
            paths: tuple[str, ...] = batch.paths
        elif isinstance(batch, ZipMembers):
            paths = (batch.archive,)
            digest.update(b"%d-%d" % (batch.first, batch.last))
        elif isinstance(batch, TarMembers):
            paths = (batch.archive,)
        elif isinstance(batch, Missing):
            # That they are missing is all that there is to know, and the listing of the sources has just found it.
            digest.update("\0".join((batch.reason, *batch.paths)).encode("utf-8", "surrogateescape"))
            return digest.digest()
        else:
            return None
        try:
            folder = os.getcwd()  # noqa: PTH109
            for path in paths:
                # Not made shorter: one file under two names has two entries, and making sure would take longest of all.
                digest.update(self._listing(os.path.join(folder, path)))  # noqa: PTH118
        except OSError:
            return None
        return digest.digest()

    def joined(self, secrets: Iterable[bytes]) -> bytes:
        """The secret of several batches together."""
        digest = hashlib.blake2b(self._settings, digest_size=64, person=b"annexgen-joined")
        for secret in secrets:
            digest.update(secret)
        return digest.digest()

    def _listing(self, path: str) -> bytes:
        name = os.fsencode(path)
        state = os.stat(path)  # noqa: PTH116 - Path would cost more than the rest of the listing
        if not self._content:
            return b"%s\0%d\0%d\0" % (name, state.st_size, state.st_mtime_ns)
        digest = hashlib.blake2b(digest_size=32)
        with Path(path).open("rb") as stream:
            while block := stream.read(_CONTENT_BLOCK):
                digest.update(block)
        return b"%s\0%s" % (name, digest.digest())

    def get(self, secret: bytes, number: int = 0) -> Read | None:
        """What was remembered under a secret; None when nothing was, or what is there is damaged."""
        path = self._path(secret)
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            return self._damaged(path)
        encrypted, check = stored[:-_CHECK_LENGTH], stored[-_CHECK_LENGTH:]
        if not hmac.compare_digest(check, _check(secret, encrypted)):
            return self._damaged(path)
        try:
            document = json.loads(zlib.decompress(_crypt(secret, encrypted)).decode("utf-8", "surrogatepass"))
            profile = profile_of(document["profile"])
            profile.fingerprint, profile.salt = int(document["fingerprint"]), self._salt
            profile.names = {bytes.fromhex(name) for name in document["names"]}
            skipped = tuple(Skipped(*entry) for entry in document["entries_skipped"])
            self.use(secret)
            return Read(number, profile, skipped, int(document["entries"]))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, zlib.error):
            return self._damaged(path)

    def use(self, secret: bytes) -> None:
        """Note that an entry was of use now; nothing where there is none, or the folder may not be written to."""
        with suppress(OSError):
            os.utime(self._path(secret))

    def prune(self) -> None:
        """Remove the entries that were not used for long, and those least used if all together are too many.

        Another scan may clean up the same folder meanwhile. What cannot be removed is told like a damaged entry: the scan is done.
        """
        found = []
        try:
            with os.scandir(self._folder) as listing:
                for entry in listing:
                    if _ENTRY.fullmatch(entry.name):
                        with suppress(FileNotFoundError):
                            state = entry.stat()
                            found.append((state.st_mtime, state.st_size, entry.name))
            oldest = time.time() - KEPT_DAYS * _DAY
            total = 0
            for used, size, name in sorted(found, reverse=True):
                total += size
                if used < oldest or total > MAXIMUM_BYTES:
                    (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            if self._on_damage is not None:
                self._on_damage(f"the cache cannot be cleaned up ({error.strerror}); the scan does not need it to be")

    def put(self, secret: bytes, read: Read) -> None:
        """Remember what a batch held. When that cannot be written it is told once, and nothing is remembered from then on."""
        if self._full:
            return
        document = {
            "profile": document_of(read.profile),
            "fingerprint": str(read.profile.fingerprint),
            "names": sorted(name.hex() for name in read.profile.names),
            "entries_skipped": [[entry.file, entry.name, entry.reason] for entry in read.skipped],
            "entries": read.entries,
        }
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        encrypted = _crypt(secret, zlib.compress(text, 1))
        path = self._path(secret)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            unfinished.write_bytes(encrypted + _check(secret, encrypted))
            unfinished.replace(path)
        except OSError as error:
            self._full = True
            with suppress(OSError):
                unfinished.unlink()
            if self._on_damage is not None:
                self._on_damage(
                    f"the cache cannot be written ({error.strerror}); the scan goes on and remembers no more"
                )

    def _path(self, secret: bytes) -> Path:
        return self._folder / f"{hashlib.blake2b(secret, digest_size=16, person=b'annexgen-name').hexdigest()}.part"

    def _damaged(self, path: Path) -> Read | None:
        if self._on_damage is not None:
            self._on_damage(f"{path}: damaged cache entry; what it held is read again")
        return None


def _check(secret: bytes, encrypted: bytes) -> bytes:
    key = hashlib.blake2b(secret, digest_size=32, person=b"annexgen-check").digest()
    return hashlib.blake2b(encrypted, digest_size=_CHECK_LENGTH, key=key).digest()


def _crypt(secret: bytes, text: bytes) -> bytes:
    """Encrypts and decrypts: text and keystream, bit by bit. A secret encrypts one text only, so needs no nonce."""
    key = hashlib.blake2b(secret, digest_size=32, person=b"annexgen-crypt").digest()
    stream = hashlib.shake_256(key + hashlib.blake2b(len(text).to_bytes(8, "big"), key=key).digest()).digest(len(text))
    return (int.from_bytes(text, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(text), "big")
