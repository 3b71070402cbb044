"""Known trouble: found where it matches, worked around only there."""

from __future__ import annotations

import pytest

from millennium_runtime_webview.diagnostics import (
    DMABUF,
    Facts,
    apply_workarounds,
    find_problems,
    read_facts,
)

NVIDIA = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14"
SHOWN = {"DISPLAY": ":0"}


def codes(facts):
    return [problem.code for problem in find_problems(facts)]


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (Facts(environment=SHOWN), []),
        (Facts(environment={"WAYLAND_DISPLAY": "wayland-0"}), []),
        (Facts(), ["display.none"]),
        (Facts(nvidia=NVIDIA, webkit=(2, 44, 1), environment=SHOWN), ["blank.nvidia_dmabuf"]),
        (Facts(nvidia=NVIDIA, webkit=(2, 40, 5), environment=SHOWN), []),
        (Facts(webkit=(2, 44, 1), environment=SHOWN), []),
        (Facts(nvidia=NVIDIA, webkit=(2, 44, 1), environment={**SHOWN, DMABUF: "0"}), []),
        (
            Facts(environment={**SHOWN, "GTK_PATH": "/snap/code/1/usr/lib"}),
            ["blank.snap_libraries"],
        ),
        (Facts(environment={**SHOWN, "GTK_PATH": "/usr/lib/gtk"}), []),
    ],
    ids=[
        "x11",
        "wayland",
        "no-display",
        "nvidia",
        "nvidia-old-webkit",
        "no-nvidia",
        "nvidia-set-by-the-user",
        "snap",
        "no-snap",
    ],
)
def test_only_what_matches_is_a_problem(facts, wanted):
    assert codes(facts) == wanted


def test_a_workaround_sets_what_nobody_set():
    environment: dict[str, str] = {}
    apply_workarounds(
        find_problems(Facts(nvidia=NVIDIA, webkit=(2, 44, 1), environment=SHOWN)), environment
    )
    assert environment == {DMABUF: "1"}


def test_a_workaround_takes_only_what_matched_out():
    environment = {**SHOWN, "GTK_PATH": "/snap/code/x", "GIO_MODULE_DIR": "/usr/lib/gio"}
    apply_workarounds(find_problems(Facts(environment=environment)), environment)
    assert environment == {**SHOWN, "GIO_MODULE_DIR": "/usr/lib/gio"}


def test_facts_are_read_from_the_machine(tmp_path):
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    (tmp_path / "proc/driver/nvidia/version").write_text(NVIDIA + "\nGCC version\n")
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/renderD128").touch()
    facts = read_facts(root=tmp_path, environment={"DISPLAY": ":1", "SECRET": "x"})
    assert facts == Facts(
        nvidia=NVIDIA, render_nodes=("renderD128",), environment={"DISPLAY": ":1"}
    )


def test_a_bare_machine_has_no_facts(tmp_path):
    assert read_facts(root=tmp_path, environment={}) == Facts()


def test_every_problem_says_what_to_do():
    facts = Facts(nvidia=NVIDIA, webkit=(2, 50, 0), environment={"GTK_PATH": "/snap/x"})
    assert all(problem.fix and problem.cause for problem in find_problems(facts))
