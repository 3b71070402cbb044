"""The kinds of app: one name of ours, what freedesktop and Apple call it, and a forgiving reader."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from millennium_bundler.errors import ManifestError


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of app.

    Attributes:
        name: What the manifest writes.
        freedesktop: Value of Categories in a desktop file.
        apple: Value of LSApplicationCategoryType.
    """

    name: str
    freedesktop: str
    apple: str


# https://specifications.freedesktop.org/menu-spec/latest/category-registry.html
# https://developer.apple.com/documentation/bundleresources/information-property-list/lsapplicationcategorytype
CATEGORIES: tuple[Category, ...] = (
    Category("Business", "Office;", "business"),
    Category("DeveloperTool", "Development;", "developer-tools"),
    Category("Education", "Education;", "education"),
    Category("Entertainment", "Network;", "entertainment"),
    Category("Finance", "Office;Finance;", "finance"),
    Category("Game", "Game;", "games"),
    Category("ActionGame", "Game;ActionGame;", "action-games"),
    Category("AdventureGame", "Game;AdventureGame;", "adventure-games"),
    Category("ArcadeGame", "Game;ArcadeGame;", "arcade-games"),
    Category("BoardGame", "Game;BoardGame;", "board-games"),
    Category("CardGame", "Game;CardGame;", "card-games"),
    Category("CasinoGame", "Game;", "casino-games"),
    Category("DiceGame", "Game;", "dice-games"),
    Category("EducationalGame", "Game;KidsGame;", "educational-games"),
    Category("FamilyGame", "Game;", "family-games"),
    Category("KidsGame", "Game;KidsGame;", "kids-games"),
    Category("MusicGame", "Game;", "music-games"),
    Category("PuzzleGame", "Game;LogicGame;", "puzzle-games"),
    Category("RacingGame", "Game;SportsGame;", "racing-games"),
    Category("RolePlayingGame", "Game;RolePlaying;", "role-playing-games"),
    Category("SimulationGame", "Game;Simulation;", "simulation-games"),
    Category("SportsGame", "Game;SportsGame;", "sports-games"),
    Category("StrategyGame", "Game;StrategyGame;", "strategy-games"),
    Category("TriviaGame", "Game;", "trivia-games"),
    Category("WordGame", "Game;", "word-games"),
    Category("GraphicsAndDesign", "Graphics;", "graphics-design"),
    Category("HealthcareAndFitness", "Science;", "healthcare-fitness"),
    Category("Lifestyle", "Utility;", "lifestyle"),
    Category("Medical", "Science;MedicalSoftware;", "medical"),
    Category("Music", "AudioVideo;Audio;Music;", "music"),
    Category("News", "Network;News;", "news"),
    Category("Photography", "Graphics;Photography;", "photography"),
    Category("Productivity", "Office;", "productivity"),
    Category("Reference", "Education;", "reference"),
    Category("SocialNetworking", "Network;", "social-networking"),
    Category("Sports", "Education;Sports;", "sports"),
    Category("Travel", "Education;", "travel"),
    Category("Utility", "Utility;", "utilities"),
    Category("Video", "AudioVideo;Video;", "video"),
    Category("Weather", "Science;", "weather"),
)
_SHORT = {
    "office": "Productivity",
    "development": "DeveloperTool",
    "graphics": "GraphicsAndDesign",
    "logicgame": "PuzzleGame",
    "roleplaying": "RolePlayingGame",
    "rpg": "RolePlayingGame",
    "network": "SocialNetworking",
    "science": "Education",
    "audio": "Music",
    "health": "HealthcareAndFitness",
}
_APPLE_PREFIX = "public.app-category."
DEFAULT = "Utility"


def parse_category(given: str) -> Category:
    """Read a category as people write it; empty means Utility.

    Raises:
        ManifestError: Unknown; the help names the nearest.
    """
    known = _words()
    folded = _fold(given.removeprefix(_APPLE_PREFIX)) or _fold(DEFAULT)
    if folded in known:
        return known[folded]
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.6)
    names = ", ".join(category.name for category in CATEGORIES)
    help_line = f"did you mean {known[near[0]].name!r}?" if near else f"known: {names}"
    message = f"key 'category': {given!r} is not a category"
    raise ManifestError(message, code="manifest.bad_value", help=help_line)


def _words() -> dict[str, Category]:
    words: dict[str, Category] = {}
    for category in CATEGORIES:
        words[_fold(category.name)] = category
        words[_fold(category.apple)] = category
    by_name = {category.name: category for category in CATEGORIES}
    return {**words, **{short: by_name[name] for short, name in _SHORT.items()}}


def _fold(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
