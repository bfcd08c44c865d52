/* What members say in RTCP: sender and receiver reports each second, congestion feedback. */

#include "feedback.h"

#include <sys/socket.h>

#include "clock.h"

enum {
    REPORT_NS = 1000000000,
    FEEDBACK_NS = 100000000,
    MAX_BLOCKS = 31,
    MAX_FEEDBACK = 256,
    TICK_NS = 250000,
    TICKS_PER_REFERENCE = 256, /* of 64 ms */
};

static void send_rtcp(struct line *line, uint8_t *packet, int length) {
    int whole = rtcp_protect(&line->rtcp_out, packet, length, ++line->rtcp_index);
    send(line->fd, packet, whole, MSG_DONTWAIT);
}

static void start(uint8_t *packet, int count, int type, int length, uint32_t ssrc) {
    packet[0] = 0x80 | count;
    packet[1] = type;
    put16(packet + 2, length / 4 - 1);
    put32(packet + 4, ssrc);
}

static void send_sender_report(struct line *line, const struct outgoing *out, int kind,
                               uint64_t now) {
    uint8_t packet[64];
    uint64_t seconds = now / NS, fraction = ((now % NS) << 32) / NS;
    uint64_t clock = kind == VIDEO ? 90000 : 48000;
    start(packet, 0, 200, 28, out->ssrc);
    put32(packet + 8, seconds + 2208988800u);
    put32(packet + 12, fraction);
    put32(packet + 16, (now / 1000) * clock / 1000000);
    put32(packet + 20, out->counter);
    put32(packet + 24, out->sent_bytes);
    send_rtcp(line, packet, 28);
}

static int report_block(uint8_t *block, const struct incoming *in, uint64_t now) {
    memset(block, 0, 24);
    put32(block, in->ssrc);
    uint32_t missing = in->highest - in->base + 1 - in->received;
    put32(block + 4, missing & 0xFFFFFF);
    put32(block + 8, in->highest);
    if (in->report_at) {
        put32(block + 16, in->last_report);
        put32(block + 20, (now - in->report_at) * 65536 / NS);
    }
    return 24;
}

static void send_receiver_report(struct line *line, uint64_t now) {
    uint8_t packet[1024];
    int length = 8, blocks = 0;
    for (int i = 0; i < MAX_STREAMS && blocks < MAX_BLOCKS; i++)
        if (line->in[i].ssrc) {
            length += report_block(packet + length, &line->in[i], now);
            blocks++;
        }
    start(packet, blocks, 201, length, line->ssrc);
    send_rtcp(line, packet, length);
}

/* A symbol for each number from the first on: 0 did not come, 1 and 2 say the delta's width. */
static int write_symbols(uint8_t *at, const uint8_t *symbols, int count) {
    int length = 0;
    for (int i = 0; i < count; i += 7, length += 2) {
        uint32_t chunk = 0xC000;
        for (int j = 0; j < 7 && i + j < count; j++) chunk |= symbols[i + j] << (12 - 2 * j);
        put16(at + length, chunk);
    }
    return length;
}

static int write_deltas(uint8_t *at, const struct arrival *arrivals, int count, uint8_t *symbols,
                        int64_t tick) {
    int length = 0;
    for (int i = 0; i < count; i++) {
        int64_t now = arrivals[i].at / TICK_NS, delta = now - tick;
        uint16_t place = arrivals[i].number - arrivals[0].number;
        tick = now;
        symbols[place] = delta >= 0 && delta < 256 ? 1 : 2;
        if (symbols[place] == 1) {
            at[length++] = delta;
        } else {
            put16(at + length, delta);
            length += 2;
        }
    }
    return length;
}

/* draft-holmer-rmcat-transport-wide-cc-extensions-01 on numbers in rising order. */
static void send_feedback(struct line *line, const struct arrival *arrivals, int count) {
    uint8_t packet[1600], symbols[MAX_FEEDBACK] = {0}, deltas[2 * MAX_FEEDBACK];
    int span = (uint16_t)(arrivals[count - 1].number - arrivals[0].number) + 1;
    int64_t reference = arrivals[0].at / TICK_NS / TICKS_PER_REFERENCE;
    int width = write_deltas(deltas, arrivals, count, symbols, reference * TICKS_PER_REFERENCE);
    put32(packet + 8, line->in[0].ssrc);
    put16(packet + 12, arrivals[0].number);
    put16(packet + 14, span);
    put32(packet + 16, (uint32_t)reference << 8 | line->feedback_count++);
    int length = 20 + write_symbols(packet + 20, symbols, span);
    memcpy(packet + length, deltas, width);
    length += width;
    int padding = -length & 3;
    memset(packet + length, 0, padding);
    if (padding) packet[length + padding - 1] = padding;
    start(packet, 15, 205, length + padding, line->ssrc);
    if (padding) packet[0] |= 0x20;
    send_rtcp(line, packet, length + padding);
}

/* As many as rise and fit into one packet; what came out of order goes into the next one. */
static void report_arrivals(struct line *line) {
    int first = 0;
    for (int i = 1; i <= line->arrived; i++) {
        uint16_t step = i < line->arrived ? line->arrivals[i].number - line->arrivals[i - 1].number : 0;
        uint16_t span = i < line->arrived ? line->arrivals[i].number - line->arrivals[first].number : 0;
        if (i == line->arrived || step == 0 || step > 0x7FFF || span >= MAX_FEEDBACK) {
            send_feedback(line, line->arrivals + first, i - first);
            first = i;
        }
    }
    line->arrived = 0;
}

void note_arrival(struct line *line, uint16_t number, uint64_t at) {
    if (line->arrived < ARRIVALS) line->arrivals[line->arrived++] = (struct arrival){number, at};
}

void report(struct line *line, uint64_t now) {
    if (line->arrived && now >= line->feedback_due) {
        line->feedback_due = now + FEEDBACK_NS;
        report_arrivals(line);
    }
    if (now < line->report_due) return;
    line->report_due = now + REPORT_NS;
    if (line->watches) send_receiver_report(line, now);
    for (int kind = 0; line->publishes && kind < KINDS; kind++)
        if (line->out[kind].ssrc) send_sender_report(line, &line->out[kind], kind, now);
}
