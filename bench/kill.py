"""SIGKILL under mixed load, restart, and a look at everything that was acknowledged: `python -m bench.kill 200`.

Five vendors' writes and SMTP go on at once over a dozen connections when the server is killed: most times in the midst
of that, sometimes as it starts, as it stops, or as it was just told to stop. After each kill the same folder is served
again, and every write that was acknowledged is looked for through the vendors' own reads, every message by its bytes.
The exit status is 1 if anything is amiss.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.load import DEFAULT, VENDORS, Client, Request, Sender, Writer
from mockmail.server.discovery import discover, wanted_vendors

BOX = "box"
SENDERS = (DEFAULT, DEFAULT, BOX)
INBOX = b"username=inbox@yourdomain.com&password=changeme"
PAGE_OF_ALL = 20
"""After how many kills everything is looked at, and not only what was written since the last."""


class Served:
    """A mockmail process on a data folder."""

    def __init__(self, folder: Path) -> None:
        self._ready = folder.with_name("ready.json")
        self._ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "mockmail", "serve", "--http-port", "0", "--smtp-port", "0", "--quiet"]
        command += ["--data-dir", str(folder), "--ready-file", str(self._ready)]
        self._errors = folder.with_name("errors.txt").open("w+b")
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self._errors)
        self.http = self.smtp = 0

    def wait(self) -> None:
        """Wait until it listens. Raises SystemExit where it does not."""
        end = time.monotonic() + 30
        while not self._ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"mockmail does not start (status {self.process.poll()}): {self.errors()}")
            time.sleep(0.005)
        facts = json.loads(self._ready.read_text())
        self.http, self.smtp = (int(facts[name].rpartition(":")[2]) for name in ("http", "smtp"))

    def end(self, number: int) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def errors(self) -> str:
        """What it said on standard error."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")


