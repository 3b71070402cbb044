"""What no scan of source can see: modules that are imported by a name made at run time.

Each entry says: when this module is in, so are those. A name that does not exist is passed over,
because versions differ. `EXCLUDED` is left out only while nobody surely needs it.
"""

from __future__ import annotations

_ENCODINGS = (
    "aliases ascii base64_codec charmap cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257"
    " cp1258 cp437 cp850 cp852 cp866 hex_codec iso8859_1 iso8859_2 iso8859_5 iso8859_7"
    " iso8859_9 iso8859_15 koi8_r koi8_u latin_1 mac_roman raw_unicode_escape"
    " undefined unicode_escape utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le utf_7 utf_8"
    " utf_8_sig"
)
_MULTIPROCESSING = (
    "connection context forkserver heap managers pool popen_fork popen_forkserver"
    " popen_spawn_posix process queues reduction resource_sharer resource_tracker shared_memory"
    " sharedctypes spawn synchronize util"
)
_PIL = "BmpImagePlugin GifImagePlugin JpegImagePlugin PngImagePlugin PpmImagePlugin"


def _inside(package: str, names: str) -> tuple[str, ...]:
    return tuple(f"{package}.{name}" for name in names.split())


BASE = ("__future__", "abc", "codecs", "encodings", "io", "os", "posixpath", "stat", "warnings")
"""What the interpreter itself imports, or the boot module."""

