"""Lessons about machines: devices, networks, smart speakers, sharing a screen."""

from consent.lessons.shapes import Choice, Exercise, Lesson

DEVICES = Lesson(
    key="devices",
    title="Your device",
    short="A device that only you unlock keeps what you say between you and the group.",
    paragraphs=(
        "What you hear in the group comes out of one small machine. Whoever can open it, or look "
        "at it, is a little bit in the room with us.",
        "A message that pops up can also be seen by others when you share your screen, and it "
        "pulls you out of what somebody is telling you.",
    ),
    dos=(
        "Lock the device with a code or a finger that only you have.",
        "Install updates when they are offered: they close doors that others know about.",
        "Turn on “do not disturb” before you join.",
        "Close what you do not need. Do not record, and take no pictures of the screen.",
        "On a shared computer, use a window of your own and sign out at the end.",
    ),
    exercises=(
        Exercise(
            "You share a tablet with your sister. What is best?",
            (
                Choice(
                    "Use it and close the tab afterwards",
                    "Closing a tab does not sign you out. She could open it again and see your "
                    "group's page.",
                ),
                Choice(
                    "Use it under a profile of your own and sign out afterwards",
                    "Yes. Your own profile keeps messages and history apart, and signing out "
                    "closes the door.",
                    is_right=True,
                ),
                Choice(
                    "Tell her your password, so that she can help",
                    "Kind, but then two people can be you. Help can sit beside you until you are "
                    "signed in.",
                ),
            ),
        ),
    ),
)

NETWORKS = Lesson(
    key="networks",
    title="Your network",
    short="Use a network that you or somebody you trust looks after.",
    paragraphs=(
        "Sound and picture travel encrypted. Others in the same network still see that you are "
        "connected to this site, when, and for how long.",
        "At a café, a library or a station there is a second reason to wait: people around you "
        "hear you.",
    ),
    dos=(
        "At home, give the Wi-Fi a password that is not on the box.",
        "On the way, use your phone's own connection instead of open Wi-Fi.",
        "Do not use a network at work without asking yourself who runs it.",
        "If the line is weak, switch to sound only: it needs little.",
    ),
    exercises=(
        Exercise(
            "Your Wi-Fi at home is down ten minutes before the session. What now?",
            (
                Choice(
                    "Go to the café downstairs, with headphones",
                    "Headphones keep the others' words with you. But people near you hear what "
                    "you say, and they may see the screen.",
                ),
                Choice(
                    "Use the phone's own connection, with sound only",
                    "Yes. It is your own network, and sound alone needs little data.",
                    is_right=True,
                ),
                Choice(
                    "Stay away and say nothing",
                    "You may stay away. Tell your therapist, though: there is often a way, and "
                    "nobody has to worry about you.",
                ),
            ),
        ),
    ),
)

SPEAKERS = Lesson(
    key="speakers",
    title="Machines that listen",
    short="Smart speakers, televisions and assistants listen for their name all the time.",
    paragraphs=(
        "They sometimes hear their name when nobody said it. Then they send a piece of what is "
        "said in the room to a company.",
        "It is not only the round speaker on the shelf: phones, watches, televisions, doorbells, "
        "baby monitors and some toys listen as well.",
    ),
    dos=(
        "Pull the plug of smart speakers, or carry them to another room.",
        "Turn off the assistant on the phone and the watch that are near you.",
        "Turn cameras in the room to the wall.",
        "Wear headphones: then at least the others are not heard by any of them.",
    ),
    exercises=(
        Exercise(
            "The speaker has a button that turns its microphone off. Is that enough?",
            (
                Choice(
                    "Yes, if its light shows that it is off",
                    "Yes. Pulling the plug is surer, and the button is far better than nothing.",
                    is_right=True,
                ),
                Choice(
                    "It does not matter, I whisper",
                    "Microphones hear whispers well. And the others in the group do not whisper.",
                ),
                Choice(
                    "It does not matter, it is not mine",
                    "It listens to everybody in the room, whoever bought it.",
                ),
            ),
        ),
    ),
)

SHARING = Lesson(
    key="sharing",
    title="Sharing your screen",
    short="Share one window, never the whole screen.",
    paragraphs=(
        "Who shares the whole screen shows everything that is on it, and everything that comes up: "
        "a message, a name, a list of files.",
        "It holds in any call, with friends or at work as well: what others saw cannot be taken "
        "back.",
    ),
    dos=(
        "Open only what you want to show, then choose that one window.",
        "Turn on “do not disturb” first.",
        "Stop sharing as soon as you have shown it.",
        "Think of your background too: letters, photographs, a window to the street.",
    ),
    exercises=(
        Exercise(
            "You want to show the group a drawing of yours. What do you do?",
            (
                Choice(
                    "Share the whole screen and open the drawing then",
                    "Until it is open, the group sees your desktop, and any message that arrives.",
                ),
                Choice(
                    "Open the drawing, then share only its window",
                    "Yes. The group sees the drawing and nothing else.",
                    is_right=True,
                ),
                Choice(
                    "Mail it to everybody before the session",
                    "Then everybody has your address, and a copy that stays.",
                ),
            ),
        ),
    ),
)

MACHINES = (DEVICES, NETWORKS, SPEAKERS, SHARING)
