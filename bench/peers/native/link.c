/*
 * A slow link in user space: a TCP relay on 127.0.0.1 whose two directions each have a rate and a delay.
 *
 *   link TARGET_PORT KILOBITS_PER_SECOND ONE_WAY_DELAY_MS QUEUE_BYTES
 *
 * Prints the port that it listens on. Each connection has its own link. Bytes leave one after the other at the rate,
 * and arrive the delay later. When QUEUE_BYTES wait for the link, no more are read, so that the sender feels it, as it
 * would by TCP's window; nothing is lost. What the kernel buffers in front of that is kept small.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PACKET 1448         /* bytes of a TCP segment on Ethernet */
#define KERNEL_BUFFER 32768 /* of each socket; Linux doubles it */
#define SLOTS 16384         /* packets on the way: 23 MB */

typedef struct { int64_t due; int length; uint8_t data[PACKET]; } Packet;

typedef struct {
  int from, to;
  Packet *packets;
  unsigned first, count;
  int ended;
  pthread_mutex_t lock;
  pthread_cond_t changed;
} Direction;

static int target_port, queue_bytes;
static double ns_per_byte;
static int64_t delay_ns;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t when) {
  struct timespec t = { when / 1000000000, when % 1000000000 };
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {}
}

/* Reads as fast as the link and its queue take it. */
static void *read_side(void *argument) {
  Direction *d = argument;
  int64_t free_at = 0; /* when the link has sent all that was read */
  for (;;) {
    int64_t room_at = free_at - (int64_t)(queue_bytes * ns_per_byte);
    if (room_at > now_ns()) sleep_until(room_at);
    pthread_mutex_lock(&d->lock);
    while (d->count == SLOTS) pthread_cond_wait(&d->changed, &d->lock);
    Packet *packet = &d->packets[(d->first + d->count) % SLOTS];
    pthread_mutex_unlock(&d->lock);
    ssize_t got = recv(d->from, packet->data, PACKET, 0);
    if (got < 0 && errno == EINTR) continue;
    pthread_mutex_lock(&d->lock);
    if (got <= 0) {
      d->ended = 1;
    } else {
      int64_t now = now_ns();
      free_at = (free_at > now ? free_at : now) + (int64_t)(got * ns_per_byte);
      packet->due = free_at + delay_ns;
      packet->length = (int)got;
      d->count++;
    }
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    if (got <= 0) return NULL;
  }
}

static void *write_side(void *argument) {
  Direction *d = argument;
  for (;;) {
    pthread_mutex_lock(&d->lock);
    while (d->count == 0 && !d->ended) pthread_cond_wait(&d->changed, &d->lock);
    Packet *packet = d->count ? &d->packets[d->first] : NULL;
    pthread_mutex_unlock(&d->lock);
    if (!packet) break;
    sleep_until(packet->due);
    for (int at = 0; at < packet->length;) {
      ssize_t sent = send(d->to, packet->data + at, (size_t)(packet->length - at), MSG_NOSIGNAL);
      if (sent <= 0 && errno != EINTR) { shutdown(d->from, SHUT_RD); break; }
      if (sent > 0) at += (int)sent;
    }
    pthread_mutex_lock(&d->lock);
    d->first = (d->first + 1) % SLOTS;
    d->count--;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
  }
  shutdown(d->to, SHUT_WR);
  return NULL;
}

static void tune(int fd) {
  int on = 1, small = KERNEL_BUFFER;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
}

static void start_direction(int from, int to) {
  Direction *d = calloc(1, sizeof *d);
  d->packets = malloc(sizeof(Packet) * SLOTS);
  if (!d->packets) { fprintf(stderr, "no memory\n"); exit(1); }
  d->from = from;
  d->to = to;
  pthread_mutex_init(&d->lock, NULL);
  pthread_cond_init(&d->changed, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, read_side, d);
  pthread_detach(thread);
  pthread_create(&thread, NULL, write_side, d);
  pthread_detach(thread);
}

int main(int count, char **arguments) {
  if (count != 5) { fprintf(stderr, "usage: link TARGET_PORT KILOBITS_PER_SECOND ONE_WAY_DELAY_MS QUEUE_BYTES\n"); return 2; }
  target_port = atoi(arguments[1]);
  ns_per_byte = 8e6 / atof(arguments[2]);
  delay_ns = (int64_t)(atof(arguments[3]) * 1e6);
  queue_bytes = atoi(arguments[4]);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  tune(listener);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0) {
    perror("link");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int viewer = accept(listener, NULL, NULL);
    if (viewer < 0) continue;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    tune(server);
    tune(viewer);
    struct sockaddr_in target = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)target_port) };
    if (connect(server, (struct sockaddr *)&target, sizeof target) != 0) { close(viewer); close(server); continue; }
    start_direction(server, viewer);
    start_direction(viewer, server);
  }
}
