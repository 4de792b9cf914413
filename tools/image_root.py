"""Gather the files of the container image: the environment of mockmail, its Python and the libraries that they load.

The Dockerfile runs this in its build stage: `image_root.py TARGET SBOM`. The image has nothing else: no shell and no
package manager. The libraries and the Python are added to the bill of materials.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

ENVIRONMENT = Path("/opt/mockmail")
USER = 10001
LEFT_OUT_OF_LIBRARY = (
    *("test", "idlelib", "tkinter", "turtledemo", "turtle.py", "lib2to3", "ensurepip", "pydoc_data", "config-*"),
    *("site-packages", "dist-packages", "_tkinter*", "_dbm*", "_gdbm*", "readline*", "_curses*", "_pyrepl", "_test*"),
    *("unittest", "doctest.*", "pdb.*", "pydoc.*"),
)
"""Parts of the standard library that serve drawing, testing and terminals; and packages outside the environment."""
LEFT_OUT_OF_PACKAGES = (
    *("*.c", "*.h", "*.pyx", "*.pxd", "*.pxi", "*.pyi"),
    *("aiosmtpd/tests", "lxml/html", "lxml/isoschematron", "lxml/objectify.*"),
    "frozenlist/_frozenlist.*",
)
"""The sources of compiled modules, their types, and parts of packages that nothing here imports.

Without its compiled module, frozenlist uses one in Python; no other module needs libstdc++, which has 2.5 MB.
"""
SETTINGS = ("/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/nsswitch.conf", "/etc/ssl/certs/ca-certificates.crt")
MAGIC, LITTLE_ENDIAN_64 = b"\x7fELF", b"\x02\x01"
HEADER = "<16sHHIQQQIHHHHHH"
SEGMENTS_OFFSET, SECTIONS_OFFSET, SEGMENT_SIZE, SEGMENT_COUNT, SECTION_COUNT, SECTION_NAMES = 5, 6, 9, 10, 12, 13
"""Places in the header of an ELF file."""
SEGMENT = "<8xQ16xQ16x"
"""Of a segment: its offset in the file, and its length there."""
LOADED_LATE = ("libgcc_s.so.1",)
"""Libraries that the C library loads when a thread ends."""


def main(target: Path, sbom: Path) -> None:
    """Fill the target folder, and add what is not a Python package to the bill of materials."""
    copy_folder(Path(sysconfig.get_path("stdlib")), target, LEFT_OUT_OF_LIBRARY)
    copy_folder(ENVIRONMENT, target, LEFT_OUT_OF_PACKAGES)
    copy_links(ENVIRONMENT / "bin" / "python", target)
    libraries = sorted(needed_libraries(target))
    for library in libraries:
        copy_file(library, target)
    for name in SETTINGS:
        if Path(name).is_dir():
            copy_folder(Path(name), target)
        elif Path(name).exists():
            copy_file(Path(name), target)
    for name in ("lib", "lib64"):
        if Path("/", name).is_symlink():
            (target / name).symlink_to(Path("/", name).readlink())
    for path in programs_in(target):
        strip(path)
    add_user(target, Path(f"{target}-of-user"))
    subprocess.run(["ldconfig", "-r", str(target)], check=True)
    complete(sbom, libraries)


def copy_links(path: Path, target: Path) -> None:
    """Copy a program, and each symbolic link on the way to it."""
    while path.is_symlink():
        place = placed(path, target)
        if not place.is_symlink():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path.readlink())
        path = path.parent / path.readlink()
    copy_file(path, target)


def copy_folder(folder: Path, target: Path, left_out: Sequence[str] = ()) -> None:
    """Copy a folder without the files and folders that match a pattern: a name, or a path's last parts."""

    def ignored(place: str, names: list[str]) -> list[str]:
        return [name for name in names if any(Path(place, name).match(pattern) for pattern in left_out)]

    shutil.copytree(folder, placed(folder, target), symlinks=True, dirs_exist_ok=True, ignore=ignored)


