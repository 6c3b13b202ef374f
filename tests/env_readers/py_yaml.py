"""Reads YAML, and prints what PyYAML makes of it as JSON."""

import json
import sys

import yaml

json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)
