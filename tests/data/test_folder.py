"""The data folder: one server at a time, a version, and a file for each sandbox."""

from __future__ import annotations

import os
import shutil
import smtplib
import stat
import subprocess
from contextlib import suppress

import pytest
from data.folders import default_file, edited, receive

from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.state.data_folder import DataFolder


def test_second_server_is_refused_with_the_name_of_the_first(serve_here, folder):
    with serve_here() as first:
        with pytest.raises(DataFolderError) as caught, serve_here():
            pass
        assert str(caught.value) == (
            f"{folder}: is in use by mockmail at {first.url} (process {os.getpid()}); stop it, or choose another folder"
        )
        assert first.inbox.find() == []
    with serve_here():
        pass


def test_folder_of_a_killed_server_is_free(serve_there, serve_here):
    serve_there("--vendors", "atmail").end()
    with serve_here() as mm:
        assert mm.url


def test_starting_server_is_named_in_the_lock_file(folder):
    first = DataFolder(folder)
    with pytest.raises(DataFolderError, match=rf"in use by process {os.getpid()}, which is starting; stop it"):
        DataFolder(folder)
    first.close()


def test_second_process_is_refused_in_one_line(serve_there, serve_here, folder):
    with serve_here() as first:
        second = serve_there("--vendors", "atmail", wait=False)
        _, errors = second.process.communicate(timeout=30)
        assert second.process.returncode == 2
        assert errors.decode() == (
            f"mockmail: {folder}: is in use by mockmail at {first.url} (process {os.getpid()}); stop it, or choose"
            " another folder\n"
        )


def test_folder_of_another_version_is_refused_with_advice_and_unchanged(serve_here, folder):
    folder.mkdir()
    (folder / "mockmail.json").write_text('{"format": 9}')
    with pytest.raises(DataFolderError) as caught, serve_here():
        pass
    assert str(caught.value) == (
        f"{folder}: was made by another mockmail (mockmail.json says format 9, this one reads 2): use that version, or"
        " move the folder away to start with an empty one"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "mockmail.json"]
    assert (folder / "mockmail.json").read_text() == '{"format": 9}'


def test_folder_of_format_1_is_refused_with_advice(serve_here, folder):
    old = folder / "sandboxes" / "1"
    old.mkdir(parents=True)
    (folder / "mockmail.json").write_text('{"format": 1}\n')
    for name in ("name", "state.json", "changes.jsonl", "mail.sqlite"):
        (old / name).write_text("old")

    with pytest.raises(DataFolderError) as caught, serve_here():
        pass

    assert str(caught.value) == (
        f"{folder}: has the format 1 of an earlier mockmail, and this one reads 2: serve it with the earlier one, save"
        " `GET /_mockmail/state` of each sandbox and `PUT` it into this one, or move the folder away to start with an"
        " empty one"
    )
    assert sorted(path.name for path in old.iterdir()) == ["changes.jsonl", "mail.sqlite", "name", "state.json"]


@pytest.mark.parametrize("content", ["nonsense", "[]", "{}"])
def test_version_file_without_a_version_is_refused(serve_here, folder, content):
    folder.mkdir()
    (folder / "mockmail.json").write_text(content)
    with pytest.raises(DataFolderError, match=r"mockmail\.json says format None"), serve_here():
        pass


def test_new_folder_is_private(serve_here, folder):
    with serve_here():
        pass
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "mockmail.json").read_text() == '{"format": 2}\n'


