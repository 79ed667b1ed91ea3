/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec's seccomp section to BPF, through libseccomp, with runc's reading of it.  Room: run. */
#include "seccomp/filter.h"

#include <stdio.h>
#include <linux/memfd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "seccomp/names.h"

enum {
	N_ARGS = 6,
	/* From so many rules on as a binary tree, as runc does: with no rules 2.5.0 to 2.5.4 make a wrong tree.  For
	 * Podman's default profile the tree has 1426 instructions for 1144, and the kernel takes 0.32 ms for 0.80 to
	 * load it (it runs the filter once per system call number), with a quarter off each filtered call. */
	TREE_FROM = 33,
	/* Each distinct condition costs at least one of the kernel's 4096 instructions: more cannot be loaded, and
	 * libseccomp would take minutes to find that out. */
	MAX_CONDITIONS = SECCOMP_MAX_INSNS,
};

/* What has been added without conditions: profiles repeat themselves, and libseccomp pays for each repetition. */
struct seen {
	uint64_t *slots; /* open addressing; 0 is empty */
	size_t mask;
};

struct compiler {
	scmp_filter_ctx ctx;
	const struct spec_seccomp *s;
	uint32_t default_action;
	struct seen seen;
	size_t n_added, n_conditions;
	struct lct_err *err;
};

static void ctx_done(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static int seen_init(struct arena *a, const struct spec_seccomp *s, struct seen *ret)
{
	size_t n = 0, size = 64;

	for (size_t i = 0; i < s->n_rules; i++)
		n += s->rules[i].n_names;
	while (size < n * 2)
		size *= 2;
	ret->mask = size - 1;
	ret->slots = arena_array(a, size, sizeof(*ret->slots));
	return ret->slots ? 0 : -ENOMEM;
}

/* True the first time. */
static bool seen_add(struct seen *seen, int nr, uint32_t action)
{
	uint64_t key = ((uint64_t)(uint32_t)nr << 32 | action) + 1;

	for (size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32);; i++) {
		uint64_t *slot = &seen->slots[i & seen->mask];

		if (*slot == key)
			return false;
		if (!*slot) {
			*slot = key;
			return true;
		}
	}
}

static int action_of(const char *name, bool has_errno, const uint32_t *errno_ret, const char *where,
		     const char *errno_where, uint32_t *ret, struct lct_err *err)
{
	switch (seccomp_action(name, has_errno ? errno_ret : NULL, ret)) {
	case 0:
		return 0;
	case -EINVAL:
		return err_config(err, errno_where, "action %s takes no errno", name);
	case -ERANGE:
		return err_config(err, errno_where, "%u is too large for %s", *errno_ret, name);
	default:
		return err_config(err, where, "unknown seccomp action %s", name);
	}
}

static int add(struct compiler *c, uint32_t action, int nr, const struct scmp_arg_cmp *cmp, unsigned n_cmp,
	       const char *name, const char *where)
{
	int r;

	if (n_cmp && ++c->n_conditions > MAX_CONDITIONS)
		return err_set(c->err, LCT_E_CONFIG, E2BIG, where,
			       "too many conditions: the kernel takes filters of at most %d instructions",
			       SECCOMP_MAX_INSNS);
	r = seccomp_rule_add_array(c->ctx, action, nr, n_cmp, cmp);
	if (r == -EEXIST) /* runc fails here, too: silently dropping either could open what was meant to be shut */
		return err_config(c->err, where, "contradicts an earlier rule for the same condition of %s", name);
	if (r < 0)
		return err_sys(c->err, r, where, "seccomp rule for %s", name);
	c->n_added++;
	return 0;
}

/* One condition per argument is one rule with all of them; if an argument has several, each condition is a rule of
 * its own: what profiles were written against before libseccomp could join conditions, kept by runc and crun. */
static int add_conditional(struct compiler *c, const struct spec_seccomp_rule *rule, uint32_t action, int nr,
			   const struct scmp_arg_cmp *cmp, bool apart, const char *name, const char *where)
{
	int r = 0;

	if (!apart)
		return add(c, action, nr, cmp, (unsigned)rule->n_args, name, where);
	for (size_t i = 0; i < rule->n_args && r >= 0; i++)
		r = add(c, action, nr, &cmp[i], 1, name, where);
	return r;
}

static int conditions(struct compiler *c, const struct spec_seccomp_rule *rule, struct scmp_arg_cmp *cmp,
		      bool *ret_apart, const char *where)
{
	unsigned used = 0;

	*ret_apart = false;
	for (size_t i = 0; i < rule->n_args; i++) {
		const struct spec_seccomp_arg *arg = &rule->args[i];
		enum scmp_compare op;

		if (arg->index >= N_ARGS)
			return err_config(c->err, where, "args[%zu]: index %u is not below %d", i, arg->index, N_ARGS);
		if (seccomp_operator(arg->op, &op) < 0)
			return err_config(c->err, where, "args[%zu]: unknown operator %s", i, arg->op);
		if (used & 1u << arg->index)
			*ret_apart = true;
		used |= 1u << arg->index;
		/* For MASKED_EQ datum_a is the mask, as value is in the spec. */
		cmp[i] = (struct scmp_arg_cmp){ arg->index, op, arg->value, arg->value_two };
	}
	return 0;
}

