"""`summary --performance`: what each layer takes and costs, and what to change, as it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import pytest

from archcli.commands import performance
from archcli.commands.performance import Advice, audit
from archcli.engine.devices import Devices

if TYPE_CHECKING:
    from tests.conftest import Archcli

PARTLY = "fills tensor cores in part; in float16 or bfloat16 on a GPU that has them, "
RECIPE = """\
archcli: 1
name: audited
data: {{source: {{digits: rows}}}}
model:
  layers:
{layers}
train: {{epochs: 1, batch_size: {batch_size}}}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for recipes, on a machine with a CPU of two cores that is always called the same."""
    monkeypatch.setattr(performance, "describe_devices", lambda: Devices("cpu", ("a processor",), 2))
    return tmp_path / "audited.yaml"


def fill(path: Path, *layers: str, batch_size: int = 32) -> str:
    """Write a recipe of rows of digits, 8 steps of 8 pixels, and return its path."""
    path.write_text(RECIPE.format(layers="\n".join(f"    - {layer}" for layer in layers), batch_size=batch_size))
    return str(path)


def test_the_whole_report_is_shown(archcli: Archcli, write: Path) -> None:
    """A table, what a step costs, and advice."""
    recipe = fill(
        write,
        "GRU: {units: 12, return_sequences: true, reset_after: false, recurrent_dropout: 0.1}",
        "Conv1D: {filters: 16, kernel_size: 3}",
        "GlobalAveragePooling1D",
        "Dense: {units: $classes, dtype: mixed_float16}",
        batch_size=30,
    )

    outcome = archcli("summary", recipe, "--performance")

    assert outcome.status == 0
    assert outcome.out == WHOLE
    assert outcome.err == f"next: archcli bench {recipe}\n"


WHOLE = """\
layer                     cuDNN  XLA   type      FLOPs      kept  weights
gru                       no     yes   float32  11.5 k  4.18 KiB      756
conv1d                    yes    slow  float32  6.91 k                592
global_average_pooling1d         yes   float32                          0
dense                            yes   float16     320      32 B      170

recipe      audited
device      cpu: a processor, 2 CPU cores
mode        graph: `Conv1D` is not among the layers that XLA runs fast on a CPU
an example  18.8 k FLOPs, 51.6 k with the gradient; 4.21 KiB kept for it
a step      30 examples: 1.55 M FLOPs; 126 KiB kept
weights     1,518

