#!/usr/bin/env bash
# Shows the example charts to plotly.js and to a browser. Not part of 'dotnet test', which needs only the SDK.
#
#   run.sh            all checks
#   run.sh FOLDER     the same, and keeps pictures of the charts in FOLDER, as SVG and drawn by plotly.js, on light and on dark ground
#
# Build the tests first. plotly.js is fetched by npm into a temporary folder; Chromium is installed if this is Debian (or Ubuntu) and we are root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../../.." && pwd)
pictures=${1:+$(mkdir -p "$1" && cd "$1" && pwd)}

leave_out() { echo "Left out: the charts in plotly.js and in a browser. $1" >&2; exit 0; }
command -v node >/dev/null && command -v npm >/dev/null || leave_out "They need Node.js and npm."
command -v openssl >/dev/null || leave_out "They need openssl."
if ! command -v chromium >/dev/null; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || leave_out "They need Debian's package chromium."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here/package.json" "$here/charts.mjs" "$scratch"
npm --prefix "$scratch" install --ignore-scripts --no-audit --no-fund --loglevel=error >"$scratch/npm.txt" 2>&1 \
    || leave_out "npm could not fetch plotly.js: $(tail -1 "$scratch/npm.txt")"

DEEPDIGITS_CHARTS="$scratch/charts" dotnet test "$root/tests/DeepDigits.Tests" --no-build --nologo -v q --filter FullyQualifiedName~ChartFilesTests >"$scratch/dotnet.txt" 2>&1 \
    || { cat "$scratch/dotnet.txt" >&2; echo "Build the tests first: dotnet build" >&2; exit 1; }
[ -d "$scratch/charts" ] || { echo "No chart was written. Build the tests first: dotnet build" >&2; exit 1; }
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$scratch/key.pem" -out "$scratch/cert.pem" 2>/dev/null
echo "== charts"
cd "$scratch"
node charts.mjs "$pictures"
