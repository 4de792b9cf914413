"""Send SIGKILL under mixed load, restart, and check every acknowledged write: `python -m bench.kill 200`.

Five vendors' writes, mail that three of them send, SMTP, and sandboxes that come and go, are under way at once over two
dozen connections when the server is killed: most times in the midst of that, else as it starts, as it was told to stop,
or as it makes or removes a sandbox. After each kill the same folder is served again,
and every write that was acknowledged is looked for through the vendors' own reads, every message by its bytes. Nothing
that was refused may be there, and what was under way is there in full or not at all.
The exit status is 1 if anything is amiss; then the folder is left to be looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.calls import DEFAULT, VENDORS, Request
from bench.load import Client, Load, Mail, Mailer, Sender, TestMailer, Writer
from bench.sandbox_lifecycle import Boxes
from bench.served import Served

BOX, POST = "box", "post"
SENDERS = (DEFAULT, DEFAULT, BOX)
INBOX = b"username=inbox@yourdomain.com&password=changeme"
EVERY = 20
"""The number of kills after which everything is checked, not only the writes since the last kill."""

MANNERS = {
    "under load": 60,
    "at the start": 15,
    "at the stop": 10,
    "in a sandbox": 15,
}
"""The moments of the kills, and their shares in percent."""


class Killing:
    """The whole run and its counts."""

    def __init__(self, folder: Path, seed: str) -> None:
        self._folder = folder
        self._seed = seed
        self._random = random.Random(seed)
        self._writers = [Writer(vendor, sandbox, seed) for vendor in VENDORS for sandbox in (DEFAULT, BOX)]
        self._mail = {sandbox: Mail(sandbox) for sandbox in (DEFAULT, BOX, POST)}
        self._boxes = Boxes(seed)
        mailers = [Mailer(vendor, self._mail[box], seed) for vendor in ("adaxes", "spacedog") for box in (DEFAULT, BOX)]
        mailers.append(TestMailer("onlyoffice", self._mail[POST], seed))
        self._loads: list[Load] = [*self._writers, *mailers, self._boxes]
        self._start = 0.5
        self.tally: Counter[str] = Counter()
        self.kills = 0
        self.wrong: list[str] = []

    async def prepare(self) -> None:
        """Create the account that the mail is for."""
        served = Served(self._folder)
        served.wait()
        client = Client(served.http)
        request = Request("POST", "/atmail/admin/index.php/api/accounts/create/", INBOX, VENDORS["atmail"].headers)
        for sandbox in (DEFAULT, BOX):
            await client.ask(request.within(sandbox))
        client.close()
        served.end(signal.SIGTERM)

    async def once(self) -> None:
        """Kill the server once, restart it and check its state."""
        manner = self._random.choices(list(MANNERS), list(MANNERS.values()))[0]
        served = Served(self._folder)
        seen = True
        if manner == "at the start":
            await asyncio.sleep(self._random.uniform(0.3, 1.1) * self._start)
        else:
            served.wait()
            seen = await self._load(served, manner)
        served.end(signal.SIGKILL)
        self.kills += 1
        otherwise = "with nothing to do" if manner.endswith("the start") else "under load"
        self.tally[f"killed {manner if seen else otherwise}"] += 1
        self.tally["files of removed sandboxes that were left"] += _half(self._folder)
        await self._check()

    async def _load(self, served: Served, manner: str) -> bool:
        """Load the server and kill it meanwhile; return whether the kill was at the intended moment."""
        numbered = [f"{self._seed} {self.kills} {number}" for number in range(len(SENDERS))]
        senders = [Sender(served.smtp, self._mail[box], seed) for box, seed in zip(SENDERS, numbered, strict=True)]
        for sender in senders:
            sender.start()
        loads = [asyncio.ensure_future(load.run(served.http)) for load in self._loads]
        seen = await self._kill(served, manner)
        await asyncio.wait_for(asyncio.gather(*loads), 20)
        for sender in senders:
            sender.join(20)
            self.tally["refusals"] += sender.refused
            self.tally["messages acknowledged"] += sender.acknowledged
        for load in (*senders, *self._loads):  # who is stopping may turn away what comes
            self.wrong += [] if manner == "at the stop" else load.wrong
            load.wrong.clear()
        for load in self._loads:
            kind = {Writer: "writes", Boxes: "things done to sandboxes"}.get(type(load), "mails of vendors")
            self.tally[f"{kind} acknowledged"] += load.acknowledged
            load.acknowledged = 0
        return seen

    async def _kill(self, served: Served, manner: str) -> bool:
        await asyncio.sleep(self._random.uniform(0.02, 0.5))
        if manner == "in a sandbox":
            return await asyncio.to_thread(served.kill_in_a_sandbox, 1)
        if manner == "at the stop":
            served.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(self._random.uniform(0.0, 0.08))
        served.process.send_signal(signal.SIGKILL)
        return True

    async def _check(self) -> None:
        began = time.monotonic()
        served = Served(self._folder)
        served.wait()
        self._start = time.monotonic() - began
        self.tally["ms of the slowest start"] = max(self.tally["ms of the slowest start"], round(1000 * self._start))
        everything = self.kills % EVERY == 0
        client = Client(served.http)
        for writer in self._writers:
            self.wrong += await writer.check(client, everything=everything)
            self.tally["refusals"] += writer.refused
            writer.refused = 0
        self.wrong += await self._boxes.check(client)
        for mail in self._mail.values():
            before = 0 if everything else len(mail.known)
            self.wrong += await mail.check(client, everything=everything)
            self.tally["messages read back"] += len(mail.known) - before
        for sandbox in (DEFAULT, BOX):
            await self._check_mailbox(client, sandbox)
        client.close()
        status = served.end(signal.SIGTERM) if self._random.random() < 0.5 else served.end(signal.SIGKILL)
        if status not in (0, -signal.SIGKILL) or served.errors():
            self.wrong.append(f"mockmail ended with {status} and said {served.errors()!r}")

    async def _check_mailbox(self, client: Client, sandbox: str) -> None:
        request = Request("POST", "/atmail/admin/index.php/api/accounts/view/", INBOX, VENDORS["atmail"].headers)
        _, body = await client.ask(request.within(sandbox))
        found = re.search(rb"<TotalMessages>(\d+)<", body)
        count = sum(raw is not None for raw in self._mail[sandbox].known.values())
        if found is None or int(found[1]) != count:
            self.wrong.append(f"{sandbox}: the mailbox holds {found and found[1]}, and there are {count} messages")


async def run(kills: int, seconds: float, seed: str) -> int:
    """Kill this many times, or for this long, and return the exit status."""
    folder = Path(tempfile.mkdtemp(prefix="mockmail-kill-"))
    killing = Killing(folder / "data", seed)
    await killing.prepare()
    print(f"seed {seed!r}, {', '.join(VENDORS)} and SMTP, in {folder}", flush=True)
    began = time.monotonic()
    while killing.kills < kills and time.monotonic() - began < seconds and not killing.wrong:
        await killing.once()
    for name, count in sorted(killing.tally.items()):
        print(f"  {count:8} {name}")
    print(f"  {_size(folder):8} bytes in the folder")
    for line in killing.wrong[:20]:
        print(f"WRONG {line}")
    verdict = "all as acknowledged" if not killing.wrong else f"{len(killing.wrong)} WRONG"
    print(f"{killing.kills} kills in {time.monotonic() - began:.0f} s: {verdict}")
    if not killing.wrong:
        shutil.rmtree(folder)
    return 1 if killing.wrong else 0


def _half(folder: Path) -> int:
    return len([*folder.glob("sandboxes/.*.removed")])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--seed", default=str(os.getpid()), help="the same seed kills in the same manners")
    given = parser.parse_args()
    sys.setswitchinterval(0.0005)  # whoever looks for the moment to kill must not wait for those who load
    return asyncio.run(run(given.kills, given.seconds, given.seed))


if __name__ == "__main__":
    sys.exit(main())
