#ifndef PUBLISH_H
#define PUBLISH_H

#include "load.h"

/* When a stream sends next: in the interval after this one, at the place that is its own. */
uint64_t due_after(uint64_t now, int index, int kind);

/* Sends what the line's streams owe by now. */
void publish(struct load *load, struct line *line, uint64_t now);

#endif
