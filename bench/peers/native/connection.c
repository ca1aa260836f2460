/* A blocking connection that counts its bytes, and reads of exact length from it. */
#define _GNU_SOURCE
#include "client.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM (TAKE_MOST + (1u << 20))

void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  _exit(1);
}

void connect_to(Viewer *viewer, const char *host, int port) {
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("%s is not an IPv4 address", host);
  viewer->socket = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(viewer->socket, (struct sockaddr *)&address, sizeof address) != 0) {
    fail("cannot connect to %s:%d: %s", host, port, strerror(errno));
  }
  int on = 1;
  setsockopt(viewer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  viewer->buffer = malloc(ROOM); /* the kernel gives pages when they are used */
  if (!viewer->buffer) fail("no memory");
}

const uint8_t *take(Viewer *viewer, size_t count) {
  if (count > TAKE_MOST) fail("the server wants %zu bytes to be read at once", count);
  if (viewer->start + count > ROOM || viewer->start == viewer->end) {
    memmove(viewer->buffer, viewer->buffer + viewer->start, viewer->end - viewer->start);
    viewer->end -= viewer->start;
    viewer->start = 0;
  }
  while (viewer->end - viewer->start < count) {
    size_t room = ROOM - viewer->end;
    ssize_t got = recv(viewer->socket, viewer->buffer + viewer->end, room < (1 << 18) ? room : 1 << 18, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("viewer %d: the server has closed the connection", viewer->index);
    viewer->end += (size_t)got;
    viewer->counters.bytes += (uint64_t)got;
  }
  const uint8_t *bytes = viewer->buffer + viewer->start;
  viewer->start += count;
  return bytes;
}

void skip(Viewer *viewer, size_t count) {
  while (count > 0) {
    size_t part = count < 65536 ? count : 65536;
    take(viewer, part);
    count -= part;
  }
}

void send_all(Viewer *viewer, const void *bytes, size_t count) {
  pthread_mutex_lock(&viewer->sending);
  for (const char *at = bytes; count > 0;) {
    ssize_t sent = send(viewer->socket, at, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) fail("viewer %d: cannot send: %s", viewer->index, strerror(errno));
    at += sent;
    count -= (size_t)sent;
  }
  pthread_mutex_unlock(&viewer->sending);
}

unsigned take_u8(Viewer *viewer) { return *take(viewer, 1); }
unsigned take_u16(Viewer *viewer) {
  const uint8_t *b = take(viewer, 2);
  return (unsigned)b[0] << 8 | b[1];
}
uint32_t take_u32(Viewer *viewer) {
  const uint8_t *b = take(viewer, 4);
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