def test_files_are_private_in_a_folder_that_is_not(serve_here, folder):
    (folder / "sandboxes").mkdir(parents=True)
    (folder / "lock").touch(mode=0o666)
    for path in (folder, folder / "sandboxes", folder / "lock"):
        path.chmod(0o777)
    with serve_here() as mm:
        receive_in(mm, "one", "x")
        with_wal = modes(folder)
        for path in folder.rglob("*.*"):
            path.chmod(0o666)
    with serve_here() as mm:
        receive_in(mm, "one", "y")
        again = modes(folder)
    names = {"lock", "mockmail.json", "reserve", "1.sqlite", "1.sqlite-wal", "1.sqlite-shm"}
    assert with_wal == again == dict.fromkeys(names, 0o600)


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["lock", "mockmail.json", "sandboxes/1.sqlite", "sandboxes/1.sqlite-wal", "sandboxes"])
def test_link_in_the_folder_is_not_followed(serve_here, folder, tmp_path, name):
    theirs = tmp_path / "theirs"
    if name == "sandboxes":
        theirs.mkdir()
    else:
        theirs.write_bytes(b"")
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(theirs)

    with suppress(DataFolderError, StorageFull), serve_here() as mm:
        receive_in(mm, "default", "x")

    assert (list(theirs.iterdir()) if theirs.is_dir() else theirs.read_bytes()) in ([], b"")


def test_reserve_that_is_a_link_is_not_followed(serve_here, folder, tmp_path):
    folder.mkdir()
    (tmp_path / "theirs").write_bytes(b"")
    (folder / "reserve").symlink_to(tmp_path / "theirs")
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    assert (tmp_path / "theirs").read_bytes() == b""


@pytest.mark.parametrize("name", ["lock", "mockmail.json", "sandboxes/1.sqlite", "sandboxes"])
def test_link_in_the_folder_is_refused_in_a_sentence(serve_here, folder, tmp_path, name):
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataFolderError) as caught, serve_here():
        pass
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "nowhere").exists()


def test_second_server_is_refused_although_the_lock_file_was_deleted(serve_here, folder):
    with serve_here() as first:
        (folder / "lock").unlink()
        with pytest.raises(DataFolderError) as caught, serve_here():
            pass
        assert str(caught.value) == (
            f"{folder}: is in use by a process whose file 'lock' was deleted; stop it, or choose another folder"
        )
        assert first.inbox.find() == []
    with serve_here() as mm:
        assert mm.inbox.find() == []


@pytest.mark.parametrize("make", ["file", "dangling link", "below a file"])
def test_path_that_cannot_be_a_folder_is_refused_in_a_sentence(serve_here, tmp_path, make):
    path = tmp_path / "here"
    if make == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.write_text("")
    wanted = path / "below" if make == "below a file" else path
    with pytest.raises(DataFolderError, match=r"here.*: cannot be used as a data folder \("), serve_here(wanted):
        pass


def test_link_to_a_folder_can_be_used(serve_here, tmp_path, folder):
    folder.mkdir()
    link = tmp_path / "link"
    link.symlink_to(folder)
    with serve_here(link) as mm:
        mm.atmail.seed(domains=[{"domainId": 7, "domainName": "linked.example"}])
    with serve_here() as mm:
        assert [domain["domainName"] for domain in mm.atmail.state()["domains"]].count("linked.example") == 1


def test_each_sandbox_survives_in_its_own_file(serve_here):
    with serve_here() as mm:
        for name in ("one", "two"):
            receive_in(mm, name, f"for {name}")
        receive_in(mm, "default", "for all")
    with serve_here() as mm:
        assert sorted(mm.server.sandboxes.names()) == ["default", "one", "two"]
        assert [message.subject for message in mm.sandbox("one").inbox] == ["for one"]
        assert [message.subject for message in mm.sandbox("two").inbox] == ["for two"]
        assert [message.subject for message in mm.inbox] == ["for all"]


def receive_in(mm, sandbox, text):
    mm.sandbox(sandbox)._bridge.call(lambda world: receive(world, text))


def remove_sandbox(mm, name):
    return mm._thread.call(lambda: mm.server.sandboxes.remove(name))


def files(folder):
    return sorted(path.name for path in (folder / "sandboxes").iterdir())


def test_sandbox_name_is_not_part_of_a_path(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "CON.json", "x")
    assert files(folder) == ["1.sqlite"]


