"""What `archcli train mlp-wine` stands for, written by hand: python mlp_wine.py EPOCHS FOLDER."""

import sys
from pathlib import Path

import keras
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

epochs, folder = int(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True)
keras.utils.set_random_seed(0)

x, y = load_wine(return_X_y=True)
x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
x_train, x_val, y_train, y_val = train_test_split(x_rest, y_rest, test_size=0.125, stratify=y_rest, random_state=0)
mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)

layers = keras.layers
network = keras.Sequential(
    [
        keras.Input((13,)),
        layers.Normalization(mean=mean, variance=deviation**2),
        layers.Dense(
            32, activation="relu", kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(1e-4)
        ),
        layers.Dropout(0.2),
        layers.Dense(
            32, activation="relu", kernel_initializer="he_normal", kernel_constraint=keras.constraints.MaxNorm(3)
        ),
        layers.Dense(3, activation="softmax"),
    ]
)
steps = epochs * -(-len(x_train) // 16)
network.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
network.fit(
    x_train,
    y_train,
    batch_size=16,
    epochs=epochs,
    validation_data=(x_val, y_val),
    callbacks=[keras.callbacks.CSVLogger(str(folder / "history.csv"))],
    verbose=2,
)
print(dict(zip(("loss", "accuracy"), network.evaluate(x_test, y_test, verbose=0), strict=True)))
network.save(folder / "model.keras")
