"""Each of these mocks breaks one rule; the suite must notice, and name that rule."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from functools import partial

import pytest

from millennium_runtime.exit_decision import ExitDecision
from millennium_runtime.run_event import Destroyed, ExitRequested
from millennium_runtime.testing import FakeReply, MockRuntime
from millennium_runtime.testing.conformance import ConformanceError, check_runtime
from millennium_runtime.testing.conformance.mock_probe import MockProbe
from millennium_runtime.testing.mock_dispatcher import MockDispatcher
from millennium_runtime.testing.mock_frame import MockFrame
from millennium_runtime.testing.mock_loop import MockLoop
from millennium_runtime.testing.mock_page import MockPage
from millennium_runtime.testing.mock_runtime import MockRuntimeHandle
from millennium_runtime.webview import PageLoad, World


class DropsCloseVetoFrame(MockFrame):
    def close(self):
        super().close()
        self.destroy()


class AsksBeforeDestroyFrame(MockFrame):
    def destroy(self):
        self.tell_close = getattr(self, "tell_close", False)
        if self.tell_close:
            return super().destroy()
        self.tell_close = True
        return self.close()


class GhostFrame(MockFrame):
    def require_open(self):
        return self


class DeafFrame(MockFrame):
    def change(self, **fields):
        fields.pop("title", None)
        super().change(**fields)


class SilentFrame(MockFrame):
    def change(self, **fields):
        self.state = dataclasses.replace(self.state, **fields)


class StickyListenerFrame(MockFrame):
    def add_listener(self, listener):
        super().add_listener(listener)
        return lambda: None


class VetoDroppingDecision(ExitDecision):
    def ask(self, code):
        self._tell(ExitRequested(code))
        self.decide(code or 0)


class DropsExitVetoLoop(MockLoop):
    def __init__(self, **options):
        super().__init__(**options)
        self._exit = VetoDroppingDecision(self.tell)


class ForgetfulDecision(ExitDecision):
    def decide(self, _code):
        super().decide(0)


class ForgetsCodeLoop(MockLoop):
    def __init__(self, **options):
        super().__init__(**options)
        self._exit = ForgetfulDecision(self.tell)


class RunsTwiceLoop(MockLoop):
    def run(self, on_event):
        return 0 if self._state == "ended" else super().run(on_event)


class LosesEventLoop(MockLoop):
    def tell_window(self, label, event):
        if not isinstance(event, Destroyed):
            super().tell_window(label, event)


class SharesLabelsLoop(MockLoop):
    def add_window(self, window):
        self._windows.pop(window.label, None)
        super().add_window(window)


class IgnoresSignalsLoop(MockLoop):
    def _on_signal(self, number, frame):
        return None


class FragileLoop(MockLoop):
    def tell(self, event):
        try:
            self._on_event(event)
        except LookupError:
            self._exit.decide(1)


class ShufflesTasksHandle(MockRuntimeHandle):
    turns = itertools.cycle((True, False))

    def post(self, task):
        is_late = next(self.turns)
        super().post(partial(super().post, task) if is_late else task)


class EagerHandle(MockRuntimeHandle):
    def post(self, task):
        if self.is_main_thread():
            task()
        else:
            super().post(task)


class AcceptsLateHandle(MockRuntimeHandle):
    def post(self, task):
        if self._runtime.loop._state != "ended":
            super().post(task)


class OpensAnythingHandle(MockRuntimeHandle):
    def open_url(self, url):
        self._main.call(lambda: self._runtime.opened_urls.append(url))


class WaitsForScriptsDispatcher(MockDispatcher):
    def evaluate(self, script, world=World.PAGE):
        self._ask(lambda frame: frame.page.evaluate(script, world))


class ForgetfulReply(FakeReply):
    def _settle(self, status, text):
        self.status = "pending"
        super()._settle(status, text)


class AnswersTwicePage(MockPage):
    def new_reply(self):
        return ForgetfulReply()


class LosesMessagesPage(MockPage):
    def send(self, text):
        return FakeReply() if text.endswith("50") else super().send(text)


class StalePage(MockPage):
    def send(self, text):
        now, self.source = self.source, dataclasses.replace(self.source, document=1)
        try:
            return super().send(text)
        finally:
            self.source = now


class WrongThreadPage(MockPage):
    def _tell(self, stage):
        if self.pending.page_load_handler is not None:
            load = PageLoad(stage=stage, source=self.source)
            thread = threading.Thread(target=self.pending.page_load_handler, args=(load,))
            thread.start()
            thread.join()


class OneWorldPage(MockPage):
    def evaluate(self, script, world):
        super().evaluate(script, World.PRIVATE)


class InjectsEverywherePage(MockPage):
    def _is_meant(self, script):
        return True


class LateInjectionPage(MockPage):
    def _commit(self, navigation, url, fetched):
        scripts = self.pending.webview.init_scripts
        bare = dataclasses.replace(self.pending.webview, init_scripts=())
        kept, self.pending = self.pending, dataclasses.replace(self.pending, webview=bare)
        super()._commit(navigation, url, fetched)
        self.pending = kept
        for script in filter(self._is_meant, scripts):
            self.evaluate(script.source, script.world)


class LeavesAnywayPage(MockPage):
    def request_navigation(self, url):
        self.load(url)


class TellsOfScriptsPage(MockPage):
    def request_navigation(self, url):
        self.follow_link(url)


class MutePage(MockPage):
    def open_window(self, url):
        return None


class QuietCrashPage(MockPage):
    def crash(self):
        self.reload()


class HurriedPage(MockPage):
    def _tell(self, stage):
        super()._tell({"committed": "finished", "finished": "committed"}.get(stage, stage))


class PlainGetPage(MockPage):
    def fetch(self, uri, *, method="GET", **rest):
        return super().fetch(uri, **rest)


class DropsHeadersPage(MockPage):
    def fetch(self, uri, *, when_done=None, **rest):
        def bare(fetched):
            when_done(dataclasses.replace(fetched, headers={"content-type": "text/html"}))

        return super().fetch(uri, when_done=bare, **rest)


def with_loop(loop):
    return type(loop.__name__, (MockRuntime,), {"loop_type": loop})


def with_frame(frame):
    return type(frame.__name__, (MockRuntime,), {"frame_type": frame})


def with_page(page):
    return with_frame(type(page.__name__, (MockFrame,), {"page_type": page}))


def with_handle(handle):
    return type(handle.__name__, (MockRuntime,), {"handle_type": handle})


def with_dispatcher(dispatcher):
    return type(dispatcher.__name__, (MockRuntime,), {"dispatcher_type": dispatcher})


class ImpatientProbe(MockProbe):
    patience = 0.3
    timeout_seconds = 0.1


BROKEN = {
    with_frame(DropsCloseVetoFrame): "dispatcher 5",
    with_frame(AsksBeforeDestroyFrame): "dispatcher 5",
    with_frame(StickyListenerFrame): "dispatcher 5",
    with_frame(GhostFrame): "dispatcher 3",
    with_frame(DeafFrame): "dispatcher 1",
    with_frame(SilentFrame): "window 4",
    with_loop(DropsExitVetoLoop): "runtime 3",
    with_loop(ForgetsCodeLoop): "runtime 3",
    with_loop(RunsTwiceLoop): "runtime 1",
    with_loop(LosesEventLoop): "runtime 3",
    with_loop(SharesLabelsLoop): "window 2",
    with_loop(IgnoresSignalsLoop): "runtime 4",
    with_loop(FragileLoop): "runtime 6",
    with_handle(ShufflesTasksHandle): "runtime 5",
    with_handle(EagerHandle): "runtime 5",
    with_handle(AcceptsLateHandle): "runtime 7",
    with_handle(OpensAnythingHandle): "runtime 8",
    with_dispatcher(WaitsForScriptsDispatcher): "dispatcher 2",
    with_page(AnswersTwicePage): "webview 3",
    with_page(LosesMessagesPage): "webview 3",
    with_page(StalePage): "webview 2",
    with_page(WrongThreadPage): "runtime 6",
    with_page(OneWorldPage): "webview 4",
    with_page(InjectsEverywherePage): "webview 5",
    with_page(LateInjectionPage): "webview 5",
    with_page(LeavesAnywayPage): "webview 6",
    with_page(TellsOfScriptsPage): "webview 6",
    with_page(MutePage): "webview 6",
    with_page(QuietCrashPage): "webview 7",
    with_page(HurriedPage): "webview 1",
    with_page(PlainGetPage): "request 1",
    with_page(DropsHeadersPage): "request 2",
}


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("kind", "rule"), BROKEN.items(), ids=[f"{kind.__name__}" for kind in BROKEN]
)
def test_a_broken_runtime_fails_at_its_rule(kind, rule):
    probe = type("BrokenProbe", (ImpatientProbe,), {"kind": kind})
    with pytest.raises(ConformanceError, match=rule) as caught:
        check_runtime(probe)
    assert rule in {verdict.check.rule for verdict in caught.value.failures}
