/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every cell of the table states x operations, against a table written down independently of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "store/states.h"

/* One letter a refusal, '.' allowed. */
static const struct {
	char letter;
	int error;
	const char *text;
} refusals[] = {
	{ '.', 0, NULL },
	{ 'n', -ENOENT, "container does not exist" },
	{ 'x', -EEXIST, "container with given ID already exists" },
	{ 'b', -EBADMSG, "the record of the container is damaged (delete --force removes it)" },
	{ 'r', -ESRCH, "container not running" },
	{ 'p', -EINVAL, "container not paused" },
	{ 'd', -EBUSY, "container is not stopped" },
	{ 'c', -EBUSY, "cannot start a container in the creating state" },
	{ 'a', -EALREADY, "cannot start an already running container" },
	{ 'f', -EBUSY, "cannot start a container in the paused state" },
	{ 's', -ESRCH, "cannot start a container that has stopped" },
	{ 'e', -ESRCH, "cannot exec in a stopped container" },
	{ 'i', -EBUSY, "cannot exec in a paused container (use --ignore-paused to override)" },
	{ 'q', -EALREADY, "container paused" },
	{ 'g', -EBUSY, "container cannot be checkpointed in creating state" },
	{ 'h', -EBUSY, "container cannot be checkpointed in created state" },
	{ 'k', -EBUSY, "container cannot be checkpointed in stopped state" },
};

/* Columns: create start exec kill pause resume update delete delete-force state ps wait checkpoint mounts */
static const struct {
	enum state state;
	const char *name, *oci, *cells;
} rows[] = {
	{ STATE_NONE, "none", "stopped", ".nnnnnnn.nnnnn" },
	{ STATE_RESERVED, "reserved", "creating", "xcrrrprd...rgr" },
	{ STATE_CREATING, "creating", "creating", "xcr.rprd....gr" },
	{ STATE_CREATED, "created", "created", "x....p......h." },
	{ STATE_STARTING, "starting", "created", "x....p.d....h." },
	{ STATE_RUNNING, "running", "running", "xa...p.d......" },
	{ STATE_PAUSED, "paused", "paused", "xfi.q..d......" },
	{ STATE_STOPPED, "stopped", "stopped", "xserrpr.....kr" },
	{ STATE_DELETING, "deleting", "stopped", "xserrpr.....kr" },
	{ STATE_BROKEN, "broken", "stopped", "xbbbbbbb.bbbbb" },
};

static void test_cells(void **unused)
{
	(void)unused;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), STATE_COUNT);
	for (size_t s = 0; s < STATE_COUNT; s++) {
		assert_int_equal(rows[s].state, s);
		assert_int_equal(strlen(rows[s].cells), OP_COUNT);
		for (int op = 0; op < OP_COUNT; op++) {
			const char *text = "untouched";
			size_t k = 0;
			int r = state_allows(rows[s].state, (enum operation)op, &text);

			while (refusals[k].letter != rows[s].cells[op])
				k++;
			if (r != refusals[k].error)
				fail_msg("%s in state %s: %d, not %d", operation_name((enum operation)op), rows[s].name,
					 r, refusals[k].error);
			if (refusals[k].text)
				assert_string_equal(text, refusals[k].text);
			else
				assert_null(text);
			assert_int_equal(state_allows(rows[s].state, (enum operation)op, NULL), r);
		}
	}
}

static void test_names(void **unused)
{
	(void)unused;
	for (size_t s = 0; s < STATE_COUNT; s++) {
		assert_string_equal(state_name(rows[s].state), rows[s].name);
		assert_string_equal(state_oci_name(rows[s].state), rows[s].oci);
		assert_int_equal(state_from_name(rows[s].name), s);
	}
	assert_int_equal(state_from_name(""), -ENOENT);
	assert_int_equal(state_from_name("Running"), -ENOENT);
	assert_int_equal(state_from_name("runnin"), -ENOENT);
	assert_string_equal(operation_name(OP_CREATE), "create");
	assert_string_equal(operation_name(OP_DELETE_FORCE), "delete --force");
	assert_string_equal(operation_name(OP_WAIT), "wait");
}

/* A state or operation out of range, from a damaged file or a bad call, is refused and has a name all the same. */
static void test_out_of_range(void **unused)
{
	const char *text = NULL;

	(void)unused;
	assert_int_equal(state_allows((enum state)STATE_COUNT, OP_START, &text), -EINVAL);
	assert_non_null(text);
	assert_int_equal(state_allows(STATE_RUNNING, (enum operation)OP_COUNT, &text), -EINVAL);
	assert_int_equal(state_allows((enum state) - 1, OP_START, NULL), -EINVAL);
	assert_string_equal(state_name((enum state)99), "broken");
	assert_string_equal(state_oci_name((enum state)99), "stopped");
	assert_non_null(operation_name((enum operation)99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_out_of_range),
	};

	return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
