"""Files that are fetched once, kept where Keras keeps its own, and checked by their sizes and digests each time."""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from archcli.errors import DataError, Problem

OFFLINE: Final = "ARCHCLI_OFFLINE"
"""The variable of the environment that forbids to fetch anything, unless it is empty or 0."""

LOGGER: Final = "archcli.fetching"
"""Takes a line whenever more of a file has come; whoever shows progress listens to it."""

_MD5_DIGITS: Final = 32
_CHUNK: Final = 1 << 20
_STEP: Final = 0.1
_TIMEOUT_SECONDS: Final = 30
_KERAS: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"


@dataclass(frozen=True)
class Remote:
    """A file that can be fetched.

    Attributes:
        url: Where it is.
        path: Where it is kept, below the folder of data sets.
        size: Bytes.
        digest: SHA-256; of what Keras knows only an MD5 of, that.
    """

    url: str
    path: str
    size: int
    digest: str

    @property
    def name(self) -> str:
        """What it is called at its place."""
        return self.url.rpartition("/")[2]


def _kept(name: str, size: int, digest: str, *, folder: str = "") -> Remote:
    return Remote(f"{_KERAS}/{name}", folder + name, size, digest)


REMOTES: Final[Mapping[str, tuple[Remote, ...]]] = {
    "mnist": (_kept("mnist.npz", 11490434, "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),),
    "fashion_mnist": tuple(
        _kept(name, size, digest, folder="fashion-mnist/")
        for name, size, digest in (
            (
                "train-labels-idx1-ubyte.gz",
                29515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            (
                "train-images-idx3-ubyte.gz",
                26421880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            (
                "t10k-labels-idx1-ubyte.gz",
                5148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
            (
                "t10k-images-idx3-ubyte.gz",
                4422102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
        )
    ),
    "cifar10": (
        Remote(
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            "cifar-10-batches-py-target_archive",
            170498071,
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        ),
    ),
    "imdb": (
        _kept("imdb.npz", 17464789, "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
        _kept("imdb_word_index.json", 1641221, "bfafd718b763782e994055a2d397834f"),
    ),
    "reuters": (
        _kept("reuters.npz", 2110848, "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"),
        _kept("reuters_word_index.json", 550378, "4d44cc38712099c9e383dc6e5f11a921"),
    ),
}
"""What each set that Keras knows is fetched from, under the names by which Keras finds it again. Digests are Keras's;
those of Fashion-MNIST, which it does not check, are those of TensorFlow Datasets."""


def data_folder() -> Path:
    """Return where Keras looks for data sets: below `KERAS_HOME`, or `~/.keras`."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def is_offline() -> bool:
    """Tell whether the user forbids to fetch anything."""
    return os.environ.get(OFFLINE, "") not in ("", "0")


def ensure_files(name: str, remotes: Iterable[Remote]) -> None:
    """See that the files of a set are there and whole, and fetch those that are not.

    Args:
        name: What a recipe calls the set.
        remotes: Its files.

    Raises:
        DataError: `offline`: a file is not there, and nothing may be fetched; `cannot-fetch`: there is no way to where
            it comes from, what came is not what was expected, or it cannot be kept.
    """
    folder = data_folder()
    lacking = [remote for remote in remotes if not _is_whole(folder / remote.path, remote)]
    if lacking and is_offline():
        message = f"`{name}` is not on this machine, and fetching is switched off by `--offline` or `{OFFLINE}`"
        raise DataError(Problem("offline", message, hint=_copy_hint(folder, lacking)))
    for remote in lacking:
        _fetch(name, remote, folder)


def _fetch(name: str, remote: Remote, folder: Path) -> None:
    """Fetch one file: it is at its place once it is whole."""
    target = folder / remote.path
    hint = _copy_hint(folder, [remote])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    except OSError as error:
        message = f"`{name}` is to be kept in `{target.parent}`, which cannot be written: {error.strerror}"
        raise DataError(Problem("cannot-fetch", message, hint="`KERAS_HOME` names another folder")) from None
    try:
        with os.fdopen(handle, "wb") as file, urlopen(remote.url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310
            come, told = 0, 0.0
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                come += len(chunk)
                if come >= told * remote.size or come == remote.size:
                    logging.getLogger(LOGGER).info(_progress(remote, come))
                    told = come / remote.size + _STEP
            os.fsync(file.fileno())
        wrong = _find_difference(Path(part), remote)
        if wrong is not None:
            message = f"what came as `{remote.name}` from {remote.url} is not what was expected: {wrong}"
            raise DataError(Problem("cannot-fetch", message, hint=f"try it again; or {hint}"))
        Path(part).replace(target)
    except (OSError, http.client.HTTPException) as error:
        message = f"`{name}` is not on this machine and cannot be fetched from {remote.url}: {_reason(error)}"
        raise DataError(Problem("cannot-fetch", message, hint=hint)) from None
    finally:
        Path(part).unlink(missing_ok=True)


def _is_whole(path: Path, remote: Remote) -> bool:
    return path.is_file() and _find_difference(path, remote) is None


def _find_difference(path: Path, remote: Remote) -> str | None:
    """Say in what a file is not what it should be; None where it is."""
    size = path.stat().st_size
    if size != remote.size:
        return f"{size} bytes in place of {remote.size}"
    algorithm = "md5" if len(remote.digest) == _MD5_DIGITS else "sha256"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, algorithm).hexdigest()
    return None if digest == remote.digest else f"the {algorithm.upper()} {digest} in place of {remote.digest}"


def _progress(remote: Remote, come: int) -> str:
    return f"fetching {remote.name}: {100 * come // remote.size} % of {remote.size / 1e6:.1f} MB"


def _copy_hint(folder: Path, remotes: Iterable[Remote]) -> str:
    files = " and ".join(f"{remote.url} as `{folder / remote.path}`" for remote in remotes)
    return f"where there is a network, fetch {files}, and copy it here"


def _reason(error: Exception) -> str:
    """Return what went wrong, on one line."""
    reason = getattr(error, "reason", None) or error
    return " ".join(str(reason).split())[:160] or type(error).__name__
