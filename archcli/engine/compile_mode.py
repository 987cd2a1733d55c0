"""How steps are run: as a TensorFlow graph, compiled by XLA, or eagerly.

The choice rests on the layers, the kind of device and the number of cores, never on anything measured at run time, so
that one recipe gives the same numbers whenever it is run on one machine. Layers of models inside the model and of
wrappers count as its own. The rules, the first that fits:

1. What the recipe asks for (`graph`, `xla`, `eager`).
2. Batches of different lengths: graph, since XLA compiles each length anew.
3. TensorFlow's op determinism is on: graph, since XLA has no deterministic form of some operations.
4. A layer that says that it cannot be compiled by XLA: graph.
5. On a GPU: graph where any `LSTM` or `GRU` keeps cuDNN's kernels, which XLA cannot compile; whose arguments have lost
   them already (see `archcli.engine.cudnn`) counts as any other layer. All else by XLA.
6. On a CPU: graph with one core, on which XLA loses what it gains; graph where any layer is not among those tried
   under XLA, convolutions above all, which XLA runs up to 35 times slower; graph for a wide recurrent layer, whose
   products gain nothing by XLA and are spread over cores worse; graph for a training of few steps, which is over before
   the seconds of compiling are won back; all else by XLA.

`benchmarks/modes.py` measures what the rules for a CPU rest on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tensorflow.python.framework.config import is_op_determinism_enabled

from archcli.engine.cudnn import has_kernel, keeps_cudnn
from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    import keras

ModeName = Literal["graph", "xla", "eager"]
XlaVerdict = Literal["yes", "no", "slow", "untried"]
ModeRequest = Literal["auto", "graph", "xla", "eager"]

TRIED_UNDER_XLA_ON_CPU = frozenset({
    # containers
    "Sequential", "Functional", "InputLayer", "Identity",
    # dense
    "Dense", "EinsumDense", "Embedding", "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax",
    # regularizing
    "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization",
    # normalizing
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization", "UnitNormalization",
    "Normalization", "Rescaling",
    # recurrent
    "RNN", "SimpleRNN", "GRU", "LSTM", "SimpleRNNCell", "GRUCell", "LSTMCell", "StackedRNNCells", "Bidirectional",
    "TimeDistributed", "Masking", "Elman", "ElmanCell", "Jordan", "JordanCell", "FullyRecurrent", "FullyRecurrentCell",
    "Reverse", "Equilibrium", "Step",
    # attention
    "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention",
    # shaping
    "Flatten", "Reshape", "Permute", "RepeatVector", "Cropping1D", "ZeroPadding1D", "UpSampling1D",
    "GlobalAveragePooling1D", "GlobalMaxPooling1D", "AveragePooling1D", "MaxPooling1D", "GlobalAveragePooling2D",
    # merging
    "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot",
})  # fmt: skip
RECURRENT = frozenset({"RNN", "SimpleRNN", "GRU", "LSTM", "Elman", "Jordan", "FullyRecurrent"})
# Measured on two cores, graph and XLA, microseconds a step of 32 examples: MLP 417 and 146, Elman over 30 steps 4750
# and 1240, Jordan 3440 and 1760, fully recurrent 5800 and 2120, multi-head attention 4330 and 1850, equilibrium 1500
# and 300, pooling in one dimension 530 and 370. After thirty steps the weights are within 1e-7 of each other.
# On two cores XLA takes 1 to 2.5 s more to compile; it wins 0.1 to 0.3 ms a step, and 2 to 4 ms where a layer runs
# over 50 time steps. Won back after: small dense layers 5,000 to 20,000 steps, wide ones 800, attention 1,500,
# recurrent layers over 50 time steps 150 to 600, SimpleRNN 1,900.
LEAST_STEPS_FOR_XLA = 10_000
LEAST_STEPS_FOR_XLA_RECURRENT = 1_000
# Weights of the product with the state, in all gates together: an LSTM of 90 units has 32,400. On two cores XLA took of
# the graph's time 0.4 for an LSTM of 32 units and for a GRU, 0.7 for 64, 1.1 for 128 and 256, 1.7 for two of 128 side
# by side (`Bidirectional`), 1.3 for a SimpleRNN of 256, and 1 and 0.8 for a GRU of 128 and 256.
MOST_RECURRENT_WEIGHTS_FOR_XLA = 32_768


@dataclass(frozen=True)
class Mode:
    """How steps are run.

    Attributes:
        name: `graph`, `xla` or `eager`.
        reason: Why, as a sentence without a full stop.
    """

    name: ModeName
    reason: str


def choose_mode(
    model: keras.Model,
    requested: ModeRequest,
    *,
    device: Literal["cpu", "gpu"],
    core_count: int,
    total_steps: int,
    varied_lengths: bool = False,
) -> Mode:
    """Choose how the steps of a model are run, by the rules above.

    Args:
        model: Built; it is not changed.
        requested: What the recipe says.
        device: What computes.
        core_count: CPU cores that this process may use, from 1.
        total_steps: Steps of all epochs together, were none left out.
        varied_lengths: Whether batches are cut to their longest sequence.

    Returns:
        The mode, with the rule that led to it.

    Raises:
        RecipeError: `xla-needs-one-length`: XLA is asked for, and batches are of different lengths.
    """
    if varied_lengths and requested == "xla":
        raise RecipeError(
            Problem(
                "xla-needs-one-length",
                "`train.compile: xla` wants batches of one length, and `train.bucket_by_length` cuts each to its own",
                hint="leave one of the two out",
            )
        )
    if requested != "auto":
        return Mode(requested, "the recipe asks for it")
    if varied_lengths:
        return Mode("graph", "XLA compiles each length of a batch anew")
    if is_op_determinism_enabled():
        return Mode("graph", "XLA has no deterministic form of some operations")
    refused = find_refused_layer(model)
    if refused is not None:
        return Mode("graph", f"`{refused}` cannot be compiled by XLA")
    return _choose_on_gpu(model) if device == "gpu" else _choose_on_cpu(model, core_count, total_steps)


def find_refused_layer(model: keras.Model) -> str | None:
    """Return the class of a layer that cannot be compiled by XLA; None where all can.

    `LSTM` and `GRU` can, although on a GPU Keras says that those of cuDNN cannot: they leave it where XLA is asked for.
    """
    refused = (layer for layer in _walk(model) if not layer.supports_jit and not has_kernel(layer))
    return min((type(layer).__name__ for layer in refused), default=None)


def judge_layer(layer: keras.Layer, device: Literal["cpu", "gpu"]) -> XlaVerdict:
    """Say what becomes of a layer, with those inside it, under XLA."""
    inner = _walk(layer)
    if any(not one.supports_jit and not has_kernel(one) for one in inner):
        return "no"
    names = {type(one).__name__ for one in inner}
    if device == "gpu" or names <= TRIED_UNDER_XLA_ON_CPU:
        return "yes"
    return "slow" if any("Conv" in name for name in names) else "untried"


def _walk(model: keras.Layer) -> list[Any]:
    layers: list[Any] = model._flatten_layers()  # noqa: SLF001 -- no public walk reaches nested models, wrapped layers and cells
    return layers


def _choose_on_gpu(model: keras.Model) -> Mode:
    kept = min((type(layer).__name__ for layer in _walk(model) if keeps_cudnn(layer)), default=None)
    if kept is not None:
        return Mode("graph", f"`{kept}` keeps cuDNN's kernels on a GPU")
    return Mode("xla", "XLA compiles every layer of this model on a GPU")


def _choose_on_cpu(model: keras.Model, core_count: int, total_steps: int) -> Mode:
    if core_count == 1:
        return Mode("graph", "XLA gains nothing on one core")
    names = {type(layer).__name__ for layer in _walk(model)}
    untried = sorted(names - TRIED_UNDER_XLA_ON_CPU)
    if untried:
        return Mode("graph", f"`{untried[0]}` is not among the layers that XLA runs fast on a CPU")
    wide = min((type(layer).__name__ for layer in _walk(model) if _is_wide(layer)), default=None)
    if wide is not None:
        return Mode("graph", f"`{wide}` is too wide to be run faster by XLA on a CPU")
    least = LEAST_STEPS_FOR_XLA_RECURRENT if names & RECURRENT else LEAST_STEPS_FOR_XLA
    if total_steps < least:
        return Mode("graph", f"compiling by XLA does not pay for {total_steps} steps, fewer than {least}")
    return Mode("xla", "XLA runs every layer of this model fast on a CPU")


def _is_wide(layer: keras.Layer) -> bool:
    """Return whether each step of a recurrent layer is one great product with its state."""
    kernel = getattr(getattr(layer, "cell", None), "recurrent_kernel", None)
    return kernel is not None and math.prod(kernel.shape) > MOST_RECURRENT_WEIGHTS_FOR_XLA
