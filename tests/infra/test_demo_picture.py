"""Picture of the demo: selected steps, with colors, without what a terminal overwrites."""

from infra.demo_picture import numbers_of, picture_of, steps_of

OUTPUT = (
    "Setting up\n"
    "\n\x1b[1m 1. First\x1b[0m  \x1b[36mPOST /v1\x1b[0m\n    one\n"
    "\n\x1b[1m 2. Second\x1b[0m\n    bar 0/2\x1b[2K    bar 1/2\r\x1b[2K    bar 2/2\x1b[?25h\n"
    "\n\x1b[1m10. Last\x1b[0m\n    done\n"
)


def test_steps_are_separated() -> None:
    steps = steps_of(OUTPUT)
    assert list(steps) == [1, 2, 10]
    assert steps[10] == ["\x1b[1m10. Last\x1b[0m", "    done", ""]


def test_last_state_of_a_progress_bar_is_kept() -> None:
    assert steps_of(OUTPUT)[2][1] == "    bar 2/2"


def test_ranges_of_steps() -> None:
    assert numbers_of(["1-3", "8"]) == [1, 2, 3, 8]


def test_picture_ends_with_the_last_line_of_the_output() -> None:
    for ranges in (["1"], ["10"]):
        picture = picture_of(f"{OUTPUT}12 s\ndemo passed: 10 steps\n", ranges)
        assert picture.count("demo&#160;passed:&#160;10&#160;steps") == 1


def test_picture_contains_selected_steps_and_loads_nothing() -> None:
    picture = picture_of(OUTPUT, ["1", "10"])
    assert "First" in picture
    assert "Last" in picture
    assert "Second" not in picture
    assert "font-face" not in picture
    assert "url(http" not in picture
