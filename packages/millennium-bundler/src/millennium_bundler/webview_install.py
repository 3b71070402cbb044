"""What an installer carries and runs so that the user's Windows has WebView2.

1. `skip`: nothing; Windows 11 has it.
2. `download_bootstrapper`: the installer fetches Microsoft's bootstrapper when it runs.
3. `embed_bootstrapper`, `offline_installer`: the installer carries Microsoft's program and runs it.
4. `fixed_runtime`: the runtime's files lie in the folder of the app; nothing is installed.
5. What 3 and 4 carry is a file or folder of this machine, or is fetched by the digest that the manifest names.

6. What is downloaded lies in a folder that the caller names, where no program with fewer rights can put, rename or
   change anything; it is held open against changes, then its signature is checked, then it runs.

Nothing of 1 to 3 runs where WebView2 is already.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from millennium_bundler.errors import FormatError
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import File
from millennium_bundler.webview_fetch import Pin, fetch, is_kept, offline_error
from millennium_bundler.webview_runtime import read_runtime_folder, unpack_runtime
from millennium_bundler.windows_settings import WebviewMode

# https://learn.microsoft.com/microsoft-edge/webview2/concepts/distribution
CLIENT = "{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
BOOTSTRAPPER_URL = "https://go.microsoft.com/fwlink/p/?LinkId=2124703"
FIXED_RUNTIME_FOLDER = "webview2"
_PROGRAM = b"MZ"
# The bootstrapper is one for all machines; a fixed runtime has no link that stays.
_LINKS = {
    **{
        ("embed_bootstrapper", machine): BOOTSTRAPPER_URL
        for machine in ("x86_64", "i686", "aarch64")
    },
    ("offline_installer", "x86_64"): "https://go.microsoft.com/fwlink/?linkid=2124701",
    ("offline_installer", "i686"): "https://go.microsoft.com/fwlink/?linkid=2099617",
    ("offline_installer", "aarch64"): "https://go.microsoft.com/fwlink/?linkid=2099616",
}

# (6); without square brackets, which would be places of properties in an .msi. Modules are Windows' own ones only:
# a user's folder of modules comes first otherwise. Started without the shell, which asks the user's registry what
# a program is.
_SCRIPT = (
    "$ErrorActionPreference='Stop';"
    "$env:PSModulePath=$PSHOME+'\\Modules';"
    "%s"
    "$f=Join-Path $d 'MicrosoftEdgeWebview2Setup.exe';"
    "Invoke-WebRequest -UseBasicParsing -Uri '%s' -OutFile $f;"
    "$h=New-Object IO.FileStream $f,'Open','Read','Read';"
    "$s=Get-AuthenticodeSignature $f;"
    "if($s.Status -ne 'Valid' -or $s.SignerCertificate.Subject -notmatch "
    "'(^|, )O=Microsoft Corporation(,|$)'){exit 1};"
    "$p=Start-Process $f -ArgumentList '%s' -NoNewWindow -Wait -PassThru;"
    "$h.Close();Remove-Item -Force $f;if($n){Remove-Item $n};exit $p.ExitCode"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebviewInstall:
    """What one mode comes to.

    Attributes:
        mode: Which of the five.
        is_silent: Whether Microsoft's program shows no window.
        program: Bytes of the bootstrapper or the offline installer; empty in the other modes.
        files: The fixed runtime's, with paths below the folder of the app; empty in the other modes.
    """

    mode: WebviewMode
    is_silent: bool = True
    program: bytes = b""
    files: tuple[File, ...] = ()

    @property
    def arguments(self) -> str:
        """The words of Microsoft's program."""
        return "/silent /install" if self.is_silent else "/install"


def download_script(arguments: str, *, folder: str) -> str:
    """Return PowerShell that fetches Microsoft's bootstrapper and runs it when Microsoft has signed it.

    Args:
        arguments: Words of the bootstrapper.
        folder: PowerShell that sets ``$d`` to a folder that is safe for this, and ``$n`` to it when it is new.
    """
    return _SCRIPT % (folder, BOOTSTRAPPER_URL, arguments.replace(" ", "','"))


