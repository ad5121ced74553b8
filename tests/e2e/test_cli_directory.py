"""`deskcal directory` and `deskcal desk`, as people run them."""

import json
from pathlib import Path

import pytest

from e2e.test_cli import deskcal

OUTCOME = {"code": "later", "name": "Later", "types": [2, 4], "is_contact": 1, "next_in_sec": 60}


def show(data: Path) -> object:
    return json.loads(deskcal("directory", "show", "--data", data).stdout)


def test_what_show_prints_can_be_put_again(tmp_path: Path) -> None:
    text = json.dumps({"outcomes": [OUTCOME], "desks": [{"code": "desk_a", "manager_id": 10}]})
    put = deskcal("directory", "put", "--data", tmp_path, "-", stdin=text)
    assert (put.returncode, put.stdout) == (0, "0 managers, 1 desk, 1 outcome\n")
    desk = {"code": "DESK_A", "brand": "default", "title": "DESK_A", "manager_id": 10}
    assert show(tmp_path) == {"managers": [], "desks": [desk], "outcomes": [OUTCOME]}

    file = tmp_path / "names.json"
    file.write_text(json.dumps(show(tmp_path)), encoding="utf-8")
    again = deskcal("directory", "put", "--data", tmp_path / "other", file)
    assert again.returncode == 0, again.stderr
    assert show(tmp_path / "other") == show(tmp_path)


def test_keys_that_are_not_named_are_kept(tmp_path: Path) -> None:
    first = {"outcomes": [OUTCOME], "desks": [{"code": "A", "title": "First", "manager_id": 10}]}
    deskcal("directory", "put", "--data", tmp_path, "-", stdin=json.dumps(first))
    second = {"outcomes": [{"code": "later", "types": [2]}], "desks": [{"code": "A", "title": "B"}]}
    deskcal("directory", "put", "--data", tmp_path, "-", stdin=json.dumps(second))
    deskcal("desk", "add", "--data", tmp_path, "--code", "A", "--title", "C")
    desk = {"code": "A", "brand": "default", "title": "C", "manager_id": 10}
    outcome = OUTCOME | {"types": [2]}
    assert show(tmp_path) == {"managers": [], "desks": [desk], "outcomes": [outcome]}
    deskcal("desk", "add", "--data", tmp_path, "--code", "A", "--lead", 11)
    listed = deskcal("desk", "list", "--data", tmp_path)
    assert listed.stdout == "A\tdefault\tA\t11\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"outcome":[]}', "unknown field `outcome`"),
        ('{"outcomes":[{"code":"a","kind":2}]}', "kind is no key in outcomes"),
        ('{"outcomes":[{"name":"a"}]}', "missing required field `code`"),
        ('{"outcomes":[{"code":"a","types":[9]}]}', "9"),
        ('{"outcomes":[{"code":"a","is_contact":2}]}', "is_contact (2) must be 0 or 1"),
        ("[]", "can't be used"),
    ],
)
def test_a_bad_entry_is_reported_and_nothing_is_written(
    tmp_path: Path, text: str, expected: str
) -> None:
    good = '{"desks":[{"code":"A"}],'
    put = deskcal("directory", "put", "--data", tmp_path, "-", stdin=text.replace("{", good, 1))
    assert put.returncode == 2
    assert expected in put.stderr
    assert show(tmp_path) == {"managers": [], "desks": [], "outcomes": []}
