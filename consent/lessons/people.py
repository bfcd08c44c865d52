"""Lessons about people: the home, posts, and speaking from oneself."""

from consent.lessons.shapes import Choice, Exercise, Lesson

HOME = Lesson(
    key="home",
    title="The people at home",
    short="A closed door, headphones and one sentence beforehand are most of it.",
    paragraphs=(
        "Those who live with you mean well and still come in. Tell them beforehand when you are "
        "not to be disturbed. You do not have to say why.",
        "If somebody comes in, say “one moment” and press “Not private now”: your sound and "
        "picture stop, and the group waits.",
    ),
    dos=(
        "Close the door and hang up a sign. You can print one from Today.",
        "Sit so that nobody behind you sees the screen.",
        "A radio or a fan outside the door covers voices.",
        "A parked car is a room too. Never join while driving.",
        "No private place today? Say so at the door: there are other ways to take part.",
    ),
    exercises=(
        Exercise(
            "Your flatmate asks whom you talk to every Thursday. What could you say?",
            (
                Choice(
                    "“It is a private appointment.”",
                    "Yes. It is true, it is friendly, and it ends the question.",
                    is_right=True,
                ),
                Choice(
                    "“A group. One of them you know, from the bakery!”",
                    "Now your flatmate knows something that only that person may tell.",
                ),
                Choice(
                    "“Listen in, if you like.”",
                    "It is your choice what you tell of yourself. The others did not choose it.",
                ),
            ),
        ),
    ),
)

POSTS = Lesson(
    key="posts",
    title="Posts and messages",
    short="Nothing about the group goes online, with names or without.",
    paragraphs=(
        "A hint is enough: “Heard something tonight that I cannot forget” tells those who know "
        "where you are on Thursdays more than you think. So does a like, a song, a location, or a "
        "picture of your screen.",
        "Do not look the others up, and do not send them requests. If you meet by chance, let "
        "the other person decide whether you know each other.",
    ),
    dos=(
        "Write nothing about the group, its people or its evenings, vague or not.",
        "Make no private chats with members beside the group.",
        "Talk about what you learned about yourself, with whom you like.",
        "If something slipped out, tell your therapist soon. That helps most.",
    ),
    exercises=(
        Exercise(
            "Which of these may you post?",
            (
                Choice(
                    "“Some people really need help. You know who you are.”",
                    "No name, and still it points at somebody. Whoever was there recognises it, "
                    "and whoever was not begins to guess.",
                ),
                Choice(
                    "“So proud of B. tonight!”",
                    "An initial and an evening are enough to find somebody.",
                ),
                Choice(
                    "“I am learning to say no, and it is hard.”",
                    "Yes. It is yours alone, and it says nothing about the group.",
                    is_right=True,
                ),
            ),
        ),
    ),
)

SPEAKING = Lesson(
    key="speaking",
    title="Speaking from yourself",
    short="Begin with “I”: your story is yours, the others' stories stay here.",
    paragraphs=(
        "A sentence that begins with “I” tells what you saw, felt or wish. It is hard to quarrel "
        "with, and it carries nobody else's secret out of the room.",
        "The same holds afterwards: what you say outside begins with “I”, and the others do not "
        "appear in it.",
    ),
    dos=(
        "Say “I feel”, “I noticed”, “I would like”.",
        "Give no advice that nobody asked for. Ask first: “May I say what helped me?”",
        "Leave out names, places and dates of people outside the group too.",
        "You may always pass.",
    ),
    exercises=(
        Exercise(
            "You were interrupted twice. How could you say it?",
            (
                Choice(
                    "“You never let anybody finish.”",
                    "It may be how it feels. It is about the other person, and invites a quarrel.",
                ),
                Choice(
                    "“I lose my thread when I am interrupted. I would like to finish.”",
                    "Yes. It says what happens in you, and what you need.",
                    is_right=True,
                ),
                Choice(
                    "“Everybody here thinks that you talk too much.”",
                    "Nobody can speak for everybody. Speak for yourself.",
                ),
            ),
        ),
        Exercise(
            "At home you are asked how it was. Which answer stays within the group's promise?",
            (
                Choice(
                    "“A man there lost his job. He cried.”",
                    "It is his story, even without his name.",
                ),
                Choice(
                    "“I was nervous, and I am glad that I spoke.”",
                    "Yes. It begins with “I” and ends there.",
                    is_right=True,
                ),
            ),
        ),
    ),
)

PEOPLE = (HOME, POSTS, SPEAKING)
