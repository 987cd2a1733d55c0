"""A layer that cannot take what arrives: which one it is, what arrived, what it wants, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any, Final

from archcli.build.classes import CLASSES
from archcli.build.objects import RECURRENT, Origins
from archcli.build.refusals import argument_problem, reason
from archcli.errors import Problem
from archcli.recipe.catalogue import catalogue
from archcli.recipe.recipe import Chain, Layer, Model, Named

Shape = tuple[int | None, ...]

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

TAKES_SEVERAL: Final = ("GroupedQueryAttention", "MultiHeadAttention")
GIVES_BACK_ITS_INPUT: Final = ("Equalization",)
NOTHING_LEFT: Final = "output size would be zero or negative|must be smaller than the input|should be smaller than the"
ABOUT_SHAPES: Final = r"shape|ndim|rank|dim|axis|axes|size|channel|multiple|divisible|index|length"


def failure_problem(error: Exception, *, model: Model, origins: Origins) -> Problem | None:
    """Describe the failure of the innermost layer of the recipe that was at work; None if none was.

    Args:
        error: What Keras raised while the layers were connected, its traceback whole.
        model: The recipe's layers.
        origins: What each Keras layer was made from.
    """
    known = catalogue().entries("layer")
    at_work = ((frame, named) for frame, named in _layers_at_work(error, origins) if not known[named.name].is_cell)
    frame, named = next(at_work, (None, None))
    if frame is None or named is None:
        return _cycle_problem(error, model)
    before = _layers_before(model.body, named) or ()
    arrived = _arrived(frame)
    if named.name in TAKES_SEVERAL or known[named.name].merges:
        message = f"`{named.name}` joins several tensors, but a chain hands one from layer to layer"
        return Problem("layer-needs-several-inputs", message, named.location)
    if arrived is None:
        return several_outputs_problem(before) or argument_problem(named, error)
    return _shape_problem(named, arrived, before, error)


def size_problem(layers: Sequence[Any], origins: Origins) -> Problem | None:
    """Describe the first layer whose output has an axis of size zero or less; None if there is none."""
    for layer in layers:
        if not layer._inbound_nodes:  # noqa: SLF001 -- never called: a layer before it failed
            return None
        output = layer.output
        if isinstance(output, (list, tuple)) or all(size is None or size > 0 for size in output.shape):
            continue
        named = origins[id(layer)]
        message = f"`{named.name}` leaves nothing of {shape_text(layer.input.shape)}: {shape_text(output.shape)}"
        return Problem("shape-mismatch", message, named.location, _smaller_hint(named))
    return None


def rank_problem(layers: Sequence[Any], origins: Origins, model: Model) -> Problem | None:
    """Describe the first layer that works on another number of axes than it is made for; None if there is none."""
    for layer in layers:
        named = origins[id(layer)]
        wanted = _wanted_shape(named)
        if wanted is not None and len(layer.input.shape) != wanted.count(",") + 1:
            before = _layers_before(model.body, named) or ()
            return _rank_problem(named, wanted, layer.input.shape, before)
    return None


def shape_text(shape: Shape) -> str:
    """Write a shape with the batch: `(batch, 8, 8, 1)`."""
    return f"({', '.join(['batch', *('any' if size is None else str(size) for size in shape[1:])])})"


def _layers_at_work(error: BaseException, origins: Origins) -> Iterator[tuple[FrameType, Named]]:
    """Yield the recipe's layers that are on the traceback, the innermost first, each with its outermost frame."""
    found: dict[int, tuple[FrameType, Named]] = {}
    step = error.__traceback__
    while step is not None:
        layer = step.tb_frame.f_locals.get("self")
        if id(layer) in origins and id(layer) not in found:
            found[id(layer)] = (step.tb_frame, origins[id(layer)])
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
    for layer in chain.layers:
        if layer is wanted:
            return tuple(before)
        for inner in _chains_in(layer):
            found = _layers_before(inner, wanted)
            if found is not None:
                return (*before, *found) if layer is inner else found
        before += [layer] if isinstance(layer, Named) else list(_named_in(layer))
    return None


def _chains_in(layer: Layer) -> Iterator[Chain]:
    """Yield `layer` if it is a chain, and the layers and chains among its arguments, each as a chain."""
    if isinstance(layer, Chain):
        yield layer
        return
    for value in layer.arguments.values():
        if isinstance(value, Chain):
            yield value
        elif isinstance(value, Named):
            yield Chain((value,), value.location)


def _named_in(chain: Chain) -> Iterator[Named]:
    """Yield the layers of a chain, also of chains in it, in order."""
    for layer in chain.layers:
        if isinstance(layer, Named):
            yield layer
        else:
            yield from _named_in(layer)


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


def _cycle_problem(error: Exception, model: Model) -> Problem | None:
    """Describe a layer that gives back the very tensor that it was called with, which Keras takes for a cycle."""
    if "part of a cycle" not in str(error):
        return None
    named = next((layer for layer in _named_in(model.body) if layer.name in GIVES_BACK_ITS_INPUT), None)
    if named is None:
        return None
    message = f"`{named.name}` cannot be part of a model in this version of Keras: it takes it for a cycle"
    return Problem("keras-rejects", message, named.location)


def several_outputs_problem(before: Sequence[Named]) -> Problem | None:
    """Describe a layer in a chain that gives several tensors; None if the one before does not."""
    for argument, value in (("return_state", True), ("merge_mode", None)):
        if before and argument in before[-1].arguments and before[-1].arguments[argument] is value:
            giver = before[-1]
            written = f"{argument}: {'null' if value is None else 'true'}"
            message = (
                f"`{giver.name}` with `{written}` gives several tensors, but a chain hands one from layer to layer"
            )
            location = giver.argument_locations.get(argument, giver.location)
            return Problem("several-outputs", message, location, f"leave out `{written}`")
    return None


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