def test_removed_sandbox_is_deleted_from_the_disk_and_starts_empty(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "old")
        receive_in(mm, "two", "kept")
        assert remove_sandbox(mm, "one")
        assert [name for name in files(folder) if not name.startswith("2.sqlite")] == []
        assert mm.sandbox("one").inbox.find() == []
        receive_in(mm, "one", "new")
        assert {name.partition(".")[0] for name in files(folder)} == {"2", "3"}
    with serve_here() as mm:
        assert [message.subject for message in mm.sandbox("one").inbox] == ["new"]
        assert [message.subject for message in mm.sandbox("two").inbox] == ["kept"]


def test_removed_sandbox_stays_removed_after_a_kill(serve_here, image, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "old")
        remove_sandbox(mm, "one")
        killed = image(folder)
    with serve_here(killed) as mm:
        assert mm.server.sandboxes.names() == []


def test_world_of_a_removed_sandbox_refuses_writes(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "old")
        world = mm.server.sandboxes.get("one")
        remove_sandbox(mm, "one")
        with pytest.raises(StorageFull):
            world.reset()
        with pytest.raises(StorageFull):
            receive(world, "late")
        assert files(folder) == []


def test_remains_of_sandboxes_after_a_kill_are_deleted(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    sandboxes = folder / "sandboxes"
    shutil.copy(sandboxes / "1.sqlite", sandboxes / ".7.removed")
    (sandboxes / "7.sqlite-wal").write_bytes(b"left")
    (sandboxes / "8.sqlite").write_bytes(b"")

    with serve_here() as mm:
        assert mm.server.sandboxes.names() == ["one"]

    assert files(folder) == ["1.sqlite"]


def test_new_sandbox_does_not_get_the_number_of_remaining_files(serve_here, folder):
    """SQLite would take a -wal file for that of a new database."""
    (folder / "sandboxes").mkdir(parents=True)
    (folder / "sandboxes" / "4.sqlite-wal").write_bytes(b"moved apart from its database")
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    assert files(folder) == ["4.sqlite-wal", "5.sqlite"]


def test_foreign_files_are_unchanged(serve_here, folder):
    theirs = [folder / "notes.txt", folder / "sandboxes" / ".DS_Store", folder / "sandboxes" / "thing"]
    for one in theirs:
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_text("mine")
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    with serve_here() as mm:
        assert mm.server.sandboxes.names() == ["one"]
    assert [path.read_text() for path in theirs] == ["mine"] * 3
    assert (folder / "sandboxes" / "1.sqlite").exists()


def test_lock_file_of_another_program_is_unchanged(serve_here, folder):
    folder.mkdir()
    (folder / "lock").write_text("mine")
    with pytest.raises(DataFolderError, match=r"/lock: was not written by mockmail; choose a folder of its own"):
        serve_here().__enter__()
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("lock", "mine")]


def rename_sandbox(path, name):
    with edited(path) as connection:
        connection.execute("UPDATE meta SET value = json_quote(?) WHERE name = 'sandbox'", [name])


