"""What callbacks remember, and what they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import pytest

from archcli.engine.callbacks import Callbacks

if TYPE_CHECKING:
    from collections.abc import Mapping

# Keras's own callbacks read the learning rate in a way that NumPy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")


def plateau() -> keras.callbacks.ReduceLROnPlateau:
    """Make a callback that counts."""
    return keras.callbacks.ReduceLROnPlateau("loss", patience=3, cooldown=2, min_delta=0.1)


def test_what_a_callback_remembers_is_kept_and_its_settings_are_not(make_classifier: Any) -> None:
    """After two epochs without improvement `wait` is 2 and `best` the first loss."""
    callbacks = Callbacks([plateau()], make_classifier(), epochs=9, steps=3)
    callbacks.begin([], [])

    for epoch, loss in enumerate([1.0, 1.1, 1.2]):
        callbacks.end_epoch(epoch, {"loss": loss})

    assert callbacks.state() == [{"best": 1.0, "cooldown_counter": 0, "wait": 2}]


def test_a_callback_goes_on_with_what_it_remembered(make_classifier: Any) -> None:
    """One more epoch without improvement, in another process, and the rate is lowered."""
    model = make_classifier(optimizer=keras.optimizers.SGD(1.0))
    callbacks = Callbacks([plateau()], model, epochs=9, steps=3)

    callbacks.begin([{"best": 1.0, "cooldown_counter": 0, "wait": 2}], [])
    callbacks.end_epoch(3, {"loss": 1.3})

    assert float(model.optimizer.learning_rate) == pytest.approx(0.1)
    assert callbacks.state() == [{"best": 1.0, "cooldown_counter": 2, "wait": 0}]


def test_new_settings_of_a_callback_hold_after_a_resume(make_classifier: Any) -> None:
    """Patience belongs to the recipe, not to the checkpoint."""
    patient = keras.callbacks.ReduceLROnPlateau("loss", patience=7)

    Callbacks([patient], make_classifier(), epochs=9, steps=3).begin([{"best": 1.0, "wait": 2}], [])

    assert (patient.patience, patient.wait) == (7, 2)


def test_callbacks_see_training_in_the_order_of_fit(make_classifier: Any) -> None:
    """Beginning, epoch, validation, end, each with what it is told."""
    seen: list[tuple[str, Any]] = []

    class Spy(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
            seen.append(("train", logs))

        def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            seen.append((f"epoch {epoch}", logs))

        def on_test_begin(self, logs: Mapping[str, float] | None = None) -> None:
            seen.append(("test", logs))

        def on_test_end(self, logs: Mapping[str, float] | None = None) -> None:
            seen.append(("test ended", logs))

        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            seen.append((f"epoch {epoch} ended", logs))

        def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
            seen.append(("train ended", logs))

    callbacks = Callbacks([Spy()], make_classifier(), epochs=1, steps=3)
    callbacks.begin([], [])
    callbacks.begin_epoch(0)
    callbacks.begin_validation()
    callbacks.end_validation({"loss": 2.0})
    stop = callbacks.end_epoch(0, {"loss": 1.0, "val_loss": 2.0})
    callbacks.end({"loss": 1.0})

    assert not stop
    assert [name for name, _ in seen] == ["train", "epoch 0", "test", "test ended", "epoch 0 ended", "train ended"]
    assert seen[3][1] == {"loss": 2.0}
    assert seen[4][1] == {"loss": 1.0, "val_loss": 2.0}
