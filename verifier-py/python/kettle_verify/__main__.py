"""The `kettle-verify` command: the same options, output and exit codes as the native program."""

# `signal` would import `enum`, which costs more than a whole appraisal.
import _signal
import sys

from ._native import command


def main():
    # The command waits for nothing that Python would have to end: Ctrl-C ends it at once.
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    return command(["kettle-verify", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
