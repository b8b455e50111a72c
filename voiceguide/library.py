"""The exercises that can be done here: ours and the user's."""

from __future__ import annotations

from pathlib import Path

from voiceguide.durable import open_reading
from voiceguide.errors import ExerciseError, NotFoundError
from voiceguide.exercise import Exercise
from voiceguide.exercise.fields import MAX_TEXT
from voiceguide.exercise.file import check_fragment, is_fragment, parse
from voiceguide.exercise.writer import FindFragment
from voiceguide.paths import exercise_files, own_exercises_dir
from voiceguide.voice_commands.topics import topics_in


def load_exercise(exercise_id: str) -> Exercise:
    """The exercise of this id.

    Raises NotFoundError, with near names, when there is none, and ExerciseError when its file cannot be used.
    """
    files = exercise_files()
    wanted = exercise_id.strip().lower()
    if wanted not in files:
        if about := sorted(topics_in(wanted) & files.keys()):
            raise NotFoundError(f"There is no exercise {wanted[:60]!r}: did you mean {' or '.join(about)}?")
        raise NotFoundError.suggesting("exercise", exercise_id, files, "see `voiceguide exercises` for all.")
    return _load(wanted, files)


def all_exercises(files: dict[str, Path] | None = None) -> tuple[list[Exercise], list[ExerciseError]]:
    """Every exercise in ``files`` (None: all there are), by id, and what is wrong with those that cannot be used.

    Fragments are left out.
    """
    files = exercise_files() if files is None else files
    found, wrong = [], []
    for exercise_id, path in sorted(files.items()):
        try:
            if not is_fragment(_read(path), path.name):
                found.append(_load(exercise_id, files))
        except ExerciseError as error:
            wrong.append(error)
    return found, wrong


def exercise_in(file: Path) -> Exercise | None:
    """The exercise in this very file, whatever the file is called; None when it is a sound fragment.

    Fragments it includes are looked for beside it, then among ours and the user's. Raises ExerciseError.
    """
    files = exercise_files() | {found.stem: found for found in sorted(file.parent.glob("*.toml"))}
    text = _read(file)
    if is_fragment(text, file.name):
        check_fragment(text, file.name, _fragments(files))
        return None
    exercise = parse(text, file.name, _fragments(files))
    if file.parent.resolve() == own_exercises_dir().resolve():
        _check_name(file, exercise)
    return exercise


def _load(exercise_id: str, files: dict[str, Path]) -> Exercise:
    path = files[exercise_id]
    exercise = parse(_read(path), path.name, _fragments(files))
    _check_name(path, exercise)
    return exercise


def _fragments(files: dict[str, Path]) -> FindFragment:
    return lambda fragment_id: _read(files[fragment_id]) if fragment_id in files else None


def _check_name(path: Path, exercise: Exercise) -> None:
    if exercise.id != path.stem:
        raise ExerciseError(f"{path.name} holds the exercise {exercise.id!r}: rename the file to {exercise.id}.toml.")


def _read(path: Path) -> str:
    """The file's text; whatever is wrong with it becomes an ExerciseError."""
    try:
        with open_reading(path) as file:
            # Characters have four bytes at most: the reader beyond this sees that there are too many, not how many.
            return file.read(MAX_TEXT * 4 + 1).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExerciseError(f"{path.name} is not UTF-8 text: save it again as UTF-8.") from error
    except FileNotFoundError as error:
        raise ExerciseError(f"There is no file {str(path)!r}: check its name.") from error
    except OSError as error:
        raise ExerciseError(f"{path.name} cannot be read ({error.strerror}): check its permissions.") from error
