# Started by the server, without `site` and apart from the environment: nothing of the machine's own packages is loaded.
import sys

sys.path.insert(0, sys.argv[1])

from koyalite_functions.host.main import main

main()
