"""What a person sees while a network trains."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from archcli.cli import live
from archcli.cli.live import LiveProgress, PlainProgress, View, draw_view, format_number, show_progress
from archcli.engine.progress import EpochRow, Plan, SilentProgress

PLAN = Plan(epochs=40, steps_per_epoch=10, training_examples=320, batch_size=32, mode="graph")
ROW = EpochRow(
    epoch=3,
    metrics={"loss": 0.4123, "accuracy": 0.8812, "val_loss": 0.3987, "val_accuracy": 0.8933},
    learning_rate=0.001,
    is_best=True,
    seconds=5.0,
    examples_per_second=12345.6,
)


class _Clock:
    """A clock that goes on only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def _terminal(*, width: int = 80, height: int = 24, kind: str = "xterm-256color") -> Console:
    return Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True),
        force_terminal=True,
        width=width,
        height=height,
        color_system=None,
        _environ={"TERM": kind},
    )


def _written(console: Console) -> str:
    assert isinstance(console.file, io.TextIOWrapper)
    console.file.seek(0)
    return console.file.read()


def _view() -> View:
    view = View(
        "cnn-digits",
        plan=PLAN,
        epoch=21,
        step=5,
        metrics=ROW.metrics,
        best_epoch=19,
        examples_per_second=12345.6,
        epoch_seconds=5.0,
        seconds=90.0,
    )
    for epoch in range(1, 21):
        view.training.add(1 / epoch)
        view.validation.add(1 / epoch + 0.1)
    return view


def test_a_plain_line_says_the_epoch_its_metrics_and_whether_it_is_the_best() -> None:
    """One line for each epoch, numbers aligned, `*` for the best so far."""
    console = Console(file=io.StringIO())
    progress = PlainProgress(console)

    progress.started(PLAN)
    progress.stepped(3, 5, {"loss": 1.0})
    progress.epoch_ended(ROW)
    progress.epoch_ended(replace(ROW, epoch=40, metrics={"loss": math.nan}, is_best=False))

    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == (
        "epoch  3/40  loss 0.4123  accuracy 0.8812  val_loss 0.3987  val_accuracy 0.8933  *\nepoch 40/40  loss nan\n"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0000"), (0.41234, "0.4123"), (-12.5, "-12.5000"), (0.001, "0.0010"), (0.00012345, "1.234e-04"),
        (99999.0, "99999.0000"), (123456.0, "1.235e+05"), (math.nan, "nan"), (math.inf, "inf"),
    ],
)  # fmt: skip
def test_a_number_keeps_four_digits_that_say_something(value: float, shown: str) -> None:
    """A tiny loss is not shown as nought, and none is wider than its column."""
    assert format_number(value) == shown


def test_the_view_shows_progress_time_speed_metrics_and_the_curve() -> None:
    """All of it, at a usual terminal's size."""
    rows = draw_view(_view(), width=71, height=24).plain.split("\n")

    assert rows[:8] == [
        "cnn-digits  epoch 21/40 " + "━" * 21 + "─" * 20 + "  51%",
        "0:01:25 left · 12,346 examples/s · best epoch 19 · step 5/10 · graph",
        "",
        "           training validation",
        "loss         0.4123     0.3987",
        "accuracy     0.8812     0.8933",
        "",
        "loss  ━━ training  ╍╍ validation",
    ]
    assert rows[8].startswith("     1.1000 ┤")
    assert rows[-1].startswith("     0.0500 ┤")
    assert len(rows) == 14


@pytest.mark.parametrize("width", [20, 40, 60, 100, 250])
@pytest.mark.parametrize("height", [4, 10, 30])
@pytest.mark.parametrize("title", ["x", "a-recipe-with-a-very-long-name-" * 9])
def test_the_view_fits_any_terminal(width: int, height: int, title: str) -> None:
    """No row is as wide as the terminal, and no more rows than it has unless it has next to none."""
    view = replace(_view(), title=title, metrics={**ROW.metrics, "a_metric_of_a_very_long_name": 1e-9})

    rows = draw_view(view, width=width, height=height).plain.split("\n")

    assert max(map(cell_len, rows)) < max(width, 40)
    assert len(rows) <= max(height, 10)


def test_before_the_first_step_the_view_says_what_it_waits_for() -> None:
    """Data, model and compiling take a while."""
    assert draw_view(View("xor"), width=80, height=24).plain == "xor: getting ready"


def test_a_model_without_validation_has_one_column_of_numbers() -> None:
    """What is not measured is not shown empty."""
    view = replace(View("xor"), plan=PLAN, metrics={"loss": 0.5})

    assert draw_view(view, width=80, height=24).plain.split("\n")[2:] == ["", "       training", "loss     0.5000"]


def test_the_step_is_not_shown_where_epochs_fly_by() -> None:
    """A number that nobody can read only flickers."""
    view = replace(_view(), epoch_seconds=0.01)

    assert "step" not in draw_view(view, width=100, height=24).plain


