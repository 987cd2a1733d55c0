"""Files that are fetched: whole or not at all, and never where the user forbids it. No test leaves the machine."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from archcli.data.sources import fetching
from archcli.data.sources.fetching import LOGGER, OFFLINE, REMOTES, Remote, data_folder, ensure_files
from archcli.errors import DataError

CONTENT = bytes(range(256)) * 9000
TOY = Remote("https://example.org/toy.npz", "sub/toy.npz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep data sets in a folder of the test's own."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv(OFFLINE, raising=False)
    return tmp_path / "datasets"


def serve(monkeypatch: pytest.MonkeyPatch, content: bytes | Exception) -> list[str]:
    """Answer every request with `content`; return the addresses that are asked for."""
    asked: list[str] = []

    def answer(url: str, *, timeout: float) -> Any:
        asked.append(url)
        assert timeout > 0
        if isinstance(content, Exception):
            raise content
        return io.BytesIO(content)

    monkeypatch.setattr(fetching, "urlopen", answer)
    return asked


def problem_of(*remotes: Remote) -> tuple[str, str, str]:
    """Return what is said where files cannot be fetched."""
    with pytest.raises(DataError) as raised:
        ensure_files("toy", remotes)
    (problem,) = raised.value.problems
    return problem.code, problem.message, problem.hint or ""


def test_a_file_is_fetched_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And found afterwards."""
    asked = serve(monkeypatch, CONTENT)

    ensure_files("toy", [TOY])
    ensure_files("toy", [TOY])

    assert asked == [TOY.url]
    assert (folder / TOY.path).read_bytes() == CONTENT
    assert [path.name for path in (folder / "sub").iterdir()] == ["toy.npz"]


def test_a_file_that_is_damaged_is_fetched_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size or its digest tells."""
    asked = serve(monkeypatch, CONTENT)
    (folder / "sub").mkdir(parents=True)

    for damaged in (CONTENT[:-1], bytes(len(CONTENT))):
        (folder / TOY.path).write_bytes(damaged)
        ensure_files("toy", [TOY])

    assert len(asked) == 2
    assert (folder / TOY.path).read_bytes() == CONTENT


@pytest.mark.usefixtures("folder")
def test_progress_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A line for about each tenth, to whoever listens."""
    serve(monkeypatch, CONTENT)

    with caplog.at_level(logging.INFO, LOGGER):
        ensure_files("toy", [TOY])

    assert [record.getMessage() for record in caplog.records] == [
        "fetching toy.npz: 45 % of 2.3 MB",
        "fetching toy.npz: 91 % of 2.3 MB",
        "fetching toy.npz: 100 % of 2.3 MB",
    ]


@pytest.mark.parametrize(
    ("came", "difference"),
    [
        (CONTENT[:1000], f"1000 bytes in place of {len(CONTENT)}"),
        (bytes(len(CONTENT)), f"the SHA256 {hashlib.sha256(bytes(len(CONTENT))).hexdigest()} in place of {TOY.digest}"),
    ],
)
def test_what_is_not_what_was_expected_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, came: bytes, difference: str
) -> None:
    """Too short, or other bytes."""
    serve(monkeypatch, came)

    code, message, _ = problem_of(TOY)

    assert code == "cannot-fetch"
    assert message == f"what came as `toy.npz` from https://example.org/toy.npz is not what was expected: {difference}"
    assert list((folder / "sub").iterdir()) == []


def test_no_network_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to fetch, where from, and where to put it."""
    serve(monkeypatch, URLError("no route to host"))

    assert problem_of(TOY) == (
        "cannot-fetch",
        "`toy` is not on this machine and cannot be fetched from https://example.org/toy.npz: no route to host",
        f"where there is a network, fetch https://example.org/toy.npz as `{folder}/sub/toy.npz`, and copy it here",
    )
    assert list((folder / "sub").iterdir()) == []


def test_offline_nothing_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is taken, what is not is an error that names all files."""
    asked = serve(monkeypatch, CONTENT)
    monkeypatch.setenv(OFFLINE, "1")
    other = Remote("https://example.org/words.json", "words.json", 3, hashlib.md5(b"abc").hexdigest())  # noqa: S324
    (folder / "sub").mkdir(parents=True)
    (folder / TOY.path).write_bytes(CONTENT)

    ensure_files("toy", [TOY])
    code, message, hint = problem_of(TOY, other)

    assert asked == []
    assert code == "offline"
    assert message == "`toy` is not on this machine, and fetching is switched off by `--offline` or `ARCHCLI_OFFLINE`"
    assert hint.startswith("where there is a network, fetch https://example.org/words.json as ")
    (folder / other.path).write_bytes(b"abc")
    ensure_files("toy", [TOY, other])


@pytest.mark.parametrize(("value", "is_offline"), [("", False), ("0", False), ("1", True), ("yes", True)])
def test_the_variable_that_switches_fetching_off(
    monkeypatch: pytest.MonkeyPatch, value: str, *, is_offline: bool
) -> None:
    """Empty and 0 do not."""
    monkeypatch.setenv(OFFLINE, value)

    assert fetching.is_offline() == is_offline


def test_files_are_where_keras_looks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with a size and a digest."""
    monkeypatch.delenv("KERAS_HOME", raising=False)

    assert data_folder() == Path.home() / ".keras/datasets"
    remotes = [remote for group in REMOTES.values() for remote in group]
    assert len({remote.path for remote in remotes}) == len(remotes) == 10
    assert {len(remote.digest) for remote in remotes} == {32, 64}
    assert all(remote.url.startswith("https://") and remote.size > 5000 for remote in remotes)
