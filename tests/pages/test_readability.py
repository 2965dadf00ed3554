"""What pages say in English can be read by somebody with eight years of school (Flesch-Kincaid)."""

import re
from collections.abc import Iterable

from tests.messages import ROOT, of_template

GRADE = 8
#: Fewer words than these on a page give a figure of chance.
FEWEST = 25
#: A label or a heading is no sentence.
SENTENCE = 4


def grade(texts: Iterable[str]) -> float:
    """The years of school that a reader needs, by the length of sentences and of words."""
    sentences = [part for text in texts for part in re.split(r"(?<=[.!?:;])\s+", text) if words(part)]
    said = [word for sentence in sentences for word in words(sentence)]
    return 0.39 * len(said) / len(sentences) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z][A-Za-z’']*", text)


def syllables(word: str) -> int:
    """Groups of vowels, without endings that are not heard: "needed" has two, "signed" one."""
    silent = re.search(r"[^l]e$|[^td]ed$|[^cgsxz]es$", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", word.lower())) - bool(silent))


def sentences_of(source: str, origin: str) -> list[str]:
    texts = (text for _context, text in of_template(source, origin))
    # A name stands in every gap; marks of HTML are not read.
    filled = (re.sub(r"%\(\w+\)[sd]", "Ana", re.sub(r"<[^>]*>", "", text)) for text in texts)
    return [text for text in filled if len(words(text)) >= SENTENCE]


def test_every_page_reads_at_grade_eight_or_below():
    pages = {
        str(path.relative_to(ROOT)): sentences_of(path.read_text(), str(path))
        for path in (ROOT / "templates").rglob("*.html")
    }
    long = {page: texts for page, texts in pages.items() if len(words(" ".join(texts))) >= FEWEST}

    assert len(long) > 50
    assert {page: round(grade(texts), 1) for page, texts in long.items() if grade(texts) > GRADE} == {}


def test_the_grade_tells_plain_words_from_officialese():
    plain = "Log your hours each day. Your supervisor signs them, and then they count."
    official = (
        "Documentation substantiating supervised experience necessitates authorization by administration."
    )

    assert grade([plain]) < 4
    assert grade([official]) > 12
