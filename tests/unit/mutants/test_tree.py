"""Copies of a project for the breaks."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mutants.tree import copied, copy_project, forget_bytecode


def test_a_copy_has_the_files_as_they_are_and_nothing_that_git_ignores(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "shop").mkdir(parents=True)
    for name, text in {
        ".gitignore": "*.log\n",
        "shop/kept.py": "committed",
        "shop/gone.py": "committed",
        "shop/new.py": "not added yet",
        "server.log": "ignored",
    }.items():
        (project / name).write_text(text, "utf-8")
    git = ["git", "-C", str(project)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", ".gitignore", "shop/kept.py", "shop/gone.py"], check=True)
    (project / "shop/kept.py").write_text("changed since", "utf-8")
    (project / "shop/gone.py").unlink()

    copy_project(project, tmp_path / "copy")
    with copied(tmp_path / "copy", tmp_path / "second") as second:
        files = {str(path.relative_to(second)) for path in second.rglob("*") if path.is_file()}
        assert files == {".gitignore", "shop/kept.py", "shop/new.py"}
        assert (second / "shop/kept.py").read_text("utf-8") == "changed since"
    assert not second.exists()


def test_only_the_bytecode_of_that_file_is_forgotten(tmp_path: Path) -> None:
    compiled = tmp_path / "__pycache__"
    compiled.mkdir()
    for name in ("cart.cpython-311.pyc", "cart.cpython-311.opt-1.pyc", "carts.cpython-311.pyc"):
        (compiled / name).touch()
    forget_bytecode(tmp_path / "cart.py")
    assert [path.name for path in compiled.iterdir()] == ["carts.cpython-311.pyc"]