train.batch_size  `batch_size: 30` fills tensor cores in part; in float16 or bfloat16 on a GPU that has them, 32 takes \
no longer
gru               `recurrent_dropout: 0.1` keeps it from cuDNN on a GPU; `0` would not
gru               `reset_after: false` keeps it from cuDNN on a GPU; `true` would not
gru               `units: 12` fills tensor cores in part; in float16 or bfloat16 on a GPU that has them, 16 takes no \
longer
dense             it answers in float16, and what the loss is taken of is rounded so; `dtype: float32` keeps the digits
"""
"""The GRU's products: 2 * 3 * 12 * (8 + 12) at each of 8 steps; the convolution's: 2 * 3 * 12 * 16 at each of 6."""


def test_the_report_is_data_too(archcli: Archcli, write: Path) -> None:
    """Numbers unrounded, nothing on standard error."""
    recipe = fill(write, "LSTM: 16", "Dense: $classes")

    outcome = archcli("summary", recipe, "--performance", "--json")

    assert outcome.err == ""
    data = json.loads(outcome.out)
    lstm = 2 * 4 * 16 * (8 + 16) * 8
    assert data["layers"] == [
        {
            "path": "lstm",
            "kind": "LSTM",
            "cudnn": True,
            "xla": "yes",
            "dtype": "float32",
            "flops": lstm,
            "kept_bytes": data["layers"][0]["kept_bytes"],
            "parameters": 4 * 16 * (8 + 16 + 1),
        },
        {
            "path": "dense",
            "kind": "Dense",
            "cudnn": None,
            "xla": "yes",
            "dtype": "float32",
            "flops": 2 * 16 * 10,
            "kept_bytes": 0,
            "parameters": 170,
        },
    ]
    assert data["flops"] == lstm + 320
    assert data["batch_size"] == 32
    assert data["mode"] == {
        "name": "graph",
        "reason": "compiling by XLA does not pay for 40 steps, fewer than 1000",
    }
    assert data["advice"] == []


@pytest.mark.parametrize(
    ("layer", "advice"),
    [
        ("LSTM: 16", []),
        ("Bidirectional: {LSTM: 16}", []),
        (
            "Bidirectional: {LSTM: {units: 16, recurrent_dropout: 0.2}}",
            ["`recurrent_dropout: 0.2` keeps it from cuDNN on a GPU; `0` would not"],
        ),
        (
            "LSTM: {units: 16, activation: relu, use_bias: false}",
            [
                "`activation: relu` keeps it from cuDNN on a GPU; `tanh` would not",
                "`use_bias: false` keeps it from cuDNN on a GPU; `true` would not",
            ],
        ),
        ("RNN: {cell: {LSTMCell: 16}}", ["`RNN` never goes to cuDNN; `LSTM` does on a GPU"]),
        ("RNN: {cell: [LSTMCell: 16, GRUCell: 16]}", []),
        ("SimpleRNN: 16", []),
        (
            "SimpleRNN: 20",
            ["`units: 20` " + PARTLY + "24 takes no longer"],
        ),
    ],
)
def test_advice_names_the_argument(write: Path, layer: str, advice: list[str]) -> None:
    """And what it would have to be; a layer that is as fast as it can be gets none."""
    report = audit(fill(write, layer, "Dense: $classes"))

    assert [one.text for one in report.advice] == advice


def test_masked_sequences_must_suit_cudnn(write: Path) -> None:
    """Where the layer goes there at all."""
    texts = [
        [one.text for one in audit(fill(write, "Masking: 0", layer, "Dense: $classes")).advice]
        for layer in ("LSTM: 16", "LSTM: {units: 16, recurrent_dropout: 0.5}")
    ]

    assert texts == [
        ["on a GPU, cuDNN wants its sequences padded at their end, and none of them empty"],
        ["`recurrent_dropout: 0.5` keeps it from cuDNN on a GPU; `0` would not"],
    ]


def test_only_the_last_layer_should_answer_in_full_precision(write: Path) -> None:
    """Those before it are what mixed precision is for."""
    half = audit(
        fill(write, "LSTM: {units: 16, dtype: mixed_bfloat16}", "Dense: {units: $classes, dtype: mixed_bfloat16}")
    )
    mended = audit(fill(write, "LSTM: {units: 16, dtype: mixed_bfloat16}", "Dense: $classes"))

    text = "it answers in bfloat16, and what the loss is taken of is rounded so; `dtype: float32` keeps the digits"
    assert half.advice == (Advice("dense", text),)
    assert [layer.dtype for layer in mended.layers] == ["bfloat16", "float32"]
    assert mended.advice == ()


def test_layers_of_blocks_stand_under_them(archcli: Archcli, write: Path) -> None:
    """Two cells in, and counted once in the total."""
    recipe = fill(write, "Flatten", "narrow", "Dense: $classes")
    text = write.read_text().replace("model:\n", "model:\n  blocks: {narrow: {layers: [Dense: 8, ReLU]}}\n")
    write.write_text(text)

    report = audit(recipe)
    shown = archcli("summary", recipe, "--performance", "--quiet").out.splitlines()

    assert [(layer.path, layer.flops) for layer in report.layers] == [
        ("flatten", 0),
        ("narrow", 1024),
        ("narrow/dense", 1024),
        ("narrow/re_lu", 0),
        ("dense", 160),
    ]
    assert report.flops == 1184
    assert shown[3] == "  dense         yes  float32  1.02 k            520"


def test_sequences_of_any_length_count_as_the_longest(archcli: Archcli) -> None:
    """Their batches differ, and no model says how long they are."""
    outcome = archcli("summary", "reber-gru", "--performance", "--json")

    layers = {layer["path"]: layer for layer in json.loads(outcome.out)["layers"]}
    assert layers["gru"]["flops"] % (2 * 3 * 16 * (7 + 16)) == 0


def test_a_gpu_changes_what_is_said_of_xla(write: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There convolutions are quick, and a layer of cuDNN keeps the model in the graph."""
    monkeypatch.setattr(performance, "describe_devices", lambda: Devices("gpu", ("a card",), 8))
    recipe = fill(write, "Conv1D: {filters: 8, kernel_size: 3}", "LSTM: 16", "Dense: $classes")

    report = audit(recipe)

    assert [layer.xla for layer in report.layers] == ["yes", "yes", "yes"]
    assert (report.mode.name, report.mode.reason) == ("graph", "`LSTM` keeps cuDNN's kernels on a GPU")


def test_the_advice_on_answers_holds() -> None:
    """Of scores in float16 the loss is taken in float32, but what was rounded stays rounded."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    exact = keras.ops.convert_to_tensor([[1.0003, 0.0]])

    first = keras.ops.convert_to_tensor([0])

    of_half = loss(first, keras.ops.cast(exact, "float16"))

    assert of_half.dtype == "float32"
    assert float(of_half) != float(loss(first, exact))
