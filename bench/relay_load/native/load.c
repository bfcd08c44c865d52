/* The loop: every millisecond what is due is sent, every second one what came is read. */

#define _GNU_SOURCE
#include "load.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "clock.h"
#include "feedback.h"
#include "publish.h"
#include "watch.h"

enum { BUFFER = 8 << 20, STEP_NS = 1000000, DRAIN_NS = 300000000 };

struct load *load_new(void) { return calloc(1, sizeof(struct load)); }

void load_free(struct load *load) {
    for (int i = 0; i < load->count; i++) {
        struct line *line = load->lines[i];
        EVP_CIPHER_CTX_free(line->rtp_out.context);
        EVP_CIPHER_CTX_free(line->rtcp_out.context);
        EVP_CIPHER_CTX_free(line->rtp_in.context);
        EVP_CIPHER_CTX_free(line->rtcp_in.context);
        free(line);
    }
    free(load);
}

int load_add_line(struct load *load, int fd, int room, int member, const uint8_t *keys) {
    if (load->count == MAX_LINES) return -1;
    struct line *line = load->lines[load->count] = calloc(1, sizeof *line);
    int one = 1, size = BUFFER;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    line->fd = fd;
    line->room = room;
    line->member = member;
    line->ssrc = 1;
    cipher_init(&line->rtp_out, keys, 1);
    cipher_init(&line->rtcp_out, keys + 28, 1);
    cipher_init(&line->rtp_in, keys + 56, 0);
    cipher_init(&line->rtcp_in, keys + 84, 0);
    return load->count++;
}

/* Streams are spread over their interval, so that members do not speak in step. */
void load_publish(struct load *load, int index, int kind, uint32_t ssrc, int payload_type,
                  const struct extensions *extensions) {
    struct line *line = load->lines[index];
    line->index = index;
    line->publishes = 1;
    line->ssrc = ssrc;
    line->out[kind] = (struct outgoing){
        .ssrc = ssrc,
        .payload_type = payload_type,
        .extensions = *extensions,
        .due = due_after(wall_clock(), index, kind),
    };
}

void load_watch(struct load *load, int index, int transport_cc) {
    load->lines[index]->watches = 1;
    load->lines[index]->watched_transport_cc = transport_cc;
}

static void receive(struct load *load, uint64_t now) {
    for (int i = 0; i < load->count; i++) {
        watch(load, load->lines[i]);
        report(load->lines[i], now);
    }
}

static void sleep_until(uint64_t at) {
    struct timespec wake = {at / NS, at % NS};
    clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &wake, NULL);
}

static void run_until(struct load *load, uint64_t end, int sends) {
    uint64_t next = wall_clock();
    for (uint64_t now = next; now < end; now = wall_clock()) {
        for (int i = 0; sends && i < load->count; i++) publish(load, load->lines[i], now);
        if (load->tick++ % 2 == 0) receive(load, now);
        next = next + STEP_NS > now ? next + STEP_NS : now;
        sleep_until(next);
    }
}

static void begin_window(struct load *load) {
    memset(&load->result, 0, sizeof load->result);
    memset(load->latencies, 0, sizeof load->latencies);
    load->window++;
    for (int i = 0; i < load->count; i++) {
        struct line *line = load->lines[i];
        memset(line->seen, 0, sizeof line->seen);
        for (int kind = 0; kind < KINDS; kind++) line->out[kind].window_first = line->out[kind].counter;
    }
}

static int watchers_of(const struct load *load, const struct line *publisher) {
    int count = 0;
    for (int i = 0; i < load->count; i++) {
        const struct line *line = load->lines[i];
        count += line->watches && line->room == publisher->room && line->member != publisher->member;
    }
    return count;
}

static void end_window(struct load *load) {
    for (int i = 0; i < load->count; i++) {
        const struct line *line = load->lines[i];
        uint64_t sent = 0;
        for (int kind = 0; kind < KINDS; kind++)
            sent += line->out[kind].counter - line->out[kind].window_first;
        load->result.sent += sent;
        load->result.expected += sent * watchers_of(load, line);
    }
}

static double percentile_ms(const struct load *load, double share) {
    uint64_t wanted = load->result.delivered * share, seen = 0;
    for (int i = 0; i < LATENCIES; i++)
        if ((seen += load->latencies[i]) > wanted) return i / 100.0;
    return 0;
}

static double own_cpu_seconds(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec + used.tv_nsec / (double)NS;
}

void load_run(struct load *load, double seconds, int waits) {
    uint64_t begin = wall_clock();
    double used = own_cpu_seconds();
    begin_window(load);
    run_until(load, begin + seconds * NS, 1);
    load->result.seconds = (wall_clock() - begin) / (double)NS;
    load->result.own_cpu_seconds = own_cpu_seconds() - used;
    end_window(load);
    if (waits) run_until(load, wall_clock() + DRAIN_NS, 0);
    load->result.median_ms = percentile_ms(load, 0.5);
    load->result.p99_ms = percentile_ms(load, 0.99);
}

void load_result(const struct load *load, struct result *result) { *result = load->result; }