def test_two_files_of_one_sandbox_are_refused_until_one_is_renamed(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    copy = folder / "sandboxes" / "1 copy.sqlite"
    shutil.copy(folder / "sandboxes" / "1.sqlite", copy)
    with pytest.raises(DataFolderError, match=r"the sandbox 'one' is in .* already; give it another name: sqlite3 "):
        serve_here().__enter__()
    rename_sandbox(copy, "copy")
    with serve_here() as mm:
        assert [message.subject for message in mm.sandbox("copy").inbox] == ["x"]


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
def test_advised_command_renames_the_sandbox(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    rename_sandbox(folder / "sandboxes" / "1.sqlite", "no name")
    with pytest.raises(DataFolderError) as caught, serve_here():
        pass
    command = str(caught.value).partition("another name: ")[2].replace("NAME", "two")
    subprocess.run(["sh", "-ec", command], check=True, timeout=30)
    with serve_here() as mm:
        assert mm.server.sandboxes.names() == ["two"]


@pytest.mark.parametrize("name", ["no name", "", "../up", "x" * 65])
def test_invalid_sandbox_name_in_a_file_is_refused(serve_here, folder, name):
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    file = folder / "sandboxes" / "1.sqlite"
    rename_sandbox(file, name)
    with pytest.raises(DataFolderError, match=r"/sandboxes/1\.sqlite: a sandbox cannot be named"), serve_here():
        pass
    rename_sandbox(file, "one")
    with serve_here() as mm:
        assert mm.server.sandboxes.names() == ["one"]


def test_file_without_a_sandbox_name_is_refused_with_advice(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "one", "x")
    with edited(folder / "sandboxes" / "1.sqlite") as connection:
        connection.execute("DELETE FROM meta WHERE name = 'sandbox'")
    with (
        pytest.raises(DataFolderError, match=r"1\.sqlite: does not name its sandbox; give it another name:"),
        serve_here(),
    ):
        pass


def test_stored_sandboxes_are_served_above_the_limit(serve_here):
    with serve_here() as mm:
        for name in ("one", "two", "three"):
            receive_in(mm, name, name)
    with serve_here(max_sandboxes=1) as mm:
        assert mm.sandbox("three").inbox[0].subject == "three"
        with pytest.raises(Exception, match="max_sandboxes"):
            mm.sandbox("four").inbox.find()
        assert mm.inbox.find() == []


def test_failed_start_releases_the_folder(serve_here, folder):
    with serve_here() as mm:
        receive_in(mm, "default", "x")
    file = default_file(folder)
    file.write_text("nonsense" * 1000)
    with pytest.raises(DataFolderError, match=r"1\.sqlite: is not a mockmail database"), serve_here():
        pass
    file.unlink()
    with serve_here() as mm:
        assert mm.inbox.find() == []


def test_port_in_use_releases_the_folder(serve_here, folder):
    with serve_here() as mm, pytest.raises(OSError, match="in use"), serve_here(folder / "x", http_port=mm_port(mm)):
        pass
    with serve_here(folder / "x") as mm:
        assert mm.inbox.find() == []


def mm_port(mm):
    return int(mm.url.rpartition(":")[2])


def test_moved_folder_refuses_mail(serve_here, folder):
    with serve_here() as mm:
        world = mm.server.sandboxes.get()
        receive(world, "one")
        folder.rename(folder.with_name("elsewhere"))
        with pytest.raises(
            StorageFull, match=r"'default' cannot be written \(the file was moved or removed: restart mockmail\)"
        ):
            receive(world, "two")
        with (
            smtplib.SMTP(mm.smtp_host, mm.smtp_port, timeout=10) as client,
            pytest.raises(smtplib.SMTPDataError) as refused,
        ):
            client.sendmail("a@example.com", ["b@example.com"], "Subject: three\r\n\r\n")
        assert refused.value.smtp_code == 452
        assert [message.subject for message in mm.inbox.find()] == ["one"]
        folder.with_name("elsewhere").rename(folder)
        receive(world, "four")
    with serve_here() as mm:
        assert [message.subject for message in mm.inbox.find()] == ["one", "four"]


def test_moved_file_refuses_records(serve_here, folder):
    with serve_here() as mm:
        mm.atmail.seed(domains=[{"domainId": 7, "domainName": "kept.example"}])
        default_file(folder).unlink()
        with pytest.raises(StorageFull, match="was moved or removed"):
            mm.atmail.seed(domains=[{"domainId": 8, "domainName": "lost.example"}])
        assert "lost.example" not in {domain["domainName"] for domain in mm.atmail.state()["domains"]}


def test_folder_with_the_name_of_a_sandbox_file_is_refused(serve_here, folder):
    (folder / "sandboxes" / "1.sqlite").mkdir(parents=True)
    with pytest.raises(DataFolderError, match=r"1\.sqlite: is not a file; move it away"), serve_here():
        pass
