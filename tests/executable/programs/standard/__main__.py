"""Uses much of the standard library in ways that break naive freezers; prints one JSON object."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable


def square(number: int) -> int:
    return number * number


def tell(queue) -> None:
    queue.put([sys.executable, __name__, os.readlink("/proc/self/exe")])


def check_asyncio() -> object:
    import asyncio

    async def work() -> object:
        process = await asyncio.create_subprocess_exec("/bin/echo", "hi", stdout=-1)
        output, _ = await process.communicate()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.to_thread(square, 3))
        return [output.decode().strip(), task.result(), "_asyncio" in sys.modules]

    return asyncio.run(work())


def check_ssl() -> object:
    import socket
    import ssl
    import threading

    certificate, key = sys.argv[1:3]
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=certificate)
    left, right = socket.socketpair()

    def serve() -> None:
        with server.wrap_socket(left, server_side=True) as connection:
            connection.send(connection.recv(9))

    thread = threading.Thread(target=serve)
    thread.start()
    with client.wrap_socket(right, server_hostname="localhost") as connection:
        connection.send(b"ping")
        answer = connection.recv(9).decode()
        version = connection.version()
    thread.join()
    return [answer, version]


def check_sqlite3() -> object:
    import sqlite3

    with sqlite3.connect(":memory:") as database:
        database.execute("create virtual table note using fts5(body)")
        database.execute("insert into note values ('a cold start')")
        return database.execute("select count(*) from note where note match 'cold'").fetchone()


def check_hashlib() -> object:
    import hashlib

    return [
        hashlib.sha256(b"x").hexdigest()[:6],
        hashlib.scrypt(b"p", salt=b"s", n=2, r=1, p=1)[:2].hex(),
    ]


def check_ctypes() -> object:
    import ctypes

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda value: value + 1)
    ctypes.pythonapi.Py_GetVersion.restype = ctypes.c_char_p
    version = ctypes.pythonapi.Py_GetVersion().decode().split()[0]
    return [
        callback(4),
        version == sys.version.split()[0],
        ctypes.CDLL(None).getpid() == os.getpid(),
    ]


def check_compression() -> object:
    import bz2
    import gzip
    import lzma

    return [module.decompress(module.compress(b"data")).decode() for module in (bz2, gzip, lzma)]


def check_uuid() -> object:
    import uuid

    return [uuid.uuid1().version, uuid.uuid4().version]


def _check_method(method: str) -> object:
    import multiprocessing

    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        squares = pool.map(square, range(4))
    queue = context.Queue()
    child = context.Process(target=tell, args=(queue,))
    child.start()
    executable, _, link = queue.get(timeout=30)
    child.join()
    return [squares, executable == sys.executable, link == sys.executable, child.exitcode]


def check_spawn() -> object:
    return _check_method("spawn")


def check_forkserver() -> object:
    return _check_method("forkserver")


def check_fork() -> object:
    return _check_method("fork")


def check_process_pool() -> object:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from standard.work import cube

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(cube, 3).result(timeout=30)


def check_shared_memory() -> object:
    from multiprocessing.shared_memory import SharedMemory

    memory = SharedMemory(create=True, size=16)
    memory.buf[0] = 7
    value = memory.buf[0]
    memory.close()
    memory.unlink()
    return value


def check_resources() -> object:
    import importlib.resources
    import pkgutil

    folder = importlib.resources.files("standard")
    with importlib.resources.as_file(folder / "texts" / "note.txt") as path:
        copied = path.read_text()
    return [
        folder.joinpath("texts/note.txt").read_text().strip(),
        copied.strip(),
        sorted(entry.name for entry in folder.iterdir()),
        pkgutil.get_data("standard", "texts/note.txt").decode().strip(),
        folder.joinpath("../../../etc/passwd").is_file(),
    ]


def check_metadata() -> object:
    import importlib.metadata

    import msgspec

    found = importlib.metadata.version("msgspec")
    missing = False
    try:
        importlib.metadata.version("pytest")
    except importlib.metadata.PackageNotFoundError:
        missing = True
    return [found == msgspec.__version__, missing]


def check_zoneinfo() -> object:
    import datetime
    import zoneinfo

    zone = zoneinfo.ZoneInfo("Europe/Paris")
    return str(datetime.datetime(2024, 7, 1, tzinfo=zone).utcoffset())


def check_encodings() -> object:
    return [
        "é".encode("latin-1").hex(),
        "bücher".encode("idna").decode(),
        "é".encode("utf-16-le").hex(),
        "€".encode("cp1252").hex(),
        sys.getfilesystemencoding(),
    ]


def check_logging() -> object:
    import io
    import logging.config

    stream = io.StringIO()
    handler = {"class": "logging.StreamHandler", "stream": stream, "formatter": "short"}
    logging.config.dictConfig(
        {
            "version": 1,
            "formatters": {"short": {"format": "%(filename)s %(funcName)s %(message)s"}},
            "handlers": {"all": handler},
            "root": {"handlers": ["all"], "level": "INFO"},
        }
    )
    logging.getLogger("app").info("hey")
    return stream.getvalue().strip()


def check_tracebacks() -> object:
    try:
        square("x")
    except TypeError:
        lines = traceback.format_exc().splitlines()
    return [lines[-2].strip().split(",")[0], lines[-2].strip().split(" in ")[1]]


def check_pkgutil() -> object:
    import pkgutil

    import standard

    return sorted(module.name for module in pkgutil.iter_modules(standard.__path__))


def check_parsers() -> object:
    import argparse
    import csv
    import decimal
    import email.message
    import html.parser
    import tomllib
    import xml.etree.ElementTree as tree

    assert argparse and csv and email and html
    return [
        tree.fromstring("<a><b/></a>")[0].tag,
        str(decimal.Decimal("1.1") * 3),
        tomllib.loads("a = 1"),
    ]


def check_process() -> object:
    import subprocess

    code = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=False)
    return [code.returncode, code.stdout.decode()]


def check_isolation() -> object:
    """A module beside the executable, or on PYTHONPATH, must not be importable."""
    try:
        import planted
    except ModuleNotFoundError:
        return "not importable"
    return repr(planted)


def check_disk() -> object:
    """Nothing was unpacked, and nothing is imported from the disk."""
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    return [
        sys.path,
        sorted(name for name in files if name and not name.startswith("/millennium/")),
    ]


def run(check: Callable[[], object]) -> object:
    try:
        return check()
    except BaseException:
        return {"failed": traceback.format_exc()}


def main() -> None:
    checks = {
        name[6:]: run(check) for name, check in list(globals().items()) if name.startswith("check_")
    }
    print(json.dumps(checks))


if __name__ == "__main__":
    main()
