"""The answers of a saved model: at once, or step by step where it reads its own answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.commands.scored import Scored
from archcli.data.features.shift import scale_target
from archcli.engine.batch_size import run_halving
from archcli.engine.faults import describe_running
from archcli.engine.feeding import place
from archcli.engine.prediction import Prediction, predict_outputs
from archcli.engine.shortage import fitting_prediction
from archcli.recipe.facts import END, InputFacts, TargetFacts
from archcli.scoring.classification import told_classes

BATCH: Final = 1024
"""Examples a step, or fewer where memory does not hold so many: no gradient is kept."""

START: Final = 1
"""The index of a text's start in the input that is that text some steps late; 0 is padding."""

MOST_BYTES: Final = 1 << 28
"""What the answers to all examples may take; of more, some are made at a time, and made again when asked for again."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class AnswersOnDemand:
    """The answers of a model's only output, for whoever takes some of them: all of them would take much memory.

    Attributes:
        answering: Makes them.
        inputs: Raw, by the names of the model's inputs.
        output: The name of the output.
        shape: `(examples, *outputs)`.
    """

    answering: Answering
    inputs: Arrays
    output: str
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return prod(self.shape)

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        """Answer some examples: a slice, or an array of indices."""
        given = {name: values[rows] for name, values in self.inputs.items()}
        count = len(next(iter(given.values())))
        if not count:
            return np.zeros((0, *self.shape[1:]), np.float32)
        return self.answering.answer(given, count=count)[self.output]


def answers_on_demand(model: keras.Model, inputs: Arrays, scored: Scored) -> AnswersOnDemand | None:
    """Return the answers to one class an example where they are too many to be there at once; None: they are not.

    Args:
        model: As saved.
        inputs: Raw, by the names of the model's inputs; others are left alone.
        scored: What the model takes and answers, one output only.
    """
    (output, target), *others = scored.outputs.items()
    if others or target is None or target.kind != "category" or target.shape or fed_back(scored):
        return None
    taken = {leaf.name: inputs[leaf.name] for facts in scored.inputs.values() for leaf in facts.leaves}
    shape = (len(next(iter(taken.values()))), *model.outputs[0].shape[1:])
    if 4 * prod(shape) <= MOST_BYTES:
        return None
    return AnswersOnDemand(Answering(model, scored), taken, output, shape)


def run_saved(model: keras.Model, inputs: Arrays, scored: Scored) -> dict[str, NDArray[Any]]:
    """Answer raw inputs, all steps at once: an input that is a target some steps late holds the truth.

    Args:
        model: As saved: raw values in, probabilities or numbers out.
        inputs: Raw, by the names of the model's inputs; others are left alone.
        scored: What the model takes and answers.

    Returns:
        The answers, `(examples, ...)`, by the outputs' names.

    Raises:
        TrainingError: `out-of-memory`: not even one example at a time fits.
    """
    taken = {leaf.name: inputs[leaf.name] for facts in scored.inputs.values() for leaf in facts.leaves}
    given = _single(taken)
    size = fitting_prediction(model, given, most=BATCH)
    return by_name(run_halving(lambda size: predict_outputs(model, given, batch_size=size), size), scored)


class Answering:
    """A saved model that answers one part of the examples after another; traced once, for examples of one shape."""

    def __init__(self, model: keras.Model, scored: Scored) -> None:
        """Make ready to answer by `model`, as saved, which takes and answers what `scored` says."""
        self._model, self._scored, self._batch_size = model, scored, 0
        self._traced: tuple[str, Prediction] | None = None

    def answer(self, inputs: Arrays, *, count: int) -> dict[str, NDArray[Any]]:
        """Answer raw inputs as in use, where no truth is known: what the model reads of its answers are its own.

        Args:
            inputs: Raw, by the names of the model's inputs; those that are targets some steps late may be left out.
            count: How many examples there are, from 1.

        Returns:
            The answers, `(examples, ...)`, by the outputs' names.

        Raises:
            TrainingError: `out-of-memory`: not even one example at a time fits.
        """
        leaves = [leaf for facts in self._scored.inputs.values() for leaf in facts.leaves]
        given = {leaf.name: inputs[leaf.name] for leaf in leaves if leaf.kind != "shift"}
        if not self._batch_size:
            self._batch_size = fitting_prediction(self._model, _single(given), most=BATCH)
        if not fed_back(self._scored):
            return by_name(run_halving(lambda size: self._run(_single(given), size), self._batch_size), self._scored)
        return run_halving(lambda size: self._run_freely(given, count, size), self._batch_size)

    def _run(self, given: Any, size: int) -> Any:
        """Answer all steps at once; where memory runs out with a size, later parts begin with what then fits."""
        self._batch_size = size
        shapes = f"{size} {[array.shape[1:] for array in keras.tree.flatten(given)]}"
        if self._traced is None or self._traced[0] != shapes:
            self._traced = shapes, Prediction(self._model, batch_size=size)
        return self._traced[1].run(given)

    def _run_freely(self, given: Arrays, count: int, size: int) -> dict[str, NDArray[Any]]:
        self._batch_size = size
        shifts = fed_back(self._scored)
        batches = []
        for start in range(0, count, size):
            batch = {name: values[start : start + size] for name, values in given.items()}
            with describe_running():
                batches.append(_run_free(self._model, batch, min(size, count - start), shifts, self._scored))
        return {name: np.concatenate([batch[name] for batch in batches]) for name in self._scored.outputs}


def answer(model: keras.Model, inputs: Arrays, scored: Scored) -> dict[str, NDArray[Any]]:
    """Answer raw inputs as `Answering.answer` does, once.

    Args:
        model: As saved.
        inputs: Raw, by the names of the model's inputs; those that are targets some steps late may be left out.
        scored: What the model takes and answers.

    Returns:
        The answers, `(examples, ...)`, by the outputs' names.

    Raises:
        TrainingError: `out-of-memory`: not even one example at a time fits.
    """
    return Answering(model, scored).answer(inputs, count=len(next(iter(inputs.values()))))


def fed_back(scored: Scored) -> dict[str, InputFacts]:
    """Return the inputs that are a target some steps late, by name."""
    return {name: facts for name, facts in scored.inputs.items() if facts.shift_of is not None}


def _run_free(
    model: keras.Model, given: Arrays, count: int, shifts: Mapping[str, InputFacts], scored: Scored
) -> dict[str, NDArray[Any]]:
    """Answer one batch step by step, and put the answer to each step into the inputs of those after it."""
    answering = {shift: _first_output(facts, scored) for shift, facts in shifts.items()}
    read = {name: _nothing_yet(facts, count) for name, facts in shifts.items()}
    ended = {name: np.zeros(count, bool) for name in shifts}
    placed = place(dict(given))
    kept: dict[str, NDArray[Any]] = {}
    steps = max(values.shape[1] for values in read.values())
    for step in range(steps):
        answers = by_name(model.predict_on_batch(_single({**placed, **place(read)})), scored)
        for name in scored.outputs:
            _keep(kept, name, answers[name], step, steps, is_stepwise=name in answering.values())
        for name, facts in shifts.items():
            after = step + facts.shift_by
            if after < read[name].shape[1] and step < answers[answering[name]].shape[1]:
                target = scored.learned[answering[name]]
                read[name][:, after] = _fed(answers[answering[name]][:, step], target, ended[name])
    return kept


def _keep(
    kept: dict[str, NDArray[Any]], name: str, answers: NDArray[Any], step: int, steps: int, *, is_stepwise: bool
) -> None:
    """Keep what is answered to this step; of an output that has no steps, what is answered last."""
    if not is_stepwise:
        kept[name] = answers
    else:
        whole = kept.setdefault(name, np.array(answers))
        whole[:, step : step + 1] = answers[:, step : step + 1]
        if step == steps - 1:
            whole[:, steps:] = answers[:, steps:]


def _fed(answers: NDArray[Any], target: TargetFacts, ended: NDArray[np.bool_]) -> NDArray[Any]:
    """Return what is read of the answers to one step; `ended` is changed where a text ends here."""
    if not target.classes:
        return scale_target(answers.astype(np.float32), target)
    told = told_classes(answers)
    if target.kind != "text":
        rows: NDArray[Any] = np.eye(len(target.classes), dtype=np.float32)[told]
        return rows
    ended |= told == target.classes.index(END)
    return np.where(ended, 0, told).astype(np.int32)


def _nothing_yet(facts: InputFacts, count: int) -> NDArray[Any]:
    """Return the input before anything is answered: a start, then padding."""
    nothing = np.zeros((count, *(size or 1 for size in facts.shape)), facts.dtype)
    if facts.dtype == "int32":
        nothing[:, : facts.shift_by] = START
    return nothing


def _first_output(facts: InputFacts, scored: Scored) -> str:
    """Return the output that is the answer to the target that an input is some steps late."""
    return next(name for name, target in scored.learned.items() if target.name == facts.shift_of)


def by_name(answers: Any, scored: Scored) -> dict[str, Any]:
    """Return what a model gives, or describes of it, by its outputs' names, also where there is but one."""
    return dict(answers) if isinstance(answers, Mapping) else {next(iter(scored.outputs)): answers}


def _single(arrays: Mapping[str, Any]) -> Any:
    """Return the only one, or all by name."""
    return next(iter(arrays.values())) if len(arrays) == 1 else dict(arrays)
