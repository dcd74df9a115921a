"""Writes torch_figures.json: what PyTorch finds when it runs the scripts that the program writes for it.

To be run by hand, with torch beside the program's own dependencies, which does not depend on it:

    python -m tests.views.take_away.torch_figures
"""

import json
from hashlib import sha256
from pathlib import Path

import torch

from app.views.take_away.torch_script import torch_script
from tests.views.take_away.torch_cases import cases, code_of

FIGURES = Path(__file__).with_suffix(".json")


def main() -> None:
    """Runs every script, and keeps its digest with what it left behind: the gradients, then the parameters."""
    found = {}
    for name, walk in cases().items():
        script, names = torch_script(walk), dict[str, torch.Tensor]()
        exec(compile(script, name, "exec"), names)
        found[name] = {
            "code": sha256(code_of(script).encode()).hexdigest(),
            "loss": names["loss"].item(),
            "gradients": [w.grad.tolist() for w in names["parameters"]],
            "parameters": [w.tolist() for w in names["parameters"]],
        }
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items())
    FIGURES.write_text(f'{{"torch": "{torch.__version__}", "found": {{\n{rows}\n}}}}\n')


if __name__ == "__main__":
    main()
