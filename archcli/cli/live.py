"""What a person sees while a network trains: a live view on a terminal, a line for each epoch anywhere else.

There is no thread: the view is drawn anew when training reports something, a few times a second and never for more
than two hundredths of the time. So nothing is written once training has failed, and the terminal is always restored.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from rich.live import Live
from rich.text import Text

from archcli.cli.curve import TRAINING_STYLE, VALIDATION_STYLE, Series, draw_curve
from archcli.engine.progress import EpochRow, Plan, Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from rich.console import Console

_INTERVAL_SECONDS = 0.125
_SHARE_OF_TIME = 0.02
_CURVE_ROWS = 6
_FEWEST_CURVE_ROWS = 3
_NARROWEST, _WIDEST = 30, 100
_NUMBER_WIDTH = 11
_SHORT_EPOCH_SECONDS = 2.0
_SEPARATOR = " · "


@contextmanager
def show_progress(console: Console, *, title: str, quiet: bool) -> Iterator[Progress]:
    """Give who watches a training: nobody, a live view, or plain lines where the console is no able terminal.

    Args:
        console: Where to, usually standard error.
        title: What is trained, usually the recipe's name.
        quiet: Whether nothing is shown.
    """
    if quiet:
        yield SilentProgress()
    elif _is_able(console):
        with LiveProgress(console, title=title) as progress:
            yield progress
    else:
        yield PlainProgress(console)


def _is_able(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal and console.encoding.startswith("utf")


@contextmanager
def show_passing_progress(console: Console, *, title: str, quiet: bool) -> Iterator[Progress]:
    """Give who watches one training of many: a live view that leaves nothing behind, or nobody.

    Args:
        console: Where to, usually standard error.
        title: What is trained.
        quiet: Whether nothing is shown.
    """
    if quiet or not _is_able(console):
        yield SilentProgress()
        return
    with LiveProgress(console, title=title, stays=False) as progress:
        yield progress


class PlainProgress:
    """Writes one line for each epoch; `*` marks the best so far."""

    def __init__(self, console: Console) -> None:
        """Write to `console`'s file, past Rich, which would take as long as a small network's whole epoch."""
        self._file = console.file
        self._epochs = 0

    def started(self, plan: Plan) -> None:
        """Remember how many epochs there will be."""
        self._epochs = plan.epochs

    def stepped(self, epoch: int, step: int, metrics: Mapping[str, float]) -> None:
        """Write nothing before the epoch's end."""

    def epoch_ended(self, row: EpochRow) -> None:
        """Write the epoch's line."""
        number = f"epoch {row.epoch:>{len(str(self._epochs))}}/{self._epochs}"
        measured = [f"{name} {format_number(value)}" for name, value in row.metrics.items()]
        self._file.write("  ".join([number, *measured, *(["*"] if row.is_best else [])]) + "\n")
        self._file.flush()


@dataclass(frozen=True)
class View:
    """What the live view shows at one moment.

    Attributes:
        title: What is trained.
        plan: None until steps begin.
        epoch: The epoch under way, or the last one, from 1.
        step: Steps of it that are done.
        metrics: What is known of it so far, with `val_` of the epoch before until its own are known.
        best_epoch: None before the first epoch's end.
        examples_per_second: None before the first report.
        epoch_seconds: What the last whole epoch took; None before its end.
        seconds: Since steps began.
        is_over: Whether training has ended.
        training: The loss of each epoch.
        validation: The validation loss of each epoch.
    """

    title: str
    plan: Plan | None = None
    epoch: int = 1
    step: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    best_epoch: int | None = None
    examples_per_second: float | None = None
    epoch_seconds: float | None = None
    seconds: float = 0.0
    is_over: bool = False
    training: Series = field(default_factory=Series)
    validation: Series = field(default_factory=Series)


