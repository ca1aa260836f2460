/**
 * What the kernel knows of a peer's own socket, when the peer is on this machine (sock_diag(7)).
 *
 * @module
 */
import { addressBytes } from "./ip_address.ts";
import { AF_INET, AF_INET6, IPPROTO_TCP, type LibCSockets } from "./libc_sockets.ts";
import { inet_diag_msg, inet_diag_req_v2, inet_diag_sockid, nlmsghdr } from "./structs.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const MSG_DONTWAIT = 0x40;
/** `idiag_timer`: the timer that runs is the one of keep-alives. */
const KEEPALIVE_TIMER = 2;

/** More than an answer takes with all that the kernel may add. */
const ANSWER_ROOM = 1024;

/** The two ends of a connection, as `Deno.Conn` has them. */
export interface SocketEnds {
  readonly localAddr: Deno.Addr;
  readonly remoteAddr: Deno.Addr;
}

/**
 * When the far end's system will ask for a sign of life unless something comes (keep-alive), in ms from now.
 *
 * @param ends As the near end has them, of a connection over loopback.
 * @returns `undefined` when it will not, something else is waited for first, or the kernel does not tell.
 */
export function keepAliveOfFarSocket(
  libc: LibCSockets,
  { localAddr, remoteAddr }: SocketEnds,
): number | undefined {
  if (localAddr.transport !== "tcp" || remoteAddr.transport !== "tcp") return undefined;
  const request = question(remoteAddr, localAddr);
  const answer = request && ask(libc, request);
  if (!answer) return undefined;
  const at = (offset: number) => nlmsghdr.size + offset;
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  const isAnswer = answer.length >= at(inet_diag_msg.size) &&
    view.getUint16(nlmsghdr.nlmsg_type, true) === SOCK_DIAG_BY_FAMILY;
  if (!isAnswer || answer[at(inet_diag_msg.idiag_timer)] !== KEEPALIVE_TIMER) return undefined;
  return view.getUint32(at(inet_diag_msg.idiag_expires), true);
}

/** Asks for one socket by its own address and the one that it is connected to. */
function question(source: Deno.NetAddr, destination: Deno.NetAddr): Uint8Array<ArrayBuffer> | undefined {
  const [from, to] = [addressBytes(source.hostname), addressBytes(destination.hostname)];
  if (!from || !to) return undefined;
  // A socket of IPv4 has its addresses in 4 bytes, also where ours listens to both.
  const isV4 = from.subarray(0, 10).every((byte) => byte === 0) && from[10] === 0xff && from[11] === 0xff;
  const skipped = isV4 ? 12 : 0;
  const bytes = new Uint8Array(nlmsghdr.size + inet_diag_req_v2.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(nlmsghdr.nlmsg_len, bytes.length, true);
  view.setUint16(nlmsghdr.nlmsg_type, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(nlmsghdr.nlmsg_flags, NLM_F_REQUEST, true);
  const body = nlmsghdr.size;
  bytes[body + inet_diag_req_v2.sdiag_family] = isV4 ? AF_INET : AF_INET6;
  bytes[body + inet_diag_req_v2.sdiag_protocol] = IPPROTO_TCP;
  view.setUint32(body + inet_diag_req_v2.idiag_states, 0xffffffff, true);
  const id = body + inet_diag_req_v2.id;
  view.setUint16(id + inet_diag_sockid.idiag_sport, source.port);
  view.setUint16(id + inet_diag_sockid.idiag_dport, destination.port);
  bytes.set(from.subarray(skipped), id + inet_diag_sockid.idiag_src);
  bytes.set(to.subarray(skipped), id + inet_diag_sockid.idiag_dst);
  bytes.fill(0xff, id + inet_diag_sockid.idiag_cookie, id + inet_diag_sockid.size); // INET_DIAG_NOCOOKIE
  return bytes;
}

/** The kernel answers while it is asked: the answer is there, or does not come. */
function ask(libc: LibCSockets, request: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) return undefined;
  try {
    if (libc.send(fd, request, BigInt(request.length), 0) < 0n) return undefined;
    const answer = new Uint8Array(ANSWER_ROOM);
    const length = Number(libc.recv(fd, answer, BigInt(answer.length), MSG_DONTWAIT));
    return length > 0 ? answer.subarray(0, length) : undefined;
  } finally {
    libc.close(fd);
  }
}
