"""What `archcli train cnn-digits` stands for, written by hand: python cnn_digits.py EPOCHS FOLDER."""

import sys
from pathlib import Path

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

epochs, folder = int(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True)
keras.utils.set_random_seed(0)

digits = load_digits()
x, y = digits.images[..., None] / 16, digits.target
x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
x_train, x_val, y_train, y_val = train_test_split(x_rest, y_rest, test_size=0.125, stratify=y_rest, random_state=0)

layers = keras.layers
network = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ]
)
network.compile(keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
network.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=epochs,
    validation_data=(x_val, y_val),
    callbacks=[keras.callbacks.CSVLogger(str(folder / "history.csv"))],
    verbose=2,
)
print(dict(zip(("loss", "accuracy"), network.evaluate(x_test, y_test, verbose=0), strict=True)))
network.save(folder / "model.keras")
