"""Layers are made and called, each on what the recipe says that it reads: chains, nodes, blocks, shared layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import keras

from archcli.build.counts import output_problem
from archcli.build.names import Names, name_operations, snake_case
from archcli.build.objects import Origins, build_layer, build_object
from archcli.build.walking import flat_layers, is_graph, own_layers
from archcli.build.wire import Wire, fits, shape_text
from archcli.build.wiring import Call, arrange, block_inputs, loses_mask, mask_of
from archcli.errors import Problem, RecipeError
from archcli.recipe.recipe import Block, Body, Chain, Graph, GraphNode, Layer, Model, Named, Shared


@dataclass(frozen=True)
class Connection:
    """A layer that was called.

    Attributes:
        layer: Keras's.
        named: What it was made from.
        call: What it was called with.
        uses: The blocks and shared layers that it is in, the outermost first.
    """

    layer: Any
    named: Named
    call: Call
    uses: tuple[Block | Shared, ...]


@dataclass(frozen=True)
class Run:
    """Layers that were called one after another.

    Attributes:
        layers: Keras's, in order; a block is one.
        outputs: Tensors that the last one gives, in its order.
        trails: The layers that lead to each.
        last: The last one, as the recipe has it.
    """

    layers: tuple[Any, ...]
    outputs: tuple[Any, ...]
    trails: tuple[tuple[Named, ...], ...]
    last: Named | Block | Shared


class Connector:
    """Makes and calls the layers of one model.

    Attributes:
        origins: What each Keras layer was made from, also those inside others.
        connections: Each layer that was called, by the `id` of Keras's; the last call of a shared one.
    """

    def __init__(self, model: Model) -> None:
        """Begin with nothing made."""
        self.origins: Origins = {}
        self.connections: dict[int, Connection] = {}
        self._described = model.shared
        self._shared: dict[str, _Made] = {}
        self._uses: tuple[Block | Shared, ...] = ()
        self._is_masked = False  # whether we are in a block and some of what arrives there has a mask

    def names(self, body: Body, taken: Sequence[str]) -> Names:
        """Return the names for the layers of a model or block whose inputs are called `taken`."""
        layers = list(own_layers(body))
        called = [layer.arguments.get("name") for layer in layers if isinstance(layer, Named)]
        given = {str(name) for name in called if name is not None}
        return Names([*taken, *(layer.name for layer in layers if isinstance(layer, Shared))], given=given)

    def chain(self, layers: Sequence[Layer], call: Call, names: Names) -> Run:
        """Make layers and call them one after another, the first as `call` says.

        Raises:
            RecipeError: A layer is refused, is called with what it does not take, or gives several tensors to the next.
        """
        flat = list(flat_layers(layers))
        made: list[Any] = []
        run = self._call(flat[0], call, names)
        made += run.layers
        for layer in flat[1:]:
            problem = output_problem(run.last, run.outputs, None)
            if problem is not None:
                raise RecipeError(self._placed(problem))
            before = call.node or (call.wires[0] if call.wires else None)
            wire = _following(run, before)
            run = self._call(layer, Call((wire,)), names)
            made += run.layers
        return replace(run, layers=tuple(made))

    def graph(self, graph: Graph, arrives: Mapping[str, Wire], names: Names) -> dict[str, Wire]:
        """Make and call the layers of all nodes, and return every tensor by name.

        Args:
            graph: Its nodes are in an order in which they can be called.
            arrives: The tensors of its inputs, by name.
            names: For its layers.

        Raises:
            RecipeError: As for `chain`, or a node names another number of tensors than its last layer gives.
        """
        known = dict(arrives)
        for node in graph.nodes:
            tensors = {name: _read(known, read) for name, read in node.tensors.items()}
            call = Call(tuple(known[name] for name in node.inputs), tensors, node.arguments, node)
            run = self.chain(node.layers, call, names)
            problem = output_problem(run.last, run.outputs, node)
            if problem is not None:
                raise RecipeError(self._placed(problem))
            for name, tensor, trail in zip(node.names, run.outputs, run.trails, strict=True):
                if name is not None:
                    known[name] = Wire(tensor, name, node.location.line, trail)
        return known

    def _call(self, layer: Named | Block | Shared, call: Call, names: Names) -> Run:
        if isinstance(layer, Named):
            made = self._make(layer, call, names)
            return self._finish(layer, layer, made, call)
        self._uses = (*self._uses, layer)
        if isinstance(layer, Block):
            run = self._call_nested(layer, self._nest(layer.body, names.count(layer.name), layer, call), call)
        else:
            run = self._call_shared(layer, call)
        self._uses = self._uses[:-1]
        return run

    def _finish(self, layer: Named | Shared, named: Named, made: Any, call: Call) -> Run:
        """Call a single layer."""
        self.connections[id(made)] = Connection(made, named, call, self._uses)
        try:
            args, keywords = arrange(named, call)
        except RecipeError as error:
            raise RecipeError(*(self._placed(problem) for problem in error.problems)) from None
        if loses_mask(made, args, keywords):
            mask = mask_of(args[0])
            if mask is None and self._is_masked:
                raise RecipeError(self._placed(_mask_problem(named, call)))
            keywords |= {} if mask is None else {"mask": mask}
        outputs = _flat(made(*args, **keywords))
        if any(output is wire.tensor for output in outputs for wire in call.wires):
            message = f"`{named.name}` cannot be part of a model in this version of Keras: it takes it for a cycle"
            raise RecipeError(self._placed(Problem("keras-rejects", message, named.location)))
        return Run((made,), outputs, ((*call.trail, named),) * len(outputs), layer)

    def _make(self, named: Named, call: Call, names: Names) -> Any:
        """Make a layer."""
        given = named.arguments.get("name")
        name = names.count(snake_case(named.name)) if given is None else names.give(str(given))
        known = replace(named, arguments={**named.arguments, "name": name})
        inner = cast("Layer", named.arguments.get("layer"))
        made = {}
        if named.name == "TimeDistributed" and is_graph(inner) and len(call.wires) == 1:
            made = {"layer": self._nest_step(named, inner, call.wires[0])}
        layer = build_object(known, "layer", origins=self.origins, make=self._make_unplaced, made=made)
        self.origins[id(layer)] = named
        return layer

    def _nest_step(self, named: Named, inner: Layer, wire: Wire) -> Any:
        """Make what `TimeDistributed` does at each step, where Keras must know its shape."""
        step = keras.Input(wire.shape[2:], dtype=wire.tensor.dtype)
        body = inner if isinstance(inner, Chain) else Chain((inner,), named.location)
        name = inner.name if isinstance(inner, Block) else "sequential"
        return self._nest(body, name, named, Call((replace(wire, tensor=step),))).model

    def _make_unplaced(self, layer: Block | Shared) -> Any:
        """Make a block or a shared layer inside another layer, before it is known what arrives."""
        if isinstance(layer, Shared):
            if layer.name not in self._shared:
                described = self._described[layer.name]
                made = build_layer(described, origins=self.origins, make=self._make_unplaced, name=layer.name)
                self._shared[layer.name] = _Made(made, ())
            return self._shared[layer.name].model
        if isinstance(layer.body, Graph):
            message = f"the block `{layer.name}` has nodes, which only `TimeDistributed` takes inside a layer"
            raise RecipeError(self._placed(Problem("block-inside-layer", message, layer.location)))
        return build_layer(layer.body, origins=self.origins, make=self._make_unplaced, name=layer.name)

    def _call_shared(self, layer: Shared, call: Call) -> Run:
        """Call a shared layer, and make it where this is its first use."""
        described = self._described[layer.name]
        while isinstance(described, Chain) and len(described.layers) == 1:
            described = described.layers[0]
        if isinstance(described, Named):
            if layer.name not in self._shared:
                named = replace(described, arguments={**described.arguments, "name": layer.name})
                made = build_object(named, "layer", origins=self.origins, make=self._make_unplaced)
                self.origins[id(made)] = described
                self._shared[layer.name] = _Made(made, ())
            return self._finish(layer, described, self._shared[layer.name].model, call)
        if isinstance(described, Shared):
            return self._call(described, call, Names())
        if layer.name not in self._shared:
            body = described.body if isinstance(described, Block) else described
            self._shared[layer.name] = self._nest(body, layer.name, layer, call)
        return self._call_nested(layer, self._shared[layer.name], call)

    def _nest(self, body: Body, name: str, layer: Named | Block | Shared, call: Call) -> _Made:
        """Make the model of a block: a `keras.Sequential` of a chain, else a functional one."""
        input_names = body.inputs if isinstance(body, Graph) else ("input",)
        outer = call.inputs if isinstance(layer, Named) else block_inputs(layer, input_names, call)
        arrives = {
            inside: Wire(keras.Input(wire.shape[1:], dtype=wire.tensor.dtype, name=inside), inside, None, wire.trail)
            for inside, wire in zip(input_names, outer, strict=True)
        }
        was_masked = self._is_masked
        self._is_masked = was_masked or any(mask_of(wire.tensor) is not None for wire in outer)
        made = self._nest_body(body, name, arrives)
        self._is_masked = was_masked
        return made

    def _nest_body(self, body: Body, name: str, arrives: Mapping[str, Wire]) -> _Made:
        tensors, input_names = [wire.tensor for wire in arrives.values()], tuple(arrives)
        names = self.names(body, input_names)
        if isinstance(body, Graph):
            known = self.graph(body, arrives, names)
            wires = [known[output] for output in body.outputs]
            outputs = [wire.tensor for wire in wires]
            name_operations(outputs)
            model = keras.Model(_single(tensors), _single(outputs), name=name)
            return _Made(model, tuple(wire.trail for wire in wires), input_names)
        run = self.chain(body.layers, Call(tuple(arrives.values())), names)
        return _Made(stack(tensors[0], run, name=name), run.trails, input_names)

    def _call_nested(self, layer: Block | Shared, made: _Made, call: Call) -> Run:
        wires = block_inputs(layer, made.inputs, call)
        for wire, taken in zip(wires, made.model.inputs, strict=True):
            if not fits(wire.shape, tuple(taken.shape)):
                message = f"`{layer.name}` was made for {shape_text(taken.shape)} at its first use, but {wire} arrives"
                hint = "one set of weights is for one shape: a block has weights of its own at each use"
                raise RecipeError(self._placed(Problem("shape-mismatch", message, layer.location, hint)))
        outputs = _flat(made.model(_single([wire.tensor for wire in wires])))
        trails = made.trails or (call.trail,) * len(outputs)
        return Run((made.model,), outputs, trails, layer)

    def _placed(self, problem: Problem) -> Problem:
        return with_uses(problem, self._uses)


@dataclass(frozen=True)
class _Made:
    """A nested model or a shared layer, the trail of each of its outputs, and the names of its inputs."""

    model: Any
    trails: tuple[tuple[Named, ...], ...]
    inputs: tuple[str, ...] = ("input",)


def stack(arrives: Any, run: Run, *, name: str) -> keras.Model:
    """Make a `keras.Sequential` of layers that were called; a functional model where it takes no such layers.

    It takes no layer twice, and none that gives several tensors.
    """
    if len(run.outputs) == 1 and len({id(layer) for layer in run.layers}) == len(run.layers):
        return keras.Sequential([arrives, *run.layers], name=name)
    name_operations(run.outputs)
    return keras.Model(arrives, _single(run.outputs), name=name)


def with_uses(problem: Problem, uses: Sequence[Block | Shared]) -> Problem:
    """Return the problem, its hint saying where the blocks and shared layers are used that it is in."""
    if not uses:
        return problem
    texts = [f"`{use.name}` is used on line {use.location.line}" for use in reversed(uses)]
    return replace(problem, hint="; ".join([*([problem.hint] if problem.hint else []), ", ".join(texts)]))


def _mask_problem(named: Named, call: Call) -> Problem:
    given = ", ".join(f"`{name}`" for name in call.tensors)
    message = f"`{named.name}` with {given} would go through the padding: Keras does not tell it inside a block"
    return Problem("mask-lost", message, named.location, "make it a node outside of blocks")


def _following(run: Run, before: GraphNode | Wire | None) -> Wire:
    """Return what a layer hands to the next one of its chain."""
    line = before.location.line if isinstance(before, GraphNode) else before.line if before else None
    return Wire(run.outputs[0], run.last.name, line, run.trails[0])


def _read(known: Mapping[str, Wire], read: str | tuple[str, ...]) -> Wire | tuple[Wire, ...]:
    return known[read] if isinstance(read, str) else tuple(known[name] for name in read)


def _flat(outputs: Any) -> tuple[Any, ...]:
    return tuple(keras.tree.flatten(outputs))


def _single(tensors: Sequence[Any]) -> Any:
    """Return the only one, or a list of several."""
    return tensors[0] if len(tensors) == 1 else list(tensors)