RULES: dict[str, tuple[str, ...]] = {
    "PIL": _inside("PIL", _PIL),
    "PIL.Image": _inside("PIL", f"{_PIL} IcoImagePlugin TiffImagePlugin WebPImagePlugin"),
    "_asyncio": (
        *("asyncio.base_futures", "asyncio.base_tasks", "asyncio.coroutines", "asyncio.events"),
        *("asyncio.exceptions", "collections", "traceback", "weakref"),
    ),
    "_datetime": ("_strptime",),
    "_decimal": ("collections", "numbers"),
    "_elementtree": ("copy", "pyexpat", "xml.etree.ElementPath"),
    "_pickle": ("_compat_pickle", "copyreg", "functools"),
    "_ssl": ("encodings.idna",),
    "_sqlite3": ("sqlite3.dump",),
    "_zoneinfo": ("zoneinfo._common", "zoneinfo._tzpath"),
    "asyncio": ("concurrent.futures.thread",),
    "concurrent.futures": ("concurrent.futures.thread",),
    "cryptography": ("_cffi_backend",),
    "cryptography.hazmat.bindings._rust": ("_cffi_backend",),
    "datetime": ("_strptime",),
    "encodings.idna": ("encodings.punycode", "stringprep"),
    "encodings": _inside("encodings", _ENCODINGS),
    "gi": ("gi.repository", "gi._gi", "gi.overrides", "gi._error"),
    "gi._gi": ("asyncio",),
    "logging.config": ("logging.handlers",),
    "msgspec": ("dataclasses", "datetime", "decimal", "enum", "re", "typing", "uuid"),
    "msgspec._core": ("msgspec._utils", "msgspec._json_schema"),
    "multiprocessing": (*_inside("multiprocessing", _MULTIPROCESSING), "ast", "runpy"),
    "multiprocessing.managers": ("multiprocessing.shared_memory",),
    "numpy": ("numpy._core._exceptions", "numpy._core._dtype_ctypes", "numpy._core._methods"),
    "numpy._core": ("numpy._core._exceptions", "numpy._core._dtype_ctypes"),
    "numpy.random": ("secrets", *_inside("numpy.random", "_bounded_integers _common _pickle")),
    "orjson": ("dataclasses", "enum", "json", "uuid", "zoneinfo"),
    "pickle": ("_compat_pickle",),
    "pydantic_core": (
        *("copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "inspect"),
        *("ipaddress", "pathlib", "pydantic_core.core_schema", "re", "typing_extensions"),
        *("uuid", "zoneinfo"),
    ),
    "sqlite3": ("sqlite3.dbapi2",),
    "time": ("_strptime",),
    "xml.etree.ElementTree": ("_elementtree",),
    "zoneinfo": ("tzdata", "importlib.resources", "sysconfig", "zoneinfo._common"),
}

CHOSEN_ELSEWHERE = frozenset(
    ("cffi", "gi", "millennium", "millennium_runtime", "millennium_runtime_webview", "numpy")
)
"""Packages that import by names made at run time, and whose names are known by other rules."""

DATA: dict[str, str] = {
    "certifi": "reads its certificates",
    "tzdata": "is nothing but data",
}
"""Packages whose data files always come with them, and why."""

WITHOUT_DATA = frozenset(("millennium", "webview"))
"""Packages whose files never come along by themselves: what ships of them is chosen elsewhere."""

EXCLUDED = frozenset(  # one text: a list of ninety quoted names would be all quotes
    [
        "Cython",
        "IPython",
        "_pyrepl",
        "_pytest",
        "antigravity",
        "bdb",
        "cProfile",
        "cmd",
        "code",
        "codeop",
        "compileall",
        "curses",
        "distutils",
        "doctest",
        "ensurepip",
        "hypothesis",
        "idlelib",
        "lib2to3",
        "mypy",
        "numpy.conftest",
        "numpy.distutils",
        "numpy.f2py",
        "numpy.testing",
        "pdb",
        "pickletools",
        "pip",
        "pkg_resources",
        "profile",
        "pstats",
        "py_compile",
        "pydoc",
        "pydoc_data",
        "pytest",
        "readline",
        "rlcompleter",
        "setuptools",
        "site",
        "sitecustomize",
        "test",
        "this",
        "timeit",
        "tkinter",
        "trace",
        "turtle",
        "turtledemo",
        "unittest",
        "usercustomize",
        "venv",
        "webview.__pyinstaller",
        "wheel",
        "xmlrpc",
        "zipapp",
    ]
)
"""Left out where only a function or a guarded import of a dependency mentions it."""

NEEDS_FILES: dict[str, str] = {
    "PyQt5": "its libraries and plug-ins are a tree of files",
    "PyQt6": "its libraries and plug-ins are a tree of files",
    "PySide6": "its libraries and plug-ins are a tree of files",
    "cefpython3": "it starts helper programs beside it",
    "jpype": "it loads a Java archive beside it",
    "playwright": "it starts a browser beside it",
    "tensorflow": "its libraries look for each other in the file system",
    "torch": "its libraries look for each other in the file system",
}
"""Packages that cannot live in memory, and why."""

KEEPS_DOCSTRINGS = frozenset(("click", "docopt", "ply", "pycparser", "typer"))
"""Packages that read docstrings while running."""

UNUSED_EDGES: dict[str, frozenset[str]] = {
    "asyncio.base_events": frozenset(("ssl",)),
    "asyncio.selector_events": frozenset(("ssl",)),
    "asyncio.sslproto": frozenset(("ssl",)),
    "concurrent.futures": frozenset(("concurrent.futures.process",)),
    "importlib._bootstrap_external": frozenset(("importlib.metadata", "importlib.readers")),
    "millennium_runtime.registry": frozenset(("importlib.metadata",)),
    "logging": frozenset(("pickle",)),
    "millennium.security.scope": frozenset(("millennium.security.path_pattern",)),
    "millennium.security.url_scope": frozenset(("unicodedata",)),
    "msgspec.toml": frozenset(("tomli", "tomli_w", "tomllib")),
    "msgspec.yaml": frozenset(("yaml",)),
    "platform": frozenset(("plistlib",)),
    "re._parser": frozenset(("unicodedata",)),
    "shutil": frozenset(("tarfile", "zipfile")),
    "sysconfig": frozenset(("_aix_support", "_osx_support", "pprint")),
    "traceback": frozenset(("unicodedata",)),
    "urllib.parse": frozenset(("unicodedata",)),
    "warnings": frozenset(("tracemalloc",)),
    "webview": frozenset(("cryptography",)),
    "zipimport": frozenset(("importlib.readers",)),
}
"""Module → what it imports only when somebody uses a part of it that `WORDS` would show, or that
no executable has (finders that read the disk, entry points, another system's files)."""

WORDS: dict[str, tuple[str, ...]] = {
    "ProcessPoolExecutor": ("concurrent.futures.process",),
    "make_archive": ("tarfile", "zipfile"),
    "regex-names": ("unicodedata",),
    "ssl": ("ssl",),
    "toml": ("tomllib", "tomli_w"),
    "unpack_archive": ("tarfile", "zipfile"),
    "yaml": ("yaml",),
}
"""Name that a module outside the standard library uses → what it needs then."""

USED_BY_OTHERS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "millennium.security.scope": (
        frozenset(
            (
                *("millennium.config.validate", "millennium.running"),
                *("millennium.security.capability", "millennium.security.permissions"),
                "millennium.window_factory",
            )
        ),
        ("millennium.security.path_pattern",),
    ),
    "millennium.security.url_scope": (
        frozenset(
            (
                *("millennium.config.validate", "millennium.security.capability"),
                "millennium.security.permissions",
            )
        ),
        ("unicodedata",),
    ),
    "urllib.parse": (
        frozenset(("millennium", "millennium_runtime", "millennium_runtime_webview", "webview")),
        ("unicodedata",),
    ),
}
"""Module → importers that do without a part of it, and that part: in as soon as another module,
not of the standard library, imports it. (The framework's URLs are ASCII: `Origin.parse`.)"""

PLAUSIBLE = frozenset(
    (  # noqa: SIM905 - as above
        "abc asyncio calendar collections contextvars copy copyreg dataclasses datetime decimal"
        " enum fractions functools inspect io ipaddress json math numbers operator os pathlib"
        " pickle re secrets threading time traceback types typing uuid warnings weakref zoneinfo"
    ).split()
)
"""Modules that code in C or Rust imports; other words in its strings are more likely words."""

SELF_TESTS = ("_main", "_test", "main", "test")
"""How functions of the standard library begin that only its command line and tests call."""
