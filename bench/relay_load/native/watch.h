#ifndef WATCH_H
#define WATCH_H

#include "load.h"

/* Reads everything that the line's socket holds, and counts it. */
void watch(struct load *load, struct line *line);

#endif
