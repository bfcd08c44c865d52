"""The short lessons on keeping a group private: their words, their pictures, their questions.

Each takes less than two minutes to read. A question is never failed: every answer is explained,
and one may choose again. The picture of a lesson is templates/consent/pictures/<key>.html.
"""

from consent.lessons.machines import MACHINES
from consent.lessons.people import PEOPLE
from consent.lessons.shapes import Choice, Exercise, Lesson

LESSONS: tuple[Lesson, ...] = (*MACHINES, *PEOPLE)
BY_KEY = {lesson.key: lesson for lesson in LESSONS}

__all__ = ["BY_KEY", "LESSONS", "Choice", "Exercise", "Lesson"]
