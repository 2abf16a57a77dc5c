"""Files beside the store under many writers at once, and what of them is not believed."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress

import pytest

from mlpm_core.api.idempotency import Replays
from mlpm_core.errors import NotFoundError, StoreError
from mlpm_core.records import Receipt
from mlpm_core.services.admin.tokens import Tokens
from mlpm_core.services.session import private_file
from mlpm_core.services.session.private_file import (
    append_private,
    locked,
    read_private,
    write_private,
)
from tests.http_client import GOOD, Client
from tests.token_writer import ROUNDS, THREADS, TODAY, begin_together, make_and_revoke

PROCESSES = 3


def test_no_token_is_lost_and_no_revoked_one_opens_whoever_writes_at_once(tmp_path, tell):
    """Several processes, each with several threads; on the code before, more than half failed."""
    context = multiprocessing.get_context("spawn")
    together = {"initializer": begin_together, "initargs": (context.Barrier(PROCESSES),)}
    with ProcessPoolExecutor(PROCESSES, context, **together) as pool:
        outcomes = list(pool.map(make_and_revoke, [tmp_path] * PROCESSES, range(PROCESSES)))
    tokens = Tokens(tmp_path)
    kept = [secret for some, _ in outcomes for secret in some]
    revoked = [secret for _, some in outcomes for secret in some]
    assert len(kept) == len(revoked) == PROCESSES * THREADS * ROUNDS // 2
    assert [secret for secret in kept if tokens.find(secret) is None] == []
    assert [secret for secret in revoked if tokens.find(secret) is not None] == []
    assert len(tokens.all()) == len(kept)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".tokens.json.lock", "tokens.json"]
    tell(f"{len(kept)} tokens kept and {len(revoked)} revoked by {PROCESSES} processes at once")


def test_a_lock_ends_with_the_process_that_held_it(tmp_path):
    """Killed in the midst of a change: the next one goes on, and its draft is swept away."""
    file = tmp_path / "tokens.json"
    child = os.fork()
    if child == 0:
        with locked(file):
            (tmp_path / ".tokens.json.x1.part").write_text("half")
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert (tmp_path / ".tokens.json.x1.part").exists()
    secret = Tokens(tmp_path).make("ci", ["shop"], ["read"], actor="ada", today=TODAY)
    assert Tokens(tmp_path).find(secret) is not None
    assert not (tmp_path / ".tokens.json.x1.part").exists()


def test_two_tokens_of_one_name_cannot_be_made_at_once(tmp_path):
    def make(n):
        with suppress(ValueError):
            return Tokens(tmp_path).make("ci", ["shop"], ["read"], actor="ada", today=TODAY)

    with ThreadPoolExecutor(8) as pool:
        made = [secret for secret in pool.map(make, range(8)) if secret]
    assert len(made) == len(Tokens(tmp_path).all()) == 1


def test_a_change_in_the_same_moment_is_seen(tmp_path):
    """Neither a file's time nor its number tells two writes apart."""
    writer, reader = Tokens(tmp_path), Tokens(tmp_path)
    file = tmp_path / "tokens.json"
    secret = writer.make("ci", ["shop"], ["read"], actor="ada", today=TODAY)
    assert reader.find(secret) is not None
    before = file.stat()
    text = file.read_text()
    file.write_text("[]".ljust(len(text)))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_ino == before.st_ino
    assert reader.find(secret) is None


