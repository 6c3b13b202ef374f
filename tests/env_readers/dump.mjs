// Prints the environment that this process was given, as JSON. Run under `node --env-file` or by a shell.
process.stdout.write(JSON.stringify(process.env));
