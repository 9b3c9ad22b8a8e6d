"""What is sent of a page that changed: items alone, a list whole where rows came or went, else nothing."""

from web.pieces import Recent, Section, changes, single, whole


def rows(**items: str) -> Section:
    return Section("list", items, ("<ul id=list>", "</ul>" if items else "nobody</ul>"))


def test_a_section_is_its_items_and_what_is_around_them() -> None:
    assert whole([single("head", "<p>1</p>"), rows(a="<li>a</li>", b="<li>b</li>")]) == {
        "head": "<p>1</p>",
        "list": "<ul id=list><li>a</li><li>b</li></ul>",
    }
    assert whole([rows()]) == {"list": "<ul id=list>nobody</ul>"}


def test_only_what_changed_is_sent() -> None:
    before = [single("head", "1"), rows(a="a", b="b")]
    assert changes(before, [single("head", "1"), rows(a="a", b="b")]) == {}
    assert changes(before, [single("head", "2"), rows(a="a", b="c")]) == {"head": "2", "b": "c"}


def test_a_list_in_which_rows_came_went_or_moved_is_sent_whole() -> None:
    before = [rows(a="a", b="b")]
    assert changes(before, [rows(a="a")]) == {"list": "<ul id=list>a</ul>"}
    assert changes(before, [rows(a="a", b="b", c="c")]) == {"list": "<ul id=list>abc</ul>"}
    assert changes(before, [rows(b="b", a="a")]) == {"list": "<ul id=list>ba</ul>"}
    assert changes(before, [rows()]) == {"list": "<ul id=list>nobody</ul>"}


def test_what_is_asked_for_again_was_made_once_and_what_is_not_is_forgotten() -> None:
    made: list[str] = []
    recent = Recent[str]()

    def make(key: str) -> str:
        return recent.of(key, lambda: made.append(key) or key)

    for _ in range(3):
        assert make("a") is make("a")
        recent.turn()
    assert made == ["a"]
    recent.turn()
    make("a")
    assert made == ["a", "a"]
