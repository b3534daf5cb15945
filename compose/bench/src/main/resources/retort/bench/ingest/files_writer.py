"""Writes the photographs of a folder as WebDataset shards and as Parquet files, in a shuffled order, unless they are there.

The case names the folder of the photographs (one folder a class), the folder of the files, and the number of photographs in each file.
"""

import os
import random

import pyarrow
import pyarrow.parquet
import webdataset
from torchvision.datasets import ImageFolder

import contestant

case = contestant.case()
photos = ImageFolder(case["photos"])
samples = list(photos.samples)
random.Random(0).shuffle(samples)
os.makedirs(case["files"], exist_ok=True)
image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
for number, start in enumerate(range(0, len(samples), case["each"])):
    name = os.path.join(case["files"], "photos-%05d" % number)
    if os.path.exists(name + ".parquet"):
        continue
    part = [(open(path, "rb").read(), os.path.basename(path), label) for path, label in samples[start:start + case["each"]]]
    with webdataset.TarWriter(name + ".tar") as tar:
        for i, (data, _, label) in enumerate(part):
            tar.write({"__key__": "%09d" % (start + i), "jpg": data, "cls": str(label)})
    pyarrow.parquet.write_table(pyarrow.table({
        "image": pyarrow.array([{"bytes": data, "path": path} for data, path, _ in part], image),
        "label": pyarrow.array([label for _, _, label in part]),
    }), name + ".parquet", row_group_size=case["each"])
contestant.serve("%d photographs in files of %d" % (len(samples), case["each"]), lambda: None)
