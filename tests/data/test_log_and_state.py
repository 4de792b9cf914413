"""The log of changes and the whole state: what a kill may leave of them, and what a person may make of them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state import storage
from mockmail.core.state.records import Record
from mockmail.core.state.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Record):
    table: ClassVar[str] = "items"

    id: str
    value: Any = 0

    @property
    def key(self) -> str:
        return self.id


def items(store):
    return store.records("acme", Item)


def values(path) -> Mapping[str, Any]:
    """What a store that is opened on the folder has, in its order."""
    store = Store(path)
    found = {item.id: item.value for item in items(store)}
    store.close()
    return found


def log_of(path):
    return (path / "changes.jsonl").read_bytes()


def test_a_write_is_one_line_of_json_and_the_state_is_left_alone(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value="Jürgen"))
    items(store).put(Item(id="b", value=2))
    items(store).remove("a")

    assert log_of(tmp_path).decode().splitlines() == [
        '{"format": 1, "follows": 0}',
        '{"tables": {"acme.items": {"a": {"id": "a", "value": "Jürgen"}}}}',
        '{"tables": {"acme.items": {"b": {"id": "b", "value": 2}}}}',
        '{"tables": {"acme.items": {"a": null}}}',
    ]
    assert not (tmp_path / "state.json").exists()
    assert values(tmp_path) == {"b": 2}


def test_the_size_of_a_write_does_not_depend_on_what_is_there(tmp_path):
    store = Store(tmp_path)
    with store.transaction():
        for number in range(10_000):
            items(store).put(Item(id=str(number)))
    before = len(log_of(tmp_path))
    items(store).put(Item(id="new"))
    assert len(log_of(tmp_path)) - before == len('{"tables": {"acme.items": {"new": {"id": "new", "value": 0}}}}\n')


def test_the_whole_state_has_a_line_for_each_document_and_reads_as_it_was_written(tmp_path):
    store = Store(tmp_path)
    for name, value in (("b", "Jürgen"), ("a", "\udc80"), ("", [1, None, {"ä": 1.5}])):
        items(store).put(Item(id=name, value=value))
    store.compact({"seen": 1})

    assert (tmp_path / "state.json").read_text("utf-8") == (
        '{\n "format": 1,\n "generation": 1,\n "facts": {"seen": 1},\n "tables": {\n  "acme.items": {\n'
        '   "b": {"id": "b", "value": "Jürgen"},\n'
        '   "a": {"id": "a", "value": "\\udc80"},\n'
        '   "": {"id": "", "value": [1, null, {"ä": 1.5}]}\n'
        "  }\n }\n}\n"
    )
    assert log_of(tmp_path) == b""
    assert list(values(tmp_path).items()) == [("b", "Jürgen"), ("a", "\udc80"), ("", [1, None, {"ä": 1.5}])]


def test_the_empty_key_is_a_key_like_others(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value=1))
    items(store).put(Item(id="", value=2))
    assert values(tmp_path) == {"a": 1, "": 2}
    items(store).remove("")
    assert values(tmp_path) == {"a": 1}


def test_a_line_counts_when_its_end_is_there_and_not_before(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value="first"))
    whole = len(log_of(tmp_path))
    items(store).put(Item(id="a", value="second"))
    content = log_of(tmp_path)

    for length in range(len(content) + 1):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / "changes.jsonl").write_bytes(content[:length])
        expected = {} if length < whole else {"a": "first"} if length < len(content) else {"a": "second"}
        assert values(folder) == expected, length


def test_what_is_written_after_a_torn_line_is_read(tmp_path):
    for end in (b'{"tables": {"acme.items": {"a": {"id"', b"", b"{"):
        folder = tmp_path / str(len(end))
        folder.mkdir()
        store = Store(folder)
        items(store).put(Item(id="a", value=1))
        store.close()
        with (folder / "changes.jsonl").open("ab") as log:
            log.write(end)
        again = Store(folder)
        items(again).put(Item(id="b", value=2))
        again.close()
        assert values(folder) == {"a": 1, "b": 2}


def test_an_old_log_is_not_applied_to_a_newer_state(tmp_path):
    """A kill between the new state and the empty log: order and values stay as they were."""
    store = Store(tmp_path)
    for name in "ab":
        items(store).put(Item(id=name))
    store.compact({})
    items(store).remove("a")
    items(store).put(Item(id="a", value=2))
    items(store).put(Item(id="c"))
    old = log_of(tmp_path)
    store.compact({})
    (tmp_path / "changes.jsonl").write_bytes(old)

    assert list(values(tmp_path).items()) == [("b", 0), ("a", 2), ("c", 0)]

    again = Store(tmp_path)
    items(again).put(Item(id="d"))
    again.close()
    assert list(values(tmp_path)) == ["b", "a", "c", "d"]
    assert log_of(tmp_path).startswith(b'{"format": 1, "follows": 2}\n')


def test_a_log_without_the_state_that_it_follows_is_refused(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a"))
    store.compact({})
    items(store).put(Item(id="b"))
    store.close()
    (tmp_path / "state.json").unlink()
    with pytest.raises(DataFolderError, match=r"changes\.jsonl: follows generation 1 .* move the log away") as caught:
        Store(tmp_path)
    assert "bring back the one it follows" in str(caught.value)


def test_a_table_that_was_emptied_and_filled_is_what_it_was_filled_with(tmp_path):
    store = Store(tmp_path)
    for name in "abc":
        items(store).put(Item(id=name))
    with store.transaction():
        store.clear()
        items(store).put(Item(id="b", value=1))
    assert values(tmp_path) == {"b": 1}
    store.clear()
    assert values(tmp_path) == {}


def test_what_was_taken_back_is_in_no_line(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value=1))
    before = log_of(tmp_path)
    with pytest.raises(ZeroDivisionError), store.transaction():
        items(store).put(Item(id="a", value=2))
        items(store).put(Item(id="b"))
        raise ZeroDivisionError
    assert log_of(tmp_path) == before
    items(store).put(Item(id="c"))
    assert values(tmp_path) == {"a": 1, "c": 0}


def test_what_json_cannot_say_is_taken_back_too(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(TypeError):
        items(store).put(Item(id="a", value={1, 2}))
    assert "a" not in items(store)
    items(store).put(Item(id="b"))
    assert values(tmp_path) == {"b": 0}


def full(monkeypatch, *, after: int):
    """A disk that takes so many bytes more."""
    room = after
    write = os.write

    def write_some(handle, octets):
        nonlocal room
        if room <= 0:
            raise OSError(28, "No space left on device")
        written = write(handle, bytes(octets)[:room])
        room -= written
        return written

    monkeypatch.setattr("mockmail.core.state.log.os.write", write_some)


@pytest.mark.parametrize("room", [0, 1, 10, 60])
def test_a_full_disk_refuses_a_write_and_keeps_none_of_it(tmp_path, monkeypatch, room):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value=1))
    before = log_of(tmp_path)
    with monkeypatch.context() as patch:
        full(patch, after=room)
        with pytest.raises(StorageFull, match="No space left on device"):
            items(store).put(Item(id="a", value="x" * 100))
        assert items(store).get("a").value == 1
        assert log_of(tmp_path) == before
    items(store).put(Item(id="b", value=2))
    assert values(tmp_path) == {"a": 1, "b": 2}


def test_what_could_not_be_cut_off_at_once_is_cut_off_before_the_next_write(tmp_path, monkeypatch):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value=1))
    with monkeypatch.context() as patch:
        full(patch, after=7)
        patch.setattr("mockmail.core.state.log.os.ftruncate", fail)
        with pytest.raises(StorageFull):
            items(store).put(Item(id="b"))
    assert values(tmp_path) == {"a": 1}
    items(store).put(Item(id="c"))
    assert values(tmp_path) == {"a": 1, "c": 0}


def fail(*_):
    raise OSError(5, "Input/output error")


def test_a_state_that_cannot_be_written_leaves_the_log_as_good(tmp_path, monkeypatch):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value=1))
    with monkeypatch.context() as patch:
        patch.setattr("mockmail.core.state.files.os.fsync", fail)
        with pytest.raises(StorageFull, match=r"state\.json: cannot be written"):
            store.compact({})
    assert sorted(one.name for one in tmp_path.iterdir()) == ["changes.jsonl"]
    items(store).put(Item(id="b", value=2))
    assert values(tmp_path) == {"a": 1, "b": 2}


def test_a_log_that_could_not_be_emptied_is_emptied_before_the_next_write(tmp_path, monkeypatch):
    store = Store(tmp_path)
    items(store).put(Item(id="a", value=1))
    with monkeypatch.context() as patch:
        patch.setattr("mockmail.core.state.log.os.ftruncate", fail)
        store.compact({})
    assert values(tmp_path) == {"a": 1}
    items(store).put(Item(id="b", value=2))
    assert values(tmp_path) == {"a": 1, "b": 2}


def test_a_log_that_has_become_long_gives_way_to_a_whole_state(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "LONG", 2000)
    store = Store(tmp_path)
    sizes = []
    for number in range(200):
        items(store).put(Item(id="a", value=number))
        sizes.append(len(log_of(tmp_path)))
    assert max(sizes[30:]) < 2100 + storage.LONG
    assert json.loads((tmp_path / "state.json").read_bytes())["generation"] > 0
    assert values(tmp_path) == {"a": 199}


def test_where_there_is_no_room_for_a_whole_state_the_log_goes_on_and_it_is_not_tried_at_each_write(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(storage, "LONG", 500)
    tries = []

    def no_room(*_):
        tries.append(1)
        raise StorageFull("no room")

    store = Store(tmp_path)
    store._storage._long = 500
    monkeypatch.setattr(storage, "write_whole", no_room)
    for number in range(100):
        items(store).put(Item(id="a", value=number))
    assert 1 <= len(tries) <= 6
    assert values(tmp_path) == {"a": 99}


def test_a_closed_store_takes_no_writes(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a"))
    store.close()
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT)  # it has the number that the log's handle had
    with pytest.raises(StorageFull, match="it is closed"):
        items(store).put(Item(id="b"))
    os.close(other)
    assert (tmp_path / "other").read_bytes() == b""
    assert values(tmp_path) == {"a": 0}


def test_a_log_that_somebody_removed_takes_no_writes_that_would_be_lost(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a"))
    (tmp_path / "changes.jsonl").unlink()
    with pytest.raises(StorageFull, match="somebody took it away or cut it: restart mockmail"):
        items(store).put(Item(id="b"))
    store.compact({})
    assert values(tmp_path) == {"a": 0}


def test_a_log_that_somebody_cut_is_not_written_on_with_a_hole_in_it(tmp_path):
    store = Store(tmp_path)
    items(store).put(Item(id="a"))
    os.truncate(tmp_path / "changes.jsonl", 3)
    with pytest.raises(StorageFull, match="somebody took it away or cut it"):
        items(store).put(Item(id="b"))
    assert b"\0" not in log_of(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "expected a JSON object"),
        (b'{"tables": {}}', "is of format None, and this mockmail reads 1: use the mockmail that wrote it"),
        (b'{"format": 2, "tables": {}}', "is of format 2, and this mockmail reads 1: use the mockmail that wrote it"),
        (b'{"format": 1}', "tables: expected an object, came None"),
        (b'{"format": 1, "tables": {"a.b": []}}', "tables.a.b: expected an object, came []"),
        (b'{"format": 1, "tables": {}, "facts": 3}', "facts: expected an object, came 3"),
        (b'{"format": 1, "tables": {}, "generation": "x"}', "generation: expected an integer, came 'x'"),
        (b'{"format": 1, "tables": {}, "facts": {"notes": null}}', "facts.notes: expected an integer, came None"),
        (
            b'{"format": 1, "tables": {}, "facts": {"prepared": [5]}}',
            "facts.prepared: expected an array of strings, came [5]",
        ),
        (b'{"format": 1, "tables": {"a.b": {"k": {}, "k": {}}}}', "the name 'k' stands twice in one object"),
    ],
)
def test_a_state_that_is_none_is_refused_with_a_way_out(tmp_path, content, words):
    (tmp_path / "state.json").write_bytes(content)
    with pytest.raises(DataFolderError) as caught:
        Store(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/state.json: ")
    assert words in str(caught.value)
    assert "move the file away" in str(caught.value)
    assert (tmp_path / "state.json").read_bytes() == content


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "changes.jsonl, line 2: is not JSON"),
        ("3", "changes.jsonl, line 2: expected a JSON object"),
        ('{"tables": {}, "emptied": 3}', "changes.jsonl, line 2: emptied: expected an array of strings, came 3"),
        ('{"tables": {}, "emptied": [3]}', "changes.jsonl, line 2: emptied: expected an array of strings, came [3]"),
        (
            '{"tables": {}, "facts": {"notes": "x"}}',
            "changes.jsonl, line 2: facts.notes: expected an integer, came 'x'",
        ),
        ('{"tables": 3}', "changes.jsonl, line 2: tables: expected an object, came 3"),
        ('{"tables": {"a.b": 3}}', "changes.jsonl, line 2: tables.a.b: expected an object, came 3"),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_number(tmp_path, line, words):
    (tmp_path / "changes.jsonl").write_text(f'{{"format": 1, "follows": 0}}\n{line}\n')
    with pytest.raises(DataFolderError) as caught:
        Store(tmp_path)
    assert words in str(caught.value)


def test_a_log_of_another_format_is_refused(tmp_path):
    (tmp_path / "changes.jsonl").write_text('{"format": 2, "follows": 0}\n')
    with pytest.raises(DataFolderError, match=r"is no log of format 1; use the mockmail that wrote it, or move"):
        Store(tmp_path)
