"""Makes small sets in the form of CIFAR's Python version and checks them as torchvision 0.22 reads them (pickle, encoding="latin1").

The archives of 2009 were written by cPickle of Python 2 in protocol 2, whose texts are SHORT_BINSTRING and BINSTRING; `Python2` writes
the same opcodes. The other folders are what Python 3 writes in its protocols. Run: python make.py (CPython 3.11.2, numpy 2.x).
"""

import io
import os
import pickle
import struct
import sys

import numpy as np


class Python2(pickle._Pickler):
    """Protocol 2 with str as Python 2 writes it."""

    def save_text(self, text):
        raw = text.encode("latin1") if isinstance(text, str) else text
        if len(raw) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(raw)]) + raw)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(raw)) + raw)
        self.memoize(text)

    def save_global(self, obj, name=None):
        if obj is np.ndarray:
            self.write(b"cnumpy\nndarray\n")
        elif obj is np.dtype:
            self.write(b"cnumpy\ndtype\n")
        elif getattr(obj, "__name__", "") == "_reconstruct":
            self.write(b"cnumpy.core.multiarray\n_reconstruct\n")
        else:
            raise pickle.PicklingError(obj)
        self.memoize(obj)

    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[str] = save_text
    dispatch[bytes] = save_text
    dispatch[type] = save_global
    import types

    dispatch[types.BuiltinFunctionType] = save_global
    dispatch[types.FunctionType] = save_global


def pixels(first, count):
    i, at = np.meshgrid(np.arange(first, first + count), np.arange(3072), indexing="ij")
    return ((i * 31 + at * 7 + at // 1024 * 50) % 256).astype(np.uint8)


def dump(value, path, protocol):
    out = io.BytesIO()
    if protocol == 2:
        Python2(out, 2).dump(value)
    else:
        pickle.dump(value, out, protocol)
    with open(path, "wb") as file:
        file.write(out.getvalue())
    with open(path, "rb") as file:
        back = pickle.load(file, encoding="latin1")
    if "data" in value:
        assert (back["data"] == value["data"]).all() and back["data"].shape == value["data"].shape
    assert {key: each for key, each in back.items() if key != "data"} == {
        key: each for key, each in value.items() if key != "data"}


def cifar10(folder, protocol):
    os.makedirs(folder, exist_ok=True)
    dump({"num_cases_per_batch": 2, "label_names": ["airplane", "automobile", "bird"], "num_vis": 3072},
         f"{folder}/batches.meta", protocol)
    for n, name in enumerate(["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]):
        dump({"batch_label": f"training batch {n + 1} of 5", "labels": [n % 3, (n + 1) % 3], "data": pixels(2 * n, 2),
              "filenames": [f"image_s_00000{n}.png", f"image_s_00001{n}.png"]}, f"{folder}/{name}", protocol)


def cifar100(folder, protocol):
    os.makedirs(folder, exist_ok=True)
    dump({"fine_label_names": ["apple", "aquarium_fish", "baby"], "coarse_label_names": ["fish", "people"]},
         f"{folder}/meta", protocol)
    for n, name in enumerate(["train", "test"]):
        dump({"filenames": ["a.png", "b.png", "c.png"], "batch_label": f"{name} batch 1 of 1", "fine_labels": [2, 0, 1],
              "coarse_labels": [1, 0, 0], "data": pixels(3 * n, 3)}, f"{folder}/{name}", protocol)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    cifar10(f"{here}/cifar-10-batches-py", 2)
    cifar100(f"{here}/cifar-100-python", 2)
    for protocol in (3, 4, 5):
        cifar100(f"{here}/protocol-{protocol}/cifar-100-python", protocol)
    print(sys.version, np.__version__)
