# SPDX-License-Identifier: MulanPSL-2.0
"""A backup that is not whole is not believed."""

import io
import tarfile
from pathlib import Path

import pytest

from launcher.keeping import pack, unpack
from launcher.manifests import read_manifest, write_manifest
from launcher.restoring import last_root
from launcher.sealing import seal, unseal
from launcher.troubles import Trouble


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    (tmp_path / "database.dump").write_bytes(b"rows")
    (tmp_path / "evidence.tar").write_bytes(b"files")
    write_manifest(tmp_path, root="ab" * 32, names=["database.dump", "evidence.tar"])
    return tmp_path


def test_a_whole_backup_is_read(backup: Path) -> None:
    assert read_manifest(backup)["root"] == "ab" * 32


def test_a_changed_file_is_named(backup: Path) -> None:
    (backup / "evidence.tar").write_bytes(b"filez")

    with pytest.raises(Trouble, match=r"evidence\.tar is missing or changed"):
        read_manifest(backup)


def test_a_missing_file_is_named(backup: Path) -> None:
    (backup / "database.dump").unlink()

    with pytest.raises(Trouble, match=r"database\.dump is missing or changed"):
        read_manifest(backup)


def test_an_interrupted_backup_is_none(backup: Path) -> None:
    (backup / "manifest.json").unlink()

    with pytest.raises(Trouble, match="does not hold a whole backup"):
        read_manifest(backup)


def test_evidence_comes_back_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "evidence"
    (source / "ab").mkdir(parents=True)
    (source / "ab" / "abcd").write_bytes(b"picture")

    pack(source, tmp_path / "evidence.tar")
    unpack(tmp_path / "evidence.tar", tmp_path / "back")

    assert (tmp_path / "back" / "ab" / "abcd").read_bytes() == b"picture"


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])
def test_an_archive_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))

    with pytest.raises(Trouble, match="outside"):
        unpack(tmp_path / "bad.tar", tmp_path / "back")

    assert not (tmp_path / "outside").exists()


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        member = tarfile.TarInfo("link")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(member)

    with pytest.raises(Trouble, match="link"):
        unpack(tmp_path / "bad.tar", tmp_path / "back")


@pytest.mark.slow
def test_keys_open_with_their_passphrase_and_with_no_other() -> None:
    box = seal({"keys": {"1": "secret"}}, passphrase="four unrelated words here")

    assert unseal(box, passphrase="four unrelated words here") == {"keys": {"1": "secret"}}
    assert unseal(box, passphrase="four unrelated words hers") is None
    assert "secret" not in str(box)


def test_keys_under_a_cheaper_derivation_are_refused() -> None:
    box = seal({"keys": {}}, passphrase="four unrelated words here")

    assert unseal({**box, "n": 2}, passphrase="four unrelated words here") is None


def test_the_root_is_found_in_what_verify_says_and_may_be_missing() -> None:
    root = "0f" * 32

    assert last_root(f"12 lines sealed, none wrong. Root {root}\n") == root
    assert last_root("nothing sealed yet") == ""
