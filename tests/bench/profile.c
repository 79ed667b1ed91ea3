/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turns the seccomp.json of containers' packages into the linux.seccomp of a config.json for this machine, the way
 * Podman does: keeps the rules whose "includes" and "excludes" fit the architecture and the capabilities given.
 * Usage: profile FILE CAP_... > linux-seccomp.json
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_tree.h>

static const struct machine {
	const char *uname, *seccomp, *go;
} machines[] = {
	{ "x86_64", "SCMP_ARCH_X86_64", "amd64" },     { "aarch64", "SCMP_ARCH_AARCH64", "arm64" },
	{ "riscv64", "SCMP_ARCH_RISCV64", "riscv64" }, { "ppc64le", "SCMP_ARCH_PPC64LE", "ppc64le" },
	{ "s390x", "SCMP_ARCH_S390X", "s390x" },
};

static yajl_val get(yajl_val v, const char *name, yajl_type type)
{
	const char *path[] = { name, NULL };

	return yajl_tree_get(v, path, type);
}

static bool is(yajl_val v, const char *word)
{
	const char *text = YAJL_GET_STRING(v);

	return text && !strcmp(text, word);
}

static bool any_of(yajl_val list, char *const *words)
{
	for (size_t i = 0; list && i < list->u.array.len; i++)
		for (char *const *w = words; *w; w++)
			if (is(list->u.array.values[i], *w))
				return true;
	return false;
}

static bool all_of(yajl_val list, char *const *words)
{
	for (size_t i = 0; list && i < list->u.array.len; i++) {
		char *const *w = words;

		while (*w && !is(list->u.array.values[i], *w))
			w++;
		if (!*w)
			return false;
	}
	return true;
}

static bool fits(yajl_val rule, const char *arch, char *const *caps)
{
	char *const arches[] = { (char *)arch, NULL };
	yajl_val in = get(rule, "includes", yajl_t_object), out = get(rule, "excludes", yajl_t_object);
	yajl_val in_arches = in ? get(in, "arches", yajl_t_array) : NULL;

	if (in_arches && in_arches->u.array.len && !any_of(in_arches, arches))
		return false;
	if (in && !all_of(get(in, "caps", yajl_t_array), caps))
		return false;
	if (out && (any_of(get(out, "arches", yajl_t_array), arches) || any_of(get(out, "caps", yajl_t_array), caps)))
		return false;
	return true;
}

static void string(yajl_gen g, const char *s)
{
	yajl_gen_string(g, (const unsigned char *)s, strlen(s));
}

static void copy(yajl_gen g, yajl_val from, const char *name)
{
	yajl_val v = get(from, name, yajl_t_any);

	if (!v || YAJL_IS_NULL(v))
		return;
	string(g, name);
	if (YAJL_IS_NUMBER(v))
		yajl_gen_number(g, YAJL_GET_NUMBER(v), strlen(YAJL_GET_NUMBER(v)));
	else
		string(g, YAJL_GET_STRING(v));
}

static void args(yajl_gen g, yajl_val list)
{
	static const char *const members[] = { "index", "value", "valueTwo", "op" };

	if (!list || !list->u.array.len)
		return;
	string(g, "args");
	yajl_gen_array_open(g);
	for (size_t i = 0; i < list->u.array.len; i++) {
		yajl_gen_map_open(g);
		for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
			copy(g, list->u.array.values[i], members[k]);
		yajl_gen_map_close(g);
	}
	yajl_gen_array_close(g);
}

static void rules(yajl_gen g, yajl_val list, const char *arch, char *const *caps)
{
	string(g, "syscalls");
	yajl_gen_array_open(g);
	for (size_t i = 0; list && i < list->u.array.len; i++) {
		yajl_val rule = list->u.array.values[i], names = get(rule, "names", yajl_t_array);

		if (!names || !fits(rule, arch, caps))
			continue;
		yajl_gen_map_open(g);
		string(g, "names");
		yajl_gen_array_open(g);
		for (size_t k = 0; k < names->u.array.len; k++)
			string(g, YAJL_GET_STRING(names->u.array.values[k]));
		yajl_gen_array_close(g);
		copy(g, rule, "action");
		copy(g, rule, "errnoRet");
		args(g, get(rule, "args", yajl_t_array));
		yajl_gen_map_close(g);
	}
	yajl_gen_array_close(g);
}

static void architectures(yajl_gen g, yajl_val map, const char *native)
{
	string(g, "architectures");
	yajl_gen_array_open(g);
	string(g, native);
	for (size_t i = 0; map && i < map->u.array.len; i++) {
		yajl_val entry = map->u.array.values[i], sub = get(entry, "subArchitectures", yajl_t_array);

		if (!is(get(entry, "architecture", yajl_t_string), native))
			continue;
		for (size_t k = 0; sub && k < sub->u.array.len; k++)
			string(g, YAJL_GET_STRING(sub->u.array.values[k]));
	}
	yajl_gen_array_close(g);
}

static char *read_file(const char *path)
{
	enum { LIMIT = 1 << 20 };
	FILE *f = fopen(path, "re");
	char *text = calloc(1, LIMIT);
	size_t n = f && text ? fread(text, 1, LIMIT - 1, f) : 0;

	if (f)
		fclose(f);
	if (n)
		return text;
	free(text);
	return NULL;
}

int main(int argc, char **argv)
{
	const struct machine *m = machines;
	const unsigned char *out;
	char problem[256], *text;
	struct utsname u;
	yajl_val root;
	yajl_gen g;
	size_t len;

	if (argc < 2 || uname(&u) < 0)
		return 2;
	while (m < machines + sizeof(machines) / sizeof(machines[0]) && strcmp(m->uname, u.machine))
		m++;
	text = read_file(argv[1]);
	root = text ? yajl_tree_parse(text, problem, sizeof(problem)) : NULL;
	if (!root || m == machines + sizeof(machines) / sizeof(machines[0])) {
		fprintf(stderr, "profile: cannot use %s on %s\n", argv[1], u.machine);
		return 1;
	}
	g = yajl_gen_alloc(NULL);
	yajl_gen_map_open(g);
	copy(g, root, "defaultAction");
	copy(g, root, "defaultErrnoRet");
	architectures(g, get(root, "archMap", yajl_t_array), m->seccomp);
	rules(g, get(root, "syscalls", yajl_t_array), m->go, argv + 2);
	yajl_gen_map_close(g);
	yajl_gen_get_buf(g, &out, &len);
	fwrite(out, 1, len, stdout);
	putchar('\n');
	yajl_gen_free(g);
	yajl_tree_free(root);
	free(text);
	return ferror(stdout) ? 1 : 0;
}
