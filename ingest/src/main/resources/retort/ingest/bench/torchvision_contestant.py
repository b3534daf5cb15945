"""The pretraining transform as torchvision users run it: ImageFolder, RandomResizedCrop (bicubic), flip; one process, no tensor.

Reads lines "run SECONDS" and answers each with "took IMAGES SECONDS".
"""
import random
import sys
import time

import PIL
import torch
import torchvision
from torchvision import transforms
from torchvision.datasets import ImageFolder

folder, size, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)
torch.manual_seed(seed)
images = ImageFolder(folder, transforms.Compose([
    transforms.RandomResizedCrop(size, scale=(0.2, 1.0), interpolation=transforms.InterpolationMode.BICUBIC),
    transforms.RandomHorizontalFlip(),
]))
order = list(range(len(images)))
random.Random(seed).shuffle(order)
print("ready torchvision %s, Pillow %s" % (torchvision.__version__, PIL.__version__), flush=True)
at = 0
for line in sys.stdin:
    start = time.perf_counter()
    end = start + float(line.split()[1])
    count = 0
    while time.perf_counter() < end:
        images[order[at % len(order)]]
        at += 1
        count += 1
    print("took %d %.6f" % (count, time.perf_counter() - start), flush=True)
