"""A layer that cannot take what arrives: which one it is, what arrived, what it wants, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, Final

import keras

from archcli.build.classes import CLASSES
from archcli.build.connecting import Connection, with_uses
from archcli.build.objects import RECURRENT, Origins, build_object
from archcli.build.refusals import argument_problem, reason
from archcli.build.walking import flat_layers, named_layers
from archcli.build.wire import Shape, shape_text
from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.catalogue import catalogue
from archcli.recipe.recipe import Chain, Model, Named

SEQUENCE: Final = "(batch, steps, features)"
WANTED: Final = {
    "1D": SEQUENCE,
    "2D": "(batch, height, width, channels)",
    "3D": "(batch, depth, height, width, channels)",
    "ConvLSTM1D": "(batch, steps, width, channels)",
    "ConvLSTM2D": "(batch, steps, height, width, channels)",
    "ConvLSTM3D": "(batch, steps, depth, height, width, channels)",
    "GRU": SEQUENCE,
    "LSTM": SEQUENCE,
    "Masking": SEQUENCE,
    "RNN": SEQUENCE,
    "RepeatVector": "(batch, features)",
    "SimpleRNN": SEQUENCE,
}
"""What layers take, channels last, by their name or by its last two letters."""

IMAGE_LAYERS: Final = "keras.src.layers.preprocessing.image_preprocessing"
"""Where Keras's layers for images are; they take three axes for one image without a batch, which is never meant."""

NOTHING_LEFT: Final = "output size would be zero or negative|must be smaller than the input|should be smaller than the"
ABOUT_SHAPES: Final = r"shape|ndim|rank|dim|axis|axes|size|channel|multiple|divisible|index|length"


def failure_problem(error: Exception, *, origins: Origins, connections: Mapping[int, Connection]) -> Problem | None:
    """Describe the failure of the innermost layer of the recipe that was at work; None if none was.

    Args:
        error: What Keras raised while the layers were connected, its traceback whole.
        origins: What each Keras layer was made from.
        connections: What each was called with, those inside others left out.
    """
    known = catalogue().entries("layer")
    at_work = [found for found in _layers_at_work(error, origins) if not known[found[2].name].is_cell]
    if not at_work:
        return None
    key, frame, named = at_work[0]
    connection = next((connections[found[0]] for found in at_work if found[0] in connections), None)
    if connection is None:
        return _failure(named, _arrived(frame), (), error)
    if key == id(connection.layer):
        is_alone = len(connection.call.wires) == 1
        problem = (
            _failure(named, _arrived(frame), connection.call.trail, error)
            if is_alone
            else _joining_problem(named, connection, error)
        )
    else:
        inside = _layers_before(_chain_of(connection.named), named) or ()
        problem = _failure(named, _arrived(frame), inside, error)
    return with_uses(problem, connection.uses)


def size_problem(connections: Mapping[int, Connection]) -> Problem | None:
    """Describe the first layer whose output has an axis of size zero or less; None if there is none."""
    for connection in connections.values():
        layer, named = connection.layer, connection.named
        if not layer._inbound_nodes:  # noqa: SLF001 -- never called: a layer before it failed
            return None
        output = layer.output
        if isinstance(output, (dict, list, tuple)) or all(size is None or size > 0 for size in output.shape):
            continue
        arriving = " and ".join(shape_text(wire.shape) for wire in connection.call.wires)
        message = f"`{named.name}` leaves nothing of {arriving}: {shape_text(output.shape)}"
        problem = Problem("shape-mismatch", message, named.location, _smaller_hint(named))
        return with_uses(problem, connection.uses)
    return None


def rank_problem(connections: Mapping[int, Connection]) -> Problem | None:
    """Describe the first layer that works on another number of axes than it is made for; None if there is none."""
    for connection in connections.values():
        named, call = connection.named, connection.call
        wanted = _wanted_shape(named)
        if wanted is not None and call.inputs and len(call.inputs[0].shape) != wanted.count(",") + 1:
            return with_uses(_rank_problem(named, wanted, call.inputs[0].shape, call.trail), connection.uses)
    return None


def refusals(model: Model) -> tuple[Problem, ...]:
    """Make each layer once more and return what Keras refuses of all of them, each once."""
    found: dict[tuple[str, Location | None], Problem] = {}
    for named in named_layers(model):
        try:
            build_object(named, "layer", make=lambda _: keras.layers.Identity())
        except RecipeError as error:
            found |= {(problem.message, problem.location): problem for problem in error.problems}
    return tuple(found.values())


def _layers_at_work(error: BaseException, origins: Origins) -> Iterator[tuple[int, FrameType, Named]]:
    """Yield the recipe's layers on the traceback, the innermost first: its `id`, its outermost frame, its name."""
    found: dict[int, tuple[int, FrameType, Named]] = {}
    step = error.__traceback__
    while step is not None:
        key = id(step.tb_frame.f_locals.get("self"))
        if key in origins and key not in found:
            found[key] = (key, step.tb_frame, origins[key])
        step = step.tb_next
    if not found and error.__context__ is not None:  # `Sequential` replaces some errors by its own
        yield from _layers_at_work(error.__context__, origins)
    yield from reversed(found.values())


def _arrived(frame: FrameType) -> Shape | None:
    """Return the shape of what a layer was called with, or built for; None if that was several tensors."""
    given: Any = frame.f_locals.get(frame.f_code.co_varnames[1])  # the first argument after `self`, or `args`
    first = given[0] if isinstance(given, tuple) and given else given
    given = tuple(first.shape) if hasattr(first, "shape") else given
    is_shape = isinstance(given, (tuple, list)) and all(size is None or isinstance(size, int) for size in given)
    return tuple(given) if is_shape else None


