# Runs a script in the virtual environment that requirements.txt describes; makes it if it is not there.
set -e
venv="${TMPDIR:-/tmp}/django-$(cksum requirements.txt | cut -d " " -f 1)"
if [ ! -d "$venv" ]; then
    python3 -m venv "$venv.new" >&2
    "$venv.new/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt >&2
    mv "$venv.new" "$venv"
fi
PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$@"
