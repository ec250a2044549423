"""A demo server: takes an API and a number of runs, tells its address, ends with its input."""

import sys

from runs_tui.demo.server import DemoServer

if __name__ == "__main__":
    api, runs = sys.argv[1:]
    server = DemoServer([api], runs=int(runs))
    server.start()
    print(server.urls[api], flush=True)
    sys.stdin.read()
    server.stop()
