"""What a lesson is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """`why` is shown to whoever chose it, right or not."""

    text: str
    why: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Exercise:
    question: str
    choices: tuple[Choice, ...]

    @property
    def right(self) -> Choice:
        return next(choice for choice in self.choices if choice.is_right)


@dataclass(frozen=True, slots=True)
class Lesson:
    """`short` says it all to whoever reads one line; `dos` are what to take away."""

    key: str
    title: str
    short: str
    paragraphs: tuple[str, ...]
    dos: tuple[str, ...]
    exercises: tuple[Exercise, ...]

    @property
    def picture(self) -> str:
        return f"consent/pictures/{self.key}.html"

    def words(self) -> str:
        """Everything that is read on the page, for counting."""
        asked = (
            " ".join((exercise.question, *(choice.text for choice in exercise.choices)))
            for exercise in self.exercises
        )
        return " ".join((self.title, self.short, *self.paragraphs, *self.dos, *asked))
