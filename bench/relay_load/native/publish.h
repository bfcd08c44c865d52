#ifndef PUBLISH_H
#define PUBLISH_H

#include "load.h"

/* Sends what the line's streams owe by now. */
void publish(struct load *load, struct line *line, uint64_t now);

#endif