def check_webview_install(manifest: Manifest) -> None:
    """Refuse a mode whose file can neither be found nor fetched; nothing is read or fetched.

    Raises:
        FormatError: The mode needs a file, a folder or a digest that the manifest does not name, or --offline
            forbids to fetch what is not kept.
    """
    settings = manifest.settings.windows.webview_install
    if settings.mode in {"skip", "download_bootstrapper"}:
        return
    if settings.path:
        path = manifest.resolve(settings.path)
        if not (path.is_dir() if settings.mode == "fixed_runtime" else path.is_file()):
            raise _missing(manifest)
        return
    pin = _pin(manifest)
    if not manifest.may_fetch and not is_kept(pin):
        raise offline_error(pin)


def read_webview_install(manifest: Manifest) -> WebviewInstall:
    """Return what the manifest's mode comes to, with files of this machine or fetched ones.

    Raises:
        FormatError: The mode needs what the manifest does not name, or what it names is not there, cannot be
            fetched, or is another file.
    """
    settings = manifest.settings.windows.webview_install
    mode, silent = settings.mode, settings.silent
    if mode in {"skip", "download_bootstrapper"}:
        return WebviewInstall(mode=mode, is_silent=silent)
    check_webview_install(manifest)
    if mode == "fixed_runtime":
        files = _runtime(manifest)
        if not files:
            raise _missing(manifest)
        return WebviewInstall(mode=mode, is_silent=silent, files=files)
    program = _given(manifest) if settings.path else _fetched(manifest)
    if not program.startswith(_PROGRAM):
        raise _missing(manifest)
    return WebviewInstall(mode=mode, is_silent=silent, program=program)


def _runtime(manifest: Manifest) -> tuple[File, ...]:
    path = manifest.settings.windows.webview_install.path
    if path:
        return read_runtime_folder(manifest.resolve(path), FIXED_RUNTIME_FOLDER)
    return unpack_runtime(_fetched(manifest), FIXED_RUNTIME_FOLDER)


def _given(manifest: Manifest) -> bytes:
    """Return a file of the user's own; with a digest, only that file."""
    settings = manifest.settings.windows.webview_install
    data = manifest.resolve(settings.path).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if settings.sha256 and found != settings.sha256:
        message = f"{settings.path} is not the file that is pinned: its SHA-256 is {found}"
        help_line = "correct `windows.webview_install.sha256`, or leave it out"
        raise FormatError(message, code="webview.changed", help=help_line)
    return data


def _fetched(manifest: Manifest) -> bytes:
    return fetch(_pin(manifest), may_fetch=manifest.may_fetch)


def _pin(manifest: Manifest) -> Pin:
    settings = manifest.settings.windows.webview_install
    url = settings.url or _LINKS.get((settings.mode, manifest.settings.target.split("-")[0]), "")
    if not url:
        raise _missing(manifest)
    if not settings.sha256:
        message = f"{settings.mode}: nothing is fetched without its SHA-256"
        help_line = (
            "Microsoft's links give a new file every few weeks, so that only you can say which is meant: "
            f"fetch {url}, look at its signature, and set `windows.webview_install.sha256`; or set "
            "`windows.webview_install.path` to a file of your own"
        )
        raise FormatError(message, code="webview.no_pin", help=help_line)
    return Pin(url=url, sha256=settings.sha256)


def _missing(manifest: Manifest) -> FormatError:
    settings = manifest.settings.windows.webview_install
    named = settings.path or settings.url or "nothing"
    is_runtime = settings.mode == "fixed_runtime"
    what = "fixed WebView2 runtime" if is_runtime else "WebView2 installer"
    help_line = "name it in `windows.webview_install.path`, or its `url` and `sha256`, or choose another mode"
    message = f"{settings.mode}: {named} is no {what}"
    return FormatError(message, code="webview.missing", help=help_line)
