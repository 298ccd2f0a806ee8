"""A secret goes where it must and is seen nowhere else: the proof, and that it can fail."""

import base64
import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hue_infra.providers import certificates

ROOT = Path(__file__).resolve().parents[2]
WORD = "chim-4f9a2c71d0e83b55"
OTHER_WORD = "chim-88b1e6a7c9d20f14"
"""Of plain letters: they look the same however many quotations they stand in."""
PHRASE = "cụm-mật-khẩu-7d20e5b3"


@pytest.fixture(scope="module")
def canary():
    spec = importlib.util.spec_from_file_location("canary", ROOT / "scripts" / "canary.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def key():
    return certificates.request(["portal.hue.gov.vn"])[0]


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def search(canary, folder: Path, secret: str) -> list[str]:
    sought = {"it": canary.needles(secret)}
    return list(canary.in_files([folder], sought, folder / "lab" / "machines"))


@pytest.mark.parametrize(
    "written",
    [
        lambda key: key,
        lambda key: json.dumps({"data": key}),
        lambda key: key.splitlines()[2],
        packed,
        lambda key: packed("x" + key),
        lambda key: packed("xy" + key),
        lambda key: f"users:\n- user:\n    client-key-data: {packed(key)}\n",
    ],
    ids=["pem", "json", "one line", "base64", "base64+1", "base64+2", "kubeconfig"],
)
def test_a_private_key_is_found_however_it_is_written(canary, key, written, tmp_path) -> None:
    (tmp_path / "file").write_text(written(key))

    assert search(canary, tmp_path, key) == [f"{tmp_path}/file: it"]


def test_of_a_kubeconfig_only_its_keys_are_secret(canary, key, tmp_path) -> None:
    authority = packed("-----BEGIN CERTIFICATE-----\n" + "QUJD" * 40)
    config = f"certificate-authority-data: {authority}\nclient-key-data: {packed(key)}\n"
    (tmp_path / "public").write_text(f"{authority}\n-----BEGIN PRIVATE KEY-----\n")
    assert search(canary, tmp_path, config) == []

    (tmp_path / "log").write_text(key)
    assert search(canary, tmp_path, config) == [f"{tmp_path}/log: it"]


def test_a_word_is_found_in_every_form(canary, tmp_path) -> None:
    for number, text in enumerate([WORD, json.dumps(WORD), packed(f"a: {WORD} b")]):
        (tmp_path / str(number)).write_text(text)

    assert len(search(canary, tmp_path, WORD)) == 3


def test_disks_of_machines_are_spared_and_nothing_else(canary, tmp_path) -> None:
    for folder in ("lab/machines/a/upper", "lab/links", "state"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file").write_text(WORD)

    assert search(canary, tmp_path, WORD) == [
        f"{tmp_path}/lab/links/file: it",
        f"{tmp_path}/state/file: it",
    ]


def test_a_process_that_carries_it_is_found(canary) -> None:
    with subprocess.Popen(["sleep", "60"], env={"TOLD": WORD}) as process:
        try:
            found = list(canary.in_processes({"it": canary.needles(WORD)}))
        finally:
            process.kill()

    assert f"/proc/{process.pid}/environ: it" in found


class Watch(threading.Thread):
    """Looks at all processes again and again while something runs."""

    def __init__(self, canary, *words: str) -> None:
        super().__init__(daemon=True)
        self.found: set[str] = set()
        self.looks = 0
        self._over = threading.Event()
        self._look = canary.in_processes
        self._sought = {word: canary.needles(word) for word in words}

    def run(self) -> None:
        while not self._over.wait(0.03):
            self.found.update(self._look(self._sought))
            self.looks += 1

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


@pytest.fixture(scope="module")
def secret_stack(_lab_is_possible, new_stack, tmp_path_factory) -> Iterator:
    folder = tmp_path_factory.mktemp("canary")
    outside = tmp_path_factory.mktemp("keys")
    (outside / "phrase").write_text(PHRASE)
    (outside / "word").write_text(WORD)
    variables = {
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(outside / "phrase"),
        "CANARY_FILE": str(outside / "word"),
    }
    made = new_stack(
        folder, "canary", variables=variables, program=ROOT / "tests/cases/stacks/canary/program.py"
    )
    try:
        yield made, outside / "word"
    finally:
        made.start("destroy", "--yes").communicate()


@pytest.mark.lab
@pytest.mark.slow
def test_a_secret_is_nowhere_in_clear(secret_stack, canary) -> None:
    stack, file = secret_stack
    with Watch(canary, WORD, OTHER_WORD, PHRASE) as watch:
        told = [*stack.run("preview", "-v"), *stack.run("up", "--yes", "-v")]
        file.write_text(OTHER_WORD)
        told += [*stack.run("preview", "-v"), *stack.run("up", "--yes", "--json")]
        told += [*stack.run("status", "--json"), *stack.run("verify", "--json")]
    (stack.folder / "told").write_text("\n".join(told))

    words = (WORD, OTHER_WORD, PHRASE)
    sought = {word: canary.needles(word) for word in words}
    assert list(canary.in_files([stack.folder], sought, stack.home / "lab/machines")) == []
    assert watch.found == set()
    assert watch.looks > 50
    # It did travel: what the state holds of it opens with the passphrase alone.
    held = canary.secrets_of(stack.home, PHRASE)
    assert {text for text in held.values() if text == OTHER_WORD * 2}
    assert any(OTHER_WORD in text and "ssh-rsa" in text for text in held.values())
    assert "**** → ****" in told[4]


@pytest.mark.lab
@pytest.mark.slow
def test_the_script_finds_nothing_in_the_same_stack(secret_stack) -> None:
    stack, _ = secret_stack
    done = subprocess.run(
        [sys.executable, "-P", ROOT / "scripts" / "canary.py", stack.home],
        env={"PYTHONPATH": str(ROOT), **stack.variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 found in clear" in done.stdout
