"""What the mutation run takes apart: the gate and what it stands on, each with its tests."""

from __future__ import annotations

from dataclasses import dataclass

TESTS = "packages/millennium/tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Some functions of one module.

    Attributes:
        name: For people, and on the command line.
        module: Below ``millennium``.
        functions: Whose checks are taken away.
        tests: What must go red.
        is_gate: Whether it is the gate itself, and part of the quick run.
    """

    name: str
    module: str
    functions: frozenset[str]
    tests: tuple[str, ...]
    is_gate: bool = False


def _tests(*names: str) -> tuple[str, ...]:
    return tuple(f"{TESTS}/{name}.py" for name in names)


_GATE_TESTS = ("ipc/test_gate", "ipc/test_bridge", "ipc/test_isolation", "ipc/test_sealing")

TARGETS = (
    Target(
        name="gate",
        module="ipc/gate.py",
        functions=frozenset({"admit", "_require_message", "_judge", "_unseal"}),
        tests=_tests(*_GATE_TESTS),
        is_gate=True,
    ),
    Target(
        name="tokens",
        module="security/tokens.py",
        functions=frozenset({"TokenPad.burn"}),
        tests=_tests("security/test_tokens", "ipc/test_bridge"),
        is_gate=True,
    ),
    Target(
        name="handles",
        module="security/handles.py",
        functions=frozenset({"HandleTable.find"}),
        tests=_tests("security/test_handles", "ipc/test_bridge"),
        is_gate=True,
    ),
    Target(
        name="envelope",
        module="security/envelope.py",
        functions=frozenset({"Opener.open"}),
        tests=_tests("security/test_envelope", "ipc/test_isolation", "ipc/test_sealing"),
        is_gate=True,
    ),
    Target(
        name="hello",
        module="ipc/bridge.py",
        functions=frozenset(
            {"Bridge._greet", "Bridge._answer", "Bridge._document_of", "Bridge.serve_frame"}
        ),
        tests=_tests(*_GATE_TESTS, "ipc/test_question", "ipc/test_bridge_turns"),
    ),
    Target(
        name="frame",
        module="ipc/isolation.py",
        functions=frozenset({"IsolationFrame.serve", "IsolationFrame.open"}),
        tests=_tests("ipc/test_isolation"),
    ),
    Target(
        name="sealing",
        module="ipc/sealing.py",
        functions=frozenset({"Sealing.begin", "Sealing.open", "Sealing.conceal"}),
        tests=_tests("ipc/test_sealing"),
    ),
    Target(
        name="questions",
        module="ipc/question.py",
        functions=frozenset(
            {
                *("Question.of", "Questions.ask", "Questions.begin", "Questions.answer"),
                *("Questions.end", "Questions._give_up", "read_answer"),
            }
        ),
        tests=_tests("ipc/test_question"),
    ),
    Target(
        name="bytes",
        module="ipc/serve.py",
        functions=frozenset({"ByteService._answer", "ByteService._upload", "_with_headers"}),
        tests=_tests("ipc/test_serve"),
    ),
    Target(
        name="permissions",
        module="security/permissions.py",
        functions=frozenset(
            {
                *("Permissions.granted", "Permissions.scope", "Permissions._may"),
                *("Permissions._is_own", "Permissions._matching", "Permissions._denials"),
                *("Permissions._scopes_of", "_Permits.allow", "_is_built_in", "_is_plugin"),
            }
        ),
        tests=_tests("security/test_permissions", "test_running_origins"),
    ),
    Target(
        name="capability",
        module="security/capability.py",
        functions=frozenset(
            {
                *("Capability.__post_init__", "Capability.covers", "Capability.trusts"),
                *("_require", "_require_patterns"),
            }
        ),
        tests=_tests("security/test_capability", "security/test_permissions"),
    ),
    Target(
        name="scope",
        module="security/scope.py",
        functions=frozenset(
            {
                *("FsScope._check", "FsScope._canonical", "FsScope.check_write"),
                *("FsScope._literal", "FsScope._expand", "FsScope._has_folder"),
                *("require_pattern", "_compile"),
            }
        ),
        tests=_tests("security/test_scope"),
    ),
    Target(
        name="addresses",
        module="security/url_scope.py",
        functions=frozenset(
            {
                *("UrlScope.check", "UrlScope.check_redirect", "UrlScope.check_address"),
                *("UrlScope._leads", "_parse", "_require_plain", "_is_public"),
            }
        ),
        tests=_tests("security/test_url_scope"),
    ),
    Target(
        name="policy",
        module="security/csp_danger.py",
        functions=frozenset(
            {
                *("refuse_dangers", "find_dangers", "is_dangerous_script_source"),
                *("_ruling_scripts", "ruling_workers"),
            }
        ),
        tests=_tests("security/test_csp_danger"),
    ),
    Target(
        name="navigation",
        module="navigation.py",
        functions=frozenset({"NavigationGuard.allows", "NavigationGuard.leave", "parse_origins"}),
        tests=_tests("test_navigation", "test_running_origins"),
    ),
    Target(
        name="events",
        module="event.py",
        functions=frozenset({"require_name", "require_page_name"}),
        tests=_tests("test_event"),
    ),
    Target(
        name="origin",
        module="security/origin.py",
        functions=frozenset({"Origin.parse", "isolated_origin"}),
        tests=_tests("security/test_origin"),
    ),
)

_UNTRUSTED = "what is not trusted is refused by the gate's third check, whatever it holds"
_NOBODY = "None, the origin of nobody, is in no set of origins"

HARMLESS: dict[tuple[str, str], str] = {
    ("hello", "Bridge._answer: never if not document.is_greeted"): (
        "before the hello no token was issued: the gate's first check refuses"
    ),
    ("hello", "Bridge._document_of: without origin is not None"): _NOBODY,
    ("hello", "Bridge._document_of: always self._policy.isolate"): _UNTRUSTED,
    ("hello", "Bridge._document_of: always self._policy.seal"): _UNTRUSTED,
    ("hello", "Bridge._document_of: without origin"): _UNTRUSTED,
    ("hello", "Bridge._document_of: without origin (2)"): _UNTRUSTED,
    ("hello", "Bridge._document_of: without NOWHERE"): _UNTRUSTED,
    ("bytes", "ByteService._answer: without document.standing.is_trusted"): (
        "a document that is not trusted is never greeted: the hello is refused"
    ),
    ("permissions", "_is_built_in: without not _is_plugin(name)"): (
        "the grammar of names has none with both a colon and a dot"
    ),
    ("navigation", "NavigationGuard.allows: without origin is not None"): _NOBODY,
    ("addresses", "UrlScope.check_redirect: without _require_plain(location)"): (
        "the address it leads to is read as strictly"
    ),
    ("addresses", "_parse: without not parts"): "without parts there is no origin",
    ("addresses", "_parse: without origin.scheme not in _SCHEMES"): (
        "a pattern has one of the two schemes, and schemes are compared"
    ),
}
"""Mutants that no caller can tell from the original: why."""
