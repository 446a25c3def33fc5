#!/bin/sh
# Makes the iologs again: needs fio 3.31 or later (iolog version 3) and 64 MiB.
# The I/Os come out the same for the same fio; their times do not.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for job in randrw4k seq128k mixedbs; do
  fio --write_iolog="$job.iolog" --output="$job.txt" "$here/$job.fio"
  cp "$job.iolog" "$here/$job.iolog"
done
