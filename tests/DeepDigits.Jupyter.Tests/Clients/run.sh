#!/usr/bin/env bash
# Runs the kernel and the runner under Jupyter's own programs, as Debian packages them. Not part of 'dotnet test', which needs only the SDK.
#
#   run.sh                        everything but the figures
#   run.sh conformance protocol   only these: conformance, protocol, execution, garbage, browser, notebooks, figures
#
# Build the solution first. Missing Debian packages are installed if this is Debian (or Ubuntu) and we are root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
python=${PYTHON:-/usr/bin/python3}
# An array would be empty in every shell that an older bash calls unset, hence the default here.
scripts=("${@:-}")
[ -n "${scripts[0]}" ] || scripts=(conformance protocol execution garbage browser notebooks)

packages=()
need() { "$python" -c "import $1" 2>/dev/null || packages+=("$2"); }
need jupyter_kernel_test python3-jupyter-kernel-test
need jupyter_client python3-jupyter-client
need nbclient python3-nbclient
need nbformat python3-nbformat
need nbconvert jupyter-nbconvert
need notebook jupyter-notebook
need tornado python3-tornado
command -v chromium >/dev/null || packages+=(chromium)
if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Left out: the tests with Jupyter's own clients. They need these Debian packages: ${packages[*]}" >&2
        exit 0
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

DEEPDIGITS_CLI=${DEEPDIGITS_CLI:-$(ls -t "$root"/lib/DeepDigits.Cli/bin/*/net10.0/DeepDigits.Cli.dll 2>/dev/null | head -1)}
[ -n "$DEEPDIGITS_CLI" ] || { echo "Build the solution first: dotnet build" >&2; exit 1; }
# The user's own Jupyter stays untouched.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export DEEPDIGITS_CLI
export JUPYTER_DATA_DIR=$scratch/data JUPYTER_CONFIG_DIR=$scratch/config JUPYTER_RUNTIME_DIR=$scratch/runtime
export JUPYTER_PLATFORM_DIRS=0 PYTHONDONTWRITEBYTECODE=1
dotnet "$DEEPDIGITS_CLI" kernel install >/dev/null

status=0
for script in "${scripts[@]}"; do
    echo "== $script"
    (cd "$here" && "$python" "$script.py") || status=1
done
exit $status
