#ifndef FEEDBACK_H
#define FEEDBACK_H

#include "load.h"

/* Sends what is due: reports once a second, congestion feedback every 100 ms as browsers do. */
void report(struct line *line, uint64_t now);
void note_arrival(struct line *line, uint16_t number, uint64_t at);

#endif
