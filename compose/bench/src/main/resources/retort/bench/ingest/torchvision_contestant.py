"""The pretraining transform as torchvision users run it: ImageFolder, RandomResizedCrop (bicubic), flip; one process, no tensor.

One unit of work is one image. The case names the folder, the size of the crops in pixels, and a seed.
"""

import random

import PIL
import torch
import torchvision
from torchvision import transforms
from torchvision.datasets import ImageFolder

import contestant

case = contestant.case()
torch.set_num_threads(1)
torch.manual_seed(case["seed"])
images = ImageFolder(case["folder"], transforms.Compose([
    transforms.RandomResizedCrop(case["size"], scale=(0.2, 1.0), interpolation=transforms.InterpolationMode.BICUBIC),
    transforms.RandomHorizontalFlip(),
]))
order = list(range(len(images)))
random.Random(case["seed"]).shuffle(order)
at = 0


def crop():
    global at
    images[order[at % len(order)]]
    at += 1


contestant.serve("torchvision %s, Pillow %s" % (torchvision.__version__, PIL.__version__), crop)
