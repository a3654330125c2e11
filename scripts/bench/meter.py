"""Runs commands and tells their wall and CPU time; spoken to by meter.mjs, one JSON line each way.

Python because Node cannot tell the CPU time of one child: wait4 can, of exactly that child and of
what it waited for. The clock runs from before posix_spawn until wait4 has returned, around nothing
else. Ours to gc's manner: stdin, stdout and stderr are pipes, the process group is its own.
"""

import base64
import fcntl
import json
import os
import selectors
import signal
import sys
import time

PIPE_BYTES = 1 << 20
KEPT_BYTES = 1 << 20
LIMIT_SECONDS = 150


def pipe():
    ends = os.pipe()
    try:
        fcntl.fcntl(ends[0], getattr(fcntl, "F_SETPIPE_SZ", 1031), PIPE_BYTES)
    except OSError:
        pass  # The usual size does too, for what is sent here.
    return ends


class Child:
    """What one command needs, made before the clock starts."""

    def __init__(self, command):
        self.command = command
        self.output = {"stdout": b"", "stderr": b""}
        self.first_line_at = None
        self.stdin = self._stdin(command.get("stdin"))
        self.pipes = {"stdout": pipe(), "stderr": pipe()}

    @staticmethod
    def _stdin(text):
        if text is None:
            return os.open(os.devnull, os.O_RDONLY)
        read, write = pipe()
        os.set_blocking(write, False)
        data = base64.b64decode(text)
        if os.write(write, data) != len(data):
            raise ValueError("stdin is larger than a pipe holds")
        os.close(write)
        return read

    def spawn(self):
        argv = self.command["argv"]
        actions = [
            (os.POSIX_SPAWN_DUP2, self.stdin, 0),
            (os.POSIX_SPAWN_DUP2, self.pipes["stdout"][1], 1),
            (os.POSIX_SPAWN_DUP2, self.pipes["stderr"][1], 2),
        ]
        env = self.command["env"]
        self.pid = os.posix_spawn(argv[0], argv, env, file_actions=actions, setpgroup=0)

    def close_ours(self):
        os.close(self.stdin)
        for ends in self.pipes.values():
            os.close(ends[1])

    def read(self, stream):
        """Takes what is there; False at the end."""
        data = os.read(self.pipes[stream][0], 65536)
        if not data:
            os.close(self.pipes[stream][0])
            return False
        if len(self.output[stream]) < KEPT_BYTES:
            self.output[stream] += data
        if stream == "stdout" and self.first_line_at is None and b"\n" in data:
            self.first_line_at = time.perf_counter()
            if self.command.get("untilLine"):
                os.kill(self.pid, signal.SIGKILL)
        return True


def drain(children, limit_at):
    """Reads until every pipe is closed, which is when every child is at its end."""
    with selectors.DefaultSelector() as selector:
        for child in children:
            for stream in ("stdout", "stderr"):
                selector.register(child.pipes[stream][0], selectors.EVENT_READ, (child, stream))
        while selector.get_map():
            ready = selector.select(max(0, limit_at - time.perf_counter()))
            if not ready:
                for child in children:
                    os.killpg(child.pid, signal.SIGKILL)
                limit_at = time.perf_counter() + 5
            for key, _ in ready:
                child, stream = key.data
                descriptor = key.fd
                selector.unregister(descriptor)
                if child.read(stream):
                    selector.register(descriptor, selectors.EVENT_READ, (child, stream))


def measure(request):
    children = [Child(command) for command in request["commands"]]
    began = time.perf_counter()
    for child in children:
        child.spawn()
    for child in children:
        child.close_ours()
    drain(children, began + LIMIT_SECONDS)
    user = system = 0.0
    results = []
    for child in children:
        _, status, usage = os.wait4(child.pid, 0)
        user += usage.ru_utime
        system += usage.ru_stime
        line_ms = None if child.first_line_at is None else (child.first_line_at - began) * 1000
        results.append({"exitCode": os.waitstatus_to_exitcode(status), "firstLineMs": line_ms})
    ended = time.perf_counter()
    for child, result in zip(children, results):
        for stream, data in child.output.items():
            result[stream] = data.decode("utf-8", "replace")
    cpu = (user + system) * 1000
    return {"wallMs": (ended - began) * 1000, "cpuMs": cpu, "results": results}


def main():
    for line in sys.stdin:
        try:
            answer = measure(json.loads(line))
        except Exception as error:  # pylint: disable=broad-except
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
