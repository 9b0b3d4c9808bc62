"""What a test says: claims, and conditions that are awaited with a deadline."""
import time


class Failed(AssertionError):
    """A claim that turned out false."""


def claim(condition, message):
    if not condition:
        raise Failed(message)


def claim_none(faults, what, shown=12):
    """`faults` is a list of complaints; it must be empty."""
    faults = list(faults)
    if faults:
        rest = f"\n  ... and {len(faults) - shown} more" if len(faults) > shown else ""
        lines = "\n  ".join(str(fault) for fault in faults[:shown])
        raise Failed(f"{what}: {len(faults)} faults\n  {lines}{rest}")


def claim_same(seen, wanted, what):
    """Two sets (or dicts) must be equal; the message shows both differences."""
    if isinstance(wanted, dict):
        faults = [f"missing {key}: {wanted[key]}" for key in wanted if key not in seen]
        faults += [f"unexpected {key}: {seen[key]}" for key in seen if key not in wanted]
        faults += [f"differs {key}: wanted {wanted[key]}, seen {seen[key]}"
                   for key in wanted if key in seen and seen[key] != wanted[key]]
    else:
        faults = [f"missing {item}" for item in sorted(wanted - seen, key=str)]
        faults += [f"unexpected {item}" for item in sorted(seen - wanted, key=str)]
    claim_none(faults, what)


def wait_until(condition, what, seconds=60, pause=0.1):
    """Returns the first true value of `condition()`; fails after `seconds`. `what` may be a function."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(pause)


def hold(check, seconds, pause=0.2):
    """Calls `check()`, which claims something, again and again for `seconds`: it has to stay true.

    The one place that waits without a condition to wait for: that something does NOT happen.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        check()
        time.sleep(pause)
    check()
