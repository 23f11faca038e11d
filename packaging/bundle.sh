#!/usr/bin/env bash
# Puts everything that a machine without internet needs into one file: make bundle. The wheels fit the Python and the
# kind of machine that this runs on. WHEELS=folder takes wheels that were downloaded before instead of asking the index.
set -euo pipefail
cd "$(dirname "$0")/.."
pip=${PIP:-.venv/bin/pip}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
tag=$(.venv/bin/python -c 'import platform, sys; print(f"py3{sys.version_info[1]}-{platform.machine()}")')
name=lectern-$version-$tag
target=build/bundle/$name
rm -rf build/bundle
mkdir -p "$target/wheelhouse"

find=()
[ -z "${WHEELS:-}" ] || find=(--no-index --find-links "$WHEELS")
"$pip" download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: "${find[@]}" \
  --requirement requirements/run.txt --dest "$target/wheelhouse"
"$pip" wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$target/wheelhouse" .

cp requirements/run.txt "$target/requirements.txt"
cp README.md CHANGELOG.md LICENSE NOTICE packaging/install.sh packaging/lectern.env.example packaging/nginx.conf \
  packaging/Containerfile "$target/"
cp -r packaging/systemd docs bpmn "$target/"
find "$target" -name __pycache__ -prune -exec rm -rf {} +
(cd "$target" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
tar --create --gzip --sort=name --owner=0 --group=0 --numeric-owner --file "build/$name.tar.gz" --directory build/bundle "$name"
echo "build/$name.tar.gz"
