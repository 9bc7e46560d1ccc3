from pathlib import Path

import pytest

from crawler.commands.demo_show import show_next_steps


@pytest.mark.parametrize(("on_path", "proposed"), [(None, True), ("/usr/bin/firstseen", False)])
def test_the_environment_is_activated_first_where_firstseen_is_not_on_the_path(
    on_path: str | None,
    proposed: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: on_path)
    monkeypatch.setattr("sys.prefix", str(Path.cwd() / "my env"))

    show_next_steps(Path("a demo"))

    shown = capsys.readouterr().out
    assert ("  . 'my env/bin/activate'\n" in shown) is proposed
    assert "  cd 'a demo'\n" in shown
