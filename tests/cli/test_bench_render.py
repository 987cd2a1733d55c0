"""How the report of a benchmark looks."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from archcli.cli.bench_render import print_report, report_data
from archcli.commands.bench_report import WAYS, BenchReport, Facts, Figures, Row, Setting

FACTS = Facts(
    recipe="mlp-wine",
    device="cpu: AMD EPYC 7763, 2 CPU cores",
    on_gpu=False,
    examples=1280,
    batch_size=32,
    epochs=60,
    mode="graph",
    reason="compiling by XLA does not pay for 2400 steps, fewer than 10000",
    held_bytes=4 * 2**28,
    free_bytes=None,
)
GRAPH = Figures(226_950.4, 0.141, (0.138, 0.1452), 112 * 2**20, 1.24, 0.0312, 1.58, 10)
XLA = Figures(812_000.0, 0.0394, (0.039, 0.0402), 1400 * 2**20, 2.91, 0.1113, 3.0, 10)
EAGER = Figures(3_104.2, 10.31, (10.0, 10.6), 96 * 2**20, 0.04, 0.0004, 412.0, 3)
FIT = Figures(24_060.0, 1333.4, (1300.0, 1400.0), 120 * 2**20, 2.05, None, 8000.0, 10)

REPORT = BenchReport(
    facts=FACTS,
    written_mode="auto",
    rows=(
        Row(Setting("graph", 32), GRAPH),
        Row(Setting("xla", 32), XLA),
        Row(Setting("eager", 32), EAGER),
        Row(Setting("fit", 32), FIT),
    ),
    matmul_flops=95.24e9,
    matmul_side=1024,
    step_flops_per_example=13_000.0,
    rounds=10,
    round_seconds=0.5,
)
SEVERAL = replace(
    REPORT,
    rows=(
        Row(Setting("graph", 32), GRAPH),
        Row(Setting("xla", 32), None, "`RandomRotation` cannot be compiled by XLA"),
        Row(Setting("graph", 128), replace(GRAPH, training_seconds=1.2, compile_seconds=0.9)),
        Row(Setting("xla", 128), None, "`RandomRotation` cannot be compiled by XLA"),
        Row(Setting("graph", 4096), None, "1280 training examples do not fill a batch of 4096"),
        Row(Setting("xla", 4096), None, "1280 training examples do not fill a batch of 4096"),
    ),
    together=False,
)


def _printed(report: BenchReport, *, width: int | None = None) -> str:
    console = Console(
        file=io.StringIO(),
        force_terminal=width is not None,
        color_system=None,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={"TERM": "xterm-256color"},
    )
    print_report(report, console)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def test_a_report_is_a_table_and_what_it_comes_to() -> None:
    """The whole of it, without a terminal."""
    assert _printed(REPORT) == (
        "mode   examples/s  ms/step  spread   memory  compile   peak  total\n"
        "graph     226,950    0.141      5%  112 MiB    1.2 s   3.1%  1.6 s\n"
        "xla       812,000    0.039      3%  1.4 GiB    2.9 s  11.1%  3.0 s\n"
        "eager       3,104     10.3      6%   96 MiB    0.0 s   0.0%  7 min\n"
        "fit        24,060    1,333      7%  120 MiB    2.0 s      -  2.2 h\n"
        "\n"
        "recipe     mlp-wine: 1,280 examples, batch 32, 60 epochs of 40 steps\n"
        "device     cpu: AMD EPYC 7763, 2 CPU cores\n"
        "peak       95.2 GFLOP/s in a product of 1,024 x 1,024 matrices of float32\n"
        "measured   10 rounds of 0.5 s each, in turn\n"
        "best       graph at batch 32: 1.6 s for the training, 9.4 times the examples/s of model.fit\n"
        "write      nothing: `compile: auto` chooses graph here\n"
        "pays back  xla is ahead of graph after 16,438 steps; this training has 2,400\n"
    )


def test_batch_sizes_have_a_column_and_reasons_a_line() -> None:
    """What cannot be stands once below, with its batch size where others could be measured."""
    assert _printed(SEVERAL) == (
        "mode batch  examples/s  ms/step  spread   memory  compile  peak  total\n"
        "graph 32       226,950    0.141      5%  112 MiB    1.2 s  3.1%  1.6 s\n"
        "xla 32               -        -       -        -        -     -      -\n"
        "graph 128      226,950    0.141      5%  112 MiB    0.9 s  3.1%  1.2 s\n"
        "xla 128              -        -       -        -        -     -      -\n"
        "graph 4096           -        -       -        -        -     -      -\n"
        "xla 4096             -        -       -        -        -     -      -\n"
        "\n"
        "recipe         mlp-wine: 1,280 examples, batch 32, 60 epochs of 40 steps\n"
        "device         cpu: AMD EPYC 7763, 2 CPU cores\n"
        "peak           95.2 GFLOP/s in a product of 1,024 x 1,024 matrices of float32\n"
        "measured       10 rounds of 0.5 s each, those of a batch size in turn, or each alone: memory is short\n"
        "no xla         `RandomRotation` cannot be compiled by XLA\n"
        "no batch 4096  1280 training examples do not fill a batch of 4096\n"
        "best           graph at batch 128: 1.2 s for the training\n"
        "write          train: {compile: graph, batch_size: 128}\n"
        "note           another batch size trains differently: compare the scores, and look at the learning rate\n"
    )


def test_a_reason_stands_once_for_all_modes_that_have_it() -> None:
    """By their names; the batch size is said only where it matters."""
    rows = (REPORT.rows[0], *(Row(Setting(way, 32), None, "why") for way in WAYS[2:]))

    assert "no eager, model.fit  why\n" in _printed(replace(REPORT, rows=rows))
    assert "no xla    why (batch 8)\n" in _printed(
        replace(
            SEVERAL, rows=(*SEVERAL.rows[:4:2], Row(Setting("graph", 8), GRAPH), Row(Setting("xla", 8), None, "why"))
        )
    )


def test_one_device_is_measured_whatever_the_recipe_says() -> None:
    """And that is said."""
    shown = _printed(replace(REPORT, distribute="mirrored"))

    assert "note       measured on one device, without `train.distribute: mirrored`\n" in shown


def test_what_the_recipe_says_already_need_not_be_written() -> None:
    """`auto` chose nothing where the recipe chose."""
    shown = _printed(replace(REPORT, written_mode="graph", matmul_flops=None, rounds=1))

    assert "write      nothing: the recipe has it so\n" in shown
    assert "measured   1 round of 0.5 s each, in turn\n" in shown
    assert "\npeak " not in shown


def test_eighty_columns_hold_the_table() -> None:
    """Nothing is folded, in one table, also with batch sizes."""
    rows = _printed(SEVERAL, width=80).splitlines()

    assert rows[0].split() == ["mode", "batch", "examples/s", "ms/step", "spread", "memory", "compile", "peak", "total"]
    assert rows[2].split() == ["graph", "32", "226,950", "0.141", "5%", "112", "MiB", "1.2", "s", "3.1%", "1.6", "s"]
    assert max(len(row) for row in rows) <= 80


@pytest.mark.parametrize("width", [60, 48])
def test_a_narrow_terminal_gets_two_tables(width: int) -> None:
    """The speed, then what it costs; no figure is folded."""
    rows = _printed(SEVERAL, width=width).splitlines()

    assert rows[0].split() == ["mode", "batch", "examples/s", "ms/step", "spread"]
    assert rows[2].split() == ["graph", "32", "226,950", "0.141", "5%"]
    assert rows[9].split() == ["mode", "batch", "memory", "compile", "peak", "total"]
    assert rows[11].split() == ["graph", "32", "112", "MiB", "1.2", "s", "3.1%", "1.6", "s"]
    assert max(len(row) for row in rows) <= width


def test_json_holds_every_number() -> None:
    """In base units, with what to write and what to type."""
    data = json.loads(json.dumps(report_data(SEVERAL, "archcli train mlp-wine")))

    assert data["mode"] == {"written": "auto", "name": "graph", "reason": FACTS.reason}
    assert (data["recipe"], data["batch_size"], data["examples"], data["epochs"]) == ("mlp-wine", 32, 1280, 60)
    assert (data["rounds"], data["round_seconds"], data["together"]) == (10, 0.5, False)
    assert (data["matmul_flops"], data["matmul_side"], data["step_flops_per_example"]) == (95.24e9, 1024, 13_000.0)
    assert data["rows"][0] == {
        "mode": "graph",
        "batch_size": 32,
        "reason": None,
        "examples_per_second": 226_950.4,
        "step_ms": 0.141,
        "step_ms_quartiles": [0.138, 0.1452],
        "memory_bytes": 112 * 2**20,
        "compile_seconds": 1.24,
        "matmul_share": 0.0312,
        "training_seconds": 1.58,
        "rounds": 10,
        "against_fit": None,
    }
    assert data["rows"][1] == {
        "mode": "xla",
        "batch_size": 32,
        "reason": "`RandomRotation` cannot be compiled by XLA",
    }
    assert data["best"] == {"mode": "graph", "batch_size": 128}
    assert data["changes"] == {"compile": "graph", "batch_size": 128}
    assert data["line"] == "train: {compile: graph, batch_size: 128}"
    assert (data["overtaking"], data["total_steps"]) == (None, 600)
    assert data["command"] == "archcli train mlp-wine"


def test_json_of_a_report_has_what_pays_back() -> None:
    """By the names of the modes."""
    assert report_data(REPORT, "")["overtaking"] == {"faster": "xla", "slower": "graph", "steps": 16_438}
