from crawler.extraction.site_rules import RuleReport
from crawler.spiders.readings import count_rules, page_key
from tests.examples import make_item


def test_rules_are_counted_field_by_field() -> None:
    counts: dict[str, dict[str, int]] = {}

    count_rules(counts, RuleReport(used=("body", "byline"), disagreements=("byline",)))
    count_rules(counts, RuleReport(used=("body",), vanished=("byline",)))

    assert counts == {
        "body": {"used": 2, "vanished": 0, "disagreed": 0},
        "byline": {"used": 1, "vanished": 1, "disagreed": 1},
    }


def test_a_page_s_key_follows_its_words_and_nothing_else() -> None:
    item, spaced, edited = make_item(), make_item(), make_item()
    spaced.article_body = item.article_body.replace(" ", "  ")
    edited.article_body = item.article_body + " The vote was postponed."

    assert page_key(item) == page_key(spaced) != page_key(edited)
