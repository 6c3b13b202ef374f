"""What the scripts for JSON Web Tokens share: jobs on standard input, results on standard output. See jose.mjs."""

import json
import sys


def answer(run):
    """Runs each job; an error of the library's is an answer as well."""

    def result(job):
        try:
            return run(job)
        except Exception as error:
            return {"error": repr(error)}

    json.dump([result(job) for job in json.load(sys.stdin)], sys.stdout)
