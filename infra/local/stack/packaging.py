"""Zips of the working tree, laid out as Lambda expects them."""

import compileall
import io
import shutil
import tempfile
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def zip_package(folder: Path, inside: str = "") -> bytes:
    """The Python files of `folder` below the path `inside`, compiled.

    Bytecode goes along, or each new Lambda worker would compile the whole package again.
    """
    with tempfile.TemporaryDirectory(prefix="amzlinkr-zip-") as scratch:
        root = Path(scratch)
        shutil.copytree(folder, root / inside, ignore=IGNORED, dirs_exist_ok=True)
        compileall.compile_dir(
            root,
            quiet=2,
            stripdir=str(root),
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        return zip_folder(root)


def zip_folder(folder: Path) -> bytes:
    """Every file of `folder` in one archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as files:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files.write(path, path.relative_to(folder))
    return archive.getvalue()
