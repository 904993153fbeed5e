"""Deployment packages: ZIP archives of the working tree in the layout that Lambda expects."""

import compileall
import io
import shutil
import tempfile
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

IGNORED_FILES = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def zip_package(folder: Path, inside: str = "") -> bytes:
    """Return a ZIP archive of `folder`, with its content below the path `inside`.

    It includes bytecode, because otherwise each new Lambda worker compiles the package again.
    """
    with tempfile.TemporaryDirectory(prefix="amzlinkr-zip-") as scratch:
        root = Path(scratch)
        shutil.copytree(folder, root / inside, ignore=IGNORED_FILES, dirs_exist_ok=True)
        compileall.compile_dir(
            root,
            quiet=2,
            stripdir=str(root),
            # Independent of file times, which differ after Lambda has unpacked the archive.
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        return zip_folder(root)


def zip_folder(folder: Path) -> bytes:
    """Return a ZIP archive of all files in `folder`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as files:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files.write(path, path.relative_to(folder))
    return archive.getvalue()
