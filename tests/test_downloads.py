"""Downloading engines: from a hub on this machine, with everything that goes wrong on the way."""

from __future__ import annotations

import errno
import hashlib
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine_server import Hub, serving
from voiceguide import downloads
from voiceguide.errors import EngineError, NotFoundError, RecordError
from voiceguide.hearing.engines import MODELS, download, factory, installed, model_folder
from voiceguide.hearing.whisper import Whisper
from voiceguide.paths import private_dir

MODEL = bytes(range(256)) * 5_000
"""1.28 MB, so listed as a large file."""

PART = 500_000

FILES = {"config.json": b'{"a": 1}', "model.bin": MODEL, "tokenizer.json": b"{}" * 60, "vocabulary.txt": b"a\nb\n"}


@pytest.fixture
def hub(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(Hub(dict(FILES))) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield hub


def get(told: list[tuple[int, int]] | None = None) -> bool:
    model = download("base.en")
    return downloads.get(model, lambda done, total: told.append((done, total)) if told is not None else None)


def stored() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in model_folder("base.en").iterdir()}


def parts() -> list[int]:
    folder = model_folder("base.en").with_name("base.en.part")
    return [path.stat().st_size for path in folder.glob("model.bin.*.part")]


def test_a_model_is_fetched_whole_with_its_hashes_and_once(hub: Hub) -> None:
    told: list[tuple[int, int]] = []
    assert get(told)
    found = stored()
    sums = found.pop("SHA256SUMS").decode().splitlines()
    assert found == FILES
    assert sums == [f"{hashlib.sha256(FILES[name]).hexdigest()}  {name}" for name in sorted(FILES)]
    total = sum(map(len, FILES.values()))
    assert told == sorted(told)
    assert told[-1] == (total, total)
    assert stat.S_IMODE(model_folder("base.en").stat().st_mode) == 0o700
    assert [path.name for path in model_folder("base.en").parent.iterdir()] == ["base.en"]
    model = MODELS["base.en"]
    where = f"/{model.repository}/resolve/{model.revision}"
    asked = [path for path, _ in hub.asked if not path.startswith("/store/")]
    assert asked == [f"/api/models{where.replace('resolve', 'tree')}", *(f"{where}/{name}" for name in FILES)]
    hub.asked.clear()
    assert not get()
    assert hub.asked == []


def test_a_broken_connection_is_taken_up_where_it_broke(hub: Hub) -> None:
    hub.cuts_after = [PART, 300_000]
    assert get()
    assert hub.ranges("model.bin") == [None, "bytes=500000-", "bytes=800000-"]
    assert stored()["model.bin"] == MODEL


def test_a_connection_that_brings_nothing_ends_it_and_the_next_run_goes_on(hub: Hub) -> None:
    hub.cuts_after = [PART, 0]
    with pytest.raises(EngineError, match=r"was lost \(.*\): what was fetched is kept, run the same command again"):
        get()
    assert parts() == [PART]
    assert "base.en" not in installed()
    hub.asked.clear()
    assert get()
    assert hub.ranges("model.bin") == ["bytes=500000-"]
    assert hub.ranges("config.json") == []
    assert stored()["model.bin"] == MODEL


def test_a_server_that_takes_no_ranges_begins_anew(hub: Hub) -> None:
    hub.takes_ranges = False
    hub.cuts_after = [PART]
    told: list[tuple[int, int]] = []
    assert get(told)
    assert hub.ranges("model.bin") == [None, "bytes=500000-"]
    assert stored()["model.bin"] == MODEL
    assert max(told)[0] <= told[0][1]