def test_many_threads_write_one_file_and_it_is_always_whole(tmp_path):
    file, is_over = tmp_path / "file.json", threading.Event()
    texts = [json.dumps([n] * 20_000) for n in range(6)]
    write_private(file, texts[0])
    seen = []

    def look():
        while not is_over.is_set():
            seen.append(len(set(json.loads(read_private(file)))))

    with ThreadPoolExecutor(7) as pool:
        looking = pool.submit(look)
        list(pool.map(lambda text: [write_private(file, text) for _ in range(5)], texts))
        is_over.set()
        looking.result()
    assert set(seen) == {1}
    assert [path.name for path in tmp_path.iterdir()] == ["file.json"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_lines_appended_by_many_are_all_there(tmp_path):
    file = tmp_path / "lines.jsonl"
    file.write_text("torn")
    file.chmod(0o644)

    def append(n):
        with locked(file):
            append_private(file, f"line {n}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(80)))
    assert sorted(file.read_text().splitlines()) == sorted(
        ["torn", *(f"line {n}" for n in range(80))]
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_keys_of_requests_are_private_and_survive_many_at_once(workspace):
    receipt = Receipt.model_validate(Client().upload().json())
    one, other = Replays(workspace), Replays(workspace)
    with ThreadPoolExecutor(8) as pool:
        for n in range(80):
            pool.submit((one, other)[n % 2].once, "shop", f"key-{n}", "same", lambda: receipt)
    file = workspace.settings.data / "idempotency.jsonl"
    keys = {json.loads(line)[1] for line in file.read_text().splitlines()}
    assert keys == {f"key-{n}" for n in range(80)}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.fixture
def kept(tmp_path):
    """A folder with a token, and its secret."""
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)
    return folder, Tokens(folder).make("ci", ["shop"], ["import"], actor="ada", today=TODAY)


def a_link(folder):
    (folder / "tokens.json").rename(folder / "elsewhere.json")
    (folder / "tokens.json").symlink_to(folder / "elsewhere.json")


def a_pipe(folder):
    (folder / "tokens.json").unlink()
    os.mkfifo(folder / "tokens.json", 0o600)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (a_link, "is a link"),
        (a_pipe, "is no file"),
        (lambda folder: (folder / "tokens.json").chmod(0o620), "can be written by other users"),
        (lambda folder: (folder / "tokens.json").chmod(0o602), "can be written by other users"),
        (lambda folder: folder.chmod(0o770), "can be written by other users"),
        (lambda folder: folder.chmod(0o707), "can be written by other users"),
    ],
)
def test_tokens_that_another_user_could_have_written_open_nothing(kept, workspace, spoil, sentence):
    folder, secret = kept
    client = Client(folder)
    assert client.upload(token=secret).status_code == 201
    spoil(folder)
    answer = client.upload(GOOD + b"\n", token=secret)
    assert (answer.status_code, sentence in answer.json()["error"]) == (503, True)
    for change in (
        lambda: Tokens(folder).all(),
        lambda: Tokens(folder).revoke("ci"),
        lambda: Tokens(folder).make("x", ["shop"], ["read"], actor="ada", today=TODAY),
    ):
        with pytest.raises(StoreError, match=sentence):
            change()


def test_tokens_in_a_folder_whose_names_are_safe_are_believed(kept):
    """A sticky folder, such as /tmp: others may add files to it, not replace ours."""
    folder, secret = kept
    folder.chmod(0o1777)
    assert Tokens(folder).find(secret) is not None


def test_a_lock_file_that_leads_elsewhere_is_not_followed(kept):
    folder, secret = kept
    lock = folder / ".tokens.json.lock"
    lock.unlink()
    lock.symlink_to(folder / "victim")
    with pytest.raises(StoreError, match="cannot be written"):
        Tokens(folder).revoke("ci")
    assert not (folder / "victim").exists()
    assert Tokens(folder).find(secret) is not None


def test_to_revoke_what_is_not_there_changes_nothing(kept):
    folder, secret = kept
    before = (folder / "tokens.json").stat()
    with pytest.raises(NotFoundError, match="Did you mean ci"):
        Tokens(folder).revoke("cii")
    assert (folder / "tokens.json").stat() == before
    assert Tokens(folder).find(secret) is not None


@pytest.mark.parametrize(("user", "is_believed"), [(os.geteuid(), True), (0, True), (65534, False)])
def test_only_one_s_own_files_and_the_superuser_s_are_believed(user, is_believed):
    status = os.stat_result((stat.S_IFREG | 0o600, 1, 1, 1, user, user, 1, 0, 0, 0))
    assert (private_file._stranger(status) is None) is is_believed
