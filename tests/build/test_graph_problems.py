"""What does not fit in a graph is shown at its line, with what met there, and for a block with the line that uses it."""

# ruff: noqa: E501 -- messages stand as they are shown

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from archcli.build.model import Built
from archcli.errors import ArchcliError, RecipeError
from archcli.recipe.facts import InputFacts

BuildGraph = Callable[..., Built]
Shown = Callable[[ArchcliError], str]
Inputs = Mapping[str, tuple[int, ...] | InputFacts]

WORDS = InputFacts("w", (7,), ("w",), dtype="int32")

MISFITS: Mapping[str, tuple[str, Inputs, str]] = {
    "shapes that cannot be added": (
        """
nodes:
  change: {Conv2D: {filters: 4, kernel_size: 3}, from: x}
  out: {Add, from: [change, x]}
""",
        {"x": (8, 8, 4)},
        r"""
error[shape-mismatch]: `Add` cannot join (batch, 6, 6, 4) of `change` (line 4) and (batch, 8, 8, 4) of `x`
 --> recipe.yaml:5:11
  |
5 |     out: {Add, from: [change, x]}
  |           ^^^
""",
    ),
    "a size of 1 that an addition would stretch": (
        """
nodes:
  mean: {GlobalAveragePooling2D: {keepdims: true}, from: x}
  out: {Add, from: [x, mean]}
""",
        {"x": (8, 8, 4)},
        r"""
error[silent-broadcast]: `Add` joins equal shapes, but Keras would stretch (batch, 8, 8, 4) of `x` and (batch, 1, 1, 4) of `mean` (line 4) to (batch, 8, 8, 4) in silence
 --> recipe.yaml:5:11
  |
5 |     out: {Add, from: [x, mean]}
  |           ^^^
hint: only `Multiply` may stretch a size of 1
""",
    ),
    "an axis that a multiplication would add": (
        """
nodes:
  mean: {GlobalAveragePooling2D, from: x}
  out: {Multiply, from: [x, mean]}
""",
        {"x": (8, 8, 4)},
        r"""
error[silent-broadcast]: `Multiply` joins equal shapes, but Keras would stretch (batch, 8, 8, 4) of `x` and (batch, 4) of `mean` (line 4) to (batch, 8, 8, 4) in silence
 --> recipe.yaml:5:11
  |
5 |     out: {Multiply, from: [x, mean]}
  |           ^^^^^^^^
hint: give both as many axes: `Reshape` adds one
""",
    ),
    "more than one axis that differs": (
        """
nodes:
  small: {MaxPooling2D: 2, from: x}
  out: {Concatenate, from: [x, small]}
""",
        {"x": (8, 8, 4)},
        r"""
error[shape-mismatch]: `Concatenate` cannot join (batch, 8, 8, 4) of `x` and (batch, 4, 4, 4) of `small` (line 4): only axis -1 may differ
 --> recipe.yaml:5:11
  |
5 |     out: {Concatenate, from: [x, small]}
  |           ^^^^^^^^^^^
""",
    ),
    "sizes that do not multiply": (
        """
nodes:
  small: {Dense: 3, from: x}
  out: {Dot: 1, from: [x, small]}
""",
        {"x": (8,)},
        r"""
error[shape-mismatch]: `Dot` cannot join (batch, 8) of `x` and (batch, 3) of `small` (line 4): the sizes 8 and 3 of its axes differ
 --> recipe.yaml:5:16
  |
5 |     out: {Dot: 1, from: [x, small]}
  |                ^
""",
    ),
    "more names than tensors": (
        """
nodes:
  a, b, c: {GRU: {units: 4, return_state: true}, from: x}
  out: {Add, from: [a, b, c]}
""",
        {"x": (8, 2)},
        r"""
error[wrong-output-count]: `GRU` gives 2 tensors, but the node names 3: the last step (batch, 4), the state (batch, 4)
 --> recipe.yaml:4:5
  |
4 |     a, b, c: {GRU: {units: 4, return_state: true}, from: x}
  |     ^^^^^^^
hint: name each in this order, `_` for one that is not wanted
""",
    ),
    "fewer names than tensors": (
        """
nodes:
  a, b: {LSTM: {units: 4, return_sequences: true, return_state: true}, from: x}
  out: {layers: [Dense: 1], from: a}
  o2: {Dense: 1, from: b}
  s: {Add, from: [o2, o2]}
  t: {layers: [Flatten, Dense: 1], from: out}
  z: {Add, from: [s, t]}
""",
        {"x": (8, 2)},
        r"""
error[wrong-output-count]: `LSTM` gives 3 tensors, but the node names 2: every step (batch, 8, 4), the state (batch, 4), the cell state (batch, 4)
 --> recipe.yaml:4:5
  |
4 |     a, b: {LSTM: {units: 4, return_sequences: true, return_state: true}, from: x}
  |     ^^^^
hint: name each in this order, `_` for one that is not wanted
""",
    ),
    "one name for several tensors": (
        """
nodes:
  a: {GRU: {units: 4, return_state: true}, from: x}
  out: {Dense: 1, from: a}
""",
        {"x": (8, 2)},
        r"""
error[several-outputs]: `GRU` with `return_state: true` gives 2 tensors, but the node has one name: the last step (batch, 4), the state (batch, 4)
 --> recipe.yaml:4:39
  |
4 |     a: {GRU: {units: 4, return_state: true}, from: x}
  |                                       ^^^^
hint: name them all, `_` for one that is not wanted: `a, _:`; or leave out `return_state: true`
""",
    ),
    "two names for one tensor": (
        """
nodes:
  a, b: {Dense: 4, from: x}
  out: {Add, from: [a, b]}
""",
        {"x": (8, 2)},
        r"""
error[wrong-output-count]: `Dense` gives 1 tensor, but the node names 2: (batch, 8, 4)
 --> recipe.yaml:4:5
  |
4 |     a, b: {Dense: 4, from: x}
  |     ^^^^
hint: give it one name
""",
    ),
    "one name for both directions": (
        """
nodes:
  a: {Bidirectional: {layer: {LSTM: {units: 2, return_state: true}}, merge_mode: null}, from: x}
  b: {Dense: 2, from: a}
""",
        {"x": (8, 2)},
        r"""
error[several-outputs]: `Bidirectional` with `merge_mode: null` gives 6 tensors, but the node has one name: the last step forward (batch, 2), the last step backward (batch, 2), the state forward (batch, 2), the cell state forward (batch, 2), the state backward (batch, 2), the cell state backward (batch, 2)
 --> recipe.yaml:4:84
  |
4 | …: {units: 2, return_state: true}}, merge_mode: null}, from: x}
  |                                                 ^^^^
hint: name them all, `_` for one that is not wanted: `a, _, _, _, _, _:`; or leave out `merge_mode: null`
""",
    ),
    "several tensors inside a node": (
        """
nodes:
  a: {layers: [GRU: {units: 2, return_state: true}, Dense: 2], from: x}
""",
        {"x": (8, 2)},
        r"""
error[several-outputs]: `GRU` with `return_state: true` gives several tensors, but a chain hands one from layer to layer
 --> recipe.yaml:4:48
  |
4 |     a: {layers: [GRU: {units: 2, return_state: true}, Dense: 2], from: x}
  |                                                ^^^^
hint: leave out `return_state: true`
""",
    ),
    "a misfit in the second use of a block": (
        """
blocks:
  res:
    parameters: {units}
    nodes:
      change: {Dense: $units, from: input}
      sum: {Add, from: [input, change]}
layers:
  - Dense: 6
  - res: 6
  - res: 5
""",
        {"x": (4,)},
        r"""
error[shape-mismatch]: `Add` cannot join (batch, 6) of `input` and (batch, 5) of `change` (line 7)
 --> recipe.yaml:8:15
  |
8 |         sum: {Add, from: [input, change]}
  |               ^^^
hint: `res` is used on line 12
""",
    ),
    "a misfit in a block of a block": (
        """
blocks:
  conv: {layers: [Conv2D: {filters: 2, kernel_size: 9}]}
  two: {layers: [ReLU, conv]}
layers:
  - two
""",
        {"x": (8, 8, 1)},
        r"""
error[shape-mismatch]: `Conv2D` would leave nothing of the (batch, 8, 8, 1) that arrives: its `kernel_size` is 9
 --> recipe.yaml:4:21
  |
4 |     conv: {layers: [Conv2D: {filters: 2, kernel_size: 9}]}
  |                     ^^^^^^
hint: make `kernel_size` smaller, or write `padding: same`; `conv` is used on line 5, `two` is used on line 7
""",
    ),
    "the last step of another node where all are wanted": (
        """
nodes:
  a: {LSTM: 3, from: x}
  b: {GRU: 2, from: a}
""",
        {"x": (8, 2)},
        r"""
error[shape-mismatch]: `GRU` takes (batch, steps, features), but (batch, 3) arrives
 --> recipe.yaml:5:9
  |
5 |     b: {GRU: 2, from: a}
  |         ^^^
hint: give the `LSTM` on line 4 `return_sequences: true`, so that it hands on every step and not only the last
""",
    ),
    "the last step where a block wants all": (
        """
blocks:
  late: {layers: [Dropout: 0.1, GRU: 2]}
layers:
  - LSTM: 3
  - late
""",
        {"x": (8, 2)},
        r"""
error[shape-mismatch]: `GRU` takes (batch, steps, features), but (batch, 3) arrives
 --> recipe.yaml:4:35
  |
4 |     late: {layers: [Dropout: 0.1, GRU: 2]}
  |                                   ^^^
hint: give the `LSTM` on line 6 `return_sequences: true`, so that it hands on every step and not only the last; `late` is used on line 7
""",
    ),
    "an attention to what has no steps": (
        """
nodes:
  a: {MultiHeadAttention: {num_heads: 2, key_dim: 2}, from: [x, y1]}
""",
        {"x": (8, 2), "y1": (7,)},
        r"""
error[shape-mismatch]: `MultiHeadAttention` cannot join (batch, 8, 2) of `x` and (batch, 7) of `y1`: expected input 1 to have rank 4 but got: 3
 --> recipe.yaml:4:9
  |
4 |     a: {MultiHeadAttention: {num_heads: 2, key_dim: 2}, from: [x, y1]}
  |         ^^^^^^^^^^^^^^^^^^
""",
    ),
    "a state of another size": (
        """
nodes:
  _, s: {GRU: {units: 3, return_state: true}, from: x}
  a: {GRU: 4, from: x, initial_state: s}
""",
        {"x": (8, 2)},
        r"""
error[shape-mismatch]: `GRU` cannot join (batch, 8, 2) of `x` and (batch, 3) of `s` (line 4): matrix size-incompatible: In[0]: [1,3], In[1]: [4,12]
 --> recipe.yaml:5:9
  |
5 |     a: {GRU: 4, from: x, initial_state: s}
  |         ^^^
""",
    ),
    "an attention between other sizes": (
        """
nodes:
  a: {Attention, from: [x, z]}
""",
        {"x": (8, 2), "z": (7, 3)},
        r"""
error[shape-mismatch]: `Attention` cannot join (batch, 8, 2) of `x` and (batch, 7, 3) of `z`: matrix size-incompatible: In[0]: [1,8,2], In[1]: [1,3,7]
 --> recipe.yaml:4:9
  |
4 |     a: {Attention, from: [x, z]}
  |         ^^^^^^^^^
""",
    ),
    "a shared chain on another shape": (
        """
shared: {enc: [Flatten, Dense: 3]}
nodes:
  a: {enc, from: x}
  b: {enc, from: z}
  c: {Add, from: [a, b]}
""",
        {"x": (8, 2), "z": (7, 3)},
        r"""
error[shape-mismatch]: `enc` was made for (batch, 8, 2) at its first use, but (batch, 7, 3) of `z` arrives
 --> recipe.yaml:6:9
  |
6 |     b: {enc, from: z}
  |         ^^^
hint: one set of weights is for one shape: a block has weights of its own at each use; `enc` is used on line 6
""",
    ),
    "a shared layer on another shape": (
        """
shared: {enc: {Dense: 3}}
nodes:
  a: {enc, from: x}
  b: {enc, from: z}
  c: {Add, from: [a, b]}
""",
        {"x": (8,), "z": (7,)},
        r"""
error[shape-mismatch]: `Dense` cannot take the (batch, 7) that arrives: input 0 with name 'None' of layer 'enc' is incompatible with the layer: expected axis -1 of input shape to have value 8, but received input with shape (None, 7)
 --> recipe.yaml:3:18
  |
3 |   shared: {enc: {Dense: 3}}
  |                  ^^^^^
hint: `enc` is used on line 6
""",
    ),
    "arguments that Keras refuses, in a block used twice and beside it": (
        """
blocks:
  res:
    nodes:
      change: {Conv1D: {filters: 4, kernel_size: [3, 3]}, from: input}
      sum: {Add, from: [input, change]}
layers:
  - Conv1D: {filters: 3, kernel_size: 1, groups: 2}
  - res
  - res
""",
        {"x": (4, 4)},
        r"""
error[keras-rejects]: Keras refuses `groups` of `Conv1D`: the number of filters must be evenly divisible by the number of groups; received: groups=2, filters=3
 --> recipe.yaml:9:52
  |
9 |     - Conv1D: {filters: 3, kernel_size: 1, groups: 2}
  |                                                    ^
error[keras-rejects]: Keras refuses `kernel_size` of `Conv1D`: the `kernel_size` argument must be a tuple of 1 integers; received kernel_size=(3, 3)
 --> recipe.yaml:6:52
  |
6 |         change: {Conv1D: {filters: 4, kernel_size: [3, 3]}, from: input}
  |                                                    ^^^^^^
""",
    ),
    "a misfit in what is done at each step": (
        """
blocks:
  res:
    nodes:
      change: {Dense: 3, from: input}
      sum: {Add, from: [input, change]}
layers:
  - TimeDistributed: res
""",
        {"x": (4, 4)},
        r"""
error[shape-mismatch]: `Add` cannot join (batch, 4) of `input` and (batch, 3) of `change` (line 6)
 --> recipe.yaml:7:15
  |
7 |         sum: {Add, from: [input, change]}
  |               ^^^
hint: `res` is used on line 9
""",
    ),
    "a block of nodes inside a layer that cannot take it": (
        """
blocks:
  res:
    nodes:
      change: {Dense: 3, from: input}
      sum: {Add, from: [input, change]}
layers:
  - SpectralNormalization: res
""",
        {"x": (4, 4)},
        r"""
error[block-inside-layer]: the block `res` has nodes, which only `TimeDistributed` takes inside a layer
 --> recipe.yaml:9:30
  |
9 |     - SpectralNormalization: res
  |                              ^^^
""",
    ),
    "nothing left in the second use of a block": (
        """
blocks:
  p: {layers: [MaxPooling2D: 3]}
layers:
  - p
  - p
  - p
""",
        {"x": (8, 8, 1)},
        r"""
error[shape-mismatch]: `MaxPooling2D` would leave nothing of the (batch, 2, 2, 1) that arrives: its `pool_size` is 3
 --> recipe.yaml:4:18
  |
4 |     p: {layers: [MaxPooling2D: 3]}
  |                  ^^^^^^^^^^^^
hint: make `pool_size` smaller, or write `padding: same`; `p` is used on line 7
""",
    ),
    "a state given inside a block, where the mask is lost": (
        """
blocks:
  dec:
    inputs: [seq, state]
    nodes:
      out: {GRU: 3, from: seq, initial_state: state}
nodes:
  e: {Embedding: {input_dim: 9, output_dim: 2, mask_zero: true}, from: w}
  _, s: {GRU: {units: 3, return_state: true}, from: e}
  o: {dec, from: [e, s]}
""",
        {"w": WORDS},
        r"""
error[mask-lost]: `GRU` with `initial_state` would go through the padding: Keras does not tell it inside a block
 --> recipe.yaml:7:15
  |
7 |         out: {GRU: 3, from: seq, initial_state: state}
  |               ^^^
hint: make it a node outside of blocks; `dec` is used on line 11
""",
    ),
}


@pytest.mark.filterwarnings("ignore:Layer .* looks like it has unbuilt state:UserWarning")
@pytest.mark.parametrize("misfit", MISFITS)
def test_a_misfit_is_shown_with_what_met_there(misfit: str, build_graph: BuildGraph, shown: Shown) -> None:
    """Shapes, whose they are and the lines that they come from; for a block the line that uses it."""
    model, inputs, text = MISFITS[misfit]

    with pytest.raises(RecipeError) as caught:
        build_graph(model.strip(), **inputs)

    assert shown(caught.value) == text.strip("\n")


def test_a_size_of_one_may_be_multiplied(build_graph: BuildGraph) -> None:
    """`Multiply` alone stretches a size of 1: a weight for each channel."""
    model = """
nodes:
  weight: {GlobalAveragePooling2D: {keepdims: true}, from: x}
  out: {Multiply, from: [x, weight]}
"""

    built = build_graph(model, x=(8, 8, 4))

    assert built.core.output_shape == (None, 8, 8, 4)
