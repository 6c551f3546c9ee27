#!/usr/bin/env bash
# A release pipeline: scan on the build server, audit, diff, regenerate; stops the release while something needs a person.
#
# usage: pipeline.sh CORPUS PUBLISHED OUT [PRODUCT]
#   CORPUS     folder of instances that the new version wrote
#   PUBLISHED  annex.json of the version that is in the field
#   OUT        folder for everything that is made
#   PRODUCT    product.toml with what people said
# Exit codes: 0 publish OUT/annexes; 1 something is undisclosed, unsafe or different: read OUT; 2 usage or unreadable input.
set -uo pipefail
[ $# -ge 3 ] || { sed -n 's/^# \{0,1\}//p' "$0" | sed -n 3,7p >&2; exit 2; }
corpus=$1 published=$2 out=$3 product=${4:-}
mkdir -p "$out" || exit 2

# 1. Count once; every later step reads the profile. The salt stays on the build server.
[ -f "$out/salt" ] || head -c 32 /dev/urandom >"$out/salt" || exit 2
annexgen scan "$corpus" -o "$out/corpus.profile.json.gz" --salt-file "$out/salt" --cache "$out/cache" --quiet || exit $?

# 2. Regenerate the annexes with what people said, and what changed in the revision history.
annexgen build "$out/corpus.profile.json.gz" -o "$out/annexes" ${product:+--product "$product"} \
  --compare-to "$published" --quiet || exit $?

stop=0
# 3. Does the new version write private attributes that nobody disclosed?
annexgen audit "$out/corpus.profile.json.gz" --disclosed "$published" -o "$out/audit" >"$out/audit.txt" || stop=$?
[ "$stop" -le 1 ] || exit "$stop"

# 4. What else changed for a receiver? Accidents of the corpus do not stop a release.
code=0
annexgen diff "$published" "$out/annexes/annex.json" -o "$out/changes.md" --exit-code --decided --quiet || code=$?
[ "$code" -le 1 ] || exit "$code"
[ "$code" -le "$stop" ] || stop=$code
annexgen diff "$published" "$out/annexes/annex.json" -o "$out/changes.html" --quiet || exit $?

# 5. Publish: OUT/annexes/annex.json is what the next version is compared with.
exit "$stop"
