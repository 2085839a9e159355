"""`python -m kikimimi` is the command `kikimimi`."""

from kikimimi.cli.app import main

main()