def test_a_silent_server_is_given_up(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_PATIENCE", 0.2)
    hub.holds_after = PART
    hub.takes_ranges = False
    with pytest.raises(EngineError, match=r"lost \(timed out\)"):
        get()
    assert parts() == [PART]


def test_parts_of_another_version_are_not_continued(hub: Hub) -> None:
    hub.cuts_after = [PART, 0]
    with pytest.raises(EngineError):
        get()
    hub.files["model.bin"] = MODEL[::-1]
    hub.asked.clear()
    assert get()
    assert hub.ranges("model.bin") == [None]
    assert stored()["model.bin"] == MODEL[::-1]
    assert set(stored()) == {*FILES, "SHA256SUMS"}


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
def test_what_arrives_damaged_is_removed(hub: Hub, name: str) -> None:
    hub.damages = {name}
    with pytest.raises(EngineError, match=rf"{name} arrived damaged .* was removed"):
        get()
    assert not list(model_folder("base.en").parent.rglob(f"{name}*"))
    hub.damages = set()
    assert get()
    assert stored()[name] == FILES[name]


def test_a_file_longer_than_listed_is_damaged_and_names_in_the_list_cannot_leave_the_folder(
    hub: Hub, home: Path
) -> None:
    hub.listed = [*hub.list(), {"path": "../../escaped", "size": 1, "oid": "0" * 40}]
    hub.files["model.bin"] = MODEL + b"more"
    with pytest.raises(EngineError, match=r"model\.bin arrived damaged"):
        get()
    hub.files["model.bin"] = MODEL
    assert get()
    assert not list(home.rglob("escaped"))


def test_a_model_damaged_on_the_disk_is_mended(hub: Hub) -> None:
    get()
    with (model_folder("base.en") / "model.bin").open("r+b") as file:
        file.write(b"oops")
    hub.asked.clear()
    assert get()
    assert stored()["model.bin"] == MODEL
    assert hub.ranges("model.bin") == [None]
    assert hub.ranges("tokenizer.json") == []


def test_a_refusal_and_a_list_that_is_none_are_explained(hub: Hub) -> None:
    for name in ("list", "model.bin"):
        for status, mend in ((404, "newer voiceguide"), (401, "newer voiceguide"), (503, "later")):
            hub.refuses = {name: status}
            with pytest.raises(EngineError, match=rf"refused .*\({status} .*{mend}"):
                get()
    hub.refuses = {}
    unsized = [{"path": name, "size": -1, "oid": "0" * 40} for name in FILES]
    for hub.listed in ({}, "no", [], [1, None, "x"], [{"path": "model.bin"}], unsized):
        with pytest.raises(EngineError, match="no list of the files"):
            get()


def test_offline_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:  # bound, not listening: whoever connects is refused
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(EngineError, match=r"no connection to http://127.*refused.*run the same command again when"):
            get()
    assert not (home / "data" / "engines").exists()


@pytest.mark.parametrize("address", ["file:///etc", "huggingface.co", "https://a b", "ftp://x"])
def test_only_web_addresses_are_asked(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(EngineError, match=r"HF_ENDPOINT .* must begin with https://"):
        get()
    assert not home.exists()


@pytest.mark.usefixtures("hub")
def test_too_little_room_is_said_before_anything_is_fetched_and_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    usage = shutil.disk_usage("/")._replace(free=50_000_000)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage)
        needed = r"too little room for base\.en in .*: 101 MB are needed, 50 MB are free"
        with pytest.raises(EngineError, match=needed):
            get()
    assert parts() == []
    monkeypatch.setattr(downloads, "_take", full)
    with pytest.raises(RecordError, match="the disk is full"):
        get()


@pytest.mark.usefixtures("hub")
def test_two_at_once_are_refused() -> None:
    growing = private_dir(download("base.en").growing)
    another = r"base\.en is being downloaded by another voiceguide"
    for attempt in (get, lambda: downloads.remove(download("base.en"))):
        with downloads._held(growing, "base.en"), pytest.raises(EngineError, match=another):
            attempt()
    assert get()


@pytest.mark.parametrize(
    ("name", "why"),
    [("base", r"did you mean base\.en"), ("whisper", "is a package, no download"), ("xyz", "English models can be")],
)
def test_unknown_names_are_answered(name: str, why: str, home: Path) -> None:
    with pytest.raises(NotFoundError, match=why):
        download(name)
    assert not home.exists()


@pytest.mark.usefixtures("hub")
def test_a_damaged_model_is_not_loaded() -> None:
    get()
    making, *args = factory("base.en")
    assert making == "voiceguide.hearing.whisper:Whisper"
    for harm in ("model.bin", "SHA256SUMS"):
        (model_folder("base.en") / harm).write_bytes(b"oops\n")
        with pytest.raises(EngineError, match=rf"{harm} is damaged.*; run `voiceguide engines get base\.en` again"):
            Whisper(*args)


@pytest.mark.usefixtures("hub")
def test_a_model_can_be_removed_and_so_can_a_part() -> None:
    with pytest.raises(NotFoundError, match="nothing to remove"):
        downloads.remove(download("base.en"))
    get()
    assert factory("base.en")[1] == model_folder("base.en")
    download("base.en").growing.mkdir()
    downloads.remove(download("base.en"))
    assert list(model_folder("base.en").parent.iterdir()) == []
    assert "base.en" not in installed()


@pytest.mark.usefixtures("home")
def test_a_link_that_leads_nowhere_counts_for_nothing_and_is_removed() -> None:
    model = download("base.en")
    model.growing.mkdir(parents=True)
    (model.growing / "model.bin").symlink_to("/no-such-place")
    assert model.size_here < 100
    downloads.remove(model)
    assert not model.growing.exists()
