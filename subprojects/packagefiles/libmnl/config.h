// SPDX-License-Identifier: Apache-2.0
/* What configure would write and the four sources ask for. */
#define HAVE_VISIBILITY_HIDDEN 1