def _layers_before(chain: Chain, wanted: Named) -> tuple[Named, ...] | None:
    """Return the layers before `wanted` in the chain that it stands in; None if it is not in `chain`."""
    before: list[Named] = []
    for layer in flat_layers(chain.layers):
        if not isinstance(layer, Named):
            continue
        if layer.location == wanted.location:
            return tuple(before)
        found = _layers_before(_chain_of(layer), wanted)
        if found is not None:
            return found
        before.append(layer)
    return None


def _chain_of(layer: Named) -> Chain:
    """Return the layers among the arguments of another, as a chain."""
    values = layer.arguments.values()
    return Chain(tuple(value for value in values if isinstance(value, (Chain, Named))), layer.location)


def _failure(named: Named, arrived: Shape | None, before: Sequence[Named], error: Exception) -> Problem:
    """Describe a layer that failed on one tensor, or on what is none."""
    if arrived is None:
        return argument_problem(named, error)
    return _shape_problem(named, arrived, before, error)


def _joining_problem(named: Named, connection: Connection, error: Exception) -> Problem:
    """Describe a layer that several tensors do not suit together."""
    *others, last = map(str, connection.call.wires)
    message = f"`{named.name}` cannot join {', '.join(others)} and {last}: {reason(error)}"
    return Problem("shape-mismatch", message, named.location)


def _shape_problem(named: Named, arrived: Shape, before: Sequence[Named], error: Exception) -> Problem:
    """Describe a layer that one tensor does not suit."""
    wanted = _wanted_shape(named)
    if wanted is not None and len(arrived) != wanted.count(",") + 1:
        return _rank_problem(named, wanted, arrived, before)
    if named.name == "TimeDistributed" and len(arrived) < 3:
        return _rank_problem(named, "(batch, steps, ...)", arrived, before)
    if re.search(NOTHING_LEFT, str(error)):
        message = f"`{named.name}` would leave nothing of the {shape_text(arrived)} that arrives{_sizes(named)}"
        return Problem("shape-mismatch", message, named.location, _smaller_hint(named))
    if "batch size must be static" in str(error) or not re.search(ABOUT_SHAPES, str(error)):
        return argument_problem(named, error)
    axes_wanted = re.search(r"expected (min_|max_)?ndim=(\d+), found ndim=\d+", str(error))
    if axes_wanted:
        bound = {"min_": "at least ", "max_": "at most "}.get(axes_wanted[1], "")
        message = f"`{named.name}` takes {bound}{axes_wanted[2]} axes with the batch, but {shape_text(arrived)} arrives"
    else:
        message = f"`{named.name}` cannot take the {shape_text(arrived)} that arrives: {reason(error)}"
    return Problem("shape-mismatch", message, named.location)


def _wanted_shape(named: Named) -> str | None:
    """Return the shape that a layer takes; None where that is not certain."""
    name = _unwrapped(named).name if named.name == "Bidirectional" else named.name
    if CLASSES["layer"][named.name].__module__.startswith(IMAGE_LAYERS):
        return WANTED["2D"]
    return WANTED.get(name) or WANTED.get(name.removesuffix("Transpose")[-2:])


def _rank_problem(named: Named, wanted: str, arrived: Shape, before: Sequence[Named]) -> Problem:
    """Describe a layer that takes another number of axes than arrive."""
    message = f"`{named.name}` takes {wanted}, but {shape_text(arrived)} arrives"
    return Problem("shape-mismatch", message, named.location, _rank_hint(wanted, arrived, before))


def _rank_hint(wanted: str, arrived: Shape, before: Sequence[Named]) -> str | None:
    """Say what to do when the number of axes is wrong."""
    axes = wanted.count(",") + 1
    recurrent = next((_unwrapped(layer) for layer in reversed(before) if _unwrapped(layer).name in RECURRENT), None)
    if recurrent is not None and len(arrived) < axes and recurrent.arguments.get("return_sequences") is not True:
        return (
            f"give the `{recurrent.name}` on line {recurrent.location.line} `return_sequences: true`, "
            "so that it hands on every step and not only the last"
        )
    if None in arrived[1:]:
        return None
    sizes = [str(size) for size in arrived[1:]]
    if len(arrived) == axes - 1 and len(arrived) > 2:
        return f"put `Reshape: [{', '.join([*sizes, '1'])}]` before it"
    if len(arrived) < axes:
        names = wanted.removeprefix("(batch, ").removesuffix(")")
        return f"put `Reshape: [{names}]` before it, with sizes whose product is {' x '.join(sizes) or '1'}"
    if wanted == SEQUENCE:
        return "put `TimeDistributed: Flatten` before it"
    return "put `Flatten` before it" if wanted == WANTED["RepeatVector"] else None


def _unwrapped(layer: Named) -> Named:
    """Return the layer that `layer` wraps, as `Bidirectional` does, or itself."""
    wrapped = layer.arguments.get("layer")
    return wrapped if isinstance(wrapped, Named) else layer


def _sizes(named: Named) -> str:
    """Write the sizes that the recipe gives a window or a cut, as `: its pool_size is 4`."""
    for argument in ("pool_size", "kernel_size", "cropping"):
        value = named.arguments.get(argument)
        if value is not None:
            written = ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)
            return f": its `{argument}` is {f'[{written}]' if isinstance(value, tuple) else written}"
    return ""


def _smaller_hint(named: Named) -> str:
    """Say what to make smaller."""
    known = catalogue().entries("layer")[named.name].arguments
    size = next((argument for argument in ("pool_size", "kernel_size", "cropping") if argument in known), None)
    smaller = f"make `{size}` smaller" if size else "give it a larger input"
    return f"{smaller}, or write `padding: same`" if "padding" in known and size else smaller
