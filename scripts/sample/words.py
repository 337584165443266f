"""What the sample recording says: three tips, each with the few words that stand under its picture."""

from dataclasses import dataclass

BEFORE_MS = 700  # silence before the first word, as somebody who has just pressed the button
AFTER_MS = 1_200
BETWEEN_TOPICS_MS = (1_500, 1_600)  # before the second and before the third
BETWEEN_SENTENCES_MS = (420, 340, 480, 380, 400, 450, 360)  # after a topic's first, second, ... sentence


@dataclass(frozen=True)
class Line:
    said: str
    shown: str  # a few words, not the sentence: captions are the product's own work


@dataclass(frozen=True)
class Topic:
    heading: str  # two lines
    lines: tuple[Line, ...]


TOPICS = (
    Topic(
        "Clear a\nlabel jam",
        (
            Line("Here is how I clear a paper jam in the label printer without breaking anything.", "A label is stuck"),
            Line("First, switch the printer off and let the print head cool down.", "Switch off, let it cool"),
            Line("Open the lid, and take the roll out before you touch the stuck label.", "Lid open, roll out"),
            Line("Pull the label slowly, in the direction the paper travels, never backwards.", "Pull with the paper"),
            Line(
                "If some glue is left on the roller, wipe it away with a soft cloth and a little alcohol.",
                "Wipe the roller",
            ),
            Line(
                "Please do not use a knife, because one scratch on the print head shows on every label.",
                "No knife",
            ),
            Line("Put the roll back, close the lid until it clicks, and print one test label.", "Print a test label"),
        ),
    ),
    Topic(
        "Lift a\nheavy box",
        (
            Line("Now, the second thing is how to lift a heavy box without hurting your back.", "Save your back"),
            Line("Before you lift, push the box with your foot to find out how heavy it is.", "Test the weight"),
            Line("If it hardly moves, fetch a trolley or ask somebody to help you.", "Too heavy? Get help"),
            Line("Move close to the box, and place your feet as wide as your shoulders.", "Close, feet apart"),
            Line(
                "Then bend your knees and hips, keep your back straight, and grip the box from below.",
                "Bend your knees",
            ),
            Line("Lift slowly with your legs, and hold the box close to your body.", "Legs do the work"),
            Line("When you need to turn, move your feet, and do not twist your back.", "Turn with your feet"),
            Line("It feels slow for a week, and after that you do it without thinking.", "Set it down the same way"),
        ),
    ),
    Topic(
        "Hand over\na shift",
        (
            Line(
                "And the last tip is about the end of the day: how to hand over a shift.", "Ten minutes before the end"
            ),
            Line(
                "Ten minutes before you leave, write down what is finished, what is still open, and what worries you.",
                "Done, open, worries",
            ),
            Line("Then talk it through at the machine, not in the changing room.", "Talk at the machine"),
            Line("Point at anything that sounds or looks different today.", "Point at what is different"),
            Line("Ask your colleague to say in their own words what has to happen next.", "Let them say it back"),
            Line("If something is missing, you will both hear it right away.", "Add what was missing"),
            Line("Sign the notebook together, say thank you, and go home with a clear head.", "Sign, and go home"),
        ),
    ),
)
