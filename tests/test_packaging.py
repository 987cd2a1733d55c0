"""What is shipped, and what it is allowed to depend on."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import hatchling.build
import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
FORMAT_EXTRAS = {"onnx", "openvino", "litert"}
"""Extras that bring what a format of `archcli export` is written and run by."""
EXTRAS = {"gpu", "onnx", "openvino", "litert", "mlflow", "cv", "dev"}
PINNED = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; [^\\]+?)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project: dict[str, Any] = document["project"]
    return project


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout, once, and return its path."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / hatchling.build.build_wheel(str(folder))


def locked(path: Path) -> dict[str, str]:
    """Read the names and versions of a lock file.

    Raises:
        ValueError: A line is anything but a name, a version, perhaps a marker, and at least one hash.
    """
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if not line.startswith("#")]
    found = {line: PINNED.fullmatch(line) for line in lines}
    if strange := [line for line, match in found.items() if match is None]:
        message = f"{path.name} has lines that are no pinned requirement: {strange}"
        raise ValueError(message)
    return {match["name"]: match["version"] for match in found.values() if match is not None}


def required(requirements: list[str]) -> set[str]:
    """Return the names in a list of requirements, as lock files spell them."""
    names = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name is not None}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_holds_no_address(path: Path) -> None:
    """Lock files name no index, no download and no folder, so they serve any mirror and betray no machine."""
    text = path.read_text(encoding="utf-8")

    addresses = re.findall(r".*(?:https?:|file:|--index|--extra-index|--find-links|(?:^|\s)/).*", text)

    assert addresses == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_requirement_is_pinned_and_has_a_hash(path: Path) -> None:
    """Nothing that pip installs from a lock file can be another file than the one that was tried."""
    requirements = locked(path)

    assert requirements != {}


def test_lock_files_agree_on_every_version() -> None:
    """What is tested is what is run, on the CPU and on the GPU."""
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        for name, version in locked(path).items():
            versions.setdefault(name, set()).add(version)

    assert {name for name, found in versions.items() if len(found) > 1} == set()


def test_every_dependency_is_locked(project: dict[str, Any]) -> None:
    """A dependency that is added to the project without `make lock` is noticed."""
    dependencies = required(project["dependencies"])
    dev = required(project["optional-dependencies"]["dev"])

    assert dependencies - locked(ROOT / "locks" / "cpu.txt").keys() == set()
    assert dependencies - locked(ROOT / "locks" / "gpu.txt").keys() == set()
    assert (dependencies | dev) - locked(ROOT / "locks" / "dev.txt").keys() == set()


def test_what_is_declared_is_what_is_imported(project: dict[str, Any]) -> None:
    """No dependency is declared that the package does not import itself, and none imported that is not declared."""
    spelled = {
        "PIL": "pillow",
        "google": "protobuf",
        "yaml": "pyyaml",
        "sklearn": "scikit-learn",
        "ml_dtypes": "ml-dtypes",
        "ai_edge_litert": "ai-edge-litert",
    }
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "archcli").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]

    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module is not None}
    packages = {module.split(".")[0] for module in modules} - sys.stdlib_module_names - {"archcli"}

    found = {spelled.get(package, package) for package in packages}
    extras = {extra: required(project["optional-dependencies"][extra]) for extra in FORMAT_EXTRAS}
    assert found - set().union(*extras.values()) == required(project["dependencies"])
    assert {extra for extra, packages in extras.items() if packages & found} == FORMAT_EXTRAS


def test_every_extra_is_declared(project: dict[str, Any]) -> None:
    """Each extra that a message may tell the user to install exists."""
    assert set(project["optional-dependencies"]) == EXTRAS


def test_the_wheel_carries_the_gallery(wheel: Path) -> None:
    """Every file of recipes/ is inside the package, so that `archcli train NAME` works from anywhere."""
    gallery = {path.relative_to(ROOT / "recipes").as_posix() for path in (ROOT / "recipes").rglob("*.yaml")}

    with zipfile.ZipFile(wheel) as archive:
        names = {name.removeprefix("archcli/gallery/") for name in archive.namelist() if "/gallery/" in name}

    assert gallery != set()
    assert gallery <= names


def test_the_wheel_carries_what_is_read_at_run_time(wheel: Path) -> None:
    """Data files beside the code, the mark that it is typed, and the licence are in the wheel."""
    data = {
        path.relative_to(ROOT).as_posix()
        for suffix in ("json", "toml", "typed")
        for path in (ROOT / "archcli").rglob(f"*.{suffix}")
    }

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    assert {"archcli/explanations.toml", "archcli/recipe/catalogue.json", "archcli/py.typed"} <= data
    assert data <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_carries_only_the_package(wheel: Path) -> None:
    """Tests, tools and caches are not installed into anybody's site-packages."""
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
        caches = [name for name in archive.namelist() if "__pycache__" in name]

    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"archcli"}
    assert caches == []


def test_an_installed_package_finds_its_gallery(wheel: Path, tmp_path: Path) -> None:
    """Unpacked far from the checkout, the package lists every recipe of the gallery."""
    names = {path.stem for path in (ROOT / "recipes").glob("*.yaml")}
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "NO_COLOR": "1", "COLUMNS": "200"}

    answer = subprocess.run(
        [sys.executable, "-c", "from archcli.cli.app import main; main()", "recipes", "list"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert {name for name in names if name not in answer.stdout} == set()
