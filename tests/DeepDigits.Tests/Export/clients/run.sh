#!/usr/bin/env bash
# Lets other programs compute what the library exports: ONNX Runtime, ONNX's checker, TensorFlow.js, PyTorch, and a browser. Not part of 'dotnet test', which needs only the SDK.
#
#   run.sh            networks that are trained in a hurry
#   run.sh FOLDER     the same, and keeps pictures of the drawing page in FOLDER
#   DEEPDIGITS_EXPORT_MODELS=FOLDER run.sh    model files of full trainings: mlp, squares, lenet, cnn, cnn-dropout, best (.safetensors)
#
# Build the tests first. npm's packages are fetched into a temporary folder; Debian's are installed if this is Debian (or Ubuntu) and we are root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../../.." && pwd)
python=${PYTHON:-/usr/bin/python3}
pictures=${1:+$(mkdir -p "$1" && cd "$1" && pwd)}

leave_out() { echo "Left out: exported networks in other programs. $1" >&2; exit 0; }
command -v node >/dev/null && command -v npm >/dev/null || leave_out "They need Node.js and npm."
packages=()
need() { "$python" -c "import $1" 2>/dev/null || packages+=("$2"); }
need torch python3-torch
need onnx python3-onnx
need numpy python3-numpy
command -v chromium >/dev/null || packages+=(chromium)
if [ ${#packages[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || leave_out "They need these Debian packages: ${packages[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here"/package.json "$here"/*.mjs "$scratch"
# Without scripts: that of onnxruntime-node would load libraries for graphics cards. What computes on the processor is in the package.
npm --prefix "$scratch" install --ignore-scripts --no-audit --no-fund --loglevel=error >"$scratch/npm.txt" 2>&1 \
    || leave_out "npm could not fetch the packages: $(tail -1 "$scratch/npm.txt")"

status=0
dotnet_test() {
    dotnet test "$root/tests/DeepDigits.Tests" --no-build --nologo -v q --filter "FullyQualifiedName~$1" >"$scratch/dotnet.txt" 2>&1 || { cat "$scratch/dotnet.txt" >&2; return 1; }
}
step() {
    echo "== $1"
    shift
    "$@" || status=1
}
material=$scratch/material
DEEPDIGITS_EXPORT=$material dotnet_test ExportFilesTests || exit 1
[ -f "$material/manifest.json" ] || { echo "Nothing was written. Build the tests first: dotnet build" >&2; exit 1; }
step "the checker of ONNX" "$python" "$here/onnx_checker.py" "$material"
step "ONNX Runtime" node "$scratch/onnx_runtime.mjs" "$material"
step "TensorFlow.js" node "$scratch/tensorflow_js.mjs" "$material"
step "our weights in PyTorch" "$python" "$here/torch_weights.py" "$material"
read_theirs() { DEEPDIGITS_FOREIGN=$material/foreign dotnet_test PyTorchsWeightsComputeTheSameHere && cat "$material/foreign/compared.txt"; }
step "PyTorch's weights here" read_theirs
step "the drawing page" node "$scratch/drawing_page.mjs" "$material" ${pictures:+"$pictures"}
exit $status