class Killing:
    """The whole of it, with the tally."""

    def __init__(self, folder: Path, seed: str) -> None:
        self._folder = folder
        self._seed = seed
        self._random = random.Random(seed)
        chosen = [one.name for one in discover(only=wanted_vendors()) if one.name in VENDORS]
        self._writers = [Writer(vendor, sandbox, seed) for vendor in chosen for sandbox in (DEFAULT, BOX)]
        self.vendors = chosen
        self._mail: dict[str, dict[str, bytes]] = {DEFAULT: {}, BOX: {}}
        self._fresh: dict[str, list[str]] = {DEFAULT: [], BOX: []}
        self._most = {DEFAULT: 0, BOX: 0}
        self.tally: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def prepare(self) -> None:
        """The account that the mail is for."""
        served = Served(self._folder)
        served.wait()
        client = Client(served.http)
        for prefix in ("", f"/~{BOX}") if "atmail" in self.vendors else ():
            headers = VENDORS["atmail"].headers
            await client.ask(Request("POST", f"{prefix}/atmail/admin/index.php/api/accounts/create/", INBOX, headers))
        client.close()
        served.end(signal.SIGTERM)

    async def once(self) -> None:
        """A kill, and what is there after it."""
        manner = self._random.choices(("under load", "at the start", "at the stop"), (8, 1, 1))[0]
        served = Served(self._folder)
        if manner == "at the start":
            await asyncio.sleep(self._random.uniform(0.0, 0.5))
        else:
            served.wait()
            await self._load(served, clean=manner == "at the stop")
        served.end(signal.SIGKILL)
        self.tally[f"killed {manner}"] += 1
        await self._check()

    async def _load(self, served: Served, *, clean: bool) -> None:
        seeds = [f"{self._seed} {self.tally.total()} {number}" for number in range(len(SENDERS))]
        senders = [
            Sender(served.smtp, sandbox, seed, self._keeper(sandbox))
            for sandbox, seed in zip(SENDERS, seeds, strict=True)
        ]
        for sender in senders:
            sender.start()
        writes = [asyncio.ensure_future(writer.run(served.http)) for writer in self._writers]
        await asyncio.sleep(self._random.uniform(0.02, 0.5))
        if clean:
            served.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(self._random.uniform(0.0, 0.06))
        served.process.send_signal(signal.SIGKILL)
        await asyncio.wait_for(asyncio.gather(*writes), 20)
        for sender in senders:
            sender.join(20)
            self.wrong += [] if clean else sender.refused
        for sandbox in SENDERS:
            self._most[sandbox] += 1  # the message that each sender had under way may be there

    def _keeper(self, sandbox: str):  # noqa: ANN202  # a function of id and bytes
        def keep(message_id: str, raw: bytes) -> None:
            if message_id in self._mail[sandbox]:
                self.wrong.append(f"SMTP: the id {message_id} was given twice")
            self._mail[sandbox][message_id] = raw
            self._fresh[sandbox].append(message_id)
            self._most[sandbox] += 1

        return keep

    async def _check(self) -> None:
        began = time.monotonic()
        served = Served(self._folder)
        served.wait()
        self.tally["slowest start, ms"] = max(self.tally["slowest start, ms"], round(1000 * (time.monotonic() - began)))
        everything = self.tally.total() % PAGE_OF_ALL == 0
        client = Client(served.http)
        for writer in self._writers:
            self.wrong += await writer.check(client, everything=everything)
            self.wrong += writer.refused
            self.tally["writes acknowledged"] += writer.acknowledged
            writer.acknowledged = 0
            writer.refused.clear()
        for sandbox in (DEFAULT, BOX):
            await self._check_mail(client, sandbox, everything=everything)
        client.close()
        status = served.end(signal.SIGTERM) if self._random.random() < 0.5 else served.end(signal.SIGKILL)
        if status not in (0, -signal.SIGKILL) or served.errors():
            self.wrong.append(f"mockmail ended with {status} and said {served.errors()!r}")

    async def _check_mail(self, client: Client, sandbox: str, *, everything: bool) -> None:
        prefix = "" if sandbox == DEFAULT else f"/~{sandbox}"
        kept = self._mail[sandbox]
        for message_id in kept if everything else self._fresh[sandbox]:
            answer = await client.ask(Request("GET", f"{prefix}/_mockmail/messages/{message_id}/raw"))
            if answer != (200, kept[message_id]):
                self.wrong.append(f"SMTP: the message {message_id} is {answer[0]} {answer[1][:80]!r}")
            self.tally["messages read back"] += 1
        self.tally["messages acknowledged"] += len(self._fresh[sandbox])
        self._fresh[sandbox].clear()
        total = json.loads((await client.ask(Request("GET", f"{prefix}/_mockmail/messages?limit=1")))[1])["total"]
        if not len(kept) <= total <= self._most[sandbox]:
            self.wrong.append(f"{sandbox}: {total} messages; {len(kept)} acknowledged, {self._most[sandbox]} at most")
        if "atmail" in self.vendors:
            view = Request(
                "POST", f"{prefix}/atmail/admin/index.php/api/accounts/view/", INBOX, VENDORS["atmail"].headers
            )
            found = re.search(rb"<TotalMessages>(\d+)<", (await client.ask(view))[1])
            if found is None or int(found[1]) != total:
                self.wrong.append(f"{sandbox}: the mailbox holds {found and found[1]}, and there are {total} messages")


async def run(kills: int, seconds: float, seed: str) -> int:
    """Kill so many times, or for so long; returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="mockmail-kill-") as folder:
        killing = Killing(Path(folder) / "data", seed)
        await killing.prepare()
        print(f"seed {seed!r}, {', '.join(killing.vendors)} and SMTP, in {folder}", flush=True)
        began = time.monotonic()
        done = 0
        while done < kills and time.monotonic() - began < seconds and not killing.wrong:
            await killing.once()
            done += 1
        for name, count in sorted(killing.tally.items()):
            print(f"  {count:8} {name}")
        print(f"  {_size(Path(folder)):8} bytes in the folder")
    for line in killing.wrong[:20]:
        print(f"WRONG {line}")
    verdict = "all as acknowledged" if not killing.wrong else f"{len(killing.wrong)} WRONG"
    print(f"{done} kills in {time.monotonic() - began:.0f} s: {verdict}")
    return 1 if killing.wrong else 0


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--seed", default=str(os.getpid()), help="the same seed kills at the same moments")
    given = parser.parse_args()
    return asyncio.run(run(given.kills, given.seconds, given.seed))


if __name__ == "__main__":
    sys.exit(main())
