"""Decides how a scenario is told: steps that run in order, each in a world of its own, and what a failure prints."""

import sys
import time
import traceback

from world import World

_steps = []


class Unkept(AssertionError):
    """A promise that was not kept; its text says what was expected and what came."""


class Impossible(Exception):
    """This machine lacks what the step needs; its text says what."""


def step(story):
    """Marks a function that takes a World as a step of the scenario; its name is the sentence that it proves."""
    _steps.append(story)
    return story


def expect(kept, sentence):
    """Fails with `sentence` unless `kept`."""
    if not kept:
        raise Unkept(sentence)


def equal(got, wanted, what):
    """Fails unless `got` is `wanted`; both are shown, cut to what a terminal takes."""
    if got != wanted:
        raise Unkept(f"{what}:\n    expected {_shown(wanted)}\n    got      {_shown(got)}")


def _shown(value):
    text = repr(value)
    return text if len(text) <= 1500 else f"{text[:1000]} ... {text[-400:]} ({len(text)} characters)"


def until(what, probe, seconds=10):
    """What `probe` returns as soon as that is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        expect(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.01)


def play():
    """Runs the steps, or those named on the command line, and ends the process: 0 only if every promise was kept."""
    chosen = [story for story in _steps if not sys.argv[1:] or story.__name__ in sys.argv[1:]]
    if not chosen:
        sys.exit(f"no such step; there are: {', '.join(story.__name__ for story in _steps)}")
    failed, skipped = 0, 0
    for story in chosen:
        begun = time.monotonic()
        world = World()
        try:
            with world:
                story(world)
            verdict = "kept"
        except Impossible as lack:
            skipped += 1
            verdict = "SKIPPED"
            print(lack)
        except Exception as error:  # a step that breaks for any reason is a promise not proven
            failed += 1
            verdict = "NOT KEPT"
            if isinstance(error, Unkept):
                frame = traceback.extract_tb(error.__traceback__)
                place = [entry for entry in frame if entry.filename == sys.argv[0]][-1:]
                print(*(f"line {entry.lineno}: {entry.line}" for entry in place), error, sep="\n")
            else:
                traceback.print_exc(file=sys.stdout)
            print(world.told())
        print(f"{verdict:8} {story.__name__.replace('_', ' ')} ({time.monotonic() - begun:.2f} s)", flush=True)
    print(f"{len(chosen) - failed - skipped} of {len(chosen)} steps kept" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)
