#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# contrib/callers, and what `make install` makes of it: the real programs read it, and say what it says.
load lib

caller_can() {
	[ -n "${KIN_VIEW-}" ] || { echo "needs root, for a view of its own"; return; }
	[ "$KIN_MODE" = root ] || echo "the machine's configuration is root's"
}
# Where Podman, containerd and Docker look: copies of the machine's, below the real names.
caller_begin() {
	OTHERS=''
	mkdir "$T/etc"
	cp "$KIN" "$T/kin"
	cp -a /etc/containers "$T/etc/" 2>/dev/null || mkdir "$T/etc/containers"
}
caller_end() { :; }
caller_empty() { :; }
fragment() { # NAME: with the path of this kin
	sed "s|/usr/local/bin/kin|$BATS_FILE_TMPDIR/kin|" "$KIN_SRC/contrib/callers/$1"
}
needs() {
	command -v "$1" >/dev/null || skip "$1 is not installed (contrib/packages callers)"
}

# aside COMMAND...: with /etc/containers as installed, and nothing of it stays in the places that all share
aside() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -ec 'mount --bind "$1" /etc/containers
		printf "[storage]\ndriver = \"vfs\"\ngraphroot = \"%s\"\nrunroot = \"%s\"\n" "$2/storage" "$2/run" >"$2/storage.conf"
		export CONTAINERS_STORAGE_CONF="$2/storage.conf"
		mount -t tmpfs tmpfs /run
		mount -t tmpfs tmpfs /dev/shm
		shift 2
		exec "$@"' sh "$BATS_FILE_TMPDIR/etc/containers" "$T" "$@"
}
@test "fragments: make install puts containers.conf's where Podman reads it: podman info" {
	needs podman
	local conf=$BATS_FILE_TMPDIR/etc/containers/containers.conf.d/kin.conf
	mkdir -p "$T/dest"
	make -s -C "$KIN_SRC" BUILD="$KIN_BUILD" DESTDIR="$T/dest" PREFIX="$T/prefix" install >"$T/install" 2>&1 || fail "$(<"$T/install")"
	cp -a "$T/dest/etc/containers/." "$BATS_FILE_TMPDIR/etc/containers/"
	mkdir -p "$T/prefix/bin"
	mv "$T/dest$T/prefix/bin/kin" "$T/prefix/bin/kin"
	# Podman knows it, and what it was before is what it uses.
	[ "$(aside podman info --format '{{.Host.OCIRuntime.Name}}')" != kin ]
	equal "$(aside podman --runtime kin info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}}')" "kin $T/prefix/bin/kin"
	has "$(aside podman --runtime kin info --format '{{.Host.OCIRuntime.Version}}')" "$("$KIN" --version | head -n 1)"
	# The line of docs/callers.md, for all containers.
	sed -i 's/^#runtime/runtime/' "$conf"
	equal "$(aside podman info --format '{{.Host.OCIRuntime.Name}}')" kin
	# The other list of names is as it was.
	! grep -q kvm "$conf"
}

@test "fragments: containerd imports its fragment, and has kin beside runc" {
	needs containerd
	local dump
	fragment containerd.toml >"$T/kin.toml"
	printf 'version = 2\nimports = ["%s"]\n' "$T/kin.toml" >"$T/config.toml"
	dump=$(containerd --config "$T/config.toml" config dump)
	runtimes() { # TABLE: its lines
		awk -v t="[$1]" '{ sub(/^ */, "") } /^\[/ { on = $0 == t; next } on' <<<"$dump"
	}
	local cri='plugins."io.containerd.grpc.v1.cri".containerd'
	has "$(runtimes "$cri.runtimes.kin")" 'runtime_type = "io.containerd.runc.v2"'
	has "$(runtimes "$cri.runtimes.kin.options")" "BinaryName = \"$BATS_FILE_TMPDIR/kin\""
	has "$(runtimes "$cri.runtimes.kin.options")" "SystemdCgroup = true"
	has "$(runtimes "$cri")" 'default_runtime_name = "runc"'
	has "$(runtimes "$cri.runtimes.runc")" runtime_type
	sed -i 's/^# default_runtime_name/default_runtime_name/' "$T/kin.toml"
	dump=$(containerd --config "$T/config.toml" config dump)
	has "$(runtimes "$cri")" 'default_runtime_name = "kin"'
	# The class that pods ask for is this runtime.
	equal "$(sed -n 's/^handler: //p' "$KIN_SRC/contrib/callers/runtimeclass.yaml")" kin
}

@test "fragments: Buildah's line is read by a shell, and by Buildah" {
	needs buildah
	fragment buildah.env >"$T/buildah.env"
	# shellcheck disable=SC2016 # the inner shell's
	equal "$(env -i sh -c 'set -a; . "$1"; exec env' sh "$T/buildah.env" | grep ^BUILDAH)" "BUILDAH_RUNTIME=$BATS_FILE_TMPDIR/kin"
	# A runtime that is not there is missed by name: the variable decides.
	image_tar "$T/layer.tar"
	# shellcheck disable=SC2016
	aside sh -ec 'set -a; . "$1"; set +a
		c=$(buildah from scratch)
		buildah add -q "$c" "$2" / >/dev/null
		buildah run --network none "$c" -- echo built
		BUILDAH_RUNTIME=/no/such/runtime buildah run --network none "$c" -- true 2>&1 && exit 1
		buildah rm "$c" >/dev/null' sh "$T/buildah.env" "$T/layer.tar" >"$T/out" 2>&1 || fail "$(<"$T/out")"
	has "$(<"$T/out")" built
	has "$(<"$T/out")" /no/such/runtime
}

# The unit runs in the virtual machine (tests/vm/engines.bats); here it is read.
@test "fragments: systemd finds nothing wrong with the unit" {
	needs systemd-analyze
	mkdir "$T/units"
	fragment kin@.service >"$T/units/kin@.service"
	aside systemd-analyze verify --man=no "$T/units/kin@web.service" >"$T/out" 2>&1 || fail "$(<"$T/out")"
	# This one is newer than Debian 12's.
	equal "$(grep -vE "Unknown key( name)? 'DelegateSubgroup'" "$T/out")" ""
}
