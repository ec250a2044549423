import pytest

from tests.screenshots import FOLDER, PICTURES, Picture, take


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_the_readme_shows_what_the_program_shows(picture: Picture) -> None:
    kept = FOLDER.joinpath(f"{picture.name}.svg").read_text(encoding="utf-8")
    assert await take(picture) == kept, "python -m tests.screenshots takes them anew"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {picture.name for picture in PICTURES}
