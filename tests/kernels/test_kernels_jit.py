"""Compiling: everything in one go, stale code forgotten, one type of array."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

from landbridge.kernels.graph import build_graph, floats, ints
from landbridge.kernels.jit import forget_stale_code
from landbridge.kernels.warm import warm


def test_warming_reports_every_step_and_ends():
    seen: list[tuple[str, int, int]] = []
    warm(lambda *step: seen.append(step))
    names, done, totals = zip(*seen, strict=True)
    assert names[-1] == ""
    assert len(set(names)) == len(names)
    assert list(done) == list(range(len(seen)))
    assert done[-1] == totals[-1]


def test_warming_runs_every_kernel():
    """In a process without compiling, where it can be seen which functions run; the kernels are read off the source."""
    program = """
import ast, os, pathlib, sys
import landbridge.kernels as kernels
from landbridge.kernels.warm import warm
ran = set()
sys.setprofile(lambda frame, event, _: ran.add((frame.f_code.co_filename, frame.f_code.co_name)))
warm()
sys.setprofile(None)
for path in pathlib.Path(kernels.__file__).parent.glob("*.py"):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and any("jit" in ast.unparse(d) for d in node.decorator_list):
            print("ran" if (str(path), node.name) in ran else "missed", path.name, node.name)
"""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    lines = done.stdout.splitlines()
    assert len(lines) > 50
    assert [line for line in lines if line.startswith("missed")] == []


def test_compiled_code_is_forgotten_when_any_source_changes(tmp_path):
    source, compiled = tmp_path / "one.py", tmp_path / "__pycache__" / "two.kernel.nbi"
    source.write_text("a = 1")
    assert not forget_stale_code(tmp_path)
    compiled.write_text("code")
    assert not forget_stale_code(tmp_path)
    assert compiled.exists()
    source.write_text("a = 2")
    assert forget_stale_code(tmp_path)
    assert not compiled.exists()


def test_read_only_arrays_are_copied_and_others_are_not():
    locked = np.array([0, 1, 2], np.int32)
    locked.flags.writeable = False
    assert ints(locked).flags.writeable
    free = np.array([0.0, 1.0])
    assert floats(free) is free
    graph = build_graph(locked[:2], locked[1:], 3)
    assert graph.tail.flags.writeable
