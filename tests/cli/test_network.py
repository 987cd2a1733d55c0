"""What is fetched and shown: `--offline` anywhere, and lines on standard error."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from archcli.cli.network import FETCHING, OFFLINE_VARIABLE, shown_fetching, take_offline
from archcli.data.sources import fetching
from tests.conftest import Archcli

MNIST = """
archcli: 1
data: {source: mnist}
model: {layers: [Flatten, Dense: $classes]}
"""


@pytest.fixture(autouse=True)
def _nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no data set on the machine, and no say of the environment."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv(OFFLINE_VARIABLE, "")


@pytest.mark.parametrize(
    ("given", "left", "is_offline"),
    [
        (["train", "a.yaml"], ["train", "a.yaml"], False),
        (["--offline", "train", "a.yaml"], ["train", "a.yaml"], True),
        (["train", "a.yaml", "--offline", "--quiet"], ["train", "a.yaml", "--quiet"], True),
        (["show", "--", "--offline"], ["show", "--", "--offline"], False),
    ],
)
def test_offline_may_stand_anywhere(given: list[str], left: list[str], *, is_offline: bool) -> None:
    """Before the command or after it; what follows two dashes is no option."""
    assert take_offline(given) == left
    assert fetching.is_offline() == is_offline


def test_the_command_line_and_the_data_mean_the_same() -> None:
    """One may not import the other."""
    assert OFFLINE_VARIABLE == fetching.OFFLINE
    assert FETCHING == fetching.LOGGER


@pytest.mark.parametrize("arguments", [("--offline", "summary", "toy.yaml"), ("summary", "toy.yaml", "--offline")])
def test_a_set_that_is_not_there(archcli: Archcli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """One sentence, and what to do."""
    (tmp_path / "toy.yaml").write_text(MNIST)

    outcome = archcli(*arguments, cwd=tmp_path)

    assert outcome.status == 3
    assert outcome.out == ""
    assert outcome.err == (
        "error[offline]: `mnist` is not on this machine, and fetching is switched off by `--offline` or "
        "`ARCHCLI_OFFLINE`\n"
        "hint: where there is a network, fetch https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz "
        f"as `{tmp_path}/datasets/mnist.npz`, and copy it here\n\n1 problem; for more: archcli explain offline\n"
    )
    assert os.environ[OFFLINE_VARIABLE] == "1"


@pytest.mark.parametrize(
    ("given", "shown"),
    [(["train", "toy.yaml"], "half of it\n"), (["train", "toy.yaml", "-q"], ""), (["check", "toy.yaml"], "")],
)
def test_progress_is_shown_on_standard_error(capsys: pytest.CaptureFixture[str], given: list[str], shown: str) -> None:
    """By commands that may fetch, unless they are to be quiet; and not for ever."""
    with shown_fetching(given):
        logging.getLogger(FETCHING).info("half of it")
    logging.getLogger(FETCHING).info("all of it")

    written = capsys.readouterr()
    assert (written.out, written.err) == ("", shown)
