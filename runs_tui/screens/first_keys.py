"""The keys that are told from the first paint on; they do what they say once the board is there."""

from runs_tui.keys import key

FILTER = key("slash", "filter", "runs.filter", "filter", "Filter the runs", display="/")
QUIT = key("q", "back_or_quit", "view.quit", "quit", "Back; at the board, leave. Runs go on")
HELP = key("question_mark", "help", "view.help", "keys", "The keys that work here", display="?")
