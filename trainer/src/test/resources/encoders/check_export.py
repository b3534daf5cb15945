"""Exports encoders with the command `retort export` and compares what timm computes with the export to the stored features.

    python check_export.py FOLDER compose/retort export     torch 2.7.1, timm 1.0.31

FOLDER is where make.py wrote. For each encoder: a folder that timm.create_model("local-dir:...") loads, and a single file that the
printed expression's model loads with no key missing; both must give the stored block outputs.
"""
import subprocess, sys, tempfile, torch, timm
from safetensors.torch import load_file

folder, *retort = sys.argv[1:]
torch.set_default_dtype(torch.float64)
bad = 0
for name in ("plain layer-scale qk-norm registers registers-with-positions swiglu dinov2-giant no-qkv-bias no-proj-bias no-class-token "
             "no-class-token-registers deit-distilled deit3 clip clip-quick patch-14 hf-dinov2 hf-clip logits-avg logits-token").split():
    with tempfile.TemporaryDirectory() as out:
        more = ["--activation", "quick-gelu" if name in ("clip-quick", "hf-clip") else "gelu"] if "clip" in name else []
        said = ""
        for to in (out + "/f", out + "/f.safetensors"):
            command = [*retort, f"{folder}/{name}.safetensors", to, "--heads", "2", *more]
            done = subprocess.run(command, capture_output=True, text=True)
            said = done.stdout + done.stderr
            if done.returncode:
                break
        if done.returncode:
            print(name, "REFUSED", said.strip().splitlines()[:2]); bad += 1
            continue
        expected = load_file(f"{folder}/{name}.expected.safetensors")
        x = expected["images"].double().permute(0, 3, 1, 2)
        expression = [l for l in said.splitlines() if l.startswith("model")][0].split(None, 1)[1]
        single = eval(expression)
        single.load_state_dict(load_file(out + "/f.safetensors"), strict=True)
        for model in (timm.create_model("local-dir:" + out + "/f", pretrained=True), single):
            model = model.double().eval()
            kept = {}
            for b in (0, 1):
                model.blocks[b].register_forward_hook(lambda m, i, o, b=b: kept.update({b: o}))
            with torch.no_grad():
                answer = model(x)
            extra = model.num_reg_tokens if hasattr(model, "num_reg_tokens") else 0
            c = 1 if model.cls_token is not None else 0
            worst = 0
            for b in (0, 1):
                if f"features.{b}" in expected:
                    got = torch.cat([kept[b][:, :c], kept[b][:, c + extra:]], 1)
                    worst = max(worst, ((got - expected[f"features.{b}"]).abs().max() / expected[f"features.{b}"].abs().max()).item())
            if "logits" in expected:
                worst = max(worst, ((answer - expected["logits"]).abs().max() / expected["logits"].abs().max()).item())
            bad += worst > 1e-5
            print(f"{name:28s} {worst:.1e}")
sys.exit(bad > 0)
