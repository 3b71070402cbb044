"""What an installer carries and runs so that the user's Windows has WebView2.

1. `skip`: nothing; Windows 11 has it.
2. `download_bootstrapper`: the installer fetches Microsoft's bootstrapper when it runs.
3. `embed_bootstrapper`, `offline_installer`: the installer carries Microsoft's program and runs it.
4. `fixed_runtime`: the runtime's files lie in the folder of the app; nothing is installed.

Nothing of 1 to 3 runs where WebView2 is already.
"""

from __future__ import annotations

from dataclasses import dataclass

from millennium_bundler.errors import FormatError
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import File
from millennium_bundler.windows_settings import WebviewMode

# https://learn.microsoft.com/microsoft-edge/webview2/concepts/distribution
CLIENT = "{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
BOOTSTRAPPER_URL = "https://go.microsoft.com/fwlink/p/?LinkId=2124703"
FIXED_RUNTIME_FOLDER = "webview2"

# No file name can be foreseen, and what is not signed by Microsoft does not run. It has no square brackets,
# which would be places of properties.
_SCRIPT = (
    "$ErrorActionPreference='Stop';"
    "$d=Join-Path $env:TEMP (New-Guid).Guid;"
    "$null=New-Item -ItemType Directory $d;"
    "$f=Join-Path $d 'MicrosoftEdgeWebview2Setup.exe';"
    "Invoke-WebRequest -UseBasicParsing -Uri '%s' -OutFile $f;"
    "$s=Get-AuthenticodeSignature $f;"
    "if($s.Status -ne 'Valid' -or $s.SignerCertificate.Subject -notmatch "
    "'O=Microsoft Corporation'){exit 1};"
    "$p=Start-Process $f -ArgumentList '%s' -Wait -PassThru;"
    "Remove-Item -Recurse -Force $d;exit $p.ExitCode"
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


def download_script(arguments: str) -> str:
    """Return PowerShell that fetches Microsoft's bootstrapper and runs it when Microsoft has signed it."""
    return _SCRIPT % (BOOTSTRAPPER_URL, arguments.replace(" ", "','"))


def read_webview_install(manifest: Manifest) -> WebviewInstall:
    """Return what the manifest's mode comes to, with files that lie on this machine.

    Raises:
        FormatError: The mode needs a file or folder that the manifest does not name or that is not there.
    """
    settings = manifest.settings.windows.webview_install
    mode, silent = settings.mode, settings.silent
    if mode in {"skip", "download_bootstrapper"}:
        return WebviewInstall(mode=mode, is_silent=silent)
    path = manifest.resolve(settings.path)
    if mode == "fixed_runtime":
        found = sorted(path.rglob("*")) if settings.path and path.is_dir() else []
        files = tuple(
            File(
                path=f"{FIXED_RUNTIME_FOLDER}/{item.relative_to(path).as_posix()}",
                data=item.read_bytes(),
            )
            for item in found
            if item.is_file()
        )
        if not any(file.path.endswith("/msedgewebview2.exe") for file in files):
            raise _missing(f"{settings.path or 'no folder'} is no fixed WebView2 runtime", mode)
        return WebviewInstall(mode=mode, is_silent=silent, files=files)
    if not (settings.path and path.is_file()):
        raise _missing(f"{settings.path or 'no file'} is no WebView2 installer", mode)
    return WebviewInstall(mode=mode, is_silent=silent, program=path.read_bytes())


def _missing(what: str, mode: str) -> FormatError:
    help_line = "name it in `webview_install.path`, or choose another mode"
    return FormatError(f"{mode}: {what}", code="webview.missing", help=help_line)
