"""What `archcli train lstm-digits-rows` stands for, written by hand: python lstm_digits_rows.py EPOCHS FOLDER."""

import sys
from pathlib import Path

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

epochs, folder = int(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True)
keras.utils.set_random_seed(0)

digits = load_digits()
x, y = digits.images / 16, digits.target
x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
x_train, x_val, y_train, y_val = train_test_split(x_rest, y_rest, test_size=0.125, stratify=y_rest, random_state=0)

network = keras.Sequential(
    [keras.Input((8, 8)), keras.layers.LSTM(64), keras.layers.Dense(10, activation="softmax")],
)
network.compile(
    keras.optimizers.Adam(3e-3, global_clipnorm=1.0), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
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
