#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Buildah: what it runs while it builds, with the isolation that calls a runtime.
load podman

b() {
	visible buildah --log-level error "$@"
}
bq() {
	quiet buildah --log-level error "$@"
}
program() {
	if [ "$RUNTIME" = kin ]; then echo "$KIN_BUILD/kin"; else command -v "$RUNTIME"; fi
}
brun() { # ARGS
	b run --isolation oci --runtime "$(program)" --network none "$@" | class
}
class() { # a failure's, as seen() has it for Podman
	sed 's/^error running container: .*/failure: container/'
}
# Somebody else, where there is somebody else.
someone() {
	if [ "$KIN_MODE" = plain ]; then echo 0; else echo 5; fi
}
tidy_buildah() {
	buildah rm -a >/dev/null
	local image
	for image in localhost/built localhost/scratch; do buildah rmi -f "$image" >/dev/null 2>&1 || :; done
	buildah rmi --prune -f >/dev/null 2>&1 || :
}

runs_in() {
	local ctr
	ctr=$(bq from --pull-never "$IMAGE")
	brun "$ctr" -- echo hello
	brun "$ctr" -- sh -c 'echo made >/made; exit 3'
	brun "$ctr" -- cat /made
	brun "$ctr" -- nosuchprogram | tail -n 1
	brun --user "$(someone):$(someone)" --env A=b --workingdir /tmp "$ctr" -- sh -c 'id -u; id -g; echo $A; pwd'
	brun --hostname somebody "$ctr" -- hostname
	brun --cap-drop CAP_CHOWN "$ctr" -- grep CapBnd /proc/self/status
	tidy_buildah
}
@test "buildah: run: output, status, what stays for the next" {
	both runs_in
	has "$output" $'hello\n= 0'
	has "$output" $'made\n= 0'
	like "$output" $'CapBnd:\t[0-9a-f]+[02468ace]\n= 0'
	has "$output" "$(someone)"$'\n'"$(someone)"$'\nb\n/tmp\n= 0'
}

mounts_in() {
	local ctr
	ctr=$(bq from --pull-never "$IMAGE")
	mkdir -p "$T/volume"
	echo content >"$T/volume/file"
	brun -v "$T/volume:/v:ro" "$ctr" -- sh -c 'cat /v/file; touch /v/x 2>&1; echo $?'
	brun --mount "type=bind,src=$T/volume,dst=/w,rw" "$ctr" -- sh -c 'echo more >>/w/file; cat /w/file'
	brun --mount type=tmpfs,dst=/t "$ctr" -- sh -c 'grep -c " /t tmpfs" /proc/self/mounts'
	rm -rf "$T/volume"
	tidy_buildah
}
@test "buildah: run with mounts" {
	both mounts_in
	has "$output" content
	has "$output" "Read-only file system"
}

builds() {
	mkdir -p "$T/context"
	echo from the context >"$T/context/file"
	cat >"$T/context/Containerfile" <<-X
		FROM $IMAGE
		COPY file /file
		RUN cat /file && mkdir /made && echo "\$(id -u) built" >/made/here
		ENV A=b
		USER $(someone)
		WORKDIR /tmp
		RUN id -u >seen && pwd >>seen && echo \$A >>seen
		RUN --mount=type=tmpfs,dst=/scratch touch /scratch/x
	X
	b bud --isolation oci --runtime "$(program)" --network none --pull-never --quiet --layers=false -t localhost/built "$T/context" |
		sed 's/^[0-9a-f]\{64\}$/ID/'
	printf 'FROM %s\nRUN exit 9\n' "$IMAGE" >"$T/context/Failing"
	b bud --isolation oci --runtime "$(program)" --network none --pull-never --quiet -f Failing "$T/context" | tail -n 2
	p run --rm localhost/built cat /made/here /tmp/seen
	rm -rf "$T/context"
	tidy_buildah
}
@test "buildah: bud with RUN" {
	both builds
	has "$output" $'0 built\n'"$(someone)"$'\n/tmp\nb\n= 0'
	has "$output" "exit status 9"
}

from_scratch() {
	local ctr
	ctr=$(bq from scratch)
	b copy --quiet "$ctr" "$BATS_FILE_TMPDIR/rootfs" / | tail -n 1
	brun "$ctr" -- /bin/busybox echo from scratch
	tidy_buildah
}
@test "buildah: from scratch" {
	both from_scratch
	has "$output" "from scratch"
}