def test_a_resumed_run_counts_its_time_from_where_it_went_on() -> None:
    """Half of what was left took a minute, so a minute is left, whatever was done before."""
    plan = replace(PLAN, first_epoch=21)
    view = View("xor", plan=plan, epoch=31, step=0, seconds=60.0)

    assert draw_view(view, width=80, height=24).plain.split("\n")[1].startswith("0:01:00 left")


def test_a_finished_view_says_how_long_it_took() -> None:
    """Stopped early or not, nothing is left."""
    view = replace(_view(), is_over=True, seconds=3725.0)

    row = draw_view(view, width=80, height=24).plain.split("\n")[1]

    assert row == "1:02:05 in all · 12,346 examples/s · best epoch 19 · graph"


def test_the_live_view_draws_at_most_eight_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Epochs of a few milliseconds are not slowed by being looked at."""
    drawn: list[int] = []
    clock = _Clock()

    def draw(view: View, **_: object) -> Text:
        drawn.append(view.epoch)
        return Text("drawn")

    monkeypatch.setattr(live, "draw_view", draw)

    with LiveProgress(_terminal(), title="xor", clock=clock) as progress:
        progress.started(PLAN)
        drawn.clear()
        for epoch in range(1, 41):
            clock.seconds += 0.01
            progress.epoch_ended(replace(ROW, epoch=epoch))
        while_training = list(drawn)

    assert while_training == [13, 26, 39]
    assert drawn[-1] == 40


def test_the_live_view_draws_seldom_where_drawing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes at most two hundredths of the time."""
    clock = _Clock()
    drawn: list[float] = []

    def draw_slowly(*_: object, **__: object) -> Text:
        clock.seconds += 0.1
        drawn.append(clock.seconds)
        return Text("drawn")

    monkeypatch.setattr(live, "draw_view", draw_slowly)
    with LiveProgress(_terminal(), title="xor", clock=clock) as progress:
        progress.started(PLAN)
        begun = len(drawn)
        for _ in range(1100):
            clock.seconds += 0.01
            progress.stepped(1, 1, {"loss": 1.0})
        times = len(drawn) - begun

    assert times == 2


def test_what_was_known_of_a_resumed_run_is_shown_at_once() -> None:
    """The curve and the best epoch go on from before."""
    console = _terminal()
    earlier = tuple(replace(ROW, epoch=epoch, is_best=epoch < 4) for epoch in range(1, 6))

    with LiveProgress(console, title="xor") as progress:
        progress.started(replace(PLAN, first_epoch=6, earlier=earlier))

    shown = _written(console)
    assert "epoch 6/40" in shown
    assert "best epoch 3" in shown
    assert "┤" in shown


def test_the_terminal_is_restored_after_an_interruption() -> None:
    """The cursor that was hidden comes back, and nothing is drawn after that."""
    console = _terminal()

    def train() -> None:
        with LiveProgress(console, title="xor") as progress:
            progress.started(PLAN)
            progress.epoch_ended(ROW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()

    shown = _written(console)
    assert shown.count("\x1b[?25l") == 1
    assert shown.endswith("\x1b[?25h")


def test_a_training_that_never_began_leaves_nothing_on_the_screen() -> None:
    """A problem found while getting ready is not shown under a remark that is no longer true."""
    console = _terminal()

    with pytest.raises(ZeroDivisionError), LiveProgress(console, title="xor"):
        raise ZeroDivisionError

    assert _written(console).endswith("\x1b[1A\x1b[2K")


def test_validation_stays_shown_while_the_next_epoch_is_under_way() -> None:
    """Training numbers are of this epoch, validation numbers of the one before."""
    console = _terminal()

    with LiveProgress(console, title="xor") as progress:
        progress.started(PLAN)
        progress.epoch_ended(ROW)
        progress.stepped(4, 5, {"loss": 0.25, "accuracy": 0.5})

    assert "loss         0.2500     0.3987" in _written(console)


@pytest.mark.parametrize(
    ("console", "quiet", "kind"),
    [
        (_terminal(), False, LiveProgress),
        (_terminal(), True, SilentProgress),
        (_terminal(kind="dumb"), False, PlainProgress),
        (Console(file=io.StringIO(), _environ={}), False, PlainProgress),
        (
            Console(file=io.TextIOWrapper(io.BytesIO(), encoding="latin-1"), force_terminal=True, _environ={}),
            False,
            PlainProgress,
        ),
    ],
)
def test_who_watches_depends_on_where_it_is_shown(console: Console, quiet: bool, kind: type) -> None:  # noqa: FBT001
    """A view that moves needs a terminal that can move, and letters that can draw."""
    with show_progress(console, title="xor", quiet=quiet) as progress:
        assert type(progress) is kind