def copy_file(path: Path, target: Path) -> None:
    """Copy a file, under its own name, into the folder that its path leads to."""
    place = placed(path, target)
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        shutil.copy2(path, place)


def placed(path: Path, target: Path) -> Path:
    """Return the place of a path below the target, after the symbolic links of its folders."""
    return target / path.parent.resolve().relative_to("/") / path.name


def needed_libraries(target: Path) -> Iterator[Path]:
    """Yield the shared libraries that the copied programs and modules load, the loader included."""
    found: set[Path] = set()
    for path in programs_in(target):
        listed = subprocess.run(["ldd", f"/{path.relative_to(target)}"], capture_output=True, text=True, check=False)
        found |= {Path(name) for name in re.findall(r"(?:=> |^\t)(/\S+)", listed.stdout, re.MULTILINE)}
    folders = {path.parent for path in found}
    found |= {folder / name for folder in folders for name in LOADED_LATE if (folder / name).exists()}
    for path in found:
        if ENVIRONMENT not in path.parents:
            yield path


def programs_in(target: Path) -> Iterator[Path]:
    """Yield the programs and compiled modules below a folder."""
    for path in target.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == MAGIC:
                    yield path


def strip(path: Path) -> None:
    """Cut off what a program has for debuggers and linkers: all that is behind its last segment.

    Does nothing to files of other kinds than those of 64 bits, little-endian.
    """
    content = path.read_bytes()
    if content[4:6] != LITTLE_ENDIAN_64:
        return
    header = list(struct.unpack_from(HEADER, content))
    first, size, count = header[SEGMENTS_OFFSET], header[SEGMENT_SIZE], header[SEGMENT_COUNT]
    segments = [struct.unpack_from(SEGMENT, content, first + number * size) for number in range(count)]
    end = max(first + count * size, *(offset + length for offset, length in segments))
    header[SECTIONS_OFFSET] = header[SECTION_COUNT] = header[SECTION_NAMES] = 0
    times = path.stat()
    path.write_bytes(struct.pack(HEADER, *header) + content[struct.calcsize(HEADER) : end])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def add_user(target: Path, folders: Path) -> None:
    """Write the user of the image, and make the folders that no package has: those of the user apart."""
    etc = target / "etc"
    (etc / "passwd").write_text(
        f"root:x:0:0:root:/:/nologin\nmockmail:x:{USER}:{USER}:mockmail:/data:/nologin\n", "ascii"
    )
    (etc / "group").write_text(f"root:x:0:\nmockmail:x:{USER}:\n", "ascii")
    (target / "init").mkdir()
    (target / "tmp").mkdir()
    (target / "tmp").chmod(0o1777)
    (folders / "data").mkdir(parents=True)


def complete(sbom: Path, libraries: list[Path]) -> None:
    """Add the Python and the Debian packages of the libraries to a bill of materials (CycloneDX, JSON)."""
    document = json.loads(sbom.read_text("utf-8"))
    version = platform.python_version()
    added = {f"pkg:generic/python@{version}": ("python", version)}
    for library in libraries:
        for package, its_version in owners(library):
            added[f"pkg:deb/debian/{package}@{its_version}"] = (package, its_version)
    document["components"] += [
        {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        for purl, (name, version) in sorted(added.items())
    ]
    sbom.write_text(json.dumps(document, indent=1), "utf-8")


def owners(library: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and version of the Debian package that a library is from; none if it was built here."""
    for path in (library, library.resolve()):
        done = subprocess.run(["dpkg-query", "--search", str(path)], capture_output=True, text=True, check=False)
        named = [line.partition(": ")[0] for line in done.stdout.splitlines() if not line.startswith("diversion ")]
        for package in (name.split(",")[0] for name in named[:1]):
            command = ["dpkg-query", "--show", "--showformat=${Package} ${Version}", package]
            shown = subprocess.run(command, capture_output=True, text=True, check=True)
            name, _, version = shown.stdout.partition(" ")
            yield name, version
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
