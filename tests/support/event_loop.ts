/**
 * Work that takes the event loop, and sockets that show when it has turned.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Keeps the event loop for so long, in ms. */
export function spend(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/**
 * Asserts that each pause lets a socket be read that has something to say.
 *
 * @param pause Is what is tried, between two pieces of work that take `workMs` each; once more at first.
 */
export async function assertSocketsAreRead(
  pause: () => Promise<void>,
  { pauses, workMs }: { readonly pauses: number; readonly workMs: number },
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using near = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using far = await listener.accept();
  let heard = 0;
  const reading = (async () => {
    const into = new Uint8Array(1);
    while (await far.read(into) !== null) heard++;
  })();
  await pause();
  for (let said = 1; said <= pauses; said++) {
    await near.write(Uint8Array.of(said));
    spend(workMs);
    await pause();
    assert.equal(heard, said);
  }
  near.close();
  await reading;
}
