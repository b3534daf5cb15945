"""The pretraining transform from Parquet: pyarrow's batches, Pillow, torchvision; one process, no tensor.

One unit of work is one image. The case names the folder of the files, the size of the crops in pixels, a seed, and
the address of an S3 server with a bucket of the same files, which pyarrow reads; "" for the folder.
"""

import glob
import io
import os
import random

import PIL
import pyarrow
import pyarrow.parquet
import torch
import torchvision
from PIL import Image
from torchvision import transforms

import contestant

case = contestant.case()
torch.set_num_threads(1)
pyarrow.set_cpu_count(1)
torch.manual_seed(case["seed"])
transform = transforms.Compose([
    transforms.RandomResizedCrop(case["size"], scale=(0.2, 1.0), interpolation=transforms.InterpolationMode.BICUBIC),
    transforms.RandomHorizontalFlip(),
])
files = sorted(glob.glob(case["files"] + "/photos-*.parquet"))
store = None
if case["endpoint"]:
    os.environ["AWS_RESPONSE_CHECKSUM_VALIDATION"] = "WHEN_REQUIRED"  # s3proxy refuses the header that asks for more
    from pyarrow import fs

    store = fs.S3FileSystem(anonymous=True, region="us-east-1", scheme="http", endpoint_override=case["endpoint"].split("//")[1])
    files = [case["bucket"] + "/" + os.path.basename(file) for file in files]
random.Random(case["seed"]).shuffle(files)


def crops():
    while True:
        for file in files:
            for batch in pyarrow.parquet.ParquetFile(file, filesystem=store, pre_buffer=bool(store)).iter_batches(100, columns=["image.bytes", "label"], use_threads=False):
                for image in batch.column("image").field("bytes"):
                    yield transform(Image.open(io.BytesIO(image.as_py())).convert("RGB"))


images = crops()
contestant.serve("pyarrow %s, torchvision %s, Pillow %s" % (pyarrow.__version__, torchvision.__version__, PIL.__version__),
                 lambda: next(images))
