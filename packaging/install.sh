#!/usr/bin/env bash
# Installs or upgrades Lectern from this unpacked bundle, without a network: ./install.sh /opt/lectern
set -euo pipefail
target=$(realpath -m "${1:?where to, for example /opt/lectern}")
cd "$(dirname "$0")"
sha256sum --check --quiet SHA256SUMS
python=${PYTHON:-python3}
version=$(basename wheelhouse/lectern-*.whl | cut -d- -f2)
place=$target/$version
[ ! -e "$place" ] || { echo "$place is there already"; exit 1; }
# A Python in somebody's home makes an installation that only its owner can run, and the units run as another user.
if [ "$(id -u)" = 0 ] && ! runuser -u nobody -- "$(realpath "$(command -v "$python")")" -c '' 2>/dev/null; then
  echo "$(realpath "$(command -v "$python")") is closed to other users: say PYTHON=/usr/bin/python3 ./install.sh $1"; exit 1
fi
mkdir -p "$target"
"$python" -m venv "$place"
"$place/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links wheelhouse --require-hashes --no-deps \
  --requirement requirements.txt
"$place/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links wheelhouse --no-deps lectern
cp -r bpmn "$place/bpmn"
ln -sfn "$version" "$target/current"
echo "$place; $target/current leads there"
