"""A whole evening through the installed command and a sound card without hardware, with recordings of people.

``pytest -s tests/life/test_evening.py`` prints what was measured.
"""

from __future__ import annotations

import contextlib
import math
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import jiwer
import numpy as np
import pytest

from tests.support.clips import Clip, make_clips
from tests.support.ear import RATE, Ear, Samples
from tests.support.evening import Evening, evening
from tests.support.pieces import WHOLE, first, kept, last
from tests.support.pulse import Pulse, pulse
from tests.support.seated import seated
from tests.support.waiting import within
from tests.support.whole_evening import NAMES, PAUSE, Told, whole_evening
from voiceguide.record import Session as Stored
from voiceguide.session import phrases, phrases_before
from voiceguide.session.effects import Earcon
from voiceguide.session.events import BargedIn, MicrophoneFound, MicrophoneLost, PromptEnded
from voiceguide.session.prologue import consent
from voiceguide.voice_commands import VoiceCommand

__all__ = ["pulse"]

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def clips() -> Iterator[dict[str, Clip]]:
    with tempfile.TemporaryDirectory(prefix="voiceguide-clips-") as folder:
        yield make_clips(Path(folder))


# -- the whole evening, in the background of the short ones --------------------------------------------------------


@pytest.fixture(scope="module")
def going_on(clips: dict[str, Clip]) -> Iterator[Future[Told]]:
    """The evening, begun."""
    folder = Path(tempfile.mkdtemp(prefix="voiceguide-evening-"))
    with ThreadPoolExecutor(1) as background:
        yield background.submit(whole_evening, clips, folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module", autouse=True)
def _begin_early(request: pytest.FixtureRequest) -> None:
    """It takes minutes in which both cores are nearly idle: the short tests run meanwhile."""
    if not shutil.which("pulseaudio"):
        pytest.skip("pulseaudio is not installed")
    if any("told" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("going_on")


@pytest.fixture(scope="module")
def told(going_on: Future[Told]) -> Told:
    return going_on.result()


# -- short ones ----------------------------------------------------------------------------------------------------


@pytest.fixture
def couple(pulse: Pulse, tmp_path: Path) -> Iterator[Evening]:
    with evening(pulse, tmp_path / "home") as made:
        yield made


def _words(saved: Stored) -> str:
    return _plain(" ".join(stored.answer for stored in saved.utterances))


def _plain(text: str) -> str:
    """Lower case, letters and digits only: what recognisers and references can agree on."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", "")))


def test_a_microphone_that_goes_away_in_mid_turn_pauses_the_session_until_it_is_back(
    couple: Evening, clips: dict[str, Clip]
) -> None:
    seated(couple)
    couple.begin_to_say(clips["b worry"], 4.0)
    couple.unplug_microphone()
    couple.until_shown(phrases.microphone_lost())
    couple.fall_silent()
    couple.pulse.plug_microphone()
    couple.until_shown(phrases.microphone_found())
    couple.since = couple.ear.now
    couple.turn()
    couple.say(clips["a 1"])
    couple.wait(PAUSE)
    couple.command("stop", clips["stop"])
    assert couple.code() == 0, couple.output
    saved = couple.saved()
    kinds = [type(event) for _, event in saved.events]
    assert kinds.index(MicrophoneLost) < kinds.index(MicrophoneFound)
    pieces = (first(clips["b worry"]), last(clips["b worry"], 3.0), first(clips["a 1"]), last(clips["a 1"]))
    assert min(kept(piece, saved) for piece in pieces) > WHOLE, couple.output
    assert jiwer.wer(_plain(clips["a 1"].text), _words(saved)[-len(clips["a 1"].text) :]) < 0.5, couple.output


def test_a_killed_sound_server_loses_nothing(couple: Evening, clips: dict[str, Clip]) -> None:
    seated(couple)
    couple.say(clips["a 1"])
    couple.begin_to_say(clips["b worry"], 4.0)
    couple.pulse.kill()
    couple.until_shown(phrases.microphone_lost())
    couple.pulse.start()
    couple.listen()
    couple.until_shown(phrases.microphone_found())
    couple.turn()
    couple.say(clips["a 2"])
    couple.wait(PAUSE)
    couple.command("stop", clips["stop"])
    assert couple.code() == 0, couple.output
    saved = couple.saved()
    pieces = (last(clips["a 1"]), first(clips["b worry"]), last(clips["b worry"], 3.0), last(clips["a 2"]))
    assert min(kept(piece, saved) for piece in pieces) > WHOLE, couple.output


@pytest.mark.parametrize("hiss", [True, False], ids=["muted", "digital silence"])
def test_a_silent_microphone_is_said_before_the_exercise_begins(pulse: Pulse, tmp_path: Path, hiss: bool) -> None:
    with evening(pulse, tmp_path / "home", hiss) as couple:
        if hiss:
            couple.control("set-source-mute", "mic", "1")
        couple.start("start", "worry-and-answer", "--rate", "300", "--plain")
        couple.until_shown(phrases_before.consent_intro())
        assert phrases_before.microphone_silent() in couple.output
        assert couple.output.index(phrases_before.microphone_silent()) < couple.output.index(
            phrases_before.consent_intro()
        )
        couple.interrupt()
        assert couple.code() == 130


def test_devices_are_chosen_by_part_of_their_names(couple: Evening, clips: dict[str, Clip]) -> None:
    couple.control("load-module", "module-null-sink", "sink_name=parlour", "sink_properties=device.description=Parlour")
    couple.control("load-module", "module-null-sink", "sink_name=attic_feed")
    about = "source_properties=device.description=Attic"
    couple.control("load-module", "module-remap-source", "source_name=attic", "master=attic_feed.monitor", about)
    couple.control("set-default-source", "attic")
    with contextlib.closing(couple.ear) as default:
        couple.ear = Ear(couple.pulse, "parlour.monitor")
        seated(couple, "--speaker", "PARL", "--mic", "mi")
        couple.command("stop", clips["stop"])
        assert couple.code() == 0, couple.output
        assert default.sounds() == []


def test_ctrl_c_in_mid_answer_keeps_the_sound_of_the_unfinished_utterance(
    couple: Evening, clips: dict[str, Clip]
) -> None:
    seated(couple)
    couple.begin_to_say(clips["b worry"], 4.0)
    couple.interrupt()
    assert couple.code() == 130, couple.output
    saved = couple.saved()
    assert min(kept(first(clips["b worry"]), saved), kept(last(clips["b worry"], 3.0), saved)) > WHOLE
    assert len(saved.utterances) == 1, couple.output
    assert saved.utterances[0].answer


def test_somebody_who_speaks_over_the_guide_is_listened_to(couple: Evening, clips: dict[str, Clip]) -> None:
    seated(couple, "--rate", "120")
    couple.command("done", clips["done"], Earcon.HEARD)
    couple.until_shown("step 8 of")
    couple.wait(1.0)
    couple.begin_to_say(clips["b worry"], 1.5)
    couple.fall_silent()
    couple.until_shown("The guide has stopped for you")
    couple.wait(0.8)
    for _ in range(4):  # on a busy machine the guide may speak on before it is told
        couple.say(clips["stop"])
        if within(8, lambda: couple.ended):
            break
    assert couple.code() == 0, couple.output
    saved = couple.saved()
    assert saved.ended == "stopped"
    assert BargedIn in [type(event) for _, event in saved.events], couple.output
    assert kept(first(clips["b worry"]), saved) == 0, "what is said over the guide is not kept"


def test_a_demo_at_life_speed_is_heard(couple: Evening) -> None:
    """Its beginning."""
    couple.start("demo", "--names", ",".join(NAMES), "--rate", "300", "--plain")
    couple.until(lambda: sum(end - start for start, end in couple.ear.sounds(couple.started)) > 8, "It stands still.")
    couple.until_shown("(Ben: yes)")
    couple.interrupt()
    assert couple.code() == 130
    assert couple.saved().header.simulated


# -- the whole one -------------------------------------------------------------------------------------------------


def test_it_ends_as_it_should(told: Told) -> None:
    assert told.codes == (0, 0), told.output
    assert told.stopped.ended == "stopped"
    assert told.completed.ended == "completed"
    assert phrases.welcome_back(10, True) in told.output
    print("\n" + "\n".join(f"{name:<50} {figure}" for name, figure in told.figures.items()))


def test_what_people_said_is_understood(told: Told) -> None:
    answers = " ".join(stored.answer for stored in told.completed.utterances if stored.answer)
    compared = jiwer.process_words(_plain(" ".join(clip.text for clip in told.said)), _plain(answers))
    print(f"\nWER of the transcript: {compared.wer:.3f} over {len(compared.references[0])} words")
    assert compared.wer <= 0.35, jiwer.visualize_alignment(compared)


def test_no_word_is_cut_off(told: Told) -> None:
    parts = [(kept(part(clip), told.completed), clip.text) for clip in told.said for part in (first, last)]
    print(f"\nbeginnings and ends of {len(told.said)} answers on disk: {min(parts)[0]:.3f} of the worst")
    assert min(parts)[0] > WHOLE, min(parts)


def test_nothing_said_in_the_pause_is_on_the_disk(told: Told, clips: dict[str, Clip]) -> None:
    clip = clips["in the pause"]
    raw = "".join(path.read_text("utf-8") for path in [told.completed.folder / "session.jsonl"])
    assert not {"egyptian", "bondage", "matter"}.intersection(_plain(raw).split())
    assert max(kept(part(clip), told.completed) for part in (first, last)) == 0


def test_the_afterthought_belongs_to_the_turn_it_re_opened(told: Told, clips: dict[str, Clip]) -> None:
    spoken = [s.utterance for s in told.completed.utterances if s.utterance.place == 7]
    commands = [u.command for u in spoken if u.command is VoiceCommand.DONE]
    assert len(commands) == 2
    at = [u.command for u in spoken].index(VoiceCommand.DONE)
    assert jiwer.wer(_plain(clips["a afterthought"].text), _plain(spoken[at + 1].text)) < 0.5


def test_another_engine_understands_the_guide(told: Told) -> None:
    moonshine = pytest.importorskip("moonshine_voice", reason="it is the other engine, and has no wheel for Intel Macs")
    model = Path(moonshine.__file__).parent / "assets" / "tiny-en"
    engine = moonshine.Transcriber(model, moonshine.ModelArch.TINY, options={"vad_threshold": "0.0"})
    spoken = [engine.transcribe_without_streaming(sound.tolist(), RATE) for sound in told.speech]
    heard = [line.text for transcript in spoken for line in transcript.lines]
    engine.close()
    asked = [step.prompt for step in consent(NAMES).steps[:-1]]
    prompts = [event.text for _, event in told.stopped.events if isinstance(event, PromptEnded)]
    compared = jiwer.process_words(_plain(" ".join(asked + prompts)), _plain(" ".join(heard)))
    print(f"\nWER of the guide: {compared.wer:.3f} over {len(compared.references[0])} words")
    assert compared.wer <= 0.35, jiwer.visualize_alignment(compared)


def test_levels_are_even_and_nothing_clips(told: Told) -> None:
    def peak(sounds: list[Samples]) -> float:
        return 20 * math.log10(max(float(np.abs(sound).max()) for sound in sounds))

    guide, short = peak(told.speech), peak(told.earcons)
    print(f"\npeaks: guide {guide:.1f} dBFS, earcons {short:.1f} dBFS")
    assert -20 < guide < -0.2
    assert -25 < short < -0.2
