#!/bin/sh
# Make .venv hold exactly what requirements.lock names, from a bare Python.
set -eu
cd "$(dirname "$0")/.."
UV=0.13.8

usable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null
}

choose_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Countersign needs Python 3.11, 3.12, 3.13 or 3.14, and found none of them." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
    exit 1
}

if ! [ -x .venv/bin/python ] || ! usable .venv/bin/python; then
    python=$(choose_python)
    echo "Setting up .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || {
        echo "This Python cannot make virtual environments. On Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi

pip() {
    .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"
}

export PIP_ROOT_USER_ACTION=ignore
if pip install "uv==$UV"; then
    .venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python requirements.lock
else
    echo "uv cannot be had here; installing with pip, which takes longer."
    pip install --require-hashes -r requirements.lock
fi
