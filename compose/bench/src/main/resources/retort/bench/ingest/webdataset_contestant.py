"""The pretraining transform as webdataset's users run it: shards in turn, a shuffle buffer, Pillow, torchvision; one process, no tensor.

One unit of work is one image. The case names the folder of the shards, the size of the crops in pixels, a seed, and
the address of an S3 server with a bucket of the same files, which is read by curl as webdataset's users read a store; "" for the folder.
"""

import glob
import os
import random

import PIL
import torch
import torchvision
import webdataset
from torchvision import transforms

import contestant

case = contestant.case()
torch.set_num_threads(1)
torch.manual_seed(case["seed"])
transform = transforms.Compose([
    transforms.RandomResizedCrop(case["size"], scale=(0.2, 1.0), interpolation=transforms.InterpolationMode.BICUBIC),
    transforms.RandomHorizontalFlip(),
])
shards = sorted(glob.glob(case["files"] + "/photos-*.tar"))
if case["endpoint"]:
    shards = ["pipe:curl -s -f %s/%s/%s" % (case["endpoint"], case["bucket"], os.path.basename(shard)) for shard in shards]
random.Random(case["seed"]).shuffle(shards)
images = iter(webdataset.WebDataset(shards, shardshuffle=False, empty_check=False).repeat().shuffle(100).decode("pil")
              .to_tuple("jpg", "cls").map_tuple(transform, lambda label: label))
contestant.serve("webdataset %s, torchvision %s, Pillow %s" % (webdataset.__version__, torchvision.__version__, PIL.__version__),
                 lambda: next(images))
