"""General statements: each sentence of a page that says never, always, every ... and how it is known to be true.

So is each that tells, right below a cell, how many there were of something: its number is printed, or a sign has it.

Those of notebooks/01_blocking_calls.ipynb stand in statements/01_blocking_calls.toml, one line each: words of the
sentence, enough to tell it from all others of the notebook, and how it was checked.

    "nobody lets them" = "sign: while one computes, the others do not run"  # the name of one of the notebook's signs
    "No answer was a 429" = "output run-script: no 429"        # text that this cell shows in Run All
    "`requests` does not promise" = "link https://..."         # documentation, linked from the same Markdown cell
    "the error says nothing" = "test tests/helpers/test_x.py::test_y"
    "the sum stays the same" = "knob: knob-workers"            # the id of the cell that prints the knob
    "Pass `max_workers`, always" = "advice"                    # or question, definition, code: see WITHOUT_PROOF
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "statements"
TRIGGERS = "never always every everyone everybody only cannot must nobody none any".split()  # noqa: SIM905
GENERAL = re.compile(rf"\b({'|'.join(TRIGGERS)})\b", re.IGNORECASE)
NUMBERS = (
    r"no|both|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|\d[\d,]*"
)
THINGS = (
    "answers?|requests?|connections?|pages?|tasks?|threads?|messages?|exceptions?|errors?|steps?|jobs?|queries|rows?"
)
HAPPENED = "was|were|came|saw|counted|had|made|got|took|opened|answered|received|asked|ran|saved|stood"
COUNTED = re.compile(rf"\b({NUMBERS}) (of (\w+ )?\w+ )?(\w+ )?({THINGS})\b.*\b({HAPPENED})\b", re.IGNORECASE)
"""How a page tells of a count that has been seen: its number must be printed somewhere, or held by a sign."""
WITHOUT_PROOF = ("advice", "question", "definition", "code")
"""What claims nothing about how the world behaves: an imperative, a question, what a word is to mean here, and what the
page's own code can be seen to do."""
PROOFS = {"sign": ": ", "knob": ": ", "output": " ", "link": " ", "test": " "}
"""What names its proof, with what stands between."""

FENCED = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
HTML_TAG = re.compile(r"</?\w[^<>]*>")
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:(?:[-*+]|\d+\.|#{1,6})\s|>|\|))")
END = re.compile(r"(?<=[.!?])([\"”)*_]*)\s+(?=[\"“(*_`\[]*[A-Z0-9`])")


@dataclass(frozen=True)
class Statement:
    """One entry: words of a sentence, and how it was checked. `kind` is the first word of that, `proof` the rest."""

    notebook: str  # its file's name
    words: str
    kind: str
    proof: str

    @property
    def id(self) -> str:
        """What pytest calls it."""
        return re.sub(r"\W+", "_", f"{self.notebook.removesuffix('.ipynb')}: {self.words}")[:100]

    @property
    def output(self) -> tuple[str, str]:
        """The cell and the text of a proof by output."""
        cell, _, text = self.proof.partition(": ")
        return cell, one_line(text)


def read_statements(path: Path) -> list[Statement]:
    """Return the statements in a TOML file, which has the name of its notebook.

    Raises ValueError for a value that says nothing of how a statement was checked.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_statement(f"{path.stem}.ipynb", words, how) for words, how in content.items()]


def _statement(notebook: str, words: str, how: object) -> Statement:
    if how in WITHOUT_PROOF:
        return Statement(notebook, one_line(words), str(how), "")
    for kind, between in PROOFS.items():
        if isinstance(how, str) and how.startswith(kind + between):
            proof = how.removeprefix(kind + between).strip()
            if proof and (kind != "output" or re.fullmatch(r"(?s)\S+: .*\S.*", proof)):
                return Statement(notebook, one_line(words), kind, proof)
    ways = [f"{kind}{between}..." for kind, between in PROOFS.items()]
    raise ValueError(f"{notebook}, {words!r}: {how!r} is none of {', '.join([*ways, *WITHOUT_PROOF])}")


def all_statements() -> list[Statement]:
    """Return the statements of every notebook, in the notebooks' order."""
    return [statement for path in sorted(FOLDER.glob("*.toml")) for statement in read_statements(path)]


def one_line(text: str) -> str:
    """Return a text with a single space wherever there is white space."""
    return " ".join(text.split())


def sentences(page: str) -> Iterator[str]:
    """Yield the sentences of a piece of Markdown, each in one line, with its own marks, but for code blocks.

    A heading, an item of a list and a cell of a table are at least one each.
    """
    page = HTML_TAG.sub(_tag, FENCED.sub("\n\n", page))
    for block in BLOCK.split(page):
        for part in re.split(r"(?<!\\)\|", block) if block.lstrip().startswith("|") else [block]:
            yield from filter(None, (END.sub(r"\1\n", one_line(part)).split("\n")))


def _tag(found: re.Match[str]) -> str:
    """What an HTML tag is to a sentence: `<b>` belongs to it, `</summary>` ends it."""
    inline = re.match(r"</?(a|b|code|em|i|kbd|strong|sub|sup)\b", found[0])
    return found[0] if inline or "`" in found[0] else "\n\n"


def counted(page: str) -> list[str]:
    """Return the sentences of a piece of Markdown that say how many there were of something, but for questions."""
    told = (sentence for sentence in sentences(page) if not re.search(r"\?\W*$", sentence))
    return [sentence for sentence in told if COUNTED.search(re.sub("[*`]", "", sentence))]


def general(page: str) -> list[str]:
    """Return the sentences of a piece of Markdown that say something of all or none. Words in code do not count."""
    return [sentence for sentence in sentences(page) if GENERAL.search(INLINE_CODE.sub("", sentence))]
