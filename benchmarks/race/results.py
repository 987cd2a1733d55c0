"""What a race came to, as a table and as JSON."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import Any

from benchmarks.race.cases import CASES, Case
from benchmarks.race.contestants import ENTRIES

OURS = ("graph", "XLA")
KERAS = ("fit", "fit-onednn", "fit-steps", "fit-jit", "fit-jit-steps")
TORCH = ("torch", "torch-fused", "torch-compile")

# Initial weights and orders are drawn by each framework itself, so that losses are alike, not equal.
LOSS_TOLERANCE = 0.2


@dataclass(frozen=True)
class Time:
    """How long an epoch took one contestant.

    Attributes:
        seconds: The median of all rounds.
        spread: Half the distance between the quartiles, as a share of the median.
        rounds: How many there were.
        parameter_count: Of its network.
        loss: Of the epoch after which contestants are compared.
    """

    seconds: float
    spread: float
    rounds: int
    parameter_count: int
    loss: float


@dataclass
class Result:
    """One case's race.

    Attributes:
        case: Its short name.
        chosen: The mode that `train.compile: auto` takes for a long training: one of `OURS`.
        times: By contestant.
        absent: Why others did not take part.
        doubts: What the check of the contestants against each other found.
    """

    case: str
    chosen: str
    times: dict[str, Time] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def ratio(self, *rivals: str) -> float | None:
        """Return how many times longer than ours the quickest of `rivals` takes; None where none of them ran."""
        if self.chosen not in self.times or not any(name in self.times for name in rivals):
            return None
        return min(self.times[name].seconds for name in rivals if name in self.times) / self.times[self.chosen].seconds


def summarize(seconds: list[float]) -> tuple[float, float]:
    """Return the median, and half the distance between the quartiles as a share of it."""
    median = statistics.median(seconds)
    if len(seconds) < 2:
        return median, 0.0
    low, _, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return median, (high - low) / 2 / median


def write_table(results: list[Result]) -> str:
    """Return the times and the ratios as two tables in Markdown."""
    names = [entry.name for entry in ENTRIES if any(entry.name in result.times for result in results)]
    lines = ["Milliseconds per epoch, median and half the distance between quartiles. Bold: what `auto` takes.", ""]
    lines += [f"| case | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for result in results:
        cells = [_write_time(result, name) for name in names]
        lines.append(f"| {CASES[result.case].title} | {' | '.join(cells)} |")
    lines += [
        "",
        "How many times faster `archcli` is (`auto`), and what it is meant to be:",
        "",
        "| case | `fit` | meant | best `fit` | PyTorch eager | meant | best PyTorch | JAX scan |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        case = CASES[result.case]
        cells = [
            _write_ratio(result.ratio("fit"), case.fit_target),
            f"{case.fit_target:g}",
            _write_ratio(result.ratio(*KERAS)),
            _write_ratio(result.ratio("torch"), case.torch_target),
            "told" if case.torch_target is None else f"{case.torch_target:g}",
            _write_ratio(result.ratio(*TORCH)),
            _write_ratio(result.ratio("jax-scan")),
        ]
        lines.append(f"| {case.title} | {' | '.join(cells)} |")
    lines += ["", *_write_remarks(results)]
    return "\n".join(lines).rstrip() + "\n"


def list_json(results: list[Result]) -> list[dict[str, Any]]:
    """Return the same as plain values, with all that the tables leave out."""
    return [
        {
            "case": result.case,
            "title": CASES[result.case].title,
            "auto": result.chosen,
            "contestants": {name: vars(time) for name, time in result.times.items()},
            "absent": result.absent,
            "doubts": result.doubts,
            "ratios": {
                "fit": result.ratio("fit"),
                "best_fit": result.ratio(*KERAS),
                "torch": result.ratio("torch"),
                "best_torch": result.ratio(*TORCH),
                "jax": result.ratio("jax-scan"),
            },
            "targets": {"fit": CASES[result.case].fit_target, "torch": CASES[result.case].torch_target},
        }
        for result in results
    ]


def find_doubts(case: Case, result: Result, second_biases: int) -> list[str]:
    """Return where contestants do not train the same: other parameter counts, or a loss that falls otherwise.

    Args:
        case: The race.
        result: Its times, which have the losses.
        second_biases: Parameters that PyTorch's recurrent layers have beyond Keras's.
    """
    doubts = []
    known = next((time for name, time in result.times.items() if name in (*OURS, *KERAS)), None)
    if known is None:
        return []
    for name, time in result.times.items():
        expected = known.parameter_count + (second_biases if name in TORCH else 0)
        if time.parameter_count != expected:
            doubts.append(f"{case.title}: {name} has {time.parameter_count} parameters, not {expected}")
        if not math.isclose(time.loss, known.loss, rel_tol=LOSS_TOLERANCE):
            doubts.append(f"{case.title}: the loss of {name} has fallen to {time.loss:.3f}, not to {known.loss:.3f}")
    return doubts


def _write_time(result: Result, name: str) -> str:
    time = result.times.get(name)
    if time is None:
        return "-"
    text = f"{time.seconds * 1000:.3g} ± {time.spread:.0%}"
    return f"**{text}**" if name == result.chosen else text


def _write_ratio(ratio: float | None, target: float | None = None) -> str:
    if ratio is None:
        return "-"
    return f"{ratio:.2g}" + ("" if target is None or ratio >= target else " (missed)")


def _write_remarks(results: list[Result]) -> list[str]:
    absent: dict[tuple[str, str], list[str]] = {}
    for result in results:
        for name, why in result.absent.items():
            absent.setdefault((name, why), []).append(CASES[result.case].title)
    remarks = [
        f"- {name}: {why}" + ("" if len(titles) == len(results) else f" ({'; '.join(titles)})")
        for (name, why), titles in absent.items()
    ]
    return remarks + [f"- {doubt}" for result in results for doubt in result.doubts]
