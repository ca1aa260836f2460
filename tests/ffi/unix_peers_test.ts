/** Whose program is at a Unix socket (unix(7)). Needs native code. @module */
import assert from "node:assert/strict";
import { UnixPeers } from "../../lib/ffi/unix_peers.ts";

async function listening(): Promise<
  { readonly path: string; readonly listener: Deno.Listener } & Disposable
> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const listener = Deno.listen({ transport: "unix", path });
  return {
    path,
    listener,
    [Symbol.dispose]() {
      listener.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

Deno.test("UnixPeers tells process and user of each connection, however many there are (SO_PEERCRED)", async () => {
  using socket = await listening();
  const peers = new UnixPeers();
  const all: Deno.Conn[] = [];
  for (let i = 0; i < 5; i++) {
    all.push(await Deno.connect({ transport: "unix", path: socket.path }));
    all.push(await socket.listener.accept());
    assert.deepEqual(peers.newest(socket.path), { pid: Deno.pid, uid: Deno.uid(), gid: Deno.gid() });
    // Its descriptor is the next one's.
    if (i === 2) all.splice(0).forEach((conn) => conn.close());
  }
  for (const conn of all) conn.close();
});

Deno.test("UnixPeers names nobody rather than the wrong one of two", async () => {
  using socket = await listening();
  const peers = new UnixPeers();
  const near = [];
  const far = [];
  for (let i = 0; i < 2; i++) {
    far.push(await Deno.connect({ transport: "unix", path: socket.path }));
    near.push(await socket.listener.accept());
  }
  assert.equal(peers.newest(socket.path), undefined);
  assert.equal(peers.newest(socket.path), undefined); // none is new any more
  for (const conn of [...near, ...far]) conn.close();
});
