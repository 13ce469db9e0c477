#!/usr/bin/env bash
# Configures a preset once and builds it.
# Usage: build.sh [PRESET [TARGET...]]      default: release, everything
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

preset=${1:-release}
shift || true
case $preset in
  release | ci) folder=build ;;
  dev | asan) folder=build/$preset ;;
  *)
    echo "build.sh: error: no preset '$preset'" >&2
    echo "  help: one of release, ci, dev, asan (CMakePresets.json)" >&2
    exit 2
    ;;
esac

if [[ ! -f $folder/build.ninja ]]; then
  cmake --preset "$preset"
fi
ninja -C "$folder" "$@"