static int add_rule(struct compiler *c, struct arena *a, size_t index)
{
	const struct spec_seccomp_rule *rule = &c->s->rules[index];
	struct scmp_arg_cmp *cmp = NULL;
	char where[64], errno_where[80];
	uint32_t action;
	bool apart = false;
	int r;

	snprintf(where, sizeof(where), "/linux/seccomp/syscalls/%zu", index);
	snprintf(errno_where, sizeof(errno_where), "%s/errnoRet", where);
	r = action_of(rule->action, rule->has_errno, &rule->errno_ret, where, errno_where, &action, c->err);
	if (r < 0)
		return r;
	if (rule->n_args && !(cmp = arena_array(a, rule->n_args, sizeof(*cmp))))
		return err_nomem(c->err);
	r = conditions(c, rule, cmp, &apart, where);
	if (r < 0 || action == c->default_action)
		return r;
	for (size_t i = 0; i < rule->n_names && r >= 0; i++) {
		int nr = seccomp_syscall_resolve_name(rule->names[i]);

		/* Not a call this library knows: profiles are written for many kernels and architectures. */
		if (nr == __NR_SCMP_ERROR && c->s->fail_unknown)
			r = err_config(c->err, where, "unknown system call %s", rule->names[i]);
		if (nr == __NR_SCMP_ERROR)
			continue;
		if (rule->n_args)
			r = add_conditional(c, rule, action, nr, cmp, apart, rule->names[i], where);
		else if (seen_add(&c->seen, nr, action))
			r = add(c, action, nr, NULL, 0, rule->names[i], where);
	}
	return r;
}

static int add_arches(struct compiler *c)
{
	uint32_t token;
	char where[64];
	int r;

	for (size_t i = 0; i < c->s->n_architectures; i++) {
		snprintf(where, sizeof(where), "/linux/seccomp/architectures/%zu", i);
		if (seccomp_arch(c->s->architectures[i], &token) < 0)
			return err_config(c->err, where, "unknown architecture %s", c->s->architectures[i]);
		r = seccomp_arch_add(c->ctx, token);
		if (r < 0 && r != -EEXIST) /* the native one is always there */
			return err_sys(c->err, r, where, "seccomp architecture %s", c->s->architectures[i]);
	}
	return 0;
}

static int memory_file(void)
{
	/* MFD_NOEXEC_SEAL (6.3) is demanded by vm.memfd_noexec=2 and unknown to older kernels. */
	const unsigned noexec_seal = 0x0008U;
	int fd = memfd_create("seccomp", MFD_CLOEXEC | noexec_seal);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("seccomp", MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int export(struct compiler *c, struct arena *a, struct sock_filter **ret, size_t *ret_n)
{
	struct sock_filter stub[SECCOMP_MAX_STUB];
	size_t n_stub = seccomp_stub(c->s, stub), n, len;
	autofd fd = memory_file();
	struct stat st;
	int r;

	if (fd < 0)
		return err_sys(c->err, fd, NULL, "memory file for the seccomp filter");
	r = seccomp_export_bpf(c->ctx, fd);
	if (r < 0)
		return err_sys(c->err, r, "/linux/seccomp", "compile the seccomp filter");
	if (fstat(fd, &st) < 0)
		return err_sys(c->err, errno, NULL, "memory file for the seccomp filter");
	len = (size_t)st.st_size;
	n = len / sizeof(**ret) + n_stub;
	if (n > SECCOMP_MAX_INSNS)
		return err_set(c->err, LCT_E_CONFIG, E2BIG, "/linux/seccomp",
			       "the filter has %zu instructions: the kernel takes at most %d", n, SECCOMP_MAX_INSNS);
	*ret = arena_array(a, n, sizeof(**ret));
	if (!*ret)
		return err_nomem(c->err);
	memcpy(*ret, stub, n_stub * sizeof(**ret));
	if (pread(fd, *ret + n_stub, len, 0) != (ssize_t)len)
		return err_sys(c->err, EIO, NULL, "memory file for the seccomp filter");
	*ret_n = n;
	return 0;
}

int seccomp_compile(struct arena *a, const struct spec_seccomp *s, struct sock_filter **ret, size_t *ret_n,
		    struct lct_err *err)
{
	__attribute__((cleanup(ctx_done))) scmp_filter_ctx ctx = NULL;
	struct compiler c = { .s = s, .err = err };
	int r;

	r = action_of(s->default_action, s->has_default_errno, &s->default_errno, "/linux/seccomp/defaultAction",
		      "/linux/seccomp/defaultErrnoRet", &c.default_action, err);
	if (r < 0)
		return r;
	ctx = seccomp_init(c.default_action);
	if (!ctx) /* it does not say why: the only other reason is an action this kernel has not */
		return err_config(err, "/linux/seccomp/defaultAction", "%s is not possible on this kernel",
				  s->default_action);
	c.ctx = ctx;
	if (seen_init(a, s, &c.seen) < 0)
		return err_nomem(err);
	/* no_new_privs is the config's affair, and kin-init's to set. */
	r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0);
	if (r < 0)
		return err_sys(err, r, "/linux/seccomp", "seccomp attribute no_new_privs");
	r = add_arches(&c);
	for (size_t i = 0; i < s->n_rules && r >= 0; i++)
		r = add_rule(&c, a, i);
	if (r < 0)
		return r;
	if (c.n_added >= TREE_FROM) /* a faster filter only: as good without */
		(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return export(&c, a, ret, ret_n);
}
