"""Makes the files of this folder: what torch.save and trainers write. python make.py FOLDER     torch 2.7.1, numpy 2

Every file holds a tensor `w` (2, 3) of 0 to 5, under a wrapper where its name says so.
"""
import sys, io, zipfile, collections, argparse, pathlib, json
import torch, numpy as np
from safetensors.torch import save_file

out = pathlib.Path(sys.argv[1])
w = torch.arange(6.0).view(2, 3)


def save(name, content, **kwargs):
    torch.save(content, out / name, **kwargs)


for p in (2, 3, 4, 5):
    save(f"zip-protocol-{p}.pth", {"w": w}, pickle_protocol=p)
for p in (1, 2, 3, 4, 5):
    save(f"legacy-protocol-{p}.pth", {"w": w}, pickle_protocol=p, _use_new_zipfile_serialization=False)

save("beside-safe.pth", {
    "model": {"w": w}, "counter": collections.Counter("abca"), "ordered": collections.OrderedDict(a=1, b=None),
    "frozen": {1, 2}, "type": torch.float8_e5m2, "types": [torch.uint16, torch.complex64, torch.int4, torch.qint8], "number": 1 + 2j,
    "bytes": bytearray(b"abc"), "layout": torch.strided, "device": torch.device("cuda:3"), "size": torch.Size([1, 2]),
    "sparse": torch.eye(2).to_sparse(), "meta": torch.zeros(2, device="meta"), "quantised":
    torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.qint8), ("a", "tuple"): "as a key", 1.5: True, None: False})
save("beside-common.pth", {
    "state_dict": {"w": w}, "args": argparse.Namespace(lr=1e-3, path=pathlib.PurePosixPath("/x"), size=(1, 2)),
    "frozen": frozenset([1]), "default": collections.defaultdict(list, a=[1]), "best": np.float64(81.5), "step": np.int64(3),
    "array": np.arange(3.0), "half": np.float16(1), "flag": np.bool_(True), "type": np.dtype("float32"), "slice": slice(1, 2),
    "range": range(3)})
p = torch.nn.Parameter(w.clone())
p.note = "an attribute"
t = w.clone()
t.note = "an attribute"
buffer = torch.nn.Buffer(w.clone())
save("attributes.pth", collections.OrderedDict(w=p, w2=t, w3=torch.nn.Parameter(w.clone()), w4=buffer))
save("nobody-asks.pth", {"w": w, "none": None, "number": 3, "name": "x", "complex": torch.zeros(2, dtype=torch.complex64),
                         "complex128": torch.zeros(2, dtype=torch.complex128), "uint16": torch.zeros(2, dtype=torch.uint16),
                         "uint64": torch.zeros(2, dtype=torch.uint64), "float8": torch.zeros(2, dtype=torch.float8_e4m3fn),
                         "float8b": torch.zeros(2, dtype=torch.float8_e5m2), "int": torch.zeros(2, dtype=torch.int16),
                         "quantised": torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.quint8), "dict": {"a": 1},
                         "complex32": torch.zeros(2, dtype=torch.complex32)})
save("nobody-asks-legacy.pth", {"w": w, "complex": torch.zeros(2, dtype=torch.complex64), "none": None,
                                "quantised": torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.qint8)},
     _use_new_zipfile_serialization=False)
save_file({"w": w, "int": torch.zeros(2, dtype=torch.uint16), "float8": torch.zeros(2).to(torch.float8_e4m3fn),
           "complex": torch.zeros(2, dtype=torch.complex64)}, out / "nobody-asks.safetensors")
zero = torch.zeros(2, 3)
save("ema.pth", {"state_dict": {"w": zero}, "state_dict_ema": {"w": w}, "optimizer": {"w": zero}, "epoch": 3})
save("model-ema.pth", {"model": {"w": zero}, "model_ema": {"w": w}})
save("timm-order.pth", {"model": {"w": zero}, "state_dict": {"w": w}})
save("dino.pth", {"student": {"w": zero}, "teacher": {"w": w}, "optimizer": {"state": {}}, "epoch": 100})

b = io.BytesIO()
torch.save({"w": w}, b)
with zipfile.ZipFile(b) as whole:
    for name, method, root in (("rezipped.pth", zipfile.ZIP_DEFLATED, True), ("rezipped-stored.pth", zipfile.ZIP_STORED, True),
                               ("rezipped-rootless.pth", zipfile.ZIP_DEFLATED, False)):
        with zipfile.ZipFile(out / name, "w", method) as z:
            if root:
                z.writestr("archive/", b"")  # a folder's own record, as zip and Finder write it
            for each in whole.namelist():
                z.writestr(each if root else each.split("/", 1)[1], whole.read(each))
    with zipfile.ZipFile(out / "bomb.pth", "w", zipfile.ZIP_DEFLATED) as z:
        for each in whole.namelist():
            z.writestr(each, b"\0" * (100 << 20) if each.endswith("data/0") else whole.read(each))

save_file({"w": w}, out / "model-00001-of-00002.safetensors")
save_file({"w": zero, "b": torch.ones(2)}, out / "model-00002-of-00002.safetensors")
json.dump({"metadata": {"total_size": 32}, "weight_map": {"w": "model-00001-of-00002.safetensors",
                                                           "b": "model-00002-of-00002.safetensors"}},
          open(out / "model.safetensors.index.json", "w"))
json.dump({"weight_map": {"w": "zip-protocol-2.pth"}}, open(out / "pytorch_model.bin.index.json", "w"))
json.dump({"weight_map": {"w": "zip-protocol-2.pth", "gone": "zip-protocol-2.pth"}}, open(out / "lacking.safetensors.index.json", "w"))
json.dump({"weight_map": {"w": "../../etc/passwd"}}, open(out / "leading-out.safetensors.index.json", "w"))
