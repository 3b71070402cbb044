"""From a plan request to an executable: plan, choose the freezer, freeze."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from millennium_build.cache import Cache
from millennium_build.freeze.choose import AUTO, Choice, choose_freezer
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.interface import FreezeInput, FreezeResult
from millennium_build.freeze.plan.make import PlanRequest, make_plan
from millennium_build.freeze.plan.model import ModulePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenProgram:
    """An executable, what is in it, and who made it why."""

    result: FreezeResult
    plan: ModulePlan
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeTarget:
    """Where the executable goes and how it is made.

    Attributes:
        output: The file.
        freezer: A name, or ``auto``.
        app_name: Names the folder in which the running app keeps large libraries.
        why: The reason to tell, where it is not the configuration that names the freezer.
    """

    output: Path
    freezer: str = AUTO
    app_name: str = "millennium-app"
    why: str = ""


def freeze_program(
    request: PlanRequest,
    target: FreezeTarget,
    *,
    workshop: Workshop,
    cache: Cache,
    say: Callable[[str], None] = lambda _: None,
) -> FrozenProgram:
    """Freeze any Python program.

    Raises:
        BuildError: One of its leaves.
    """
    plan = make_plan(request, workshop)
    return freeze_plan(plan, target, workshop=workshop, cache=cache, say=say)


def freeze_plan(
    plan: ModulePlan,
    target: FreezeTarget,
    *,
    workshop: Workshop,
    cache: Cache,
    say: Callable[[str], None] = lambda _: None,
) -> FrozenProgram:
    """Freeze what was planned.

    Raises:
        BuildError: One of its leaves.
    """
    target.output.parent.mkdir(parents=True, exist_ok=True)
    given = FreezeInput(
        plan=plan, workshop=workshop, output=target.output, cache=cache, app_name=target.app_name
    )
    choice = choose_freezer(target.freezer, given)
    say(f"{choice.freezer.name}: {target.why or choice.reason}")
    result = choice.freezer.freeze(given, say)
    return FrozenProgram(result=result, plan=plan, choice=choice)
