# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034 # the variables are the tests'
#
# containerd for lib.bash: a daemon of its own for each file, used with ctr; its runc shim gets $RUNTIME by BinaryName.
#
#   c ARGS       ctr; prints what is to be seen, and the status
#   cq ARGS      ctr, which must succeed; prints stdout
#   r ARGS       ctr run with $RUNTIME, to be seen; rq: which must succeed
#   $IMAGE       the name of the image; $IMAGE_CMD: what it runs, in JSON
#   $NAMESPACE   set before this file is loaded: k8s.io is with the plugin for Kubernetes, which has contrib/callers/containerd.toml

# shellcheck source=tests/callers/lib.bash
source "$(dirname "${BASH_SOURCE[0]}")/lib.bash"
IMAGE=localhost/kintest:latest
OTHERS='runc crun' # runc is what the shim is made for
export CONTAINERD_NAMESPACE=${NAMESPACE:-default}

binary() {
	if [ "$RUNTIME" = kin ]; then echo "$KIN_BUILD/kin"; else command -v "$RUNTIME"; fi
}
c() {
	visible ctr "$@"
}
cq() {
	quiet ctr "$@"
}
# Without the shares that ctr asks for by itself: where the controller is missing runc cannot give them.
r() {
	visible ctr run --snapshotter native --cpu-shares 0 --runc-binary "$(binary)" "$@"
}
rq() {
	quiet ctr run --snapshotter native --cpu-shares 0 --runc-binary "$(binary)" "$@"
}
task_is() { # NAME STATUS
	[ "$(ctr task ls | awk -v n="$1" '$1 == n { print $3 }')" = "$2" ]
}

caller_can() {
	local program
	for program in containerd ctr containerd-shim-runc-v2; do
		command -v "$program" >/dev/null || { echo "$program is not installed (contrib/packages callers)"; return; }
	done
	[ -n "${KIN_VIEW-}" ] || { echo "needs root, for a view of its own"; return; }
	[ "$KIN_MODE" = root ] || echo "containerd is root's"
}

# blob FILE: into the layout; prints its descriptor
blob() { # DIR FILE TYPE
	local sum
	sum=$(sha256sum "$2" | cut -d' ' -f1)
	cp "$2" "$1/blobs/sha256/$sum"
	jq -n --arg t "$3" --arg d "sha256:$sum" --argjson s "$(stat -c %s "$2")" '{mediaType: $t, digest: $d, size: $s}'
}
# image_layout FILE: an archive in the image-spec's layout, of the one layer that all callers have
image_layout() {
	local d=$T/layout layer
	mkdir -p "$d/blobs/sha256"
	image_tar "$T/layer.tar"
	layer=$(sha256sum "$T/layer.tar" | cut -d' ' -f1)
	jq -n --arg l "sha256:$layer" '{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [$l]},
		config: {Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: $c}}' \
		--argjson c "${IMAGE_CMD:-[\"sh\"]}" >"$T/config.json"
	jq -n --argjson c "$(blob "$d" "$T/config.json" application/vnd.oci.image.config.v1+json)" \
		--argjson l "$(blob "$d" "$T/layer.tar" application/vnd.oci.image.layer.v1.tar)" \
		'{schemaVersion: 2, config: $c, layers: [$l]}' >"$T/manifest.json"
	jq -n --argjson m "$(blob "$d" "$T/manifest.json" application/vnd.oci.image.manifest.v1+json)" --arg n "$IMAGE" \
		'{schemaVersion: 2, manifests: [$m + {annotations: {"io.containerd.image.name": $n,
		"org.opencontainers.image.ref.name": "latest"}}]}' >"$d/index.json"
	echo '{"imageLayoutVersion": "1.0.0"}' >"$d/oci-layout"
	tar -C "$d" -cf "$1" .
}

caller_begin() {
	local d=$BATS_FILE_TMPDIR/containerd
	RUNTIME=kin
	mkdir -p "$d"
	{
		cat <<-X
			version = 2
			root = "$d/root"
			state = "/run/containerd"
			disabled_plugins = [$([ "$CONTAINERD_NAMESPACE" = k8s.io ] || echo '"io.containerd.grpc.v1.cri",')
				"io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
				"io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper",
				"io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing",
				"io.containerd.tracing.processor.v1.otlp"]
			[grpc]
			address = "/run/containerd/containerd.sock"
			[plugins."io.containerd.grpc.v1.cri"]
			sandbox_image = "$IMAGE"
		X
		sed -e '/^version/d' -e "s|/usr/local/bin/kin|$KIN_BUILD/kin|" -e '/cri"[.]containerd[]]$/a snapshotter = "native"' \
			"$KIN_SRC/contrib/callers/containerd.toml"
	} >"$d/config.toml"
	[ "$CONTAINERD_NAMESPACE" != k8s.io ] || mkdir -p /run/containerd/io.containerd.grpc.v1.cri/{sandboxes,containers} # for good
	containerd --config "$d/config.toml" >"$d/log" 2>&1 </dev/null 3>&- &
	echo $! >"$d/pid"
	wait_for ctr version
	image_layout "$T/image.tar"
	cq image import --snapshotter native "$T/image.tar" >"$T/prepare/import"
	caller_try kin
}
caller_try() {
	local RUNTIME=$1
	[ "$(rq --rm "$IMAGE" try echo yes)" = yes ] && caller_empty
}
caller_empty() {
	local one
	for one in $(ctr task ls -q); do ctr task rm -f "$one" >/dev/null 2>&1 || :; done
	for one in $(ctr container ls -q); do ctr container rm "$one"; done
	[ -z "$(ctr task ls -q)$(ctr container ls -q)" ]
}
caller_end() {
	local pid
	pid=$(<"$BATS_FILE_TMPDIR/containerd/pid")
	kill "$pid"
	wait_for eval "! kill -0 $pid 2>/dev/null"
}
