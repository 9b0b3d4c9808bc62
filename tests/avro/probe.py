"""The client of avro_probe: one question, one answer; a crash or a silence is an answer too."""
import json
import select
import subprocess

SILENCE_S = 20


class Dead(Exception):
    """The probe crashed or did not answer; the message holds what it said last."""


class Probe:
    """Keeps one probe running, and starts it again after a crash."""

    def __init__(self, program, signals):
        self.command = [str(program), str(signals)]
        self.process = None

    def _start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def _die(self, why):
        self.process.kill()
        said = self.process.communicate()[1].decode(errors="replace")
        code = self.process.returncode
        self.process = None
        raise Dead(f"{why}, exit {code}: {said[-600:].strip()}")

    def ask(self, *words):
        """The answer as a dict; raises Dead."""
        if self.process is None:
            self._start()
        try:
            self.process.stdin.write("\t".join(words).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self._die("crashed")
        if not select.select([self.process.stdout], [], [], SILENCE_S)[0]:
            self._die(f"silent for {SILENCE_S} s")
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            self._die("crashed")
        return json.loads(line)

    def close(self):
        """Ends the probe; returns what is wrong with its end (a sanitizer's leak, say), or ''."""
        if self.process is None:
            return ""
        said = self.process.communicate(timeout=60)[1].decode(errors="replace")
        code, self.process = self.process.returncode, None
        return "" if code == 0 else f"exit {code}: {said[-2000:]}"