class LiveProgress:
    """Shows how training goes in a view that is drawn over itself; a context manager.

    The last view stays on the screen, if it is to. If training never began, nothing stays.
    """

    def __init__(
        self, console: Console, *, title: str, stays: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Show on `console`, which is a terminal; the last view `stays` or goes; `clock` gives seconds."""
        self._console = console
        self._stays = stays
        self._clock = clock
        self._view = View(title)
        self._began = 0.0
        self._next_draw = 0.0
        self._live = Live(
            console=console,
            auto_refresh=False,
            redirect_stdout=sys.stdout.isatty(),  # what a callback prints goes above the view, but not out of a pipe
            vertical_overflow="crop",
        )

    def __enter__(self) -> Self:
        self._live.start()
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._view.plan is None or not self._stays:
            self._live.transient = True
        else:
            self._view = replace(self._view, is_over=True)
            self._live.update(self._frame())
        self._live.stop()

    def started(self, plan: Plan) -> None:
        """Show the plan, and the epochs that a resumed run has already."""
        self._began = self._clock()
        self._view = replace(self._view, plan=plan, epoch=plan.first_epoch, step=plan.first_step)
        for row in plan.earlier:
            self._take(row)
        self._draw()

    def stepped(self, epoch: int, step: int, metrics: Mapping[str, float]) -> None:
        """Show how far the epoch is."""
        known = {name: value for name, value in self._view.metrics.items() if name.startswith("val_")}
        self._view = replace(self._view, epoch=epoch, step=step, metrics={**metrics, **known})
        self._draw_if_due()

    def epoch_ended(self, row: EpochRow) -> None:
        """Show what the epoch came to."""
        self._take(row)
        steps = 0 if self._view.plan is None else self._view.plan.steps_per_epoch
        self._view = replace(self._view, epoch=row.epoch, step=steps)
        self._draw_if_due()

    def _take(self, row: EpochRow) -> None:
        view = self._view
        for name, series in (("loss", view.training), ("val_loss", view.validation)):
            if name in row.metrics:
                series.add(row.metrics[name])
        self._view = replace(
            view,
            metrics=row.metrics,
            best_epoch=row.epoch if row.is_best else view.best_epoch,
            examples_per_second=row.examples_per_second,
            epoch_seconds=row.seconds,
        )

    def _draw_if_due(self) -> None:
        if self._clock() >= self._next_draw:
            self._draw()

    def _draw(self) -> None:
        began = self._clock()
        self._live.update(self._frame(), refresh=True)
        now = self._clock()
        self._next_draw = now + max(_INTERVAL_SECONDS, (now - began) / _SHARE_OF_TIME)

    def _frame(self) -> Text:
        view = self._view if self._view.plan is None else replace(self._view, seconds=self._clock() - self._began)
        width, height = self._console.size
        return draw_view(view, width=width, height=height)


def draw_view(view: View, *, width: int, height: int) -> Text:
    """Return the view as lines that fit a terminal of `width` columns and `height` rows."""
    # A full last column makes some terminals begin a new line.
    width = max(_NARROWEST, min(width, _WIDEST) - 1)
    if view.plan is None:
        return Text(f"{_shorten(view.title, width - 15)}: getting ready", style="dim", no_wrap=True)
    rows = [_draw_bar(view, view.plan, width=width), *_draw_facts(view, view.plan, width=width)]
    rows += _draw_metrics(view, width=width, most=max(1, height - len(rows) - 3))
    rows += _draw_loss(view, width=width, height=min(_CURVE_ROWS, height - len(rows) - 3))
    text = Text("\n", no_wrap=True, overflow="crop").join(rows)
    text.no_wrap, text.overflow = True, "crop"
    return text


def format_number(value: float) -> str:
    """Return a loss or a metric with four digits after the point, or four significant ones where that is too few."""
    if value == 0 or 1e-3 <= abs(value) < 1e5 or value != value:  # noqa: PLR0124 -- NaN is not itself
        return f"{value:.4f}"
    return f"{value:.3e}"


def _draw_bar(view: View, plan: Plan, *, width: int) -> Text:
    share = _share_done(view, plan)
    before = f"{_shorten(view.title, width - 30)}  epoch {view.epoch}/{plan.epochs} "
    after = f" {int(100 * share):3d}%"
    room = width - len(before) - len(after)
    full = int(share * room)
    return Text.assemble((before, "bold"), ("━" * full, "green"), ("─" * (room - full), "bright_black"), after)


def _draw_facts(view: View, plan: Plan, *, width: int) -> list[Text]:
    """Return time left, speed, step and best epoch, in as many rows as they need."""
    facts = [_time_fact(view, plan)]
    if view.examples_per_second is not None:
        facts.append(f"{view.examples_per_second:,.0f} examples/s")
    if view.best_epoch is not None:
        facts.append(f"best epoch {view.best_epoch}")
    if not view.is_over and (view.epoch_seconds is None or view.epoch_seconds > _SHORT_EPOCH_SECONDS):
        facts.append(f"step {view.step}/{plan.steps_per_epoch}")
    facts.append(plan.mode)
    rows = [facts[0]]
    for fact in facts[1:]:
        if len(rows[-1]) + len(_SEPARATOR) + len(fact) <= width:
            rows[-1] += _SEPARATOR + fact
        else:
            rows.append(fact)
    return [Text(row, style="dim") for row in rows]


def _time_fact(view: View, plan: Plan) -> str:
    if view.is_over:
        return f"{_format_time(view.seconds)} in all"
    begun = (plan.first_epoch - 1 + plan.first_step / plan.steps_per_epoch) / plan.epochs
    share = _share_done(view, plan)
    if share <= begun:
        return "time left unknown"
    return f"{_format_time(view.seconds * (1 - share) / (share - begun))} left"


def _share_done(view: View, plan: Plan) -> float:
    return (view.epoch - 1 + view.step / plan.steps_per_epoch) / plan.epochs


def _draw_metrics(view: View, *, width: int, most: int) -> list[Text]:
    """Return a table of metrics, training beside validation, at most `most` rows under its head."""
    names = [name for name in view.metrics if not name.startswith("val_")]
    if not names:
        return []
    has_validation = any(name.startswith("val_") for name in view.metrics)
    columns = ["training", "validation"] if has_validation else ["training"]
    name_width = min(max(map(len, names)), width - _NUMBER_WIDTH * len(columns) - 2)
    head = " " * name_width + "".join(f"{column:>{_NUMBER_WIDTH}}" for column in columns)
    rows = [Text(), Text(head, style="dim")]
    for name in names[:most]:
        row = Text(f"{_shorten(name, name_width):<{name_width}}")
        row.append(_number_cell(view.metrics.get(name)), style=TRAINING_STYLE)
        if has_validation:
            row.append(_number_cell(view.metrics.get(f"val_{name}")), style=VALIDATION_STYLE)
        rows.append(row)
    return rows


def _number_cell(value: float | None) -> str:
    return f"{'' if value is None else format_number(value):>{_NUMBER_WIDTH}}"


def _draw_loss(view: View, *, width: int, height: int) -> list[Text]:
    if height < _FEWEST_CURVE_ROWS:
        return []
    curve = draw_curve(view.training.points, view.validation.points, width=width - _NUMBER_WIDTH - 2, height=height)
    if curve is None:
        return []
    labels = [format_number(curve.high), *[""] * (height - 2), format_number(curve.low)]
    rows = [
        Text.assemble((f"{label:>{_NUMBER_WIDTH}} {'┤' if label else '│'}", "dim"), row)
        for label, row in zip(labels, curve.rows, strict=True)
    ]
    legend = Text.assemble(
        ("━━ training", TRAINING_STYLE), *([("  ╍╍ validation", VALIDATION_STYLE)] if view.validation.count else [])
    )
    scale = ", log scale" if curve.is_log else ""
    return [Text(), Text.assemble((f"loss{scale}  ", "dim"), legend), *rows]


def _format_time(seconds: float) -> str:
    minutes, whole_seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{whole_seconds:02d}"


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
