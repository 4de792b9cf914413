"""Take the pictures of docs/pictures (`make pictures`), or with `--all FOLDER` every section at every width."""

from __future__ import annotations

import shutil
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import Page, open_chromium
from lived_in import live_in
from recording_proxy import Proxy

from mockmail import MockMail

DOCS = Path(__file__).parents[2] / "docs" / "pictures"


def places(mm: MockMail) -> dict[str, str]:
    newest = mm.inbox[-1].id
    create = mm.requests.find(vendor="atmail", operation="account.create")[-1].id
    unmatched = mm.requests.unmatched()[0].id
    return {
        "inbox": f"#/inbox/{newest}",
        "list": "#/inbox",
        "requests": f"#/requests/{create}",
        "unmatched": f"#/requests/{unmatched}",
        "state": "#/state/rackspace/mailboxes",
        "faults": "#/faults",
        "vendors": "#/vendors",
        "vendor": "#/vendors/atmail",
    }


def packed(png: bytes) -> bytes:
    """Return a PNG with the same pixels that takes less room: the browser compresses for speed."""
    position, chunks = 8, {}
    while position < len(png):
        length, name = struct.unpack(">I4s", png[position : position + 8])
        chunks[name] = chunks.get(name, b"") + png[position + 8 : position + 8 + length]
        position += length + 12
    width, height, _, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    pixel = {2: 3, 6: 4}[colour]
    lines, before = [], bytearray(width * pixel)
    data = zlib.decompress(chunks[b"IDAT"])
    for row in range(height):
        start = row * (width * pixel + 1)
        line = unfiltered(data[start], bytearray(data[start + 1 : start + 1 + width * pixel]), before, pixel)
        lines.append(b"\0" + b"".join(line[at : at + 3] for at in range(0, len(line), pixel)))
        before = line
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9)
    body = packer.compress(b"".join(lines)) + packer.flush()
    return png[:8] + b"".join(
        chunk(name, content) for name, content in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def unfiltered(kind: int, line: bytearray, before: bytearray, pixel: int) -> bytearray:
    """Return the bytes of a line of pixels (PNG, 9.2)."""
    for at in range(len(line) if kind else 0):
        left = line[at - pixel] if at >= pixel else 0
        corner = before[at - pixel] if at >= pixel else 0
        up = before[at]
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        line[at] = (line[at] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return line


def main(given: list[str]) -> None:
    everything = given[:1] == ["--all"]
    folder = Path(given[1]) if everything else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    proxy = Proxy()
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        raise SystemExit("the pictures need chromium and chromedriver (Debian: chromium, chromium-driver)")
    browser = open_chromium(chromium, driver, proxy.port)
    with MockMail() as mm:
        proxy.target = mm.url
        page = Page(browser, mm.url, proxy)
        if everything:
            page.open()
            page.see(".empty h3", "Through a vendor's API")
            page.picture(folder / "empty.png")
        live_in(mm)
        for name, place in places(mm).items():
            for width in (1440, 900, 360) if everything else (1120,):
                for scheme in ("light", "dark"):
                    if not everything and (
                        name in ("list", "unmatched", "vendor") or (scheme == "dark") != (name == "requests")
                    ):
                        continue
                    page.resize(width, 740 if everything else 620)
                    page.colours(scheme)
                    page.driver.get("about:blank")
                    page.open(place)
                    page.see("article h2, .page h2, .rows li")
                    page.wait(lambda: "…" not in [element.text for element in page.all(".page, pre")])
                    page.gone(".tally", "loading")
                    page.wait(lambda: not page.all(".split") or page.all(".rows li, article"))
                    page.script("return new Promise((done) => setTimeout(done, 600))")  # the frame of the preview
                    file = folder / (f"{name}-{width}-{scheme}.png" if everything else f"{name}.png")
                    page.picture(file)
                    if not everything:
                        file.write_bytes(packed(file.read_bytes()))
    browser.quit()
    proxy.close()


if __name__ == "__main__":
    main(sys.argv[1:])
