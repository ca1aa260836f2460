/*
 * The measuring client: viewers that decode what a server sends, see the numbers of frames in the markers, and say when
 * they came.
 *
 *   client PORT [--host ADDRESS] [--viewers N] [--encoding 7|16] [--quality 0-9] [--compress 0-9]
 *          [--no-continuous] [--decode-all]
 *
 * All viewers run in this process; the first decodes pixels, the others read and count messages and skip the pixels, so
 * that sixteen viewers cost the machine what one does. `--decode-all` makes them decode too. Answers to commands:
 *
 *   mark          → {"time":NS,"viewers":[{"bytes":N,"updates":N,"rects":N},…]}
 *   first         → waits for a full frame at every viewer, then {"first":[NS,…]} from connect() to decoded
 *   keys N SEED   → presses a key N times, each when the last one's mark was seen and a moment has passed, then
 *                   {"keys":[NS,…],"lost":N}: the times from before the KeyEvent is sent to the mark decoded
 *   hash          → {"hash":HEX} of the first viewer's pixels, as the drawing program gives it of the screen
 *   report        → {"arrivals":[[CODE,NS],…],"unclear":N,"encodings":{"7":N,…},"continuous":BOOL} of the first viewer
 */
#define _GNU_SOURCE
#include "client.h"
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Options options = { .host = "127.0.0.1", .viewers = 1, .encoding = 7, .quality = -1, .compress = -1, .continuous = 1 };
static Viewer *viewers;

static void mark(void) {
  printf("{\"time\":%lld,\"viewers\":[", (long long)now_ns());
  for (int i = 0; i < options.viewers; i++) {
    Counters c = viewers[i].counters;
    printf("%s{\"bytes\":%llu,\"updates\":%llu,\"rects\":%llu}", i ? "," : "", (unsigned long long)c.bytes,
           (unsigned long long)c.updates, (unsigned long long)c.rects);
  }
  printf("]}\n");
}

static void first(void) {
  printf("{\"first\":[");
  for (int i = 0; i < options.viewers; i++) {
    volatile int64_t *at = &viewers[i].first_frame_at;
    while (*at == 0) usleep(500);
    printf("%s%lld", i ? "," : "", (long long)(*at - viewers[i].connected_at));
  }
  printf("]}\n");
}

/* Seconds that a key's mark is waited for. */
#define PATIENCE 3

static void press_keys(int count, unsigned seed) {
  Viewer *viewer = &viewers[0];
  int lost = 0, seen = 0;
  printf("{\"keys\":[");
  for (int i = 0; i < count; i++) {
    usleep(60000 + (seed = seed * 1103515245u + 12345u) / 65536 % 80000); /* in no step with any frame rate */
    pthread_mutex_lock(&viewer->keys);
    int before = viewer->keys_shown;
    int64_t start = now_ns();
    pthread_mutex_unlock(&viewer->keys);
    press_key(viewer, 'a' + (uint32_t)i % 26);
    pthread_mutex_lock(&viewer->keys);
    struct timespec limit;
    clock_gettime(CLOCK_MONOTONIC, &limit);
    limit.tv_sec += PATIENCE;
    int result = 0;
    while (viewer->keys_shown == before && result == 0) {
      result = pthread_cond_timedwait(&viewer->key_shown, &viewer->keys, &limit);
    }
    if (viewer->keys_shown == before) lost++;
    else printf("%s%lld", seen++ ? "," : "", (long long)(viewer->key_shown_at - start));
    pthread_mutex_unlock(&viewer->keys);
  }
  printf("],\"lost\":%d}\n", lost);
}

static void report(void) {
  Viewer *v = &viewers[0];
  printf("{\"arrivals\":[");
  int count = v->arrival_count;
  for (int i = 0; i < count; i++) printf("%s[%d,%lld]", i ? "," : "", v->arrivals[i].code, (long long)v->arrivals[i].time);
  printf("],\"unclear\":%llu,\"encodings\":{", (unsigned long long)v->unclear);
  int listed = 0;
  for (int e = 0; e < 32; e++) {
    if (v->by_encoding[e]) printf("%s\"%d\":%llu", listed++ ? "," : "", e, (unsigned long long)v->by_encoding[e]);
  }
  printf("},\"continuous\":%s}\n", v->continuous == 2 ? "true" : "false");
}

/* A picture that is being decoded gives the hash of no picture: ask when all is still. */
static void hash(void) {
  Viewer *v = &viewers[0];
  printf("{\"hash\":\"%016llx\"}\n", (unsigned long long)hash_pixels(HASH_START, v->pixels, v->width * v->height));
}

static void read_arguments(int count, char **arguments) {
  if (count < 2 || (options.port = atoi(arguments[1])) <= 0) fail("usage: client PORT [OPTION...]");
  for (int i = 2; i < count; i++) {
    const char *name = arguments[i];
    if (strcmp(name, "--no-continuous") == 0) { options.continuous = 0; continue; }
    if (strcmp(name, "--decode-all") == 0) { options.decode_all = 1; continue; }
    if (i + 1 == count) fail("%s wants a value", name);
    const char *value = arguments[++i];
    if (strcmp(name, "--host") == 0) options.host = value;
    else if (strcmp(name, "--viewers") == 0) options.viewers = atoi(value);
    else if (strcmp(name, "--encoding") == 0) options.encoding = atoi(value);
    else if (strcmp(name, "--quality") == 0) options.quality = atoi(value);
    else if (strcmp(name, "--compress") == 0) options.compress = atoi(value);
    else fail("there is no option %s", name);
  }
}

int main(int count, char **arguments) {
  read_arguments(count, arguments);
  viewers = calloc((size_t)options.viewers, sizeof *viewers);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  for (int i = 0; i < options.viewers; i++) {
    viewers[i].options = &options;
    viewers[i].index = i;
    pthread_mutex_init(&viewers[i].sending, NULL);
    pthread_mutex_init(&viewers[i].keys, NULL);
    pthread_cond_init(&viewers[i].key_shown, &monotonic);
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_viewer, &viewers[i]) != 0) fail("no thread");
    /* One at a time: some servers lose connections that come all at once, or take them for an attack. */
    for (volatile int *joined = &viewers[i].joined; !*joined;) usleep(200);
  }
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  char line[128];
  while (fgets(line, sizeof line, stdin)) {
    int keys;
    unsigned seed = 1;
    if (strncmp(line, "mark", 4) == 0) mark();
    else if (strncmp(line, "first", 5) == 0) first();
    else if (sscanf(line, "keys %d %u", &keys, &seed) >= 1) press_keys(keys, seed);
    else if (strncmp(line, "hash", 4) == 0) hash();
    else if (strncmp(line, "report", 6) == 0) report();
    else printf("{\"error\":\"no such command\"}\n");
    fflush(stdout);
  }
  fflush(stdout);
  _exit(0);
}
