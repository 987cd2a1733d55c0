"""What is shipped: a trained model as a format can take it, its inputs and outputs by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.build.preprocessing import prepare_inputs, raw_inputs
from archcli.build.serving import Answers, compose_saved_model
from archcli.recipe.facts import InputFacts, InputKind
from archcli.recipe.recipe import Objective

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Trained:
    """A trained model, and what it means.

    Attributes:
        name: Of the recipe.
        model: As saved: raw values in, probabilities or numbers out; a tensor where there is one input or output, else
            by name.
        inputs: What goes in, by name.
        outputs: What each output answers, by its name.
        objectives: What each trained output means, by its name.
        file: Where the model is saved.
    """

    name: str
    model: keras.Model
    inputs: Mapping[str, InputFacts]
    outputs: Answers
    objectives: Mapping[str, Objective]
    file: Path

    @property
    def leaves(self) -> tuple[InputFacts, ...]:
        """What the model takes, one tensor each."""
        return tuple(leaf for facts in self.inputs.values() for leaf in facts.leaves)


@dataclass(frozen=True)
class Taken:
    """One tensor that a shipped model takes.

    Attributes:
        facts: What the data told of it; its name is the tensor's.
        is_raw: Whether it takes the raw values; else the person who calls prepares them as `signature.json` says.
        shape: Of one example; None: any size.
        dtype: `float32`, `int32`, or `string`.
    """

    facts: InputFacts
    is_raw: bool
    shape: tuple[int | None, ...]
    dtype: str

    @property
    def name(self) -> str:
        """What the tensor is called."""
        return self.facts.name


@dataclass(frozen=True)
class Shipment:
    """A trained model as a format takes it.

    Attributes:
        trained: What it was made from.
        model: From tensors by name to tensors by the names in `outputs`; it shares the weights.
        inputs: What it takes, in order.
        outputs: What each output answers, by the name under which it leaves: its own, unless an input is called so.
    """

    trained: Trained
    model: keras.Model
    inputs: tuple[Taken, ...]
    outputs: Answers

    def prepare(self, raw: Arrays) -> dict[str, NDArray[Any]]:
        """Turn raw examples into what the model takes, by name; what it takes raw stays as it is."""
        others = {taken.name: index_facts(taken.facts) for taken in self.inputs if not taken.is_raw}
        prepared = prepare_inputs(others, raw) if others else {}
        return {taken.name: raw[taken.name] if taken.is_raw else prepared[taken.name] for taken in self.inputs}

    def signature(self, sizes: Mapping[str, tuple[int, ...]] | None = None) -> list[dict[str, Any]]:
        """Return what the model takes as `Model.export` wants to know it.

        Args:
            sizes: The shape of each input, batch first, by its name; None: any number of examples.
        """
        shapes = {taken.name: (None, *taken.shape) for taken in self.inputs} if sizes is None else sizes
        specs = {
            taken.name: keras.InputSpec(shape=shapes[taken.name], dtype=taken.dtype, name=taken.name)
            for taken in self.inputs
        }
        return [specs]

    def save(self, folder: Path, sizes: Mapping[str, tuple[int, ...]] | None = None) -> None:
        """Write a SavedModel for a converter; it has no lookup tables.

        Not by `Model.export`, which traces the model once more for sizes of its own.

        Args:
            folder: Where to.
            sizes: As for `signature`.
        """
        archive = keras.export.ExportArchive()
        archive.add_endpoint("serve", lambda inputs: self.model(inputs, training=False), self.signature(sizes))
        archive.write_out(folder, verbose=False)

    def name_answers(self, answers: Any) -> dict[str, NDArray[Any]]:
        """Return the answers of the saved model, a tensor or several by name, as arrays by the names in `outputs`."""
        several = len(self.outputs) > 1
        named = zip(self.outputs, self.trained.outputs, strict=True)
        return {outside: np.asarray(answers[name] if several else answers) for outside, name in named}


def make_shipment(trained: Trained, kinds: Collection[InputKind], *, is_even: bool = False) -> Shipment:
    """Make a model that takes raw what a format carries, and the rest prepared.

    A category that is not carried goes in as its index, a text as the indices of its symbols, anything else as the
    network takes it.

    Args:
        trained: The model.
        kinds: The kinds of input that are carried raw.
        is_even: Whether all numbers of a tensor are to be of one size, as those of 256 steps must be: numbers that are
            scaled each by its own, or may be missing, are then prepared, too.
    """
    left = {leaf.name for leaf in trained.leaves if leaf.kind not in kinds or (is_even and not _is_even(leaf))}
    core = trained.model
    if left:
        inputs = {name: _replace_leaves(facts, left) for name, facts in trained.inputs.items()}
        network = find_network(trained.model)
        core = compose_saved_model(network, inputs=inputs, outputs=trained.outputs, objectives=trained.objectives)
    inputs_taken = tuple(_taken(leaf, is_raw=leaf.name not in left) for leaf in trained.leaves)
    given = {taken.name: keras.Input(taken.shape, dtype=taken.dtype, name=taken.name) for taken in inputs_taken}
    prepared = {taken.name: _encode(taken, given[taken.name]) for taken in inputs_taken}
    answers = core(single(prepared))
    names = {name: _free(name, given) for name in trained.outputs}
    by_name = answers if len(names) > 1 else {next(iter(names)): answers}
    model = keras.Model(given, {names[name]: by_name[name] for name in names}, name="shipment")
    outputs = {names[name]: target for name, target in trained.outputs.items()}
    return Shipment(trained, model, inputs_taken, outputs)


def find_network(model: keras.Model) -> keras.Model:
    """Return the network inside a saved model, as it was trained."""
    network = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    # Where its name was taken, it lies in one more model, which alone takes a list.
    while isinstance(network.input, list):
        network = next(layer for layer in network.layers if isinstance(layer, keras.Model))
    return network


def index_facts(leaf: InputFacts) -> InputFacts:
    """Return an input that is not carried raw as it is prepared outside: a category is its index."""
    if leaf.kind != "category":
        return leaf
    return replace(leaf, is_one_hot=False, shape=(1,), dtype="int32")


def single(tensors: Mapping[str, Any]) -> Any:
    """Return the only one, or all by name."""
    return next(iter(tensors.values())) if len(tensors) == 1 else dict(tensors)


def _is_even(leaf: InputFacts) -> bool:
    """Say whether all raw numbers of an input are of one size, and none is missing."""
    return leaf.fill is None and leaf.kind != "sequence" and len(leaf.scale or (1.0,)) == 1


def _replace_leaves(facts: InputFacts, left: Collection[str]) -> InputFacts:
    """Let those of an input's leaves that are `left` go into the network as they are."""
    if facts.parts:
        return replace(facts, parts=tuple(_replace_leaves(part, left) for part in facts.parts))
    if facts.name not in left:
        return facts
    return InputFacts(facts.name, facts.shape, facts.columns, dtype=_network_dtype(facts), kind="shift")


def _network_dtype(leaf: InputFacts) -> Any:
    return "float32" if leaf.is_one_hot else leaf.dtype


def _taken(leaf: InputFacts, *, is_raw: bool) -> Taken:
    if is_raw:
        tensor = raw_inputs(leaf)[leaf.name]
        return Taken(leaf, is_raw, tuple(tensor.shape[1:]), tensor.dtype)
    outside = index_facts(leaf)
    return Taken(leaf, is_raw, outside.shape, outside.dtype)


def _encode(taken: Taken, tensor: Any) -> Any:
    """Turn the index of a category into what the network takes of it."""
    if taken.is_raw or not taken.facts.is_one_hot:
        return tensor
    # Keras's `CategoryEncoding` makes the index a float, and LiteRT's int8 gives a one-hot row the wrong scale; the
    # rows of a matrix are right everywhere.
    rows = np.eye(len(taken.facts.words) + 1, dtype=np.float32)
    return keras.ops.squeeze(keras.ops.take(rows, tensor, axis=0), axis=1)


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name for an output that no input has: some formats know all tensors by one list of names."""
    return f"{name}_answer" if name in taken else name
